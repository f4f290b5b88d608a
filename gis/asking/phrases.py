"""The phrases of a plan's vocabulary, indexed once, and which of them a text is, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeVar

from gis.activities import ancestors
from gis.asking import speech
from gis.asking.speech import Word
from gis.model import Plan
from gis.tables import Activity, Code

SURE_WORDS = 3  # a phrase of so many words tells its words apart even without their marks
LABEL_ASIDE = re.compile(r"\s*\(.*?\)")
# How far a spelling is from one with the same letters: as spelt; marks left out; marks wrong; the
# marks of another word that the vocabulary knows.
SPELT, UNMARKED, WRONG_MARKS, OTHER_WORD = range(4)
Key = TypeVar("Key")
Value = TypeVar("Value")


class Entry(NamedTuple):
    """A phrase of the vocabulary and what it means; `open_end` and `open_start` are its stars."""

    words: tuple[Word, ...]
    activity_id: str
    open_start: bool
    open_end: bool


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The phrases of a plan's activities, indexed once; what only slips need, when they do."""

    plan: Plan
    phrases: Mapping[str, Sequence[Entry]]  # whole phrases by their words without marks
    open_phrases: Mapping[str, Sequence[Entry]]  # phrases with a star
    known: frozenset[str]  # every word as spelt
    codes: Mapping[str, tuple[Code, ...]]
    coded: Mapping[str, tuple[str, ...]]  # code of the activity table → activities

    @cached_property
    def squeezed(self) -> Mapping[str, str]:
        """The phrase of letters without spaces."""
        return {phrase.replace(" ", ""): phrase for phrase in reversed(list(self.phrases))}

    @cached_property
    def by_word(self) -> Mapping[str, tuple[str, ...]]:
        """The phrases that hold a word without marks."""
        return grouped(
            (item, phrase) for phrase in self.phrases for item in dict.fromkeys(phrase.split())
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text or a code was read as: one activity, or candidates, or nothing."""

    activity_id: str | None = None
    among: tuple[tuple[str, float], ...] = ()
    flags: tuple[str, ...] = ()
    is_complete: bool = False  # nothing but one of these, or all of them, can be meant

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(activity_id for activity_id, _ in self.among)


@lru_cache(maxsize=4)
def vocabulary_of(plan: Plan) -> Vocabulary:
    """The vocabulary of a plan, indexed once for each plan."""
    phrases: dict[str, list[Entry]] = {}
    open_phrases: dict[str, list[Entry]] = {}
    known: set[str] = set()
    for key, entry, is_label in _entries(plan.activities.values()):
        shelf = open_phrases if entry.open_start or entry.open_end else phrases
        if is_label and key in phrases:
            continue  # a keyword says more surely what people mean
        shelf.setdefault(key, []).append(entry)
        known.update([item.marked for item in entry.words])
    return Vocabulary(
        plan=plan,
        phrases=phrases,
        open_phrases=open_phrases,
        known=frozenset(known),
        codes=grouped((row.code, row) for row in plan.codes),
        coded=grouped(
            (code, row.activity_id)
            for row in plan.activities.values()
            for code in dict.fromkeys((*row.vsic_2018, *row.isic_rev4))
        ),
    )


def _entries(rows: Iterable[Activity]) -> Iterator[tuple[str, Entry, bool]]:
    """Every phrase of every activity that can be asked for, by its plain words; labels last."""
    askable = [row for row in rows if row.keywords]
    said = [(row.activity_id, phrase, False) for row in askable for phrase in row.keywords]
    said += [
        (row.activity_id, LABEL_ASIDE.sub("", label), True)
        for row in askable
        for label in (row.label_vi, row.label_en)
    ]
    lines = speech.normalised("\n".join(" ".join(phrase.split()) for _, phrase, _ in said))
    for (activity_id, phrase, is_label), line in zip(said, lines.splitlines(), strict=True):
        found = tuple(map(speech.word, speech.pieces(line)))
        entry = Entry(found, activity_id, phrase[0] == "*", phrase[-1] == "*")
        yield speech.plain(found), entry, is_label


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    """Values by key, in the order they come."""
    found: dict[Key, list[Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


# --- word for word -----------------------------------------------------------------------------


def exact(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """The longest phrase left when what people say around it is taken off, if one is."""
    best: tuple[int, dict[str, None]] | None = None
    for reading in speech.readings(typed):
        asked = tuple(map(speech.word, reading))
        for left, right in speech.cores(asked):
            away = len(asked) - (right - left)
            if best is not None and away > best[0]:
                break
            ids = meanings(vocabulary, asked[left:right], marked=not is_unmarked(asked))
            if ids:
                best = (away, ids if best is None or away < best[0] else best[1] | ids)
                break
    return resolved(vocabulary, best[1]) if best else None


def meanings(vocabulary: Vocabulary, asked: Sequence[Word], *, marked: bool) -> dict[str, None]:
    """The activities a whole phrase names; among spellings the nearest counts."""
    nearest: dict[int, dict[str, None]] = {}
    for entry in vocabulary.phrases.get(speech.plain(asked), ()):
        level = spelling_level(vocabulary, asked, entry.words) if marked else SPELT
        nearest.setdefault(level, {})[entry.activity_id] = None
    level = min(nearest, default=OTHER_WORD)
    accepted = level == SPELT or (level == UNMARKED and len(asked) > 1)
    return nearest[level] if accepted else {}


def spelling_level(vocabulary: Vocabulary, asked: Sequence[Word], meant: Sequence[Word]) -> int:
    """How far a spelling is from another with the same letters: that of its farthest word."""
    return max(
        word_level(vocabulary, one, other, alone=len(asked) < SURE_WORDS)
        for one, other in zip(asked, meant, strict=True)
    )


def word_level(vocabulary: Vocabulary, asked: Word, meant: Word, *, alone: bool) -> int:
    """How far one word is; what is a word of its own is no slip unless others stand around it."""
    if asked.marked == meant.marked:
        return SPELT
    if speech.sounds_alike(asked, meant):
        return UNMARKED
    known = asked.marked in vocabulary.known
    if speech.lacks_marks_of(asked, meant) and not (known and alone):
        return UNMARKED
    return OTHER_WORD if known else WRONG_MARKS


def is_unmarked(asked: Sequence[Word]) -> bool:
    """Whether words are written without any marks."""
    return all(item.is_plain for item in asked)


def resolved(vocabulary: Vocabulary, ids: Iterable[str], *flags: str) -> Reading:
    """One activity, or the one that holds all the others, or all as candidates."""
    found = tuple(dict.fromkeys(ids))
    broadest = broadest_of(vocabulary.plan, found)
    if broadest is not None:
        return Reading(broadest, flags=flags)
    return Reading(
        among=tuple((item, 1.0) for item in found), flags=("ambiguous-activity",), is_complete=True
    )


def broadest_of(plan: Plan, ids: Sequence[str]) -> str | None:
    """The activity among these that is, or is broader than, each of them."""
    return next(
        (one for one in ids if all(o == one or one in ancestors(plan, o) for o in ids)), None
    )


def is_spelt(asked: Sequence[Word], meant: Sequence[Word], marked: bool) -> bool:
    """Whether words are these words; one word without its marks is too little to tell."""
    if marked or len(asked) == 1:
        return all(one.marked == other.marked for one, other in zip(asked, meant, strict=True))
    return True
