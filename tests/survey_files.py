"""A plan of three indicative zones on disk, and their surveyed outlines in every kind of file.

Zones are rectangles of just their stated size: 250 by 400 m, 500 by 410 m, 600 by 500 m.
"""

from __future__ import annotations

import json

import geopandas as gpd
import pyogrio
import shapely
import tiny_plan
from conftest import CRS, EAST_M, NORTH_M
from shapely.affinity import translate

SURVEYED = {
    "KCN-1": shapely.box(EAST_M, NORTH_M, EAST_M + 250, NORTH_M + 400),
    "KCN-2": shapely.box(EAST_M + 2000, NORTH_M, EAST_M + 2500, NORTH_M + 410),
    "KCN-3": shapely.box(EAST_M + 4000, NORTH_M, EAST_M + 4600, NORTH_M + 500),
}
NAMES = {"KCN-1": "Khu Một", "KCN-2": "Khu Hai", "KCN-3": "Khu Ba"}
DRIVERS = {
    ".shp": "ESRI Shapefile",
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".kml": "LIBKML",
    ".kmz": "LIBKML",
    ".tab": "MapInfo File",
    ".mif": "MapInfo File",
    ".fgb": "FlatGeobuf",
}
IN_DEGREES = (".geojson", ".kml", ".kmz")


def write_plan(folder):
    """The tiny plan with indicative zones 150 m off, in one commune of two."""
    tiny_plan.write(folder)
    drawn = gpd.GeoSeries([translate(s, 150, 0) for s in SURVEYED.values()], crs=CRS).to_crs(4326)
    features = [
        {
            "type": "Feature",
            "properties": {"site_id": site_id, "provenance": "indicative", "note_vi": "vẽ"},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for site_id, shape in zip(SURVEYED, drawn, strict=True)
    ]
    (folder / "sites.geojson").write_bytes(tiny_plan.collection(features).encode())
    return folder


def frame(shapes=None, **columns):
    shapes = shapes or SURVEYED
    table = {"TEN": [NAMES[key] for key in shapes]} | columns
    return gpd.GeoDataFrame(table, geometry=list(shapes.values()), crs=CRS)


def write(path, data=None, **options):
    """A frame in the format of a path's suffix; degrees where the format knows no other."""
    data = frame() if data is None else data
    if path.suffix == ".parquet":
        data.to_parquet(path)
        return path
    moved = data.to_crs(4326) if path.suffix in IN_DEGREES and data.crs else data
    pyogrio.write_dataframe(moved, path, driver=DRIVERS[path.suffix], **options)
    return path


def dxf(path, shapes=None, labels=None, code_page="ANSI_1252", encoding="utf-8", left_open=()):
    """A drawing as AutoCAD R12 writes it: closed polylines, and a text inside each."""
    shapes = shapes or SURVEYED
    labels = NAMES if labels is None else labels
    lines = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1009", "9", "$DWGCODEPAGE"]
    lines += ["3", code_page, "0", "ENDSEC", "0", "SECTION", "2", "ENTITIES"]
    for key, shape in shapes.items():
        lines += ["0", "POLYLINE", "8", "RANH", "66", "1", "70", "0" if key in left_open else "1"]
        for x, y in list(shape.exterior.coords)[:-1]:
            lines += ["0", "VERTEX", "8", "RANH", "10", f"{x:.3f}", "20", f"{y:.3f}"]
        lines += ["0", "SEQEND"]
        if key in labels:
            at = shape.centroid
            lines += ["0", "TEXT", "8", "CHU", "10", f"{at.x:.3f}", "20", f"{at.y:.3f}"]
            lines += ["40", "5.0", "1", labels[key]]
    lines += ["0", "ENDSEC", "0", "EOF", ""]
    text = "\r\n".join(lines)
    path.write_bytes(text.encode(encoding))
    return path


def table(shapes=None, separator=";", decimal=",", closing=True, title=True):
    """A table of corner points as a survey paper prints it."""
    rows = ["Bảng kê tọa độ (VN-2000, kinh tuyến trục 106°30', múi chiếu 3)"] if title else []
    rows += [separator.join(("STT", "Điểm", "X(m)", "Y(m)"))]
    for key, shape in (shapes or SURVEYED).items():
        rows.append(NAMES[key] + separator * 3)
        points = list(shape.exterior.coords)
        for number, (x, y) in enumerate(points if closing else points[:-1], start=1):
            label = number if number < len(points) else 1
            cells = (str(number), f"M{label}", f"{y:.3f}", f"{x:.3f}")
            rows.append(separator.join(cell.replace(".", decimal) for cell in cells))
    return "\n".join(rows) + "\n"
