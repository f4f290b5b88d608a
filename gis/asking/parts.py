"""What a text means by its parts, where no phrase of the vocabulary says the whole of it.

A compound is a rule of the plan: one word of each of its parts, and none of those that undo it. A
headed phrase is a known thing with something said of it: "giày bảo hộ cho thợ điện" are shoes. What
is said may be anything that makes no other thing of it; a material, another product or a service
does ("bàn ghế bằng nhựa" is no wood furniture), and then the phrase is not understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from gis.activities import ancestors
from gis.asking import speech
from gis.asking.phrases import (
    SPELT,
    Reading,
    Vocabulary,
    broadest_of,
    is_unmarked,
    meanings,
    resolved,
    spelling_level,
)
from gis.asking.speech import Word
from gis.model import Plan

BY_WHAT_IT_IS = ("", "activity", "place")  # not by numbers, nor for works that exist
MOST_VERBS = 4
MOST_SAID = 7  # words about a thing; more is a story, which may turn it into anything
LONGEST_HEAD = 6  # words
MADE_FROM_ITS_OWN = "A.2"  # the decision's group of light industry and food
FEWEST_WORDS = 2  # of a Vietnamese thing: one syllable may be the first of many words


# --- compounds ----------------------------------------------------------------------------------


def compound(
    vocabulary: Vocabulary, typed: Sequence[str], *, only_limited: bool = False
) -> Reading | None:
    """The activity of which every part is said somewhere in the text, if nothing undoes it.

    Where several things are named, only what the plan limits or forbids is looked for in all of
    them together: "khai thác quặng, bán sang Trung Quốc".
    """
    for way in speech.readings(typed):
        asked = tuple(map(speech.word, way))
        said = {one.plain for one in asked}
        found = {
            activity_id: None
            for activity_id, parts, unless, begun_by in _compounds(vocabulary.plan)
            if not any(map(said.isdisjoint, begun_by))
            and (not only_limited or activity_id in _limited(vocabulary.plan))
            and all(_says(vocabulary, asked, part) for part in parts)
            and not _says(vocabulary, asked, unless)
        }
        if found:
            return resolved(vocabulary, found, "approximate-match")
    return None


Phrases = tuple[tuple[Word, ...], ...]


@lru_cache(maxsize=4)
def _compounds(
    plan: Plan,
) -> tuple[tuple[str, tuple[Phrases, ...], Phrases, tuple[frozenset[str], ...]], ...]:
    """Each compound: its activity, the words for each part, what undoes it, how each part begins.

    Most texts have no word that a part begins with, which is quickly seen.
    """
    found = []
    for row in plan.compounds:
        parts = tuple(_spoken(part) for part in (row.first, row.second, row.third) if part)
        begun_by = tuple(frozenset(phrase[0].plain for phrase in part) for part in parts)
        found.append((row.activity_id, parts, _spoken(row.unless), begun_by))
    return tuple(found)


@lru_cache(maxsize=4)
def _limited(plan: Plan) -> frozenset[str]:
    """The activities that a clause of the plan limits or forbids for being what they are."""
    return frozenset(
        activity_id
        for clause in plan.clauses.values()
        if clause.effect in ("limit", "forbid") and clause.decided_by in BY_WHAT_IT_IS
        for activity_id in clause.activities
    )


def _spoken(phrases: Sequence[str]) -> Phrases:
    return tuple(speech.words_of_all(phrases))


def _says(vocabulary: Vocabulary, asked: Sequence[Word], phrases: Phrases) -> bool:
    """Whether a text has one of these phrases, as spelt or with its marks left out."""
    unmarked = is_unmarked(asked)
    return any(
        all(
            one.plain == other.plain
            and (unmarked or spelling_level(vocabulary, (one,), (other,)) == SPELT)
            for one, other in zip(asked[start : start + len(phrase)], phrase, strict=True)
        )
        for phrase in phrases
        for start in range(len(asked) - len(phrase) + 1)
    )


# --- a thing and what is said of it ---------------------------------------------------------------


def headed(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """The thing a text names with something said of it, if nothing said makes it another thing."""
    asked = tuple(map(speech.word, next(iter(speech.readings(typed)))))
    unmarked = is_unmarked(asked)
    spans = [
        *(_english_heads(asked) if unmarked and speech.is_english(asked) else ()),
        *_vietnamese_heads(asked),
    ]
    for left, right, rest in spans:
        head = asked[left:right]
        if head in speech.spoken(speech.VAGUE) or any(len(part) > MOST_SAID for part in rest):
            continue
        short = unmarked or len(head) == FEWEST_WORDS
        if short and sum(map(len, rest)) == 1 and speech.is_spoken(rest):
            continue  # two syllables and one more may be another word: thủy tinh, thủy tinh thể
        ids = meanings(vocabulary, head, marked=not unmarked)
        meant = broadest_of(vocabulary.plan, tuple(ids)) if ids else None
        if meant is None:
            continue
        if any(_changes(vocabulary, meant, part) for part in rest):
            return None
        return resolved(vocabulary, ids, "approximate-match")
    return None


Span = tuple[int, int, tuple[tuple[Word, ...], ...]]


def _vietnamese_heads(asked: tuple[Word, ...]) -> Iterator[Span]:
    """What stands first once talk is taken off, the longest first, with what is said after it."""
    spans = speech.cores(asked)
    end = min(right for _, right in spans)
    starts = {left for left, _ in spans}
    starts |= {left + made for left in starts for made in _verbs(asked[left:])}
    tries = [
        (left, right)
        for left in starts
        for right in range(left + FEWEST_WORDS, min(left + LONGEST_HEAD, len(asked)) + 1)
    ]
    for left, right in sorted(tries, key=lambda span: (span[0] - span[1], span[0])):
        yield left, right, (asked[right : max(right, end)],)


def _verbs(asked: tuple[Word, ...]) -> Iterator[int]:
    """How many words the verbs of making at the start may take."""
    making, reached = speech.spoken(speech.MAKING), [0]
    for position in reached:
        for taken in (1, 2, 3):
            if asked[position : position + taken] in making and len(reached) <= MOST_VERBS:
                reached.append(position + taken)
                yield position + taken


def _english_heads(asked: tuple[Word, ...]) -> Iterator[Span]:
    """What stands last before “for …”, “from …”, with what is said before and after it."""
    left, right = speech.cores(asked)[-1]
    core = asked[left:right]
    turn = next((n for n, one in enumerate(core) if n and one.plain in speech.TURNS), len(core))
    for end in sorted({turn, *_ends(asked, left, left + turn)}, reverse=True):
        for start in range(max(0, end - LONGEST_HEAD), end):
            yield left + start, left + end, (core[:start], core[turn:])


def _ends(asked: tuple[Word, ...], left: int, right: int) -> Iterator[int]:
    """Where a thing may end when “factory”, “production” … after it are taken off."""
    for _, end in speech.cores(asked[left:right]) if right > left else ():
        yield end


def _changes(vocabulary: Vocabulary, meant: str, said: tuple[Word, ...]) -> bool:
    """Whether what is said of a thing may make it something else."""
    if not said:
        return False
    marked = not is_unmarked(said)
    own, family = _own_words(vocabulary.plan, meant), _kin(vocabulary.plan, meant)
    telling, beasts = speech.spoken(speech.TELLING), speech.spoken(speech.BEASTS)
    if not marked:
        own = own | {speech.word(one.plain) for one in own}
        telling, beasts = _unmarked(telling), _unmarked(beasts)
    aim = _first(said, speech.AIMS)
    end = aim + _first(said[aim:], speech.MADE_OF)
    return any(
        not own.issuperset(span)
        if span in telling
        else not set(meanings(vocabulary, span, marked=marked)) <= family
        for part in (said[:aim], said[end:])
        for span in _spans(part)
    ) or any(span in beasts and not own.issuperset(span) for span in _spans(said[aim:end]))


def _spans(said: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    for start in range(len(said)):
        for end in range(start + 1, min(start + LONGEST_HEAD, len(said)) + 1):
            yield said[start:end]


def _first(said: tuple[Word, ...], wanted: frozenset[str]) -> int:
    """Where the first of some words stands, or the end."""
    known = _plain(wanted)
    return next((n for n, one in enumerate(said) if one.plain in known), len(said))


@cache
def _plain(wanted: frozenset[str]) -> frozenset[str]:
    return frozenset(word.plain for text in wanted for word in speech.words(text))


@cache
def _unmarked(phrases: frozenset[tuple[Word, ...]]) -> frozenset[tuple[Word, ...]]:
    return phrases | {tuple(speech.word(one.plain) for one in phrase) for phrase in phrases}


@lru_cache(maxsize=512)
def _kin(plan: Plan, activity_id: str) -> frozenset[str]:
    """An activity with all that is broader or narrower, and what it may be made from.

    Food and cloth named first stay what they are, whatever of their own group goes into them:
    "rượu vang hoa quả" is wine.
    """
    group = plan.activities[activity_id].group
    return frozenset(
        other
        for other, row in plan.activities.items()
        if other == activity_id
        or activity_id in ancestors(plan, other)
        or other in ancestors(plan, activity_id)
        or (group == MADE_FROM_ITS_OWN and row.group == group)
    )


@lru_cache(maxsize=512)
def _own_words(plan: Plan, activity_id: str) -> frozenset[Word]:
    """Every word of an activity's own phrases."""
    row = plan.activities[activity_id]
    return frozenset(word for phrase in row.keywords for word in speech.words(phrase))
