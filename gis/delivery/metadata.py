"""ISO 19115 metadata of every layer, written as ISO 19139 by pygeometa, read back by OWSLib."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis import __version__
from gis.crs import WGS84, reprojected
from gis.delivery.orders import Order, Written, not_whole, telling_of_writing
from gis.delivery.sheets import Sheet
from gis.errors import OutputError
from gis.language import Text, say
from gis.vocabulary import CODES

if TYPE_CHECKING:
    from jinja2 import Template
    from lxml.etree import _Element

GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"
NAMES = {"gmd": GMD, "gco": GCO}
DEGREE_DECIMALS = 6


def write_metadata(order: Order, folder: Path) -> list[Written]:
    """The metadata of every layer beside its shapefile.

    Raises: OutputError.
    """
    return [_write(order, sheet, folder) for sheet in order.sheets]


def _write(order: Order, sheet: Sheet, folder: Path) -> Written:
    from lxml import etree

    path = folder / f"{order.profile.layers[sheet.layer].file}.xml"
    with telling_of_writing(path):
        root = _tree(order, sheet)
        etree.indent(root, " ")
        path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
        same = _read_back(path) == _wanted(order, sheet)
    if not same:
        raise OutputError(not_whole(path))
    return Written(path, "metadata", sheet.layer)


def _wanted(order: Order, sheet: Sheet) -> tuple[str, ...]:
    return (identifier(order, sheet), title(order, sheet).vi, lineage(order, sheet).vi)


def _read_back(path: Path) -> tuple[str, ...]:
    """Identifier, title and lineage as OWSLib understands them."""
    from lxml import etree
    from owslib.iso import MD_Metadata

    record = MD_Metadata(etree.fromstring(path.read_bytes()))
    return (record.identifier, record.identification[0].title, record.dataquality.lineage)


# --- what it says --------------------------------------------------------------------------------


def identifier(order: Order, sheet: Sheet) -> str:
    """The id of a layer's metadata record."""
    return f"{order.plan.card.code}-{order.profile.layers[sheet.layer].file}"


def title(order: Order, sheet: Sheet) -> Text:
    """The layer and the plan it is of."""
    return say(
        "{layer} – {plan}", "{layer} – {plan}", layer=sheet.title, plan=order.plan.card.title
    )


def lineage(order: Order, sheet: Sheet) -> Text:
    """Where rows and outlines come from, and what the outlines can prove."""
    counts = {name: 0 for name in CODES["provenance"]}
    for row in sheet.rows.values():
        counts[order.profile.ours("provenance", row["provenance"])] += 1
    told = [
        say("{n} – {what}", "{n} – {what}", n=count, what=CODES["provenance"][name])
        for name, count in counts.items()
        if count
    ]
    return say(
        "Thuộc tính lấy nguyên văn từ {document}, mỗi dòng ghi mục, số thứ tự và dòng văn bản. "
        "Hình vẽ của {rows} đối tượng: {vi}. Nguồn gốc, tài liệu, ngày đo và sai số của từng hình "
        "nằm trong trường của chính đối tượng. {status}.",
        "Attributes are taken verbatim from {document}; every row names clause, row and line. "
        "Outlines of {rows} features: {en}. Provenance, source, date and accuracy of each outline "
        "stand in the fields of its feature. {status}.",
        document=order.plan.card.document,
        rows=len(sheet.rows),
        vi="; ".join(text.vi for text in told) or "không có",
        en="; ".join(text.en for text in told) or "none",
        status=order.plan.card.status,
    )


