"""GeoJSON of a plan to layers: outlines in the plan's metres, each row with its provenance.

Invalid outlines are let in as they are (they are a finding, never repaired silently); what cannot
be an outline at all is a problem.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import WGS84, restored
from gis.errors import Problem
from gis.language import Text, say
from gis.model import ID_COLUMNS, LAYER_OF_KIND, Drawn, Layer, LayerName, Plan
from gis.tables import Provenance

LONGITUDE_LATITUDE = ("CRS84", "EPSG::4326", "EPSG:4326")
PLACE_COLUMNS = ("location_basis", "note_vi", "note_en")
ORIGIN_COLUMNS = ("source", "surveyed_on", "accuracy_m")


@dataclass(slots=True)
class Outlines:
    """The features of one file that could be read, by id, before they become a layer."""

    ids: list[str] = field(default_factory=list)
    properties: list[Mapping[str, Any]] = field(default_factory=list)
    geometries: list[shapely.Geometry] = field(default_factory=list)


def read_layers(
    plan: Plan, files: Mapping[str, bytes]
) -> tuple[dict[LayerName, Layer], list[Problem]]:
    """The layers a plan folder holds, and all that is wrong with their files."""
    problems: list[Problem] = []
    layers: dict[LayerName, Layer] = {}
    if outlines := _read(plan, files, "sites.geojson", "zones", plan.sites, problems):
        columns = (*PLACE_COLUMNS, *ORIGIN_COLUMNS, "invented_split")
        for kind, name in LAYER_OF_KIND.items():
            chosen = [n for n, key in enumerate(outlines.ids) if plan.sites[key].kind == kind]
            if chosen:
                layers[name] = _layer(plan, name, outlines, chosen, columns)
    if outlines := _read(plan, files, "communes.geojson", "communes", plan.units, problems):
        whole = range(len(outlines.ids))
        layers["communes"] = _layer(plan, "communes", outlines, whole, ORIGIN_COLUMNS)
        layers["districts"] = districts_of(layers["communes"])
    register = {point.point_id: point for point in plan.craft_register}
    if outlines := _read(plan, files, "craft_points.geojson", "craft_points", register, problems):
        whole = range(len(outlines.ids))
        layers["craft_points"] = _layer(plan, "craft_points", outlines, whole, ORIGIN_COLUMNS)
    return layers, problems


def _layer(
    plan: Plan, name: LayerName, read: Outlines, chosen: Iterable[int], columns: tuple[str, ...]
) -> Layer:
    """Some of the outlines of a file as a layer, in order of their ids."""
    order = sorted(chosen, key=read.ids.__getitem__)
    told = [read.properties[n] for n in order]
    ids = tuple(read.ids[n] for n in order)
    cells = {column: tuple(row.get(column) for row in told) for column in columns}
    if name == "communes":
        units = [plan.units[code] for code in ids]
        cells |= {
            "name": tuple(unit.name for unit in units),
            "unit_type": tuple(unit.unit_type for unit in units),
            "district": tuple(unit.district for unit in units),
        }
    return Layer(
        name,
        Drawn(
            ids,
            np.array(read.geometries, dtype=object)[order],
            tuple(row["provenance"] for row in told),
            plan.card.crs,
        ),
        cells,
    )


def districts_of(communes: Layer) -> Layer:
    """Districts as the union of their communes, as well proven as the least proven of them."""
    members: dict[str, list[int]] = {}
    for place, name in enumerate(communes.columns["district"]):
        members.setdefault(name, []).append(place)
    drawn = communes.drawn
    return Layer(
        "districts",
        Drawn(
            tuple(members),
            np.array([_united(drawn.outlines[places]) for places in members.values()], object),
            tuple(least_proven(drawn.provenance[n] for n in places) for places in members.values()),
            drawn.crs,
        ),
    )


def _united(parts: NDArray[np.object_]) -> shapely.Geometry:
    if shapely.coverage_is_valid(parts):
        return shapely.coverage_union_all(parts)
    return shapely.union_all(shapely.make_valid(parts))


def least_proven(provenances: Iterable[str]) -> str:
    """The weakest of several provenances."""
    order = list(Provenance)
    return str(max(provenances, key=lambda item: order.index(Provenance(item))))


def _read(
    plan: Plan,
    files: Mapping[str, bytes],
    name: str,
    layer: LayerName,
    known: Mapping[str, object],
    problems: list[Problem],
) -> Outlines | None:
    """The outlines of one file, or None if there is none to use."""
    if name not in files:
        return None
    collection = _collection(name, files[name], problems)
    if collection is None:
        return None
    source_crs = _declared_crs(plan, name, collection, problems)
    if source_crs is None:
        return None
    id_column = ID_COLUMNS[layer]
    outlines = Outlines()
    for number, feature in enumerate(collection["features"], start=1):
        shape, broken = _built(feature, source_crs)
        faults = [*_faults(feature, id_column, known, outlines.ids), *broken]
        problems += [
            Problem(name, what, mend, layer=name.split(".")[0], row=row, field=column, value=value)
            for column, value, what, mend in faults
            for row in [f"feature {number}"]
        ]
        if not faults:
            outlines.ids.append(feature["properties"][id_column])
            outlines.properties.append(feature["properties"])
            outlines.geometries.append(shape)
    if not outlines.ids:
        return None
    outlines.geometries = list(
        shapely.force_2d(
            restored(np.array(outlines.geometries, dtype=object), source_crs, plan.card.crs)
        )
    )
    return outlines


def _collection(name: str, data: bytes, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        collection = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
        if isinstance(collection.get("features"), list):
            return dict(collection)
        why: object = "FeatureCollection"
    except (UnicodeDecodeError, json.JSONDecodeError, AttributeError) as error:
        why = error
    problems.append(
        Problem(
            name,
            say("GeoJSON không đọc được: {why}", "is not readable GeoJSON: {why}", why=str(why)),
            say("xuất lại lớp dưới dạng GeoJSON UTF-8", "export the layer as UTF-8 GeoJSON"),
        )
    )
    return None


def _no_number(constant: str) -> str:
    """NaN and infinities are no JSON; as text they cannot become a coordinate."""
    return constant


def _declared_crs(
    plan: Plan, name: str, collection: Mapping[str, Any], problems: list[Problem]
) -> str | None:
    """The coordinate system of a file: longitude and latitude unless it declares the plan's own."""
    member = collection.get("crs")
    declared = str((member or {}).get("properties", {}).get("name", "")) if member else ""
    if not declared or declared.endswith(LONGITUDE_LATITUDE):
        return WGS84
    if declared.replace("::", ":").endswith(plan.card.crs):
        return plan.card.crs
    problems.append(
        Problem(
            name,
            say("hệ tọa độ không dùng được", "coordinate system cannot be used"),
            say(
                "xuất lại ở kinh độ, vĩ độ WGS 84 hoặc {crs}",
                "export again in WGS 84 longitude and latitude, or in {crs}",
                crs=plan.card.crs,
            ),
            field="crs",
            value=declared,
        )
    )
    return None


