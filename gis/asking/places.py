"""Understanding a place by its name: a site, a commune or a district, of 2010 or of today.

A name is read in any spelling (case, diacritics, spacing, Mĩ for Mỹ) and in parts ("xã Trung Thành,
huyện Phổ Yên"); every part must fit every other. What then still means several things is unknown,
with its candidates. The decision speaks of 2010, so a name means what it meant then where it did.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, product

from gis.asking.gazetteer import (
    AFTER,
    BEFORE,
    BEFORE_MERGER,
    BREAKS,
    DISTRICT,
    KINDS_OF,
    NO_REASON,
    OUTSIDE,
    PROVINCE,
    SITES,
    THEN,
    TODAY,
    UNITS,
    WITHIN,
    Epoch,
    Gazetteer,
    Named,
    district_key,
    gazetteer,
    later_name,
    numbers_at,
    phrase_at,
    phrases,
    today_names,
    words_of,
)
from gis.language import Text, say
from gis.model import Plan
from gis.verdicts import Candidate, Flag, PlaceKind, PlaceMatch

# One wrong letter in a name of 7 letters or more, two in 14 or more: a shorter name one letter off
# is as often another name ("Hà Châu", "Nà Châu").
APPROXIMATE_LEAST = 0.85
# One letter fewer than its nearest rival, in a name of up to 20 letters.
APPROXIMATE_MARGIN = 0.05
SUGGEST_LEAST = 0.75  # worth asking back about, never worth an answer
MOST_CHARACTERS = 200  # of a place with its district and province; longer is no name
MOST_WORDS_OF_A_NAME = 8
MOST_READINGS = 24
SHOWN_CHARACTERS = 60

CONNECTORS = (
    "địa bàn", "thuộc", "ở", "tại", "trong", "và", "in", "of", "at", "the", "and", "Việt Nam", "VN",
)  # fmt: skip
ADDRESS_WORDS = (
    "lô", "xóm", "thôn", "bản", "ấp", "làng", "tổ", "tổ dân phố", "TDP", "khu phố", "đường",
    "ngõ", "số", "quốc lộ", "QL", "lot", "hamlet", "road", "street",
)  # fmt: skip
EPOCHS: Mapping[str, tuple[Epoch, ...]] = {
    "2010": (THEN,),
    "03/2025": (BEFORE_MERGER,),
    "07/2025": (TODAY,),
    "2025": (TODAY,),
    "hiện nay": (TODAY,),
    "ngày nay": (TODAY,),
    "mới": (TODAY,),
    "today": (TODAY,),
    "new": (TODAY,),
    "cũ": (THEN, BEFORE_MERGER),
    "trước đây": (THEN, BEFORE_MERGER),
    "old": (THEN, BEFORE_MERGER),
    "former": (THEN, BEFORE_MERGER),
}
# Letters that are taken for one another at the head of a syllable; any other first letter makes
# another name of it ("Phú Minh" is not "Phú Bình").
HEADS = str.maketrans("xrnkqg", "sdlccd")
TELEX_DOUBLES = re.compile(r"([adeo])\1|w")
TELEX_TONE = re.compile(r"(?<=..)[sfrxj]$")

CONNECTING, ADDRESSES = phrases(CONNECTORS), phrases(ADDRESS_WORDS)
EPOCH_PHRASES = phrases(EPOCHS)


# --- reading a text ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A piece of what was asked: what it may mean, and what bears the name but is another kind."""

    meant: tuple[Named, ...] = ()
    near: tuple[Named, ...] = ()
    kinds: frozenset[str] | None = None
    epochs: tuple[Epoch, ...] = ()
    score: float = 1.0

    @property
    def cost(self) -> int:
        """A reading in which every name means something beats one with fewer names."""
        return 1 if self.meant or self.epochs else 10


Reading = tuple[Part, ...]


