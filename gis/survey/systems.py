"""Every way the numbers of a file may be meant: the systems in use, and what is done to numbers.

A reading is a system and what happened to its numbers on the way: swapped, in millimetres, a false
easting or leading digits left out. Undone, the numbers are those of the system again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gis.crs import VN2000_GEOGRAPHIC, crs_label
from gis.language import Text, say
from gis.model import LayerName, Plan

Points = NDArray[np.float64]  # two columns, easting or longitude first
Family = Literal["VN-2000", "WGS 84", "Hanoi 1972", "Indian 1960", "Indian 1975", ""]

TM3_ZONES = (*range(9205, 9219), *range(5896, 5900))  # QĐ 05/2007, TT 973/2001: one a province
UTM_ZONES = (3405, 3406)
WGS84_LONLAT, WGS84_UTM, MERCATOR = "EPSG:4326", (32648, 32649), "EPSG:3857"
# Earlier maps of Vietnam, and how far their published shift to WGS 84 may be wrong (EPSG).
OLDER = {"EPSG:4147": 5.0, "EPSG:2044": 5.0, "EPSG:4131": 44.0, "EPSG:3148": 44.0,
         "EPSG:4240": 5.0, "EPSG:24048": 5.0}  # fmt: skip
UNSHIFTED = "unshifted"
FALSE_EASTING_M, MILLION_M, DIGIT_M = 500_000, 1_000_000, 100_000
MARGIN_M, MARGIN_DEGREES = 25_000.0, 0.25  # around the province, for a first look
FAMILIES: tuple[tuple[str, Family], ...] = (
    (r"vn[\s_-]*2000|viet[\s_-]*nam[\s_-]*2000", "VN-2000"),
    (r"wgs[\s_-]*(19)?84|world geodetic system 1984|wgs_1984", "WGS 84"),
    (r"hanoi[\s_-]*1972", "Hanoi 1972"),
    (r"indian[\s_-]*1960", "Indian 1960"),
    (r"indian[\s_-]*1975", "Indian 1975"),
)
VN2000_SHIFT_M = (-191.904, -39.303, -111.450)  # QĐ 05/2007/QĐ-BTNMT, VN-2000 to WGS 84
SAME_SHIFT_M = 2.0


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system: how it is called here, what pyproj reads, and its datum's doubt."""

    key: str
    crs: str
    label: Text
    doubt_m: float = 0.0

    @property
    def is_geographic(self) -> bool:
        return _parsed(self.crs).is_geographic

    @property
    def is_unshifted(self) -> bool:
        return self.key.endswith(UNSHIFTED)


@dataclass(frozen=True, slots=True)
class Reading:
    """A system and what was done to its numbers: they are scaled, swapped, then added to."""

    system: System
    swapped: bool = False
    millimetres: bool = False
    east_m: int = 0  # to add
    north_m: int = 0

    @property
    def key(self) -> str:
        changes = (
            ("swapped", self.swapped),
            ("mm", self.millimetres),
            (f"E{self.east_m:+d}", self.east_m),
            (f"N{self.north_m:+d}", self.north_m),
        )
        return " ".join([self.system.key, *(word for word, made in changes if made)])

    @property
    def is_plain(self) -> bool:
        return self.key == self.system.key

    @property
    def label(self) -> Text:
        changes = [
            (self.swapped, _swapped_words(self.system)),
            (self.millimetres, say("đơn vị milimét", "in millimetres")),
            (self.east_m, _added("đông", "east", self.east_m)),
            (self.north_m, _added("bắc", "north", self.north_m)),
        ]
        said = [text for made, text in changes if made]
        if not said:
            return self.system.label
        return say("{name}; {said}", "{name}; {said}", name=self.system.label, said=said)

    def undone(self, numbers: Points) -> Points:
        """The numbers of a file as those of the system."""
        points = numbers[:, ::-1] if self.swapped else numbers
        if self.millimetres:
            points = points / 1000
        return np.asarray(points + np.array([self.east_m, self.north_m], float))

    def done(self, points: Points) -> Points:
        """Numbers of the system as such a file has them."""
        numbers = points - np.array([self.east_m, self.north_m], float)
        if self.millimetres:
            numbers = numbers * 1000
        return np.asarray(numbers[:, ::-1] if self.swapped else numbers)


