"""A table of needs, answered row by row; the same need is answered once.

`ask` answers one need on one plan. Many different needs are shared out among processes; for that
`ask` must be a function of a module, so that a new process can find it.
"""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gis.answering.letters import explanation, flags_of
from gis.asking.gazetteer import folded
from gis.errors import GisError, Problem
from gis.language import Language, Text, say
from gis.model import Plan
from gis.spreadsheets import Cell, TableError, cell_text
from gis.verdicts import Answer, Need

Ask = Callable[[Plan, Need], Answer]
Progress = Callable[[int, int], None]  # rows done, rows in all

OUT_COLUMNS = (
    "error",
    "verdict",
    "site_id",
    "clause",
    "line",
    "quote",
    "flags",
    "explanation",
    "plan_status",
)
# folded names of the columns that mean something, by what they mean
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "place": (
        "place", "location", "site", "zone", "cluster", "commune",
        "địa điểm", "vị trí", "nơi", "khu", "cụm", "khu cụm", "tên khu", "tên khu cụm", "kcn",
        "ccn", "kcn ccn", "khu công nghiệp", "cụm công nghiệp", "khu cụm công nghiệp", "xã",
        "địa bàn",
    ),
    "activity": (
        "activity", "industry", "business", "activity in words",
        "ngành nghề", "ngành", "hoạt động", "lĩnh vực", "ngành nghề đầu tư", "tên ngành",
        "ngành nghề kinh doanh", "ngành nghề sản xuất", "ngành nghề dự kiến",
    ),
    "code": (
        "code", "vsic", "isic", "vsic code", "isic code", "industry code", "activity code",
        "mã ngành", "mã vsic", "mã isic", "mã ngành vsic", "mã ngành nghề",
    ),
    "ha": (
        "ha", "hectares", "area", "area ha", "size ha", "land area", "land area ha",
        "diện tích", "diện tích ha", "diện tích đất", "diện tích đất ha", "quy mô ha",
        "nhu cầu đất", "nhu cầu đất ha", "nhu cầu ha",
    ),
    "points": (
        "points", "craft points", "number of points",
        "số điểm", "số điểm ttcn", "số điểm làng nghề",
    ),
}  # fmt: skip
LABELS: Mapping[str, Text] = {
    "place": say("địa điểm", "place"),
    "activity": say("ngành nghề", "activity"),
    "code": say("mã ngành", "code"),
    "ha": say("diện tích", "ha"),
    "points": say("số điểm", "points"),
}
SQUARE_METRES = re.compile(r"\b(m2|m 2|met vuong|square metres?|square meters?|sqm)\b")
MANY_NEEDS = 2000  # different ones; fewer are answered before new processes would have started
NEEDS_A_CHUNK = 100
CHUNKS_AHEAD = 2  # a helper is never out of work
MOST_PROCESSES = 8
LONGEST_NUMBER = 20  # characters
FEWEST_DIGITS_OF_A_NUMERIC_CODE = 4
SHOWN_CELL_CHARACTERS = 60


class RowFault(Exception):
    """Why one row cannot be asked about."""

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason.en)


def answer_table(
    plan: Plan,
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    ask: Ask,
    progress: Progress | None = None,
    *,
    lang: Language = "vi",
    processes: int | None = None,
) -> tuple[list[str], list[list[Cell]]]:
    """The table with its answers beside every row, in the order it came.

    A row that cannot be asked about, or whose answer fails, says why in the column `error`.

    Raises: TableError, when a column that is needed is missing or stands there twice.
    """
    columns, width = find_columns(header), len(header)
    needs = _needs(columns, width, rows)
    tell = progress or _silent
    told = _answered(plan, needs, ask, tell, lang, processes)
    nothing: list[Cell] = [""] * (len(OUT_COLUMNS) - 2)
    status = plan.card.status.in_(lang)
    out_rows = []
    for row, need in zip(rows, needs, strict=True):
        kept = [*row[:width], *[""] * (width - len(row))]
        cells = [need.in_(lang), *nothing] if isinstance(need, Text) else told[need]
        out_rows.append([*kept, *cells, status])
    return [*_kept_names(header), *OUT_COLUMNS], out_rows


def _silent(_done: int, _total: int) -> None:
    return None


# --- columns --------------------------------------------------------------------------------


def find_columns(header: Sequence[str]) -> dict[str, int]:
    """Where each column that means something stands, whatever its language, case and order.

    Raises: TableError, telling all that is wrong at once.
    """
    meanings = {_name(name): key for key, names in COLUMNS.items() for name in names}
    found: dict[str, list[int]] = {}
    for position, name in enumerate(header):
        if meaning := meanings.get(_name(name)):
            found.setdefault(meaning, []).append(position)
    problems = [
        *_missing_columns(header, found),
        *_repeated_columns(header, found),
        *_square_metres(header),
    ]
    if problems:
        raise TableError(*problems)
    return {meaning: positions[0] for meaning, positions in found.items()}


