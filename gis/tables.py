"""The rows of a plan's tables: the class is the schema.

Ids, units and enumerations are checked on loading; what one table promises about another is
checked in `gis.plan`. Empty cells are None or (), never zero.
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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


def _split(cell: object) -> object:
    return tuple(part for part in cell.split(";") if part) if isinstance(cell, str) else cell or ()


Many = Annotated[tuple[str, ...], BeforeValidator(_split)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$", max_length=40)]
UnitCode = Annotated[str, Field(pattern=r"^\d{5}$")]
Hectares = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
Line = Annotated[int, Field(ge=1)]
Words = Annotated[str, Field(min_length=1)]
Latitude = Annotated[float, Field(ge=8, le=24, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=102, le=110, allow_inf_nan=False)]
SquareMetres = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Row(BaseModel):
    """One row of a plan table."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(Row):
    """A zone or cluster as the decision's table prints it, verbatim."""

    site_id: Id
    kind: SiteKind
    table: Words
    row: Annotated[int, Field(ge=1)]
    line: Line
    name: Words
    short_name: Words
    place: Words
    districts: Annotated[Many, Field(min_length=1)]
    area_text: Words
    area_line: Line
    stated_ha: Hectares
    detailed_plan_ha: Hectares | None = None
    function_text: Words
    function_line: Line
    list_status: ListStatus
    open_marker: str = ""
    lots: Annotated[int, Field(ge=1)] = 1
    note: str = ""
    note_en: str = ""


class Reading(Row):
    """A typo or truncation kept verbatim, and how it is read; without a reading it is unsettled."""

    reading_id: Id
    line: Line
    site_id: Id | None = None
    verbatim: Words
    reading: str | None = None
    kind: Literal["typo", "truncation", "spelling"]
    reason: Words


class Place(Row):
    """How the place of a site is known: one row per commune, or one without a commune."""

    site_id: Id
    unit_code: UnitCode | None = None
    basis: Literal["named_commune", "sourced_commune", "name_match", "hamlet", "district_only"]
    confidence: Confidence
    lat: Latitude | None = None
    lon: Longitude | None = None
    coordinate_source: str = ""
    drawing_hint: Many = ()
    sentence_vi: Words
    sentence_en: Words
    source: Words


class Fragment(Row):
    """One function named in a site's list, and the activity it is read as."""

    site_id: Id
    fragment: Annotated[int, Field(ge=1)]
    text: Words
    activity_id: Id
    confidence: Confidence
    note: str = ""


class Activity(Row):
    """An entry of the activity vocabulary.

    A keyword is a whole phrase as people say it; one that ends or begins in `*` also stands for
    what follows or goes before. One written in two entries is ambiguous on purpose. An entry
    without keywords cannot be asked for.
    """

    activity_id: Id
    label_vi: Words
    label_en: Words
    group: str = ""
    broader: Id | None = None
    vsic_2018: Many = ()
    isic_rev4: Many = ()
    confidence: Confidence
    keywords: Many = ()
    note: str = ""
    scope: ActivityScope = "industry"
    no_code_reason: str = ""


class Code(Row):
    """What a code of a classification means here; several activities are what it may mean."""

    system: Literal["isic-rev4", "vsic-2018", "vsic-2025"]
    code: Annotated[str, Field(pattern=r"^([A-U]|\d{2,5})$")]
    label_vi: Words
    label_en: Words
    activities: Many = ()
    scope: ActivityScope = "industry"
    confidence: Confidence
    note: str = ""


class Compound(Row):
    """An activity known by parts that may be said in any words between: one phrase of each part.

    A phrase of `unless` undoes it.
    """

    compound_id: Id
    activity_id: Id
    first: Annotated[Many, Field(min_length=1)]
    second: Annotated[Many, Field(min_length=1)]
    third: Many = ()
    unless: Many = ()
    reason: Words


class Clause(Row):
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
    sites: Many = ()
    districts: Many = ()
    activities: Many = ()
    effect: Effect
    strength: Words
    open_ended: Literal["yes", "no"]
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""
    condition: str = ""
    note: str = ""
    decided_by: DecidedBy = ""


class Unit(Row):
    """A commune-level unit of the decision's date, with the figures its cell is made of."""

    unit_code: UnitCode
    name: Words
    unit_type: Literal["xã", "phường", "thị trấn"]
    district: Words
    lat: Latitude
    lon: Longitude
    point_kind: Words
    area_km2: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
    area_confidence: Confidence
    sxx: SquareMetres
    sxy: Annotated[float, Field(allow_inf_nan=False)]
    syy: SquareMetres
    unit_2025_03: str = ""
    unit_2025_07: str = ""
    list_source: Words
    point_source: Words
    area_source: Words
    flags: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        return f"{self.unit_type} {self.name}"


class Crossing(Row):
    """What became of a place the decision names: the administrative crosswalk."""

    site_ids: Annotated[Many, Field(min_length=1)]
    place: Words
    districts: Annotated[Many, Field(min_length=1)]
    basis: Words
    current_unit: Words
    confidence: Confidence


class Alias(Row):
    """Another name: of a site, of a commune, or (with neither) of no place of the plan."""

    alias: Words
    site_id: Id | None = None
    unit_code: UnitCode | None = None
    reason_vi: Words
    reason_en: Words
    source: Words


class Tenancy(Row):
    """One lot of a site and who holds it: the occupancy register."""

    site_id: Id
    lot: Words
    tenant: str = ""
    area_ha: Hectares
    status: Literal["available", "reserved", "leased", "operating"]
    as_of: date
    source: Words


class CraftPoint(Row):
    """One craft-village point of a commune: the register behind the commune allowance."""

    point_id: Id
    unit_code: UnitCode
    name: Words
    stated_ha: Hectares
    trade: str = ""
    as_of: date
    source: Words


class Indicator(Row):
    """One printed number of the decision's indicator tables."""

    indicator_id: Id
    table: Literal["goals", "headline", "summary", "structure", "sector"]
    sector: Id
    subject: Words
    subject_en: Words
    measure: Literal["output", "value_added", "share", "output_growth", "value_added_growth"]
    unit: Words
    period: Annotated[str, Field(pattern=r"^\d{4}(-\d{4})?$")]
    printed: Words
    value: Decimal
    line: Line


class Law(Row):
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
