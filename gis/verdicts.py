"""The nouns of siting: what is asked, how it was understood, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from gis.language import Text
from gis.model import Citation


class Verdict(StrEnum):
    """The six answers; `unknown` is never a no, and `open-list` is never a yes."""

    LIMITED = "limited-or-forbidden"
    LISTED = "listed"
    DIRECTED = "directed"
    OPEN_LIST = "open-list"
    NOT_LISTED = "not-listed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Need:
    """A question as it was asked: an activity in words or as a code, a place, a size."""

    activity: str = ""
    code: str = ""
    place: str = ""
    ha: Decimal | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something the asker must know about an answer; the code is stable, the text says it."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing a question may mean."""

    identity: str  # activity_id, site_id, unit_code or district
    label: Text
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class ActivityMatch:
    """What an activity was taken to mean; without an id it was not understood well enough.

    `is_industry` is False for housing, shops, golf and the like, which the decision does not
    govern. `is_complete` says that the candidates are all that can be meant: several things were
    named, or a word or code has several meanings.
    """

    asked: str
    activity_id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    flags: tuple[Flag, ...] = ()
    is_industry: bool = True
    is_complete: bool = False


PlaceKind = Literal["site", "commune", "district", "province", "ground", "unknown"]


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What a place was taken to mean.

    `site_ids` are the sites meant (one, for kind `site`), `unit_codes` the communes of 2010 and
    `districts` the districts of 2010 it covers; an ambiguous or strange name has kind `unknown`
    and its candidates.
    """

    asked: str
    kind: PlaceKind
    label: Text
    site_ids: tuple[str, ...] = ()
    unit_codes: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    flags: tuple[Flag, ...] = ()
    information: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A passage of the decision that bears on an answer, and whether it decided it."""

    citation: Citation
    effect: Literal[
        "permit", "encourage", "require", "limit", "forbid", "orientation", "absent", "size"
    ]
    decided: bool
    text: Text
    clause_id: str = ""  # a clause of the plan, or empty for a row of a table
    site_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One verdict with everything it rests on and everything it leaves open."""

    need: Need
    verdict: Verdict
    place: PlaceMatch
    activity: ActivityMatch
    site_id: str | None = None
    reasons: tuple[Reason, ...] = ()
    secondary: tuple[Reason, ...] = ()
    flags: tuple[Flag, ...] = ()
    information: tuple[Text, ...] = ()
    not_checked: tuple[Text, ...] = ()
    headroom: object | None = field(default=None, compare=False)  # a row of the commune ledger