def _name(header: str) -> str:
    """A column's name as words without case, diacritics and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", folded(header)))


def _missing_columns(header: Sequence[str], found: Mapping[str, Any]) -> Iterator[Problem]:
    wanted = {
        "place": say("thiếu cột địa điểm", "has no column for the place"),
        "activity": say(
            "thiếu cột ngành nghề hoặc mã ngành", "has no column for the activity or its code"
        ),
    }
    for meaning, what in wanted.items():
        if meaning in found or (meaning == "activity" and "code" in found):
            continue
        yield _header_problem(
            what,
            say(
                "đặt dòng tiêu đề lên đầu bảng, với các cột: {names}; đã thấy: {header}",
                "put the header in the first row, with columns: {names}; found: {header}",
                names=[Text(f"“{label.vi}”", f"“{label.en}”") for label in LABELS.values()],
                header=[f"“{_short(name)}”" for name in header],
            ),
        )


def _repeated_columns(
    header: Sequence[str], found: Mapping[str, Sequence[int]]
) -> Iterator[Problem]:
    for meaning, positions in found.items():
        if len(positions) > 1:
            yield _header_problem(
                say(
                    "nhiều cột cùng chỉ {meaning}: {names}",
                    "several columns mean the {meaning}: {names}",
                    meaning=LABELS[meaning],
                    names=[f"“{_short(header[place])}”" for place in positions],
                ),
                say("giữ một cột, đổi tên cột kia", "keep one and rename the other"),
            )


def _square_metres(header: Sequence[str]) -> Iterator[Problem]:
    sizes = {_name(name) for name in COLUMNS["ha"]}
    for name in header:
        bare = SQUARE_METRES.sub("", _name(name)).strip()
        if bare != _name(name) and bare in sizes:
            yield _header_problem(
                say("cột “{name}” tính bằng m²", "column “{name}” is in m²", name=_short(name)),
                say("đổi sang héc-ta (chia 10.000)", "give hectares (divide by 10,000)"),
            )


def _header_problem(what: Text, mend: Text) -> Problem:
    return Problem("", what, mend, row="1")


def _kept_names(header: Sequence[str]) -> list[str]:
    """The columns that came, told apart from ours where a former answer is asked again."""
    return [f"{name} (input)" if name in OUT_COLUMNS else name for name in header]


# --- rows -----------------------------------------------------------------------------------


def _needs(
    columns: Mapping[str, int], width: int, rows: Sequence[Sequence[Cell]]
) -> list[Need | Text]:
    """What each row asks, or why it cannot be asked; the same cells are read once."""
    read: dict[object, Need | Text] = {}
    needs = []
    for row in rows:
        asked = tuple([row[place] for place in columns.values()]) if len(row) == width else None
        key = (asked, tuple(map(type, asked))) if asked else id(row)  # "1", 1 and True differ
        if key not in read:
            read[key] = _need_or_fault(columns, width, row)
        needs.append(read[key])
    return needs


def _need_or_fault(columns: Mapping[str, int], width: int, row: Sequence[Cell]) -> Need | Text:
    try:
        if any(cell != "" for cell in row[width:]):
            raise RowFault(
                say(
                    "có {found} ô, tiêu đề có {wanted}; số có dấu phẩy phải nằm trong nháy kép",
                    "has {found} cells, the header {wanted}; a number with a comma needs quotes",
                    found=len(row),
                    wanted=width,
                )
            )
        return _need(
            {meaning: row[place] if place < len(row) else "" for meaning, place in columns.items()}
        )
    except RowFault as fault:
        return fault.reason


def _need(cells: Mapping[str, Cell]) -> Need:
    place = _words(cells.get("place", ""))
    activity = _words(cells.get("activity", ""))
    code = _code(cells.get("code", ""))
    ha = _hectares(cells.get("ha", ""))
    points = _points(cells.get("points", ""))
    if not place:
        raise RowFault(
            say(
                "chưa ghi địa điểm (ô gộp chỉ tính cho dòng đầu)",
                "names no place (merged cells count for their first row only)",
            )
        )
    if not activity and not code and points is None and ha is None:
        raise RowFault(say("chưa hỏi gì: không có ngành nghề", "asks nothing: no activity"))
    return Need(activity, code, place, ha, points)


def _words(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else f"{cell}"


def _code(cell: Cell) -> str:
    """A code as text; a number too short for a code has lost the zeros it began with."""
    if isinstance(cell, str):
        return cell.strip()
    code = f"{cell:g}" if isinstance(cell, float) else str(cell)
    if not code.isdecimal() or len(code) < FEWEST_DIGITS_OF_A_NUMERIC_CODE:
        raise RowFault(
            say(
                "mã ngành “{code}” là số, có thể đã mất số 0 ở đầu; định dạng cột là văn bản",
                "code “{code}” is a number and may have lost its first zeros; make the column text",
                code=code,
            )
        )
    return code


def _hectares(cell: Cell) -> Decimal | None:
    value = _decimal(cell, "ha")
    if value is not None and value <= 0:
        raise RowFault(
            say(
                "diện tích phải lớn hơn 0: {shown}",
                "the hectares must be above zero: {shown}",
                shown=_short(cell),
            )
        )
    return value


def _points(cell: Cell) -> int | None:
    value = _decimal(cell, "points")
    if value is None:
        return None
    if value < 0 or value != int(value):
        raise RowFault(
            say(
                "số điểm phải là số nguyên không âm: {shown}",
                "the points must be a whole number, not negative: {shown}",
                shown=_short(cell),
            )
        )
    return int(value)


def _decimal(cell: Cell, meaning: str) -> Decimal | None:
    """A number as written with a decimal point or comma, or nothing where the cell is empty."""
    if isinstance(cell, bool):
        raise RowFault(_no_number(meaning, cell))
    text = re.sub(r"\s|ha$", "", cell_text(cell).strip().lower())
    if not text:
        return None
    if isinstance(cell, str) and re.fullmatch(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", text):
        raise RowFault(
            say(
                "{meaning} “{shown}” có thể là hàng nghìn hoặc số lẻ; bỏ dấu hàng nghìn",
                "{meaning} “{shown}” may be thousands or decimals; write it without grouping",
                meaning=LABELS[meaning],
                shown=_short(cell),
            )
        )
    plain = _ungrouped(text) if isinstance(cell, str) else text
    if plain is None or len(plain) > LONGEST_NUMBER or not _is_number(plain):
        raise RowFault(_no_number(meaning, cell))
    return Decimal(plain)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]{1,2})?", text))


def _ungrouped(text: str) -> str | None:
    """The number with a decimal point and without grouping: of both marks the last is decimal."""
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+|-?[0-9]{1,3}(\.[0-9]{3}){2,}", text):
        return text.replace(".", "").replace(",", ".")
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+|-?[0-9]{1,3}(,[0-9]{3}){2,}", text):
        return text.replace(",", "")
    return text.replace(",", ".") if text.count(",") + text.count(".") <= 1 else None


def _no_number(meaning: str, cell: Cell) -> Text:
    date = isinstance(cell, str) and re.match(r"\d{4}-\d\d-\d\d", cell)
    why = say(" (Excel đã đổi thành ngày?)", " (turned into a date by Excel?)")
    return say(
        "{meaning} không phải số: “{shown}”{why}",
        "{meaning} is not a number: “{shown}”{why}",
        meaning=LABELS[meaning],
        shown=_short(cell),
        why=why if date else "",
    )


def _short(cell: Cell) -> str:
    text = str(cell)
    return text if len(text) <= SHOWN_CELL_CHARACTERS else text[:SHOWN_CELL_CHARACTERS] + "…"


# --- answers --------------------------------------------------------------------------------


def _answered(
    plan: Plan,
    needs: Sequence[Need | Text],
    ask: Ask,
    progress: Progress,
    lang: Language,
    processes: int | None,
) -> dict[Need, list[Cell]]:
    """The answer cells of every different need."""
    rows_of: dict[Need, int] = {}
    for need in needs:
        if isinstance(need, Need):
            rows_of[need] = rows_of.get(need, 0) + 1
    distinct = list(rows_of)
    chunks = [
        distinct[start : start + NEEDS_A_CHUNK] for start in range(0, len(distinct), NEEDS_A_CHUNK)
    ]
    helpers = _helpers(len(distinct), ask) if processes is None else processes - 1
    job = _Job(plan, ask, lang)
    told: dict[Need, list[Cell]] = {}
    done = len(needs) - sum(rows_of.values())
    progress(done, len(needs))
    for number, cells in _chunks_told(job, chunks, helpers):
        told.update(zip(chunks[number], cells, strict=True))
        done += sum(rows_of[need] for need in chunks[number])
        progress(done, len(needs))
    return told


def _helpers(needs: int, ask: Ask) -> int:
    """How many processes help this one: none where they would start too late, or not at all."""
    named = getattr(ask, "__qualname__", "<")
    if needs <= MANY_NEEDS or "<" in named or "." in named or not _can_start_again():
        return 0
    usable = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return min(usable, MOST_PROCESSES) - 1


def _can_start_again() -> bool:
    """Whether a new process finds the program we run: not one typed in or read from a pipe."""
    main = sys.modules["__main__"]
    program = getattr(main, "__file__", None)
    return program is None or main.__spec__ is not None or Path(program).is_file()


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process needs to answer."""

    plan: Plan
    ask: Ask
    lang: Language


