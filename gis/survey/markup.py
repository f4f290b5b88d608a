"""KML is read only where it stands for itself: no document type, no entities, no other file."""

from __future__ import annotations

import re

from gis.errors import Problem
from gis.language import say
from gis.survey.model import SurveyError

DECLARED = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
ROOT = re.compile(r"<(?:\w+:)?kml[\s>]")


def refuse_entities(name: str, data: bytes) -> None:
    """Refuse markup that declares a document type or entities, or is no KML.

    Raises: SurveyError.
    """
    text = _decoded(data)
    declared = DECLARED.search(text)
    if declared:
        raise SurveyError(
            Problem(
                name,
                say(
                    "khai báo {what}: tệp có thể đọc tệp khác",
                    "declares a {what}: it could pull in other files",
                    what=declared.group(1).upper(),
                ),
                say("xóa khai báo này; KML không cần nó", "remove the declaration; KML needs none"),
            )
        )
    if not ROOT.search(text):
        raise SurveyError(
            Problem(
                name,
                say("không phải KML", "is no KML"),
                say("xuất lại dạng KML hoặc GeoJSON", "export it as KML or GeoJSON"),
            )
        )


def _decoded(data: bytes) -> str:
    """The text in the encodings an XML file may be in, whatever it says of itself."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[:4].count(b"\x00") >= 2:
        return data.decode("utf-16-be" if data[:1] == b"\x00" else "utf-16-le", "replace")
    return data.decode("latin-1")
