"""Drawings for AutoCAD: closed polylines and labels, a layer a kind, by ezdxf; read by GDAL."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.delivery.comparing import TOLERANCE_M, rings, same_ring
from gis.delivery.fitting import Table, refuse, short_table
from gis.delivery.orders import Order, Written, telling_of_writing
from gis.delivery.styles import PROVEN, SYMBOLS
from gis.errors import Problem
from gis.language import Text, say
from gis.model import LayerName

if TYPE_CHECKING:
    Drawing = Any  # ezdxf has types of its own that its package does not export
    Modelspace = Any

RELEASE = "R2004"  # GDAL, and QGIS by it, takes the UTF-8 of later ones for Windows-1252
LAST_LETTER = 0xFFFF  # that can be written as \\U+1EA1, which every reader of MTEXT understands
METRES = 6  # $INSUNITS
APPLICATION = "TNGIS"  # whose extended data name the feature of a polyline
FONT = "arial.ttf"
LETTERS = "TNGIS_CHU"
NAME_LAYER, ID_LAYER = "_TEN", "_MA"
LABEL_M: dict[LayerName, float] = {
    "zones": 200,
    "clusters": 150,
    "craft_points": 60,
    "communes": 150,
    "districts": 600,
}
ABOVE, BELOW = 8, 2  # where a label stands: bottom centre or top centre at its point
ID_SHARE = 0.6  # the height of an id, as a part of the name's
UNPRINTED = {ord(mark): " " for mark in "\r\n\t\x0b\x0c\u2028\u2029"}


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """What is drawn on one layer of the drawing: rings by feature, or labels at their points."""

    layer: str
    rings: tuple[tuple[str, Any], ...] = ()
    labels: tuple[tuple[str, str, Any], ...] = ()


def write_dxf(order: Order, folder: Path) -> list[Written]:
    """Every layer of the order in one drawing.

    Raises: OutputError, when the file is not what was to be written.
    """
    path = folder / f"{order.plan.card.code}.dxf"
    tables = [short_table(sheet, order.profile) for sheet in order.sheets]
    with telling_of_writing(path):
        document = _new_drawing()
        for table in tables:
            _draw(document, table, order)
        for name in sorted(document.entitydb.dxf_types_in_use()):
            document.classes.add_class(name)  # else in the order of a set, another every run
        text = io.StringIO(newline="")
        document.write(text)
        path.write_bytes(text.getvalue().encode("ascii"))
        found = _entities(path)
    refuse(problem for table in tables for problem in _differences(table, found, path.name))
    return [Written(path)]


def written_by() -> str:
    """The writer of drawings."""
    return f"ezdxf {version('ezdxf')}"


# --- what is drawn -------------------------------------------------------------------------------


def drawn_of(table: Table) -> Iterator[Drawn]:
    """The layers of the drawing that a table becomes: outlines, names and ids."""
    import shapely

    layer = table.name.upper()
    outlines = [(key, outline) for key, outline in _features(table) if outline is not None]
    lines = [(key, ring.points) for key, outline in outlines for ring in rings(outline)]
    yield Drawn(layer, rings=tuple(lines))
    points = [(key, shapely.point_on_surface(outline)) for key, outline in outlines]
    names = _names(table)
    yield Drawn(
        layer + NAME_LAYER,
        labels=tuple((key, names[key], point) for key, point in points if names[key]),
    )
    yield Drawn(
        layer + ID_LAYER, labels=tuple((key, _printed(key), point) for key, point in points)
    )


def _features(table: Table) -> Iterator[tuple[str, Any]]:
    yield from zip(table.rows, table.outlines, strict=True)


def _names(table: Table) -> dict[str, str]:
    """The label of every feature: the field its symbol names, where it is delivered."""
    wanted = SYMBOLS[table.layer].label
    places = [n for n, column in enumerate(table.columns) if column.field.name == wanted]
    return {
        key: _printed(str(row[places[0]] or "")) if places else ""
        for key, row in table.rows.items()
    }


def _printed(text: str) -> str:
    """Text on one line, in which no drawing program sees a code of its own."""
    inert = text.translate(UNPRINTED).replace("%%", "% %").replace("\\", "⧵").replace("^", "ˆ")
    kept = (mark if ord(mark) <= LAST_LETTER else "\ufffd" for mark in inert)
    return " ".join("".join(kept).split())


def _written(text: str) -> str:
    """Printed text as a drawing holds it: in ASCII, braces kept from grouping."""
    braces = text.replace("{", "\\{").replace("}", "\\}")
    return "".join(mark if mark.isascii() else f"\\U+{ord(mark):04X}" for mark in braces)


# --- writing -------------------------------------------------------------------------------------


def _new_drawing() -> Drawing:
    from ezdxf._options import options
    from ezdxf.filemanagement import new

    options.write_fixed_meta_data_for_testing = True  # GUIDs and dates that do not change
    document = new(RELEASE, setup=["linetypes"])
    document.header["$INSUNITS"] = METRES
    document.appids.add(APPLICATION)
    document.styles.add(LETTERS, font=FONT)
    return document


def _draw(document: Drawing, table: Table, order: Order) -> None:
    colour = int(SYMBOLS[table.layer].line.removeprefix("#"), 16)
    proven = _proven(table, order)
    space = document.modelspace()
    for drawn in drawn_of(table):
        document.layers.add(drawn.layer, true_color=colour)
        for key, points in drawn.rings:
            line = space.add_lwpolyline(
                [(float(x), float(y)) for x, y in points[:-1]],
                close=True,
                dxfattribs={
                    "layer": drawn.layer,
                    "linetype": "Continuous" if proven.get(key) else "DASHED",
                    "ltscale": 20.0,
                },
            )
            line.set_xdata(APPLICATION, [(1000, _written(key))])
        _write_labels(space, drawn, LABEL_M[table.layer])


def _write_labels(space: Modelspace, drawn: Drawn, height_m: float) -> None:
    is_id = drawn.layer.endswith(ID_LAYER)
    for key, text, point in drawn.labels:
        label = space.add_mtext(
            _written(text),
            dxfattribs={
                "layer": drawn.layer,
                "style": LETTERS,
                "char_height": height_m * (ID_SHARE if is_id else 1),
                "insert": (point.x, point.y),
                "attachment_point": BELOW if is_id else ABOVE,
            },
        )
        label.set_xdata(APPLICATION, [(1000, _written(key))])


def _proven(table: Table, order: Order) -> dict[str, bool]:
    sheet = next(item for item in order.sheets if item.layer == table.layer)
    return {
        key: order.profile.ours("provenance", row["provenance"]) in PROVEN
        for key, row in sheet.rows.items()
    }


# --- reading back --------------------------------------------------------------------------------


def _entities(path: Path) -> dict[str, list[tuple[str, Any]]]:
    """Text and shape of every entity by layer, in the order of the file, as GDAL reads them."""
    import pyogrio
    import shapely

    meta, _, shapes, columns = pyogrio.raw.read(path, layer="entities", encoding="UTF-8")
    names = list(meta["fields"])
    layers, texts = columns[names.index("Layer")], columns[names.index("Text")]
    found: dict[str, list[tuple[str, Any]]] = {}
    for layer, text, shape in zip(layers, texts, shapely.from_wkb(shapes), strict=True):
        found.setdefault(layer, []).append((text or "", shape))
    return found


def _differences(
    table: Table, found: dict[str, list[tuple[str, Any]]], file: str
) -> Iterator[Problem]:
    """Rings, texts and positions that GDAL did not find as they were to be drawn."""
    import shapely

    for drawn in drawn_of(table):
        entities = found.get(drawn.layer, [])
        wanted = len(drawn.rings) + len(drawn.labels)
        if len(entities) != wanted:
            yield _problem(file, table, "", drawn.layer, f"{len(entities)}, {wanted}")
            continue
        for (key, points), (_, shape) in zip(drawn.rings, entities, strict=False):
            if not same_ring(points, shapely.get_coordinates(shape), TOLERANCE_M):
                yield _problem(file, table, key, drawn.layer, shape.geom_type)
        for (key, text, point), (shown, shape) in zip(drawn.labels, entities, strict=False):
            if shown != text or shapely.distance(point, shape) > TOLERANCE_M:
                yield _problem(file, table, key, drawn.layer, shown)


def _problem(file: str, table: Table, row: str, field: str, value: str) -> Problem:
    what: Text = say("đọc lại khác với hình đã vẽ", "comes back other than it was drawn")
    mend = say("kiểm tra đĩa rồi xuất lại", "check the disk and export again")
    return Problem(file, what, mend, layer=table.layer, row=row, field=field, value=value)