_job: _Job | None = None  # of a process that was started to help


def _chunks_told(
    job: _Job, chunks: Sequence[Sequence[Need]], helpers: int
) -> Iterator[tuple[int, list[list[Cell]]]]:
    """The answers of each chunk with its number, in the order they come.

    Helpers are given chunks from the front while this process answers from the end.
    """
    if helpers < 1:
        yield from ((number, _chunk_told(job, chunk)) for number, chunk in enumerate(chunks))
        return
    waiting = deque(range(len(chunks)))
    given: dict[int, Future[list[list[Cell]]]] = {}
    with (
        _written(job) as file,
        ProcessPoolExecutor(
            helpers, mp_context=get_context("spawn"), initializer=_begin, initargs=(file,)
        ) as pool,
    ):
        while waiting or given:
            while waiting and len(given) < CHUNKS_AHEAD * helpers:
                number = waiting.popleft()
                given[number] = _given(pool, chunks[number])
            if waiting:
                number = waiting.pop()
                yield number, _chunk_told(job, chunks[number])
            ready = [number for number, future in given.items() if future.done() or not waiting]
            for number in ready:
                yield number, _taken(given.pop(number), job, chunks[number])


def _given(pool: ProcessPoolExecutor, chunk: Sequence[Need]) -> Future[list[list[Cell]]]:
    """A chunk handed to a helper; a dead one is noticed when the answers are taken."""
    try:
        return pool.submit(_chunk_of_helper, chunk)
    except BrokenProcessPool as error:
        broken: Future[list[list[Cell]]] = Future()
        broken.set_exception(error)
        return broken


