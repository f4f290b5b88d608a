"""Every name that a plan gives to a place, and the words that names are made of.

Words are folded: lower case, no diacritics, Mĩ for Mỹ. A name is kept without its kind and number,
which are said of what bears it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from gis.language import Text, say
from gis.model import Plan
from gis.tables import Alias, Site, Unit

Epoch = Literal["", "2010", "03/2025", "07/2025"]
THEN: Epoch = "2010"
BEFORE_MERGER: Epoch = "03/2025"
TODAY: Epoch = "07/2025"

ZONE, CLUSTER = "zone", "cluster"
COMMUNE, WARD, TOWNSHIP = "xã", "phường", "thị trấn"
DISTRICT, PROVINCE, OUTSIDE = "district", "province", "outside"
SITES = frozenset({ZONE, CLUSTER})
UNITS = frozenset({COMMUNE, WARD, TOWNSHIP})

MARKERS: Mapping[str, Collection[str]] = {
    "khu công nghiệp": {ZONE},
    "khu chế xuất": {ZONE},
    "KCN": {ZONE},
    "khu CN": {ZONE},
    "K CN": {ZONE},
    "khu công nghiệp đô thị": {ZONE},
    "khu": {ZONE},
    "cụm công nghiệp": {CLUSTER},
    "cụm CN": {CLUSTER},
    "CCN": {CLUSTER},
    "C CN": {CLUSTER},
    "cụm cảng": {CLUSTER},
    "cụm": {CLUSTER},
    "cảng": SITES,
    "khu cụm công nghiệp": SITES,
    "xã": {COMMUNE},
    "x": {COMMUNE},
    "phường": {WARD},
    "p": {WARD},
    "thị trấn": {TOWNSHIP},
    "TT": {TOWNSHIP},
    "huyện": {DISTRICT},
    "h": {DISTRICT},
    "quận": {DISTRICT},
    "thị xã": {DISTRICT},
    "TX": {DISTRICT},
    "thành phố": {DISTRICT},
    "TP": {DISTRICT},
    "tỉnh": {PROVINCE},
}
MARKERS_BEFORE_OR_AFTER: Mapping[str, Collection[str]] = {
    "industrial park": {ZONE},
    "industrial zone": {ZONE},
    "IP": {ZONE},
    "IZ": {ZONE},
    "zone": {ZONE},
    "industrial urban zone": {ZONE},
    "industrial urban area": {ZONE},
    "industrial and urban zone": {ZONE},
    "industrial cluster": {CLUSTER},
    "port cluster": {CLUSTER},
    "cluster": {CLUSTER},
    "industrial area": SITES,
    "industrial estate": SITES,
    "site": SITES,
    "commune": {COMMUNE},
    "ward": {WARD},
    "township": {TOWNSHIP},
    "town": {TOWNSHIP, DISTRICT},
    "district": {DISTRICT},
    "city": {DISTRICT},
    "province": {PROVINCE},
}
MARKERS_WITHIN = ("đô thị", "urban")  # between the kind of a site and its name
NUMBER_WORDS = ("số", "no", "number")
AND_WORDS = ("và", "and")
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
TOKEN = re.compile(r"[^\W\d_]+|\d+|[,;()\[\]:|\n]")
BREAKS = frozenset(",;()[]:|\n")
# One sound with two spellings; elsewhere y is a sound of its own ("tây" is not "tại").
FINAL_Y = re.compile(r"(?<=[bcdghklmnpqrstvx])y$|(?<=qu)y$")
NO_REASON = Text("", "")
KIND_NAMES = {
    ZONE: say("khu công nghiệp", "industrial zone"),
    CLUSTER: say("cụm công nghiệp", "industrial cluster"),
    COMMUNE: say("xã", "commune"),
    WARD: say("phường", "ward"),
    TOWNSHIP: say("thị trấn", "township"),
    DISTRICT: say("huyện, thị xã, thành phố", "district"),
    PROVINCE: say("tỉnh", "province"),
}


# --- words -------------------------------------------------------------------------------------


class _Bare(dict[int, str | int | None]):
    """What is left of each character of a decomposed text, worked out once."""

    def __missing__(self, code: int) -> int | None:
        bare = self[code] = None if unicodedata.category(chr(code)) in ("Mn", "Cf") else code
        return bare


_BARE = _Bare(str.maketrans("đðɖ", "ddd"))


def folded(text: str) -> str:
    """Lower case without diacritics, whatever form of Unicode it came in."""
    return unicodedata.normalize("NFKD", text).casefold().translate(_BARE)


def words_of(text: str) -> list[str]:
    """Folded words, numbers without leading zeros, breaks as they are, Mĩ for Mỹ."""
    return [
        (token.lstrip("0") or "0")
        if token.isdigit()
        else FINAL_Y.sub("i", token)
        if token[-1] == "y"
        else token
        for token in TOKEN.findall(folded(text))
    ]


def phrases(names: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Phrases by their words."""
    return {tuple(words_of(name)): name for name in names}


