"""The phrases of a plan's vocabulary, indexed once, and which of them a text is, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
STAR = "*"
NO_PIECE = re.compile(r"[^\w\n ]+|_+")
Said = Sequence[tuple[str, str]]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Entry(NamedTuple):
    """A phrase of the vocabulary and what it means; `open_end` and `open_start` are its stars."""

    line: str  # its pieces
    activity_id: str
    open_start: bool
    open_end: bool

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the phrase: read where a question has its letters, not for all at once."""
        return speech.words_of_pieces(self.line)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The phrases of a plan's activities, read a letter at a time: one question is quick."""

    plan: Plan
    said: Said  # activity and phrase, its labels last
    first_label: int
    letters: Sequence[str]  # the first letter of each, or a star for one with a star
    open_phrases: Mapping[str, Sequence[Entry]]  # phrases with a star
    codes: Mapping[str, tuple[Code, ...]]
    coded: Mapping[str, tuple[str, ...]]  # code of the activity table → activities
    read: dict[str, Mapping[str, Sequence[Entry]]] = field(default_factory=dict)  # by letter

    def named(self, phrase: str) -> Sequence[Entry]:
        """What a whole phrase without marks means."""
        letter = phrase[:1]
        shelf = self.read.get(letter)
        if shelf is None:
            numbers = [number for number, first in enumerate(self.letters) if first == letter]
            shelf = self.read[letter] = self._shelf(numbers)
        return shelf.get(phrase, ())

    @cached_property
    def phrases(self) -> Mapping[str, Sequence[Entry]]:
        """Whole phrases by their words without marks."""
        return self._shelf([number for number, first in enumerate(self.letters) if first != STAR])

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word as spelt."""
        pieces = set(" ".join(_lines(phrase for _, phrase in self.said)).split())
        return frozenset(item.marked for piece in pieces for item in speech.words(piece))

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

    def _shelf(self, numbers: Sequence[int]) -> dict[str, list[Entry]]:
        shelf: dict[str, list[Entry]] = {}
        lines = _lines(self.said[number][1] for number in numbers)
        for number, line in zip(numbers, lines, strict=True):
            key = " ".join([_plain(piece) for piece in line.split()])
            if number < self.first_label or key not in shelf:
                # else a keyword says more surely what people mean
                shelf.setdefault(key, []).append(Entry(line, self.said[number][0], False, False))
        return shelf


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
    """The vocabulary of a plan: its phrases put in order once, folded where a question needs it."""
    phrases, labels = _said(plan.activities.values())
    said = [*phrases, *labels]
    letters = _letters([phrase for _, phrase in said])
    starred = [said[number] for number, first in enumerate(letters) if first == STAR]
    open_phrases: dict[str, list[Entry]] = {}
    for (activity_id, phrase), line in zip(starred, _lines(p for _, p in starred), strict=True):
        entry = Entry(line, activity_id, phrase[0] == STAR, phrase[-1] == STAR)
        open_phrases.setdefault(speech.plain(entry.words), []).append(entry)
    return Vocabulary(
        plan=plan,
        said=said,
        first_label=len(phrases),
        letters=letters,
        open_phrases=open_phrases,
        codes=grouped((row.code, row) for row in plan.codes),
        coded=grouped(
            (code, row.activity_id)
            for row in plan.activities.values()
            for code in dict.fromkeys((*row.vsic_2018, *row.isic_rev4))
        ),
    )


def _letters(phrases: Sequence[str]) -> list[str]:
    """The first letter of each phrase without its marks, or a star for one with a star."""
    begins = [phrase[:1] for phrase in phrases]
    letter_of = {first: STAR if first == STAR else _letter(first) for first in set(begins)}
    letters = [letter_of[first] for first in begins]
    for number in [number for number, letter in enumerate(letters) if not letter]:
        letters[number] = _letter(phrases[number])  # after punctuation
    for number in [number for number, phrase in enumerate(phrases) if phrase[-1:] == STAR]:
        letters[number] = STAR
    return letters


def _letter(phrase: str) -> str:
    [line] = _lines([phrase])
    return speech.word(line.lstrip()[:1]).plain


@lru_cache(maxsize=32768)
def _plain(piece: str) -> str:
    return speech.plain(speech.words_of_pieces(piece))


def _said(rows: Iterable[Activity]) -> tuple[Said, Said]:
    """Every phrase of every activity that can be asked for, and its labels."""
    askable = [row for row in rows if row.keywords]
    phrases = [(row.activity_id, phrase) for row in askable for phrase in row.keywords]
    labels = [
        (row.activity_id, LABEL_ASIDE.sub("", label))
        for row in askable
        for label in (row.label_vi, row.label_en)
    ]
    return phrases, labels


def _lines(phrases: Iterable[str]) -> list[str]:
    """The pieces of each phrase, all folded at once."""
    text = "".join([phrase.replace("\n", " ") + "\n" for phrase in phrases])
    return NO_PIECE.sub(" ", speech.normalised(text)).split("\n")[:-1]


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
    for entry in vocabulary.named(speech.plain(asked)):
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
