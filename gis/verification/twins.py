"""Shapefile and GeoPackage of one kit against one another, where there is no plan to judge both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from gis.delivery.comparing import TOLERANCE_M, same_outline, same_value
from gis.delivery.fitting import LONG_TEXTS, SIDE_TABLE
from gis.verification.columns import ids_of
from gis.verification.faults import Fault, fault
from gis.verification.readings import Bad, CellValue, Reading
from gis.verification.standard import Standard

MARKS = tuple(f"… [{name}]" for name in (SIDE_TABLE, LONG_TEXTS))


def judge_twins(readings: Sequence[Reading], standard: Standard) -> Iterator[Fault]:
    """Every row says the same in both formats, shortened texts by their beginning."""
    for first in readings:
        for second in readings:
            if first.form == "shp" and second.form == "gpkg" and first.layer == second.layer:
                yield from _differences(first, second, standard)


def _differences(first: Reading, second: Reading, standard: Standard) -> Iterator[Fault]:
    short, long = standard.short[first.layer], standard.long[first.layer]
    rows = {item: number for number, item in enumerate(ids_of(second, long.key))
            if isinstance(item, str)}  # fmt: skip
    keys = [item for item in ids_of(first, short.key)]
    tell = partial(fault, layer=first.layer)
    for item in keys:
        if isinstance(item, str) and item not in rows:
            yield tell("GPKG06", second.table_file, row=item, wanted=item)
    for item in rows:
        if item not in keys:
            yield tell("GPKG06", first.table_file, row=str(item), wanted=item)
    for number, item in enumerate(keys):
        if not isinstance(item, str) or item not in rows:
            continue
        twin = rows[item]
        for column in short.columns:
            here, there = first.cell(number, column.name), second.cell(twin, column.field.name)
            if not _same(column, here, there):
                yield tell("GPKG06", first.table_file, row=item, field=column.name, value=here,
                            wanted=there)  # fmt: skip
        if not _same_outlines(first, number, second, twin):
            yield tell("GPKG06", first.outline_file, row=item, field="geometry")


def _same(column: object, here: CellValue | Bad, there: CellValue | Bad) -> bool:
    from gis.delivery.profiles import Column

    assert isinstance(column, Column)
    if isinstance(here, Bad) or isinstance(there, Bad):
        return True  # told already
    if isinstance(here, str) and isinstance(there, str) and here.endswith(MARKS):
        return there.startswith(here[: here.rindex("… [")].rstrip())
    return same_value(column, there, here)


def _same_outlines(first: Reading, number: int, second: Reading, twin: int) -> bool:
    if number in first.settled or twin in second.settled:
        return True
    here, there = first.outlines[number], second.outlines[twin]
    if here is None or there is None:
        return here is there
    return same_outline(there, here, TOLERANCE_M)