def _taken(future: Future[list[list[Cell]]], job: _Job, chunk: Sequence[Need]) -> list[list[Cell]]:
    """A helper's answers, or our own where it died."""
    try:
        return future.result()
    except BrokenProcessPool:
        return _chunk_told(job, chunk)


@contextmanager
def _written(job: _Job) -> Iterator[Path]:
    """The job in a file that only we can read.

    Sent through the pipe to a process that dies as it starts, it would wait for ever to be read.
    """
    with TemporaryDirectory(prefix="tngis-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "job"
        file.write_bytes(pickle.dumps(job))
        yield file


def _begin(file: Path) -> None:
    global _job
    _job = pickle.loads(file.read_bytes())


def _chunk_of_helper(needs: Sequence[Need]) -> list[list[Cell]]:
    assert _job is not None
    return _chunk_told(_job, needs)


def _chunk_told(job: _Job, needs: Iterable[Need]) -> list[list[Cell]]:
    return [_told(job, need) for need in needs]


def _told(job: _Job, need: Need) -> list[Cell]:
    """The answer cells of one need, or why there is no answer."""
    try:
        answer = job.ask(job.plan, need)
    except GisError as error:
        return [error.in_(job.lang), *[""] * (len(OUT_COLUMNS) - 2)]
    except (ValueError, ArithmeticError, LookupError) as error:
        failed = say("không trả lời được: {why}", "cannot be answered: {why}", why=repr(error))
        return [failed.in_(job.lang), *[""] * (len(OUT_COLUMNS) - 2)]
    return answer_cells(job.plan, answer, job.lang)


def answer_cells(plan: Plan, answer: Answer, lang: Language) -> list[Cell]:
    """An answer as the cells of `OUT_COLUMNS` without the last."""
    cited = [reason.citation for reason in answer.reasons if reason.decided]
    lines = [citation.line for citation in cited if citation.line]
    return [
        "",
        answer.verdict.value,
        answer.site_id or "",
        " · ".join(_each(citation.clause for citation in cited)),
        lines[0] if len(set(lines)) == 1 else " · ".join(_each(str(line) for line in lines)),
        " · ".join(_each(citation.quote for citation in cited)),
        " ".join(_each(flag.code for flag in flags_of(answer))),
        explanation(answer, plan, lang),
    ]


def _each(items: Iterable[str]) -> Iterable[str]:
    """Each once, in order, without the empty ones."""
    return dict.fromkeys(item for item in items if item)