BEFORE = phrases([*MARKERS, *MARKERS_BEFORE_OR_AFTER])
AFTER = phrases(MARKERS_BEFORE_OR_AFTER)
WITHIN, NUMBERING, ANDS = phrases(MARKERS_WITHIN), phrases(NUMBER_WORDS), phrases(AND_WORDS)
KINDS_OF = {**MARKERS, **MARKERS_BEFORE_OR_AFTER}


def phrase_at(
    phrases: Mapping[tuple[str, ...], str], words: Sequence[str], start: int
) -> Iterator[tuple[str, int]]:
    """Every phrase that begins here, the longest first, with where it ends."""
    for length in (4, 3, 2, 1):
        name = phrases.get(tuple(words[start : start + length]))
        if name is not None and start + length <= len(words):
            yield name, start + length


# --- what names mean ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """One thing that a name may mean.

    `unit_codes` are the communes of 2010 it covers or lies in, `within` the districts, by the
    words of their names, that it is said to lie in.
    """

    identity: str
    kind: str
    label: Text
    unit_codes: tuple[str, ...] = ()
    site_ids: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    within: frozenset[str] = frozenset()
    epoch: Epoch = ""
    numbers: frozenset[str] = frozenset()
    only_as: frozenset[str] = frozenset()  # the kind without which an alias is not meant
    reason: Text = NO_REASON


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Every name of a plan, by its words run together.

    `spelled` has the words parted, of names without a kind: one letter is all that parts KCN from
    CCN, so a kind is never misspelled.
    """

    names: Mapping[str, tuple[Named, ...]]
    spelled: Mapping[str, str]
    identities: Mapping[str, Named]
    parts_of_units: Mapping[str, tuple[Named, ...]]  # today's units that a commune of 2010 is in


@lru_cache(maxsize=8)
def gazetteer(plan: Plan) -> Gazetteer:
    """Every name a plan gives to a place, made once a plan."""
    names: dict[str, dict[str, Named]] = {}
    spelled: dict[str, str] = {}

    def add(words: Sequence[str], named: Named) -> None:
        key = "".join(words)
        if key:
            names.setdefault(key, {})[named.identity] = named
            if not any(phrase_at(BEFORE, words, 0)):
                spelled.setdefault(key, " ".join(words))

    everything = [*_sites(plan), *_units(plan), *_districts(plan), *_province(plan)]
    for named, all_words in everything:
        for words in all_words:
            add(words, named)
    identities = {named.identity: named for named, _ in everything}
    for number, alias in enumerate(plan.aliases):
        words, named = _alias(alias, number, identities)
        add(words, named)
    today: dict[str, list[Named]] = {}
    for named, _ in everything:
        for code in named.unit_codes if named.epoch == TODAY else ():
            today.setdefault(code, []).append(named)
    return Gazetteer(
        {key: tuple(found.values()) for key, found in names.items()},
        spelled,
        {"".join(words_of(identity)): named for identity, named in identities.items()},
        {code: tuple(found) for code, found in today.items()},
    )


Entry = tuple[Named, list[list[str]]]


def _bare(name: str) -> list[str]:
    """The words of a name without its kind."""
    words = _kindless(name)
    return next((words[end:] for _, end in phrase_at(WITHIN, words, 0) if words[end:]), words)


def _kindless(name: str) -> list[str]:
    words = [word for word in words_of(name) if word not in BREAKS]
    return next((words[end:] for _, end in phrase_at(BEFORE, words, 0) if words[end:]), words)


