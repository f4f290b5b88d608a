"""Side tables, projection and encoding: the small files beside the layers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from gis.delivery.fitting import LONG_TEXTS, SIDE_TABLE
from gis.files import inert
from gis.language import Text, say
from gis.model import LayerName
from gis.verification.faults import NOTHING, Fault, fault
from gis.verification.letters import UTF_8, diagnosis, suspicion
from gis.verification.opening import Kit
from gis.verification.readings import Reading
from gis.verification.standard import Standard, side_tables
from gis.verification.systems import named_system

MARK = "… ["
SHORTENED_INTO = {f"{MARK}{name}]": name for name in (SIDE_TABLE, LONG_TEXTS)}


def judge_projection(
    parts: Mapping[str, tuple[str, bytes]], layer: LayerName, crs: str
) -> Iterator[Fault]:
    """The .prj is there and names the plan's coordinate system."""
    if ".prj" not in parts:
        yield fault("PROJ01", f"{_stem(parts)}.prj", layer=layer, wanted=crs)
        return
    name, data = parts[".prj"]
    code, shown = named_system(data, crs)
    if code:
        yield fault(code, name, layer=layer, value=shown, wanted=crs)


def judge_encoding(parts: Mapping[str, tuple[str, bytes]], layer: LayerName) -> Iterator[Fault]:
    """The .cpg is there and says UTF-8."""
    if ".cpg" not in parts:
        yield fault("CPGF01", f"{_stem(parts)}.cpg", layer=layer, wanted="UTF-8")
        return
    name, data = parts[".cpg"]
    told = data[:40].decode("ascii", "replace").strip()
    if told.lower() not in UTF_8 or not told:
        yield fault("CPGF02", name, layer=layer, value=told, wanted="UTF-8")


def _stem(parts: Mapping[str, tuple[str, bytes]]) -> str:
    name = next(iter(parts.values()))[0]
    return name[: name.rindex(".")]


# --- side tables ---------------------------------------------------------------------------------


def judge_side_tables(
    kit: Kit, standard: Standard, readings: list[Reading], *, complete: bool
) -> Iterator[Fault]:
    """Texts too long for a field stand whole in the side tables, under their ids.

    `complete`: the tables must be there; otherwise only where a shortened text refers to them.
    """
    referred = {name for name, _, _ in _marked(readings)}
    wanted = side_tables(standard) if standard.plan is not None else {}
    names = [name for name in (SIDE_TABLE, LONG_TEXTS) if name in {*wanted, *referred, *kit.files}]
    for name in names:
        if name not in kit.files:
            if name in referred or (complete and name in wanted):
                yield fault("SIDE01", name)
            continue
        rows = _rows(kit.files[name])
        if isinstance(rows, Text):
            yield fault("SIDE02", name, detail=rows)
        elif name in wanted:
            yield from _differences(name, rows, wanted[name], _layers_read(readings, standard))
        else:
            yield from _alone(name, rows, readings)


def _layers_read(readings: list[Reading], standard: Standard) -> set[str] | None:
    """The ids of the sites whose layers are there, so that a part of a kit is no fault."""
    read = {reading.layer for reading in readings}
    if {"zones", "clusters"} & standard.sheets.keys() <= read or not read:
        return None
    return {
        key
        for layer in ("zones", "clusters")
        if layer in read and layer in standard.sheets
        for key in standard.sheets[layer].rows
    }


def _marked(readings: list[Reading]) -> Iterator[tuple[str, Reading, int]]:
    """Every cell that refers to a side table."""
    for reading in readings:
        for number, row in enumerate(reading.rows):
            for cell in row:
                if isinstance(cell, str) and cell.endswith("]") and MARK in cell:
                    name = SHORTENED_INTO.get(cell[cell.rindex(MARK) :])
                    if name is not None:
                        yield name, reading, number


def _rows(data: bytes) -> list[list[str]] | Text:
    """The cells of a side table, head first, or why it cannot be read."""
    try:
        text = data.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        return say("không phải UTF-8", "is not UTF-8")
    except csv.Error as error:
        return Text(str(error), str(error))


def _differences(
    name: str, rows: list[list[str]], wanted: list[list[str]], ids: set[str] | None
) -> Iterator[Fault]:
    """A side table against the plan: columns, rows by id, cells."""
    head, *should = [[inert(cell) for cell in row] for row in wanted]
    if not rows or rows[0] != head:
        shown = ", ".join(rows[0]) if rows else None
        yield fault("SIDE03", name, field="head", value=shown, wanted=", ".join(head))
        return
    keys = 3 if name == LONG_TEXTS else 1
    found: dict[tuple[str, ...], list[str]] = {}
    for number, row in enumerate(rows[1:], start=2):
        key = tuple(row[:keys])
        if len(row) != len(head) or key in found:
            told = " ".join(key) or f"#{number}"
            yield fault("SIDE03", name, row=told, value=len(row), wanted=len(head))
        else:
            found[key] = row
    plan = {tuple(row[:keys]): row for row in should}
    for key in plan.keys() - found.keys():
        if ids is None or key[0] in ids:
            yield fault("SIDE03", name, row=" ".join(key), wanted=" ".join(key))
    for key, row in found.items():
        if key not in plan:
            yield fault("SIDE03", name, row=" ".join(key), value=" ".join(key))
        else:
            yield from _cell_differences(name, head, row, plan[key], " ".join(key))


def _cell_differences(
    name: str, head: list[str], found: list[str], wanted: list[str], key: str
) -> Iterator[Fault]:
    for column, cell, text in zip(head, found, wanted, strict=True):
        if cell != text:
            became = diagnosis(cell, text)
            code, detail = became if became is not None else ("SIDE04", NOTHING)
            yield fault(code, name, row=key, field=column, value=cell, wanted=text, detail=detail)


def _alone(name: str, rows: list[list[str]], readings: list[Reading]) -> Iterator[Fault]:
    """A side table without a plan: every shortened text stands in it with its beginning."""
    if not rows:
        yield fault("SIDE03", name)
        return
    head, *body = rows
    whole = [cell for row in body for cell in row]
    for row in body:
        for column, cell in zip(head, row, strict=False):
            wrong = suspicion(cell)
            if wrong is not None:
                yield fault(wrong[0], name, row=row[0], field=column, value=cell, detail=wrong[1])
    for told, reading, number in _marked(readings):
        if told != name:
            continue
        for field, told_cell in zip(reading.columns, reading.rows[number], strict=True):
            if isinstance(told_cell, str) and told_cell.endswith(f"{MARK}{name}]"):
                start = inert(told_cell[: told_cell.rindex(MARK)].rstrip())
                if not any(text.startswith(start) for text in whole):
                    yield fault(
                        "SIDE04", name, layer=reading.layer, row=f"#{number + 1}",
                        field=field.name, wanted=start,
                    )  # fmt: skip
