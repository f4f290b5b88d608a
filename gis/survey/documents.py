"""Tables of a written document: what a planning dossier prints can be read back."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

from gis.errors import Problem
from gis.language import say
from gis.survey.grids import Grid, GridRow
from gis.survey.model import SurveyError

MOST_UNPACKED_BYTES = 2**28


def document_grids(shown: str, path: Path) -> list[Grid]:
    """Every table of a document, after the paragraphs that stand before it.

    Raises: SurveyError.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        with ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise ValueError("unpacks to too much")
        blocks = list(docx.Document(str(path)).iter_inner_content())
    except (OpcError, BadZipFile, LxmlError, KeyError, ValueError, OSError) as error:
        what = say("không đọc được: {why}", "cannot be read: {why}", why=str(error))
        again = say("mở bằng Word và lưu lại", "open it in Word and save it again")
        raise SurveyError(Problem(shown, what, again)) from error
    rows: list[GridRow] = []
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                cells = [" ".join(cell.text.split()) for cell in row.cells]
                rows.append(GridRow(len(rows) + 1, cells))
        elif block.text.strip():
            rows.append(GridRow(len(rows) + 1, [" ".join(block.text.split())]))
    return [Grid("", rows)]
