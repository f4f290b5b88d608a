"""The rows of a plan's tables: the class is the schema.

Ids, units and enumerations are checked on loading; what one table promises about another is
checked in `gis.plan`. Empty cells are None or (), never zero.
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from gis.values import above, at_least, at_most, filled, like, no_longer

Confidence = Literal["high", "medium-high", "medium", "low-medium", "low", "none"]
ListStatus = Literal["open", "closed", "orientation"]
Effect = Literal["permit", "encourage", "require", "limit", "forbid"]
SiteKind = Literal["zone", "cluster"]
ActivityScope = Literal["industry", "other"]  # other: housing, shops, golf, farming …
DecidedBy = Literal["", "activity", "place", "points", "hectares", "use", "existing", "unmeasured"]
Scope = Literal[
    "table", "named-site", "named-district", "named-plant", "kind-wide", "province-wide"
]


class Provenance(StrEnum):
    """How an outline came about, and so what it can prove."""

    SURVEYED = "surveyed"
    DIGITISED = "digitised"
    INDICATIVE = "indicative"

    @property
    def proves(self) -> bool:
        return self is not Provenance.INDICATIVE


Many = tuple[str, ...]  # in a cell, parted by semicolons
Words = Annotated[str, filled]
Several = Annotated[Many, filled]
Id = Annotated[str, no_longer(40), like(r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
UnitCode = Annotated[str, like(r"^\d{5}$")]
Hectares = Annotated[Decimal, above(0)]
SquareKilometres = Annotated[Decimal, above(0)]
Line = Annotated[int, at_least(1)]
Latitude = Annotated[float, at_least(8), at_most(24)]
Longitude = Annotated[float, at_least(102), at_most(110)]
SquareMetres = Annotated[float, above(0)]


class Site(NamedTuple):
    """A zone or cluster as the decision's table prints it, verbatim."""

    site_id: Id
    kind: SiteKind
    table: Words
    row: Annotated[int, at_least(1)]
    line: Line
    name: Words
    short_name: Words
    place: Words
    districts: Several
    area_text: Words
    area_line: Line
    stated_ha: Hectares
    function_text: Words
    function_line: Line
    list_status: ListStatus
    detailed_plan_ha: Hectares | None = None
    open_marker: str = ""
    lots: Annotated[int, at_least(1)] = 1
    note: str = ""
    note_en: str = ""


class Reading(NamedTuple):
    """A typo or truncation kept verbatim, and how it is read; without a reading it is unsettled."""

    reading_id: Id
    line: Line
    verbatim: Words
    kind: Literal["typo", "truncation", "spelling"]
    reason: Words
    site_id: Id | None = None
    reading: str | None = None


class Place(NamedTuple):
    """How the place of a site is known: one row per commune, or one without a commune."""

    site_id: Id
    basis: Literal["named_commune", "sourced_commune", "name_match", "hamlet", "district_only"]
    confidence: Confidence
    sentence_vi: Words
    sentence_en: Words
    source: Words
    unit_code: UnitCode | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    coordinate_source: str = ""
    drawing_hint: Many = ()


class Fragment(NamedTuple):
    """One function named in a site's list, and the activity it is read as."""

    site_id: Id
    fragment: Annotated[int, at_least(1)]
    text: Words
    activity_id: Id
    confidence: Confidence
    note: str = ""


class Activity(NamedTuple):
    """An entry of the activity vocabulary.

    A keyword is a whole phrase as people say it; one that ends or begins in `*` also stands for
    what follows or goes before. One written in two entries is ambiguous on purpose. An entry
    without keywords cannot be asked for.
    """

    activity_id: Id
    label_vi: Words
    label_en: Words
    confidence: Confidence
    group: str = ""
    broader: Id | None = None
    vsic_2018: Many = ()
    isic_rev4: Many = ()
    keywords: Many = ()
    note: str = ""
    scope: ActivityScope = "industry"
    no_code_reason: str = ""


