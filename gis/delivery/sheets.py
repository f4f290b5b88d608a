"""Plan to sheets: every layer we deliver as rows of the vocabulary with an outline each.

Outlines are those of the plan in its metres, to the millimetre. A sheet is the same whatever format
it is written in; codes are those of the profile.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from gis.delivery.profiles import LAYER_TITLES, Profile
from gis.language import Text, rounded
from gis.ledger import Allowance, ledger
from gis.model import Citation, Drawn, Layer, LayerName, Plan
from gis.tables import CraftPoint, Site, Unit
from gis.vocabulary import CODES, FIELDS, HECTARE_DECIMALS, LAYER_FIELDS, SITE_FIELDS, Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Value = str | int | Decimal | None
Row = Mapping[str, Value]

MILLIMETRE_DECIMALS = 3
NOT_DRAWN = "not_drawn"
NOTHING_REGISTERED, REGISTERED = CODES["register_status"]
JOINT = "; "

OUTLINE_COLUMNS: Mapping[str, str] = {
    "provenance": "provenance",
    "source": "outline_source",
    "surveyed_on": "surveyed_on",
    "accuracy_m": "accuracy_m",
    "invented_split": "invented_split",
    "location_basis": "location_basis",
    "note_vi": "location_note_vi",
    "note_en": "location_note_en",
}


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """One layer ready to be written: a row and a multi-part outline (or None) for every id."""

    layer: LayerName
    title: Text
    fields: tuple[Field, ...]
    rows: Mapping[str, Row]
    outlines: NDArray[np.object_]
    crs: str


def sheets_of(
    plan: Plan, profile: Profile, layers: Iterable[LayerName] | None = None
) -> tuple[Sheet, ...]:
    """The layers of a plan as they are delivered, whatever the format."""
    chosen = tuple(ROWS) if layers is None else tuple(layers)
    return tuple(_sheet(plan, profile, name) for name in ROWS if name in chosen)


def _sheet(plan: Plan, profile: Profile, name: LayerName) -> Sheet:
    told = ROWS[name](plan, profile)
    outlines = _outlines(plan, name, list(told))
    drawn = _drawn_rows(plan, name, list(told), outlines)
    fields = tuple(FIELDS[field] for field in LAYER_FIELDS[name])
    rows = {
        key: {
            field.name: _delivered(profile, field, (dict(row) | drawn[key]).get(field.name))
            for field in fields
        }
        for key, row in told.items()
    }
    return Sheet(name, LAYER_TITLES[name], fields, rows, outlines, plan.card.crs)


def _delivered(profile: Profile, field: Field, value: Value) -> Value:
    """Text in NFC, codes as the profile has them; an empty text is no value, as in a DBF."""
    if not isinstance(value, str):
        return value
    codes = profile.codes.get(field.name, {})
    parts = value.split(JOINT) if field.joined and codes else [value]
    text = JOINT.join(codes.get(part, part) for part in parts)
    return unicodedata.normalize("NFC", text) or None


def _outlines(plan: Plan, name: LayerName, ids: Sequence[str]) -> NDArray[np.object_]:
    """What the plan drew for these ids, in their order, multi-part, 2-D and to the millimetre."""
    import numpy as np
    import shapely

    layer = plan.layers.get(name)
    shapes = [_multi_part(layer.drawn.get(key)) if layer else None for key in ids]
    outlines: NDArray[np.object_] = shapely.transform(
        shapely.force_2d(np.array(shapes, dtype=object)),
        lambda coordinates: np.round(coordinates, MILLIMETRE_DECIMALS),
    )
    return outlines


def _multi_part(shape: Any) -> Any:
    import shapely

    if shape is None or shape.is_empty:
        return None
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def _drawn_rows(
    plan: Plan, name: LayerName, ids: Sequence[str], outlines: NDArray[np.object_]
) -> dict[str, dict[str, Value]]:
    """What the outlines themselves say, by id: how they came about and how large they are."""
    import shapely

    from gis.geometry import areas_ha, geodesic_areas_ha

    keys = [key for key, outline in zip(ids, outlines, strict=True) if outline is not None]
    drawn = Drawn(
        tuple(keys), outlines[~shapely.is_missing(outlines)], ("",) * len(keys), plan.card.crs
    )
    measured = dict(zip(keys, areas_ha(drawn), strict=True))
    geodesic = dict(zip(keys, geodesic_areas_ha(drawn), strict=True))
    told = _told_of(plan.layers.get(name))
    return {
        key: _origin(told.get(key, {}))
        | {
            "measured_ha": _hectares(measured.get(key)),
            "geodesic_ha": _hectares(geodesic.get(key)),
            "plan_status": plan.card.status.vi,
        }
        for key in ids
    }


def _told_of(layer: Layer | None) -> dict[str, dict[str, object]]:
    """What a layer tells of each of its outlines, by id."""
    if layer is None:
        return {}
    columns = {"provenance": layer.drawn.provenance, **layer.columns}
    return {
        key: {name: columns[name][at] for name in OUTLINE_COLUMNS if name in columns}
        for key, at in layer.drawn.at.items()
    }


def _origin(record: Mapping[str, object]) -> dict[str, Value]:
    told = {OUTLINE_COLUMNS[name]: _told(cell) for name, cell in record.items()}
    known: dict[str, Value] = {name: value for name, value in told.items() if value is not None}
    provenance = str(known.get("provenance", NOT_DRAWN))
    note = CODES["provenance"][provenance].vi
    return known | {"provenance": provenance, "provenance_note": note}


def _told(cell: object) -> Value:
    """A cell of a layer's frame as a value; pandas writes a missing one as None or NaN."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case str() | int():
            return cell
        case float():
            return None if cell != cell else Decimal(repr(cell))
        case _:
            return None


