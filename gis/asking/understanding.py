"""Free text or a code to an activity of the vocabulary; what is not sure comes back as candidates.

A phrase is read whole: what people say around it is taken off, and what is left must be a phrase
of the vocabulary. One word of a phrase never stands for all of it. In order:

1. the phrase as typed, accents telling apart what they tell apart; without accents, a phrase that
   could be two activities asks back;
2. an activity that the plan's table of compounds knows by its parts, in whatever words between;
3. a phrase with an open end ("quần áo …"), the longest first;
4. several things named at once: one activity if one holds all the others, else none;
5. Telex keys typed without an input method;
6. slips: spaces, wrong accents, one wrong letter. Accepted slips are flagged;
7. the thing named first (in English, last), if nothing said of it could make it another thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from gis.activities import ancestors
from gis.asking import speech
from gis.asking.parts import compound, headed
from gis.asking.phrases import (
    OTHER_WORD,
    SURE_WORDS,
    UNMARKED,
    Reading,
    Vocabulary,
    broadest_of,
    exact,
    is_spelt,
    is_unmarked,
    meanings,
    resolved,
    spelling_level,
    vocabulary_of,
    word_level,
)
from gis.asking.speech import Word
from gis.language import Text, say
from gis.model import Plan
from gis.tables import Activity, Code
from gis.verdicts import ActivityMatch, Candidate, Flag

# A slip is one wrong word. With it the phrase must still be this alike (optimal string alignment:
# letters wrong, missing, added or swapped, over the longer length), …
LIKENESS = 0.85
# … and no phrase of an activity outside its family may come this close behind.
MARGIN = 0.06
# A word alone must have this many letters, a phrase this many in all, before it can hold a slip.
# A wrong word that could be Vietnamese is a slip only where it sounds like the right one.
LONG_WORD, LONG_PHRASE = 7, 8
CANDIDATES = 5
LIKELY = 0.6  # a candidate less alike than this helps nobody
LONGEST_PHRASE = 12  # words; longer is a sentence, whose words prove nothing
CROWD = 150  # a word in more phrases than this tells nothing

LONGEST_CODE = 40
DIGITS_OF_A_CLASS = 4  # a shorter code holds more than the vocabulary has
CODE = re.compile(
    r"(?:mã|ma|code)?(?:\s*(?:ngành|nganh))?\s*(?P<system>vsic|isic)?"
    r"(?:\s*rev\W*[34]|\s*(?:2007|2018|2025)(?=\W+[a-u\d]))?[\s:.-]*"
    r"(?P<section>[a-u])?[\s.-]*(?P<digits>\d{2}(?:[\s.-]?\d){0,3})?"
)


NOT_UNDERSTOOD = Reading(flags=("activity-not-understood",))
UNKNOWN_CODE = Reading(flags=("unknown-code",))


def understand(plan: Plan, text: str = "", code: str = "") -> ActivityMatch:
    """What an activity in words, as a code, or both is taken to mean; never a guess."""
    is_short = len(text) + len(code) <= speech.MOST_LETTERS
    return _remembered(plan, text, code) if is_short else _understood(plan, text, code)


@lru_cache(maxsize=4096)
def _remembered(plan: Plan, text: str, code: str) -> ActivityMatch:
    """Batches ask of the same few activities over and over."""
    return _understood(plan, text, code)


def _understood(plan: Plan, text: str, code: str) -> ActivityMatch:
    vocabulary = vocabulary_of(plan)
    if not code.strip() and looks_like_code(text):
        text, code = "", text
    asked = " · ".join(part.strip() for part in (text, code) if part.strip())
    if not code.strip():
        return _match(plan, asked, read_text(vocabulary, text))
    if not text.strip():
        return _match(plan, asked, read_code(vocabulary, code))
    return _match(plan, asked, _read_both(vocabulary, text, code))


def search(plan: Plan, text: str, limit: int = 20) -> list[Candidate]:
    """What the vocabulary has that is like the text, the likest first; all of it for no text."""
    vocabulary = vocabulary_of(plan)
    if not text.strip():
        return [_candidate(plan, item, 1.0) for item in _askable(plan)][:limit]
    by_code = looks_like_code(text)
    found = read_code(vocabulary, text) if by_code else read_text(vocabulary, text)
    ranked = {found.activity_id: 1.0} if found.activity_id else {}
    words = () if by_code else speech.words(text[: speech.MOST_LETTERS])
    for activity_id, score in (
        *found.among,
        *_holding(vocabulary, words),
        *_alike(vocabulary, words, limit),
    ):
        ranked.setdefault(activity_id, score)
    return [_candidate(plan, *item) for item in list(ranked.items())[:limit]]


def _holding(vocabulary: Vocabulary, asked: Sequence[Word]) -> list[tuple[str, float]]:
    """Activities with a phrase that has all these words, those that begin with them first."""
    if not asked:
        return []
    query = speech.plain(asked)
    shelves = [vocabulary.by_word.get(item.plain, ()) for item in asked]
    holding = set(shelves[0]).intersection(*shelves[1:])
    found: dict[str, float] = {}
    for phrase in sorted(
        holding, key=lambda phrase: (not phrase.startswith(query), len(phrase), phrase)
    ):
        for entry in vocabulary.phrases[phrase]:
            if is_unmarked(asked) or set(asked) <= set(entry.words):
                found.setdefault(entry.activity_id, 0.9 if phrase.startswith(query) else 0.8)
    return list(found.items())


def _askable(plan: Plan) -> Iterator[str]:
    return (row.activity_id for row in plan.activities.values() if row.keywords)


# --- the index ----------------------------------------------------------------------------------


# --- words --------------------------------------------------------------------------------------


def read_text(vocabulary: Vocabulary, text: str) -> Reading:
    """What a text in words was read as."""
    if (
        len(text) > speech.MOST_LETTERS
        and len(text := " ".join(text.split())) > speech.MOST_LETTERS
    ):
        return NOT_UNDERSTOOD
    spoken = speech.without_measures(speech.normalised(text))
    listed = speech.parts(spoken)
    typed = [piece for part in listed for piece in part]
    if not typed or len(typed) > speech.MOST_WORDS:
        return NOT_UNDERSTOOD
    whole = (
        compound(vocabulary, typed, only_limited=True)
        or (_known(vocabulary, typed) if len(listed) == 1 else None)
        or exact(vocabulary, speech.pieces(spoken))
    )
    if whole is not None:
        return whole
    if len(listed) > 1:
        return _several(vocabulary, listed)
    return _phrase(vocabulary, typed) or _not_understood(vocabulary, typed)


def _phrase(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """One thing named: as typed, with an open end, as Telex, with a slip."""
    keyed = [speech.from_telex(piece) for piece in typed]
    ways = [typed] if keyed == list(typed) else [typed, keyed]
    for read in (_known, _open, _in_its_words, _slip, _nameless, headed):
        for way in ways:
            found = read(vocabulary, way)
            if found is not None:
                return found
    return None


def _open(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """The longest phrase with a star that the text begins or ends with."""
    asked = tuple(map(speech.word, typed))
    marked = not is_unmarked(asked)
    starts = sorted({left for left, _ in speech.cores(asked)})
    spans = [(left, right) for left in starts for right in range(left + 1, len(asked) + 1)]
    spans += [(left, len(asked)) for left in range(1, len(asked))]
    for left, right in sorted(spans, key=lambda span: span[0] - span[1]):
        said = asked[left:right]
        ids = {
            entry.activity_id: None
            for entry in vocabulary.open_phrases.get(speech.plain(said), ())
            if (entry.open_end if left in starts else entry.open_start and right == len(asked))
            and is_spelt(said, entry.words, marked)
        }
        if ids:
            flags = [] if _all_other(vocabulary.plan, ids) else ["approximate-match"]
            return resolved(vocabulary, ids, *flags)
    return None


def _nameless(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """The phrase before a foreign name or model at the end, if the rest is one as spelt."""
    asked = tuple(map(speech.word, typed))
    for left, right in speech.cores(asked):
        kept = len(speech.without_names(asked[left:right]))
        found = exact(vocabulary, typed[left : left + kept]) if kept < right - left else None
        if found is not None and found.activity_id:
            return Reading(found.activity_id, flags=(*found.flags, "approximate-match"))
    return None


def _in_its_words(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """The activity with a phrase in the text whose own words say all the rest of it too.

    The first word must begin a phrase of it: "máy nghiền xi măng" is a machine, no cement.
    """
    asked = tuple(map(speech.word, typed))
    marked = not is_unmarked(asked)
    for left, right in speech.cores(asked) if len(asked) <= LONGEST_PHRASE else ():
        said = asked[left:right]
        ids = dict.fromkeys(
            item
            for start in range(len(said) - 1)
            for end in range(start + 2, len(said) + 1)
            for item in meanings(vocabulary, said[start:end], marked=marked)
            if _is_said_by(vocabulary.plan.activities[item], said, marked)
        )
        if ids and broadest_of(vocabulary.plan, tuple(ids)):
            return resolved(vocabulary, ids, "approximate-match")
    return None


def _is_said_by(activity: Activity, asked: Sequence[Word], marked: bool) -> bool:
    """Whether an activity's phrases have all these words, and one begins with the first."""
    own = [speech.words(phrase) for phrase in activity.keywords]
    cores = [found[left:right] for found in own for left, right in speech.cores(found)[-1:]]
    heads = {found[0] for found in (*own, *cores)}
    bag = (
        {item for found in cores for item in found}
        | {item for found in own for item in found if item not in speech.plant_words()}
        | speech.neutral_words()
    )
    if marked:
        return asked[0] in heads and bag.issuperset(asked)
    return asked[0].plain in {item.plain for item in heads} and {
        item.plain for item in bag
    }.issuperset(item.plain for item in asked)


