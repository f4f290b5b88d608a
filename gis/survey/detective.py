"""Which coordinate system a file is in: established from where its outlines fall, not believed.

Every reading of the numbers is tried. Those that the evidence cannot tell apart form one class;
what the file declares is taken if it is of that class, and said to contradict the data if not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gis.language import Text, rounded, say
from gis.model import Plan, Severity
from gis.survey.evidence import (
    NAMES_MUST_HOLD,
    Case,
    Evidence,
    Outlines,
    apart_m,
    case_of,
    evidence_of,
    without_doubles,
    worth_trying,
)
from gis.survey.model import CrsCandidate, Established, Hint, Notice, SurveyLayer
from gis.survey.systems import Reading, declared_reading, placed, reading_of

STRAYING_ROWS = 0.2  # a file may name the wrong commune in so many of its rows
LOOSE_NAMES_M = 1_000.0  # so far may a site lie from the commune it is said to lie in
MOST_AREA_FACTOR = 2.0  # of measured to stated: beyond, the unit of length is another
SIGMAS = 4.0  # standard errors within which two mean offsets are one
MOST_NAMED = 6  # readings in a sentence

AGREES = Text(
    "Dữ liệu khẳng định hệ tọa độ đã khai báo: {name}.",
    "The data agree with the declared coordinate system: {name}.",
)
UNDECLARED = Text(
    "Không khai báo hệ tọa độ; dữ liệu chỉ hợp với: {name}.",
    "No coordinate system is declared; the data fit only: {name}.",
)
UNSETTLED = Text(
    "Không phân biệt được các hệ tọa độ: {leaders}.",
    "These coordinate systems are not told apart: {leaders}.",
)
CARELESS = Text(
    "Tệp khai báo phép chiếu của một múi VN-2000 trên datum WGS 84, điều không quy định nào có; "
    "thường là .prj ghi nhầm. Không phân biệt được: {leaders}.",
    "The file declares the projection of a VN-2000 zone on the datum of WGS 84, which no "
    "regulation knows; it is usually a careless .prj. Not told apart: {leaders}.",
)
SAY_WHICH = say(
    "nêu hệ tọa độ bằng --crs EPSG:…, hoặc xuất lại tệp kèm .prj đúng",
    "state the system with --crs EPSG:…, or export the file again with a sound .prj",
)
CHECK_FILE = say(
    "kiểm tra xem tệp có phải của tỉnh này không, và cột nào là X, cột nào là Y",
    "check that the file is of this province, and which column is north and which is east",
)
ASK_MAKER = say(
    "hỏi người lập tệp; nếu chắc chắn, nêu hệ tọa độ đúng bằng --crs",
    "ask who made the file; if you are sure, state the right system with --crs",
)


def establish(
    outlines: Outlines,
    declared: str | None,
    hints: Sequence[Hint],
    plan: Plan,
    layer: SurveyLayer = "clusters",
) -> Established:
    """The coordinate system of a file's outlines, as far as the data tell.

    Outlines have the file's own numbers, easting or longitude first; there is a hint for each.
    `declared` is a code, WKT, or a candidate's key.
    """
    if not len(outlines):
        return Established(None, (), declared, settled_by=CHECK_FILE)
    case = case_of(outlines, hints, plan, layer)
    stated = declared_reading(plan, declared) if declared else None
    found = [evidence_of(case, reading) for reading in worth_trying(case, stated)]
    found = without_doubles(found, stated)
    leaders, names_fail = _leaders(case, found)
    ranked = sorted(found, key=lambda one: (one not in leaders, *one.rank))
    best = ranked[0] if ranked else None
    candidates = tuple(_candidate(case, one, one in leaders, best) for one in ranked)
    chosen = _chosen(leaders, stated, declared)
    judged = Judged(declared, stated, tuple(leaders), chosen, names_fail)
    notice, settled_by = _verdict(case, judged)
    return Established(
        chosen=candidates[ranked.index(chosen)] if chosen else None,
        candidates=candidates,
        declared=declared,
        contradicts_declared=_contradicts(judged),
        settled_by=settled_by,
        notices=(notice, *_remarks(judged)),
    )


def carried(outlines: Outlines, candidate: CrsCandidate, plan: Plan) -> Outlines:
    """A file's outlines in the plan's coordinate system, as a candidate of its ranking reads them.

    What was done to the numbers (axes swapped, millimetres, a false easting left out) is undone.
    """
    reading = reading_of(plan, candidate.key, candidate.crs)
    if reading is None:
        raise ValueError(f"{candidate.key} is no candidate of this plan")
    return placed(outlines, reading, plan)


# --- which are not told apart --------------------------------------------------------------------


def _leaders(case: Case, found: Sequence[Evidence]) -> tuple[list[Evidence], bool]:
    """The readings that fit best and are not told apart; and whether the names fit none of them."""
    here = [one for one in found if one.in_province.any()]
    here = _nearly_best(here, [float(one.in_province.sum()) for one in here], len(case.outlines))
    if not here:
        return [], False
    told = len(here[0].fits)
    names_fail = told > 0 and max(one.fits.sum() for one in here) < NAMES_MUST_HOLD * told
    if told and not names_fail:
        here = _nearly_best(here, [float(one.fits.sum()) for one in here], told)
    sized = [one for one in here if _has_its_size(one)]
    return (sized or here) if names_fail else _aligned_best(sized or here), names_fail


def _nearly_best(found: list[Evidence], counts: list[float], rows: int) -> list[Evidence]:
    """Those in place with as many rows as the best, less what a file may have wrong.

    A name is not exact: a reading near the best is only left out when two rows speak against it.
    """
    most = max(counts, default=0.0)
    if not most:
        return []
    best = found[counts.index(most)]
    straying = math.floor(STRAYING_ROWS * rows)
    return [
        one
        for one, count in zip(found, counts, strict=True)
        if count >= max(most - straying, 1.0)
        or (count >= most - 1 and apart_m(one, best) <= LOOSE_NAMES_M)
    ]


def _has_its_size(one: Evidence) -> bool:
    ratio = one.area_ratio
    return math.isnan(ratio) or 1 / MOST_AREA_FACTOR <= ratio <= MOST_AREA_FACTOR


def _aligned_best(here: list[Evidence]) -> list[Evidence]:
    """Those whose outlines lie no farther from the plan's than the comparison is sure of."""
    most = max((len(one.offsets) for one in here if one.is_laid), default=0)
    enough = most - math.floor(STRAYING_ROWS * most)
    laid = [one for one in here if one.offsets.size and len(one.offsets) >= enough]
    alike = [one for one in laid if one.is_laid]
    if not alike:
        return here
    best = min(alike, key=lambda one: one.offset_m)
    sure_m = SIGMAS * best.offset_error_m
    # an offset beyond what the comparison can explain makes it so much less sure
    reach_m = best.offset_m + sure_m + (best.offset_m if best.offset_m > sure_m else 0.0)
    return [one for one in laid if one.offset_m <= reach_m + one.reading.system.doubt_m]


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """What was declared, what the data leave, and which of it is taken."""

    declared: str | None
    stated: Reading | None
    leaders: tuple[Evidence, ...]
    chosen: Evidence | None
    names_fail: bool


