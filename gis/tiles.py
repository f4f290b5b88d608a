"""Ground cut into tiles of like many outlines, so that each can be worked on by itself.

Cells of a square grid are put in Hilbert order and cut into runs; a run of cells is a tile. An
outline is a member of every tile its box touches, and two outlines meet in the one tile that holds
the lower left corner of what their boxes share. So nothing is missed, whatever the sizes, and
nothing is found twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

CELLS_A_TILE = 64  # enough that crowded ground is cut as evenly as empty ground
FINEST_LEVEL = 10  # 4 ** 10 cells


def once(numbers: Numbers) -> Numbers:
    """The numbers in order, each once; sorting is several times quicker than `unique`'s table."""
    numbers = np.sort(numbers)
    differs = np.concatenate([[True], numbers[1:] != numbers[:-1]])[: len(numbers)]
    return numbers[np.flatnonzero(differs)]


@dataclass(frozen=True, eq=False, slots=True)
class Tiling:
    """Which tile every cell of the grid belongs to."""

    west: float
    south: float
    cell_width: float
    cell_height: float
    tile_of_cell: NDArray[np.int32]
    count: int

    def tile_at(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """The tile that holds each point."""
        column, row = self._cells(x, y)
        tiles: NDArray[np.int32] = self.tile_of_cell[column, row]
        return tiles

    def decides(self, tile: int, first: Floats, second: Floats) -> Flags:
        """Whether two boxes that meet do so in a tile: true for one tile only."""
        corner = np.maximum(first[:, :2], second[:, :2])
        here: Flags = self.tile_at(corner[:, 0], corner[:, 1]) == tile
        return here

    def memberships(self, box: Floats) -> tuple[Indices, Indices]:
        """The positions of boxes and the tiles they touch, each once, in order of the tiles."""
        if self.count == 1:
            return np.arange(len(box)), np.zeros(len(box), np.intp)
        left, bottom = self._cells(box[:, 0], box[:, 1])
        right, top = self._cells(box[:, 2], box[:, 3])
        wide = right - left + 1
        cells = wide * (top - bottom + 1)
        which = np.repeat(np.arange(len(box)), cells)
        number = np.arange(len(which)) - np.repeat(np.cumsum(cells) - cells, cells)
        column = left[which] + number % wide[which]
        row = bottom[which] + number // wide[which]
        tile = self.tile_of_cell[column, row].astype(np.int64)
        tiles, positions = np.divmod(once(tile * len(box) + which), len(box))
        return positions.astype(np.intp), tiles.astype(np.intp)

    def _cells(self, x: Floats, y: Floats) -> tuple[Indices, Indices]:
        last = len(self.tile_of_cell) - 1
        column = np.clip((x - self.west) / self.cell_width, 0, last).astype(np.intp)
        row = np.clip((y - self.south) / self.cell_height, 0, last).astype(np.intp)
        return column, row


@dataclass(slots=True)
class Census:
    """How many boxes have their middle in each cell; ground first, then the counting."""

    extent: tuple[float, float, float, float]
    level: int
    counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = np.zeros((2**self.level, 2**self.level), np.int64)

    def add(self, box: Floats) -> None:
        """Count some more boxes."""
        grid = self._grid(np.zeros((1, 1), np.int32), 1)
        last = 2**self.level - 1
        middle_x, middle_y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
        column = np.clip((middle_x - grid.west) / grid.cell_width, 0, last).astype(np.intp)
        row = np.clip((middle_y - grid.south) / grid.cell_height, 0, last).astype(np.intp)
        side = 2**self.level
        self.counts += np.bincount(column * side + row, minlength=side * side).reshape(side, side)

    def tiling(self, most: int) -> Tiling:
        """Tiles of like many boxes each, about `most`, along the Hilbert curve."""
        total = int(self.counts.sum())
        if total <= most or self.level == 0:
            return self._grid(np.zeros((2**self.level, 2**self.level), np.int32), 1)
        order = _hilbert_order(self.level)
        along = self.counts.ravel()[order]
        share = total / math.ceil(total / most)
        number = ((np.cumsum(along) - along / 2) / share).astype(np.int64)
        tiles, number = np.unique(number, return_inverse=True)
        tile_of_cell = np.empty(len(order), np.int32)
        tile_of_cell[order] = number
        return self._grid(tile_of_cell.reshape(self.counts.shape), len(tiles))

    def _grid(self, tile_of_cell: NDArray[np.int32], count: int) -> Tiling:
        west, south, east, north = self.extent
        cells = 2**self.level
        width, height = (east - west) / cells or 1.0, (north - south) / cells or 1.0
        return Tiling(west, south, width, height, tile_of_cell, count)


def level_for(outlines: int, most: int) -> int:
    """How finely ground must be gridded for so many outlines."""
    if outlines <= most:
        return 0
    return min(FINEST_LEVEL, math.ceil(math.log(CELLS_A_TILE * outlines / most, 4)))


def tiling_of(box: Floats, most: int) -> Tiling:
    """Tiles of about `most` boxes each."""
    west, south = box[:, :2].min(axis=0, initial=np.inf)
    east, north = box[:, 2:].max(axis=0, initial=-np.inf)
    census = Census((west, south, east, north), level_for(len(box), most))
    census.add(box)
    return census.tiling(most)


def _hilbert_order(level: int) -> Indices:
    """The cells of a grid, column by column, in the order a Hilbert curve visits them."""
    import geopandas as gpd  # half a second: only where there is more than one tile

    side = 2**level
    column, row = np.divmod(np.arange(side * side), side)
    middles = gpd.GeoSeries(gpd.points_from_xy(column + 0.5, row + 0.5))
    distance = middles.hilbert_distance(total_bounds=(0, 0, side, side), level=max(level, 1))
    order: Indices = np.argsort(distance.to_numpy(), kind="stable")
    return order
