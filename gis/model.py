"""The nouns of the program. Plain values: no files, no maps, no printing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from gis.language import Text, say
from gis.tables import (
    Activity,
    Alias,
    Clause,
    Code,
    Compound,
    CraftPoint,
    Crossing,
    Fragment,
    Hectares,
    Id,
    Indicator,
    Law,
    Place,
    Provenance,
    Reading,
    Site,
    Tenancy,
    Unit,
    Words,
)
from gis.values import at_least, like

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from shapely import Geometry

LayerName = Literal["zones", "clusters", "craft_points", "communes", "districts"]
LAYER_OF_KIND: Mapping[str, LayerName] = {"zone": "zones", "cluster": "clusters"}
ID_COLUMNS: Mapping[LayerName, str] = {
    "zones": "site_id",
    "clusters": "site_id",
    "craft_points": "point_id",
    "communes": "unit_code",
    "districts": "district",
}


class Severity(IntEnum):
    """How much a finding stands in the way."""

    NOTE = 10
    WARNING = 20
    ERROR = 30

    @property
    def code(self) -> str:
        return self.name.lower()


class State(StrEnum):
    """What became of a rule; only `passed` means that its promise was shown to hold."""

    PASSED = "passed"
    FINDINGS = "findings"
    UNPROVEN = "unproven"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a number or a rule comes from."""

    document: str
    clause: str = ""
    line: int | None = None
    quote: str = ""
    confidence: str = ""
    row: int | None = None

    @property
    def locator(self) -> Text:
        """Document, clause, row of its table and line of the text, in words."""
        row = say(" hàng {n}", " row {n}", n=self.row) if self.row else Text("", "")
        line = say(", dòng {n}", ", line {n}", n=str(self.line)) if self.line else Text("", "")
        head = ", ".join(part for part in (self.document, self.clause) if part)
        return say("{head}{row}{line}", "{head}{row}{line}", head=head, row=row, line=line)


class StatedTotal(NamedTuple):
    """A total the decision prints for one kind of site."""

    kind: Literal["zone", "cluster"]
    total_ha: Hectares
    printed: Words
    line: int
    clause: Words


class Passage(NamedTuple):
    """A passage of the text that checks cite and that is no siting clause."""

    clause: Words
    line: int
    quote: Words


class Judgement(NamedTuple):
    """A reading that a person may want to change, with its reason."""

    judgement_id: Id
    reading_vi: Words
    reading_en: Words
    reason: Words


class DocumentText(NamedTuple):
    """The text the plan was taken from."""

    file: Words
    sha256: Annotated[str, like(r"^[0-9a-f]{64}$")]
    lines: int


