"""Sheets to tables: short names and widths of the profile, or long names with all text.

Nothing is cut to fit: a text too long for its column stands there as a marked short form and whole
in the side table; any other value that does not fit is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from gis.delivery.profiles import Column, Profile
from gis.delivery.sheets import Sheet, Value
from gis.errors import OutputError, Problem
from gis.language import Text, say
from gis.model import LayerName
from gis.vocabulary import DBF_TEXT_BYTES, KEY_FIELD, Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE_TABLE = "chuc_nang.csv"  # the long texts of every site, a row a site: joined by its id
LONG_TEXTS = "van_ban_dai.csv"  # every other text that was too long, with layer, id and field
SHORTENED = f"… [{SIDE_TABLE}]"

Cells = tuple[Value, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """A layer under the names of one format: a row of cells and an outline for every id."""

    layer: LayerName
    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: Mapping[str, Cells]
    outlines: NDArray[np.object_]
    crs: str

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def short_table(sheet: Sheet, profile: Profile) -> Table:
    """The sheet as a shapefile holds it: names and widths of the profile, long texts shortened."""
    layer = profile.layers[sheet.layer]
    rows = {
        key: tuple(
            _shortened(sheet.layer, column, row[column.field.name]) for column in layer.columns
        )
        for key, row in sheet.rows.items()
    }
    return Table(
        sheet.layer, layer.file, sheet.title, layer.columns, rows, sheet.outlines, sheet.crs
    )


def long_table(sheet: Sheet, profile: Profile, file: str) -> Table:
    """The sheet under our own names, with all of its text.

    Raises: OutputError, naming every decimal with more digits than a double holds.
    """
    columns = tuple(_own_column(field, profile) for field in sheet.fields)
    refuse(_too_long_for_double(sheet, columns, file))
    rows = {
        key: tuple(row[column.field.name] for column in columns) for key, row in sheet.rows.items()
    }
    return Table(sheet.layer, sheet.layer, sheet.title, columns, rows, sheet.outlines, sheet.crs)


def _own_column(field: Field, profile: Profile) -> Column:
    codes = profile.codes.get(field.name, {})
    return Column(field, field.name, field.type, field.width, field.decimals, codes)


def short_form(text: str, width: int = DBF_TEXT_BYTES, mark: str = SHORTENED) -> str:
    """The beginning of a text and a mark, within so many UTF-8 bytes; no character is broken."""
    room = width - len(mark.encode())
    kept = text.encode()[:room].decode(errors="ignore")
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]  # an accent of its own may not lose its letter, nor the letter it
    return kept.rstrip() + mark


def fits(column: Column, value: Value) -> bool:
    """Whether a DBF column holds the value whole, to its last digit."""
    if column.type == "text":
        return value is None or len(_text(value).encode()) <= column.width
    match value:
        case None:
            return True
        case str():
            return False
        case Decimal() | int():
            shown = f"{value:.{column.decimals}f}"
            return value == Decimal(shown) and len(shown) <= column.width


def _text(value: Value) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def side_table_of(layer: LayerName, column: Column) -> str | None:
    """The side table that holds a text of this column whole; ids and codes are never shortened."""
    field = column.field
    if field.spills:
        return SIDE_TABLE
    long = field.type == "text" and field.width == DBF_TEXT_BYTES
    return LONG_TEXTS if long and not column.codes and field.name != KEY_FIELD[layer] else None


def _shortened(layer: LayerName, column: Column, value: Value) -> Value:
    if column.type != "text" or value is None:
        return value
    whole, side_table = _text(value), side_table_of(layer, column)
    if side_table and not fits(column, whole):
        return short_form(whole, column.width, f"… [{side_table}]")
    return whole


def long_texts(sheet: Sheet, profile: Profile) -> Iterator[tuple[str, Column, str]]:
    """Every text for the table of long texts, with its id and column."""
    columns = profile.layers[sheet.layer].columns
    for key, column, value in _cells(sheet, columns):
        spills = side_table_of(sheet.layer, column) == LONG_TEXTS
        if spills and isinstance(value, str) and not fits(column, value):
            yield key, column, value


def misfits(sheet: Sheet, profile: Profile) -> Iterator[Problem]:
    """Every value that a DBF column would cut or round."""
    layer = profile.layers[sheet.layer]
    file = f"{layer.file}.dbf"
    for key, column, value in _cells(sheet, layer.columns):
        if not fits(column, _shortened(sheet.layer, column, value)):
            what = say(
                "không vừa trường {name} ({width} byte, {decimals} số lẻ); không cắt bớt",
                "does not fit {name} ({width} bytes, {decimals} decimals); nothing is cut",
                name=column.name,
                width=column.width,
                decimals=column.decimals,
            )
            yield _misfit(file, sheet, key, column, what)


def _too_long_for_double(sheet: Sheet, columns: Iterable[Column], file: str) -> Iterator[Problem]:
    for key, column, value in _cells(sheet, columns):
        if isinstance(value, Decimal) and Decimal(repr(float(value))) != value:
            what = say(
                "có quá nhiều chữ số; không làm tròn", "has too many digits to keep them all"
            )
            yield _misfit(file, sheet, key, column, what)


def _cells(sheet: Sheet, columns: Iterable[Column]) -> Iterator[tuple[str, Column, Value]]:
    for key, row in sheet.rows.items():
        for column in columns:
            yield key, column, row[column.field.name]


def _misfit(file: str, sheet: Sheet, key: str, column: Column, what: Text) -> Problem:
    return Problem(
        file,
        what,
        say("rút gọn giá trị trong bảng của quy hoạch", "shorten the value in the plan's table"),
        layer=sheet.layer,
        row=key,
        field=column.field.name,
        value=str(sheet.rows[key][column.field.name]),
    )


def refuse(problems: Iterable[Problem]) -> None:
    """Stop with all the problems at once, if there are any.

    Raises: OutputError.
    """
    if found := tuple(problems):
        raise OutputError(*found)
