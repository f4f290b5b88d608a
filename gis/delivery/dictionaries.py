"""The dictionary of a kit: what every field and code means, from the vocabulary and the profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gis.delivery.orders import Order, Written
from gis.delivery.profiles import Column
from gis.delivery.shapefiles import write_csv
from gis.vocabulary import CODES

FIELD_DICTIONARY = "tu_dien_truong.csv"
CODE_DICTIONARY = "tu_dien_ma.csv"
FIELD_HEAD = (
    *("LOP", "TRUONG", "TRUONG_DAI", "NHAN_VI", "NHAN_EN", "Y_NGHIA_VI", "Y_NGHIA_EN"),
    *("DON_VI", "KIEU", "DO_RONG", "SO_LE", "MA"),
)
CODE_HEAD = ("TRUONG_DAI", "MA", "Y_NGHIA_VI", "Y_NGHIA_EN", "NGUON", "DO_TIN", "GHI_CHU_VI")


def write_dictionaries(order: Order, folder: Path) -> list[Written]:
    """Fields and codes as two tables for a spreadsheet.

    Raises: OutputError.
    """
    fields, codes = list(field_rows(order)), list(code_rows(order))
    return [
        write_csv(folder / FIELD_DICTIONARY, FIELD_HEAD, fields, "dictionary"),
        write_csv(folder / CODE_DICTIONARY, CODE_HEAD, codes, "dictionary"),
    ]


def field_rows(order: Order) -> Iterator[tuple[str, ...]]:
    """Every delivered field: layer, both names, labels, meaning, unit, type, width, code list."""
    for sheet in order.sheets:
        layer = order.profile.layers[sheet.layer]
        for column in layer.columns:
            yield (layer.file, *_field_row(column))


def _field_row(column: Column) -> tuple[str, ...]:
    word = column.field
    return (
        *(column.name, word.name, word.label.vi, word.label.en, word.meaning.vi, word.meaning.en),
        *(word.unit, column.type, str(column.width), str(column.decimals)),
        ", ".join(column.codes.values()),
    )


def code_rows(order: Order) -> Iterator[tuple[str, ...]]:
    """Every code a field may hold, as delivered, with what it means and where it comes from."""
    uses = {use.code: use for use in order.profile.land_uses.values()}
    for name, codes in order.profile.codes.items():
        for ours, theirs in codes.items():
            if name == "land_use_code":
                use = uses[ours]
                source = (use.instrument, use.confidence, use.note.vi)
                yield (name, theirs, use.label.vi, use.label.en, *source)
            else:
                text = CODES[name][ours]
                yield (name, theirs, text.vi, text.en, "", "", "")
