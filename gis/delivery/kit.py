"""A kit: the formats asked for, proven by reading them back, and the manifest that lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

from gis import __version__
from gis.checks import counted, has_errors
from gis.crs import WGS84
from gis.delivery import (
    drawings,
    earth,
    exchange,
    geopackages,
    microstation,
    shapefiles,
    workbooks,
)
from gis.delivery.dictionaries import write_dictionaries
from gis.delivery.manifest import (
    MANIFEST,
    ChecksPart,
    FieldPart,
    FilePart,
    FormatPart,
    LayerPart,
    Manifest,
    PlanPart,
    ProfilePart,
    StatedTotalPart,
    ToolPart,
    WithheldPart,
    as_json,
    sha256_of,
)
from gis.delivery.metadata import write_metadata
from gis.delivery.orders import (
    Format,
    Order,
    Written,
    gdal_of_fiona,
    gdal_of_pyogrio,
    telling_of_writing,
)
from gis.delivery.profiles import DEFAULT_PROFILE, Column, load_profile
from gis.delivery.projects import write_project
from gis.delivery.readme import CHECK_DATA, CHECK_PAGE, write_readme
from gis.delivery.sheets import Sheet, sheets_of
from gis.delivery.workbooks import write_coordinates
from gis.errors import OutputError, Problem
from gis.language import say
from gis.model import LAYER_OF_KIND, LayerName, Severity
from gis.report import Report, as_html
from gis.report import as_json as as_report_json
from gis.vocabulary import CODES

LAYERS: tuple[LayerName, ...] = get_args(LayerName)
DOCUMENTS = "documents"
DEFAULT_FORMATS = ("shp", "gpkg")
FORMATS: dict[str, Format] = {
    "shp": Format(
        say("Shapefile", "Shapefile"),
        shapefiles.write_shapefiles,
        gdal_of_fiona,
        shapefiles.read_by,
        "other_library",
    ),
    "gpkg": Format(
        say("GeoPackage", "GeoPackage"),
        geopackages.write_geopackage,
        gdal_of_fiona,
        geopackages.read_by,
        "other_library",
    ),
    "dxf": Format(
        say("AutoCAD DXF", "AutoCAD DXF"),
        drawings.write_dxf,
        drawings.written_by,
        gdal_of_pyogrio,
        "other_library",
        note=say(
            "chỉ có hình và nhãn; mã đối tượng nằm trong dữ liệu mở rộng TNGIS của từng đường",
            "outlines and labels only; the id is in the extended data TNGIS of each polyline",
        ),
    ),
    "xlsx": Format(
        say("Excel", "Excel"),
        workbooks.write_xlsx,
        workbooks.written_by,
        gdal_of_pyogrio,
        "other_library",
        resolution_m=None,
        note=say("không có hình", "without outlines"),
    ),
    "kml": Format(
        say("KML", "KML"),
        earth.write_kml,
        earth.written_by,
        earth.read_by,
        "other_library",
        crs=WGS84,
    ),
    "geojson": Format(
        say("GeoJSON", "GeoJSON"),
        exchange.write_geojson,
        exchange.written_by_json,
        gdal_of_pyogrio,
        "other_library",
        crs=WGS84,
    ),
    "fgb": Format(
        say("FlatGeobuf", "FlatGeobuf"),
        exchange.write_flatgeobuf,
        gdal_of_fiona,
        gdal_of_pyogrio,
        "other_build",
    ),
    "parquet": Format(
        say("GeoParquet", "GeoParquet"),
        exchange.write_parquet,
        exchange.written_by_arrow,
        exchange.read_by_fastparquet,
        "other_library",
    ),
    "tab": Format(
        say("MapInfo TAB", "MapInfo TAB"),
        exchange.write_mapinfo,
        gdal_of_pyogrio,
        gdal_of_fiona,
        "other_build",
        note=say(
            "UTF-8, cần MapInfo Pro 15.2 trở lên; cột số có ô trống được ghi thành chữ, vì MapInfo "
            "không có số trống",
            "UTF-8, for MapInfo Pro 15.2 or later; a column of numbers with an empty cell is text, "
            "as MapInfo knows no empty number",
        ),
    ),
    "dgn": Format(
        say("MicroStation DGN V7", "MicroStation DGN V7"),
        microstation.write_dgn,
        gdal_of_fiona,
        gdal_of_pyogrio,
        "other_build",
        resolution_m=microstation.RESOLUTION_M,
        note=say(
            "tọa độ làm tròn đến 1 cm; nhãn không dấu, vì DGN V7 không có Unicode",
            "coordinates are rounded to 1 cm; labels have no diacritics, as V7 knows no Unicode",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a caller wants in a kit: layers, formats and a profile by name or path."""

    layers: tuple[str, ...] = ()
    formats: tuple[str, ...] = DEFAULT_FORMATS
    profile: str = DEFAULT_PROFILE


