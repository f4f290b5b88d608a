"""The coordinate system that the words of a survey paper name, if they name one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gis.asking.gazetteer import folded

MERIDIAN = re.compile(
    r"(?:kinh tuyen(?: truc)?|ktt|kttw|central meridian|tm-?3)\D{0,12}?"
    r"(?P<d>10\d)\s*(?:°|º|o|do|-|\s|d)\s*(?P<m>00|15|30|45)"
)
EPSG = re.compile(r"epsg\s*:?\s*(?P<code>\d{4,5})")
SIX_DEGREES = re.compile(r"mui(?: chieu)?\s*6|zone 48")


def declared_system(lines: Sequence[str], headings: Sequence[str], is_degrees: bool) -> str | None:
    """The code of the system that the title or the headings of a table name."""
    text = folded(" ".join([*lines, *headings]))
    code = EPSG.search(text)
    if code:
        return f"EPSG:{code['code']}"
    is_vn2000 = bool(re.search(r"vn\W{0,2}2000", text))
    if is_degrees:
        if "wgs" in text:
            return "EPSG:4326"
        return "EPSG:4756" if is_vn2000 else None
    meridian = MERIDIAN.search(text)
    if is_vn2000 and meridian:
        if SIX_DEGREES.search(text):
            return {"105": "EPSG:3405", "111": "EPSG:3406"}.get(meridian["d"])
        return _zones().get((int(meridian["d"]), int(meridian["m"])))
    return None


@lru_cache(maxsize=1)
def _zones() -> dict[tuple[int, int], str]:
    """The 3° zones of VN-2000 by their central meridian, as the EPSG register names them."""
    from pyproj.database import query_crs_info

    zones: dict[tuple[int, int], str] = {}
    numbered = {"481": (102, 0), "482": (105, 0), "491": (108, 0)}
    for item in query_crs_info(auth_name="EPSG"):
        found = re.fullmatch(r"VN-2000 / TM-3 (?:zone (\d{3})|(\d{3})-(\d{2}))", item.name)
        if found:
            key = numbered.get(found[1] or "") or (
                (int(found[2]), int(found[3])) if found[2] else None
            )
            if key:
                zones[key] = f"EPSG:{item.code}"
    return zones
