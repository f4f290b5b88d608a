"""XML that others read: built as a tree, so that no text becomes markup; read back by libxml2."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from gis.delivery.orders import Written, telling_of_writing
from gis.errors import OutputError, Problem
from gis.language import say
from gis.model import LayerName

Tree = ElementTree.Element
SLD = "http://www.opengis.net/sld"
OGC = "http://www.opengis.net/ogc"
KML = "http://www.opengis.net/kml/2.2"
for _prefix, _address in {"sld": SLD, "ogc": OGC, "": KML}.items():
    ElementTree.register_namespace(_prefix, _address)


def element(
    parent: Tree | None, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    """A new element below another, with its text and attributes; `_` ends a reserved name."""
    named = {name.rstrip("_"): value for name, value in attributes.items()}
    made = ElementTree.Element(tag, named)
    made.text = text
    if parent is not None:
        parent.append(made)
    return made


def as_xml(root: Tree, doctype: str = "") -> bytes:
    """The tree as indented UTF-8, the same for the same tree."""
    ElementTree.indent(root, " ")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' + (f"{doctype}\n" if doctype else "")
    return (head + ElementTree.tostring(root, encoding="unicode") + "\n").encode("utf-8")


def write_xml(
    path: Path,
    root: Tree,
    role: str = "style",
    layer: LayerName | None = None,
    doctype: str = "",
) -> Written:
    """Write a tree, and have another parser find the same tree in the file.

    Raises: OutputError, also for a text with a character that XML cannot hold.
    """
    data = as_xml(root, doctype)
    with telling_of_writing(path):
        path.write_bytes(data)
        same = _canonical(path) == ElementTree.canonicalize(data.decode("utf-8"))
    if not same:
        raise OutputError(_not_xml(path))
    return Written(path, role, layer)  # type: ignore[arg-type]


def parsed(path: Path) -> Any:
    """The tree of a file as libxml2 understands it; what it refers to outside stays unread."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    return etree.parse(str(path), parser)


def _canonical(path: Path) -> str:
    from lxml import etree

    text: str = etree.tostring(parsed(path), method="c14n2").decode("utf-8")
    return text


def _not_xml(path: Path) -> Problem:
    return Problem(
        path.name,
        say("đọc lại khác với nội dung đã ghi", "comes back other than it was written"),
        say("bỏ ký tự điều khiển trong bảng", "remove control characters from the plan's tables"),
    )
