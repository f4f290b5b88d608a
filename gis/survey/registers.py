"""The registers a plan is filled with: craft-village points, and lots with who holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gis.asking.gazetteer import folded
from gis.errors import Problem
from gis.files import INERT_BEFORE
from gis.language import Text, say
from gis.model import Plan
from gis.survey.columns import heading, hectares_in, roles_of
from gis.survey.grids import Grid, GridRow, cells_of
from gis.survey.model import (
    Match,
    Matching,
    SurveyError,
    SurveyFile,
    SurveyLayer,
    SurveyRow,
)
from gis.tables import CraftPoint, Tenancy
from gis.values import Faulty
from gis.values import read as read_noun

MOST_HEADING_ROWS = 30
MOST_NAMED = 20
FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "craft": {
        "point_id": ("pointid", "madiem", "madiemcn", "macraft", "id"),
        "unit_code": ("unitcode", "maxa", "maphuong", "madvhc", "maxaphuong"),
        "name": ("name", "tendiem", "ten", "diem", "tenlangnghe", "langnghe", "diemcongnghiep",
                 "tendiemcongnghiep"),
        "stated_ha": ("statedha", "areaha", "dientichha", "dtha", "ha", "hecta"),
        "stated_m2": ("aream2", "dientichm2", "dtm2"),
        "trade": ("trade", "nghe", "nganhnghe", "tennghe"),
        "as_of": ("asof", "ngay", "tinhden", "tinhdenngay", "thoidiem", "date"),
        "source": ("source", "nguon", "cancu", "vanban"),
    },
    "occupancy": {
        "site_id": ("siteid", "makhu", "makcn", "maccn", "makhucum", "macum"),
        "name": ("site", "name", "tenkhu", "tenkcn", "tenccn", "tenkhucum", "khu", "cum", "khucum",
                 "khucongnghiep", "cumcongnghiep", "khucumcongnghiep"),
        "lot": ("lot", "lo", "malo", "solo", "tenlo", "lodat", "thua", "sothua"),
        "tenant": ("tenant", "donvi", "doanhnghiep", "congty", "chudautu", "nhadautu", "benthue",
                   "tendoanhnghiep", "donvithue"),
        "area_ha": ("areaha", "dientichha", "dtha", "ha", "hecta"),
        "area_m2": ("aream2", "dientichm2", "dtm2"),
        "status": ("status", "trangthai", "tinhtrang", "hientrang"),
        "as_of": ("asof", "ngay", "tinhden", "tinhdenngay", "thoidiem", "date"),
        "source": ("source", "nguon", "cancu", "vanban"),
    },
}  # fmt: skip
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {  # one of each
    "craft": (("name",), ("stated_ha", "stated_m2")),
    "occupancy": (("lot",), ("status",), ("area_ha", "area_m2")),
}
STATUSES: Mapping[str, tuple[str, ...]] = {
    "available": ("available", "free", "vacant", "trong", "controng", "chuachothue", "conlai",
                  "datrong", "chualapday"),
    "reserved": ("reserved", "giucho", "dangky", "dadangky", "dukien", "dangxuctien"),
    "leased": ("leased", "dachothue", "dathue", "chothue", "dagiao", "dagiaodat"),
    "operating": ("operating", "hoatdong", "danghoatdong", "dahoatdong", "sanxuat"),
}  # fmt: skip
VIETNAMESE_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every row of a register that does not say it itself."""

    as_of: date | None = None
    source: str = ""


# --- in ------------------------------------------------------------------------------------------


def read_register(
    name: str,
    parts: Mapping[str, str],
    form: str,
    grids: Sequence[Grid],
    layer: SurveyLayer,
    source_layer: str | None,
) -> SurveyFile:
    """The rows of a register, from the first sheet whose headings fit.

    Raises: SurveyError.
    """
    chosen = [grid for grid in grids if source_layer in (None, grid.name)]
    for grid in chosen:
        for index, row in enumerate(grid.rows[:MOST_HEADING_ROWS]):
            texts = cells_of(row)
            if _heads(texts, layer):
                _refuse_formulas(name, grid, index, texts)
                rows = tuple(_rows(texts, grid.rows[index + 1 :], layer))
                if rows:
                    return SurveyFile(name, parts, form, grid.name, None, rows, grid.notices)
    wanted = [" / ".join(names) for names in NEEDED[layer]]
    raise SurveyError(
        Problem(
            name,
            say("thiếu cột hoặc không có dòng nào", "lacks columns, or has no rows"),
            say("cần các cột: {names}", "it needs the columns: {names}", names=wanted),
        )
    )


