"""Vietnamese letters that went wrong on the way: cut, misread, or of an old font."""

from __future__ import annotations

import codecs
import unicodedata

from gis.language import Text, say
from gis.survey.lettering import CONVERSIONS, NAMES, Lettering, lettering_of
from gis.verification.faults import NOTHING
from gis.verification.readings import Bad

UTF_8 = ("", "utf-8", "utf8", "65001")
LOST = "\ufffd"
MISREADINGS = ("cp1252", "cp1258", "latin-1")
OLD_LETTERS: tuple[Lettering, ...] = ("tcvn3", "vni", "windows-1258")
FEWEST_CHARACTERS = 8  # of a beginning that tells what became of a text


def decoded(raw: bytes, encoding: str, *, full: bool) -> str | Bad:
    """The bytes of a cell as text; `full` says that they fill their column to the last byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if full and error.reason == "unexpected end of data":
            return Bad("CELL04", raw.decode("utf-8", "replace"))
    declared = _codec(encoding)
    if declared is not None:
        return raw.decode(declared, "replace")
    return Bad("CELL01", raw.decode("latin-1"))


def _codec(encoding: str) -> str | None:
    """The Python name of a declared encoding that is not UTF-8, if it is a known one."""
    name = encoding.lower()
    if name in UTF_8:
        return None
    for candidate in (name, f"cp{name}", name.replace("ansi ", "cp")):
        try:
            return codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
    return None


def diagnosis(found: str, wanted: str) -> tuple[str, Text] | None:
    """The code of what became of a text on the way, if that can be seen."""
    for codec in MISREADINGS:
        if _begins_alike(found, _misread(wanted, codec)):
            return "CELL02", say("đọc bằng {codec}", "read as {codec}", codec=codec)
    if unicodedata.normalize("NFC", found) == wanted:
        return "CELL05", NOTHING
    if len(found) < len(wanted) and wanted.startswith(found):
        return "CELL04", say(
            "còn {n} trên {all} ký tự", "{n} of {all} characters left", n=len(found),
            all=len(wanted),
        )  # fmt: skip
    for lettering in OLD_LETTERS:
        read = _read_as(found, lettering)
        if not wanted.isascii() and read and _is_beginning(read.casefold(), wanted.casefold()):
            name = NAMES[lettering]
            return "CELL03", say("chữ {name}", "letters of {name}", name=name)
    if has_lost_letters(found) or _begins_alike(found, _asked(wanted)):
        return "CELL06", NOTHING
    return None


def _begins_alike(found: str, text: str) -> bool:
    """Whether a text is the other one, or its beginning: letters misread fill a column sooner."""
    if text.isascii():
        return found == text and "?" in text
    return _is_beginning(found, text)


def _is_beginning(found: str, text: str) -> bool:
    return len(found) >= min(len(text), FEWEST_CHARACTERS) and text.startswith(found)


def _read_as(text: str, lettering: Lettering) -> str | None:
    """A text read as letters of a former encoding; None where it holds others."""
    if text.isascii():
        return None
    try:
        return unicodedata.normalize("NFC", CONVERSIONS[lettering](text))
    except (KeyError, UnicodeDecodeError):
        return None


def _misread(text: str, codec: str) -> str:
    """The text as it looks when its UTF-8 bytes are taken for another encoding."""
    if text.isascii():
        return text
    return "".join(_as_windows(byte, codec) for byte in text.encode())


def _as_windows(byte: int, codec: str) -> str:
    """A byte in a code page of Windows, which reads what is undefined there as a control."""
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


def _asked(text: str) -> str:
    """The text as it looks when an encoding that lacks its letters wrote question marks."""
    return "".join(c if c.isascii() else "?" for c in text)


def has_lost_letters(text: str) -> bool:
    """Whether a text holds a mark of lost letters, or characters nobody wrote."""
    return LOST in text or any(not c.isprintable() and c not in "\n\t" for c in text)


def suspicion(text: str) -> tuple[str, Text] | None:
    """What is wrong with a text by itself, where there is none to compare it with."""
    if has_lost_letters(text):
        return "CELL06", NOTHING
    lettering = lettering_of([text])
    if lettering is not None:
        read = _read_as(text, lettering) or ""
        detail = say("nguyên là “{read}”", "it was “{read}”", read=read)
        return ("CELL02" if lettering == "utf-8" else "CELL03"), detail
    if unicodedata.normalize("NFC", text) != text:
        return "CELL05", NOTHING
    return None
