"""Areas, overlaps and shares of outlines by their ids. Metres only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis import shares as ground
from gis.crs import geodesic_areas_m2, reprojected
from gis.model import Drawn, LayerName, Plan
from gis.overlaps import overlapping

M2_PER_HA = 10_000.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """Two outlines whose interiors meet, and what they share."""

    left: str
    right: str
    shared_m2: float
    ground: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Share:
    """How much of an outline lies in a unit."""

    id: str
    unit: str
    shared_m2: float
    share: float


def areas_ha(drawn: Drawn) -> Floats:
    """Plane area of every outline, in hectares of its grid."""
    return np.asarray(shapely.area(drawn.outlines) / M2_PER_HA)


def geodesic_areas_ha(drawn: Drawn) -> Floats:
    """Area of every outline on the ellipsoid, in hectares."""
    return geodesic_areas_m2(drawn.outlines, drawn.crs) / M2_PER_HA


def areas_in_ha(drawn: Drawn, crs: str) -> Floats:
    """Plane area every outline would have in another coordinate system, in hectares."""
    return np.asarray(shapely.area(reprojected(drawn.outlines, drawn.crs, crs)) / M2_PER_HA)


def only(drawn: Drawn, ids: Collection[str]) -> Drawn:
    """Some of the outlines, in their order."""
    return _chosen(drawn, np.array([identity in ids for identity in drawn.ids], bool))


def _chosen(drawn: Drawn, which: NDArray[np.bool_]) -> Drawn:
    if which.all():
        return drawn
    places = np.flatnonzero(which).tolist()
    return Drawn(
        tuple(drawn.ids[n] for n in places),
        drawn.outlines[places],
        tuple(drawn.provenance[n] for n in places),
        drawn.crs,
    )


def drawn_in(plan: Plan, names: Iterable[LayerName]) -> Drawn:
    """All outlines of some layers of a plan."""
    nothing = Drawn((), np.empty(0, object), (), plan.card.crs)
    return joined(nothing, *(plan.layers[name].drawn for name in names if name in plan.layers))


def joined(*sheets: Drawn) -> Drawn:
    """The outlines of several sheets, of one grid, in their order."""
    return Drawn(
        tuple(identity for sheet in sheets for identity in sheet.ids),
        np.concatenate([sheet.outlines for sheet in sheets]),
        tuple(item for sheet in sheets for item in sheet.provenance),
        sheets[0].crs,
    )


def split_by_validity(drawn: Drawn) -> tuple[Drawn, Drawn]:
    """The valid outlines, and the rest."""
    valid = shapely.is_valid(drawn.outlines)
    return _chosen(drawn, valid), _chosen(drawn, ~valid)


def overlapping_pairs(drawn: Drawn) -> list[Pair]:
    """Every two outlines whose interiors meet, each pair once; sorted by their ids."""
    found = overlapping(drawn.outlines)
    common = shapely.intersection(drawn.outlines[found.left], drawn.outlines[found.right])
    pairs = [
        Pair(drawn.ids[left], drawn.ids[right], float(shared_m2), shared)
        for left, right, shared_m2, shared in zip(
            found.left, found.right, found.shared_m2, common, strict=True
        )
    ]
    return sorted(pairs, key=lambda pair: (pair.left, pair.right))


def shares(drawn: Drawn, units: Drawn) -> list[Share]:
    """How much of every outline lies in every unit; by id, then the largest share first."""
    found = ground.shared_ground(drawn.outlines, units.outlines)
    table = [
        Share(drawn.ids[row], units.ids[unit], float(shared_m2), float(share))
        for row, unit, shared_m2, share in zip(
            found.row, found.unit, found.shared_m2, found.share, strict=True
        )
    ]
    return sorted(table, key=lambda item: (item.id, -item.shared_m2, item.unit))
