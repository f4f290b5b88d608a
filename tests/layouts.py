"""Layouts of parcels that a quick way of finding overlaps is likely to get wrong."""

from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon, affinity, box

EAST_M, NORTH_M = 430_000.0, 2_380_000.0
SIDE = 6  # parcels along a side of a sheet


def sheet(nx=SIDE, ny=SIDE, cell=100.0, x=0.0, y=0.0, shake=0.2, seed=1):
    """A coverage of crooked parcels, every edge shared vertex by vertex."""
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(nx + 1.0), np.arange(ny + 1.0), indexing="ij"), -1)
    corner[1:-1, 1:-1] += rng.uniform(-shake, shake, (nx - 1, ny - 1, 2))
    at = np.round(corner * cell + (EAST_M + x, NORTH_M + y), 3)
    return [
        Polygon([at[i, j], at[i + 1, j], at[i + 1, j + 1], at[i, j + 1]])
        for i in range(nx)
        for j in range(ny)
    ]


def block(parcels, x0=1, y0=1, size=3):
    return [parcels[i * SIDE + j] for i in range(x0, x0 + size) for j in range(y0, y0 + size)]


def moved(parcels, x, y):
    return [affinity.translate(item, x, y) for item in parcels]


def turned(parcels, every=2):
    return [item.reverse() if n % every == 0 else item for n, item in enumerate(parcels)]


def with_hole(outer, inner):
    return Polygon(outer.exterior, [inner.exterior])


def densified(parcels, every=2):
    """Some parcels with more vertices on the edges they share."""
    return [
        shapely.segmentize(item, 13.0) if n % every == 0 else item for n, item in enumerate(parcels)
    ]


def nearly(parcels, seed=7):
    """The same coordinates, agreeing only to a billionth of a metre."""
    rng = np.random.default_rng(seed)
    corners = [np.array(item.exterior.coords)[:-1] for item in parcels]
    return [Polygon(at + rng.uniform(-1e-9, 1e-9, at.shape)) for at in corners]


def diagonal_strip(n=12):
    """Parcels whose boxes all meet and whose ground does not."""
    lines = [LineString([(0, k * 10.0), (1000, 1000 + k * 10.0)]) for k in range(n + 1)]
    corners = [list(line.coords) for line in lines]
    return [Polygon([*a, *reversed(b)]) for a, b in pairwise(corners)]


def ring_of(parcel):
    inner = affinity.scale(parcel, 0.4, 0.4)
    return with_hole(parcel, inner), Polygon(inner.exterior)


S = sheet()
FINE = sheet(13, 13, 45.0, 3.0, 5.0, seed=2)
RING, FILLER = ring_of(S[14])
WHOLE = shapely.coverage_union_all(S)
LAYOUTS = {
    "clean sheet": S,
    "one parcel": S[:1],
    "two apart": [S[0], S[-1]],
    "sheet over sheet": [*S, *FINE],
    "same sheet moved": [*S, *moved(S, 30.0, 20.0)],
    "moved by whole cells": [*sheet(shake=0), *moved(sheet(shake=0), 200.0, 100.0)],
    "moved along an edge": [*sheet(shake=0), *moved(sheet(shake=0), 50.0, 0.0)],
    "block twice": [*S, *block(S)],
    "block twice, turned": [*S, *turned(block(S), 1)],
    "whole layer twice": [*S, *S],
    "triple": [*S, *S, *S],
    "pair and triple": [*S, *block(S), *block(S, 2, 2, 2)],
    "union cover": [*S, WHOLE],
    "union of a block": [*S, shapely.coverage_union_all(block(S))],
    "box cover": [*S, box(*WHOLE.buffer(20).bounds)],
    "box within": [*S, box(EAST_M + 130, NORTH_M + 130, EAST_M + 470, NORTH_M + 470)],
    "tiny inside": [*S, affinity.scale(S[14], 1e-3, 1e-3)],
    "tiny in a matched parcel of two sheets": [*S, *FINE, affinity.scale(FINE[80], 1e-4, 1e-4)],
    "mixed orientation": turned([*S, *block(S)]),
    "mixed orientation, clean": turned(S, 3),
    "hole filled": [*(p for p in S if p is not S[14]), RING, FILLER],
    "hole filled, turned": [*(p for p in S if p is not S[14]), RING.reverse(), FILLER],
    "hole overfilled": [RING, affinity.scale(FILLER, 1.1, 1.1)],
    "hole filled twice": [RING, FILLER, FILLER],
    "ring twice": [RING, RING, FILLER],
    "multiparts": [MultiPolygon([S[0], S[2]]), S[1], MultiPolygon([S[3], S[5]]), S[4]],
    "multipart over parts": [*S, MultiPolygon([S[0], S[2], S[25]])],
    "multiparts meeting twice": [MultiPolygon([S[0], S[35]]), MultiPolygon([S[0], S[35]])],
    "multipart in the hole": [MultiPolygon([RING, S[30]]), MultiPolygon([FILLER, S[32]]), S[30]],
    "other vertices": densified(S),
    "other vertices, block twice": densified([*S, *block(S)], 3),
    "agreeing to a billionth": [*S[:18], *nearly(S[18:])],
    "all agreeing to a billionth": nearly(S),
    "block twice to a billionth": [*S, *nearly(block(S))],
    "duplicates only": [S[0]] * 5,
    "duplicates, other start": [S[0], Polygon(np.roll(np.array(S[0].exterior.coords[:-1]), 2, 0))],
    "boxes meet only": diagonal_strip(),
    "sliver": [box(0, 0, 100, 100), Polygon([(100, 0), (200, 0), (200, 100), (99.999, 50)])],
    "corner touches": [box(0, 0, 100, 100), box(100, 100, 200, 200), box(200, 0, 300, 100)],
    "cross": [box(0, 40, 100, 60), box(40, 0, 60, 100)],
    "comb": [
        Polygon([(0, 0), (90, 0), (90, 50), (70, 10), (50, 50), (30, 10), (10, 50)]),
        box(0, 40, 90, 60),
    ],
    "far from the origin": moved(sheet(shake=0.1), 1e7, 1e7),
    "near the origin": [*moved(S, -EAST_M - 300, -NORTH_M - 300), box(-50, -50, 50, 50)],
    "negative zeros": [box(-10.0, -10.0, 0.0, 0.0), box(-0.0, -0.0, 10.0, 10.0)],
    "thin as rounding": [
        Polygon([(EAST_M, NORTH_M), (EAST_M + 1000, NORTH_M), (EAST_M + 500, NORTH_M + 1e-9)]),
        *S,
    ],
    "repeated vertices": [Polygon(np.repeat(np.array(item.exterior.coords), 2, 0)) for item in S],
    "heights differ": [shapely.force_3d(item, float(n)) for n, item in enumerate([*S, S[3]])],
    "empties among": [*S[:9], Polygon(), *S[9:], MultiPolygon(), S[20]],
}  # fmt: skip
