"""Coordinates as people type them: decimal comma or point, thousands grouped, degrees in parts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gis.spreadsheets import Cell

Style = Literal["point", "comma"]
PATTERNS: dict[Style, re.Pattern[str]] = {
    "point": re.compile(r"[-+]?(?:\d+|\d{1,3}(?:[, ]\d{3})+)(?:\.\d+)?"),
    "comma": re.compile(r"[-+]?(?:\d+|\d{1,3}(?:[. ]\d{3})+)(?:,\d+)?"),
}
DEGREES = re.compile(
    r"(?P<d>\d{1,3})\s*[°ºdđo]\s*(?P<m>\d{1,2})\s*['′’]\s*"
    r"(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|'')?)?\s*[NEBĐnebđ]?"
)
UNIT = re.compile(r"\s*(?:m|met|mét|°)\s*$", re.IGNORECASE)
NORTHINGS, EASTINGS = (8e5, 2.7e6), (5e4, 9.5e5)  # of the country, in any VN-2000 zone
LATITUDES, LONGITUDES = (8.0, 24.0), (102.0, 110.0)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Numbers that could be read in two ways, with the first of them."""

    example: str


def style_of(cells: Iterable[Cell]) -> Style | Unsettled:
    """How the numbers of a table mark their decimals: one way for the whole table."""
    texts = [text for cell in cells if isinstance(cell, str) and (text := _plain(cell))]
    texts = [text for text in texts if not DEGREES.fullmatch(text)]
    can: list[Style] = [
        style
        for style, pattern in PATTERNS.items()
        if all(pattern.fullmatch(text) for text in texts if _looks_numeric(text))
    ]
    if len(can) != 2:
        return can[0] if can else "point"
    differing = [
        text
        for text in texts
        if _looks_numeric(text) and _value(text, "point") != _value(text, "comma")
    ]
    if not differing:
        return "point"
    fit: list[Style] = [
        style for style in can if all(_is_plausible(_value(text, style)) for text in differing)
    ]
    return fit[0] if len(fit) == 1 else Unsettled(differing[0])


def number_of(cell: Cell, style: Style) -> float | None:
    """The number a cell holds; None if it holds none. Infinities and NaN come as they are."""
    if not isinstance(cell, str):
        return float(cell)
    text = _plain(cell)
    if text.lower() in ("nan", "inf", "+inf", "-inf", "infinity", "-infinity"):
        return math.nan
    parts = DEGREES.fullmatch(text)
    if parts:
        seconds = float((parts["s"] or "0").replace(",", "."))
        return int(parts["d"]) + int(parts["m"]) / 60 + seconds / 3600
    return _value(text, style) if PATTERNS[style].fullmatch(text) else None


def _plain(cell: str) -> str:
    return UNIT.sub("", cell.replace("\u00a0", " ").replace("\u202f", " ").strip())


def _looks_numeric(text: str) -> bool:
    return text[:1] in "+-0123456789" and not re.search(r"[^\d.,+\- ]", text)


def _value(text: str, style: Style) -> float:
    group, decimal = (",", ".") if style == "point" else (".", ",")
    try:
        return float(text.replace(" ", "").replace(group, "").replace(decimal, "."))
    except ValueError:
        return math.nan


def _is_plausible(value: float) -> bool:
    return any(
        low <= abs(value) <= high for low, high in (NORTHINGS, EASTINGS, LATITUDES, LONGITUDES)
    )
