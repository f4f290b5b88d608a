"""The plan's grid as a page computes it: the numbers of the operation that PROJ itself uses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pyproj import CRS, Transformer, get_ellps_map

from gis.crs import WGS84
from gis.errors import LayerError, Problem
from gis.language import say

UTM_SCALE, UTM_EASTING_M, UTM_ZONE_DEGREES = 0.9996, 500_000.0, 6.0
NEITHER_PLANE_NOR_SHIFT = frozenset({"push", "pop", "unitconvert", "cart"})

Step = Mapping[str, str]


@cache
def grid_operation(crs: str) -> dict[str, Any]:
    """What a transverse Mercator grid and its shift to WGS 84 are made of, as plain numbers.

    Source: PROJ, for the pair of coordinate systems. Raises: LayerError for any other kind of grid.
    """
    steps = _steps(crs)
    plane = [step for step in steps if step["proj"] in ("tmerc", "utm")]
    shifts = [step for step in steps if step["proj"] == "helmert"]
    ellipsoids = [step["ellps"] for step in steps if step["proj"] == "cart"]
    rest = {step["proj"] for step in steps} - {"tmerc", "utm", "helmert", *NEITHER_PLANE_NOR_SHIFT}
    if len(plane) != 1 or len(shifts) > 1 or rest or len(ellipsoids) != 2 * len(shifts):
        raise LayerError(
            Problem(
                "plan.toml",
                say(
                    "trang quy hoạch chỉ tính được trên lưới Mercator ngang",
                    "the planner page computes on a transverse Mercator grid only",
                ),
                say(
                    "dùng múi VN-2000 của tỉnh, ví dụ EPSG:9213",
                    "use the province's VN-2000 zone, such as EPSG:9213",
                ),
                field="crs",
                value=crs,
            )
        )
    grid = plane[0]
    onto = ellipsoids[-1] if ellipsoids else grid["ellps"]
    return {
        "crs": crs,
        "name": CRS.from_user_input(crs).name,
        **_projection(grid),
        "ellipsoid": _ellipsoid(grid["ellps"]),
        "geographic_ellipsoid": _ellipsoid(onto),
        "shift": _shift(shifts[0]) if shifts else None,
    }


def _steps(crs: str) -> list[Step]:
    """The steps of PROJ's way from a grid to WGS 84 where the grid is used."""
    transformer = Transformer.from_crs(crs, WGS84, always_xy=True)
    area = CRS.from_user_input(crs).area_of_use
    if area is not None:
        middle = ((area.west + area.east) / 2, (area.south + area.north) / 2)
        transformer.transform(*transformer.transform(*middle, direction="INVERSE"))
    definition = transformer.get_last_used_operation().definition
    return [
        dict(word.partition("=")[::2] for word in step.split())
        for step in definition.removeprefix("proj=pipeline").split(" step ")
        if "proj=" in step
    ]


def _projection(step: Step) -> dict[str, float]:
    if step["proj"] == "utm":
        return {
            "central_meridian": UTM_ZONE_DEGREES * float(step["zone"]) - 183.0,
            "latitude_of_origin": 0.0,
            "scale": UTM_SCALE,
            "false_easting_m": UTM_EASTING_M,
            "false_northing_m": 0.0,
        }
    return {
        "central_meridian": float(step["lon_0"]),
        "latitude_of_origin": float(step["lat_0"]),
        "scale": float(step["k"]),
        "false_easting_m": float(step["x_0"]),
        "false_northing_m": float(step["y_0"]),
    }


def _ellipsoid(name: str) -> dict[str, float]:
    known = get_ellps_map()[name]
    axis = float(known["a"])
    inverse = known.get("rf") or axis / (axis - float(known["b"]))
    return {"semi_major_m": axis, "inverse_flattening": float(inverse)}


def _shift(step: Step) -> dict[str, float]:
    """The seven parameters, rotations as those of a coordinate frame."""
    turn = -1.0 if step["convention"] == "position_vector" else 1.0
    number = {key: float(step.get(key, 0)) for key in ("x", "y", "z", "rx", "ry", "rz", "s")}
    return {
        **{f"{key}_m": number[key] for key in ("x", "y", "z")},
        **{f"{key}_seconds": turn * number[key] for key in ("rx", "ry", "rz")},
        "scale_ppm": number["s"],
    }
