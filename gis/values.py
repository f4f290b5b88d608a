"""Values as files hold them, to frozen nouns: a noun's annotations are its schema.

All that is wrong is told at once. A schema library does as much, but is as long in loading as a
question is in being answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from types import NoneType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from gis.language import Text, say

Told = tuple[Text, Text]  # what is wrong, and how to mend it
Rule = Callable[[Any], Told | None]  # of a value that has its type already
Reader = Callable[[Any], Any]
Noun = TypeVar("Noun", bound=NamedTuple)


class Fault(NamedTuple):
    """One thing that is wrong with a value, and where in it."""

    what: Text
    mend: Text
    field: str = ""
    value: str | None = None

    def within(self, name: str) -> Fault:
        """The same fault, seen from what holds the value under this name."""
        return self._replace(field=f"{name}.{self.field}" if self.field else name)


class Field(NamedTuple):
    """How one field of a noun is read; without a value it has its default, if it has one."""

    read: Reader
    is_required: bool
    default: Any = None


class Faulty(ValueError):
    """A value cannot be read; carries all that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{item.field}: {item.what.en}" for item in faults))


def read(kind: type[Noun], given: Mapping[str, object]) -> Noun:
    """The noun that these fields make; a field without a value is as if it were not given.

    Raises: Faulty.
    """
    fields = _fields_of(kind)
    value_of = given.get
    if given.keys() <= fields.keys():
        try:
            return kind._make(
                [
                    default if value is None and not is_required else reader(value)
                    for name, (reader, is_required, default) in fields.items()
                    for value in (value_of(name),)
                ]
            )
        except Faulty:
            pass  # and all that is wrong is told
    raise Faulty(*_faults(fields, given))


def _faults(fields: Mapping[str, Field], given: Mapping[str, object]) -> Iterator[Fault]:
    """All that is wrong with a noun's fields, in the order they stand, then what is missing."""
    missing = [name for name, field in fields.items() if field.is_required and name not in given]
    for name, value in (*given.items(), *dict.fromkeys(missing).items()):
        field = fields.get(name, STRANGE)
        if value is not None:
            try:
                field.read(value)
            except Faulty as error:
                yield from (item.within(name) for item in error.faults)
        elif field.is_required:
            yield Fault(say("ô trống", "is empty"), say("điền giá trị", "fill it in"), name)


def _strange(value: object) -> None:
    raise _wrong(value, say("trường lạ", "unknown field"), say("bỏ trường này", "remove it"))


# --- what a value may be: written behind its type as Annotated[type, rule, …] ---------------------


def filled(value: str | tuple[Any, ...]) -> Told | None:
    """Something must be there."""
    if value:
        return None
    return say("ô trống", "is empty"), say("điền giá trị", "fill it in")


def above(limit: float) -> Rule:
    """A number must be greater."""
    return lambda value: None if value > limit else _out_of_range(limit)


def at_least(limit: float) -> Rule:
    """A number must be so great."""
    return lambda value: None if value >= limit else _out_of_range(limit)


def at_most(limit: float) -> Rule:
    """A number must not be greater."""
    return lambda value: None if value <= limit else _out_of_range(limit)


def _out_of_range(limit: float) -> Told:
    return (
        say("ngoài khoảng cho phép", "is out of range"),
        say("giới hạn: {limit}", "the limit: {limit}", limit=str(limit)),
    )


def no_longer(characters: int) -> Rule:
    """A text must not be longer."""

    def rule(value: str) -> Told | None:
        if len(value) <= characters:
            return None
        return (
            say("dài quá {n} ký tự", "is longer than {n} characters", n=characters),
            say("viết ngắn lại", "shorten it"),
        )

    return rule


def like(pattern: str) -> Rule:
    """A text must be written so."""
    fits = re.compile(pattern).fullmatch

    def rule(value: str) -> Told | None:
        if fits(value):
            return None
        return (
            say("mã viết sai dạng", "is not written as such an id is"),
            say("dạng đúng: {pattern}", "its form: {pattern}", pattern=pattern),
        )

    return rule


# --- from types to readers ------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _fields_of(kind: type[NamedTuple]) -> Mapping[str, Field]:
    hints, defaults = get_type_hints(kind, include_extras=True), kind._field_defaults
    return {
        name: Field(_reader(of), name not in defaults, defaults.get(name))
        for name, of in hints.items()
    }


