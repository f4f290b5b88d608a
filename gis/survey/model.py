"""The nouns of a survey: what a file says, what it was taken for, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from gis.errors import GisError
from gis.language import Text
from gis.model import Severity

if TYPE_CHECKING:
    from shapely import Geometry

SurveyLayer = Literal["sites", "zones", "clusters", "communes", "craft", "occupancy"]


class SurveyError(GisError):
    """A surveyed file cannot be used; nothing of the plan was changed."""


# --- what a file says ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing noticed on the way in: of the file, of a row of it, or of an outline.

    The code is stable; `subject` is the site, commune or point meant; `where` is a place in the
    plan's coordinate system.
    """

    code: str
    severity: Severity
    text: Text
    row: int | None = None
    subject: str = ""
    where: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One parcel, commune or register entry of a file.

    `number` counts from 1 as the file does; `outline` has the file's own coordinates, easting or
    longitude first, in two dimensions, and is missing where a register has no drawing.
    """

    number: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    outline: Geometry | None = field(default=None, compare=False)
    name: str = ""
    code: str = ""
    commune: str = ""
    district: str = ""
    kind: str = ""  # xã, phường, KCN … where a column of its own says it
    stated_ha: Decimal | None = None
    context: str = ""  # the words above a table, which may name what its rows do not
    corners: tuple[str, ...] = ()  # the labels of a table of corner points, in its order


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """A file as it was read: its rows in order, the system it declares, and what was noticed."""

    file: str
    parts: Mapping[str, str]  # each file it is made of, and its sha256
    form: str  # the driver or kind of table it was read as
    layer: str
    declared_crs: str | None  # an authority's code where one fits, else WKT
    rows: tuple[SurveyRow, ...]
    notices: tuple[Notice, ...] = ()


# --- which coordinate system it is in ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hint:
    """What one row says of its own place and size; empty where it says nothing."""

    site_id: str | None = None
    unit_codes: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    stated_ha: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CrsCandidate:
    """One system the coordinates may be in, and how well the file fits the plan if they are."""

    key: str  # an EPSG code, with what else was done to the numbers: "EPSG:9213 swapped"
    crs: str  # what pyproj reads
    label: Text
    score: float
    is_leader: bool
    reasons: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Established:
    """What the coordinates are taken for; without `chosen` the data do not tell.

    Candidates come best first; the leaders are those the data do not tell apart.
    """

    chosen: CrsCandidate | None
    candidates: tuple[CrsCandidate, ...]
    declared: str | None = None
    contradicts_declared: bool = False
    settled_by: Text | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def leaders(self) -> tuple[CrsCandidate, ...]:
        return tuple(item for item in self.candidates if item.is_leader)


# --- which row is what ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """A row and what of the plan it is, by code or by name; several identities are ambiguous."""

    row: int
    label: str
    identities: tuple[str, ...]
    by: Literal["code", "name", ""] = ""
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """Every row once: matched, unmatched, ambiguous, or doubled with another row."""

    matched: tuple[Match, ...] = ()
    unmatched: tuple[Match, ...] = ()
    ambiguous: tuple[Match, ...] = ()
    doubled: tuple[Match, ...] = ()
    missing: tuple[str, ...] = ()  # of the plan, and in no row


@dataclass(frozen=True, slots=True)
class Change:
    """What a written survey changes of one subject: hectares and provenance before and after."""

    subject: str
    label: str
    stated_ha: Decimal | None
    before_ha: float | None
    after_ha: float | None
    before: str  # provenance, or what the register said; empty where there was nothing
    after: str
    moved_m: float | None = None  # from centroid to centroid
