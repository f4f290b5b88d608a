"""Vietnamese letters that went wrong on the way: cut, misread, or of an old font."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator

from gis.language import Text, say
from gis.verification.faults import NOTHING
from gis.verification.readings import Bad

UTF_8 = ("", "utf-8", "utf8", "65001")
LOST = "\ufffd"
MISREADINGS = ("cp1252", "cp1258", "latin-1")
_TCVN3 = dict(
    zip(
        "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđĂÂĐÊÔƠƯ",
        bytes.fromhex(
            "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9"
            "aceaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeaea1a2a7a3a4a5a6"
        ),
        strict=True,
    )
)


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
    for name, text in _in_old_letters(wanted):
        if _begins_alike(found, text):
            return "CELL03", say("chữ {name}", "letters of {name}", name=name)
    if unicodedata.normalize("NFC", found) == wanted:
        return "CELL05", NOTHING
    if has_lost_letters(found) or _begins_alike(found, _asked(wanted)):
        return "CELL06", NOTHING
    if len(found) < len(wanted) and wanted.startswith(found):
        return "CELL04", say(
            "còn {n} trên {all} ký tự", "{n} of {all} characters left", n=len(found),
            all=len(wanted),
        )  # fmt: skip
    return None


def _begins_alike(found: str, text: str) -> bool:
    """Whether a text is the other one, or its beginning: letters misread fill a column sooner."""
    return (not text.isascii() and len(found) >= min(len(text), 8) and text.startswith(found)) or (
        text.isascii() and found == text and "?" in text
    )


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


def _in_old_letters(text: str) -> Iterator[tuple[str, str]]:
    if text.isascii():
        return
    old = bytes(
        _TCVN3.get(c, _TCVN3.get(c.lower(), ord(c) if c.isascii() else ord("?"))) for c in text
    )
    yield "TCVN3", old.decode("cp1252", "replace")
    yield "TCVN3", old.decode("latin-1")
    split = unicodedata.normalize("NFD", text)
    for codec in ("cp1258",):
        yield codec, split.encode(codec, "ignore").decode("latin-1")


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
    for codec in MISREADINGS:
        read = _read_back(text, codec)
        if read is not None:
            return "CELL02", say("nguyên là “{read}”", "it was “{read}”", read=read)
    if unicodedata.normalize("NFC", text) != text:
        return "CELL05", NOTHING
    return None


def _read_back(text: str, codec: str) -> str | None:
    """What a text was before its UTF-8 was misread, if that gives Vietnamese."""
    if text.isascii():
        return None
    try:
        raw = b"".join(bytes([ord(c)]) if 0x80 <= ord(c) < 0xA0 else c.encode(codec) for c in text)
        read = raw.decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return read if any(c in _TCVN3 for c in read.lower()) else None
