"""Every activity at every site as page data: the verdicts of the matrix, with all they rest on.

Most of the sentences differ only in the name of the activity, so each is told once without it:
the rulings are made on a plan whose activities bear tokens for names, and the page fills them in.
So it does with the values of a sentence: its pattern stands once in each language.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any

import numpy as np

from gis.language import Pattern, Text
from gis.maps.data import PageData
from gis.maps.translation import each_language
from gis.model import Citation, Plan
from gis.siting.bearings import (
    about_crafts,
    availability,
    bearing_on_site,
    bearing_on_territory,
    free_ha,
)
from gis.siting.ranking import ORDER
from gis.siting.reasons import VERDICTS
from gis.siting.rulings import Index, index_of, rule_on_site
from gis.siting.territories import rule_on_territory
from gis.siting.verdict import NOT_CHECKED
from gis.tables import Activity, Site
from gis.verdicts import Flag, Need, PlaceMatch, Reason

OPEN, CLOSE = "\ue000", "\ue001"  # private-use characters that no text of a plan means anything by
OF_ONE_COMMUNE = ("headroom-unknown", "points")  # flags told from its line of the ledger
OWN_NAME = OPEN + CLOSE  # where the page writes the name of the activity asked about
_PLACE = re.compile(r"{(\w+)}")


def siting_data(plan: Plan, *, districts: bool = False) -> PageData:
    """The vocabulary, its codes, and the ruling about each activity at each site.

    With `districts` also that in any commune of each district, as long as nothing is asked about
    its craft-village land.
    """
    numbers = {activity_id: number for number, activity_id in enumerate(plan.activities)}
    return {
        "activities": [_activity(item) for item in plan.activities.values()],
        "words": _words(plan.activities.values()),
        "codes": [
            [item.system, item.code, each_language(Text(item.label_vi, item.label_en)),
             [numbers[name] for name in item.activities if name in numbers]]
            for item in plan.codes
        ],
        "verdicts": [
            {"verdict": item.value, **each_language(VERDICTS[item])} for item in ORDER
        ],
        "not_checked": [each_language(item) for item in NOT_CHECKED],
        "land": {site.site_id: _land(plan, site) for site in plan.sites.values()},
        **_rulings(plan, districts),
    }  # fmt: skip


def _activity(item: Activity) -> PageData:
    return {
        "id": item.activity_id,
        **each_language(Text(item.label_vi, item.label_en)),
        "is_industry": item.scope == "industry",
    }


def _words(activities: Iterable[Activity]) -> PageData:
    """What else activities are called: each word once, names as their numbers to the base of 36."""
    names = [
        [word.replace("*", "").strip().split(" ") for word in item.keywords] for item in activities
    ]
    counts = Counter(word for several in names for name in several for word in name)
    numbers = {
        word: np.base_repr(number, 36)
        for number, (word, _) in enumerate(
            sorted(counts.items(), key=lambda item: (-item[1], item))
        )
    }
    return {
        "told": " ".join(numbers),
        "of": [
            ";".join(" ".join(numbers[word] for word in name) for name in several)
            for several in names
        ],
    }


def _land(plan: Plan, site: Site) -> PageData:
    """The land still free where that is recorded, and the sentence that says so."""
    free = free_ha(plan, site)
    return {
        "free_ha": None if free is None else f"{free:f}",
        **each_language(availability(plan, site, None)),
    }


# --- rulings, each told once --------------------------------------------------------------------


class _Pool:
    """Things told once, by their place in a list."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._places: dict[Hashable, int] = {}

    def place(self, key: Hashable, item: Callable[[], Any]) -> int:
        if key not in self._places:
            self._places[key] = len(self.items)
            self.items.append(item())
        return self._places[key]


@dataclasses.dataclass(frozen=True, slots=True)
class _Told:
    """The pools that rulings are made of."""

    patterns: _Pool = dataclasses.field(default_factory=_Pool)
    sentences: _Pool = dataclasses.field(default_factory=_Pool)
    citations: _Pool = dataclasses.field(default_factory=_Pool)
    reasons: _Pool = dataclasses.field(default_factory=_Pool)
    flags: _Pool = dataclasses.field(default_factory=_Pool)
    rulings: _Pool = dataclasses.field(default_factory=_Pool)


def _rulings(plan: Plan, districts: bool) -> PageData:
    told = _Told()
    index = index_of(_with_tokens(plan))
    matrix = [
        [_ruling(told, index, site, activity_id, number) for site in plan.sites.values()]
        for number, activity_id in enumerate(plan.activities)
    ]
    beyond = _district_rulings(told, index) if districts else {}
    return {
        "patterns": told.patterns.items,
        "sentences": told.sentences.items,
        "citations": told.citations.items,
        "reasons": told.reasons.items,
        "flags": told.flags.items,
        "rulings": told.rulings.items,
        "matrix": matrix,
        **beyond,
    }