def _both(first: frozenset[str] | None, more: Collection[str]) -> frozenset[str]:
    """Two kinds said of one name; where they cannot both be, the first is what it is called."""
    if first is None:
        return frozenset(more)
    return first & frozenset(more) or first


def _suits(named: Named, kinds: frozenset[str] | None, numbers: frozenset[str]) -> bool:
    if named.only_as and not (kinds and kinds & named.only_as):
        return False
    if named.kind == OUTSIDE:
        return True
    if numbers and not numbers <= named.numbers:
        return False
    return kinds is None or named.kind in kinds


def _part(
    names: Sequence[Named],
    kinds: frozenset[str] | None,
    numbers: frozenset[str],
    score: float = 1.0,
) -> Part:
    meant = tuple(named for named in names if _suits(named, kinds, numbers))
    near = tuple(named for named in names if named.kind != OUTSIDE)
    return Part(meant, near, kinds, score=score)


def _kinds_at(words: Sequence[str], start: int) -> Iterator[tuple[frozenset[str] | None, int]]:
    """The kinds said before a name, and where the name begins."""
    yield None, start
    waiting: list[tuple[frozenset[str] | None, int]] = [(None, start)]
    for _ in range(3):  # "commune xã", "KCN xã"
        waiting = [
            (_both(kinds, KINDS_OF[name]), end)
            for kinds, here in waiting
            for name, end in phrase_at(BEFORE, words, here)
        ]
        for kinds, end in waiting:
            yield kinds, end
            yield from ((kinds, after) for _, after in phrase_at(WITHIN, words, end))


def _ends_at(
    words: Sequence[str], kinds: frozenset[str] | None, numbers: frozenset[str], end: int
) -> Iterator[tuple[frozenset[str] | None, frozenset[str], int]]:
    """What may follow a name: nothing, a number, a kind in English, or both."""
    more, after_number = numbers_at(words, end)
    starts = [(numbers, end)] + ([(numbers | more, after_number)] if more else [])
    for found, here in starts:
        yield kinds, found, here
        for name, after in phrase_at(AFTER, words, here):
            yield _both(kinds, KINDS_OF[name]), found, after


def _parts_at(
    names: Mapping[str, tuple[Named, ...]], words: Sequence[str], start: int
) -> Iterator[tuple[Part, int]]:
    """Every part that may begin at a word, with where it ends."""
    for name, end in phrase_at(EPOCH_PHRASES, words, start):
        yield Part(epochs=EPOCHS[name]), end
    for kinds, first in _kinds_at(words, start):
        numbers, after = numbers_at(words, first)
        starts = [(frozenset[str](), first)] + ([(numbers, after)] if numbers else [])
        for given, here in starts:
            for end in range(here + 1, min(here + MOST_WORDS_OF_A_NAME, len(words)) + 1):
                found = names.get("".join(words[here:end]))
                for read, counted, after_all in _ends_at(words, kinds, given, end) if found else ():
                    yield _part(found or (), read, counted), after_all


def _readings(names: Mapping[str, tuple[Named, ...]], words: Sequence[str]) -> list[list[Reading]]:
    """For every word, the best ways to read all from there to the end; none where it cannot be."""
    best: list[list[tuple[int, Reading]]] = [[] for _ in words] + [[(0, ())]]
    for start in reversed(range(len(words))):
        found = [
            (cost + 1, tail)  # "tại", too, is rather a part of a name
            for _, end in phrase_at(CONNECTING, words, start)
            for cost, tail in best[end]
        ]
        found += [
            (cost + part.cost, (part, *tail))
            for part, end in _parts_at(names, words, start)
            for cost, tail in best[end]
        ]
        least = min((cost for cost, _ in found), default=0)
        best[start] = [item for item in found if item[0] == least][:MOST_READINGS]
    return [[reading for _, reading in readings] for readings in best]


