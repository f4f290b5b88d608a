"""Texts of a file as Unicode, whatever they were saved in, and what of them was changed."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gis.errors import Problem
from gis.language import Text, say
from gis.model import Severity
from gis.survey.lettering import Conversion, Lettering, readable
from gis.survey.model import Notice, SurveyError

Columns = dict[str, list[str]]

UTF_8 = ("utf-8", "utf-8-sig")
ONE_BYTE = "latin-1"  # a character a byte: what bytes are kept as until they are understood
MOST_CODE_PAGE_BYTES = 64


@dataclass(frozen=True, slots=True)
class CodePage:
    """What a .cpg file says of the bytes beside it."""

    said: str
    codec: str


def readable_texts(columns: Columns, notices: list[Notice]) -> Columns:
    """Texts that a reader already took for Unicode, though they may be letters of an old font."""
    return _rebuilt(columns, readable(list(_texts_of(columns))), notices)


def readable_bytes(name: str, columns: Columns, code_page: Path, notices: list[Notice]) -> Columns:
    """Texts that come as one character a byte: by their .cpg file, else by what they show.

    Raises: SurveyError, where the .cpg file contradicts the bytes.
    """
    page = _code_page(name, code_page) if code_page.is_file() else None
    texts = list(_texts_of(columns))
    if page is not None:
        _refuse_contradiction(name, page, texts)
    lettering: Lettering | None = None
    is_unicode = page.codec in UTF_8 if page else all(map(_is_utf_8, texts))
    if is_unicode:
        texts = [_as(text, "utf-8") for text in texts]
    elif page is not None and page.codec == "cp1258":
        lettering = "windows-1258"
    return _rebuilt(columns, readable(texts, lettering), notices)


def readable_cells(cells: Sequence[str], notices: list[Notice]) -> list[str]:
    """The texts of a table."""
    conversion = readable(cells)
    _tell(conversion, notices)
    return list(conversion.texts)


def readable_document(name: str, data: bytes, notices: list[Notice]) -> str:
    """A whole text file.

    Raises: SurveyError, where its encoding shows in nothing.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        text, is_unicode = data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        text, is_unicode = data.decode(ONE_BYTE), False
    lines = text.splitlines()
    conversion = readable(lines)
    if not is_unicode and conversion.lettering is None:
        raise SurveyError(
            Problem(
                name,
                say("mã chữ không nhận ra", "is in no encoding of text that shows"),
                say("lưu lại với mã UTF-8", "save it as UTF-8"),
            )
        )
    _tell(conversion, notices)
    return "\n".join(conversion.texts)


def _texts_of(columns: Columns) -> Iterable[str]:
    yield from columns
    for values in columns.values():
        yield from values


def _rebuilt(columns: Columns, conversion: Conversion, notices: list[Notice]) -> Columns:
    _tell(conversion, notices)
    texts = iter(conversion.texts)
    keys = [next(texts) for _ in columns]
    return {
        key: [next(texts) for _ in values]
        for key, values in zip(keys, columns.values(), strict=True)
    }


def _tell(conversion: Conversion, notices: list[Notice]) -> None:
    if conversion.note is not None:
        notices.append(Notice("letters-converted", Severity.NOTE, conversion.note))


# --- what a .cpg file says ---------------------------------------------------------------------


def _code_page(name: str, path: Path) -> CodePage:
    """The encoding a .cpg file names, as Python knows it."""
    said = path.read_bytes()[:MOST_CODE_PAGE_BYTES].decode("ascii", "replace").strip()
    plain = said.lower().removeprefix("ansi").strip()
    tries = (plain, f"cp{plain}", plain.replace("88591", "8859-1"), f"iso-{plain}")
    for codec in ("utf-8" if plain == "65001" else "", *tries):
        try:
            return CodePage(said, codecs.lookup(codec).name)
        except (LookupError, ValueError):
            continue
    raise _wrong(name, said, say("mã chữ lạ", "names no known encoding"))


def _refuse_contradiction(name: str, page: CodePage, texts: Sequence[str]) -> None:
    marked = [text for text in dict.fromkeys(texts) if not text.isascii()]
    if not marked:
        return
    are_utf_8 = [_is_utf_8(text) for text in marked]
    if page.codec in UTF_8 and not all(are_utf_8):
        raise _wrong(name, page.said, say("nhưng chữ không phải UTF-8", "but the text is no UTF-8"))
    if page.codec not in UTF_8 and all(are_utf_8):
        raise _wrong(name, page.said, say("nhưng chữ là UTF-8", "but the text is UTF-8"))


def _wrong(name: str, said: str, why: Text) -> SurveyError:
    return SurveyError(
        Problem(
            name,
            say("tệp .cpg sai: {why}", "has a wrong .cpg: {why}", why=why),
            say(
                "ghi đúng mã vào .cpg (UTF-8, 1258), hoặc xóa tệp .cpg để chữ được nhận ra",
                "name the right encoding in it (UTF-8, 1258), or delete it to have it recognised",
            ),
            field=".cpg",
            value=said,
        )
    )


def _is_utf_8(text: str) -> bool:
    """Whether the bytes are UTF-8, but for a letter that a narrow column cut in two."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text.encode(ONE_BYTE))
    except (UnicodeDecodeError, UnicodeEncodeError):
        return False
    return True


def _as(text: str, codec: str) -> str:
    try:
        return text.encode(ONE_BYTE).decode(codec, "ignore")
    except UnicodeEncodeError:
        return text