def _known(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """A phrase of the vocabulary, or else a compound."""
    return exact(vocabulary, typed) or compound(vocabulary, typed)


def _all_other(plan: Plan, ids: Iterable[str]) -> bool:
    """Whether all of these are uses the decision does not govern."""
    return all(plan.activities[item].scope == "other" for item in ids)


def _several(vocabulary: Vocabulary, listed: Sequence[Sequence[str]]) -> Reading:
    """Several things named at once: the one that holds all the others, if one does."""
    found = [_part(vocabulary, listed, number) or NOT_UNDERSTOOD for number in range(len(listed))]
    ids = tuple(dict.fromkeys(item.activity_id for item in found if item.activity_id))
    flags = tuple(dict.fromkeys(flag for item in found for flag in item.flags))
    if all(item.activity_id for item in found):
        broadest = broadest_of(vocabulary.plan, ids)
        if broadest is not None:
            return Reading(broadest, flags=flags)
        return Reading(
            among=tuple((item, 1.0) for item in ids),
            flags=("several-activities",),
            is_complete=True,
        )
    among = dict.fromkeys(
        item for one in found for item in ((one.activity_id,) if one.activity_id else one.ids)
    )
    if not among:
        return _not_understood(vocabulary, [piece for part in listed for piece in part])
    return Reading(
        among=tuple((item, 1.0) for item in among),
        flags=tuple(flag for flag in flags if flag != "approximate-match")
        or ("several-activities",),
    )


def _part(vocabulary: Vocabulary, listed: Sequence[Sequence[str]], number: int) -> Reading | None:
    """One of several things; a verb may be said once for all, and so may what it is done to."""
    typed, first, last = listed[number], listed[0], listed[-1]
    carried = [([*first[:n], *typed], first) for n in (3, 2, 1) if number and len(first) > n]
    if number + 1 < len(listed):
        carried += [([*typed, *last[-n:]], last) for n in (3, 2, 1) if len(last) > n]
    alone = exact(vocabulary, typed)
    for attempt, lender in carried:
        found = _known(vocabulary, attempt)
        if found is None or found.activity_id is None:
            continue
        if alone is None or alone.activity_id is None:
            return found
        if alone.activity_id in ancestors(vocabulary.plan, found.activity_id):
            return found  # “lắp ráp tivi, loa”: speakers are to be assembled
        lent = _known(vocabulary, lender)
        if (
            lent
            and lent.activity_id
            and _related(vocabulary.plan, lent.activity_id, found.activity_id)
        ):
            return found  # “sửa máy cày, máy bừa”: both are to be repaired
    return alone or _phrase(vocabulary, typed)


# --- slips --------------------------------------------------------------------------------------


def _slip(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading | None:
    """The phrase meant by one with wrong spaces, wrong marks or one wrong word, if that is sure."""
    asked = tuple(map(speech.word, typed))
    spans = speech.cores(asked)
    for left, right in spans:
        ids = _respaced(vocabulary, asked[left:right]) or _remarked(vocabulary, asked[left:right])
        if ids:
            return resolved(vocabulary, ids, "approximate-match")
    for left, right in dict.fromkeys((spans[0], spans[-1])):
        ids = _misspelt(vocabulary, asked[left:right])
        if ids:
            return resolved(vocabulary, ids, "approximate-match")
    return None


def _respaced(vocabulary: Vocabulary, asked: Sequence[Word]) -> dict[str, None]:
    """The activities whose phrase has these letters and marks, only spaced otherwise."""
    phrase = vocabulary.squeezed.get("".join(item.plain for item in asked), "")
    if len(phrase) < LONG_WORD:
        return {}
    return {
        entry.activity_id: None
        for entry in vocabulary.phrases[phrase]
        if is_unmarked(asked) or _letters(asked) == _letters(entry.words)
    }


def _letters(found: Sequence[Word]) -> list[str]:
    return sorted("".join(item.marked for item in found).replace("~", ""))


def _remarked(vocabulary: Vocabulary, asked: Sequence[Word]) -> dict[str, None]:
    """The activities of a phrase with the same letters, if no wrong mark makes another word."""
    if len(asked) < 2:
        return {}
    return {
        entry.activity_id: None
        for entry in vocabulary.named(speech.plain(asked))
        if spelling_level(vocabulary, asked, entry.words) < OTHER_WORD
    }


def _misspelt(vocabulary: Vocabulary, asked: Sequence[Word]) -> dict[str, None]:
    """The activities of a phrase that differs in one misspelt word and has no rival."""
    query = speech.plain(asked)
    if len(query) < (LONG_WORD if len(asked) == 1 else LONG_PHRASE):
        return {}
    near = _near(vocabulary, query, LIKENESS - MARGIN)
    for phrase, likeness in near:
        if likeness < LIKENESS:
            break
        ids = {
            entry.activity_id: None
            for entry in vocabulary.phrases[phrase]
            if _is_misspelt(vocabulary, asked, entry.words)
        }
        if ids:
            rivals = {
                entry.activity_id: None
                for other, their in near
                if their > likeness - MARGIN
                for entry in vocabulary.phrases[other]
            }
            return ids if broadest_of(vocabulary.plan, [*ids, *rivals]) else {}
    return {}


def _near(vocabulary: Vocabulary, query: str, least: float) -> list[tuple[str, float]]:
    """The phrases at least this alike, the likest first."""
    from rapidfuzz import process  # only a question that nothing else answers needs it
    from rapidfuzz.distance import OSA

    found = process.extract(
        query,
        vocabulary.phrases.keys(),
        scorer=OSA.normalized_similarity,
        score_cutoff=least,
        limit=12,
    )
    return [(phrase, score) for phrase, score, _ in found]


def _is_misspelt(vocabulary: Vocabulary, asked: Sequence[Word], meant: Sequence[Word]) -> bool:
    """Whether just one word differs, by a slip of the keys that makes no other word."""
    if len(asked) != len(meant):
        return False
    pairs = list(zip(asked, meant, strict=True))
    wrong = [(one, other) for one, other in pairs if one.plain != other.plain]
    if len(wrong) != 1 or any(
        word_level(vocabulary, one, other, alone=True) > UNMARKED
        for one, other in pairs
        if (one, other) not in wrong
    ):
        return False
    one, other = wrong[0]
    alike = speech.sound(one.plain) == speech.sound(other.plain)
    if alike and len(asked) >= SURE_WORDS:
        return True
    if one.marked in vocabulary.known or (one.is_plain and one.plain in vocabulary.by_word):
        return False
    if speech.is_syllable(one.plain):
        return alike and len(asked) > 1
    return one.plain[0] == other.plain[0] and not any(map(str.isdigit, one.plain))


def _not_understood(vocabulary: Vocabulary, typed: Sequence[str]) -> Reading:
    """No activity; what holds the words, or is like them, as candidates."""
    asked = tuple(map(speech.word, typed))
    left, right = speech.cores(asked)[-1]
    found = dict(_holding(vocabulary, asked[left:right])[:CANDIDATES])
    for activity_id, likeness in _alike(vocabulary, asked[left:right], CANDIDATES):
        found.setdefault(activity_id, likeness)
    return Reading(
        among=tuple(list(found.items())[:CANDIDATES]), flags=("activity-not-understood",)
    )


def _alike(vocabulary: Vocabulary, asked: Sequence[Word], limit: int) -> list[tuple[str, float]]:
    """Activities with a phrase like the text, each with its likeness, the likest first."""
    from rapidfuzz import fuzz

    query = speech.plain(asked)
    pool = dict(_near(vocabulary, query, LIKELY)) if query else {}
    for item in dict.fromkeys(one.plain for one in asked):
        phrases = vocabulary.by_word.get(item, ())
        for phrase in phrases if len(phrases) <= CROWD else ():
            pool.setdefault(phrase, fuzz.token_sort_ratio(query, phrase) / 100)
    best: dict[str, float] = {}
    for phrase, likeness in pool.items():
        for entry in vocabulary.phrases[phrase]:
            best[entry.activity_id] = max(likeness, best.get(entry.activity_id, LIKELY))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [(item, round(likeness, 3)) for item, likeness in ranked if likeness > LIKELY][:limit]


# --- codes --------------------------------------------------------------------------------------


def looks_like_code(text: str) -> bool:
    """Whether a text is nothing but a code of a classification."""
    found = _parsed_code(text)
    return found is not None and len(found[1]) > 1


def _parsed_code(text: str) -> tuple[str, str] | None:
    """System (vsic, isic or none) and code: a section's letter, or two to five digits."""
    if len(text) > LONGEST_CODE:
        return None
    found = CODE.fullmatch(speech.normalised(text).strip())
    if found is None or not (found["section"] or found["digits"]):
        return None
    digits = re.sub(r"\D", "", found["digits"] or "")
    return found["system"] or "", digits or found["section"].upper()


def read_code(vocabulary: Vocabulary, text: str) -> Reading:
    """What a code was read as; several codes are several activities."""
    typed = [part for part in re.split(r"[,;/+&]", text[: LONGEST_CODE * 4]) if part.strip()]
    found = []
    for part in typed:
        parsed = _parsed_code(part)
        found.append(_meant(vocabulary, *parsed) if parsed else UNKNOWN_CODE)
    if len(found) < 2:
        return found[0] if found else UNKNOWN_CODE
    ids = dict.fromkeys(item.activity_id for item in found if item.activity_id)
    if len(ids) == 1 and all(item.activity_id for item in found):
        return Reading(next(iter(ids)))
    among = dict.fromkeys(
        item for one in found for item in ((one.activity_id,) if one.activity_id else one.ids)
    )
    return Reading(among=tuple((item, 1.0) for item in among), flags=("several-activities",))


def _meant(vocabulary: Vocabulary, system: str, code: str) -> Reading:
    """What one code means: its own row, the activities that bear it, or what holds it."""
    rows = [row for row in vocabulary.codes.get(code, ()) if row.system.startswith(system)]
    if rows:
        return _of_rows(vocabulary, rows)
    bearers = (
        vocabulary.coded.get(code) or vocabulary.coded.get(f"{code}0") if len(code) > 2 else ()
    )
    if bearers:
        return _of_ids(vocabulary, bearers)
    if len(code) < 4 and f"{code}0" in vocabulary.codes:
        return _meant(vocabulary, system, f"{code}0")
    if system == "vsic" and code in vocabulary.codes:
        return _of_rows(vocabulary, vocabulary.codes[code])
    if len(code) > 2:
        return _meant(vocabulary, system, code[:-1])
    return UNKNOWN_CODE


def _of_rows(vocabulary: Vocabulary, rows: Sequence[Code]) -> Reading:
    """What rows of the code table say, of one system or of several."""
    ids = dict.fromkeys(item for row in rows for item in row.activities)
    if ids:
        found = _of_ids(vocabulary, tuple(ids), broadest=False)
        exact_class = all(len(row.code) >= DIGITS_OF_A_CLASS for row in rows)
        return replace(found, is_complete=exact_class and found.activity_id is None)
    return Reading(flags=("out-of-scope" if rows[0].scope == "other" else "code-not-specific",))


def _of_ids(vocabulary: Vocabulary, ids: Sequence[str], *, broadest: bool = True) -> Reading:
    """One activity if the code is surely its own; an unsure code is never more than a hint."""
    activities = vocabulary.plan.activities
    one = ids[0] if len(ids) == 1 else broadest_of(vocabulary.plan, ids) if broadest else None
    if one is not None and activities[one].confidence != "low":
        return Reading(one)
    return Reading(among=tuple((item, 1.0) for item in ids), flags=("code-not-specific",))


# --- both ---------------------------------------------------------------------------------------


def _read_both(vocabulary: Vocabulary, text: str, code: str) -> Reading:
    """Text and code together: the narrower of the two, or neither where they contradict."""
    said, coded = read_text(vocabulary, text), read_code(vocabulary, code)
    plan = vocabulary.plan
    if "unknown-code" in coded.flags:
        return Reading(said.activity_id, said.among, (*said.flags, *coded.flags))
    if said.activity_id and (coded.activity_id or coded.among):
        return _agreed(vocabulary, said, coded, code)
    if said.activity_id:
        return Reading(said.activity_id, flags=(*said.flags, *coded.flags))
    if "activity-not-understood" in said.flags or not said.among:
        return Reading(coded.activity_id, coded.among, (*coded.flags, "activity-not-understood"))
    if "several-activities" in said.flags:
        return said
    meant = coded.ids or (coded.activity_id,)
    both = [item for item in said.ids if any(o and _related(plan, item, o) for o in meant)]
    if len(both) == 1:
        return Reading(coded.activity_id or both[0])
    among = dict((*said.among, *((item, 1.0) for item in meant if item)))
    flag = "ambiguous-activity" if both else "code-contradicts-text"
    return Reading(among=tuple(among.items()), flags=(flag,))


def _agreed(vocabulary: Vocabulary, said: Reading, coded: Reading, code: str) -> Reading:
    """What an understood text and a code mean together."""
    plan, one = vocabulary.plan, said.activity_id or ""
    meant = coded.ids or (coded.activity_id or "",)
    if coded.activity_id and one in ancestors(plan, coded.activity_id):
        return Reading(coded.activity_id, flags=said.flags)
    if _bears(plan.activities[one], code) or any(_related(plan, one, item) for item in meant):
        return said
    among = dict.fromkeys((one, *meant))
    return Reading(
        among=tuple((item, 1.0) for item in among), flags=(*said.flags, "code-contradicts-text")
    )


def _bears(activity: Activity, text: str) -> bool:
    """Whether an activity's own codes hold a code or are held by it."""
    parsed = _parsed_code(text)
    return parsed is not None and any(
        parsed[1].startswith(own) or own.startswith(parsed[1])
        for own in (*activity.vsic_2018, *activity.isic_rev4)
    )


def _related(plan: Plan, one: str, other: str) -> bool:
    """Whether two activities are one, or one is broader than the other."""
    return one == other or one in ancestors(plan, other) or other in ancestors(plan, one)


# --- the answer ---------------------------------------------------------------------------------

FLAGS: Mapping[str, Text] = {
    "approximate-match": say(
        "Hiểu gần đúng: kiểm tra xem đây có phải ngành định hỏi.",
        "Understood approximately: check that this is the activity meant.",
    ),
    "ambiguous-activity": say(
        "Lời hỏi có thể là nhiều ngành: chọn một, hoặc viết có dấu.",
        "This may be several activities: choose one, or write the accents.",
    ),
    "several-activities": say(
        "Lời hỏi nêu nhiều ngành: hỏi từng ngành một.",
        "Several activities are named: ask about one at a time.",
    ),
    "activity-not-understood": say(
        "Không hiểu lời tả ngành: nói cách khác, hoặc cho mã VSIC.",
        "The words for the activity were not understood: say it otherwise, or give a VSIC code.",
    ),
    "unknown-code": say(
        "Không có mã này trong VSIC 2018, VSIC 2025 hay ISIC Rev.4 mà chương trình biết.",
        "No such code in VSIC 2018, VSIC 2025 or ISIC Rev.4 as far as this program knows.",
    ),
    "code-not-specific": say(
        "Mã này gồm nhiều ngành: chọn một, hoặc tả bằng lời.",
        "The code holds several activities: choose one, or describe it in words.",
    ),
    "code-contradicts-text": say(
        "Mã và lời tả nói hai ngành khác nhau: sửa một trong hai.",
        "Code and words name two different activities: correct one of them.",
    ),
    "out-of-scope": say(
        "Đây không phải ngành công nghiệp: quyết định không điều chỉnh.",
        "This is no industry: the decision does not govern it.",
    ),
}


def _match(plan: Plan, asked: str, reading: Reading) -> ActivityMatch:
    """A reading as the answer to a question."""
    codes = dict.fromkeys(reading.flags)
    named = (reading.activity_id,) if reading.activity_id else reading.ids
    sure = "activity-not-understood" not in codes or reading.activity_id is not None
    if sure and named and _all_other(plan, named):
        codes["out-of-scope"] = None
    return ActivityMatch(
        asked=asked,
        activity_id=reading.activity_id,
        candidates=()
        if reading.activity_id
        else tuple(_candidate(plan, *item) for item in reading.among),
        flags=tuple(Flag(code, FLAGS[code]) for code in codes),
        is_industry="out-of-scope" not in codes,
        is_complete=reading.is_complete,
    )


def _candidate(plan: Plan, activity_id: str, score: float) -> Candidate:
    row = plan.activities[activity_id]
    return Candidate(activity_id, Text(row.label_vi, row.label_en), score)