def _chosen(
    leaders: Sequence[Evidence], stated: Reading | None, declared: str | None
) -> Evidence | None:
    """The declared reading, or the one way its numbers could have been changed, or the only one.

    A system that nobody uses on purpose, such as a zone of VN-2000 without its datum, is not taken
    on the word of a file while the true zone fits too: its .prj is usually a careless one. Who
    states it by its key means it.
    """
    if stated is None:
        return leaders[0] if len(leaders) == 1 else None
    meant = [one for one in leaders if one.reading == stated]
    if not meant:
        meant = [one for one in leaders if one.reading.system == stated.system]
    if len(meant) != 1:
        return None
    is_careless = meant[0].reading.system.is_unshifted and declared != meant[0].reading.key
    return None if is_careless and len(leaders) > 1 else meant[0]


def _contradicts(judged: Judged) -> bool:
    stated = judged.stated
    if judged.declared is None or stated is None:
        return False
    return not any(one.reading.system == stated.system for one in judged.leaders)


# --- what is said of it --------------------------------------------------------------------------


def _candidate(case: Case, one: Evidence, is_leader: bool, best: Evidence | None) -> CrsCandidate:
    return CrsCandidate(
        key=one.reading.key,
        crs=one.reading.system.crs,
        label=one.reading.label,
        score=round(one.score, 3),
        is_leader=is_leader,
        reasons=tuple(_reasons(case, one, best)),
    )


