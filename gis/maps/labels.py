"""The words of the pages: a table with a row a label and a column a language."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

Labels = Mapping[str, Mapping[str, str]]


def asset(name: str) -> str:
    """The text of one of the pages' own files."""
    return (files("gis.maps") / "assets" / name).read_text(encoding="utf-8")


@cache
def labels() -> Labels:
    """Label texts by language, then by key."""
    rows = list(csv.DictReader(io.StringIO(asset("labels.csv"), newline="")))
    languages = [column for column in rows[0] if column != "key"]
    return MappingProxyType(
        {language: {row["key"]: row[language] for row in rows} for language in languages}
    )