def _segments(words: Sequence[str]) -> list[list[str]]:
    """The words between commas and brackets."""
    segments: list[list[str]] = []
    for is_break, group in groupby(words, key=BREAKS.__contains__):
        segment = [] if is_break else list(group)
        numbers, end = numbers_at(segment, 0)
        if segments and numbers and end == len(segment):
            segments[-1] += segment  # "CCN Tân Lập (số 1 và 2)"
        elif segment:
            segments.append(segment)
    return segments


def _read_segment(found: Gazetteer, words: Sequence[str]) -> list[Reading]:
    """The ways to read one segment; an empty list where it is not understood."""
    best = _readings(found.names, words)
    if best[0]:
        return best[0]
    if any(phrase_at(ADDRESSES, words, 0)):
        return _after_address(words, best)
    slipped = [TELEX_TONE.sub("", TELEX_DOUBLES.sub(r"\1", word)) for word in words]
    if slipped != list(words) and (typed := _readings(found.names, slipped)[0]):
        return [tuple(replace(part, score=0.99) for part in reading) for reading in typed]
    return _approximate(found, words, best)


def _after_address(words: Sequence[str], best: Sequence[Sequence[Reading]]) -> list[Reading]:
    """A lot, a road or a hamlet says nothing here; the kind of a place after it does."""
    for start in range(1, len(words)):
        if best[start] and any(phrase_at(BEFORE, words, start)):
            return list(best[start])
    return [()]


def _approximate(
    found: Gazetteer, words: Sequence[str], best: Sequence[Sequence[Reading]]
) -> list[Reading]:
    """The segment with its first name misspelled; several readings where rivals are as near."""
    scored: dict[str, tuple[float, bool, list[Reading]]] = {}
    for part, end, key, is_alike in _nearly_at(found, words):
        if best[end] and part.score > scored.get(key, (0.0,))[0]:
            scored[key] = part.score, is_alike, [(part, *tail) for tail in best[end]]
    top = max((score for score, _, _ in scored.values()), default=0.0)
    nearest = [item for item in scored.values() if item[0] > top - APPROXIMATE_MARGIN]
    if top >= APPROXIMATE_LEAST and all(is_alike for _, is_alike, _ in nearest):
        return [reading for _, _, readings in nearest for reading in readings]
    alike = [readings for _, is_alike, readings in scored.values() if is_alike]
    after_a_word = [best[start] for start in (1, 2) if any(map(any, best[start : start + 1]))]
    known = [reading for readings in alike or after_a_word[:1] for reading in readings]
    return [_only_near(reading) for reading in known if reading]


def _only_near(reading: Reading) -> Reading:
    """A reading that is asked back about, not answered."""
    first = reading[0]
    return (Part(near=first.meant or first.near, kinds=first.kinds), *reading[1:])


def _nearly_at(found: Gazetteer, words: Sequence[str]) -> Iterator[tuple[Part, int, str, bool]]:
    """Parts that begin like this but for a misspelling: where each ends, its name, is it alike."""
    for kinds, first in _kinds_at(words, 0):
        for end in range(first + 1, min(first + MOST_WORDS_OF_A_NAME, len(words)) + 1):
            near = _near_names(found, tuple(words[first:end]))
            for read, numbers, after in _ends_at(words, kinds, frozenset(), end) if near else ():
                for key, score, is_alike in near:
                    part = _part(found.names[key], read, numbers, score)
                    if part.meant:
                        yield part, after, key, is_alike


def _near_names(found: Gazetteer, words: tuple[str, ...]) -> list[tuple[str, float, bool]]:
    """Names spelled nearly so, how nearly, and whether their syllables begin alike."""
    from rapidfuzz import process  # only a misspelling costs its import
    from rapidfuzz.distance import OSA

    if any(word.isdigit() for word in words):
        return []  # a number is right or wrong
    hits = process.extract(
        " ".join(words),
        found.spelled,
        scorer=OSA.normalized_similarity,
        score_cutoff=SUGGEST_LEAST,
        limit=None,
    )
    return [(key, score, _same_heads(words, name.split())) for name, score, key in hits]


