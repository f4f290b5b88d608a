"""The words of the pages: tables with a row a label and a column a language."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

Labels = Mapping[str, Mapping[str, str]]
SHARED = "shared"


def asset(name: str) -> str:
    """The text of one of the pages' own files, such as `shared/words.js`."""
    return files("gis.maps").joinpath("assets", *name.split("/")).read_text(encoding="utf-8")


@cache
def labels(page: str) -> Labels:
    """Label texts of a page by language, then by key: what pages share, and its own."""
    shared, own = (table(f"{folder}/labels.csv", "key") for folder in (SHARED, page))
    words = {lang: {**shared[lang], **own[lang]} for lang in shared if lang in own}
    return MappingProxyType(
        {lang: {key: told or _in_english(words, key) for key, told in words[lang].items()}
         for lang in words}
    )  # fmt: skip


def _in_english(words: Labels, key: str) -> str:
    """What stands where a language has no text: the English, and that it is English."""
    return f"{words['en'][key]} [{words['en']['language_short']}]"


def languages(page: str) -> tuple[str, ...]:
    """The languages a page can be read in, in the order of their columns."""
    return tuple(labels(page))


def table(name: str, by: str) -> dict[str, dict[str, str]]:
    """Texts by language, then by what stands in the column `by`."""
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(asset(name), newline="")):
        key = row.pop(by)
        for language, text in row.items():
            found.setdefault(language, {})[key] = text or ""
    return found
