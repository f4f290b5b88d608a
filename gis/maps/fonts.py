"""Letters that many machines cannot write, carried in the page: a small font a language."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from gis.maps import PAGE_NAMES
from gis.maps.labels import labels
from gis.maps.translation import translations


@dataclass(frozen=True, slots=True)
class Font:
    """A subset of a font and the letters it is for."""

    family: str
    ranges: tuple[tuple[int, int], ...]


FONTS: Mapping[str, Font] = {
    "ko": Font("tngis ko", ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))),  # Hangul
}


def letters(language: str) -> frozenset[str]:
    """The letters of a language's labels and sentences that its font must have."""
    ranges = FONTS[language].ranges
    told = [labels(page).get(language, {}) for page in PAGE_NAMES]
    return frozenset(
        letter
        for table in (*told, translations().get(language, {}))
        for text in table.values()
        for letter in text
        if any(first <= ord(letter) <= last for first, last in ranges)
    )


def font_faces(shown: Sequence[str]) -> str:
    """The style that brings the fonts of some languages; empty where none needs one."""
    rules = []
    for language in shown:
        if language not in FONTS:
            continue
        font = FONTS[language]
        data = (files("gis.maps") / "assets" / "fonts" / f"{language}.woff2").read_bytes()
        ranges = ",".join(f"U+{first:X}-{last:X}" for first, last in font.ranges)
        rules.append(
            f'@font-face{{font-family:"{font.family}";unicode-range:{ranges};'
            f"src:url(data:font/woff2;base64,{base64.b64encode(data).decode()})"
            ' format("woff2")}'
        )
    return "\n".join(rules)
