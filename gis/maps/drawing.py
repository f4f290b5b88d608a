"""A plan's outlines as a map shows them: WGS 84, with ids that we make and nothing else."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import WGS84, reprojected
from gis.model import LAYER_OF_KIND, LayerName, Plan

FEATURE_ID = re.compile(r"^[a-z]+-\d+$")
COMMUNE_TOLERANCE_M = 50.0  # half a pixel at zoom 10; shown, never measured
COMMUNE_DECIMALS = 5  # about 1 m, well below the tolerance
SITE_DECIMALS = 6  # about 0.1 m: sites are shown as they were drawn
EXACT_DECIMALS = 7  # about 1 cm: what a page measures on is what the plan holds
MOST_EXACT_CORNERS = 30_000  # of all communes; a page with more would be too heavy to mail
FIRST_TOLERANCE_M, LAST_TOLERANCE_M = 0.5, 500.0  # of thinning, doubled until it is enough
INSCRIBED_TOLERANCE_M = 50.0
DISTRICT_GRID = 13  # rows and columns of places tried for a district's name
DISTRICT_PLACES = 40

Outlines = NDArray[np.object_]
FeatureIds = Mapping[str, Mapping[str, str]]
FeatureCollection = dict[str, Any]
Anchor = tuple[float, float, int]  # latitude, longitude, metres to the nearest edge


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the map draws: outlines by layer, and for lettering places and tints by feature id.

    `off_m2` bounds by how much the area that anything shares with a commune as drawn here differs
    from what it shares with the commune of the plan; only exact drawings are meant to be measured.
    """

    collections: Mapping[str, FeatureCollection]
    anchors: Mapping[str, Sequence[Anchor]]
    tints: Mapping[str, int]
    extent: Sequence[float] | None = None  # west, south, east, north of all that is drawn
    decimals: int = COMMUNE_DECIMALS  # of what is drawn of communes
    off_m2: float = 0.0


def feature_ids(plan: Plan) -> FeatureIds:
    """The id on the map of every site, commune and district, numbered in the tables' order."""
    named: dict[str, Iterable[str]] = {
        layer: [site.site_id for site in plan.sites_of(kind)]
        for kind, layer in LAYER_OF_KIND.items()
    }
    named |= {"communes": plan.units, "districts": plan.districts}
    return {
        layer: {name: f"{layer.removesuffix('s')}-{n}" for n, name in enumerate(names, start=1)}
        for layer, names in named.items()
    }


def draw(plan: Plan, ids: FeatureIds, *, exact: bool = False) -> Drawing:
    """The plan's layers ready for the map; exact ones can be measured on, others only looked at."""
    collections: dict[str, FeatureCollection] = {}
    anchors: dict[str, Sequence[Anchor]] = {}
    tints: dict[str, int] = {}
    off_m2 = 0.0
    crs = plan.card.crs
    sites, units = (EXACT_DECIMALS,) * 2 if exact else (SITE_DECIMALS, COMMUNE_DECIMALS)
    for layer in LAYER_OF_KIND.values():
        if frame := _frame(plan, layer):
            features, shapes = _named(frame[0], ids[layer])
            collections[layer] = _collection(features, shapes, crs, sites)
            anchors |= _centres(features, shapes, crs)
    if frame := _frame(plan, "communes"):
        features, shapes = _named(frame[0], ids["communes"])
        if exact:
            shapes, off_m2 = thinned_to_fit(shapes)
        else:
            shapes = simplified(shapes)
        collections["communes"] = _collection(features, shapes, crs, units)
        anchors |= _centres(features, shapes, crs)
        districts, united = _districts(frame[0], shapes, ids["districts"])
        collections["districts"] = _collection(districts, united, crs, units)
        anchors |= _spread(districts, united, crs)
        tints = _tints(districts, united)
        province = np.array([_union(shapes)], dtype=object)
        collections["province"] = _collection(["province-1"], province, crs, units)
    return Drawing(collections, anchors, tints, _extent(collections), units, off_m2)


def simplified(shapes: Outlines, tolerance_m: float = COMMUNE_TOLERANCE_M) -> Outlines:
    """Communes thinned together, so that no gap opens between neighbours."""
    if not shapely.coverage_is_valid(shapes):
        return shapes
    thinned: Outlines = shapely.coverage_simplify(shapes, tolerance_m)
    return thinned


def thinned_to_fit(
    shapes: Outlines, most_corners: int = MOST_EXACT_CORNERS
) -> tuple[Outlines, float]:
    """Communes as they are, or thinned until they are light enough; and the most that changed.

    Units: square metres of the commune that differs most from itself before.
    """
    fitting, tolerance_m = shapes, FIRST_TOLERANCE_M
    while (
        shapely.get_num_coordinates(fitting).sum() > most_corners
        and tolerance_m <= LAST_TOLERANCE_M
    ):
        fitting = simplified(shapes, tolerance_m)
        tolerance_m *= 2
    if fitting is shapes:
        return shapes, 0.0
    changed = shapely.area(shapely.symmetric_difference(shapes, fitting))
    return fitting, float(changed.max())


def _frame(plan: Plan, layer: LayerName) -> tuple[gpd.GeoDataFrame] | None:
    """The rows of a layer that have an outline to draw, if there are any."""
    if layer not in plan.layers:
        return None
    frame = plan.layers[layer].frame
    drawn = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    return (drawn,) if len(drawn) else None


