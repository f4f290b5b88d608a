"""Draw an indicative footprint of the stated area for every zone and cluster."""

import argparse
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

# Before numpy starts: its sums then come out alike, to the last bit, on every x86 processor.
os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")

import numpy as np
import shapely
from make_communes import (
    DECIMALS,
    LAYERS,
    LON_LAT,
    METRES,
    PROVENANCE,
    projected,
    read_table,
    write_layer,
)
from shapely import Geometry, Point, Polygon

from gis import footprints
from gis.footprints import Ground
from gis.partition import stored_shapes

Row = dict[str, str]

SQUARE_METRES_PER_HA = 10_000
SITE_GAP_M = 50  # sites are seen to be apart at the scale of a district
LOT_GAP_M = 400  # the lots of one site are seen to be two
# Clearances from the border of the allowed communes, the first that leaves a compact shape; the
# least keeps a rounded coordinate from crossing a border.
BORDER_GAPS_M = (200, 100, 20)
COMPACT = 0.95
LEAST_SHARE = 0.08  # of a site in each commune it names; a promise of 0.05 then holds easily
PROMISED_SHARE = 0.05
AREA_TOLERANCE_HA = 0.01  # the decision states areas to this

SPLIT_NOTE = {
    "vi": "Việc chia thành {count} phần và diện tích từng phần là do bản vẽ tự đặt.",
    "en": "The split into {count} parts and the size of each are invented by the drawing.",
}
ARBITRARY_NOTE = {
    "vi": "Vị trí trong địa bàn cấp huyện là tùy ý.",
    "en": "The position within the district is arbitrary.",
}
GUESSED_NOTE = {
    "vi": "Vị trí trong địa bàn cấp huyện là tùy ý, đặt theo một phỏng đoán không có nguồn.",
    "en": "The position within the district is arbitrary, guided by an unsourced guess.",
}


@dataclass(frozen=True, eq=False, slots=True)
class Land:
    """The communes' outlines in metres and the district of each."""

    cells: dict[str, Polygon]
    districts: dict[str, str]

    def commune(self, *unit_codes: str) -> Geometry:
        """Return the ground of some communes."""
        return shapely.union_all([self.cells[code] for code in unit_codes])

    def district(self, name: str) -> Geometry:
        """Return the ground of a district."""
        return self.commune(*(code for code, own in self.districts.items() if own == name))


def main() -> None:
    """Draw the sites and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=Path, default=LAYERS, help="folder of the tables")
    parser.add_argument("--out", type=Path, help="file to write (default: in that folder)")
    arguments = parser.parse_args()
    land = read_land(arguments.layers)
    sites = read_table(arguments.layers / "sites.csv")
    sites.sort(key=lambda site: (site["kind"] != "zone", site["site_id"]))
    places: dict[str, list[Row]] = {site["site_id"]: [] for site in sites}
    for place in read_table(arguments.layers / "places.csv"):
        places[place["site_id"]].append(place)
    drawn = drawn_sites(sites, places, land)
    shapes = projected(np.array([drawn[site["site_id"]] for site in sites]), METRES, LON_LAT)
    shapes = stored_shapes(shapes, DECIMALS)
    assert_promises(projected(shapes, LON_LAT, METRES), sites, places, land)
    properties = [
        site_properties(site, places[site["site_id"]], shape)
        for site, shape in zip(sites, shapes, strict=True)
    ]
    write_layer(arguments.out or arguments.layers / "sites.geojson", properties, shapes)


def read_land(layers: Path) -> Land:
    """Return the drawn communes."""
    features = json.loads((layers / "communes.geojson").read_text(encoding="utf-8"))["features"]
    codes = [feature["properties"]["unit_code"] for feature in features]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    cells = projected(np.array(shapes), LON_LAT, METRES)
    rows = read_table(layers / "communes.csv")
    return Land(
        cells=dict(zip(codes, cells, strict=True)),
        districts={row["unit_code"]: row["district"] for row in rows},
    )


def drawn_sites(sites: list[Row], places: dict[str, list[Row]], land: Land) -> dict[str, Geometry]:
    """Return every site's footprint in metres, those with least choice laid first."""
    drawn: dict[str, Geometry] = {}
    for site in sorted(sites, key=lambda site: freedom(site, places[site["site_id"]], land)):
        taken = shapely.union_all(list(drawn.values())).buffer(SITE_GAP_M, quad_segs=4)
        parts = site_parts(site, places[site["site_id"]], land, taken)
        if not parts:
            raise SystemExit(f"{site['site_id']}: no footprint of {site['stated_ha']} ha fits")
        drawn[site["site_id"]] = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return drawn


def freedom(site: Row, own: list[Row], land: Land) -> tuple:
    """Order sites: a known point, several communes, one commune, a district; the tightest first."""
    codes = [row["unit_code"] for row in own if row["unit_code"]]
    if not codes:
        return (3, -float(site["stated_ha"]), site["site_id"])
    has_point = bool(own[0]["lat"])
    tightness = stated_m2(site) / land.commune(*codes).area
    return (0 if has_point else 1 if len(codes) > 1 else 2, -tightness, site["site_id"])


def stated_m2(site: Row) -> float:
    """Return the area the decision states."""
    return float(site["stated_ha"]) * SQUARE_METRES_PER_HA


