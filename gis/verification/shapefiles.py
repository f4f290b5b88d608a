"""Shapefiles from their bytes: libraries read on over damage that must be told here.

Rings are put together by what lies inside what, not by the way they run, so that a ring that runs
the wrong way is one fault and not a lost hole.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.language import Text, say
from gis.model import LayerName
from gis.verification.faults import NOTHING, Fault, fault
from gis.verification.letters import decoded
from gis.verification.readings import Bad, CellValue, FoundColumn, Reading, labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
HEADER_BYTES = 100
MAGIC, VERSION = 9994, 1000
NULL, POLYGON, POLYGON_Z, POLYGON_M = 0, 5, 15, 25
SHAPE_NAMES = {1: "Point", 3: "PolyLine", 8: "MultiPoint", 15: "PolygonZ", 25: "PolygonM",
               11: "PointZ", 13: "PolyLineZ", 18: "MultiPointZ", 21: "PointM", 23: "PolyLineM",
               28: "MultiPointM", 31: "MultiPatch"}  # fmt: skip
BOX_TOLERANCE_M = 0.001
DBASE_3 = 3
DBF_HEAD, DBF_FIELD = 32, 32
END_OF_FIELDS, END_OF_FILE = b"\r", b"\x1a"
KINDS: Mapping[str, Any] = {"C": "text", "N": "number", "F": "number"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")

Rings = list["NDArray[np.float64]"]
Tell = Callable[..., None]


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """A .dbf as it lies there: its columns, and the bytes of every cell."""

    columns: tuple[FoundColumn, ...]
    cells: list[list[bytes]]
    count: int


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """A record of a .shp: its rings, or None where it is a null shape or cannot be read."""

    rings: Rings | None
    settled: bool = False


def read_shapefile(
    files: Mapping[str, tuple[str, bytes]], layer: LayerName, key: str
) -> Reading | None:
    """One shapefile by the bytes of its parts; None where its table or outlines are not there.

    `files` holds name and bytes by suffix; `key` is the column that holds the ids.
    """
    if ".shp" not in files or ".dbf" not in files:
        return None
    faults: list[Fault] = []
    table = _table(*files[".dbf"], layer, faults)
    encoding = _encoding(files)
    rows = [
        [_cell(column, raw, encoding) for column, raw in zip(table.columns, cells, strict=True)]
        for cells in table.cells
    ]
    names = [column.name for column in table.columns]
    ids = [row[names.index(key)] for row in rows] if key in names else []
    told = labels(ids, max(len(rows), _most_records(files)))
    shapes = _shapes(files, layer, told, faults)
    if len(shapes) != table.count:
        faults.append(
            fault("SHAP07", files[".dbf"][0], layer=layer, value=table.count, wanted=len(shapes))
        )
    outlines: list[Any] = []
    settled: set[int] = set()
    for number, shape in enumerate(shapes[: len(rows)]):
        outline, wrong = _outline(shape, files[".shp"][0], layer, told[number], faults)
        outlines.append(outline)
        if wrong:
            settled.add(number)
    missing = range(len(outlines), len(rows))
    outlines += [None for _ in missing]
    return Reading(
        layer, "shp", files[".dbf"][0], files[".shp"][0], table.columns, rows, outlines,
        tuple(faults), frozenset({*settled, *missing}),
    )  # fmt: skip


def _most_records(files: Mapping[str, tuple[str, bytes]]) -> int:
    return len(files[".shp"][1]) // 12


def _encoding(files: Mapping[str, tuple[str, bytes]]) -> str:
    """What the .cpg says, as it stands there; empty where there is none."""
    return files.get(".cpg", ("", b""))[1][:40].decode("ascii", "replace").strip()


# --- the table -----------------------------------------------------------------------------------


def _table(name: str, data: bytes, layer: LayerName, faults: list[Fault]) -> Table:
    def wrong(field: str, value: object, wanted: object) -> None:
        faults.append(fault("SHAP04", name, layer=layer, field=field, value=value, wanted=wanted))

    if len(data) <= DBF_HEAD:
        wrong("header", len(data), DBF_HEAD + 1)
        return Table((), [], 0)
    count, head, width = struct.unpack_from("<IHH", data, 4)
    columns, end = _columns(data)
    stated = 1 + sum(column.width for column in columns)
    for field, value, should in (
        ("version", data[0], DBASE_3),
        ("header length", head, end),
        ("row length", width, stated),
    ):
        if value != should:
            wrong(field, value, should)
    for column in columns:
        if not column.name.isascii() or not column.name.isprintable() or not column.name:
            wrong(column.name, column.name, "A-Z 0-9 _")
    body = data[end:]
    if body[count * stated :] not in (b"", END_OF_FILE) or len(body) < count * stated:
        faults.append(
            fault("SHAP05", name, layer=layer, value=len(data), wanted=end + count * stated + 1)
        )
    whole = min(count, len(body) // stated)
    rows = [body[number * stated : (number + 1) * stated] for number in range(whole)]
    for number, row in enumerate(rows, start=1):
        if row[:1] != b" ":
            faults.append(fault("SHAP08", name, layer=layer, row=f"#{number}", value=repr(row[:1])))
    edges = np.cumsum([1, *(column.width for column in columns)]).tolist()
    cells = [[row[a:b] for a, b in pairwise(edges)] for row in rows]
    return Table(columns, cells, count)


def _columns(data: bytes) -> tuple[tuple[FoundColumn, ...], int]:
    """The columns a header declares, and where the rows begin."""
    columns, place = [], DBF_HEAD
    while place + DBF_FIELD <= len(data) and data[place : place + 1] != END_OF_FIELDS:
        item = data[place : place + DBF_FIELD]
        name = item[:11].split(b"\0")[0].decode("utf-8", "replace")
        letter = chr(item[11])
        width, decimals = item[16], item[17]
        if letter == "C":
            width, decimals = width + 256 * decimals, 0
        declared = f"{letter}({width},{decimals})" if decimals else f"{letter}({width})"
        columns.append(FoundColumn(name, KINDS.get(letter, "other"), declared, width, decimals))
        place += DBF_FIELD
    return tuple(columns), place + 1


def _cell(column: FoundColumn, raw: bytes, encoding: str) -> CellValue | Bad:
    """A cell as a value; an empty text is no value, and GDAL writes no number as stars."""
    if column.kind == "text":
        told = decoded(raw.rstrip(b" \0"), encoding, full=raw[-1:] not in (b" ", b"\0"))
        return told if isinstance(told, Bad) else told or None
    text = raw.strip(b" \0").decode("latin-1")
    if not text or set(text) == {"*"}:
        return None
    if column.kind == "other":
        return text
    return Decimal(text) if NUMBER.fullmatch(text) else Bad("CELL07", text)


# --- the outlines --------------------------------------------------------------------------------


def _shapes(
    files: Mapping[str, tuple[str, bytes]],
    layer: LayerName,
    told: Sequence[str],
    faults: list[Fault],
) -> list[Shape]:
    name, data = files[".shp"]
    kind, box = _header(name, data, layer, "SHAP01", faults)
    places: list[tuple[int, int]] = []
    shapes = list(_records(name, data, layer, told, faults, places))
    if kind not in (POLYGON, None):
        shown = SHAPE_NAMES.get(kind, str(kind))
        faults.append(fault("OUTL02", name, layer=layer, value=shown, wanted="Polygon"))
    vertices = [ring for shape in shapes for ring in shape.rings or ()]
    if vertices and box is not None and not _is_box(box, vertices):
        faults.append(fault("SHAP06", name, layer=layer, value=_told_box(box)))
    if ".shx" in files:
        _check_index(*files[".shx"], layer, data, places, told, faults)
    return shapes


def _header(
    name: str, data: bytes, layer: LayerName, code: str, faults: list[Fault]
) -> tuple[int | None, tuple[float, ...] | None]:
    """The shape type and bounding box of a header, and what is wrong with the rest of it."""
    if len(data) < HEADER_BYTES:
        faults.append(
            fault(code, name, layer=layer, field="length", value=len(data), wanted=HEADER_BYTES)
        )
        return None, None
    magic, words = struct.unpack_from(">i20xi", data, 0)
    version, kind = struct.unpack_from("<ii", data, 28)
    for field, value, wanted in (
        ("file code", magic, MAGIC),
        ("length", words * 2, len(data)),
        ("version", version, VERSION),
    ):
        if value != wanted:
            faults.append(fault(code, name, layer=layer, field=field, value=value, wanted=wanted))
    return kind, struct.unpack_from("<4d", data, 36)


def _records(
    name: str,
    data: bytes,
    layer: LayerName,
    told: Sequence[str],
    faults: list[Fault],
    places: list[tuple[int, int]],
) -> Iterator[Shape]:
    """Every record of a .shp in turn, and where it lies; what cannot be followed ends the file."""
    place, number = HEADER_BYTES, 0
    while place < len(data):
        row = told[number] if number < len(told) else f"#{number + 1}"
        number += 1
        if place + 12 > len(data):
            faults.append(fault("SHAP03", name, layer=layer, row=row, value=len(data) - place))
            return
        stated, words = struct.unpack_from(">ii", data, place)
        content = data[place + 8 : place + 8 + 2 * words] if words > 0 else b""
        if stated != number:
            faults.append(
                fault("SHAP03", name, layer=layer, row=row, field="record number", value=stated,
                      wanted=number)
            )  # fmt: skip
        if words < 2 or len(content) < 2 * words:
            faults.append(
                fault("SHAP03", name, layer=layer, row=row, field="record length", value=2 * words,
                      wanted=len(data) - place - 8)
            )  # fmt: skip
            yield Shape(None, settled=True)
            return
        places.append((place, words))
        yield _shape(name, content, layer, row, faults)
        place += 8 + 2 * words


def _shape(name: str, content: bytes, layer: LayerName, row: str, faults: list[Fault]) -> Shape:
    """The rings of one record, checked against what the record says of itself."""
    (kind,) = struct.unpack_from("<i", content)
    if kind == NULL and len(content) == 4:
        return Shape(None)
    if kind not in (POLYGON, POLYGON_Z, POLYGON_M) or len(content) < 44:
        shown = SHAPE_NAMES.get(kind, str(kind))
        code = "OUTL02" if kind in SHAPE_NAMES else "SHAP03"
        faults.append(fault(code, name, layer=layer, row=row, field="geometry", value=shown))
        return Shape(None, settled=True)
    box = struct.unpack_from("<4d", content, 4)
    parts, points = struct.unpack_from("<ii", content, 36)
    size = 44 + 4 * parts + 16 * points
    cut = say(
        "{parts} vòng, {points} đỉnh không vừa bản ghi",
        "{parts} rings and {points} vertices do not fit the record",
        parts=parts,
        points=points,
    )
    if parts < 1 or points < 1 or size > len(content) or (kind == POLYGON and size != len(content)):
        faults.append(fault("SHAP03", name, layer=layer, row=row, field="geometry", detail=cut))
        return Shape(None, settled=True)
    starts = np.frombuffer(content, "<i4", parts, 44).tolist()
    vertices = np.frombuffer(content, "<f8", 2 * points, 44 + 4 * parts).reshape(-1, 2)
    ends = [*starts[1:], points]
    if starts[0] != 0 or any(a >= b for a, b in zip(starts, ends, strict=True)):
        faults.append(fault("SHAP03", name, layer=layer, row=row, field="geometry", detail=cut))
        return Shape(None, settled=True)
    rings = [vertices[start:end] for start, end in zip(starts, ends, strict=True)]
    if np.isfinite(vertices).all() and not _is_box(box, rings):
        faults.append(
            fault("SHAP06", name, layer=layer, row=row, field="geometry", value=_told_box(box))
        )
    return Shape(rings)


def _is_box(box: Sequence[float], rings: Sequence[NDArray[np.float64]]) -> bool:
    vertices = np.concatenate(rings)
    wanted = (*vertices.min(axis=0).tolist(), *vertices.max(axis=0).tolist())
    return all(
        abs(a - b) <= BOX_TOLERANCE_M or not np.isfinite(b)
        for a, b in zip(box, wanted, strict=True)
    )


def _told_box(box: Sequence[float]) -> str:
    return " ".join(f"{item:.3f}" for item in box)


def _check_index(
    name: str,
    data: bytes,
    layer: LayerName,
    main: bytes,
    places: Sequence[tuple[int, int]],
    told: Sequence[str],
    faults: list[Fault],
) -> None:
    """The .shx says where each record lies, and readers jump by it: compared entry by entry."""
    kind, box = _header(name, data, layer, "SHAP02", faults)
    if kind is None or box is None or len(main) < HEADER_BYTES:
        return
    for field, value, wanted in (
        ("shape type", kind, struct.unpack_from("<i", main, 32)[0]),
        ("box", box, struct.unpack_from("<4d", main, 36)),
        ("records", (len(data) - HEADER_BYTES) / 8, float(len(places))),
    ):
        if value != wanted:
            faults.append(
                fault("SHAP02", name, layer=layer, field=field, value=value, wanted=wanted)
            )
    entries = [item for item in struct.iter_unpack(">ii", data[HEADER_BYTES:][: 8 * _whole(data)])]
    for number, (entry, (place, words)) in enumerate(zip(entries, places, strict=False)):
        if entry != (place // 2, words):
            faults.append(
                fault("SHAP02", name, layer=layer, row=told[number], field="offset, length",
                      value=entry, wanted=(place // 2, words))
            )  # fmt: skip


def _whole(data: bytes) -> int:
    return (len(data) - HEADER_BYTES) // 8


# --- rings to outlines ---------------------------------------------------------------------------


def _outline(
    shape: Shape, file: str, layer: LayerName, row: str, faults: list[Fault]
) -> tuple[Any, bool]:
    """The outline of a record, and whether a fault of form was told of it."""
    if shape.rings is None:
        return None, shape.settled

    def told(code: str, value: object, detail: Text = NOTHING) -> None:
        faults.append(
            fault(code, file, layer=layer, row=row, field="geometry", value=value, detail=detail)
        )

    for number, ring in enumerate(shape.rings, start=1):
        if not np.isfinite(ring).all():
            told("OUTL10", ring[~np.isfinite(ring).all(axis=1)][0].tolist(), _ring(number, shape))
            return None, True
        if len(ring) < 4 or not np.array_equal(ring[0], ring[-1]):
            told("OUTL09", f"{len(ring)} vertices", _ring(number, shape))
            return None, True
    outline, wrong = assembled(shape.rings)
    for number in wrong:
        told("OUTL03", f"ring {number + 1}", _ring(number + 1, shape))
    return outline, False


def _ring(number: int, shape: Shape) -> Text:
    return say(
        "vòng {n} trên {all}",
        "ring {n} of {all}",
        n=number,
        all=len(shape.rings or ()),
    )


def assembled(rings: Rings) -> tuple[Any, list[int]]:
    """Rings as one outline, by what lies inside what, and the rings that run the wrong way."""
    polygons = shapely.polygons([shapely.linearrings(ring) for ring in rings])
    sizes = shapely.area(polygons)
    inside = _inside(polygons, sizes)
    depths = [len(item) for item in inside]
    wrong = []
    outers: dict[int, list[int]] = {n: [] for n, depth in enumerate(depths) if depth % 2 == 0}
    for number, ring in enumerate(rings):
        hole = depths[number] % 2 == 1
        if shapely.is_ccw(shapely.linearrings(ring)) != hole and sizes[number] > 0:
            wrong.append(number)
        if hole:
            around = [n for n in inside[number] if n in outers]
            outers[min(around, key=lambda n: sizes[n])].append(number)
    parts = [
        shapely.Polygon(rings[outer], [rings[n] for n in holes]) for outer, holes in outers.items()
    ]
    return shapely.multipolygons(parts), wrong


def _inside(polygons: Any, sizes: Any) -> list[list[int]]:
    """For every ring, the larger rings that it lies in; at equal size, those before it."""
    count = len(polygons)
    if count == 1:
        return [[]]
    points = [shapely.Point(shapely.get_coordinates(item)[:-1].mean(axis=0)) for item in polygons]
    found: list[list[int]] = [[] for _ in range(count)]
    for inner in range(count):
        for outer in range(count):
            larger = (sizes[outer], -outer) > (sizes[inner], -inner)
            if inner != outer and larger and _lies_in(polygons, inner, outer, points[inner]):
                found[inner].append(outer)
    return found


def _lies_in(polygons: Any, inner: int, outer: int, middle: Any) -> bool:
    try:
        return bool(shapely.covers(polygons[outer], polygons[inner]))
    except shapely.errors.GEOSException:  # one of them crosses itself
        return bool(shapely.intersects_xy(polygons[outer], middle.x, middle.y))