def _reasons(case: Case, one: Evidence, best: Evidence | None) -> Iterator[Text]:
    rows = len(case.outlines)
    yield say(
        "{n}/{all} dòng nằm trong tỉnh",
        "{n} of {all} rows lie in the province",
        n=int(one.in_province.sum()),
        all=rows,
    )
    told = one.misses_m[~np.isnan(one.misses_m)]
    if len(told):
        yield say(
            "{n}/{all} dòng nằm ở xã, huyện mà dòng ấy nêu (sai số cho phép tới {m} m)",
            "{n} of {all} rows lie in the commune or district they name (allowed for: {m} m)",
            n=int(one.fits.sum()),
            all=len(told),
            m=_whole(max(each.tolerance_m for each in case.expected)),
        )
        if not one.fits.all() and np.isfinite(told).all():
            yield say(
                "dòng xa nhất cách nơi nêu tên {m} m",
                "the farthest row is {m} m from the place it names",
                m=_whole(told.max()),
            )
    if not math.isnan(one.area_ratio):
        yield say(
            "diện tích đo / diện tích ghi: {r} (trung vị)",
            "measured area / stated area: {r} (median)",
            r=rounded(one.area_ratio, 3),
        )
    if len(one.offsets):
        yield say(
            "lệch {m} m so với {n} ranh giới đã có (± {e} m), độ trùng (IoU) {iou}",
            "{m} m off {n} outlines of the plan (± {e} m), likeness (IoU) {iou}",
            m=_whole(one.offset_m),
            n=len(one.offsets),
            e=_whole(one.offset_error_m),
            iou=rounded(one.likeness, 3),
        )
    if best is not None and one is not best and math.isfinite(apart_m(one, best)):
        yield say(
            "cách phương án đầu {m} m", "{m} m from the first of the ranking",
            m=_whole(apart_m(one, best)),
        )  # fmt: skip


def _whole(metres: float) -> int:
    return round(metres)


def _verdict(case: Case, judged: Judged) -> tuple[Notice, Text | None]:
    """The one sentence about the file's system, and what would settle it if it is not settled."""
    if judged.declared and judged.stated is None:
        what = say(
            "Không hiểu hệ tọa độ đã khai báo.",
            "The coordinate system that is declared cannot be read.",
        )
        return _notice("crs-unreadable", Severity.ERROR, what), SAY_WHICH
    if not judged.leaders:
        what = say(
            "Theo mọi hệ tọa độ đã thử, các ranh giới này nằm ngoài tỉnh.",
            "In every coordinate system that was tried these outlines lie outside the province.",
        )
        return _notice("crs-outside", Severity.ERROR, what), CHECK_FILE
    if judged.chosen is not None:
        return _taken(judged, judged.chosen)
    if _contradicts(judged):
        return _contradicted(judged)
    return _unsettled(judged)


