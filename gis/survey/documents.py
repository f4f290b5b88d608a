"""Tables of a written document: what a planning dossier prints can be read back."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from gis.errors import Problem
from gis.language import say
from gis.survey.grids import Grid, GridRow
from gis.survey.model import SurveyError

MOST_UNPACKED_BYTES = 2**28
# What a damaged archive, part or tree of a document makes its reader raise.
UNREADABLE = (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, LookupError, ValueError,
              AttributeError, TypeError)  # fmt: skip


def document_grids(shown: str, path: Path) -> list[Grid]:
    """Every table of a document, after the paragraphs that stand before it.

    Raises: SurveyError.
    """
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        texts = list(_rows(path))
    except (OpcError, LxmlError, *UNREADABLE) as error:
        what = say("không đọc được: {why}", "cannot be read: {why}", why=str(error)[:200])
        again = say("mở bằng Word và lưu lại", "open it in Word and save it again")
        raise SurveyError(Problem(shown, what, again)) from error
    return [Grid("", [GridRow(number, cells) for number, cells in enumerate(texts, start=1)])]


def _rows(path: Path) -> Iterator[list[str]]:
    """Paragraphs as rows of one cell, and the rows of tables, in their order."""
    import docx
    from docx.table import Table

    with ZipFile(path) as archive:
        if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED_BYTES:
            raise ValueError("unpacks to too much")
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield [" ".join(cell.text.split()) for cell in row.cells]
        elif block.text.strip():
            yield [" ".join(block.text.split())]