def bounds_in_degrees(sheet: Sheet) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a layer in WGS 84; None where nothing is drawn."""
    import shapely

    drawn = sheet.outlines[shapely.is_geometry(sheet.outlines)]
    if not len(drawn):
        return None
    west, south, east, north = shapely.total_bounds(reprojected(drawn, sheet.crs, WGS84))
    digits = DEGREE_DECIMALS
    return round(west, digits), round(south, digits), round(east, digits), round(north, digits)


def _record(order: Order, sheet: Sheet) -> dict[str, Any]:
    """The record as pygeometa takes it."""
    card = order.plan.card
    file = order.profile.layers[sheet.layer].file
    bounds = bounds_in_degrees(sheet) or (0.0, 0.0, 0.0, 0.0)
    years = [int(part) for part in re.findall(r"\d{4}", card.period)]
    temporal = {"begin": card.units_as_of, "end": f"{max(years)}-12-31" if years else "unknown"}
    use = say(
        "{status}; hồ sơ mẫu {profile}",
        "{status}; profile {profile}",
        status=card.status,
        profile=order.profile.code,
    )
    return {
        "mcf": {"version": "1.0"},
        "metadata": {
            "identifier": identifier(order, sheet),
            "language": "vi",
            "language_alternate": "en",
            "charset": "utf8",
            "hierarchylevel": "dataset",
            "datestamp": card.units_as_of,
            "dataseturi": f"{file}.shp",
        },
        "spatial": {"datatype": "vector", "geomtype": "surface"},
        "identification": {
            "language": "vi",
            "charset": "utf8",
            "title": _both(title(order, sheet)),
            "abstract": _both(card.status),
            "dates": {"creation": card.units_as_of},
            "keywords": {"default": _keywords(order, sheet)},
            "topiccategory": ["planningCadastre"],
            "extents": {
                "spatial": [{"bbox": list(bounds), "crs": "4326"}],
                "temporal": [temporal],
            },
            "fees": "None",
            "accessconstraints": "otherRestrictions",
            "rights": _both(use),
            "status": "historicalArchive",
            "maintenancefrequency": "notPlanned",
        },
        "contact": {"pointOfContact": {"organization": f"tngis {__version__}"}},
        "distribution": {
            "data": {
                "url": f"{file}.shp",
                "type": "FILE:GEO",
                "rel": "download",
                "name": _both(sheet.title),
                "description": _both(sheet.title),
                "function": "download",
            }
        },
        "dataquality": {
            "scope": {"level": "dataset"},
            "lineage": {"statement": _both(lineage(order, sheet))},
        },
    }


def _keywords(order: Order, sheet: Sheet) -> dict[str, Any]:
    card = order.plan.card
    return {
        "keywords": {
            "vi": [sheet.title.vi, card.province_vi],
            "en": [sheet.title.en, card.province_en],
        },
        "keywords_type": "theme",
    }


def _both(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}


# --- what pygeometa leaves open ------------------------------------------------------------------


@cache
def _template() -> Template:
    """The template of pygeometa, which itself compiles it anew for every record."""
    from jinja2 import Environment, FileSystemLoader
    from pygeometa import core
    from pygeometa.schemas.iso19139 import ISO19139OutputSchema

    folders = [ISO19139OutputSchema().template_dir, core.SCHEMAS]
    environment = Environment(loader=FileSystemLoader(folders))
    tools = {
        name: getattr(core, name)
        for name in (
            "normalize_datestring", "get_distribution_language", "get_charstring",
            "prune_distribution_formats", "prune_transfer_option",
        )
    }  # fmt: skip
    environment.filters.update(tools)
    environment.globals.update(tools, zip=zip)
    return environment.get_template("main.j2")


def _tree(order: Order, sheet: Sheet) -> _Element:
    """Pygeometa's record with the data's own reference system, a box in degrees, and its locale.

    pygeometa names the system of the box as that of the data, draws the box as a polygon, and
    refers to a locale that it calls otherwise.
    """
    from lxml import etree
    from pygeometa.core import VERSION

    text = _template().render(record=_record(order, sheet), pygeometa_version=VERSION)
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(text.encode("utf-8"), parser)
    code = root.find(".//gmd:referenceSystemIdentifier//gmd:code/gco:CharacterString", NAMES)
    code.text = f"urn:ogc:def:crs:EPSG::{order.plan.card.crs.removeprefix('EPSG:')}"
    for version in root.findall(".//gmd:referenceSystemIdentifier//gmd:version", NAMES):
        version.getparent().remove(version)
    for locale in root.iterfind(".//gmd:PT_Locale", NAMES):
        locale.set("id", "en")
    for note in root.findall(".//gmd:maintenanceNote", NAMES):
        note.getparent().remove(note)
    place = root.find(".//gmd:geographicElement", NAMES)
    place.remove(place[0])
    bounds = bounds_in_degrees(sheet)
    if bounds is None:
        place.getparent().remove(place)
    else:
        place.append(_box(bounds))
    return root


def _box(bounds: tuple[float, float, float, float]) -> _Element:
    from lxml import etree

    west, south, east, north = bounds
    box = etree.Element(f"{{{GMD}}}EX_GeographicBoundingBox")
    for name, value in (
        ("westBoundLongitude", west),
        ("eastBoundLongitude", east),
        ("southBoundLatitude", south),
        ("northBoundLatitude", north),
    ):
        side = etree.SubElement(box, f"{{{GMD}}}{name}")
        etree.SubElement(side, f"{{{GCO}}}Decimal").text = str(value)
    return box