def write_kit(report: Report, folder: Path, wishes: Wishes | None = None) -> list[Path]:
    """Write a kit of a checked plan into an existing empty folder, and name its files.

    Raises: OutputError, when a value does not fit or a file does not read back as written;
    ProfileError.
    """
    wishes = wishes or Wishes()
    profile = load_profile(wishes.profile)
    layers = [name for name in wishes.layers or LAYERS if name in profile.layers]
    if not layers:
        raise OutputError(_nothing_to_write(wishes))
    order = Order(
        report.plan,
        profile,
        sheets_of(report.plan, profile, cast(Sequence[LayerName], layers)),
        report,
    )
    written: dict[str, list[Written]] = {}
    for name in wishes.formats:
        written[name] = FORMATS[name].write(order, folder)
    written[DOCUMENTS] = _documents(report, order, folder)
    written[DOCUMENTS] += write_project(order, wishes.formats, folder)
    manifest = _manifest(report, order, written, folder)
    written[DOCUMENTS].append(write_readme(order, manifest, folder))
    manifest = _manifest(report, order, written, folder)
    path = folder / MANIFEST
    with telling_of_writing(path):
        path.write_bytes(as_json(manifest).encode("utf-8"))
    return sorted([path, *(item.path for items in written.values() for item in items)])


def _nothing_to_write(wishes: Wishes) -> Problem:
    return Problem(
        wishes.profile,
        say("không có lớp nào trong các lớp được yêu cầu", "has none of the layers asked for"),
        say("thêm lớp vào hồ sơ mẫu, hoặc đổi --layer", "add the layer to it, or change --layer"),
        field="layers",
        value=", ".join(wishes.layers or LAYERS),
    )


def _documents(report: Report, order: Order, folder: Path) -> list[Written]:
    """What every kit says about itself, whatever its formats."""
    page, data = folder / CHECK_PAGE, folder / CHECK_DATA
    with telling_of_writing(page):
        page.write_bytes(as_html(report, "vi").encode("utf-8"))
        data.write_bytes(as_report_json(report).encode("utf-8"))
    return [
        *write_dictionaries(order, folder),
        *write_metadata(order, folder),
        *write_coordinates(order, folder),
        Written(page, "report"),
        Written(data, "report"),
    ]


# --- the manifest --------------------------------------------------------------------------------


def _manifest(
    report: Report, order: Order, written: dict[str, list[Written]], folder: Path
) -> Manifest:
    return Manifest(
        manifest_version=1,
        tool=ToolPart(name="tngis", version=__version__),
        plan=plan_part(order),
        profile=profile_part(order),
        forced=has_errors(report.outcomes),
        checks=checks_part(report),
        layers=tuple(layer_part(order, sheet) for sheet in order.sheets),
        formats=tuple(_format_part(order, name) for name in written if name in FORMATS),
        withheld=tuple(_withheld(order, tuple(written))),
        files=tuple(sorted(_files(written, folder), key=lambda item: item.path)),
    )


def plan_part(order: Order) -> PlanPart:
    """What a manifest says of the plan."""
    card = order.plan.card
    return PlanPart(
        code=card.code,
        title_vi=card.title_vi,
        title_en=card.title_en,
        document=card.document,
        period=card.period,
        status_vi=card.status_vi,
        status_en=card.status_en,
        crs=card.crs,
        content_sha256=order.plan.content_sha256,
    )


def profile_part(order: Order) -> ProfilePart:
    """What a manifest says of the profile."""
    profile = order.profile
    return ProfilePart(
        code=profile.code,
        title_vi=profile.title.vi,
        title_en=profile.title.en,
        verified="yes" if profile.verified else "no",
        source=profile.source,
        land_use_year=profile.land_use_year,
        sha256=profile.sha256,
    )


