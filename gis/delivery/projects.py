"""A QGIS project that opens the kit with groups, colours, labels and legend, by relative paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gis.delivery.fitting import Table, long_table, short_table
from gis.delivery.markup import Tree, element, write_xml
from gis.delivery.orders import Order, Written
from gis.delivery.styles import (
    DOCTYPE,
    QGIS_VERSION,
    add_aliases,
    add_labels,
    add_renderer,
)
from gis.language import Text, say
from gis.model import LayerName

GROUPS: Mapping[str, tuple[Text, tuple[LayerName, ...]]] = {
    "plan": (say("Quy hoạch", "Plan"), ("zones", "clusters", "craft_points")),
    "units": (say("Đơn vị hành chính", "Administrative units"), ("districts", "communes")),
}
MARGIN = 0.05  # of the extent, on every side


def write_project(order: Order, formats: Sequence[str], folder: Path) -> list[Written]:
    """The project over the GeoPackage of the kit, or over its shapefiles; none without either.

    Raises: OutputError.
    """
    code = order.plan.card.code
    if "gpkg" in formats:
        path = f"{code}.gpkg"
        tables = [long_table(sheet, order.profile, path) for sheet in order.sheets]
        sources = {table.layer: f"./{path}|layername={table.name}" for table in tables}
    elif "shp" in formats:
        tables = [short_table(sheet, order.profile) for sheet in order.sheets]
        sources = {table.layer: f"./{table.name}.shp" for table in tables}
    else:
        return []
    root = _project(order, {table.layer: table for table in tables}, sources)
    return [write_xml(folder / f"{code}.qgs", root, "project", None, DOCTYPE)]


def _project(
    order: Order, tables: Mapping[LayerName, Table], sources: Mapping[LayerName, str]
) -> Tree:
    title = order.plan.card.title_vi
    root = element(None, "qgis", projectname=title, version=QGIS_VERSION)
    element(root, "homePath", path="")
    element(root, "title", title)
    _system(element(root, "projectCrs"), order.plan.card.crs)
    listed = [layer for _, layers in GROUPS.values() for layer in layers if layer in tables]
    _tree(root, tables, sources)
    _canvas(root, order, [tables[layer] for layer in listed])
    below = element(root, "projectlayers")
    for layer in listed:
        _layer(below, order, tables[layer], sources[layer])
    ordered = element(root, "layerorder")
    for layer in listed:
        element(ordered, "layer", id=_id(layer))
    properties = element(root, "properties")
    element(element(properties, "Paths"), "Absolute", "false", type="bool")
    element(element(properties, "SpatialRefSys"), "ProjectionsEnabled", "1", type="int")
    about = element(root, "projectMetadata")
    element(about, "identifier", order.plan.card.code)
    element(about, "title", title)
    element(about, "abstract", order.plan.card.status_vi)
    return root


def _id(layer: LayerName) -> str:
    return f"tngis_{layer}"


def _tree(root: Tree, tables: Mapping[LayerName, Table], sources: Mapping[LayerName, str]) -> None:
    """The legend: sites above units, units without their fill."""
    tree = element(root, "layer-tree-group")
    for name, layers in GROUPS.values():
        shown = [layer for layer in layers if layer in tables]
        if not shown:
            continue
        group = element(tree, "layer-tree-group", name=name.vi, checked="Qt::Checked", expanded="1")
        for layer in shown:
            element(
                group,
                "layer-tree-layer",
                id=_id(layer),
                name=tables[layer].title.vi,
                source=sources[layer],
                providerKey="ogr",
                checked="Qt::Checked",
                expanded="1",
            )


def _canvas(root: Tree, order: Order, tables: Sequence[Table]) -> None:
    canvas = element(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    element(canvas, "units", "meters")
    if bounds := _bounds(tables):
        extent = element(canvas, "extent")
        for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
            element(extent, name, f"{value:.0f}")
    element(canvas, "rotation", "0")
    _system(element(canvas, "destinationsrs"), order.plan.card.crs)


def _bounds(tables: Sequence[Table]) -> tuple[float, float, float, float] | None:
    import numpy as np
    import shapely

    outlines = np.concatenate([table.outlines for table in tables]) if tables else np.array([])
    drawn = outlines[shapely.is_geometry(outlines)]
    if not len(drawn):
        return None
    west, south, east, north = shapely.total_bounds(drawn)
    margin = MARGIN * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin


def _layer(parent: Tree, order: Order, table: Table, source: str) -> None:
    made = element(
        parent,
        "maplayer",
        type="vector",
        geometry="Polygon",
        wkbType="MultiPolygon",
        hasScaleBasedVisibilityFlag="0",
        labelsEnabled="1",
        readOnly="0",
    )
    element(made, "id", _id(table.layer))
    element(made, "datasource", source)
    element(made, "layername", table.title.vi)
    element(made, "title", table.title.vi)
    element(made, "abstract", order.plan.card.status_vi)
    _system(element(made, "srs"), order.plan.card.crs)
    element(made, "provider", "ogr", encoding="UTF-8")
    add_aliases(made, table)
    add_renderer(made, table)
    add_labels(made, table)


def _system(parent: Tree, crs: str) -> None:
    """A coordinate system as QGIS names it, by its code and by its definition."""
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    authority, _, code = crs.partition(":")
    made = element(parent, "spatialrefsys", nativeFormat="Wkt")
    element(made, "wkt", system.to_wkt("WKT2_2019"))
    element(made, "srid", code)
    element(made, "authid", f"{authority}:{code}")
    element(made, "description", system.name)
    element(made, "geographicflag", "false")
