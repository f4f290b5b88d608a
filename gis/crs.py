"""VN-2000: the province's zone, and the one way coordinates come in and go out."""

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

from gis.language import Text, say

WGS84 = "OGC:CRS84"  # longitude first, as GeoJSON has it
WEB_MERCATOR = "EPSG:3857"
VN2000_UTM_48N = "EPSG:3405"
VN2000_GEOGRAPHIC = 4756


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def reprojected(geometries: NDArray[np.object_], source: str, target: str) -> NDArray[np.object_]:
    """The same outlines in another coordinate system, easting or longitude first."""
    transformer = _transformer(source, target)

    def moved(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    result: NDArray[np.object_] = shapely.transform(geometries, moved)
    return result


def restored(geometries: NDArray[np.object_], source: str, target: str) -> NDArray[np.object_]:
    """Outlines that were taken from the target to the source, back where they were.

    A datum shift is published one way. Without heights its inverse is 0.9 mm off in the province,
    so what the way there makes of it is taken off: 2377000.100 stays 2377000.100.
    """
    there, back = _transformer(source, target), _transformer(target, source)

    def moved(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        near = there.transform(*coordinates.T)
        error = np.column_stack(back.transform(*near)) - coordinates
        return np.column_stack(there.transform(*(coordinates - error).T))

    result: NDArray[np.object_] = shapely.transform(geometries, moved)
    return result


@lru_cache(maxsize=16)
def _ellipsoid(source: str) -> tuple[Geod, str]:
    """The ellipsoid of a system, and its geographic coordinates as text."""
    system = CRS.from_user_input(source)
    geographic = system.geodetic_crs
    return system.get_geod() or Geod(ellps="WGS84"), geographic.to_wkt() if geographic else WGS84


def geodesic_areas_m2(geometries: NDArray[np.object_], source: str) -> NDArray[np.float64]:
    """Areas on the ellipsoid of the source's own datum, whatever the order of the rings."""
    geod, geographic = _ellipsoid(source)
    degrees = reprojected(geometries, source, geographic)
    return np.array(
        [abs(geod.geometry_area_perimeter(shapely.orient_polygons(item))[0]) for item in degrees]
    )


def crs_label(crs: str) -> Text:
    """A coordinate system as dossiers name it: VN-2000, central meridian, width of the zone."""
    system = CRS.from_user_input(crs)
    base, conversion = system.geodetic_crs, system.coordinate_operation
    plain = say("{name} ({crs})", "{name} ({crs})", name=system.name, crs=crs)
    if base is None or base.to_epsg() != VN2000_GEOGRAPHIC or conversion is None:
        return plain
    values = {item.code: float(item.value) for item in conversion.params}
    if not {"8802", "8805"} <= values.keys():  # of another kind of projection
        return plain
    meridian = _degrees_and_minutes(values["8802"])
    zone = "3" if values["8805"] == 0.9999 else "6"  # the scale is what tells the zones apart
    return say(
        "VN-2000, kinh tuyến trục {meridian}, múi chiếu {zone}° ({crs})",
        "VN-2000, central meridian {meridian}, {zone}° zone ({crs})",
        meridian=meridian,
        zone=zone,
        crs=crs,
    )


def _degrees_and_minutes(degrees: float) -> str:
    whole, minutes = divmod(round(degrees * 60), 60)
    return f"{whole}°{minutes:02d}′"