def _same_heads(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the syllables begin alike; where they are parted otherwise, the first does."""
    pairs = zip(asked, name, strict=False) if len(asked) == len(name) else [(asked[0], name[0])]
    return all(a[0].translate(HEADS) == b[0].translate(HEADS) for a, b in pairs)


# --- what it all means ---------------------------------------------------------------------------


def find_place(plan: Plan, text: str) -> PlaceMatch:
    """What a place by name was taken to mean; never a guess between two things."""
    return _remembered(plan, text) if len(text) <= MOST_CHARACTERS else _found(plan, text)


@lru_cache(maxsize=4096)
def _remembered(plan: Plan, text: str) -> PlaceMatch:
    """Batches ask of the same few places over and over."""
    return _found(plan, text)


def _found(plan: Plan, text: str) -> PlaceMatch:
    found = gazetteer(plan)
    words = words_of(text) if len(text) <= 100 * MOST_CHARACTERS else []
    if not text.strip():
        told = say("Chưa nêu địa điểm.", "No place was given.")
        return _unknown(text, (Flag("unknown-place", told),), ())
    if not words or sum(map(len, words)) > MOST_CHARACTERS:
        return _not_understood(plan, text)
    known = found.identities.get("".join(words))
    if known is not None:
        return _match(plan, text, known, ())
    segments = [_read_segment(found, segment) for segment in _segments(words)]
    if not all(segments):
        understood = [reading for readings in segments for reading in readings]
        strange = any(map(_is_outside, understood))
        near = () if strange else _suggested(part for reading in understood for part in reading)
        return _not_understood(plan, text, near)
    if math.prod(map(len, segments)) > MOST_READINGS:
        return _not_understood(plan, text)
    readings = [tuple(part for each in chosen for part in each) for chosen in product(*segments)]
    return _decided(plan, text, readings)


def _is_outside(reading: Reading) -> bool:
    return any(part.meant and all(n.kind == OUTSIDE for n in part.meant) for part in reading)


def _decided(plan: Plan, text: str, readings: Sequence[Reading]) -> PlaceMatch:
    strange = [n for r in readings if _is_outside(r) for p in r for n in p.meant]
    outside = next((named for named in strange if named.kind == OUTSIDE), None)
    if outside is not None:
        return _not_understood(plan, text, reason=outside.reason)
    heads: dict[str, Named] = {}
    for reading in readings:
        heads |= {named.identity: named for named in _heads(reading)}
    parts = [part for reading in readings for part in reading]
    score = min((part.score for part in parts), default=1.0)
    if not heads:
        return _nothing_fits(plan, text, parts)
    has_district = any(_names_district(reading) for reading in readings)
    meant, others = _settled(list(heads.values()), has_district)
    if meant is None:
        return _ambiguous(text, list(heads.values()), score)
    return _match(plan, text, meant, others, score)


def _names_district(reading: Reading) -> bool:
    """Whether a commune was given with its district."""
    named = [part for part in reading if part.meant]
    return len(named) > 1 and any(n.kind == DISTRICT for part in named for n in part.meant)


def _heads(reading: Reading) -> list[Named]:
    """What some part means and every other part agrees with."""
    parts = [part for part in reading if not part.epochs]
    epochs = next((part.epochs for part in reading if part.epochs), ())
    heads = [
        named
        for number, part in enumerate(parts)
        for named in part.meant
        if named.kind != OUTSIDE
        and all(
            any(_covers(whole, named) for whole in other.meant)
            for place, other in enumerate(parts)
            if place != number
        )
    ]
    dated = [named for named in heads if named.epoch in epochs]
    return dated or heads


def _covers(whole: Named, named: Named) -> bool:
    if whole is named or whole.identity == named.identity:
        return True
    if whole.kind == PROVINCE:
        return named.kind != OUTSIDE
    if whole.kind == DISTRICT:
        return named.kind not in (PROVINCE, DISTRICT) and bool(whole.within & named.within)
    if whole.kind not in UNITS:
        return False
    if named.kind in SITES:
        return bool(set(whole.unit_codes) & set(named.unit_codes))
    return named.kind in UNITS and set(named.unit_codes) <= set(whole.unit_codes)


def _settled(heads: list[Named], has_district: bool) -> tuple[Named | None, tuple[Named, ...]]:
    """The one thing that is meant, if it is one, and the others that bear its name.

    One site before communes of its name; a district, as the decision writes it, before communes of
    its name; a commune of 2010 before the later unit it became part of.
    """
    sites = [named for named in heads if named.kind in SITES]
    wide = [named for named in heads if named.kind in (DISTRICT, PROVINCE)]
    units = [named for named in heads if named.kind in UNITS]
    if sites:
        is_clear = len(sites) == 1 and not wide
        return (sites[0] if is_clear else None), tuple(units)
    if wide:
        return (wide[0] if len(wide) == 1 else None), tuple(units)
    order = (THEN, BEFORE_MERGER, TODAY) if has_district else (THEN, TODAY, BEFORE_MERGER)
    of_epoch = [[named for named in units if named.epoch == epoch] for epoch in order]
    first = next((group for group in of_epoch if group), [])
    nested = len(first) == 1 and all(
        set(first[0].unit_codes) <= set(named.unit_codes)
        or set(named.unit_codes) <= set(first[0].unit_codes)
        for named in units
    )
    return (first[0] if nested else None), ()


# --- answers -----------------------------------------------------------------------------------


def _match(
    plan: Plan, text: str, named: Named, others: Sequence[Named], score: float = 1.0
) -> PlaceMatch:
    flags = []
    if others:
        flags.append(_shares_its_name(named, others))
    if score < 1:
        flags.append(_approximately(text, named))
    if len(named.unit_codes) > 1 and named.epoch in (BEFORE_MERGER, TODAY):
        flags.append(Flag("merged-unit", _merged(plan, named)))
    kind: PlaceKind = "commune"
    if named.kind in SITES:
        kind = "site"
    elif named.kind == DISTRICT:
        kind = "district"
    elif named.kind == PROVINCE:
        kind = "province"
    return PlaceMatch(
        text,
        kind,
        named.label,
        named.site_ids,
        named.unit_codes,
        named.districts,
        flags=tuple(flags),
        information=tuple(_information(plan, named)),
    )


def _shares_its_name(named: Named, others: Sequence[Named]) -> Flag:
    return Flag(
        "ambiguous-place",
        say(
            "Hiểu là {named}; cùng tên: {others}. Ghi rõ loại (KCN, CCN, xã, phường, huyện) nếu "
            "muốn nói nơi khác.",
            "Taken for {named}; of the same name: {others}. Say the kind (zone, cluster, "
            "commune, ward, district) to mean another.",
            named=named.label,
            others=[_spoken(other) for other in others],
        ),
    )


def _spoken(named: Named) -> Text:
    """A label that can stand in a list."""
    return say("“{label}”", "“{label}”", label=named.label)


def _approximately(text: str, named: Named) -> Flag:
    return Flag(
        "approximate-match",
        say(
            "“{asked}” không đúng tên nào; gần nhất là {named}.",
            "“{asked}” is no name as spelled; the nearest is {named}.",
            asked=shown(text),
            named=named.label,
        ),
    )


def _merged(plan: Plan, named: Named) -> Text:
    return say(
        "Đơn vị này gồm nhiều đơn vị của năm 2010 ({units}): hạn mức điểm công nghiệp không xác "
        "định được. {cap} tính cho từng xã cũ hay cho đơn vị sáp nhập?",
        "This unit is made of several of 2010 ({units}): its allowance is not known. Does {cap} "
        "hold for each former commune or for the merged unit?",
        units=_unit_labels(plan, named.unit_codes),
        cap=_cap(plan),
    )


def _cap(plan: Plan) -> Text:
    """The cap on craft land of a commune, as the plan has it."""
    clause = plan.clauses.get(plan.card.basis.get("craft_area", ""))
    if clause is None or clause.maximum is None:
        return say("Hạn mức", "the allowance")
    return say("Trần {n} ha", "the {n} ha cap", n=clause.maximum)


def _unit_labels(plan: Plan, codes: Iterable[str]) -> list[str]:
    return [plan.units[code].label for code in codes]


def _information(plan: Plan, named: Named) -> Iterator[Text]:
    if named.kind in SITES:
        yield from _about_site(plan, named)
    elif named.kind in UNITS:
        yield from _about_unit(plan, named)
    elif named.kind == DISTRICT:
        yield from _about_district(plan, named)


def _about_site(plan: Plan, named: Named) -> Iterator[Text]:
    """How the place of a site is known; what became of it is told with its answer."""
    places = plan.places_of(named.site_ids[0])
    yield from dict.fromkeys(Text(place.sentence_vi, place.sentence_en) for place in places)


def _about_unit(plan: Plan, named: Named) -> Iterator[Text]:
    split = [code for code in named.unit_codes if len(today_names(plan.units[code])) > 1]
    if named.epoch == THEN or len(named.unit_codes) == 1:
        yield from _what_became_of(plan, named)
    elif named.epoch == TODAY and split:
        yield say(
            "Chỉ một phần của {units} thuộc đơn vị này.",
            "Only a part of {units} belongs to this unit.",
            units=_unit_labels(plan, split),
        )
    if named.site_ids:
        yield say(
            "Khu, cụm có địa điểm ở đây: {sites}.",
            "Sites placed here: {sites}.",
            sites=[f"{plan.sites[key].short_name} ({key})" for key in named.site_ids],
        )


def _what_became_of(plan: Plan, named: Named) -> Iterator[Text]:
    """Today's unit of a commune of 2010, and what that leaves open."""
    unit = plan.units[named.unit_codes[0]]
    if named.epoch != THEN:
        yield say(
            "Năm 2010: {unit}, {district}.",
            "In 2010: {unit}, {district}.",
            unit=unit.label,
            district=unit.district,
        )
    for today in gazetteer(plan).parts_of_units.get(unit.unit_code, ()):
        if len(today.unit_codes) > 1:
            yield say(
                "Nay là một phần của {today}, gồm {units}. {cap} tính cho từng xã cũ hay cho đơn "
                "vị sáp nhập: quyết định không nói.",
                "Today part of {today}, made of {units}. Whether {cap} holds for each former "
                "commune or for the merged unit, the decision does not say.",
                today=today.label,
                cap=_cap(plan),
                units=_unit_labels(plan, today.unit_codes),
            )


def _about_district(plan: Plan, named: Named) -> Iterator[Text]:
    units = [plan.units[code] for code in named.unit_codes]
    today = list(dict.fromkeys(name for unit in units for name in today_names(unit)))
    if today:
        yield say(
            "Địa giới năm 2010, {n} đơn vị cấp xã; nay thuộc: {today}.",
            "Bounds of 2010, {n} communes; today in: {today}.",
            n=len(units),
            today=[name.rpartition(" (")[0] or name for name in today],
        )
    moved = [u.label for u in units if district_key(later_name(u)[1]) not in ("", *named.within)]
    if moved:
        yield say(
            "Đã chuyển sang huyện, thành phố khác trước 03/2025: {moved}.",
            "Moved to another district before March 2025: {moved}.",
            moved=moved,
        )


# --- what is not known -------------------------------------------------------------------------


def shown(text: str) -> str:
    """What was asked, fit to be printed in a sentence."""
    printable = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    short = printable[:SHOWN_CHARACTERS].rstrip()
    return printable if len(printable) <= SHOWN_CHARACTERS else f"{short}…"


def _candidates(named: Iterable[Named], score: float = 1.0) -> tuple[Candidate, ...]:
    distinct = {item.identity: item for item in named if item.kind != OUTSIDE}
    return tuple(Candidate(item.identity, item.label, score) for item in distinct.values())


def _rank(named: Named) -> tuple[int, int]:
    """Sites first, then what is wide, then communes, those of 2010 before today's."""
    kinds: tuple[Collection[str], ...] = (SITES, (DISTRICT, PROVINCE), UNITS)
    place = next(number for number, kind in enumerate(kinds) if named.kind in kind)
    return place, ("", THEN, BEFORE_MERGER, TODAY).index(named.epoch)


def _ambiguous(text: str, heads: Sequence[Named], score: float) -> PlaceMatch:
    heads = sorted(heads, key=_rank)
    reason = say(
        "“{asked}” có thể là: {names}. Ghi rõ loại và huyện.",
        "“{asked}” may be: {names}. Say its kind and its district.",
        asked=shown(text),
        names=[_spoken(named) for named in heads],
    )
    about = Flag("ambiguous-place", reason)
    flags = (about, _approximately(text, heads[0])) if score < 1 else (about,)
    return _unknown(text, flags, _candidates(heads, score))


def _nothing_fits(plan: Plan, text: str, parts: Sequence[Part]) -> PlaceMatch:
    """Every name is known, but not as this kind, number or district: ask back."""
    empty = [part for part in parts if not part.meant and not part.epochs]
    if any(part.kinds == frozenset({PROVINCE}) for part in empty):
        return _not_understood(plan, text)
    near = [named for part in empty for named in _instead(plan, part)] or _suggested(parts)
    reason = say(
        "“{asked}”: không có nơi nào vừa đúng tên, vừa đúng loại, số và huyện như vậy.",
        "“{asked}”: no place is of that name, that kind, that number and that district.",
        asked=shown(text),
    )
    return _unknown(text, (Flag("unknown-place", reason),), _candidates(near))


def _instead(plan: Plan, part: Part) -> Iterable[Named]:
    """What a part may have meant: sites of its name or, failing them, sites of its kind there."""
    sites = [named for named in part.near if named.kind in SITES]
    if sites or not part.kinds or not part.kinds <= SITES:
        return sites or part.near
    known = gazetteer(plan).identities
    there = dict.fromkeys(key for named in part.near for key in named.site_ids)
    return [known["".join(words_of(key))] for key in there if plan.sites[key].kind in part.kinds]


def _suggested(parts: Iterable[Part]) -> list[Named]:
    """What the parts may be that name more than a district."""
    meant = [part.meant or part.near for part in parts]
    small = [named for named in meant if not any(item.kind == DISTRICT for item in named)]
    return [item for named in small for item in named]


def _not_understood(
    plan: Plan, text: str, near: Iterable[Named] = (), reason: Text = NO_REASON
) -> PlaceMatch:
    province = Text(plan.card.province_vi, plan.card.province_en)
    why = say(" ({reason})", " ({reason})", reason=reason) if reason.en else reason
    told = say(
        "“{asked}” không phải khu, cụm, xã hay huyện của {province} trong quyết định{why}.",
        "“{asked}” is no zone, cluster, commune or district of {province} in the decision{why}.",
        asked=shown(text),
        province=province,
        why=why,
    )
    return _unknown(text, (Flag("unknown-place", told),), _candidates(near, SUGGEST_LEAST))


def _unknown(text: str, flags: tuple[Flag, ...], candidates: tuple[Candidate, ...]) -> PlaceMatch:
    label = Text(shown(text), shown(text))
    return PlaceMatch(text, "unknown", label, candidates=candidates, flags=flags)
