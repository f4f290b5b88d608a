"""Plan folder to Plan: the only reader of plan data.

Everything that is wrong is told at once: the shape of every cell (`gis.tables`), what one table
promises about another (`gis.promises`), and the outlines (`gis.layers`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from gis.errors import PlanError, Problem
from gis.language import say
from gis.model import Card, Plan
from gis.promises import PLAN_CARD, TABLES, RawTable, Table, broken_promises
from gis.values import Faulty, read

DEFAULT_PLAN = "thai-nguyen-341"
LAYER_FILES = ("sites.geojson", "communes.geojson", "craft_points.geojson")


def plans_folder() -> Path:
    """The folder of plans: beside the package in a checkout, inside it in a built wheel."""
    package = Path(__file__).resolve().parent
    return next(
        (folder for folder in (package / "_layers", package.parent / "layers") if folder.is_dir()),
        package.parent / "layers",
    )


def default_plan() -> Path:
    """The folder of Decision 341/QĐ-UBND."""
    return plans_folder() / DEFAULT_PLAN


def load_plan(folder: Path, *, geometry: bool = True) -> Plan:
    """Read a plan folder and check all of it.

    Raises: PlanError, listing everything that is wrong.
    """
    files = _read_folder(folder)
    content_sha256 = _content_sha256(files)
    problems: list[Problem] = []
    card = _read_card(folder, files, problems)
    raw = {table.name: _read_table(table, files, problems) for table in TABLES}
    text = _text(card, files, problems)
    rows = {table.name: _parsed(table, raw[table.name], problems) for table in TABLES}
    if card is None:
        raise PlanError(*problems)
    plan = _assembled(card, content_sha256, rows, text)
    problems += broken_promises(plan, raw, files)
    if geometry:
        from gis.layers import read_layers  # geopandas costs half a second: only where needed

        layers, layer_problems = read_layers(plan, files)
        problems += layer_problems
        plan = replace(plan, layers=layers)
    if problems:
        raise PlanError(*problems)
    return plan


def plan_content_sha256(folder: Path) -> str:
    """The hash of what a plan folder holds, as a loaded plan bears it.

    Raises: PlanError.
    """
    return _content_sha256(_read_folder(folder))


# --- reading -------------------------------------------------------------------------------


def _read_folder(folder: Path) -> dict[str, bytes]:
    """The bytes of every file the plan is made of, by name."""
    if not (folder / PLAN_CARD).is_file():
        raise PlanError(
            Problem(
                str(folder / PLAN_CARD),
                say("không tìm thấy tệp", "no such file"),
                say(
                    "chỉ --plan tới thư mục có plan.toml",
                    "point --plan at a folder that holds plan.toml",
                ),
            )
        )
    names = [PLAN_CARD, *(table.file for table in TABLES), *LAYER_FILES]
    try:
        files = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
        card_text = files[PLAN_CARD].decode("utf-8", "replace")
        files |= {
            path.name: path.read_bytes()
            for path in sorted(folder.glob("*.txt"))
            if path.name in card_text
        }
    except OSError as error:
        raise PlanError(
            Problem(
                str(error.filename or folder),
                say("không đọc được: {why}", "cannot be read: {why}", why=error.strerror or error),
                say("kiểm tra quyền đọc tệp", "check that the file may be read"),
            )
        ) from error
    return files


def _content_sha256(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name} {hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return digest.hexdigest()


def _decoded(name: str, data: bytes, problems: list[Problem]) -> str:
    """File text as NFC without byte-order mark; a text of another encoding is a problem."""
    try:
        return unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(
            Problem(
                name,
                say("không phải UTF-8", "is not UTF-8"),
                say(
                    "lưu lại tệp với mã UTF-8 (Excel: CSV UTF-8)",
                    "save the file as UTF-8 (Excel: CSV UTF-8)",
                ),
                row=str(line),
                value=repr(data[error.start : error.start + 8]),
            )
        )
        return ""


def _read_card(folder: Path, files: Mapping[str, bytes], problems: list[Problem]) -> Card | None:
    name = str(folder / PLAN_CARD)
    before = len(problems)
    text = _decoded(name, files[PLAN_CARD], problems)
    if len(problems) > before:
        return None
    try:
        return read(Card, tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        problems.append(
            Problem(
                name,
                say("TOML không đọc được: {why}", "is not readable TOML: {why}", why=error),
                say("sửa dòng được nêu", "mend the line it names"),
            )
        )
    except Faulty as error:
        problems += [
            Problem(name, item.what, item.mend, field=item.field, value=item.value)
            for item in error.faults
        ]
    return None


def _read_table(table: Table, files: Mapping[str, bytes], problems: list[Problem]) -> RawTable:
    """Rows as written, each with the line it ends on; a missing file is an empty table."""
    if table.file not in files:
        return []
    text = _decoded(table.file, files[table.file], problems)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: RawTable = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if header and _header_is_sound(table, header, problems):
            for cells in reader:
                row = _row_of(table, header, cells, reader.line_num, problems)
                if row:
                    rows.append((reader.line_num, row))
    except csv.Error as error:
        problems.append(
            Problem(
                table.file,
                say("CSV không đọc được: {why}", "is not readable CSV: {why}", why=error),
                say("kiểm tra dấu nháy kép của dòng này", "check the quotes of this row"),
                row=str(reader.line_num),
            )
        )
    return rows


def _row_of(
    table: Table, header: Sequence[str], cells: Sequence[str], line: int, problems: list[Problem]
) -> dict[str, str | None] | None:
    if not any(cells):
        return None
    if len(cells) != len(header):
        problems.append(
            Problem(
                table.file,
                say(
                    "có {found} ô, tiêu đề có {wanted}",
                    "has {found} cells, the header {wanted}",
                    found=len(cells),
                    wanted=len(header),
                ),
                say(
                    "thêm hoặc bớt ô; ô có dấu phẩy phải nằm trong nháy kép",
                    "add or remove cells; a cell with a comma needs quotes",
                ),
                row=str(line),
            )
        )
        return None
    return dict(zip(header, [cell or None for cell in cells], strict=True))


def _header_is_sound(table: Table, header: Sequence[str], problems: list[Problem]) -> bool:
    known, optional = table.row._fields, table.row._field_defaults
    required = [name for name in known if name not in optional]
    faults = [
        (name, say("cột lạ", "unknown column"), say("bỏ hoặc đổi tên cột", "remove or rename it"))
        for name in dict.fromkeys(header)
        if name not in known
    ]
    faults += [
        (name, say("cột lặp lại", "repeated column"), say("giữ một cột", "keep one"))
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    faults += [
        (name, say("thiếu cột", "column missing"), say("thêm cột này", "add this column"))
        for name in required
        if name not in header
    ]
    problems += [
        Problem(table.file, what, mend, row="1", field=name) for name, what, mend in faults
    ]
    return not faults


def _parsed(table: Table, raw: RawTable, problems: list[Problem]) -> tuple[Any, ...]:
    rows = []
    for line, cells in raw:
        try:
            rows.append(read(table.row, cells))
        except Faulty as error:
            problems += [
                Problem(
                    table.file,
                    item.what,
                    item.mend,
                    row=str(line),
                    field=item.field,
                    value=item.value,
                )
                for item in error.faults
            ]
    return tuple(rows)


def _text(
    card: Card | None, files: Mapping[str, bytes], problems: list[Problem]
) -> tuple[str, tuple[str, ...]]:
    """The sha256 and the lines of the text the plan was taken from, where the card names one."""
    if card is None or card.text is None:
        return "", ()
    data = files.get(card.text.file)
    if data is None:
        missing = say("không tìm thấy tệp", "no such file")
        restore = say("khôi phục văn bản gốc", "restore the original text")
        problems.append(Problem(card.text.file, missing, restore))
        return "", ()
    lines = _decoded(card.text.file, data, problems).split("\n")
    return hashlib.sha256(data).hexdigest(), tuple(lines)


def _assembled(
    card: Card,
    content_sha256: str,
    rows: Mapping[str, tuple[Any, ...]],
    text: tuple[str, tuple[str, ...]],
) -> Plan:
    return Plan(
        card=card,
        content_sha256=content_sha256,
        sites={row.site_id: row for row in rows["sites"]},
        units={row.unit_code: row for row in rows["communes"]},
        activities={row.activity_id: row for row in rows["activities"]},
        codes=rows["codes"],
        compounds=rows["compounds"],
        clauses={row.clause_id: row for row in rows["clauses"]},
        fragments=rows["fragments"],
        places=rows["places"],
        readings=rows["readings"],
        crosswalk=rows["crosswalk"],
        aliases=rows["aliases"],
        occupancy=rows["occupancy"],
        craft_register=rows["craft_points"],
        indicators=rows["indicators"],
        laws=rows["laws"],
        text_sha256=text[0],
        text_lines=text[1],
    )
