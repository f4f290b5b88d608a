"""Which row is which site or commune of the plan: by code, else by folded name and district.

Nothing is guessed: a name that fits several is ambiguous, a code and a name that disagree are too,
and every row comes out in exactly one list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gis.asking.gazetteer import (
    BEFORE,
    BREAKS,
    CLUSTER,
    KINDS_OF,
    ROMAN,
    SITES,
    UNITS,
    WITHIN,
    ZONE,
    district_key,
    folded,
    phrase_at,
    words_of,
)
from gis.language import Text, say
from gis.model import Plan
from gis.survey.model import Hint, Match, Matching, SurveyLayer, SurveyRow

MatchBy = Literal["name", "code"]
KINDS_OF_LAYER: Mapping[SurveyLayer, frozenset[str]] = {
    "zones": frozenset({ZONE}),
    "clusters": frozenset({CLUSTER}),
    "sites": SITES,
    "occupancy": SITES,
    "communes": UNITS,
    "craft": UNITS,
}
CODE = re.compile(r"([a-z]+)\W*0*(\d+)")
UNIT_CODE_DIGITS = 5
FILLER = frozenset({"so", "no"})
MOST_WORDS = 9
SHOWN_CHARACTERS = 80

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """One thing of the plan that a row may be."""

    identity: str
    kind: str
    label: str
    districts: frozenset[str]  # by the words of their names


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """What a layer's rows can be, by code and by the words of every name."""

    by_code: Mapping[str, Known]
    by_name: Mapping[Words, tuple[Known, ...]]
    kinds: frozenset[str]
    elsewhere: Mapping[Words, tuple[Known, ...]]  # of another layer


@lru_cache(maxsize=16)
def register_of(plan: Plan, layer: SurveyLayer) -> Register:
    """The names and codes of a layer, made once a plan."""
    kinds = KINDS_OF_LAYER[layer]
    known = dict(_sites(plan)) if kinds <= SITES else dict(_units(plan))
    of_layer = {key: item for key, item in known.items() if item.kind in kinds}
    by_name: dict[Words, dict[str, Known]] = {}
    elsewhere: dict[Words, dict[str, Known]] = {}
    for identity, item in known.items():
        target = by_name if identity in of_layer else elsewhere
        for name in _names(plan, identity):
            target.setdefault(name_key(name, item.districts), {})[identity] = item
    return Register(
        {_code_key(key): item for key, item in of_layer.items()},
        {key: tuple(found.values()) for key, found in by_name.items() if key},
        kinds,
        {key: tuple(found.values()) for key, found in elsewhere.items() if key},
    )


def _sites(plan: Plan) -> Iterator[tuple[str, Known]]:
    for site in plan.sites.values():
        keys = frozenset(district_key(name) for name in site.districts)
        yield site.site_id, Known(site.site_id, site.kind, site.short_name, keys)


def _units(plan: Plan) -> Iterator[tuple[str, Known]]:
    for code, unit in plan.units.items():
        keys = frozenset({district_key(unit.district)})
        yield code, Known(code, unit.unit_type, f"{unit.label}, {unit.district}", keys)


def _names(plan: Plan, identity: str) -> Iterator[str]:
    if identity in plan.sites:
        yield plan.sites[identity].name
        yield plan.sites[identity].short_name
    else:
        yield plan.units[identity].name
    for alias in plan.aliases:
        if identity in (alias.site_id, alias.unit_code):
            yield alias.alias


# --- names and codes -----------------------------------------------------------------------------


def name_key(name: str, districts: Collection[str] = ()) -> Words:
    """The words of a name without its kind, a district at its end, and the way numbers are written.

    "KCN Sông Công II" and "Khu công nghiệp Sông Công số 2" are the same.
    """
    return _key(_parted(name)[1], districts)


def _key(words: Sequence[str], districts: Collection[str] = ()) -> Words:
    plain = [ROMAN.get(word, word) if n else word for n, word in enumerate(words)]
    plain = [word for n, word in enumerate(plain) if not (n and word in FILLER)]
    for size in (3, 2):  # "…, Phổ Yên" and "…, TP Thái Nguyên" only say where it is
        tail = plain[-size:]
        if len(plain) > size and district_key(" ".join(tail)) in districts:
            plain = plain[:-size]
            while plain and plain[-1] in ("huyen", "h", "tp", "tx", "thi", "xa", "thanh", "pho"):
                plain = plain[:-1]
            break
    return tuple(plain)


