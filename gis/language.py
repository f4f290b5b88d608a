"""Every sentence the program says, in Vietnamese and English, and numbers as each writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_SWAP = str.maketrans(",.", ".,")


class Pattern(NamedTuple):
    """What a sentence was made of, so that it can be told in further languages."""

    vi: str
    en: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    vi: str
    en: str
    made_of: Pattern | None = field(default=None, compare=False, repr=False)

    def in_(self, lang: Language) -> str:
        return self.vi if lang == "vi" else self.en


def number(value: int | float | Decimal, lang: Language, decimals: int | None = None) -> str:
    """A number as the language writes it: 1.160,83 in Vietnamese, 1,160.83 in English.

    Without `decimals`, floats show two and exact decimals all they have.
    """
    if decimals is None:
        decimals = 2 if isinstance(value, float) else _decimals_of(value)
    plain = f"{value:,.{decimals}f}"
    return plain.translate(_SWAP) if lang == "vi" else plain


def _decimals_of(value: int | Decimal) -> int:
    if isinstance(value, int):
        return 0
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounded(value: float | Decimal, decimals: int) -> Decimal:
    """The value as an exact decimal of so many places, so that sentences print just those."""
    return Decimal(f"{value:.{decimals}f}")


def say(vi: str, en: str, /, **values: object) -> Text:
    """A sentence in both languages with its values filled in as each language writes them."""
    return Text(_fill(vi, "vi", values), _fill(en, "en", values), Pattern(vi, en, values))


def _fill(template: str, lang: Language, values: dict[str, object]) -> str:
    return template.format_map({name: shown(value, lang) for name, value in values.items()})


def shown(value: object, lang: Language) -> str:
    """Any value as text of one language; lists are joined with commas."""
    if type(value) is str:  # most are, in a hundred thousand answers
        return value
    if type(value) is Text:
        return value.in_(lang)
    match value:
        case bool() | str():
            return str(value)
        case int() | float() | Decimal():
            return number(value, lang)
        case list() | tuple():
            return ", ".join(shown(item, lang) for item in value)
        case _:
            return str(value)
