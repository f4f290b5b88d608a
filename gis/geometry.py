"""Areas, overlaps and shares. Frames in, frames out; index kept; metres only."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.crs import geodesic_areas_m2, reprojected
from gis.overlaps import overlapping
from gis.shares import shared_ground

M2_PER_HA = 10_000.0


def areas_ha(frame: gpd.GeoDataFrame) -> pd.Series:
    """Plane area of every row, in hectares of the frame's grid."""
    return pd.Series(shapely.area(_outlines(frame)) / M2_PER_HA, frame.index, name="measured_ha")


def geodesic_areas_ha(frame: gpd.GeoDataFrame) -> pd.Series:
    """Area of every row on the ellipsoid, in hectares."""
    areas = geodesic_areas_m2(_outlines(frame), _crs(frame))
    return pd.Series(areas / M2_PER_HA, frame.index, name="geodesic_ha")


def areas_in_ha(frame: gpd.GeoDataFrame, crs: str) -> pd.Series:
    """Plane area every row would have in another coordinate system, in hectares."""
    moved = reprojected(_outlines(frame), _crs(frame), crs)
    return pd.Series(shapely.area(moved) / M2_PER_HA, frame.index, name=crs)


def split_by_validity(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The rows whose outline is valid, and the rest."""
    valid = shapely.is_valid(_outlines(frame))
    return frame[valid], frame[~valid]


def overlapping_pairs(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Every pair of rows whose interiors meet, each pair once, with what they share.

    Shape: columns left, right, shared_m2, geometry; sorted by left, right.
    """
    found = overlapping(_outlines(frame))
    pairs = gpd.GeoDataFrame(
        {
            "left": frame.index[found.left],
            "right": frame.index[found.right],
            "shared_m2": found.shared_m2,
        },
        geometry=found.ground,
        crs=frame.crs,
    )
    return pairs.sort_values(["left", "right"], ignore_index=True)


def shares(frame: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """How much of every row lies in every unit that it shares ground with.

    Shape: columns id, unit, shared_m2, share; sorted by id, then the largest share first.
    """
    found = shared_ground(_outlines(frame), _outlines(units))
    table = pd.DataFrame(
        {
            "id": frame.index[found.row],
            "unit": units.index[found.unit],
            "shared_m2": found.shared_m2,
            "share": found.share,
        }
    )
    return table.sort_values(
        ["id", "shared_m2", "unit"], ascending=[True, False, True], ignore_index=True
    )


def outside(frame: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The part of every row that no unit covers; empty where all of it is covered."""
    whole = shapely.union_all(_outlines(units))
    rest = shapely.difference(_outlines(frame), whole)
    return gpd.GeoSeries(rest, index=frame.index, crs=frame.crs)


def _outlines(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(frame.geometry.array, dtype=object)


def _crs(frame: gpd.GeoDataFrame) -> str:
    return str(frame.crs.to_string())
