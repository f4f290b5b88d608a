"""Understanding a place on the ground: a point or an outline, its communes and the sites it hits.

What rests on indicative outlines is said to: about the ground it proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.errors import LayerError, Problem
from gis.language import Text, rounded, say
from gis.model import Drawn, LayerName, Plan
from gis.verdicts import Flag, PlaceMatch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely import Geometry

SITE_LAYERS: tuple[LayerName, ...] = ("zones", "clusters")
AROUND_M = 10_000.0  # beyond the province's own bounds a number is mistyped or of another zone
NEAREST = 3
LONGITUDES, LATITUDES = (102.0, 110.0), (8.0, 24.0)  # of the country
UNPROVEN_FLAGS = frozenset(
    {"indicative-geometry", "not-drawn", "outside-province", "partly-in-site"}
)

DIRECTIONS = (
    Text("bắc", "N"),
    Text("đông bắc", "NE"),
    Text("đông", "E"),
    Text("đông nam", "SE"),
    Text("nam", "S"),
    Text("tây nam", "SW"),
    Text("tây", "W"),
    Text("tây bắc", "NW"),
)
ON_THE_SPOT = Text("tại chỗ", "on the spot")


# --- asking ------------------------------------------------------------------------------------


def at_point(plan: Plan, lon: float, lat: float) -> PlaceMatch:
    """The place at a longitude and latitude of WGS 84.

    Raises: LayerError.
    """
    import numpy as np
    import shapely

    from gis.crs import WGS84, reprojected

    if not (_between(lon, LONGITUDES) and _between(lat, LATITUDES)):
        is_swapped = _between(lat, LONGITUDES) and _between(lon, LATITUDES)
        raise _not_a_place(
            "--at",
            f"{lon}, {lat}",
            say("không phải kinh độ, vĩ độ ở đây", "is no longitude and latitude here"),
            say("viết kinh độ trước: {a},{b}", "longitude first: {a},{b}", a=str(lat), b=str(lon))
            if is_swapped
            else say("ví dụ --at 105.86,21.45", "such as --at 105.86,21.45"),
        )
    degrees = np.array([shapely.Point(lon, lat)], dtype=object)
    return _at(plan, f"{lon}, {lat}", reprojected(degrees, WGS84, plan.card.crs)[0])


def at_grid(plan: Plan, a: float, b: float) -> PlaceMatch:
    """The place at a northing and an easting of the plan's own grid, in either order.

    Raises: LayerError.
    """
    import shapely

    west, south, east, north = _box(plan)
    for y, x in ((a, b), (b, a)):
        if _between(y, (south, north)) and _between(x, (west, east)):
            return _at(plan, f"{a:.15g}, {b:.15g}", shapely.Point(x, y))
    what = say(
        "không thuộc tỉnh: N từ {south} đến {north} km, E từ {west} đến {east} km ({crs})",
        "is not in the province: N {south} to {north} km, E {west} to {east} km ({crs})",
        south=rounded(south / 1000, 0),
        north=rounded(north / 1000, 0),
        west=rounded(west / 1000, 0),
        east=rounded(east / 1000, 0),
        crs=plan.card.crs,
    )
    mend = say(
        "kiểm tra hai số (mét) và kinh tuyến trục; tọa độ hệ khác thì dùng --at hoặc --file",
        "check both numbers (metres) and the central meridian; for another system use --at, --file",
    )
    raise _not_a_place("--xy", f"{a}, {b}", what, mend)


def at_outline(
    plan: Plan,
    geometries: Sequence[Geometry] | NDArray[np.object_],
    crs: str,
    *,
    asked: str = "--file",
) -> PlaceMatch:
    """The place of one or several outlines, taken as one parcel set, in any coordinate system.

    Raises: LayerError.
    """
    import numpy as np
    import shapely
    from pyproj.exceptions import CRSError

    from gis.crs import reprojected

    outlines = np.asarray(geometries, dtype=object)
    _refuse(_faults(asked, "", outlines))
    try:
        moved = reprojected(shapely.force_2d(outlines), crs, plan.card.crs)
    except CRSError as error:
        told = say("hệ tọa độ lạ", "unknown coordinate system")
        mend = say("ghi mã EPSG, ví dụ {crs}", "give an EPSG code such as {crs}", crs=plan.card.crs)
        raise _not_a_place(asked, crs, told, mend) from error
    _refuse(_faults(asked, "", moved))
    return _at(plan, asked, shapely.union_all(moved))


def read_outline(path: Path) -> tuple[NDArray[np.object_], str]:
    """The areas a file holds, of all its layers, and the coordinate system it states.

    Raises: LayerError.
    """
    import numpy as np
    import pyogrio  # type: ignore[import-untyped]
    import shapely

    if not path.exists():
        told = say("không tìm thấy tệp", "no such file")
        raise LayerError(Problem(str(path), told, say("kiểm tra đường dẫn", "check the path")))
    problems: list[Problem] = []
    outlines: list[NDArray[np.object_]] = []
    systems: dict[str, str] = {}
    try:
        for layer, kind in pyogrio.list_layers(path):
            if kind is not None:
                meta, _, shapes, _ = pyogrio.raw.read(path, layer=layer, columns=[])
                found = shapely.from_wkb(shapes)
                problems += _faults(str(path), str(layer), found)
                systems[str(layer)] = str(meta["crs"] or "")
                outlines.append(found)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _unreadable(
            path, say("không đọc được: {e}", "cannot be read: {e}", e=error)
        ) from error
    except shapely.errors.GEOSException as error:
        raise _unreadable(path, say("hình hỏng: {e}", "broken outline: {e}", e=error)) from error
    problems += _system_faults(path, systems, outlines)
    _refuse(problems)
    return np.concatenate(outlines), next(iter(systems.values()))


def proves_the_ground(match: PlaceMatch) -> bool:
    """Whether the ground is shown to lie where a match says, and wholly so."""
    return match.kind == "ground" and not any(flag.code in UNPROVEN_FLAGS for flag in match.flags)


def nearest_sites(
    plan: Plan, geometry: Geometry, site_ids: Iterable[str]
) -> list[tuple[str, float, Text]]:
    """Sites that are drawn, the nearest first: distance from edge to edge, and the way there."""
    import shapely

    sites = _valid(plan, SITE_LAYERS)
    ways = []
    for site_id in site_ids:
        if site_id in sites:
            line = shapely.shortest_line(geometry, sites[site_id])
            ways.append((site_id, float(line.length), _direction(line)))
    return sorted(ways, key=lambda way: (way[1], way[0]))


# --- answering ---------------------------------------------------------------------------------


def _at(plan: Plan, asked: str, geometry: Geometry) -> PlaceMatch:
    sites, communes = _valid(plan, SITE_LAYERS), _valid(plan, ("communes",))
    if not sites and not communes:
        raise _not_a_place(
            plan.card.code,
            None,
            say("quy hoạch không có hình vẽ nào", "the plan has no outlines"),
            say("nạp quy hoạch cùng hình vẽ", "load the plan with its outlines"),
        )
    units, hit = _shares(geometry, communes), _shares(geometry, sites)
    settled = _settled(geometry, sites, hit)
    overruled = [key for key in hit if settled and not sites.proves(key)]
    hit = {key: share for key, share in hit.items() if key not in overruled}
    districts: dict[str, float] = {}
    for code, share in units.items():
        name = plan.units[code].district
        districts[name] = districts.get(name, 0.0) + share
    spot = _spot(geometry)
    return PlaceMatch(
        asked,
        "ground",
        spot,
        tuple(hit),
        tuple(units),
        tuple(sorted(districts, key=lambda name: (-districts[name], name))),
        flags=tuple(_flags(plan, geometry, communes, sites, units, hit)),
        information=(
            _echo(plan, geometry, spot),
            *_about_units(plan, geometry, units),
            *_about_sites(plan, geometry, hit),
            *_about_drawings(plan, overruled),
        ),
    )


def _settled(geometry: Geometry, sites: Drawn, hit: Mapping[str, float]) -> list[str]:
    """The sites that hold a place wholly by outlines that prove it."""
    return [
        key
        for key, share in hit.items()
        if sites.proves(key) and _is_inside(geometry, sites[key], share)
    ]


def _is_inside(geometry: Geometry, outline: Geometry, share: float) -> bool:
    """Whether a place lies in an outline wholly; a point on its edge does not."""
    from gis.shares import lies_within

    return bool(lies_within(share) if geometry.area else outline.contains(geometry))


def _about_drawings(plan: Plan, overruled: Sequence[str]) -> Iterator[Text]:
    if overruled:
        yield say(
            "Hình minh họa của {sites} cũng phủ lên đây; ranh giới đo đạc quyết định.",
            "The indicative outline of {sites} covers it too; the surveyed one decides.",
            sites=[_site_name(plan, site_id) for site_id in overruled],
        )


def _shares(geometry: Geometry, units: Drawn) -> dict[str, float]:
    """How much of a place lies in each outline, the most first; a point lies in all it touches."""
    import numpy as np
    import shapely

    from gis.shares import SLIVER_SHARE, shared_ground

    if not units:
        return {}
    if geometry.area == 0:
        inside = shapely.intersects(units.outlines, geometry)
        return {key: 1.0 for key in sorted(units.ids[n] for n in np.flatnonzero(inside))}
    shared = shared_ground(np.array([geometry], dtype=object), units.outlines)
    found = {units.ids[at]: float(s) for at, s in zip(shared.unit, shared.share, strict=True)}
    order = sorted(found, key=lambda key: (-found[key], key))
    return {key: found[key] for key in order if found[key] >= SLIVER_SHARE}


def _valid(plan: Plan, names: Iterable[LayerName]) -> Drawn:
    """The valid outlines of some layers."""
    from gis.geometry import drawn_in, split_by_validity

    return split_by_validity(drawn_in(plan, names))[0]


def _box(plan: Plan) -> tuple[float, float, float, float]:
    """West, south, east and north of the province, with ample room around."""
    import shapely

    outlines = _valid(plan, ("communes", *SITE_LAYERS)).outlines
    west, south, east, north = shapely.total_bounds(outlines).tolist()
    return west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M


def _direction(line: Geometry) -> Text:
    """Where a line leads, by the eight winds of the grid."""
    if line.length == 0:
        return ON_THE_SPOT
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    return DIRECTIONS[round(math.atan2(x1 - x0, y1 - y0) / (math.pi / 4)) % 8]


# --- what is said ------------------------------------------------------------------------------


def _spot(geometry: Geometry) -> Text:
    point = geometry.representative_point()
    return say(
        "N {n} m, E {e} m",
        "N {n} m, E {e} m",
        n=rounded(point.y, 0),
        e=rounded(point.x, 0),
    )


def _echo(plan: Plan, geometry: Geometry, spot: Text) -> Text:
    if geometry.area == 0:
        return say("Điểm: {spot} ({crs}).", "Point: {spot} ({crs}).", spot=spot, crs=plan.card.crs)
    return say(
        "Hình: {ha} ha, quanh điểm {spot} ({crs}).",
        "Outline: {ha} ha, about {spot} ({crs}).",
        ha=rounded(geometry.area / 10_000, 2),
        spot=spot,
        crs=plan.card.crs,
    )


def _percent(share: float) -> Text:
    return say("{n} %", "{n} %", n=rounded(100 * share, 1))


def _shared(names: Mapping[str, float], is_area: bool) -> list[Text]:
    """Names, each with its share where there is one."""
    if not is_area:
        return [Text(name, name) for name in names]
    return [
        say("{name} ({share})", "{name} ({share})", name=name, share=_percent(share))
        for name, share in names.items()
    ]


def _about_units(plan: Plan, geometry: Geometry, units: Mapping[str, float]) -> Iterator[Text]:
    is_area = geometry.area > 0
    then = {f"{plan.units[c].label}, {plan.units[c].district}": s for c, s in units.items()}
    today: dict[str, float] = {}
    for code, share in units.items():
        names = plan.units[code].unit_2025_07.split(";")
        name = " / ".join(item.rpartition(" (")[0].strip() or item.strip() for item in names)
        if name:
            today[name] = today.get(name, 0.0) + share
    today = {name: today[name] for name in sorted(today, key=lambda name: (-today[name], name))}
    if then:
        yield say("Năm 2010: {units}.", "In 2010: {units}.", units=_shared(then, is_area))
    if today:
        yield say("Nay: {units}.", "Today: {units}.", units=_shared(today, is_area))


def _about_sites(plan: Plan, geometry: Geometry, hit: Mapping[str, float]) -> Iterator[Text]:
    names = {_site_name(plan, site_id): share for site_id, share in hit.items()}
    if names:
        yield say(
            "Nằm trong: {sites}.", "Lies in: {sites}.", sites=_shared(names, geometry.area > 0)
        )
    others = [site_id for site_id in plan.sites if site_id not in hit]
    for site_id, distance_m, direction in nearest_sites(plan, geometry, others)[:NEAREST]:
        yield say(
            "Cách {site} {distance}, về phía {direction}.",
            "{site}: {distance} to the {direction}.",
            site=_site_name(plan, site_id),
            distance=_distance(distance_m),
            direction=direction,
        )


def _distance(metres: float) -> Text:
    if metres < 1000:
        return say("{n} m", "{n} m", n=rounded(metres, 0))
    return say("{n} km", "{n} km", n=rounded(metres / 1000, 1))


def _site_name(plan: Plan, site_id: str) -> str:
    return f"{plan.sites[site_id].short_name} ({site_id})"


def _flags(
    plan: Plan,
    geometry: Geometry,
    communes: Drawn,
    sites: Drawn,
    units: Mapping[str, float],
    hit: Mapping[str, float],
) -> Iterator[Flag]:
    from gis.shares import lies_within

    # ground wholly inside a surveyed site, or communes, is there whatever is drawn elsewhere
    unsure_communes = any(not communes.proves(key) for key in units or communes.ids)
    unsure_sites = bool(sites.silent) and not _settled(geometry, sites, hit)
    if unsure_communes or unsure_sites:
        yield Flag("indicative-geometry", _why_unproven(unsure_communes, unsure_sites))
    missing = [_site_name(plan, key) for key in plan.sites if key not in sites]
    if missing:
        told = say(
            "Không có hình hợp lệ, nên không loại trừ được: {sites}.",
            "Without a valid outline, and so not ruled out: {sites}.",
            sites=missing,
        )
        yield Flag("not-drawn", told)
    partly = [
        site_id for site_id, share in hit.items() if not _is_inside(geometry, sites[site_id], share)
    ]
    if partly:
        names = [_site_name(plan, site_id) for site_id in partly]
        told = say(
            "Không nằm trọn trong: {sites}.", "Does not lie wholly in: {sites}.", sites=names
        )
        yield Flag("partly-in-site", told)
    inside = sum(units.values()) if geometry.area > 0 else float(bool(units))
    if communes and not lies_within(inside):
        told = say(
            "{share} nằm ngoài ranh giới xã của tỉnh.",
            "{share} lies outside the communes of the province.",
            share=_percent(1 - inside),
        )
        yield Flag("outside-province", told)


def _why_unproven(communes: bool, sites: bool) -> Text:
    drawn = [
        say("ranh giới xã gần đúng, dựng từ số liệu", "approximate communes, made from figures"),
        say("hình minh họa của khu, cụm", "indicative outlines of the sites"),
    ]
    return say(
        "Về thực địa: không xác định. Dựa trên {what}, không chứng minh được vị trí; cần ranh giới "
        "đo đạc hoặc số hóa.",
        "On the ground: unknown. It rests on {what}, which prove no position; surveyed or "
        "digitised outlines would settle it.",
        what=[text for text, is_so in zip(drawn, (communes, sites), strict=True) if is_so],
    )


# --- what cannot be used -----------------------------------------------------------------------


def _between(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]  # never of NaN


def _faults(file: str, layer: str, outlines: NDArray[np.object_]) -> list[Problem]:
    """Everything that is no usable area, by row."""
    problems = [] if len(outlines) else [Problem(file, *EMPTY, layer=layer)]
    for row, outline in enumerate(outlines, start=1):
        fault = _fault(outline)
        if fault is not None:
            problems.append(Problem(file, *fault, layer=layer, row=str(row)))
    return problems


EMPTY = (
    say("không có hình", "has no outline"),
    say("vẽ ranh giới thửa đất", "draw the parcel's outline"),
)


def _fault(outline: Any) -> tuple[Text, Text] | None:
    import numpy as np
    import shapely

    if outline is None or outline.is_empty:
        return EMPTY
    if outline.geom_type not in ("Polygon", "MultiPolygon"):
        kind = outline.geom_type
        return (
            say("không phải vùng: {kind}", "is not an area: {kind}", kind=kind),
            say("dùng Polygon; một điểm thì dùng --at hoặc --xy", "use Polygon; for a point --at"),
        )
    if not np.isfinite(shapely.get_coordinates(outline)).all():
        return (
            say("tọa độ không phải số", "a coordinate is not a number"),
            say("sửa hoặc xóa đỉnh này, kiểm tra hệ tọa độ", "mend the vertex, check the system"),
        )
    if not outline.is_valid:
        why = shapely.is_valid_reason(outline)
        return (
            say("hình không hợp lệ: {why}", "invalid outline: {why}", why=why),
            say("sửa hình: không tự cắt, lỗ nằm trong", "mend it: no crossings, holes inside"),
        )
    return None


def _system_faults(
    path: Path, systems: Mapping[str, str], outlines: Sequence[NDArray[np.object_]]
) -> Iterator[Problem]:
    """What keeps a file's coordinates from being read as places."""
    from pyproj import CRS

    if not systems:
        yield Problem(str(path), *EMPTY)
    export = say("xuất lại kèm hệ tọa độ (.prj, srs)", "export it with its system (.prj, srs)")
    for (layer, crs), found in zip(systems.items(), outlines, strict=True):
        if not crs:
            told = say("không ghi hệ tọa độ", "states no coordinate system")
            yield Problem(str(path), told, export, layer=layer, field="crs")
        elif CRS.from_user_input(crs).is_geographic and _is_beyond_degrees(found):
            told = say("ghi độ nhưng tọa độ là mét", "says degrees, but the coordinates are metres")
            yield Problem(str(path), told, export, layer=layer, field="crs", value=crs)
    if len(set(systems.values())) > 1:
        told = say("các lớp khác hệ tọa độ", "its layers have different systems")
        keep = say("để lại một lớp", "keep one layer")
        yield Problem(str(path), told, keep, value=", ".join(systems))


def _is_beyond_degrees(outlines: NDArray[np.object_]) -> bool:
    import numpy as np
    import shapely

    coordinates = shapely.get_coordinates(outlines)
    return bool(len(coordinates) and np.nanmax(np.abs(coordinates)) > 360)


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise LayerError(*found)


def _unreadable(path: Path, what: Text) -> LayerError:
    mend = say(
        "dùng GeoPackage, shapefile, GeoJSON, KML hoặc FlatGeobuf",
        "use GeoPackage, shapefile, GeoJSON, KML or FlatGeobuf",
    )
    return LayerError(Problem(str(path), what, mend))


def _not_a_place(file: str, value: str | None, what: Text, mend: Text) -> LayerError:
    return LayerError(Problem(file, what, mend, value=value))
