"""From a plan and a wish to a question that can be asked of parcels anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pyarrow as pa

from gis.bulk.parcels import Source, batches, cleaned, joined
from gis.bulk.questions import (
    AllocationQuestion,
    CrossingQuestion,
    Ruled,
    SitingQuestion,
    Units,
)
from gis.errors import GisError, Problem
from gis.geometry import drawn_in, split_by_validity
from gis.language import Language, Text, say
from gis.model import LayerName, Plan
from gis.verdicts import ActivityMatch, Answer, Need, PlaceMatch

Level = Literal["communes", "districts", "today"]
LEVELS: tuple[Level, ...] = get_args(Level)
SITES: tuple[LayerName, ...] = ("zones", "clusters")


def siting_question(
    plan: Plan, activity: str, code: str, lang: Language, *, with_outlines: bool
) -> SitingQuestion:
    """May parcels take an activity, wherever they lie?

    Raises: GisError, when the activity is not understood.
    """
    from gis.asking.understanding import understand

    need = Need(activity, code)
    meant = understand(plan, activity, code)
    if meant.activity_id is None or not meant.is_industry:
        raise GisError(_not_understood(activity or code, meant))
    sites, communes = units_of(plan, SITES), units_of(plan, ("communes",))
    return SitingQuestion(
        sites,
        communes,
        tuple(_ruled(plan, need, meant, lang, site_id=item) for item in sites.codes),
        tuple(_ruled(plan, need, meant, lang, unit_code=item) for item in communes.codes),
        missing=not set(plan.sites) <= set(sites.codes),
        with_outlines=with_outlines,
    )


def allocation_question(plan: Plan, level: Level, *, with_outlines: bool) -> AllocationQuestion:
    """Which commune or district of the decision's date, or unit of today, are parcels in?"""
    communes = units_of(plan, ("communes",))
    if not communes.codes:
        told = say("quy hoạch không có hình các xã", "the plan has no outlines of communes")
        mend = say("chọn quy hoạch khác", "choose another plan")
        raise GisError(Problem(plan.card.code, told, mend))
    names = [_unit_name(plan, code, level) for code in communes.codes]
    codes = tuple(sorted(set(names)))
    group = np.array([codes.index(name) for name in names], np.intp)
    return AllocationQuestion(communes, codes, group, with_outlines)


def crossing_question(
    source: Source, crs: str, tolerance_m2: float, *, with_outlines: bool
) -> tuple[CrossingQuestion, int]:
    """Which parcels lie on the areas of another file? And how many of those cannot be used."""
    parts = [cleaned(batch, source.crs, crs) for batch in batches(source)]
    if not parts:
        return CrossingQuestion(tolerance_m2, pa.array([], pa.int64()), np.empty(0, object)), 0
    others = joined(parts)
    question = CrossingQuestion(tolerance_m2, others.ids, others.outlines, with_outlines)
    return question, len(others.left_out)


def units_of(plan: Plan, names: tuple[LayerName, ...]) -> Units:
    """The valid outlines of some layers, in order of their ids."""
    found, _ = split_by_validity(drawn_in(plan, names))
    order = np.argsort(np.array(found.ids, dtype=str), kind="stable")
    ids = tuple(found.ids[n] for n in order)
    proves = np.array([found.proves(identity) for identity in ids], bool)
    return Units(ids, found.outlines[order], proves)


def _unit_name(plan: Plan, code: str, level: Level) -> str:
    """The code of a commune, the name of its district, or the codes of its units of today."""
    unit = plan.units[code]
    if level == "communes":
        return code
    if level == "districts":
        return unit.district
    # a commune that was divided keeps both codes: which part a parcel lies in is not known
    return ";".join(re.findall(r"\((\d{5})\)", unit.unit_2025_07)) or unit.unit_2025_07 or code


def _ruled(
    plan: Plan,
    need: Need,
    meant: ActivityMatch,
    lang: Language,
    *,
    site_id: str = "",
    unit_code: str = "",
) -> Ruled:
    """The answer for ground that is shown to lie in one site, or in one commune and no site."""
    from gis.siting import answer

    districts = (plan.units[unit_code].district,) if unit_code else ()
    place = PlaceMatch(
        "", "ground", Text("", ""), (site_id,) if site_id else (), (unit_code,) * bool(unit_code),
        districts,
    )  # fmt: skip
    given = answer(plan, need, place, meant)
    return Ruled(given.verdict, _passage(given, lang))


def _passage(given: Answer, lang: Language) -> str:
    """Clause, row and line of what decided an answer; the document is the same for all."""
    decided = next((item.citation for item in given.reasons if item.decided), None)
    return "" if decided is None else replace(decided, document="").locator.in_(lang)


def _not_understood(asked: str, meant: ActivityMatch) -> Problem:
    candidates = [item.label for item in meant.candidates[:5]]
    return Problem(
        "--activity",
        say("không rõ là ngành công nghiệp nào", "is not understood as one industry"),
        say(
            "nói rõ hơn{which}; xem tngis activities",
            "say which{which}; see tngis activities",
            which=say(", ví dụ: {names}", ", such as: {names}", names=candidates)
            if candidates
            else "",
        ),
        value=asked,
    )
