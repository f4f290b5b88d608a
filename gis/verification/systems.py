"""The text of a .prj, read strictly: PROJ guesses what it cannot read, others do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import isclose

from pyproj import CRS
from pyproj.exceptions import CRSError

MOST_BYTES = 20_000
TOKENS = re.compile(r'\s*(?:([A-Za-z][A-Za-z0-9_]*)|"([^"]*)"|([-+0-9.eE]+)|([\[\](),]))\s*')
LEFT_OUT = ("AUTHORITY", "TOWGS84", "AXIS", "EXTENSION")
FREE_NAMES = ("PROJCS", "GEOGCS")
OTHER_NAMES = {"metre": "meter", "vn2000": "vietnam2000", "wgs84": "wgs1984"}
SAME = 1e-9  # relative

Node = tuple[str, list[object]]
Fact = tuple[str | float, ...]


@lru_cache(maxsize=64)
def named_system(data: bytes, crs: str) -> tuple[str, str]:
    """The code of what is wrong with the text of a .prj, if anything, and what it names."""
    wanted = CRS.from_user_input(crs)
    try:
        text = data[:MOST_BYTES].decode("ascii").strip()
        found = CRS.from_wkt(text)
    except (UnicodeDecodeError, CRSError):
        return "PROJ02", data[:60].decode("latin-1")
    if text[:7].upper() in ("PROJCRS", "BOUNDCR", "COMPOUN", "GEOGCRS", "GEODCRS"):
        return ("" if found.equals(wanted, ignore_axis_order=True) else "PROJ03"), found.name
    told = facts(text)
    if told is None:
        return "PROJ02", text[:60]
    return ("" if _same(told, facts(wanted.to_wkt("WKT1_ESRI")) or []) else "PROJ03"), found.name


def facts(text: str) -> list[Fact] | None:
    """What a WKT of the first kind says apart from free names; None where it is not well-formed."""
    tokens = list(_tokens(text))
    if not tokens or tokens[-1] is None:
        return None
    try:
        node, rest = _node(tokens, 0)  # type: ignore[arg-type]
    except (IndexError, ValueError):
        return None
    return sorted(_facts(node), key=str) if rest == len(tokens) else None


def _tokens(text: str) -> Iterator[tuple[str, str] | None]:
    place = 0
    while place < len(text):
        found = TOKENS.match(text, place)
        if found is None:
            yield None
            return
        word, name, digits, mark = found.groups()
        if word is not None:
            yield "word", word.upper()
        elif name is not None:
            yield "name", name
        elif digits is not None:
            yield "number", digits
        else:
            yield "mark", mark.replace("(", "[").replace(")", "]")
        place = found.end()


def _node(tokens: list[tuple[str, str]], place: int) -> tuple[Node, int]:
    """A keyword and what its brackets hold.

    Raises: ValueError, IndexError.
    """
    kind, keyword = tokens[place]
    if kind != "word" or tokens[place + 1] != ("mark", "["):
        raise ValueError(keyword)
    items: list[object] = []
    place += 2
    while True:
        kind, told = tokens[place]
        if kind == "word" and tokens[place + 1] == ("mark", "["):
            node, place = _node(tokens, place)
            items.append(node)
        elif kind == "mark":
            raise ValueError(told)
        else:
            items.append(float(told) if kind == "number" else told)
            place += 1
        _, mark = tokens[place]
        if tokens[place][0] != "mark" or mark not in ",]":
            raise ValueError(mark)
        place += 1
        if mark == "]":
            return (keyword, items), place


def _facts(node: Node) -> Iterator[Fact]:
    keyword, items = node
    if keyword in LEFT_OUT:
        return
    own = [item for item in items if not isinstance(item, tuple)]
    told = [_plain(item) if isinstance(item, str) else float(str(item)) for item in own]
    yield (keyword, *(told[1:] if keyword in FREE_NAMES else told))
    for item in items:
        if isinstance(item, tuple):
            yield from _facts(item)


def _plain(name: str) -> str:
    """A name as programs compare it: without case, signs, and the D_ of a datum."""
    bare = re.sub("[ _-]", "", name.lower().removeprefix("d_"))
    return OTHER_NAMES.get(bare, bare)


def _same(found: list[Fact], wanted: list[Fact]) -> bool:
    return len(found) == len(wanted) and all(
        len(a) == len(b) and all(map(_alike, a, b)) for a, b in zip(found, wanted, strict=True)
    )


def _alike(first: str | float, second: str | float) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return isclose(first, second, rel_tol=SAME, abs_tol=SAME)
    return first == second