def _swapped_words(system: System) -> Text:
    if system.is_geographic:
        return say("vĩ độ và kinh độ đổi chỗ", "latitude and longitude swapped")
    return say("hướng bắc và hướng đông đổi chỗ", "north and east swapped")


def _added(vi: str, en: str, metres: int) -> Text:
    """What was left out of a file's numbers, or put in before them."""
    if metres < 0:
        return say(
            f"số hiệu múi {{n}} viết trước tọa độ {vi}",
            f"zone number {{n}} before its {en}ings",
            n=str(-metres // MILLION_M),
        )
    return say(f"tọa độ {vi} thiếu {{m}} m", f"{{m}} m left out of its {en}ings", m=metres)


# --- the systems -----------------------------------------------------------------------------


@lru_cache(maxsize=1)
def systems() -> tuple[System, ...]:
    """Every system that is tried, those in use today first."""
    known = [_system(f"EPSG:{code}") for code in (*TM3_ZONES, *UTM_ZONES, VN2000_GEOGRAPHIC)]
    world = [_system(WGS84_LONLAT), *(_system(f"EPSG:{code}") for code in WGS84_UTM)]
    older = [_system(code, doubt_m) for code, doubt_m in OLDER.items()]
    return (*known, *world, _system(MERCATOR), *map(_unshifted, TM3_ZONES), *older)


def _system(code: str, doubt_m: float = 0.0) -> System:
    return System(code, code, crs_label(code), doubt_m)


def _unshifted(zone: int) -> System:
    """A zone of VN-2000 with coordinates of WGS 84 put into it as they are: no datum shift."""
    values = _projection(_parsed(f"EPSG:{zone}"))
    meridian, scale, east, north = (values[code] for code in ("8802", "8805", "8806", "8807"))
    crs = (
        f"+proj=tmerc +lat_0=0 +lon_0={meridian:g} +k={scale:g} +x_0={east:g} +y_0={north:g} "
        "+datum=WGS84 +units=m +no_defs +type=crs"
    )
    label = say(
        "WGS 84 chiếu theo {zone}, không chuyển datum",
        "WGS 84 projected as {zone}, without a datum shift",
        zone=crs_label(f"EPSG:{zone}"),
    )
    return System(f"EPSG:{zone} {UNSHIFTED}", crs, label)


@lru_cache(maxsize=256)
def _parsed(crs: str) -> CRS:
    return CRS.from_user_input(crs)


def _projection(crs: CRS) -> dict[str, float]:
    operation = crs.coordinate_operation
    return {p.code: float(p.value) for p in operation.params} if operation else {}


# --- what a file declares ----------------------------------------------------------------------


@lru_cache(maxsize=256)
def declared_reading(plan: Plan, declared: str) -> Reading | None:
    """The reading a declaration means: a key of a ranking, a code, WKT or PROJ text.

    None, when it is no coordinate system that can be read.
    """
    if (reading := _readings_by_key(plan).get(declared)) is not None:
        return reading
    try:
        crs = CRS.from_user_input(declared)
    except CRSError:
        return None
    signature, flat = _signature(crs), _horizontal(crs)
    code = ":".join(flat.to_authority(min_confidence=90) or ())
    for system in systems():
        if system.key == code or (signature[0] and _known_signature(system.crs) == signature):
            return Reading(system)
    if not (flat.is_geographic or flat.is_projected):
        return None
    text = code or flat.to_wkt()
    system = System(code or flat.name, text, crs_label(text))
    return Reading(system) if _is_tied(system, plan) else None


def _is_tied(system: System, plan: Plan) -> bool:
    """Whether a published operation leads from a system to the ground."""
    try:
        for source, target in _steps(system, plan):
            _transformer(source, target)
    except ProjError:
        return False
    return True


def reading_of(plan: Plan, key: str, crs: str) -> Reading | None:
    """The reading of a ranking's candidate, by its key and its system."""
    known = _readings_by_key(plan).get(key)
    if known is not None:
        return known
    base = declared_reading(plan, crs)
    if base is None:
        return None
    found = readings_of(base.system, ground(plan), plan)
    return next((reading for reading in found if reading.key == key), None)


def _horizontal(crs: CRS) -> CRS:
    """The two-dimensional system within a compound, bound or three-dimensional one."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    return crs.to_2d()


def _signature(crs: CRS) -> tuple[Family, tuple[float, ...]]:
    """What makes two systems the same, whatever they are called: datum and projection."""
    whole, flat = crs, _horizontal(crs)
    family = _family(whole, flat)
    operation = flat.coordinate_operation
    if flat.is_geographic or operation is None:
        return family, ()
    values = _projection(flat)
    method = {"9807": 1.0, "1024": 2.0}.get(operation.method_code or "", 0.0)
    if not method:
        return "", ()
    keys = ("8801", "8802", "8805", "8806", "8807")
    return family, (method, *(round(values.get(key, 0.0), 9) for key in keys))


@lru_cache(maxsize=256)
def _known_signature(crs: str) -> tuple[Family, tuple[float, ...]]:
    return _signature(_parsed(crs))


def _family(whole: CRS, flat: CRS) -> Family:
    if whole.is_bound and whole.coordinate_operation is not None:
        shift = list(whole.coordinate_operation.towgs84)
        if shift and np.allclose(shift[:3], VN2000_SHIFT_M, atol=SAME_SHIFT_M):
            return "VN-2000"
    base = flat.geodetic_crs
    names = " ".join([base.name, base.datum.name if base and base.datum else ""]) if base else ""
    for pattern, family in FAMILIES:
        if re.search(pattern, names, re.IGNORECASE):
            return family
    return ""


# --- readings ----------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def readings(plan: Plan) -> tuple[Reading, ...]:
    """Every reading that could put numbers into the plan's province."""
    return tuple(
        reading for system in systems() for reading in readings_of(system, ground(plan), plan)
    )


@lru_cache(maxsize=4)
def _readings_by_key(plan: Plan) -> dict[str, Reading]:
    return {reading.key: reading for reading in reversed(readings(plan))}


def readings_of(system: System, around: Points, plan: Plan) -> Iterator[Reading]:
    """A system as it is, and with what may have been done to its numbers.

    `around` is the edge of the province in the plan's metres.
    """
    if system.is_geographic:
        yield from (Reading(system, swapped) for swapped in (False, True))
        return
    edge = from_plan(around, system, plan)
    (east, north), (far_east, far_north) = edge.min(axis=0), edge.max(axis=0)
    digits = range(max(0, int(east // DIGIT_M)), int(far_east // DIGIT_M) + 1)
    false_easting = _projection(_parsed(system.crs)).get("8806", 0.0)
    zone_m = int(false_easting // MILLION_M) * MILLION_M
    easts = {0, zone_m, *(d * DIGIT_M for d in digits if d < MILLION_M // DIGIT_M)}
    if false_easting == FALSE_EASTING_M:
        easts |= {FALSE_EASTING_M} | ({-48 * MILLION_M} if _is_zone_48(system) else set())
    norths = {
        0,
        *(m * MILLION_M for m in range(int(north // MILLION_M), int(far_north // MILLION_M) + 1)),
    }
    for swapped, east_m, north_m in product((False, True), sorted(easts), sorted(norths)):
        yield Reading(system, swapped, False, east_m, north_m)
    for swapped in (False, True):
        yield Reading(system, swapped, True)


def _is_zone_48(system: System) -> bool:
    values = _projection(_parsed(system.crs))
    return values.get("8802") == 105 and values.get("8805") == 0.9996


@lru_cache(maxsize=4)
def ground(plan: Plan) -> Points:
    """Points along the edge of the box that holds the plan's communes, or else its sites."""
    names: tuple[LayerName, ...] = ("zones", "clusters")
    if "communes" in plan.layers:
        names = ("communes",)
    frames = [plan.layers[name].frame for name in names if name in plan.layers]
    bounds = np.array([frame.total_bounds for frame in frames] or [_area_of_use(plan)])
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    line = shapely.segmentize(shapely.box(west, south, east, north).exterior, 10_000)
    return np.asarray(shapely.get_coordinates(line))


def _area_of_use(plan: Plan) -> tuple[float, float, float, float]:
    area = _parsed(plan.card.crs).area_of_use
    if area is None:
        return (0.0, 0.0, 1e6, 1e7)
    corners = shapely.get_coordinates(shapely.segmentize(shapely.box(*area.bounds).exterior, 0.1))
    edge = np.column_stack(_transformer(WGS84_LONLAT, plan.card.crs).transform(*corners.T))
    return (*edge.min(axis=0), *edge.max(axis=0))


def likely(plan: Plan, centres: Points, more: Sequence[Reading] = ()) -> tuple[Reading, ...]:
    """The readings that put at least half of these points near the province."""
    found = []
    for reading in dict.fromkeys((*more, *readings(plan))):
        box = _reach(plan, reading.system)
        points = reading.undone(centres)
        inside = (points >= box[0]) & (points <= box[1])
        if 2 * np.count_nonzero(inside.all(axis=1)) >= max(len(centres), 1):
            found.append(reading)
    return tuple(found)


@lru_cache(maxsize=256)
def _reach(plan: Plan, system: System) -> Points:
    """Lower left and upper right corner of the province in a system, with a margin."""
    edge = from_plan(ground(plan), system, plan)
    margin = MARGIN_DEGREES if system.is_geographic else MARGIN_M
    return np.array([edge.min(axis=0) - margin, edge.max(axis=0) + margin])


# --- from one to the other -----------------------------------------------------------------------


@lru_cache(maxsize=256)
def _transformer(source: str, target: str) -> Transformer:
    """The published operation, never PROJ's guess that two datums are one.

    Towards `OGC:CRS84` PROJ prefers that guess for the older datums, so the code is EPSG's.
    """
    return Transformer.from_crs(source, target, always_xy=True, allow_ballpark=False)


def _steps(system: System, plan: Plan) -> tuple[tuple[str, str], ...]:
    """Within a datum straight, else by way of WGS 84."""
    if _known_signature(system.crs)[0] == "VN-2000":
        return ((system.crs, plan.card.crs),)
    return ((system.crs, WGS84_LONLAT), (WGS84_LONLAT, plan.card.crs))


def to_plan(points: Points, system: System, plan: Plan) -> Points:
    """Points of a system in the plan's metres."""
    for source, target in _steps(system, plan):
        points = np.column_stack(_transformer(source, target).transform(*points.T))
    return points


def from_plan(points: Points, system: System, plan: Plan) -> Points:
    """Points of the plan in another system's numbers."""
    for source, target in reversed(_steps(system, plan)):
        points = np.column_stack(_transformer(target, source).transform(*points.T))
    return points


def placed(outlines: NDArray[np.object_], reading: Reading, plan: Plan) -> NDArray[np.object_]:
    """A file's outlines where a reading puts them, in the plan's metres."""
    moved: NDArray[np.object_] = shapely.transform(
        outlines, lambda numbers: to_plan(reading.undone(numbers), reading.system, plan)
    )
    return moved
