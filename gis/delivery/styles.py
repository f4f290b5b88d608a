"""How layers look in QGIS and on servers: QML and SLD, from one table of symbols.

Outlines that prove nothing are dashed everywhere, as on the map pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gis.delivery.fitting import Table
from gis.delivery.markup import OGC, SLD, Tree, as_xml, element, write_xml
from gis.delivery.orders import Written
from gis.language import Text
from gis.model import LayerName
from gis.vocabulary import CODES

QGIS_VERSION = "3.22.16-Białowieża"  # the oldest that is promised to open the styles
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
FONT = "Arial"  # on every Windows, with all Vietnamese letters; QGIS takes another where it lacks
PIXELS_PER_MM = 3.78  # at 96 dots an inch
INDICATIVE = "indicative"
PROVEN = ("surveyed", "digitised")


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a layer is drawn: fill and its opacity, line, and the field and size of its label."""

    fill: str
    opacity: float
    line: str
    width_mm: float
    label: str
    points: float
    largest_scale: int = 0  # labels only below 1 : this, where it is not 0
    priority: int = 5  # of labels, where there is no room for all: 0 to 10


SYMBOLS: Mapping[LayerName, Symbol] = {
    "zones": Symbol("#0b5a61", 0.35, "#0b5a61", 0.6, "short_name", 10, 0, 9),
    "clusters": Symbol("#ad430c", 0.35, "#ad430c", 0.5, "short_name", 9, 500_000, 8),
    "craft_points": Symbol("#7a4e9c", 0.35, "#7a4e9c", 0.5, "point_name", 8, 100_000, 6),
    "communes": Symbol("#ffffff", 0.0, "#93a299", 0.2, "unit_name", 7, 150_000),
    "districts": Symbol("#eef2e6", 0.0, "#46625f", 0.7, "district", 11),
}


@dataclass(frozen=True, slots=True)
class Category:
    """The features of one provenance: the delivered code, its meaning, and whether it is dashed."""

    code: str
    label: Text
    dashed: bool


def categories(table: Table) -> list[Category]:
    """How a layer's features are told apart; empty where provenance is not delivered."""
    column = next((item for item in table.columns if item.field.name == "provenance"), None)
    if column is None:
        return []
    return [
        Category(column.codes[code], CODES["provenance"][code], code not in PROVEN)
        for code in (*PROVEN, INDICATIVE)
    ]


def write_styles(table: Table, folder: Path) -> list[Written]:
    """The style of a shapefile beside it, for QGIS and for others."""
    stem = folder / table.name
    return [
        write_xml(stem.with_suffix(".qml"), qml(table), "style", table.layer, DOCTYPE),
        write_xml(stem.with_suffix(".sld"), sld(table), "style", table.layer),
    ]


def style_texts(table: Table) -> tuple[str, str]:
    """QML and SLD as texts, for the table of styles in a GeoPackage."""
    return (
        as_xml(qml(table), DOCTYPE).decode("utf-8"),
        as_xml(sld(table)).decode("utf-8"),
    )


# --- QML -----------------------------------------------------------------------------------------


def qml(table: Table) -> Tree:
    """The style as QGIS keeps it: symbols by provenance, labels, Vietnamese names of fields."""
    root = element(None, "qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling|Fields")
    add_renderer(root, table)
    add_labels(root, table)
    add_aliases(root, table)
    element(root, "layerGeometryType", "2")
    return root


def add_renderer(parent: Tree, table: Table) -> None:
    """Symbols by provenance, or one dashed symbol where the profile does not deliver it."""
    found = categories(table)
    symbol = SYMBOLS[table.layer]
    if not found:
        renderer = element(parent, "renderer-v2", type="singleSymbol", symbollevels="0")
        _fill_symbol(element(renderer, "symbols"), "0", symbol, dashed=True)
        return
    column = next(item for item in table.columns if item.field.name == "provenance")
    renderer = element(
        parent,
        "renderer-v2",
        type="categorizedSymbol",
        attr=column.name,
        symbollevels="0",
        enableorderby="0",
        forceraster="0",
    )
    listed = element(renderer, "categories")
    symbols = element(renderer, "symbols")
    for number, category in enumerate(found):
        element(
            listed,
            "category",
            symbol=str(number),
            value=category.code,
            label=category.label.vi,
            render="true",
        )
        _fill_symbol(symbols, str(number), symbol, category.dashed)


