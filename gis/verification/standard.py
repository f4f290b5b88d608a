"""What a delivery is judged by: a profile for names, a plan for every value and vertex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from gis.checks.overlaps import TOLERANCE_M2
from gis.crs import WGS84, reprojected
from gis.delivery.fitting import LONG_TEXTS, SIDE_TABLE, long_table, long_texts, short_table
from gis.delivery.orders import Order
from gis.delivery.profiles import Column, Profile
from gis.delivery.shapefiles import LONG_TEXT_HEAD, SIDE_FIELDS
from gis.delivery.sheets import Sheet, Value, sheets_of
from gis.model import LayerName, Plan
from gis.vocabulary import FIELDS, KEY_FIELD, LAYER_FIELDS

if TYPE_CHECKING:
    from shapely import Geometry

    from gis.report import Report

LAYERS: tuple[LayerName, ...] = get_args(LayerName)
PROVINCE_CRS = "EPSG:9213"


@dataclass(frozen=True, eq=False, slots=True)
class Wanted:
    """A layer as one format should hold it; `rows` is None where there is no plan to compare."""

    layer: LayerName
    columns: tuple[Column, ...]
    key: str
    rows: Mapping[str, Sequence[Value]] | None = None
    outlines: Mapping[str, Geometry | None] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Standard:
    """All that one delivery is judged by."""

    profile: Profile
    plan: Plan | None
    crs: str
    short: Mapping[LayerName, Wanted]
    long: Mapping[LayerName, Wanted]
    sheets: Mapping[LayerName, Sheet] = field(default_factory=dict)
    province: tuple[float, float, float, float] | None = None
    unshifted: tuple[float, float] | None = None

    def order(self, plan: Plan) -> Order:
        """The order that a kit of these layers would be written for."""
        return Order(plan, self.profile, tuple(self.sheets.values()))


def standard_of(profile: Profile, plan: Plan | None, crs: str = PROVINCE_CRS) -> Standard:
    """What deliveries under a profile are judged by, with every value of a plan or without one.

    Raises: OutputError, where a value of the plan does not fit the profile.
    """
    if plan is None:
        short = {
            name: Wanted(name, layer.columns, layer.key.name)
            for name, layer in profile.layers.items()
        }
        return Standard(profile, None, crs, short, {name: _own(name, profile) for name in LAYERS})
    sheets = {sheet.layer: sheet for sheet in sheets_of(plan, profile, tuple(profile.layers))}
    short, long = {}, {}
    for name, sheet in sheets.items():
        table = short_table(sheet, profile)
        key = profile.layers[name].key.name
        outlines = dict(zip(table.rows, table.outlines, strict=True))
        short[name] = Wanted(name, table.columns, key, _by_key(table.rows), outlines)
        table = long_table(sheet, profile, name)
        long[name] = Wanted(name, table.columns, KEY_FIELD[name], _by_key(table.rows), outlines)
    province = _province(plan)
    return Standard(
        profile, plan, plan.card.crs, short, long, sheets, province, _unshifted(plan, province)
    )


def _by_key(rows: Mapping[str, Sequence[Value]]) -> Mapping[str, Sequence[Value]]:
    return dict(rows)


def _own(layer: LayerName, profile: Profile) -> Wanted:
    words = [FIELDS[name] for name in LAYER_FIELDS[layer]]
    columns = tuple(
        Column(word, word.name, word.type, word.width, word.decimals,
               profile.codes.get(word.name, {}))
        for word in words
    )  # fmt: skip
    return Wanted(layer, columns, KEY_FIELD[layer])


def _province(plan: Plan) -> tuple[float, float, float, float] | None:
    """The box around the communes of the plan."""
    if "communes" not in plan.layers:
        return None
    west, south, east, north = plan.layers["communes"].frame.total_bounds.tolist()
    return west, south, east, north


def _unshifted(
    plan: Plan, province: tuple[float, float, float, float] | None
) -> tuple[float, float] | None:
    """How far the grid moves, here, where WGS 84 is taken for VN-2000 without a shift."""
    import numpy as np
    import shapely
    from pyproj import CRS

    geographic = CRS.from_user_input(plan.card.crs).geodetic_crs
    if province is None or geographic is None:
        return None
    west, south, east, north = province
    middle = np.array([shapely.Point((west + east) / 2, (south + north) / 2)], dtype=object)
    taken = reprojected(middle, plan.card.crs, WGS84)
    back = reprojected(taken, geographic.to_wkt(), plan.card.crs)
    return back[0].x - middle[0].x, back[0].y - middle[0].y


def side_tables(standard: Standard) -> dict[str, list[list[str]]]:
    """The side tables a plan calls for, head first, as cells of text."""
    profile, sheets = standard.profile, standard.sheets
    tables: dict[str, list[list[str]]] = {}
    sites = [sheet for name, sheet in sheets.items() if name in ("zones", "clusters")]
    if sites:
        names = {
            column.field.name: column.name
            for sheet in sites
            for column in profile.layers[sheet.layer].columns
        }
        head = [names.get(name, FIELDS[name].dbf_name) for name in SIDE_FIELDS]
        rows = [
            [_text(row[name]) for name in SIDE_FIELDS]
            for sheet in sites
            for row in sheet.rows.values()
        ]
        tables[SIDE_TABLE] = [head, *rows]
    others = [
        [profile.layers[sheet.layer].file, key, column.name, text]
        for sheet in sheets.values()
        for key, column, text in long_texts(sheet, profile)
    ]
    if others:
        tables[LONG_TEXTS] = [list(LONG_TEXT_HEAD), *others]
    return tables


def _text(value: Value) -> str:
    return "" if value is None else str(value)


@lru_cache(maxsize=2)
def report_of(plan: Plan, tolerance_m2: float = TOLERANCE_M2) -> Report:
    """The checks of a plan, run once."""
    from gis.checks import RULES, run
    from gis.model import CheckOptions
    from gis.report import Report

    options = CheckOptions(tolerance_m2)
    return Report(plan, options, tuple(run(plan, options, RULES)))
