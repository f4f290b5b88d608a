"""What can go wrong, one class per thing a caller could act on."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis.language import Language, Text, say

SHOWN_VALUE_CHARACTERS = 60  # a value is named, not reprinted


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what we were given, where it stands, and how to mend it."""

    file: str
    what: Text
    mend: Text
    layer: str = ""
    row: str = ""
    field: str = ""
    value: str | None = None

    def in_(self, lang: Language) -> str:
        names = (
            (say("tệp", "file"), self.file),
            (say("lớp", "layer"), self.layer),
            (say("dòng", "row"), self.row),
            (say("trường", "field"), self.field),
            (say("giá trị", "value"), None if self.value is None else _quoted(self.value)),
        )
        place = ", ".join(f"{name.in_(lang)} {value}" for name, value in names if value)
        mend = say("cách sửa", "mend").in_(lang)
        return f"{place}: {self.what.in_(lang)} ({mend}: {self.mend.in_(lang)})"


def _quoted(value: str) -> str:
    short = value if len(value) <= SHOWN_VALUE_CHARACTERS else value[:SHOWN_VALUE_CHARACTERS] + "…"
    return repr(short)


class GisError(Exception):
    """Base of every error raised on purpose by this package; carries all that is wrong at once."""

    def __init__(self, *problems: Problem) -> None:
        self.problems: Sequence[Problem] = problems
        super().__init__(self.in_("en"))

    def in_(self, lang: Language) -> str:
        return "\n".join(problem.in_(lang) for problem in self.problems)


class PlanError(GisError):
    """A plan folder is missing, incomplete or malformed."""


class LayerError(GisError):
    """A layer's file, coordinate system or geometry cannot be used."""


class ProfileError(GisError):
    """A profile of a delivery is missing or cannot be used."""


class KitError(GisError):
    """A delivered kit, or a report, cannot be opened at all."""


class OutputError(GisError):
    """Results cannot be written where they were asked for; nothing was changed there."""