def _with_tokens(plan: Plan) -> Plan:
    """The plan with a token for the name of each activity."""
    activities = {
        activity_id: item._replace(
            label_vi=f"{OPEN}{number}{CLOSE}", label_en=f"{OPEN}{number}{CLOSE}"
        )
        for number, (activity_id, item) in enumerate(plan.activities.items())
    }
    return dataclasses.replace(plan, activities=activities)


def _ruling(told: _Told, index: Index, site: Site, activity_id: str, number: int) -> int:
    ruling = rule_on_site(index, site, activity_id)
    beside = bearing_on_site(index, site, activity_id, ruling)
    whole = (
        ORDER.index(ruling.verdict),
        tuple(_reason(told, item, number) for item in ruling.reasons),
        tuple(_flag(told, item, number) for item in ruling.flags),
        tuple(_reason(told, item, number) for item in beside),
    )
    return told.rulings.place(whole, partial(list, whole))


def _district_rulings(told: _Told, index: Index) -> PageData:
    """What communes would be answered, which differs by district only, and where land is capped."""
    plan = index.plan
    communes = {unit.district: code for code, unit in plan.units.items()}
    return {
        "communes_matrix": [
            [
                _commune_ruling(told, index, communes[district], activity_id, number)
                for district in plan.districts
            ]
            for number, activity_id in enumerate(plan.activities)
        ],
        "craft_activities": [
            number
            for number, activity_id in enumerate(plan.activities)
            if about_crafts(index, activity_id)
        ],
    }


def _commune_ruling(
    told: _Told, index: Index, unit_code: str, activity_id: str, number: int
) -> int:
    unit = index.plan.units[unit_code]
    label = Text(unit.label, unit.label)
    place = PlaceMatch("", "commune", label, (), (unit_code,), (unit.district,))
    ruling = rule_on_territory(index, Need(), place, activity_id)
    beside = bearing_on_territory(index, place, activity_id, ruling)
    whole = (
        ORDER.index(ruling.verdict),
        tuple(_reason(told, item, number) for item in ruling.reasons),
        tuple(
            _flag(told, item, number) for item in ruling.flags if item.code not in OF_ONE_COMMUNE
        ),
        tuple(_reason(told, item, number) for item in beside),
    )
    return told.rulings.place(whole, partial(list, whole))


def _reason(told: _Told, reason: Reason, number: int) -> int:
    whole = (
        _citation(told, reason.citation),
        _sentence(told, reason.text, number),
        reason.effect,
        int(reason.decided),
        reason.clause_id,
    )
    return told.reasons.place(whole, partial(list, whole))


def _flag(told: _Told, flag: Flag, number: int) -> int:
    whole = (flag.code, _sentence(told, flag.text, number))
    return told.flags.place(whole, partial(list, whole))


def _citation(told: _Told, cited: Citation) -> int:
    return told.citations.place(
        cited, lambda: {**each_language(cited.locator), "quote": cited.quote}
    )


def _sentence(told: _Told, text: Text, number: int) -> int:
    """A sentence, with a token for its own activity and one with its number for any other."""
    own = f"{OPEN}{number}{CLOSE}"
    named = (text.vi.replace(own, OWN_NAME), text.en.replace(own, OWN_NAME))
    return told.sentences.place(named, partial(_parts, told, text, own))


def _parts(told: _Told, text: Text, own: str) -> list[int | str | dict[str, str]]:
    """The place of a sentence's pattern, and the values in it in the order of their numbers."""
    made = text.made_of or Pattern("{text}", "{text}", {"text": text})
    names = dict.fromkeys(_PLACE.findall(made.vi + made.en))
    places = {name: number for number, name in enumerate(names)}

    def numbered() -> dict[str, str]:
        whole = each_language(Text(made.vi, made.en))
        return {
            language: _PLACE.sub(lambda place: f"{{{places[place[1]]}}}", pattern)
            for language, pattern in whole.items()
        }

    pattern = told.patterns.place((made.vi, made.en, *places), numbered)
    return [pattern, *(_value(value, own) for value in map(made.values.get, names))]


def _value(value: object, own: str) -> str | dict[str, str]:
    """A value once where all languages write it alike."""
    words = {lang: text.replace(own, OWN_NAME) for lang, text in each_language(value).items()}
    return words["en"] if len(set(words.values())) == 1 else words
