"""Which column of a table says what: by its heading, folded, in Vietnamese or English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from gis.asking.gazetteer import folded
from gis.survey.model import SurveyLayer

M2_PER_HA = Decimal(10_000)
NOT_WORDS = re.compile(r"[^a-z0-9]+")
COMMUNE_NAMES = ("xa", "tenxa", "commune", "xaphuong", "phuongxa", "donvi", "tendonvi", "tenphuong")
ROLES: Mapping[str, tuple[str, ...]] = {
    "code": (
        "siteid", "site", "unitcode", "pointid", "makhu", "makcn", "maccn", "makhucum", "macum",
        "maxa",
        "maxaphuong", "madvhc", "madonvi", "maphuong", "code", "ma",
        "maso", "makyhieu", "gsocode",
        "magso", "id",
    ),
    "name": (
        "name", "shortname", "tenngan", "tenkhu", "tenkcn", "tenccn", "tencum", "tenkhucum",
        "tenkhucongnghiep", "tencumcongnghiep", "ten", "namevi", "tenvi", "tendoituong",
        "khucongnghiep", "cumcongnghiep", "khucumcongnghiep", "kcn", "ccn", "labels", "label",
        "nhan", "text", "khu", "cum", "doituong", "thua", "tenthua", "parcel", "khuvuc",
        "description",
    ),
    "district": (
        "district", "huyen", "tenhuyen", "districts", "district2010", "huyen2010", "quanhuyen",
        "caphuyen", "huyenthixa", "districtname", "tendonvicaphuyen",
    ),
    "commune": COMMUNE_NAMES,
    "kind": ("unittype", "type", "loai", "capdonvi", "loaidonvi"),
    "stated_ha": (
        "statedha", "dtha", "dientichha", "areaha", "hectares", "ha", "areahacensus",
        "dtquyhoachha",
        "dthecta", "dientichhecta",
    ),
    "stated_m2": ("dtm2", "dientichm2", "aream2", "statedm2"),
}  # fmt: skip
GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")


def heading(text: str) -> str:
    """A heading without diacritics, spaces and marks; square metres stay told from hectares."""
    return NOT_WORDS.sub("", folded(text.replace("²", "2")))


def roles_of(headings: Iterable[str], layer: SurveyLayer) -> dict[str, str]:
    """The heading that plays each role, the most telling first."""
    given: dict[str, str] = {}
    for text in headings:
        given.setdefault(heading(text), text)
    roles = dict(ROLES)
    if layer == "communes":  # of a commune its own name is the name
        roles["name"] = (*COMMUNE_NAMES, *ROLES["name"])
        roles["commune"] = ()
    return {
        role: found
        for role, names in roles.items()
        for found in [next((given[name] for name in names if name in given), None)]
        if found is not None
    }


def stated_hectares(attributes: Mapping[str, str], roles: Mapping[str, str]) -> Decimal | None:
    """The area a row states, where its heading says the unit."""
    value = hectares_in(
        attributes.get(roles.get("stated_ha", ""), ""),
        attributes.get(roles.get("stated_m2", ""), ""),
    )
    return value if value is not None and value > 0 else None


def hectares_in(in_ha: str, in_m2: str) -> Decimal | None:
    """Hectares from a cell of hectares, else from one of square metres."""
    value = decimal_of(in_ha)
    if value is None:
        grouped = GROUPED.fullmatch(in_m2.strip())  # 12.500 m2 are no twelve square metres
        square_metres = decimal_of(in_m2.replace(".", "") if grouped else in_m2)
        value = None if square_metres is None else square_metres / M2_PER_HA
    return value


def decimal_of(text: str) -> Decimal | None:
    """A number with a decimal point or comma, grouped or not; None for anything else."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if plain.count(",") == 1 and plain.count(".") == 0:
        plain = plain.replace(",", ".")
    elif "," in plain and plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
