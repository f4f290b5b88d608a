"""Sentences in the pages' further languages: tables with a row a sentence and a column a language.

A row is found by the English of the sentence, its values still open. What has no row is told in
English, and the page marks it as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from gis.language import LANGUAGES, Text, shown
from gis.maps.labels import table

TABLES = ("shared/sentences.csv", "shared/names.csv")  # what the program says, and what plans do


@cache
def translations() -> Mapping[str, Mapping[str, str]]:
    """Sentences by language, then by their English."""
    found: dict[str, dict[str, str]] = {}
    for name in TABLES:
        for language, words in table(name, "en").items():
            found.setdefault(language, {}).update({en: text for en, text in words.items() if text})
    return found


def each_language(value: object) -> dict[str, str]:
    """A sentence, or a value of one, in every language that has it."""
    told: dict[str, str] = {language: shown(value, language) for language in LANGUAGES}
    for language, words in translations().items():
        translated = _translated(value, words) if isinstance(value, Text) else _value(value, words)
        if translated is not None:
            told[language] = translated
    return told


def _translated(text: Text, words: Mapping[str, str]) -> str | None:
    """A sentence by its row; what Vietnamese and English write alike, other languages do too."""
    if text.vi == text.en and text.made_of is None:
        return words.get(text.en, text.en)
    if text.made_of is None:
        return words.get(text.en)
    vi, en, values = text.made_of
    pattern = words.get(en, en if vi == en else None)
    if pattern is None:
        return None
    return pattern.format_map({name: _value(value, words) for name, value in values.items()})


def _value(value: object, words: Mapping[str, str]) -> str:
    if isinstance(value, Text):
        translated = _translated(value, words)
        return value.en if translated is None else translated
    if isinstance(value, list | tuple):
        return ", ".join(_value(item, words) for item in value)
    return shown(value, "en")


def without(data: Any, dropped: Sequence[str]) -> Any:
    """Page data without the languages that the page is not asked for."""
    match data:
        case dict():
            kept = data.keys() - dropped if "en" in data else data.keys()
            return {key: without(value, dropped) for key, value in data.items() if key in kept}
        case list():
            return [without(item, dropped) for item in data]
        case _:
            return data