def _hectares(measured_ha: float | None) -> Decimal | None:
    return None if measured_ha is None else rounded(measured_ha, HECTARE_DECIMALS)


def _cited(citation: Citation) -> dict[str, Value]:
    return {
        "citation_document": citation.document,
        "citation_clause": citation.clause,
        "citation_line": citation.line,
    }


def _site_rows(plan: Plan, profile: Profile, kind: str) -> dict[str, Row]:
    return {site.site_id: _site_row(plan, profile, site) for site in plan.sites_of(kind)}


def _site_row(plan: Plan, profile: Profile, site: Site) -> Row:
    return {
        **{name: getattr(site, name) for name in SITE_FIELDS if name in Site._fields},
        "districts": _joined(site.districts),
        **_land_use(profile, site.kind),
        **_place(plan, site),
        **_cited(Citation(plan.card.document, f"II.{site.table}", site.line)),
        "citation_row": site.row,
    }


def _place(plan: Plan, site: Site) -> Row:
    places = plan.places_of(site.site_id)
    codes = [place.unit_code for place in places if place.unit_code]
    crossings = [item for item in plan.crosswalk if site.site_id in item.site_ids]
    return {
        "unit_code": _joined(codes),
        "unit_name": _joined(plan.units[code].label for code in codes if code in plan.units),
        "units_today": _joined(f"{item.place}: {item.current_unit}" for item in crossings),
        "location_basis": _joined(place.basis for place in places),
        "location_confidence": _joined(place.confidence for place in places),
        "location_note_vi": _joined((place.sentence_vi for place in places), " "),
        "location_note_en": _joined((place.sentence_en for place in places), " "),
    }


def _joined(parts: Iterable[str], mark: str = JOINT) -> str:
    """The parts as one text, each said once."""
    return mark.join(dict.fromkeys(parts))


def _land_use(profile: Profile, kind: str) -> Row:
    use = profile.land_uses[kind]
    return {"land_use_code": use.code, "land_use_year": use.year}


def _commune_rows(plan: Plan, _: Profile) -> dict[str, Row]:
    cited = _craft_citation(plan)
    return {
        line.unit_code: _unit_row(plan, plan.units[line.unit_code]) | _allowance(line) | cited
        for line in ledger(plan)
    }


def _craft_citation(plan: Plan) -> dict[str, Value]:
    basis = plan.card.basis.get("craft_points", "")
    return _cited(plan.cite(basis)) if basis in plan.clauses else {}


def _unit_row(plan: Plan, unit: Unit) -> dict[str, Value]:
    return {
        "unit_code": unit.unit_code,
        "unit_name": unit.name,
        "unit_type": unit.unit_type,
        "district": unit.district,
        "units_as_of": plan.card.units_as_of,
        "unit_2025_03": unit.unit_2025_03,
        "unit_2025_07": unit.unit_2025_07,
        "official_km2": unit.area_km2,
        "official_confidence": unit.area_confidence,
        "official_source": unit.area_source,
    }


def _allowance(line: Allowance) -> dict[str, Value]:
    """A commune's craft allowance; where nothing is registered, nothing is known to be left."""
    nothing = line.points is None
    return {
        "craft_points_min": line.least_points,
        "craft_points_max": line.most_points,
        "craft_max_ha": line.most_ha,
        "register_status": NOTHING_REGISTERED if nothing else REGISTERED,
        "registered_points": line.points,
        "registered_ha": line.registered_ha,
        "headroom_points": line.headroom_points,
        "headroom_ha": line.headroom_ha,
    }


def _district_rows(plan: Plan, _: Profile) -> dict[str, Row]:
    return {name: _district_row(plan, name) for name in plan.districts}


def _district_row(plan: Plan, name: str) -> Row:
    units = [unit for unit in plan.units.values() if unit.district == name]
    return {
        "district": name,
        "units_as_of": plan.card.units_as_of,
        "commune_count": len(units),
        "official_km2": sum((unit.area_km2 for unit in units), Decimal(0)),
    }


def _craft_rows(plan: Plan, profile: Profile) -> dict[str, Row]:
    return {point.point_id: _craft_row(plan, profile, point) for point in plan.craft_register}


def _craft_row(plan: Plan, profile: Profile, point: CraftPoint) -> Row:
    unit = plan.units.get(point.unit_code)
    return {
        **(_unit_row(plan, unit) if unit else {"unit_code": point.unit_code}),
        **({"unit_name": unit.label} if unit else {}),
        **_land_use(profile, "craft_point"),
        **_craft_citation(plan),
        "point_id": point.point_id,
        "point_name": point.name,
        "trade": point.trade,
        "registered_ha": point.stated_ha,
        "registered_on": point.as_of.isoformat(),
        "register_source": point.source,
    }


ROWS: Mapping[LayerName, Callable[[Plan, Profile], Mapping[str, Row]]] = {
    "zones": partial(_site_rows, kind="zone"),
    "clusters": partial(_site_rows, kind="cluster"),
    "communes": _commune_rows,
    "districts": _district_rows,
    "craft_points": _craft_rows,
}
