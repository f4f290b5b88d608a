"""Outlines from the formats that GDAL reads, and from GeoParquet: rows of areas and their texts.

Everything is read in the file's own numbers; which system they are in is settled later.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import Problem
from gis.language import Text, say
from gis.model import Severity
from gis.survey.columns import roles_of, stated_hectares
from gis.survey.drawings import parcels_of
from gis.survey.legacy import readable_bytes, readable_texts
from gis.survey.model import Notice, SurveyError, SurveyFile, SurveyLayer, SurveyRow
from gis.survey.vectors import (
    FAILURES,
    ONE_BYTE,
    layer_names,
    read_layer,
    read_layer_apart,
    text_of,
)

MOST_VERTICES = 1_000_000  # of one outline: beyond it is a scan, or was never simplified
MOST_NAMED = 20  # rows in one error
BYTES_PER_VERTEX = 16
# What damaged metadata and a damaged system make the reader of GeoParquet raise besides.
# What GDAL tells of itself: the line of its source, and the folder of our copy of the file.
READERS_OWN = re.compile(r"\S+\.cpp, \d+: |(?:(?<=\s)|(?<=')|^)[^\s']*[/\\](?=survey\.)")
PARQUET_FAILURES = (ValueError, OSError, LookupError, TypeError, AttributeError, RuntimeError)
DRAWINGS: Mapping[str, str] = {"dxf": "entities", "dgn": "elements"}  # GDAL's only layer of each
MOST_COORDINATE = 1e11  # of millimetres, in any system: beyond it is no place on Earth
AREAS = ("Polygon", "MultiPolygon")
KINDS_VI: Mapping[str, str] = {
    "Point": "điểm",
    "MultiPoint": "nhóm điểm",
    "LineString": "đường",
    "MultiLineString": "nhóm đường",
    "GeometryCollection": "nhóm hình lẫn loại",
}
NO_OUTLINE = say("không có hình", "has no outline")
DRAW_IT = say("vẽ hình hoặc xóa dòng này", "draw it, or remove the row")
EXPORT_AREAS = say(
    "xuất lớp chỉ gồm vùng (Polygon, MultiPolygon)",
    "export a layer of polygons only (Polygon, MultiPolygon)",
)

Columns = dict[str, list[str]]


def read_features(
    name: str,
    parts: Mapping[str, str],
    main: Path,
    form: str,
    layer: SurveyLayer,
    source_layer: str | None,
) -> SurveyFile:
    """The areas of a file with their attributes.

    Raises: SurveyError.
    """
    _refuse_detours(name, main, form)
    if form == "shp":
        _refuse_giants_of_shapefile(name, main)
    layers = _layers(name, main, form, source_layer)
    notices: list[Notice] = []
    outlines: list[NDArray[np.object_]] = []
    tables: list[Columns] = []
    systems: dict[str, None] = {}
    for item in layers:
        crs, raw, columns = _read(name, main, item, form, notices)
        outlines.append(_built(name, item, raw))
        tables.append(columns)
        systems[crs] = None
    if len(systems) > 1:
        what = say("các lớp khác hệ tọa độ", "its layers have different systems")
        raise _refused(name, what, say("để lại một lớp", "keep one layer"))
    shapes = np.concatenate(outlines)
    shown = layers[0] if len(layers) == 1 else ""
    _refuse_what_is_no_area(name, shown, shapes, is_needed=layer != "occupancy")
    rows = _rows(flat(shapes, notices), _joined(tables), layer)
    return _file(name, parts, form, shown, next(iter(systems)) or None, rows, notices)


def read_drawing(
    name: str, parts: Mapping[str, str], main: Path, form: str, layer: SurveyLayer
) -> SurveyFile:
    """The closed lines and areas of a CAD drawing, each with the texts that stand inside it.

    Raises: SurveyError.
    """
    notices: list[Notice] = []
    item = DRAWINGS[form]
    _, raw, columns = _read(name, main, item, form, notices)
    shapes = flat(_built(name, item, raw), notices)
    outlines, attributes = parcels_of(shapes, columns, notices)
    if not outlines:
        raise _refused(
            name,
            say("không có đường khép kín nào", "holds no closed line"),
            say(
                "khép kín đường ranh giới (PEDIT, Close) rồi lưu lại",
                "close the boundary polylines (PEDIT, Close) and save again",
            ),
        )
    table = {key: [row.get(key, "") for row in attributes] for key in ("labels", "Layer")}
    rows = _rows(np.array(outlines, dtype=object), table, layer)
    return _file(name, parts, form, "", None, rows, notices)


def read_parquet(name: str, parts: Mapping[str, str], main: Path, layer: SurveyLayer) -> SurveyFile:
    """The areas of a GeoParquet file.

    Raises: SurveyError.
    """
    import geopandas as gpd
    import pyarrow

    try:
        frame = gpd.read_parquet(main)
        declared = _named(frame.crs) if frame.crs is not None else None
    except (pyarrow.ArrowException, shapely.errors.GEOSException, *PARQUET_FAILURES) as error:
        raise _unreadable(name, error) from error
    notices: list[Notice] = []
    shapes = np.asarray(frame.geometry.array, dtype=object)
    _refuse_giants(name, "", shapely.get_num_coordinates(shapes))
    _refuse_what_is_no_area(name, "", shapes, is_needed=layer != "occupancy")
    columns = {
        str(key): [text_of(value) for value in frame[key]]
        for key in frame.columns
        if key != frame.geometry.name
    }
    rows = _rows(flat(shapes, notices), readable_texts(columns, notices), layer)
    return _file(name, parts, "parquet", "", declared, rows, notices)


def _named(crs: Any) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.to_wkt())


def _file(
    name: str,
    parts: Mapping[str, str],
    form: str,
    layer: str,
    declared: str | None,
    rows: tuple[SurveyRow, ...],
    notices: Sequence[Notice],
) -> SurveyFile:
    return SurveyFile(name, parts, form, layer, declared, rows, tuple(notices))


# --- through GDAL --------------------------------------------------------------------------------


def _refuse_detours(name: str, main: Path, form: str) -> None:
    """Some files only tell GDAL to open others, or to run something; none of those is a survey."""
    head = main.open("rb").read(65_536).lower() if form in ("geojson", "kml", "tab") else b""
    detour = {
        "geojson": b"gdal_streamed_alg" in head,
        "kml": b"<ogrvrt" in head,
        "tab": b"native" not in head or b"seamless" in head,
    }.get(form, False)
    if detour:
        what = say("chỉ tới tệp khác", "only leads to other files")
        raise _refused(name, what, say("xuất lại chính lớp đó", "export the layer itself"))


def _layers(name: str, main: Path, form: str, wanted: str | None) -> list[str]:
    """The layers to read: of KML all folders, else the one there is or that was asked for."""
    try:
        found = layer_names(main)
    except FAILURES as error:
        raise _unreadable(name, error) from error
    if not found:
        raise _refused(name, NO_OUTLINE, EXPORT_AREAS)
    if wanted is not None:
        if wanted in found:
            return [wanted]
        what = say("không có lớp này", "has no such layer")
        mend = say("chọn một trong: {names}", "choose one of: {names}", names=found)
        raise _refused(name, what, mend, value=wanted)
    if form == "kml" or len(found) == 1:
        return found
    what = say("có nhiều lớp: {names}", "holds several layers: {names}", names=found)
    raise _refused(name, what, say("chọn bằng --source-layer", "choose with --source-layer"))


def _read(
    name: str, main: Path, layer: str, form: str, notices: list[Notice]
) -> tuple[str, list[str | None], Columns]:
    """One layer: its system, its shapes as bytes, its attributes as text."""
    encoding = ONE_BYTE if form in ("shp", "tab", "mif", "dgn") else None
    read = read_layer_apart if form in DRAWINGS else read_layer
    try:
        found = read(main, layer, encoding)
    except FAILURES as error:
        raise _unreadable(name, error) from error
    for text in found.warnings:
        said = say("GDAL: {text}", "GDAL: {text}", text=text)
        notices.append(Notice("reader-warning", Severity.NOTE, said))
    if found.shapes is None:
        raise _refused(name, NO_OUTLINE, EXPORT_AREAS, layer=layer)
    if encoding:
        columns = readable_bytes(name, found.columns, main.with_suffix(".cpg"), notices)
    else:
        columns = readable_texts(found.columns, notices)
    return found.crs, found.shapes, columns


def _built(name: str, layer: str, shapes: Sequence[str | None]) -> NDArray[np.object_]:
    _refuse_giants(
        name,
        layer,
        [len(item) // 2 // BYTES_PER_VERTEX if item is not None else 0 for item in shapes],
    )
    try:
        built: NDArray[np.object_] = shapely.from_wkb(np.array(shapes, dtype=object))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        raise _unreadable(name, error) from error
    return built


def _refuse_giants(name: str, layer: str, vertices: Iterable[int]) -> None:
    problems = [
        Problem(
            name,
            say(
                "hình có quá nhiều đỉnh: {n}, tối đa {most}",
                "an outline of too many vertices: {n}, at most {most}",
                n=int(count),
                most=MOST_VERTICES,
            ),
            say("giản hóa hình (QGIS: Simplify)", "simplify it (QGIS: Simplify)"),
            layer=layer,
            row=str(row),
        )
        for row, count in enumerate(vertices, start=1)
        if count > MOST_VERTICES
    ]
    if problems:
        raise SurveyError(*problems[:MOST_NAMED])


def _refuse_giants_of_shapefile(name: str, main: Path) -> None:
    """The index states how long every shape is, so that a giant need not be read to be refused."""
    data = main.with_suffix(".shx").read_bytes()[100:]
    lengths = (item[1] for item in struct.iter_unpack(">ii", data[: len(data) // 8 * 8]))
    _refuse_giants(name, "", [max(length, 0) * 2 // BYTES_PER_VERTEX for length in lengths])


# --- what is an area -----------------------------------------------------------------------------


def _refuse_what_is_no_area(
    name: str, layer: str, shapes: NDArray[np.object_], *, is_needed: bool
) -> None:
    """Everything that is no area, by row; registers of lots may come without a drawing."""
    problems: list[Problem] = []
    if not len(shapes):
        problems.append(Problem(name, NO_OUTLINE, EXPORT_AREAS, layer=layer))
    kinds = [None if item is None or item.is_empty else item.geom_type for item in shapes]
    for row, kind in enumerate(kinds, start=1):
        if kind is None and is_needed:
            problems.append(Problem(name, NO_OUTLINE, DRAW_IT, layer=layer, row=str(row)))
        elif kind is not None and kind not in AREAS:
            what = say(
                "là {vi}, không phải vùng",
                "is a {en}, not an area",
                vi=KINDS_VI.get(kind, kind),
                en=kind,
            )
            problems.append(Problem(name, what, EXPORT_AREAS, layer=layer, row=str(row)))
    if not problems:
        coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
        wild = ~(np.abs(coordinates) <= MOST_COORDINATE).all(axis=1)  # NaN is no number either
        broken = np.unique(owner[wild])
        problems += [
            Problem(
                name,
                say("tọa độ không phải số dùng được", "a coordinate is no usable number"),
                say("sửa hoặc xóa đỉnh này", "mend or remove the vertex"),
                layer=layer,
                row=str(row + 1),
            )
            for row in broken
        ]
    if problems:
        raise SurveyError(*problems[:MOST_NAMED])


def flat(shapes: NDArray[np.object_], notices: list[Notice]) -> NDArray[np.object_]:
    """The outlines in two dimensions; what was dropped is said once."""
    for code, has, vi, en in (
        ("z-dropped", shapely.has_z(shapes), "độ cao (Z)", "heights (Z)"),
        ("m-dropped", shapely.has_m(shapes), "số đo (M)", "measures (M)"),
    ):
        if has.any():
            text = say(
                "Bỏ {vi} của {n} hình: ranh giới là hình phẳng.",
                "Dropped the {en} of {n} outlines: a boundary is flat.",
                vi=vi,
                en=en,
                n=int(has.sum()),
            )
            notices.append(Notice(code, Severity.NOTE, text))
    return np.asarray(shapely.force_2d(shapes), dtype=object)


def _rows(
    shapes: NDArray[np.object_], columns: Columns, layer: SurveyLayer
) -> tuple[SurveyRow, ...]:
    roles = roles_of([key for key, values in columns.items() if any(values)], layer)
    rows = []
    for number, outline in enumerate(shapes, start=1):
        attributes = {key: values[number - 1] for key, values in columns.items()}
        cell = {role: attributes.get(key, "") for role, key in roles.items()}
        rows.append(
            SurveyRow(
                number,
                attributes,
                outline,
                name=cell.get("name", ""),
                code=cell.get("code", ""),
                commune=cell.get("commune", ""),
                district=cell.get("district", ""),
                kind=cell.get("kind", ""),
                stated_ha=stated_hectares(attributes, roles),
            )
        )
    return tuple(rows)


def _joined(tables: Sequence[Columns]) -> Columns:
    """The columns of several layers one below the other."""
    keys = dict.fromkeys(key for columns in tables for key in columns)
    lengths = [max((len(values) for values in columns.values()), default=0) for columns in tables]
    return {
        key: [
            text
            for columns, length in zip(tables, lengths, strict=True)
            for text in columns.get(key, [""] * length)
        ]
        for key in keys
    }


# --- what cannot be used -------------------------------------------------------------------------


def _refused(name: str, what: Text, mend: Text, **where: str) -> SurveyError:
    return SurveyError(Problem(name, what, mend, **where))


def _unreadable(name: str, error: BaseException) -> SurveyError:
    said = READERS_OWN.sub("", str(error).replace("\n", " "))[:200]
    return _refused(
        name,
        say("không đọc được: {why}", "cannot be read: {why}", why=said),
        say("mở bằng QGIS và xuất lại", "open it in QGIS and export it again"),
    )