def _heads(texts: Sequence[str], layer: SurveyLayer) -> bool:
    found = _columns(texts, layer)
    return all(any(name in found for name in names) for names in NEEDED[layer])


def _columns(headings: Sequence[str], layer: SurveyLayer) -> dict[str, str]:
    """The heading that stands for each field of a register."""
    given: dict[str, str] = {}
    for text in headings:
        if text:
            given.setdefault(heading(text), text)
    return {
        field: given[found]
        for field, names in FIELDS[layer].items()
        for found in [next((name for name in names if name in given), "")]
        if found
    }


def _refuse_formulas(name: str, grid: Grid, index: int, texts: Sequence[str]) -> None:
    first = grid.rows[index].number
    problems = [
        Problem(
            name,
            say("là công thức", "is a formula"),
            say("chép rồi dán giá trị (Paste Values)", "copy it and paste values"),
            layer=grid.name,
            row=str(row),
            field=texts[column - 1],
        )
        for row, column in sorted(grid.formulas)
        if row > first and column <= len(texts) and texts[column - 1]
    ]
    if problems:
        raise SurveyError(*problems[:MOST_NAMED])


def _rows(texts: Sequence[str], rows: Sequence[GridRow], layer: SurveyLayer) -> Iterator[SurveyRow]:
    places = roles_of([text for text in texts if text], layer)
    columns = _columns(texts, layer)
    for row in rows:
        cells = cells_of(row)
        attributes = {text: cell for text, cell in zip(texts, cells, strict=False) if text}
        if not any(attributes.values()):
            continue
        yield register_row(row.number, attributes, columns, places, layer)


def register_row(
    number: int,
    attributes: Mapping[str, str],
    columns: Mapping[str, str],
    places: Mapping[str, str],
    layer: SurveyLayer,
) -> SurveyRow:
    """A row of a register; for craft points its code and name are those of the commune."""

    def cell(role: str) -> str:
        return attributes.get(places.get(role, ""), "")

    if layer == "craft":
        name, code = cell("commune"), attributes.get(columns.get("unit_code", ""), "")
    else:
        name = attributes.get(columns.get("name", ""), "")
        code = attributes.get(columns.get("site_id", ""), "")
    return SurveyRow(
        number,
        attributes,
        name=name,
        code=code,
        commune=cell("commune"),
        district=cell("district"),
        kind=cell("kind"),
    )


def as_register(read: SurveyFile, layer: SurveyLayer) -> SurveyFile:
    """Rows that came with outlines, as rows of a register that keep them.

    Raises: SurveyError.
    """
    texts = list(dict.fromkeys(key for row in read.rows for key in row.attributes))
    wanted = [" / ".join(names) for names in NEEDED[layer]]
    if not _heads(texts, layer):
        raise SurveyError(
            Problem(
                read.file,
                say("thiếu cột của sổ", "lacks columns of the register"),
                say(
                    "cần: {names}",
                    "it needs: {names}",
                    names=wanted,
                ),
            )
        )
    columns, places = _columns(texts, layer), roles_of(texts, layer)
    rows = []
    for row in read.rows:
        made = register_row(row.number, row.attributes, columns, places, layer)
        rows.append(
            SurveyRow(
                made.number, made.attributes, row.outline, made.name, made.code, made.commune,
                made.district, made.kind, row.stated_ha,
            )
        )  # fmt: skip
    return SurveyFile(
        read.file, read.parts, read.form, read.layer, read.declared_crs, tuple(rows), read.notices
    )


# --- rows to entries of the plan -----------------------------------------------------------------


Entry = CraftPoint | Tenancy


def entries(
    plan: Plan, read: SurveyFile, matching: Matching, layer: SurveyLayer, defaults: Defaults
) -> dict[int, Entry]:
    """The entries of the matched rows, by row.

    Raises: SurveyError, with every cell that cannot be one.
    """
    matched = {item.row: item for item in matching.matched}
    taken = {point.point_id for point in plan.craft_register}
    problems: list[Problem] = []
    found: dict[int, Entry] = {}
    keys: dict[object, int] = {}
    for row in read.rows:
        match = matched.get(row.number)
        if match is None:
            continue
        made = _entry(read, row, match, layer, defaults, taken, problems)
        if made is None:
            continue
        key: object = made.point_id if isinstance(made, CraftPoint) else (made.site_id, made.lot)
        if key in keys:
            problems.append(_repeated(read, row, keys[key], key))
        keys.setdefault(key, row.number)
        found[row.number] = made
    if problems:
        raise SurveyError(*problems[:MOST_NAMED])
    return found