class Code(NamedTuple):
    """What a code of a classification means here; several activities are what it may mean."""

    system: Literal["isic-rev4", "vsic-2018", "vsic-2025"]
    code: Annotated[str, like(r"^([A-U]|\d{2,5})$")]
    label_vi: Words
    label_en: Words
    confidence: Confidence
    activities: Many = ()
    scope: ActivityScope = "industry"
    note: str = ""


class Compound(NamedTuple):
    """An activity known by parts that may be said in any words between: one phrase of each part.

    A phrase of `unless` undoes it.
    """

    compound_id: Id
    activity_id: Id
    first: Several
    second: Several
    reason: Words
    third: Many = ()
    unless: Many = ()


class Clause(NamedTuple):
    """A clause of the decision that bears on siting.

    `decided_by` says what of a question shows whether the clause is broken or met: the activity
    alone, the kind of place it would stand at, points or hectares against the maximum, another
    use of reserved land. A clause about existing works, or about something nobody measures, never
    decides. An empty cell means the activity alone.
    """

    clause_id: Id
    clause: Words
    line: Line
    quote: Words
    addresses: Many
    scope: Scope
    effect: Effect
    strength: Words
    open_ended: Literal["yes", "no"]
    sites: Many = ()
    districts: Many = ()
    activities: Many = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""
    condition: str = ""
    note: str = ""
    decided_by: DecidedBy = ""


class Unit(NamedTuple):
    """A commune-level unit of the decision's date, with the figures its cell is made of."""

    unit_code: UnitCode
    name: Words
    unit_type: Literal["xã", "phường", "thị trấn"]
    district: Words
    lat: Latitude
    lon: Longitude
    point_kind: Words
    area_km2: SquareKilometres
    area_confidence: Confidence
    sxx: SquareMetres
    sxy: float
    syy: SquareMetres
    list_source: Words
    point_source: Words
    area_source: Words
    unit_2025_03: str = ""
    unit_2025_07: str = ""
    flags: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        return f"{self.unit_type} {self.name}"


class Crossing(NamedTuple):
    """What became of a place the decision names: the administrative crosswalk."""

    site_ids: Several
    place: Words
    districts: Several
    basis: Words
    current_unit: Words
    confidence: Confidence


class Alias(NamedTuple):
    """Another name: of a site, of a commune, or (with neither) of no place of the plan."""

    alias: Words
    reason_vi: Words
    reason_en: Words
    source: Words
    site_id: Id | None = None
    unit_code: UnitCode | None = None


class Tenancy(NamedTuple):
    """One lot of a site and who holds it: the occupancy register."""

    site_id: Id
    lot: Words
    area_ha: Hectares
    status: Literal["available", "reserved", "leased", "operating"]
    as_of: date
    source: Words
    tenant: str = ""


class CraftPoint(NamedTuple):
    """One craft-village point of a commune: the register behind the commune allowance."""

    point_id: Id
    unit_code: UnitCode
    name: Words
    stated_ha: Hectares
    as_of: date
    source: Words
    trade: str = ""


class Indicator(NamedTuple):
    """One printed number of the decision's indicator tables."""

    indicator_id: Id
    table: Literal["goals", "headline", "summary", "structure", "sector"]
    sector: Id
    subject: Words
    subject_en: Words
    measure: Literal["output", "value_added", "share", "output_growth", "value_added_growth"]
    unit: Words
    period: Annotated[str, like(r"^\d{4}(-\d{4})?$")]
    printed: Words
    value: Decimal
    line: Line


class Law(NamedTuple):
    """A limit set by national law, with how sure we are of it."""

    law_id: Id
    instrument: Words
    in_force_from: date
    measure: Literal["new_max_ha", "extended_max_ha", "min_ha", "mountain_or_craft_min_ha"]
    value: Decimal
    confidence: Literal["A", "B", "C"]
    source: Words
    note: str = ""


VIETNAMESE_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?")


def vietnamese_numbers(text: str) -> tuple[Decimal, ...]:
    """The numbers printed in a text that groups thousands by dot and cuts decimals by comma."""
    found = VIETNAMESE_NUMBER.findall(text)
    return tuple(Decimal(item.replace(".", "").replace(",", ".")) for item in found)
