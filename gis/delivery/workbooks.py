"""Workbooks: every layer as a sheet, the dictionary and the check results, read back by GDAL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from gis.coordinates import coordinate_table, facts, header, rows
from gis.delivery.comparing import Found, differences
from gis.delivery.dictionaries import CODE_HEAD, FIELD_HEAD, code_rows, field_rows
from gis.delivery.fitting import Table, long_table, refuse
from gis.delivery.orders import Order, Written, not_whole, telling_of_writing
from gis.delivery.profiles import Column
from gis.delivery.sheets import Value
from gis.errors import OutputError
from gis.model import Plan
from gis.report import FINDING_COLUMNS, finding_rows
from gis.spreadsheets import Cell, NewSheet, workbook_bytes
from gis.tables import Provenance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIELD_SHEET, CODE_SHEET, CHECK_SHEET = "tu_dien_truong", "tu_dien_ma", "ket_qua_kiem_tra"
COORDINATE_FOLDER = "bang_ke_toa_do"
UNNAMED = re.compile(r"Field\d+")  # what GDAL calls columns of a sheet that has nothing but heads
HEADS_AS_TEXT = {"OGR_XLSX_HEADERS": "FORCE", "OGR_XLSX_FIELD_TYPES": "STRING"}


def write_xlsx(order: Order, folder: Path) -> list[Written]:
    """The layers without outlines, what fields and codes mean, and what the checks found.

    Raises: OutputError.
    """
    path = folder / f"{order.plan.card.code}.xlsx"
    tables = [long_table(sheet, order.profile, path.name) for sheet in order.sheets]
    found_by_checks = list(finding_rows(order.report, "vi")) if order.report else []
    others = (
        NewSheet(FIELD_SHEET, FIELD_HEAD, list(field_rows(order))),
        NewSheet(CODE_SHEET, CODE_HEAD, list(code_rows(order))),
        NewSheet(CHECK_SHEET, FINDING_COLUMNS, found_by_checks),
    )
    data, _ = workbook_bytes([*map(_sheet, tables), *others])
    with telling_of_writing(path):
        path.write_bytes(data)
        found = {table.name: _read(path, table) for table in tables}
        same = all(_texts(path, sheet.name) == _wanted(sheet) for sheet in others)
    for table in tables:
        refuse(differences(table, found[table.name], path.name))
    if not same:
        raise OutputError(not_whole(path))
    return [Written(path)]


def written_by() -> str:
    """The writer of workbooks."""
    return f"XlsxWriter {version('XlsxWriter')}"


def _sheet(table: Table) -> NewSheet:
    body = [["" if cell is None else cell for cell in row] for row in table.rows.values()]
    return NewSheet(table.name, table.names, body)


def _wanted(sheet: NewSheet) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in (sheet.header, *sheet.rows)]


# --- reading back --------------------------------------------------------------------------------


def _columns(path: Path, layer: str) -> tuple[list[str], list[NDArray[np.object_]]]:
    """Heads and columns of a sheet as texts, as GDAL reads them."""
    import pyogrio

    before = {name: pyogrio.get_gdal_config_option(name) for name in HEADS_AS_TEXT}
    pyogrio.set_gdal_config_options(HEADS_AS_TEXT)
    try:
        meta, _, _, columns = pyogrio.raw.read(path, layer=layer)
    finally:
        pyogrio.set_gdal_config_options(before)
    names = list(meta["fields"])
    if names and all(UNNAMED.fullmatch(name) for name in names) and len(columns[0]) == 1:
        return [column[0] for column in columns], [column[:0] for column in columns]
    return names, columns


def _texts(path: Path, layer: str) -> list[list[str]]:
    names, columns = _columns(path, layer)
    return [names, *([cell or "" for cell in row] for row in zip(*columns, strict=True))]


def _read(path: Path, table: Table) -> Found:
    names, columns = _columns(path, table.name)
    rows = [
        [_value(column, cell) for column, cell in zip(table.columns, row, strict=False)]
        for row in zip(*columns, strict=True)
    ]
    return Found(names, rows, None, None)


def _value(column: Column, cell: object) -> object:
    """A cell that GDAL gave as text, as what its column holds."""
    if cell is None or column.type == "text":
        return cell
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        return cell
    return int(number) if column.type == "integer" and number == int(number) else number


# --- corner points -------------------------------------------------------------------------------


def surveyed_sites(plan: Plan) -> Iterator[str]:
    """The sites whose outline is a survey's, in the order of the plan."""
    for name in ("zones", "clusters"):
        layer = plan.layers.get(name)
        if layer is not None:
            told = layer.frame["provenance"]
            yield from (key for key in plan.sites if told.get(key) == Provenance.SURVEYED)


def write_coordinates(order: Order, folder: Path) -> list[Written]:
    """The table of corner points of every surveyed site, a workbook each, read back by GDAL.

    Raises: OutputError.
    """
    chosen = {sheet.layer for sheet in order.sheets}
    keys = [key for key in surveyed_sites(order.plan) if _layer_of(order.plan, key) in chosen]
    if keys:
        (folder / COORDINATE_FOLDER).mkdir()
    return [_write_corners(order.plan, key, folder / COORDINATE_FOLDER) for key in keys]


def _layer_of(plan: Plan, site_id: str) -> str:
    return "zones" if plan.sites[site_id].kind == "zone" else "clusters"


def _write_corners(plan: Plan, site_id: str, folder: Path) -> Written:
    path = folder / f"{site_id}.xlsx"
    table = coordinate_table(plan, site_id)
    corners = [list(row) for row in rows(table, "vi")]
    about = [[label, value] for label, value in facts(table, "vi")]
    data, _ = workbook_bytes(
        [
            NewSheet("toa_do", header("vi"), corners),
            NewSheet("thong_tin", ("Mục", "Nội dung"), about),
        ]
    )
    with telling_of_writing(path):
        path.write_bytes(data)
        same = _same_corners(_texts(path, "toa_do")[1:], corners)
    if not same:
        raise OutputError(not_whole(path))
    return Written(
        path, "coordinates", "zones" if _layer_of(plan, site_id) == "zones" else "clusters"
    )


def _same_corners(found: Sequence[Sequence[str]], wanted: Sequence[Sequence[Cell]]) -> bool:
    """Whether every corner came back to the millimetre."""
    return len(found) == len(wanted) and all(
        _same_cell(one, two)
        for row, other in zip(found, wanted, strict=True)
        for one, two in zip(row, other, strict=True)
    )


def _same_cell(found: str, wanted: Cell | Value) -> bool:
    if isinstance(wanted, str) or wanted is None:
        return found == (wanted or "")
    return Decimal(found) == Decimal(str(wanted))
