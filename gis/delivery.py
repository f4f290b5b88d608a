"""Plan to files: shapefiles and their GeoPackage twin, re-read before anyone may trust them.

Every layer becomes one sheet: fields of the vocabulary, a row and an outline each. The writers
only put sheets into files, so both formats say the same. Outlines are those of the plan in its
metres, to the millimetre; nothing is cut to fit and nothing depends on the day it was written.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.errors import OutputError, Problem
from gis.files import inert
from gis.language import Text, rounded, say
from gis.ledger import Allowance, ledger
from gis.model import Citation, LayerName, Plan
from gis.tables import Site, Unit
from gis.vocabulary import (
    CODES,
    FIELDS,
    HECTARE_DECIMALS,
    LAND_USE_OF_KIND,
    LAND_USE_YEAR,
    LAYER_FIELDS,
    SITE_FIELDS,
    Field,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray


Value = str | int | Decimal | None
Row = Mapping[str, Value]

MILLIMETRE_DECIMALS = 3
FIXED_DAY = "2000-01-01"  # stands where a format wants the day of writing: same plan, same bytes
SIDE_TABLE = "chuc_nang.csv"
SHORTENED = f"… [{SIDE_TABLE}]"
NOT_DRAWN = "not_drawn"
NOTHING_REGISTERED, REGISTERED = CODES["register_status"]
SHAPEFILE_PARTS = (".cpg", ".dbf", ".prj", ".shp", ".shx")

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
SIDE_FIELDS = ("site_id", "name", *(name for name in SITE_FIELDS if FIELDS[name].spills))


@dataclass(frozen=True, slots=True)
class LayerKind:
    """A layer we deliver: its name in the GeoPackage and as a shapefile, and its rows by id."""

    name: LayerName
    shapefile: str | None
    title: Text
    rows: Callable[[Plan], Mapping[str, Row]]


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """One layer ready to be written: a row and a multi-part outline (or None) for every id."""

    kind: LayerKind
    fields: tuple[Field, ...]
    rows: Mapping[str, Row]
    outlines: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: how it is called and the writer that puts sheets into a folder."""

    label: Text
    write: Callable[[Plan, Sequence[Sheet], Path], list[Path]]


def export_layers(plan: Plan, folder: Path, formats: Iterable[str] | None = None) -> list[Path]:
    """Write the plan's layers into an existing empty folder, re-read them, and name the files.

    Raises: OutputError, when a value does not fit or a file is not what was to be written.
    """
    sheets = sheets_of(plan)
    chosen = [FORMATS[name] for name in (FORMATS if formats is None else formats)]
    return sorted(path for item in chosen for path in item.write(plan, sheets, folder))


def sheets_of(plan: Plan) -> tuple[Sheet, ...]:
    """The layers of a plan as they are delivered, whatever the format."""
    return tuple(_sheet(plan, kind) for kind in LAYER_KINDS)


# --- rows ------------------------------------------------------------------------------------


def _sheet(plan: Plan, kind: LayerKind) -> Sheet:
    told = kind.rows(plan)
    frame = _outlines(plan, kind.name, list(told))
    drawn = _drawn_rows(plan, frame)
    fields = tuple(FIELDS[name] for name in LAYER_FIELDS[kind.name])
    rows = {
        key: {field.name: _clean((dict(row) | drawn[key]).get(field.name)) for field in fields}
        for key, row in told.items()
    }
    return Sheet(kind, fields, rows, _shapes(frame))