def _fill_symbol(parent: Tree, name: str, symbol: Symbol, dashed: bool) -> None:
    made = element(
        parent, "symbol", type="fill", name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    layer = element(made, "layer", class_="SimpleFill", enabled="1", locked="0", pass_="0")
    told = {
        "color": _rgba(symbol.fill, symbol.opacity),
        "style": "solid" if symbol.opacity else "no",
        "outline_color": _rgba(symbol.line, 1),
        "outline_style": "dash" if dashed else "solid",
        "outline_width": str(symbol.width_mm),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    options = element(layer, "Option", type="Map")
    for key, value in told.items():
        element(options, "Option", name=key, type="QString", value=value)
    for key, value in told.items():
        element(layer, "prop", k=key, v=value)


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def _label_column(table: Table) -> str | None:
    """The column features are labelled by: the symbol's own, else the key."""
    wanted = SYMBOLS[table.layer].label
    names = {column.field.name: column.name for column in table.columns}
    return names.get(wanted) or next(iter(names.values()), None)


def add_labels(parent: Tree, table: Table) -> None:
    """One label a feature, with a halo, in the colour of its line."""
    symbol, column = SYMBOLS[table.layer], _label_column(table)
    if column is None:
        return
    labeling = element(parent, "labeling", type="simple")
    settings = element(labeling, "settings", calloutType="simple")
    style = element(
        settings,
        "text-style",
        fieldName=column,
        isExpression="0",
        fontFamily=FONT,
        fontSize=str(symbol.points),
        fontSizeUnit="Point",
        fontWeight="75" if symbol.points >= 10 else "50",
        namedStyle="Bold" if symbol.points >= 10 else "Regular",
        textColor=_rgba(symbol.line, 1),
        textOpacity="1",
    )
    element(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="0.85",
    )
    element(settings, "placement", placement="1", dist="0", priority=str(symbol.priority))
    scale = symbol.largest_scale
    element(
        settings,
        "rendering",
        drawLabels="1",
        scaleVisibility="1" if scale else "0",
        scaleMin="0",
        scaleMax=str(scale),  # the denominator above which nothing is labelled
        obstacle="1",
    )
    element(parent, "customproperties")


def add_aliases(parent: Tree, table: Table) -> None:
    """What every field is called in Vietnamese."""
    aliases = element(parent, "aliases")
    for number, column in enumerate(table.columns):
        element(aliases, "alias", field=column.name, index=str(number), name=column.field.label.vi)


# --- SLD -----------------------------------------------------------------------------------------


def sld(table: Table) -> Tree:
    """The style as map servers take it: SLD 1.0.0, one rule a provenance."""
    root = element(None, f"{{{SLD}}}StyledLayerDescriptor", version="1.0.0")
    layer = element(root, f"{{{SLD}}}NamedLayer")
    element(layer, f"{{{SLD}}}Name", table.name)
    style = element(layer, f"{{{SLD}}}UserStyle")
    element(style, f"{{{SLD}}}Title", table.title.vi)
    features = element(style, f"{{{SLD}}}FeatureTypeStyle")
    for rule in _rules(table):
        features.append(rule)
    return root


def _rules(table: Table) -> Iterator[Tree]:
    symbol, found = SYMBOLS[table.layer], categories(table)
    column = next((item for item in table.columns if item.field.name == "provenance"), None)
    for category in found:
        rule = element(None, f"{{{SLD}}}Rule")
        element(rule, f"{{{SLD}}}Name", category.code)
        element(rule, f"{{{SLD}}}Title", category.label.vi)
        equal = element(element(rule, f"{{{OGC}}}Filter"), f"{{{OGC}}}PropertyIsEqualTo")
        element(equal, f"{{{OGC}}}PropertyName", column.name if column else "")
        element(equal, f"{{{OGC}}}Literal", category.code)
        _polygon(rule, symbol, category.dashed)
        yield rule
    if not found:
        rule = element(None, f"{{{SLD}}}Rule")
        _polygon(rule, symbol, dashed=True)
        yield rule
    if label := _label_column(table):
        rule = element(None, f"{{{SLD}}}Rule")
        if symbol.largest_scale:
            element(rule, f"{{{SLD}}}MaxScaleDenominator", str(symbol.largest_scale))
        _text(rule, symbol, label)
        yield rule


def _polygon(rule: Tree, symbol: Symbol, dashed: bool) -> None:
    drawn = element(rule, f"{{{SLD}}}PolygonSymbolizer")
    if symbol.opacity:
        fill = element(drawn, f"{{{SLD}}}Fill")
        _parameters(fill, ("fill", symbol.fill), ("fill-opacity", str(symbol.opacity)))
    stroke = element(drawn, f"{{{SLD}}}Stroke")
    width = f"{symbol.width_mm * PIXELS_PER_MM:.2f}"
    told = [("stroke", symbol.line), ("stroke-width", width), ("stroke-linejoin", "round")]
    _parameters(stroke, *told, *([("stroke-dasharray", "6 4")] if dashed else []))


def _text(rule: Tree, symbol: Symbol, column: str) -> None:
    text = element(rule, f"{{{SLD}}}TextSymbolizer")
    label = element(text, f"{{{SLD}}}Label")
    element(label, f"{{{OGC}}}PropertyName", column)
    font = element(text, f"{{{SLD}}}Font")
    _parameters(font, ("font-family", FONT), ("font-size", str(symbol.points)))
    halo = element(text, f"{{{SLD}}}Halo")
    element(halo, f"{{{SLD}}}Radius", "1.5")
    _parameters(element(halo, f"{{{SLD}}}Fill"), ("fill", "#ffffff"))
    _parameters(element(text, f"{{{SLD}}}Fill"), ("fill", symbol.line))


def _parameters(parent: Tree, *told: tuple[str, str]) -> None:
    for name, value in told:
        element(parent, f"{{{SLD}}}CssParameter", value, name=name)