def _reader(of: Any) -> Reader:
    """What reads values of a type."""
    if of in _PLAIN:
        return _PLAIN[of]
    origin, inner = get_origin(of), get_args(of)
    if origin is Annotated:
        reader = _reader(inner[0])
        for rule in inner[1:]:
            reader = _ruled(reader, rule)
        return reader
    if origin is Literal:
        return partial(_chosen, inner)
    if origin is tuple:
        return partial(_many, _reader(inner[0]))
    if origin is Mapping:
        return partial(_mapping, _reader(inner[1]))
    if NoneType in inner:
        return _reader(next(item for item in inner if item is not NoneType))
    return partial(_noun, of)


def _wrong(value: object, what: Text, mend: Text) -> Faulty:
    return Faulty(Fault(what, mend, "", str(value)))


def _ruled(reader: Reader, rule: Rule) -> Reader:
    def ruled(value: object) -> Any:
        found = reader(value)
        told = rule(found)
        if told is None:
            return found
        raise _wrong(value, *told)

    return ruled


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise _wrong(
        value,
        say("không phải chữ", "is not a text"),
        say("viết trong nháy kép", "write it in quotes"),
    )


def _whole_number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        whole, _, rest = value.partition(".")
        try:
            return int(value if rest.strip("0") else whole)
        except ValueError:
            pass
    raise _no_number(value)


def _decimal(value: object) -> Decimal:
    try:
        found = Decimal("" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        raise _no_number(value) from None
    if not found.is_finite():
        raise _no_number(value)
    return found


def _float(value: object) -> float:
    return float(_decimal(value))


def _no_number(value: object) -> Faulty:
    text = str(value)
    mend = say("viết một số, ví dụ 12.5", "write a number such as 12.5")
    if "," in text:
        point = text.replace(",", ".")
        mend = say("viết dấu chấm thập phân: {n}", "write a decimal point: {n}", n=point)
    return _wrong(value, say("không phải số", "is not a number"), mend)


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:  # other forms of ISO 8601 nobody writes
        mend = say(
            "viết năm-tháng-ngày, ví dụ 2010-02-13", "write year-month-day, such as 2010-02-13"
        )
        raise _wrong(value, say("không phải ngày", "is not a date"), mend)
    return found


def _chosen(allowed: tuple[str, ...], value: object) -> object:
    if value in allowed:
        return value
    *rest, last = map(repr, allowed)
    told = say("{rest} hoặc {last}", "{rest} or {last}", rest=rest, last=last) if rest else last
    raise _wrong(
        value,
        say("giá trị không được phép", "is not an allowed value"),
        say("chọn một trong: {allowed}", "choose one of: {allowed}", allowed=told),
    )


def _many(reader: Reader, value: object) -> tuple[Any, ...]:
    """A list, or the parts of a cell between semicolons."""
    if isinstance(value, str):
        value = tuple(filter(None, value.split(";")))
        if reader is _text:
            return value
    if not isinstance(value, list | tuple):
        what = say("không phải danh sách", "is not a list")
        raise _wrong(value, what, say("viết trong [ ]", "write it in [ ]"))
    return tuple(_each(reader, enumerate(value)).values())


def _mapping(reader: Reader, value: object) -> dict[str, Any]:
    return _each(reader, _table(value).items())


def _each(reader: Reader, items: Any) -> dict[Any, Any]:
    """Every value by its name or place, read."""
    found, faults = {}, []
    for name, item in items:
        try:
            found[name] = reader(item)
        except Faulty as error:
            faults += [fault.within(str(name)) for fault in error.faults]
    if faults:
        raise Faulty(*faults)
    return found


def _noun(kind: type[Noun], value: object) -> Noun:
    return value if isinstance(value, kind) else read(kind, _table(value))


def _table(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    what = say("không phải bảng", "is not a table")
    raise _wrong(value, what, say("viết các trường của nó", "write its fields"))


STRANGE = Field(_strange, False)
_PLAIN: Mapping[Any, Reader] = {
    str: _text,
    int: _whole_number,
    float: _float,
    Decimal: _decimal,
    date: _date,
}
