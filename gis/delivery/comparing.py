"""What a reader found in a file against what was to be written: cell by cell, vertex by vertex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gis.delivery.fitting import Table
from gis.delivery.profiles import Column
from gis.delivery.sheets import Value
from gis.errors import Problem
from gis.language import Text, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely import Geometry

TOLERANCE_M = 0.001  # coordinates come back to the millimetre
TOLERANCE_HA = 0.01
METRES_PER_DEGREE = 111_320  # at the equator; the larger of the two, so the stricter


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """A layer as a reader found it; what the format does not hold is None."""

    names: Sequence[str]
    rows: Sequence[Sequence[object]]
    outlines: Sequence[Any] | None
    crs: str | None


@dataclass(frozen=True, slots=True)
class Precision:
    """How finely a format holds positions, and whether in degrees."""

    tolerance_m: float = TOLERANCE_M
    degrees: bool = False

    @property
    def units(self) -> float:
        return self.tolerance_m / METRES_PER_DEGREE if self.degrees else self.tolerance_m


def differences(
    table: Table, found: Found, file: str, precision: Precision | None = None
) -> Iterator[Problem]:
    """Everything that a reader found other than it was to be written."""
    wrong = [*_frame_problems(table, found, file)]
    if wrong:
        yield from wrong
        return
    for (key, row), cells in zip(table.rows.items(), found.rows, strict=True):
        for column, wanted, cell in zip(table.columns, row, cells, strict=True):
            if not same_value(column, wanted, cell):
                yield _difference(table, file, key, column.name, wanted, cell)
    if found.outlines is not None:
        yield from _outline_problems(table, found.outlines, file, precision or Precision())


def _frame_problems(table: Table, found: Found, file: str) -> Iterator[Problem]:
    if list(found.names) != table.names:
        yield _difference(table, file, "", "", ", ".join(table.names), ", ".join(found.names))
    if len(found.rows) != len(table.rows):
        yield _difference(table, file, "", "", len(table.rows), len(found.rows))
    if found.outlines is not None and len(found.outlines) != len(table.rows):
        yield _difference(table, file, "", "geometry", len(table.rows), len(found.outlines))
    if found.crs is not None and not _same_system(table.crs, found.crs):
        yield _difference(table, file, "", "crs", table.crs, found.crs)


@lru_cache(maxsize=64)
def _same_system(wanted: str, found: str) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(found)
    except CRSError:
        return False
    target = CRS.from_user_input(wanted)
    return bool(system.equals(target, ignore_axis_order=True)) or (
        system.to_epsg() is not None and system.to_epsg() == target.to_epsg()
    )


def same_value(column: Column, wanted: Value, found: object) -> bool:
    """Whether a cell says what it should: text exactly, numbers to the declared decimals."""
    if wanted is None or found is None:
        return wanted is None and found in (None, "")
    if isinstance(wanted, str):
        return wanted == found
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        return False
    if column.type == "integer":
        return wanted == found
    half = Decimal(5).scaleb(-column.decimals - 1)
    return abs(Decimal(str(found)) - wanted) < half


# --- outlines ------------------------------------------------------------------------------------


def _outline_problems(
    table: Table, outlines: Sequence[Any], file: str, precision: Precision
) -> Iterator[Problem]:
    import shapely

    for key, wanted, found in zip(table.rows, table.outlines, outlines, strict=True):
        if (wanted is None) != (found is None):
            yield _difference(table, file, key, "geometry", _told(wanted), _told(found))
        elif wanted is not None:
            if not same_outline(wanted, found, precision.units):
                yield _difference(table, file, key, "geometry", _told(wanted), _told(found))
            elif not precision.degrees:
                off_ha = abs(shapely.area(wanted) - shapely.area(found)) / 10_000
                if off_ha > TOLERANCE_HA and precision.tolerance_m <= TOLERANCE_M:
                    yield _difference(table, file, key, "geometry", wanted.area, found.area)


def _told(outline: Any) -> str:
    import shapely

    if outline is None:
        return ""
    return f"{outline.geom_type}, {shapely.get_num_coordinates(outline)} vertices"


def same_outline(wanted: Geometry, found: Geometry, tolerance: float) -> bool:
    """Whether two outlines have the same rings, vertex by vertex, wherever a ring starts or turns.

    Readers may order parts and turn rings their own way.
    """
    import shapely

    first, second = shapely.get_coordinates(wanted), shapely.get_coordinates(found)
    if len(first) != len(second):
        return False
    if _ring_kinds(wanted) == _ring_kinds(found) and _near(first, second, tolerance):
        return True
    left = rings(found)
    for ring in rings(wanted):
        match = next((item for item in left if _matches(ring, item, tolerance)), None)
        if match is None:
            return False
        left = [item for item in left if item is not match]
    return not left


def _near(first: Any, second: Any, tolerance: float) -> bool:
    import numpy as np

    return bool(np.abs(first - second).max(initial=0.0) <= tolerance)


def _matches(wanted: Ring, found: Ring, tolerance: float) -> bool:
    return wanted.hole == found.hole and same_ring(wanted.points, found.points, tolerance)


def _ring_kinds(outline: Any) -> list[tuple[bool, int]]:
    return [(ring.hole, len(ring.points)) for ring in rings(outline)]


@dataclass(frozen=True, eq=False, slots=True)
class Ring:
    """A ring of an outline: its vertices, the first again at its end."""

    hole: bool
    points: NDArray[np.float64]


def rings(outline: Any) -> list[Ring]:
    """The rings of an outline, each part's outer one before its holes."""
    import shapely

    found = []
    for part in shapely.get_parts(outline):
        found.append(Ring(False, shapely.get_coordinates(part.exterior)))
        found += [Ring(True, shapely.get_coordinates(hole)) for hole in part.interiors]
    return found


def same_ring(wanted: NDArray[np.float64], found: NDArray[np.float64], tolerance: float) -> bool:
    """The same vertices in the same order, from any start, in either direction."""
    import numpy as np

    if len(wanted) != len(found):
        return False
    first, second = wanted[:-1], found[:-1]
    off = np.abs(second - first[0]).max(axis=1)
    for start in np.flatnonzero(off <= tolerance):
        forward = np.roll(second, -start, axis=0)
        backward = np.roll(second[::-1], start + 1, axis=0)
        if _near(first, forward, tolerance) or _near(first, backward, tolerance):
            return True
    return False


# --- telling -------------------------------------------------------------------------------------


def _difference(
    table: Table, file: str, row: str, field: str, wanted: object, found: object
) -> Problem:
    what: Text = say(
        "đọc lại khác với giá trị đã ghi: {found}",
        "comes back other than it was written: {found}",
        found=repr(found) if isinstance(found, str | None) else str(found),
    )
    return Problem(
        file,
        what,
        say(
            "bỏ khoảng trắng cuối và ký tự điều khiển, hoặc kiểm tra đĩa rồi xuất lại",
            "remove spaces at the end and control characters, or check the disk and export again",
        ),
        layer=table.layer,
        row=row,
        field=field,
        value=None if wanted is None else str(wanted),
    )