def _shapes(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    shapes: NDArray[np.object_] = frame.geometry.to_numpy(dtype=object)
    return shapes


def _clean(value: Value) -> Value:
    """Text in NFC; an empty text is no value, as a DBF cannot tell them apart."""
    return unicodedata.normalize("NFC", value) or None if isinstance(value, str) else value


def _outlines(plan: Plan, name: LayerName, ids: Sequence[str]) -> gpd.GeoDataFrame:
    """What the plan drew for these ids, in their order, multi-part, 2-D and to the millimetre."""
    import geopandas as gpd
    import numpy as np
    import shapely

    layer = plan.layers.get(name)
    if layer is None:
        return gpd.GeoDataFrame(index=list(ids), geometry=[None] * len(ids), crs=plan.card.crs)
    frame = layer.frame.reindex(list(ids))
    shapes = [_multi_part(shape) for shape in _shapes(frame)]
    outlines = shapely.transform(
        shapely.force_2d(np.array(shapes, dtype=object)),
        lambda coordinates: np.round(coordinates, MILLIMETRE_DECIMALS),
    )
    return frame.set_geometry(gpd.GeoSeries(outlines, index=frame.index, crs=plan.card.crs))


def _multi_part(shape: Any) -> Any:
    import shapely

    if shape is None or shape.is_empty:
        return None
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def _drawn_rows(plan: Plan, frame: gpd.GeoDataFrame) -> dict[str, dict[str, Value]]:
    """What the outlines themselves say, by id: how they came about and how large they are."""
    from gis.geometry import areas_ha, geodesic_areas_ha

    drawn = frame[frame.geometry.notna()]
    measured, geodesic = areas_ha(drawn), geodesic_areas_ha(drawn)
    columns = [name for name in OUTLINE_COLUMNS if name in frame]
    records = frame[columns].to_dict("records")
    return {
        key: _origin(record)
        | {
            "measured_ha": _hectares(measured.get(key)),
            "geodesic_ha": _hectares(geodesic.get(key)),
            "plan_status": plan.card.status.vi,
        }
        for key, record in zip(frame.index, records, strict=True)
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


def _site_rows(plan: Plan, kind: str) -> dict[str, Row]:
    return {site.site_id: _site_row(plan, site) for site in plan.sites_of(kind)}


def _site_row(plan: Plan, site: Site) -> Row:
    return {
        **{name: getattr(site, name) for name in SITE_FIELDS if name in Site.model_fields},
        "districts": _joined(site.districts),
        "land_use_code": LAND_USE_OF_KIND[site.kind],
        "land_use_year": LAND_USE_YEAR,
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


def _joined(parts: Iterable[str], mark: str = "; ") -> str:
    """The parts as one text, each said once."""
    return mark.join(dict.fromkeys(parts))


def _commune_rows(plan: Plan) -> dict[str, Row]:
    basis = plan.card.basis.get("craft_points", "")
    cited = _cited(plan.cite(basis)) if basis in plan.clauses else {}
    return {
        line.unit_code: _unit_row(plan, plan.units[line.unit_code]) | _allowance(line) | cited
        for line in ledger(plan)
    }


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


def _district_rows(plan: Plan) -> dict[str, Row]:
    return {name: _district_row(plan, name) for name in plan.districts}


def _district_row(plan: Plan, name: str) -> Row:
    units = [unit for unit in plan.units.values() if unit.district == name]
    return {
        "district": name,
        "units_as_of": plan.card.units_as_of,
        "commune_count": len(units),
        "official_km2": sum((unit.area_km2 for unit in units), Decimal(0)),
    }


# --- what fits ---------------------------------------------------------------------------------


def short_form(text: str, width: int, mark: str = SHORTENED) -> str:
    """The beginning of a text and a mark, within so many UTF-8 bytes; no character is broken."""
    room = width - len(mark.encode())
    kept = text.encode()[:room].decode(errors="ignore")
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]  # an accent of its own may not lose its letter, nor the letter it
    return kept.rstrip() + mark


def _fits(field: Field, value: Value) -> bool:
    """Whether a DBF column of the field holds the value whole, to its last digit."""
    match value:
        case None:
            return True
        case str():
            return field.type == "text" and len(value.encode()) <= field.width
        case Decimal():
            shown = f"{value:.{field.decimals}f}"
            return field.type == "decimal" and value == Decimal(shown) and len(shown) <= field.width
        case int():
            return field.type == "integer" and len(str(value)) <= field.width


def _dbf_value(field: Field, value: Value) -> Value:
    if isinstance(value, str) and field.spills and not _fits(field, value):
        return short_form(value, field.width)
    return value


def _too_long_for_dbf(sheet: Sheet) -> Iterator[Problem]:
    """Every value that a DBF column would cut or round."""
    for key, field, value in _cells(sheet):
        if not _fits(field, _dbf_value(field, value)):
            what = say(
                "không vừa trường {name} ({width} byte, {decimals} số lẻ); không cắt bớt",
                "does not fit {name} ({width} bytes, {decimals} decimals); nothing is cut",
                name=field.dbf_name,
                width=field.width,
                decimals=field.decimals,
            )
            yield _misfit(f"{sheet.kind.shapefile}.dbf", sheet, key, field, what)


def _too_long_for_double(sheet: Sheet, file: str) -> Iterator[Problem]:
    """Every decimal with more digits than a GeoPackage's number holds."""
    for key, field, value in _cells(sheet):
        if isinstance(value, Decimal) and Decimal(repr(float(value))) != value:
            what = say(
                "có quá nhiều chữ số; không làm tròn", "has too many digits to keep them all"
            )
            yield _misfit(file, sheet, key, field, what)


def _cells(sheet: Sheet) -> Iterator[tuple[str, Field, Value]]:
    for key, row in sheet.rows.items():
        for field in sheet.fields:
            yield key, field, row[field.name]


def _misfit(file: str, sheet: Sheet, key: str, field: Field, what: Text) -> Problem:
    return Problem(
        file,
        what,
        say("rút gọn giá trị trong bảng của quy hoạch", "shorten the value in the plan's table"),
        layer=sheet.kind.name,
        row=key,
        field=field.name,
        value=str(sheet.rows[key][field.name]),
    )


def _refuse(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise OutputError(*found)


# --- files -------------------------------------------------------------------------------------


def write_shapefiles(plan: Plan, sheets: Sequence[Sheet], folder: Path) -> list[Path]:
    """Every sheet that has a shapefile, and the side table with the texts too long for one."""
    delivered = [sheet for sheet in sheets if sheet.kind.shapefile]
    _refuse(problem for sheet in delivered for problem in _too_long_for_dbf(sheet))
    paths = [_write_side_table(delivered, folder / SIDE_TABLE)]
    for sheet in delivered:
        path = folder / f"{sheet.kind.shapefile}.shp"
        columns = [field.dbf_name for field in sheet.fields]
        rows = [
            [_plain(_dbf_value(field, row[field.name])) for field in sheet.fields]
            for row in sheet.rows.values()
        ]
        _write(
            _Target(path, sheet.kind.name, plan.card.crs, columns),
            {
                "driver": "ESRI Shapefile",
                "encoding": "UTF-8",
                "schema": _schema(sheet, columns, "Polygon", _dbf_type),
                "DBF_DATE_LAST_UPDATE": FIXED_DAY,
            },
            rows,
            _wound(sheet.outlines, clockwise=True),
        )
        paths += [path.with_suffix(suffix) for suffix in SHAPEFILE_PARTS]
    return paths


def write_geopackage(plan: Plan, sheets: Sequence[Sheet], folder: Path) -> list[Path]:
    """Every sheet as a layer of one GeoPackage, under long names and with all text."""
    path = folder / f"{plan.card.code}.gpkg"
    _refuse(problem for sheet in sheets for problem in _too_long_for_double(sheet, path.name))
    for sheet in sheets:
        columns = [field.name for field in sheet.fields]
        _write(
            _Target(path, sheet.kind.name, plan.card.crs, columns),
            {
                "driver": "GPKG",
                "layer": sheet.kind.name,
                "schema": _schema(sheet, columns, "MultiPolygon", _gpkg_type),
                "IDENTIFIER": sheet.kind.title.vi,
                "DESCRIPTION": plan.card.status.vi,
            },
            [[_plain(row[field.name]) for field in sheet.fields] for row in sheet.rows.values()],
            _wound(sheet.outlines, clockwise=False),
        )
    return [path]


def _schema(
    sheet: Sheet, columns: Sequence[str], geometry: str, type_of: Callable[[Field], str]
) -> dict[str, Any]:
    types = (type_of(field) for field in sheet.fields)
    return {"geometry": geometry, "properties": dict(zip(columns, types, strict=True))}


def _dbf_type(field: Field) -> str:
    if field.type == "decimal":
        return f"float:{field.width}.{field.decimals}"
    return f"{'int' if field.type == 'integer' else 'str'}:{field.width}"


def _gpkg_type(field: Field) -> str:
    return {"text": "str", "integer": "int64", "decimal": "float"}[field.type]


def _plain(value: Value) -> str | int | float | None:
    """The value as fiona takes it: the double nearest to a decimal of 15 digits prints as it."""
    return float(value) if isinstance(value, Decimal) else value


def _wound(outlines: NDArray[np.object_], *, clockwise: bool) -> NDArray[np.object_]:
    """Outer rings clockwise as shapefiles want them, or counter-clockwise as GeoPackage does."""
    import shapely

    wound: NDArray[np.object_] = shapely.orient_polygons(outlines, exterior_cw=clockwise)
    return wound


def _write_side_table(sheets: Iterable[Sheet], path: Path) -> Path:
    """The texts that may be too long for a DBF, whole, for every site, as a CSV for Excel."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(FIELDS[name].dbf_name for name in SIDE_FIELDS)
    for sheet in sheets:
        if LAYER_FIELDS[sheet.kind.name] is SITE_FIELDS:
            for row in sheet.rows.values():
                writer.writerow(inert(str(row[name] or "")) for name in SIDE_FIELDS)
    with _told_as_output_error(path):
        path.write_bytes(table.getvalue().encode("utf-8-sig"))
    return path


@dataclass(frozen=True, slots=True)
class _Target:
    """Where rows go: file, layer, coordinate system and the names of their columns."""

    path: Path
    layer: LayerName
    crs: str
    columns: list[str]


Cells = Sequence[str | int | float | None]


def _write(
    target: _Target,
    options: Mapping[str, Any],
    rows: Sequence[Cells],
    outlines: NDArray[np.object_],
) -> None:
    """Write one layer and re-read it: a full disk may cut a file short without a word."""
    import fiona
    import shapely

    shapes = (None if shape is None else shapely.geometry.mapping(shape) for shape in outlines)
    records = (
        {"geometry": shape, "properties": dict(zip(target.columns, row, strict=True))}
        for shape, row in zip(shapes, rows, strict=True)
    )
    with (
        _told_as_output_error(target.path),
        fiona.Env(OGR_CURRENT_DATE=f"{FIXED_DAY}T00:00:00.000Z"),
        fiona.open(target.path, "w", crs=target.crs, **options) as layer,
    ):
        layer.writerecords(records)
    _reread(target, rows, outlines)


def _reread(target: _Target, rows: Sequence[Cells], outlines: NDArray[np.object_]) -> None:
    """Compare a written layer with what was to be written: count, cells, vertices, system.

    Raises: OutputError, naming every cell and outline that did not come back.
    """
    import fiona

    options = {"layer": target.layer} if target.path.suffix == ".gpkg" else {}
    with _told_as_output_error(target.path), fiona.open(target.path, **options) as layer:
        found = list(layer)
        shown = (len(found), list(layer.schema["properties"]), layer.crs)
    if shown != (len(rows), target.columns, fiona.crs.CRS.from_user_input(target.crs)):
        raise OutputError(_not_whole(target.path))
    _refuse(
        problem
        for feature, row, outline in zip(found, rows, outlines, strict=True)
        for problem in _differences(target, feature, row, outline)
    )


def _differences(target: _Target, feature: Any, row: Cells, outline: Any) -> Iterator[Problem]:
    for name, wanted in zip(target.columns, row, strict=True):
        if feature["properties"][name] != wanted:
            yield _difference(target, row, name, str(wanted))
    if _vertices(feature["geometry"]) != _vertices(outline):
        yield _difference(target, row, "geometry", None)


def _vertices(shape: Any) -> list[tuple[float, float]]:
    """The vertices of an outline, sorted: readers may turn rings and order parts their own way."""
    import shapely

    if shape is None:
        return []
    outline = shapely.geometry.shape(shape)
    return sorted((x, y) for x, y in shapely.get_coordinates(outline).tolist())


def _difference(target: _Target, row: Cells, field: str, value: str | None) -> Problem:
    return Problem(
        target.path.name,
        say("đọc lại khác với giá trị đã ghi", "comes back other than it was written"),
        say(
            "bỏ khoảng trắng cuối và ký tự điều khiển, hoặc kiểm tra đĩa rồi xuất lại",
            "remove spaces at the end and control characters, or check the disk and export again",
        ),
        layer=target.layer,
        row=str(row[0]),
        field=field,
        value=value,
    )


@contextmanager
def _told_as_output_error(path: Path) -> Iterator[None]:
    """Whatever GDAL or the system raises in writing, told as one error a caller knows."""
    import fiona._err
    import fiona.errors

    failures = (OSError, RuntimeError, fiona.errors.FionaError, fiona._err.CPLE_BaseError)
    try:
        yield
    except failures as error:
        raise OutputError(_not_whole(path)) from error


def _not_whole(path: Path) -> Problem:
    return Problem(
        path.name,
        say("không ghi được trọn vẹn", "could not be written whole"),
        say(
            "giải phóng chỗ trên đĩa, kiểm tra quyền ghi, rồi xuất lại",
            "free space on the disk, check that it may be written to, then export again",
        ),
    )


# --- tables ------------------------------------------------------------------------------------

LAYER_KINDS = (
    LayerKind(
        "zones",
        "kcn",
        say("Khu công nghiệp", "Industrial zones"),
        partial(_site_rows, kind="zone"),
    ),
    LayerKind(
        "clusters",
        "ccn",
        say("Cụm công nghiệp", "Industrial clusters"),
        partial(_site_rows, kind="cluster"),
    ),
    LayerKind(
        "communes",
        "xa",
        say("Xã, phường, thị trấn và hạn mức điểm TTCN", "Communes and their craft allowance"),
        _commune_rows,
    ),
    LayerKind("districts", None, say("Huyện, thị xã, thành phố", "Districts"), _district_rows),
)

FORMATS: Mapping[str, Format] = {
    "shp": Format(say("Shapefile", "Shapefile"), write_shapefiles),
    "gpkg": Format(say("GeoPackage", "GeoPackage"), write_geopackage),
}