def _repeated(read: SurveyFile, row: SurveyRow, first: int, key: object) -> Problem:
    return Problem(
        read.file,
        say("lặp lại dòng {n}", "repeats row {n}", n=str(first)),
        say("giữ một dòng", "keep one of them"),
        layer=read.layer,
        row=str(row.number),
        value=", ".join(key) if isinstance(key, tuple) else str(key),
    )


def _entry(
    read: SurveyFile,
    row: SurveyRow,
    match: Match,
    layer: SurveyLayer,
    defaults: Defaults,
    taken: set[str],
    problems: list[Problem],
) -> Entry | None:
    columns = _columns(list(row.attributes), layer)
    cell = {field: row.attributes.get(text, "") for field, text in columns.items()}
    before = len(problems)
    for field, text in cell.items():
        if text.startswith(INERT_BEFORE):
            what = say("bắt đầu như một công thức", "begins like a formula")
            clean = say("bỏ dấu đầu ô", "remove the sign it begins with")
            problems.append(_cell_problem(read, row, columns[field], text, what, clean))
    values: dict[str, object] = {
        "as_of": _date(cell.get("as_of", "")) or defaults.as_of,
        "source": cell.get("source", "") or defaults.source or read.file,
    }
    if layer == "craft":
        unit_code = match.identities[0]
        values |= {
            "point_id": cell.get("point_id") or _new_id(unit_code, taken),
            "unit_code": unit_code,
            "name": cell.get("name", ""),
            "stated_ha": hectares_in(cell.get("stated_ha", ""), cell.get("stated_m2", "")),
            "trade": cell.get("trade", ""),
        }
        taken.add(str(values["point_id"]))
    else:
        values |= {
            "site_id": match.identities[0],
            "lot": cell.get("lot", ""),
            "tenant": cell.get("tenant", ""),
            "area_ha": hectares_in(cell.get("area_ha", ""), cell.get("area_m2", "")),
            "status": _status(cell.get("status", "")),
        }
    if len(problems) > before:
        return None
    try:
        return read_noun(CraftPoint, values) if layer == "craft" else read_noun(Tenancy, values)
    except Faulty as error:
        for field in dict.fromkeys(item.field for item in error.faults):
            shown = columns.get(field) or columns.get(field.replace("_ha", "_m2")) or field
            problems.append(
                _cell_problem(read, row, shown, row.attributes.get(shown, ""), *_told(field))
            )
    return None


def _cell_problem(
    read: SurveyFile, row: SurveyRow, field: str, value: str, what: Text, mend: Text
) -> Problem:
    return Problem(
        read.file, what, mend, layer=read.layer, row=str(row.number), field=field, value=value
    )


def _told(field: str) -> tuple[Text, Text]:
    match field:
        case "as_of":
            return (
                say("thiếu ngày, hoặc không phải ngày", "is missing, or is no date"),
                say(
                    "ghi ngày/tháng/năm, hoặc dùng --surveyed-on",
                    "write day/month/year, or use --surveyed-on",
                ),
            )
        case "status":
            return (
                say("tình trạng lạ", "is no status we know"),
                say(
                    "ghi available, reserved, leased hoặc operating (còn trống, giữ chỗ, đã thuê, "
                    "hoạt động)",
                    "write available, reserved, leased or operating",
                ),
            )
        case "stated_ha" | "area_ha":
            return (
                say("không phải diện tích lớn hơn 0", "is no area above zero"),
                say("ghi số héc-ta, ví dụ 2,5", "write hectares, such as 2.5"),
            )
        case _:
            return say("ô trống hoặc sai dạng", "is empty or malformed"), say("điền", "fill it in")


def _new_id(unit_code: str, taken: set[str]) -> str:
    number = 1
    while f"{unit_code}-{number}" in taken:
        number += 1
    return f"{unit_code}-{number}"


def _date(text: str) -> date | None:
    try:
        found = VIETNAMESE_DATE.fullmatch(text.strip())
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _status(text: str) -> str:
    plain = heading(folded(text))
    return next((status for status, names in STATUSES.items() if plain in names), text)