def _named(frame: gpd.GeoDataFrame, ids: Mapping[str, str]) -> tuple[list[str], Outlines]:
    features = [ids[name] for name in frame.index]
    order = np.argsort([_number(feature) for feature in features], kind="stable")
    shapes: Outlines = frame.geometry.to_numpy()
    return [features[place] for place in order], shapes[order]


def _number(feature: str) -> int:
    return int(feature.rpartition("-")[2])


def _collection(
    features: Sequence[str], shapes: Outlines, crs: str, decimals: int
) -> FeatureCollection:
    rows = []
    for feature, shape in zip(features, reprojected(shapes, crs, WGS84), strict=True):
        if not FEATURE_ID.match(feature):
            raise ValueError(f"feature id {feature!r} is not of our making")
        geometry = json.loads(shapely.to_geojson(shape))
        rows.append(
            {
                "type": "Feature",
                "id": feature,
                "properties": {},
                "geometry": {
                    "type": geometry["type"],
                    "coordinates": _rounded(geometry["coordinates"], decimals),
                },
            }
        )
    return {"type": "FeatureCollection", "features": rows}


def _extent(collections: Mapping[str, FeatureCollection]) -> Sequence[float] | None:
    """West, south, east and north of all outlines; None where there is none."""
    corners = [
        shapely.get_coordinates(shapely.from_geojson(json.dumps(feature["geometry"])))
        for collection in collections.values()
        for feature in collection["features"]
    ]
    if not corners:
        return None
    places = np.concatenate(corners)
    return [float(edge) for edge in (*places.min(axis=0), *places.max(axis=0))]


def _rounded(coordinates: Any, decimals: int) -> Any:
    if isinstance(coordinates, list):
        return [_rounded(item, decimals) for item in coordinates]
    return round(coordinates, decimals)


def _union(shapes: Outlines) -> shapely.Geometry:
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapely.make_valid(shapes))


def _districts(
    communes: gpd.GeoDataFrame, shapes: Outlines, ids: Mapping[str, str]
) -> tuple[list[str], Outlines]:
    """Districts as the union of the communes as shown, so that their lines coincide."""
    names = communes["district"].to_numpy()
    present = [name for name in ids if name in set(names)]
    united = [_union(shapes[names == name]) for name in present]
    return [ids[name] for name in present], np.array(united, dtype=object)


# --- where names may stand --------------------------------------------------------------------


def _centres(features: Sequence[str], shapes: Outlines, crs: str) -> dict[str, Sequence[Anchor]]:
    """The widest place inside each part of each outline, the largest part first."""
    parts, owners = shapely.get_parts(shapely.make_valid(shapes), return_index=True)
    has_room = shapely.area(parts) > 0
    parts, owners = parts[has_room], owners[has_room]
    order = np.lexsort((-shapely.area(parts), owners))
    parts, owners = parts[order], owners[order]
    circles = shapely.maximum_inscribed_circle(parts, tolerance=INSCRIBED_TOLERANCE_M)
    found = _anchors(shapely.get_point(circles, 0), shapely.length(circles), crs)
    centres: dict[str, list[Anchor]] = {}
    for owner, anchor in zip(owners, found, strict=True):
        centres.setdefault(features[owner], []).append(anchor)
    return dict(centres)


def _spread(features: Sequence[str], shapes: Outlines, crs: str) -> dict[str, Sequence[Anchor]]:
    """Several roomy places inside each outline, the roomiest first."""
    spread: dict[str, Sequence[Anchor]] = {}
    for feature, shape in zip(features, shapes, strict=True):
        west, south, east, north = shape.bounds
        columns = np.linspace(west, east, DISTRICT_GRID + 2)[1:-1]
        rows = np.linspace(south, north, DISTRICT_GRID + 2)[1:-1]
        grid = shapely.points([(x, y) for y in rows for x in columns])
        inside = grid[shapely.contains(shape, grid)]
        centre = shapely.get_point(
            shapely.maximum_inscribed_circle(shape, tolerance=INSCRIBED_TOLERANCE_M), 0
        )
        places = np.append(inside, [centre])
        room = shapely.distance(shape.boundary, places)
        best = np.argsort(-room, kind="stable")[:DISTRICT_PLACES]
        spread[feature] = _anchors(places[best], room[best], crs)
    return spread


def _anchors(points: Outlines, room_m: NDArray[np.float64], crs: str) -> list[Anchor]:
    moved = reprojected(points, crs, WGS84)
    return [
        (round(float(point.y), 5), round(float(point.x), 5), round(float(metres)))
        for point, metres in zip(moved, room_m, strict=True)
    ]


def _tints(features: Sequence[str], shapes: Outlines) -> dict[str, int]:
    """A small number for each outline that no neighbour has, so that tints tell them apart."""
    tree = shapely.STRtree(shapes)
    ones, others = tree.query(shapes, predicate="intersects")
    neighbours: dict[int, set[int]] = {place: set() for place in range(len(features))}
    for one, other in zip(ones, others, strict=True):
        if one != other:
            neighbours[int(one)].add(int(other))
    tints: dict[int, int] = {}
    for place in sorted(neighbours, key=lambda item: (-len(neighbours[item]), item)):
        taken = {tints[other] for other in neighbours[place] if other in tints}
        tints[place] = next(tint for tint in itertools.count(1) if tint not in taken)
    return {feature: tints[place] for place, feature in enumerate(features)}