def _parted(name: str) -> tuple[frozenset[str], list[str]]:
    """The kinds a name begins with, and the words after them."""
    return next(_readings(name))


def _readings(name: str) -> Iterator[tuple[frozenset[str], list[str]]]:
    """What a name may be made of: a kind and a name, and all of it a name.

    Without diacritics "Phuong Tien" may be phường Tiến or Phượng Tiến.
    """
    words = [word for word in words_of(name) if word not in BREAKS]
    for marker, end in phrase_at(BEFORE, words, 0):
        kinds = frozenset(KINDS_OF[marker]) & (SITES | UNITS)  # Quân Chu is no quận
        if words[end:] and kinds and _is_said(name, marker):
            yield kinds, _without_filler(words[end:])
    yield frozenset(), _without_filler(words)


def _is_said(name: str, marker: str) -> bool:
    """Whether a name begins with just these letters, or with letters that lost their marks."""
    start = unicodedata.normalize("NFC", name).strip(' -–·"“(').lower()[: len(marker)]
    return start == marker.lower() or start.isascii()


def _without_filler(words: list[str]) -> list[str]:
    """The words after "đô thị", which some papers put between kind and name."""
    return next((words[end:] for _, end in phrase_at(WITHIN, words, 0) if words[end:]), words)


def _code_key(code: str) -> str:
    """A code as one writes it: KCN-1, kcn 01 and KCN1 are one, and 5431 lost its zero."""
    plain = folded(code).strip()
    if plain.isdigit():
        return plain.zfill(UNIT_CODE_DIGITS)
    if re.fullmatch(r"\d+\.0+", plain):  # a number that a spreadsheet made of it
        return plain.split(".")[0].zfill(UNIT_CODE_DIGITS)
    found = CODE.fullmatch(plain)
    return f"{found[1]}{found[2]}" if found else plain


# --- rows to the plan ----------------------------------------------------------------------------


def match_rows(
    plan: Plan,
    rows: Sequence[SurveyRow],
    layer: SurveyLayer,
    by: MatchBy | None = None,
    *,
    merge: bool = False,
) -> Matching:
    """Every row of a file to a site or commune; rows of one subject are doubled unless merged."""
    found = [match_row(register_of(plan, layer), row, by) for row in rows]
    alone = [item for item in found if len(item.identities) == 1]
    count: dict[str, int] = {}
    for item in alone:
        count[item.identities[0]] = count.get(item.identities[0], 0) + 1
    doubled = tuple(item for item in alone if count[item.identities[0]] > 1 and not merge)
    matched = tuple(item for item in alone if item not in doubled)
    register = register_of(plan, layer)
    identities = [item.identity for item in register.by_code.values()]
    return Matching(
        matched=matched,
        unmatched=tuple(item for item in found if not item.identities),
        ambiguous=tuple(item for item in found if len(item.identities) > 1),
        doubled=doubled,
        missing=tuple(key for key in identities if key not in count),
    )


def match_row(register: Register, row: SurveyRow, by: MatchBy | None = None) -> Match:
    """What one row is."""
    told = row.name or row.code or row.commune or row.context
    label = _shortened(told.replace("\n", " · ")) or f"#{row.number}"
    coded = register.by_code.get(_code_key(row.code)) if row.code and by != "name" else None
    if by == "code":
        if coded is None:
            reason = say("không có mã này: {c}", "no such code: {c}", c=row.code or "–")
            return Match(row.number, label, (), reason=reason)
        return Match(row.number, label, (coded.identity,), "code")
    named, why = _by_name(register, row)
    if coded is None:
        if len(named) > 1:
            why = say(
                "tên khớp nhiều nơi; ghi mã hoặc huyện",
                "the name fits several; give a code or the district",
            )
        return Match(row.number, label, tuple(k.identity for k in named), "name", why)
    if named and coded not in named:
        reason = say(
            "mã là {code}, tên lại là {names}",
            "the code is {code}, but the name is {names}",
            code=coded.label,
            names=[item.label for item in named],
        )
        return Match(row.number, label, (coded.identity, *(k.identity for k in named)), "", reason)
    return Match(row.number, label, (coded.identity,), "code")


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def _by_name(register: Register, row: SurveyRow) -> tuple[list[Known], Text | None]:
    """All that a row's name may mean, and why nothing if so."""
    name = row.name or (row.commune if register.kinds <= UNITS else "")
    lines = [line for line in name.split("\n") if line.strip()]
    above = [line for line in row.context.split("\n") if line.strip()]
    reason: Text | None = None if lines or above else say("không có tên", "has no name")
    for line in (*([" ".join(lines)] if len(lines) > 1 else []), *lines, *above):
        for kinds, found in _meant(register, line):
            kinds = kinds or _kinds_named(row.kind) & (SITES | UNITS)
            fit = [item for item in found if not kinds or item.kind in kinds]
            if not fit:
                reason = _other_kind(found)
                continue
            near, reason = _in_district(fit, row)
            if near:
                return near, None
        reason = reason or _elsewhere(register, line)
    return [], reason or say("không có tên này", "no such name in the plan")