def site_parts(site: Row, own: list[Row], land: Land, taken: Geometry) -> list[Polygon]:
    """Return the parts of a site's footprint, or none where it does not fit."""
    codes = [row["unit_code"] for row in own if row["unit_code"]]
    if not codes:
        return district_parts(site, own[0], land, taken)
    if int(site["lots"]) > 1:
        return lot_parts(site, land.commune(*codes), taken)
    if own[0]["lat"]:
        ground = Ground(land.commune(*codes), centre=known_point(own[0]))
        return fitted(stated_m2(site), ground, taken)
    return commune_parts(stated_m2(site), codes, land, taken)


def district_parts(site: Row, place: Row, land: Land, taken: Geometry) -> list[Polygon]:
    """Return the one part of a site of which only the district is known."""
    districts = [land.district(name) for name in site["districts"].split(";")]
    hint = land.commune(*place["drawing_hint"].split(";")) if place["drawing_hint"] else None
    required = tuple(districts) if len(districts) > 1 else ()
    ground = Ground(shapely.union_all(districts), required, LEAST_SHARE, hint)
    return fitted(stated_m2(site), ground, taken)


def lot_parts(site: Row, ground: Geometry, taken: Geometry) -> list[Polygon]:
    """Return one part per lot, all of the same size since their sizes are not stated."""
    count = int(site["lots"])
    parts: list[Polygon] = []
    for _ in range(count):
        parts += fitted(stated_m2(site) / count, Ground(ground), with_parts(taken, parts))
    return parts if len(parts) == count else []


def commune_parts(area_m2: float, codes: list[str], land: Land, taken: Geometry) -> list[Polygon]:
    """Return as few parts as reach every commune, a group of communes having its fair share."""
    for groups in footprints.groupings(len(codes)):
        parts: list[Polygon] = []
        for group in groups:
            grounds = tuple(land.cells[codes[at]] for at in group)
            least_share = LEAST_SHARE * len(codes) / len(group)
            ground = Ground(shapely.union_all(grounds), grounds, least_share)
            area_of_group_m2 = area_m2 * len(group) / len(codes)
            parts += fitted(area_of_group_m2, ground, with_parts(taken, parts))
        if len(parts) == len(groups):
            return parts
    return []


def with_parts(taken: Geometry, parts: list[Polygon]) -> Geometry:
    """Return the ground taken by other sites and by the parts laid so far."""
    return shapely.union_all([taken, *(part.buffer(LOT_GAP_M, quad_segs=4) for part in parts)])


def fitted(area_m2: float, ground: Ground, taken: Geometry) -> list[Polygon]:
    """Return a footprint as clear of the ground's border as leaves it compact, or none."""
    found: list[Polygon] = []
    for gap_m in BORDER_GAPS_M:
        allowed = ground.allowed.buffer(-gap_m, join_style="mitre").difference(taken)
        laid = footprints.footprint(area_m2, replace(ground, allowed=allowed))
        if laid is not None:
            found.append(laid)
            if footprints.compactness(laid) >= COMPACT:
                return [laid]
    return sorted(found, key=footprints.compactness)[-1:]


def known_point(place: Row) -> Point:
    """Return the point a source gives for a site."""
    point = Point(float(place["lon"]), float(place["lat"]))
    return projected(np.array([point]), LON_LAT, METRES)[0]


def site_properties(site: Row, own: list[Row], shape: Geometry) -> dict:
    """Return what the file says of a footprint."""
    count = shapely.get_num_geometries(shape)
    return {
        "site_id": site["site_id"],
        "provenance": PROVENANCE,
        "location_basis": "coordinate" if own[0]["lat"] else own[0]["basis"],
        "invented_split": bool(count > 1),
        "note_vi": note("vi", own[0], count),
        "note_en": note("en", own[0], count),
    }


def note(language: str, place: Row, part_count: int) -> str:
    """Return how the place is known and what of the drawing is invented."""
    sentences = [place[f"sentence_{language}"]]
    if not place["unit_code"]:
        sentences.append((GUESSED_NOTE if place["drawing_hint"] else ARBITRARY_NOTE)[language])
    if part_count > 1:
        sentences.append(SPLIT_NOTE[language].format(count=part_count))
    return " ".join(sentences)


def assert_promises(
    shapes: np.ndarray, sites: list[Row], places: dict[str, list[Row]], land: Land
) -> None:
    """Stop unless the stored footprints have their areas, lie where they may and stay apart."""
    assert shapely.is_valid(shapes).all(), "a footprint is not valid"
    for site, shape in zip(sites, shapes, strict=True):
        site_id, own = site["site_id"], places[site["site_id"]]
        error_ha = shape.area / SQUARE_METRES_PER_HA - float(site["stated_ha"])
        assert abs(error_ha) <= AREA_TOLERANCE_HA, f"{site_id} misses its area by {error_ha} ha"
        codes = [row["unit_code"] for row in own if row["unit_code"]]
        grounds = [land.cells[code] for code in codes] or [
            land.district(name) for name in site["districts"].split(";")
        ]
        assert shapely.union_all(grounds).covers(shape), f"{site_id} leaves its ground"
        least = footprints.shares(shape, grounds).min()
        assert least >= PROMISED_SHARE, f"{site_id} misses a commune or district"
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all(), "two sites touch"


if __name__ == "__main__":
    main()
