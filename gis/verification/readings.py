"""What was read of one layer of a delivery: columns, cells and outlines, whatever the format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from gis.model import LayerName
from gis.verification.faults import Fault

if TYPE_CHECKING:
    from shapely import Geometry

CellValue = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that could not be read: the code of its fault, what stood there, and why."""

    code: str
    shown: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column as the file declares it; `kind` is what may stand in it."""

    name: str
    kind: Literal["text", "number", "other"]
    declared: str
    width: int = 0
    decimals: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """One layer as it was read: a row of cells and an outline for every record.

    `settled` are records whose outline already has a fault of form, and is compared no further.
    """

    layer: LayerName
    form: Literal["shp", "gpkg"]
    table_file: str
    outline_file: str
    columns: tuple[FoundColumn, ...]
    rows: Sequence[Sequence[CellValue | Bad]]
    outlines: Sequence[Geometry | None]
    faults: tuple[Fault, ...] = ()
    settled: frozenset[int] = field(default_factory=frozenset)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def cell(self, row: int, name: str) -> CellValue | Bad:
        """The cell of a row under a column's name; None where there is no such column."""
        for place, column in enumerate(self.columns):
            if column.name == name:
                return self.rows[row][place]
        return None


def labels(ids: Sequence[CellValue | Bad], count: int) -> list[str]:
    """How faults name the records: by id, or by number where a record has none."""
    told = [str(item) if isinstance(item, str | int) and str(item) else "" for item in ids]
    told += [""] * (count - len(told))
    return [item or f"#{number}" for number, item in enumerate(told, start=1)]