def _meant(register: Register, line: str) -> Iterator[tuple[frozenset[str], list[Known]]]:
    """What a line may name, with the kind it is said to be: as a whole, else within a title.

    A district at its end is left out only where that makes it a name.
    """
    everywhere = {name for item in register.by_code.values() for name in item.districts}
    is_named = False
    for kinds, words in _readings(line):
        found = register.by_name.get(_key(words)) or register.by_name.get(_key(words, everywhere))
        if found:
            is_named = True
            yield kinds, list(found)
    if not is_named:
        found_within, kinds = _within(register, line)
        if found_within:
            yield kinds, found_within


def _within(register: Register, line: str) -> tuple[list[Known], frozenset[str]]:
    """A site named inside a longer title, right after the word for its kind."""
    words = [word for word in words_of(line) if word not in BREAKS]
    for start in range(1, len(words)):
        for marker, end in phrase_at(BEFORE, words, start):
            kinds = frozenset(KINDS_OF[marker]) & register.kinds & SITES
            end = next((after for _, after in phrase_at(WITHIN, words, end)), end)
            for size in range(MOST_WORDS if kinds else 0, 0, -1):
                found = register.by_name.get(_key(words[end : end + size]))
                if found:
                    return list(found), kinds
    return [], frozenset()


def _kinds_named(text: str) -> frozenset[str]:
    words = tuple(words_of(text))
    marker = BEFORE.get(words)
    return frozenset(KINDS_OF[marker]) if marker else frozenset()


def _in_district(found: list[Known], row: SurveyRow) -> tuple[list[Known], Text | None]:
    """Those that lie in the district a row names; a row without one leaves all."""
    key = district_key(row.district) if row.district.strip() else ""
    if not key:
        return found, None
    near = [item for item in found if key in item.districts]
    if near:
        return near, None
    return [], say(
        "tên này không ở {district}; trong quy hoạch là {names}",
        "no such name in {district}; the plan has {names}",
        district=row.district,
        names=[item.label for item in found],
    )


def _elsewhere(register: Register, line: str) -> Text | None:
    found = register.elsewhere.get(name_key(line))
    return _other_kind(list(found)) if found else None


def _other_kind(found: Sequence[Known]) -> Text:
    return say(
        "tên này thuộc loại khác: {names}",
        "the name is of another kind: {names}",
        names=[f"{item.label} ({item.identity})" for item in found],
    )


# --- what the rows say of their place ------------------------------------------------------------


def hints_of(
    plan: Plan, rows: Sequence[SurveyRow], matching: Matching, layer: SurveyLayer
) -> tuple[Hint, ...]:
    """What each row says of its place, for telling coordinate systems apart."""
    known = {item.row: item.identities[0] for item in matching.matched + matching.doubled}
    return tuple(_hint(plan, row, known.get(row.number), layer) for row in rows)


def _hint(plan: Plan, row: SurveyRow, identity: str | None, layer: SurveyLayer) -> Hint:
    if identity is None:
        key = district_key(row.district) if row.district.strip() else ""
        named = tuple(name for name in plan.districts if key and district_key(name) == key)
        return Hint(None, (), named, row.stated_ha)
    if identity in plan.units:
        unit = plan.units[identity]
        return Hint(None, (identity,), (unit.district,), unit.area_km2 * 100)
    site = plan.sites[identity]
    units = tuple(item.unit_code for item in plan.places_of(identity) if item.unit_code)
    return Hint(identity, units, site.districts, site.stated_ha)
