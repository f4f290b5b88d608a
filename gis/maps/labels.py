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
    shared, own = _table(SHARED), _table(page)
    return MappingProxyType(
        {language: {**shared[language], **own[language]} for language in shared if language in own}
    )


def languages(page: str) -> tuple[str, ...]:
    """The languages a page can be read in, in the order of their columns."""
    return tuple(labels(page))


def _table(folder: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(asset(f"{folder}/labels.csv"), newline="")):
        key = row.pop("key")
        for language, text in row.items():
            found.setdefault(language, {})[key] = text
    return found
