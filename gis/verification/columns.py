"""Fields, rows and cells of a layer against its profile and its plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from gis.delivery.comparing import same_value
from gis.delivery.profiles import Column
from gis.delivery.sheets import JOINT, Value
from gis.language import Text, say
from gis.verification.faults import NOTHING, Fault, fault
from gis.verification.letters import diagnosis, suspicion
from gis.verification.readings import Bad, CellValue, FoundColumn, Reading, labels
from gis.verification.standard import Wanted

MEASURED = {"measured_ha": "HECT01", "geodesic_ha": "HECT02"}


@dataclass(frozen=True, eq=False, slots=True)
class Matched:
    """Which row of the plan each record is, or None, and how faults name the records."""

    keys: tuple[str | None, ...]
    labels: tuple[str, ...]


def judge_columns(reading: Reading, wanted: Wanted, *, exact: bool) -> Iterator[Fault]:
    """Every field of the profile is there once, of its type; `exact`: and of its width."""
    found, names = reading.names, [column.name for column in wanted.columns]
    tell = partial(fault, layer=reading.layer)
    for name, count in Counter(found).items():
        if count > 1:
            yield tell("FLDS05", reading.table_file, field=name, value=count)
    missing = [name for name in names if name not in found]
    strange = [name for name in dict.fromkeys(found) if name not in names]
    for name in missing:
        renamed = _renamed(name, names, found, strange)
        yield tell(
            "FLDS01", reading.table_file, field=name, value=renamed, wanted=name,
            detail=_renaming(renamed)
        )  # fmt: skip
    for name in strange:
        yield tell("FLDS02", reading.table_file, field=name, value=name)
    if not missing and not strange and found != names and len(found) == len(names):
        yield tell("FLDS06", reading.table_file, value=", ".join(found), wanted=", ".join(names))
    for column in wanted.columns:
        for item in reading.columns:
            if item.name == column.name:
                yield from _type_faults(reading, item, column, exact=exact)


def _renamed(
    name: str, names: Sequence[str], found: Sequence[str], strange: Sequence[str]
) -> str | None:
    """The strange field that stands where the missing one should, or differs only in case."""
    alike = [item for item in strange if item.casefold() == name.casefold()]
    if alike:
        return alike[0]
    place = names.index(name)
    if len(found) == len(names) and found[place] in strange:
        return found[place]
    return None


def _renaming(renamed: str | None) -> Text:
    if renamed is None:
        return NOTHING
    return say("ở đó là “{name}”", "“{name}” stands there", name=renamed)


def _type_faults(
    reading: Reading, found: FoundColumn, column: Column, *, exact: bool
) -> Iterator[Fault]:
    tell = partial(fault, layer=reading.layer, field=column.name)
    wanted = "text" if column.type == "text" else "number"
    if found.kind != wanted:
        yield tell("FLDS03", reading.table_file, value=found.declared, wanted=_declared(column))
        return
    if reading.form == "gpkg":
        if found.declared in ("integer", "decimal") and found.declared != column.type:
            yield tell("FLDS03", reading.table_file, value=found.declared, wanted=column.type)
        return
    size, asked = (found.width, found.decimals), (column.width, column.decimals)
    if (exact and size != asked) or (column.type == "decimal" and size[1] < asked[1]):
        yield tell("FLDS04", reading.table_file, value=found.declared, wanted=_declared(column))


def _declared(column: Column) -> str:
    letter = "C" if column.type == "text" else "N"
    width = f"{column.width},{column.decimals}" if column.decimals else str(column.width)
    return f"{letter}({width})"


# --- rows ----------------------------------------------------------------------------------------


def ids_of(reading: Reading, key: str) -> list[CellValue | Bad]:
    """The ids of the records, as they were read."""
    if key not in reading.names:
        return [None for _ in reading.rows]
    place = reading.names.index(key)
    return [row[place] for row in reading.rows]


def matched(reading: Reading, wanted: Wanted) -> Matched:
    """Which row of the plan every record is: by its id, else by its place where that is free."""
    ids = ids_of(reading, wanted.key)
    if wanted.rows is None:
        told = [item if isinstance(item, str) else None for item in ids]
        return Matched(tuple(told), tuple(labels(ids, len(ids))))
    order, seen = list(wanted.rows), set()
    keys: list[str | None] = []
    for item in ids:
        known = isinstance(item, str) and item in wanted.rows and item not in seen
        keys.append(item if known and isinstance(item, str) else None)
        if known:
            seen.add(item)
    if len(keys) == len(order):
        for place, key in enumerate(keys):
            if key is None and order[place] not in seen:
                keys[place] = order[place]
    return Matched(tuple(keys), tuple(labels(ids, len(ids))))


def judge_rows(reading: Reading, wanted: Wanted, match: Matched) -> Iterator[Fault]:
    """Every row of the plan is there once, under its id."""
    tell = partial(fault, layer=reading.layer, field=wanted.key)
    ids = ids_of(reading, wanted.key)
    rows = wanted.rows
    if rows is not None and len(ids) != len(rows):
        yield fault(
            "ROWS01", reading.table_file, layer=reading.layer, value=len(ids), wanted=len(rows)
        )
    if wanted.key not in reading.names:
        return
    seen: set[str] = set()
    for item, label in zip(ids, match.labels, strict=True):
        if item is None:
            yield tell("ROWS02", reading.table_file, row=label)
        elif isinstance(item, str):
            if item in seen:
                yield tell("ROWS03", reading.table_file, row=item, value=item)
            elif rows is not None and item not in rows:
                yield tell("ROWS04", reading.table_file, row=item, value=item)
            seen.add(item)
    for key in rows or ():
        if key not in seen:
            yield tell("ROWS05", reading.table_file, row=key, wanted=key)


# --- cells ---------------------------------------------------------------------------------------


def judge_cells(reading: Reading, wanted: Wanted, match: Matched) -> Iterator[Fault]:
    """Every cell says what the plan says; without a plan, every text and code is sound."""
    columns = [
        (place, number, column)
        for number, column in enumerate(wanted.columns)
        for place in _places(reading, column.name)
    ]
    for number, row in enumerate(reading.rows):
        key = match.keys[number]
        values = None if wanted.rows is None or key is None else wanted.rows[key]
        for place, own, column in columns:
            told = _cell_fault(
                column, row[place], None if values is None else values[own],
                compared=values is not None, is_key=column.name == wanted.key,
            )  # fmt: skip
            if told is not None:
                code, value, should, detail = told
                yield fault(
                    code, reading.table_file, layer=reading.layer, row=match.labels[number],
                    field=column.name, value=value, wanted=should, detail=detail,
                )  # fmt: skip


def _places(reading: Reading, name: str) -> list[int]:
    return [place for place, found in enumerate(reading.names) if found == name][:1]


Told = tuple[str, str | None, str | None, Text]


def _cell_fault(
    column: Column, found: CellValue | Bad, wanted: Value, *, compared: bool, is_key: bool
) -> Told | None:
    if isinstance(found, Bad):
        return _unread(column, found, wanted if compared else None)
    if not compared:
        return _alone(column, found)
    if column.type == "text" and isinstance(wanted, Decimal | int):
        wanted = format(wanted, "f") if isinstance(wanted, Decimal) else str(wanted)
    if same_value(column, wanted, found):
        return None
    told = _other(column, found, wanted)
    # an id that is missing or unknown is told as a row
    return None if is_key and told[0] in ("CELL08", "CELL09") else told


def _other(column: Column, found: CellValue, wanted: Value) -> Told:
    """In what way a cell is other than the plan says."""
    value = None if found is None else str(found)
    should = None if wanted is None else str(wanted)
    if found is None:
        return "CELL09", None, should, NOTHING
    if isinstance(found, str) and isinstance(wanted, str):
        became = diagnosis(found, wanted)
        if became is not None:
            return became[0], value, should, became[1]
    if isinstance(found, str) and not _is_known(column, found):
        return "CELL10", value, should, _codes(column)
    if wanted is None:
        return "CELL11", value, None, NOTHING
    return "CELL08", value, should, NOTHING


def _unread(column: Column, found: Bad, wanted: Value) -> Told:
    """A cell that could not be read, and, where the plan tells it, what it was before."""
    should = None if wanted is None else str(wanted)
    if isinstance(wanted, str):
        raw = found.shown
        became = diagnosis(raw, wanted)
        if became is not None and became[0] != "CELL06":
            return became[0], raw, should, became[1]
    return found.code, found.shown, should, NOTHING


def _alone(column: Column, found: CellValue) -> Told | None:
    """What can be said of a cell without a plan."""
    if not isinstance(found, str):
        return None
    if not _is_known(column, found):
        return "CELL10", found, None, _codes(column)
    wrong = suspicion(found)
    return None if wrong is None else (wrong[0], found, None, wrong[1])


def _is_known(column: Column, found: str) -> bool:
    """Whether a text is of the column's code list; a joined field lists several."""
    if not column.codes:
        return True
    parts = found.split(JOINT) if column.field.joined else [found]
    return all(part in column.codes.values() for part in parts)


def _codes(column: Column) -> Text:
    known = ", ".join(column.codes.values())
    return say("danh mục: {known}", "the list: {known}", known=known)