Fault = tuple[str, str | None, Text, Text]


def _faults(
    feature: object, id_column: str, known: Mapping[str, object], seen: list[str]
) -> Iterator[Fault]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(properties, dict):
        yield "properties", None, say("thiếu", "is missing"), say("xuất lại lớp", "export it again")
        return
    identity, provenance = properties.get(id_column), properties.get("provenance")
    if identity not in known:
        yield (
            id_column,
            str(identity),
            say("mã lạ", "unknown id"),
            say("dùng mã có trong bảng", "use an id of the table"),
        )
    elif identity in seen:
        yield (
            id_column,
            str(identity),
            say("mã lặp lại", "repeated id"),
            say("gộp thành một đối tượng nhiều phần", "make it one feature of several parts"),
        )
    if provenance not in set(Provenance):
        yield (
            "provenance",
            str(provenance),
            say("nguồn gốc hình vẽ không rõ", "unknown provenance"),
            say("ghi surveyed, digitised hoặc indicative", "say surveyed, digitised or indicative"),
        )


def _built(feature: object, crs: str) -> tuple[shapely.Geometry | None, list[Fault]]:
    """The outline of a feature, or what is wrong with it."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return None, []
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or not geometry.get("coordinates"):
        empty = say("hình rỗng", "is empty")
        return None, [
            (
                "geometry",
                None,
                empty,
                say("vẽ hình hoặc bỏ đối tượng", "draw it, or remove the feature"),
            )
        ]
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        told = say("không phải vùng", "is not an area")
        mend = say("dùng Polygon hoặc MultiPolygon", "use Polygon or MultiPolygon")
        return None, [("geometry", str(geometry.get("type")), told, mend)]
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        told = say("không dựng được hình: {why}", "cannot be built: {why}", why=str(error))
        mend = say(
            "mỗi đỉnh là hai số; mỗi vòng cần ít nhất 4 đỉnh và phải khép kín",
            "a vertex is two numbers; a ring needs 4 vertices and must close",
        )
        return None, [("geometry", None, told, mend)]
    west, south, east, north = shape.bounds
    if crs == WGS84 and not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        told = say(
            "không phải kinh độ, vĩ độ: tệp có vẻ ở hệ mét",
            "is not longitude and latitude: the file seems to be in metres",
        )
        mend = say("xuất lại ở WGS 84, hoặc khai báo crs", "export in WGS 84, or declare its crs")
        return None, [("geometry", f"{west:.0f}, {south:.0f}", told, mend)]
    return shape, []