def _taken(judged: Judged, chosen: Evidence) -> tuple[Notice, Text | None]:
    others = [one for one in judged.leaders if one is not chosen]
    name = chosen.reading.label
    if not others:
        how = AGREES if judged.stated else UNDECLARED
        what = say(how.vi, how.en, name=name)
        return _notice("crs-established", Severity.NOTE, what), None
    what = say(
        "Lấy theo khai báo: {name}. Dữ liệu không phân biệt được với: {others}.",
        "Taken as declared: {name}. The data do not tell it from: {others}.",
        name=name,
        others=_named(chosen, others),
    )
    return _notice("crs-not-told-apart", Severity.WARNING, what), _settled_by(chosen, others)


def _contradicted(judged: Judged) -> tuple[Notice, Text | None]:
    best = judged.leaders[0]
    stated = judged.stated
    what = say(
        "Khai báo là {declared}, nhưng dữ liệu chỉ hợp với: {leaders}.",
        "What is declared is {declared}, but the data only fit: {leaders}.",
        declared=stated.label if stated else "",
        leaders=_named(best, judged.leaders),
    )
    return _notice("crs-contradicts", Severity.ERROR, what), ASK_MAKER


def _unsettled(judged: Judged) -> tuple[Notice, Text | None]:
    best, *others = judged.leaders
    careless = judged.stated is not None and judged.stated.system.is_unshifted
    template = CARELESS if careless else UNSETTLED
    what = say(template.vi, template.en, leaders=_named(best, judged.leaders))
    return _notice("crs-not-settled", Severity.ERROR, what), _settled_by(best, others)


def _settled_by(chosen: Evidence, others: Sequence[Evidence]) -> Text:
    nearest = min((apart_m(chosen, other) for other in others), default=math.nan)
    return say(
        "nêu hệ tọa độ theo hồ sơ đo (--crs EPSG:…), hoặc so với một mốc đã biết: các phương án "
        "cách nhau từ {m} m",
        "state the system that the survey papers name (--crs EPSG:…), or compare with a known "
        "control point: the readings are {m} m apart or more",
        m=rounded(nearest, 0 if nearest >= 10 else 2),
    )


def _named(first: Evidence, leaders: Sequence[Evidence]) -> Text:
    """Readings by name, each with how far from the first it puts the outlines."""
    told = [
        say(
            "{key} ({m} m)",
            "{key} ({m} m away)",
            key=one.reading.key,
            m=_whole(apart_m(first, one)),
        )
        if one is not first
        else say("{key}", "{key}", key=one.reading.key)
        for one in leaders[:MOST_NAMED]
    ]
    more = len(leaders) - len(told)
    tail = [say("và {n} phương án nữa", "{n} more", n=more)] if more else []
    return Text(
        ", ".join(text.vi for text in (*told, *tail)), ", ".join(text.en for text in (*told, *tail))
    )


def _away(one: Evidence, first: Evidence) -> Text:
    away_m = _whole(apart_m(first, one))
    return say("{key} (cách {m} m)", "{key} ({m} m away)", key=one.reading.key, m=away_m)


def _remarks(judged: Judged) -> Iterator[Notice]:
    if judged.names_fail:
        what = say(
            "Các dòng không nằm ở xã, huyện mà chúng nêu theo bất kỳ hệ tọa độ nào; tên không giúp "
            "xác định hệ tọa độ.",
            "In no coordinate system do the rows lie in the commune or district they name; names "
            "do not help to tell the system.",
        )
        yield _notice("crs-names-fail", Severity.WARNING, what)
    if judged.chosen is not None and not judged.chosen.reading.is_plain:
        what = say(
            "Số liệu của tệp được đọc lại: {name}.",
            "The numbers of the file are read otherwise than they stand: {name}.",
            name=judged.chosen.reading.label,
        )
        yield _notice("crs-numbers-changed", Severity.WARNING, what)


def _notice(code: str, severity: Severity, text: Text) -> Notice:
    return Notice(code, severity, text)