def checks_part(report: Report) -> ChecksPart:
    """What a manifest says of the checks."""
    return ChecksPart(
        errors=report.count_of(Severity.ERROR),
        warnings=report.count_of(Severity.WARNING),
        notes=report.count_of(Severity.NOTE),
        rules={state.value: count for state, count in counted(report.outcomes).items()},
    )


def layer_part(order: Order, sheet: Sheet) -> LayerPart:
    """What a manifest says of a layer."""
    import numpy as np
    import shapely

    layer = order.profile.layers[sheet.layer]
    drawn = shapely.is_geometry(sheet.outlines)
    bounds = shapely.total_bounds(sheet.outlines[drawn]) if drawn.any() else None
    return LayerPart(
        layer=sheet.layer,
        file=layer.file,
        title_vi=sheet.title.vi,
        title_en=sheet.title.en,
        rows=len(sheet.rows),
        outlines=int(drawn.sum()),
        without_outline=tuple(np.array(list(sheet.rows), dtype=object)[~drawn]),
        provenance=_provenance(order, sheet),
        extent=None if bounds is None else cast(tuple[float, float, float, float], tuple(bounds)),
        stated_ha=_total(sheet, "stated_ha"),
        measured_ha=_total(sheet, "measured_ha"),
        geodesic_ha=_total(sheet, "geodesic_ha"),
        decision_total=_decision_total(order, sheet.layer),
        fields=tuple(map(_field_part, layer.columns)),
    )


def _field_part(column: Column) -> FieldPart:
    return FieldPart(
        field=column.field.name,
        name=column.name,
        type=column.type,
        width=column.width,
        decimals=column.decimals,
        codes=tuple(column.codes.values()),
    )


def _provenance(order: Order, sheet: Sheet) -> dict[str, int]:
    told = [order.profile.ours("provenance", row["provenance"]) for row in sheet.rows.values()]
    return {name: told.count(name) for name in CODES["provenance"] if name in told}


def _total(sheet: Sheet, field: str) -> str | None:
    """The sum of a column, or None where it has nothing to add: null is not zero."""
    values = [row.get(field) for row in sheet.rows.values()]
    known = [value for value in values if isinstance(value, Decimal)]
    return format(sum(known, Decimal(0)), "f") if known else None


def _decision_total(order: Order, layer: LayerName) -> StatedTotalPart | None:
    for total in order.plan.card.stated_totals:
        if LAYER_OF_KIND[total.kind] == layer:
            return StatedTotalPart(
                total_ha=format(total.total_ha, "f"),
                printed=total.printed,
                clause=total.clause,
                line=total.line,
            )
    return None


def _format_part(order: Order, name: str) -> FormatPart:
    form = FORMATS[name]
    return FormatPart(
        format=name,
        crs=form.crs or order.plan.card.crs,
        written_by=form.written_by(),
        read_back_by=form.read_back_by(),
        independence=form.independence,
        resolution_m=form.resolution_m,
        layers={sheet.layer: len(sheet.rows) for sheet in order.sheets},
        note_vi=form.note.vi,
        note_en=form.note.en,
    )


def _withheld(order: Order, formats: Sequence[str]) -> Iterator[WithheldPart]:
    chosen = {sheet.layer for sheet in order.sheets}
    why = say("không được yêu cầu", "not asked for")
    unknown = say("hồ sơ mẫu không có lớp này", "the profile has no such layer")
    for layer in LAYERS:
        if layer not in order.profile.layers:
            yield WithheldPart(what=layer, why_vi=unknown.vi, why_en=unknown.en)
        elif layer not in chosen:
            yield WithheldPart(what=layer, why_vi=why.vi, why_en=why.en)
    for name in FORMATS:
        if name not in formats:
            yield WithheldPart(what=name, why_vi=why.vi, why_en=why.en)


def _files(written: dict[str, list[Written]], folder: Path) -> Iterable[FilePart]:
    for name, items in written.items():
        for item in items:
            data = item.path.read_bytes()
            yield FilePart(
                path=item.path.relative_to(folder).as_posix(),
                bytes=len(data),
                sha256=sha256_of(data),
                role=item.role,
                format=name if name in FORMATS else None,
                layer=item.layer,
            )