class Card(NamedTuple):
    """What `plan.toml` says of a plan."""

    code: Id
    title_vi: Words
    title_en: Words
    province_vi: Words
    province_en: Words
    document: Words
    document_date: Words
    period: Words
    units_as_of: Words
    status_vi: Words
    status_en: Words
    crs: Annotated[str, like(r"^EPSG:\d{4,5}$")]
    text: DocumentText | None = None
    rows: Mapping[str, Annotated[int, at_least(0)]] = {}
    outlines: tuple[str, ...] = ()
    stated_totals: tuple[StatedTotal, ...] = ()
    basis: Mapping[str, Id] = {}
    passages: Mapping[str, Passage] = {}
    mountain_districts: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    @property
    def title(self) -> Text:
        return Text(self.title_vi, self.title_en)

    @property
    def status(self) -> Text:
        return Text(self.status_vi, self.status_en)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Outlines by id, in metres of one grid, each with its provenance."""

    ids: tuple[str, ...]
    outlines: NDArray[np.object_]
    provenance: tuple[str, ...]
    crs: str

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, identity: object) -> bool:
        return identity in self.at

    def __getitem__(self, identity: str) -> Geometry:
        return self.outlines[self.at[identity]]

    def get(self, identity: str) -> Geometry | None:
        """An outline, or None where there is none of this id."""
        return self[identity] if identity in self.at else None

    @cached_property
    def at(self) -> Mapping[str, int]:
        """The position of every outline, by id."""
        return {identity: position for position, identity in enumerate(self.ids)}

    def proves(self, identity: str) -> bool:
        """Whether an outline can prove something about the ground."""
        return Provenance(self.provenance[self.at[identity]]).proves

    @cached_property
    def silent(self) -> tuple[str, ...]:
        """The outlines that prove nothing about the ground."""
        told = zip(self.ids, self.provenance, strict=True)
        return tuple(identity for identity, item in told if not Provenance(item).proves)


@dataclass(frozen=True, eq=False)
class Layer:
    """One sheet of the plan, and what else is told of each of its outlines."""

    name: LayerName
    drawn: Drawn
    columns: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The same as a frame by id; geopandas costs half a second, so only where it is needed."""
        import geopandas as gpd
        import pandas as pd

        return gpd.GeoDataFrame(
            {"provenance": list(self.drawn.provenance)}
            | {name: list(cells) for name, cells in self.columns.items()},
            geometry=list(self.drawn.outlines),
            index=pd.Index(list(self.drawn.ids), name=ID_COLUMNS[self.name]),
            crs=self.drawn.crs,
        )


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """A province's plan: its card, its tables by id, and, where they were asked for, its layers."""

    card: Card
    content_sha256: str
    sites: Mapping[str, Site]
    units: Mapping[str, Unit] = field(default_factory=dict)
    activities: Mapping[str, Activity] = field(default_factory=dict)
    codes: tuple[Code, ...] = ()
    compounds: tuple[Compound, ...] = ()
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    fragments: tuple[Fragment, ...] = ()
    places: tuple[Place, ...] = ()
    readings: tuple[Reading, ...] = ()
    crosswalk: tuple[Crossing, ...] = ()
    aliases: tuple[Alias, ...] = ()
    occupancy: tuple[Tenancy, ...] = ()
    craft_register: tuple[CraftPoint, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    laws: tuple[Law, ...] = ()
    text_sha256: str = ""
    text_lines: tuple[str, ...] = ()
    layers: Mapping[LayerName, Layer] = field(default_factory=dict)

    @property
    def districts(self) -> tuple[str, ...]:
        """Districts in the order the commune table lists them."""
        return tuple(dict.fromkeys(unit.district for unit in self.units.values()))

    def sites_of(self, kind: str) -> tuple[Site, ...]:
        return tuple(site for site in self.sites.values() if site.kind == kind)

    def places_of(self, site_id: str) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.site_id == site_id)

    def fragments_of(self, site_id: str) -> tuple[Fragment, ...]:
        return tuple(item for item in self.fragments if item.site_id == site_id)

    def readings_of(self, site_id: str) -> tuple[Reading, ...]:
        return tuple(item for item in self.readings if item.site_id == site_id)

    def cite(self, clause_id: str) -> Citation:
        """The citation of a clause of this plan."""
        clause = self.clauses[clause_id]
        return Citation(self.card.document, clause.clause, clause.line, clause.quote)

    def cite_role(self, role: str) -> Citation | None:
        """The clause or passage that the card names for a role, if it names one."""
        if role in self.card.basis:
            return self.cite(self.card.basis[role])
        passage = self.card.passages.get(role)
        if passage is None:
            return None
        return Citation(self.card.document, passage.clause, passage.line, passage.quote)

    def cite_row(self, site: Site, what: Literal["name", "area", "function"]) -> Citation:
        """The citation of one cell of a site's row."""
        line, quote = {
            "name": (site.line, site.name),
            "area": (site.area_line, site.area_text),
            "function": (site.function_line, site.function_text),
        }[what]
        return Citation(self.card.document, f"II.{site.table}", line, quote, row=site.row)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: Decimal | float
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule noticed, about named subjects, with both numbers and its citations.

    `key` tells apart two findings of one rule about the same subjects; `severity` overrides the
    rule's own; `where` is in the plan's coordinate system.
    """

    subjects: tuple[str, ...]
    message: Text
    stated: Quantity | None = None
    measured: Quantity | None = None
    citations: tuple[Citation, ...] = ()
    severity: Severity | None = None
    cause: Text | None = None
    key: str = ""
    where: Geometry | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unproven:
    """Subjects a rule could not prove anything about, why, and what would settle it."""

    subjects: tuple[str, ...]
    reason: Text
    settled_by: Text


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Subjects a rule had nothing to work on for, and why."""

    subjects: tuple[str, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class Remark:
    """A count or sum that belongs to an outcome without being a fault, such as slivers left out."""

    text: Text


Noticed = Finding | Unproven | NotAssessed | Remark


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What a caller may set for a run of the checks."""

    tolerance_m2: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A numbered promise about a plan and the function that tests it.

    `basis` names a role of the card (`[basis]`, `[passages]`) or a law of the plan; `needs` names
    the layers and tables without which the rule cannot run.
    """

    code: str
    check: Callable[[Plan, CheckOptions], Iterator[Noticed]]
    severity: Severity
    theme: str
    title_vi: str
    basis: str
    needs: tuple[str, ...] = ()

    @property
    def title(self) -> Text:
        """The promise: the check's docstring in English, written once there."""
        return Text(self.title_vi, (self.check.__doc__ or "").strip().splitlines()[0])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rule."""

    rule: Rule
    basis: Citation
    findings: tuple[Finding, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def state(self) -> State:
        """Findings speak first; what could not be proven or assessed has not passed."""
        if self.findings:
            return State.FINDINGS
        if self.unproven:
            return State.UNPROVEN
        return State.SKIPPED if self.not_assessed else State.PASSED

    def severity_of(self, finding: Finding) -> Severity:
        return self.rule.severity if finding.severity is None else finding.severity

    def finding_id(self, finding: Finding) -> str:
        """The same in every run: the rule's code, the subjects, and what tells findings apart."""
        subjects = "+".join(finding.subjects) or "plan"
        return ":".join(part for part in (self.rule.code, subjects, finding.key) if part)