@lru_cache(maxsize=512)
def district_key(name: str) -> str:
    """The words of a district's name, whatever it was called: huyện, thị xã or thành phố."""
    return "".join(_bare(name))


def _without_number(words: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The words before the number that ends a name, and the numbers."""
    for start in range(1, len(words)):
        numbers, end = numbers_at(words, start)
        if numbers and end == len(words):
            return list(words[:start]), numbers
    return list(words), frozenset()


def numbers_at(words: Sequence[str], start: int) -> tuple[frozenset[str], int]:
    """The numbers written here ("2", "II", "số 1 và 2") and where they end."""
    here = next((end for _, end in phrase_at(NUMBERING, words, start)), start)
    numbers: list[str] = []
    end = start
    while here < len(words):
        number = ROMAN.get(words[here], words[here])
        if not (number.isdigit() and len(number) <= 2):
            break
        numbers.append(number)
        end = here + 1
        here = next((after for _, after in phrase_at(ANDS, words, end)), end)
    return frozenset(numbers), end


def _sites(plan: Plan) -> Iterator[Entry]:
    for site in plan.sites.values():
        words, numbers = _without_number(_bare(site.short_name))
        units = tuple(place.unit_code for place in plan.places_of(site.site_id) if place.unit_code)
        named = Named(
            site.site_id,
            site.kind,
            _site_label(site),
            unit_codes=units,
            site_ids=(site.site_id,),
            districts=site.districts,
            within=_within(plan, units, site.districts),
            numbers=numbers,
        )
        whole = [word for word in words_of(site.name) if word not in BREAKS]
        spoken = [words, _kindless(site.short_name), whole, words_of(site.site_id)]
        if numbers:  # "SongCongII", run together
            spoken += [[*words, roman] for roman, number in ROMAN.items() if {number} == numbers]
        yield named, spoken


def _site_label(site: Site) -> Text:
    kind = say("", "industrial zone ") if site.kind == ZONE else say("", "industrial cluster ")
    return say(
        "{name} ({site_id}), {districts}",
        "{kind}{name} ({site_id}), {districts}",
        kind=kind,
        name=site.short_name,
        site_id=site.site_id,
        districts=site.districts,
    )


def _within(plan: Plan, units: Iterable[str], districts: Iterable[str]) -> frozenset[str]:
    """The districts a thing lies in, those of 2010 and those of March 2025."""
    later = (later_name(plan.units[code])[1] for code in units if code in plan.units)
    return frozenset(district_key(name) for name in (*districts, *later) if name)


def _units(plan: Plan) -> Iterator[Entry]:
    then = {
        (unit.unit_type, "".join(words_of(unit.name)), code) for code, unit in plan.units.items()
    }
    for code, unit in plan.units.items():
        kind_name = KIND_NAMES[unit.unit_type].en
        yield (
            Named(
                code,
                unit.unit_type,
                say(
                    "{unit}, {district} (2010)",
                    "{kind} {unit}, {district} (2010)",
                    kind=kind_name,
                    unit=unit.label,
                    district=unit.district,
                ),
                unit_codes=(code,),
                site_ids=_sites_in(plan, (code,)),
                districts=(unit.district,),
                within=_within(plan, (code,), (unit.district,)),
                epoch=THEN,
            ),
            [words_of(unit.name)],
        )
    for name, district, codes in (*_march_2025(plan), *_july_2025(plan)):
        kind, bare = _typed(name)
        is_same = len(codes) == 1 and (kind, "".join(words_of(bare)), codes[0]) in then
        if kind and not is_same:  # unchanged since: nothing to tell apart
            yield _later_unit(plan, kind, bare, district, codes), [words_of(bare)]


def _typed(name: str) -> tuple[str, str]:
    """Kind and name of "Phường Quan Triều"."""
    for kind in (TOWNSHIP, WARD, COMMUNE):
        if name.lower().startswith(f"{kind} "):
            return kind, name[len(kind) + 1 :].strip()
    return "", name


def _later_unit(plan: Plan, kind: str, name: str, district: str, codes: tuple[str, ...]) -> Named:
    districts = tuple(dict.fromkeys(plan.units[code].district for code in codes))
    epoch = BEFORE_MERGER if district else TODAY
    return Named(
        f"{'2025-03' if district else '2025-07'}-{codes[0]}-{''.join(words_of(name))}",
        kind,
        say(
            "{unit}, địa bàn {district} ({epoch})",
            "{kind} {unit}, in {district} ({epoch})",
            kind=KIND_NAMES[kind].en,
            unit=f"{kind} {name}",
            district=[district] if district else districts,
            epoch=epoch,
        ),
        unit_codes=codes,
        site_ids=_sites_in(plan, codes),
        districts=districts,
        within=frozenset(district_key(item) for item in (district, *districts) if item),
        epoch=epoch,
    )


def later_name(unit: Unit) -> tuple[str, str]:
    """Name and district of a commune in March 2025, or nothing where it was merged away."""
    name, slash, district = unit.unit_2025_03.partition(" / ")
    return (name.strip(), district.strip()) if slash else ("", "")


def _march_2025(plan: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    """Units of March 2025 with their district and the communes of 2010 they are made of."""
    found: dict[tuple[str, str], list[str]] = {}
    for code, unit in plan.units.items():
        # a commune merged away carries the code of the unit that took it in
        successors = re.findall(r"\d{5}", unit.flags.partition("successor")[2])
        for heir in [unit] if later_name(unit)[0] else [plan.units.get(c) for c in successors]:
            if heir is not None and later_name(heir)[0]:
                found.setdefault(later_name(heir), []).append(code)
    return [(name, district, tuple(codes)) for (name, district), codes in found.items()]


def _july_2025(plan: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    """Units since July 2025 with the communes of 2010 they are made of, wholly or in part."""
    found: dict[str, list[str]] = {}
    for code, unit in plan.units.items():
        for name in today_names(unit):
            found.setdefault(name, []).append(code)
    return [(name.rpartition(" (")[0] or name, "", tuple(codes)) for name, codes in found.items()]


def today_names(unit: Unit) -> list[str]:
    """The units of today that a commune of 2010 is part of."""
    return [name.strip() for name in unit.unit_2025_07.split(";") if name.strip()]


def _sites_in(plan: Plan, codes: Collection[str]) -> tuple[str, ...]:
    """The sites known to lie in one of these communes."""
    placed = _sites_by_unit(plan)
    inside = {site_id for code in codes for site_id in placed.get(code, ())}
    return tuple(site_id for site_id in plan.sites if site_id in inside) if inside else ()


@lru_cache(maxsize=8)
def _sites_by_unit(plan: Plan) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for place in plan.places:
        if place.unit_code:
            found.setdefault(place.unit_code, []).append(place.site_id)
    return found


def _districts(plan: Plan) -> Iterator[Entry]:
    of_sites = (name for site in plan.sites.values() for name in site.districts)
    for name in dict.fromkeys((*plan.districts, *of_sites)):
        codes = tuple(code for code, unit in plan.units.items() if unit.district == name)
        sites = tuple(key for key, site in plan.sites.items() if name in site.districts)
        label = say("{name} (2010)", "district {name} (2010)", name=name)
        key = frozenset({district_key(name)})
        yield Named(name, DISTRICT, label, codes, sites, (name,), key), [_bare(name)]


def _province(plan: Plan) -> Iterator[Entry]:
    label = Text(plan.card.province_vi, plan.card.province_en)
    whole = Named(
        "province",
        PROVINCE,
        label,
        tuple(plan.units),
        tuple(plan.sites),
        plan.districts,
    )
    yield whole, [_bare(plan.card.province_vi), ["toan", "tinh"], ["ca", "tinh"]]


def _alias(alias: Alias, number: int, known: Mapping[str, Named]) -> tuple[list[str], Named]:
    """The words of an alias and what it stands for; one written with its kind needs it."""
    words = [word for word in words_of(alias.alias) if word not in BREAKS]
    kinds = frozenset(next((KINDS_OF[name] for name, _ in phrase_at(BEFORE, words, 0)), ()))
    target = known.get(alias.site_id or alias.unit_code or "")
    if target is None:
        label = Text(alias.alias, alias.alias)
        target = Named(
            f"{OUTSIDE}-{number}", OUTSIDE, label, reason=Text(alias.reason_vi, alias.reason_en)
        )
    return _bare(alias.alias), replace(target, numbers=frozenset(), only_as=kinds)
