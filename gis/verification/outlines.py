"""Outlines of a layer: form, place, and vertex by vertex against the plan."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

from gis.crs import geodesic_areas_m2
from gis.delivery.comparing import TOLERANCE_HA, TOLERANCE_M, same_outline
from gis.language import Text, rounded, say
from gis.verification.columns import MEASURED, Matched
from gis.verification.faults import NOTHING, Fault, fault
from gis.verification.readings import Reading
from gis.verification.standard import Standard, Wanted

BESIDE_M = 100.0  # beyond the box of the communes: farther than any outline is off its border
SHIFT_TOLERANCE_M = 5.0  # the shift hardly changes across the province
RIGID_M = 0.05  # an outline whose vertices all moved alike, to this, was moved as a whole
MILLIMETRES = 3  # decimals of a metre
LARGEST_DEGREE = 360.0
M2_PER_HA = 10_000.0


def judge_outlines(
    reading: Reading, wanted: Wanted, match: Matched, standard: Standard
) -> Iterator[Fault]:
    """Every outline is there, sound, in the province, and the plan's to the millimetre."""
    for number, outline in enumerate(reading.outlines):
        if number in reading.settled:
            continue
        key = match.keys[number]
        compared = wanted.rows is not None and key is not None
        should = wanted.outlines.get(key) if compared and key is not None else None
        told = _outline_fault(outline, should, standard, compared=compared)
        if told is not None:
            code, value, detail = told
            yield fault(
                code, reading.outline_file, layer=reading.layer, row=match.labels[number],
                field="geometry", value=value, detail=detail,
            )  # fmt: skip


Told = tuple[str, str | None, Text]


def _outline_fault(outline: Any, wanted: Any, standard: Standard, *, compared: bool) -> Told | None:
    if outline is None:
        return ("OUTL01", None, NOTHING) if wanted is not None else None
    if compared and wanted is None:
        return "OUTL11", outline.geom_type, NOTHING
    place = _place_fault(outline, standard)
    if place is not None and (place[0] != "OUTL05" or wanted is None):
        return place
    if wanted is not None and place is not None:
        told = _difference(outline, wanted, standard)  # the shift can lead out of the province
        return told if told[0] == "OUTL07" else place
    if not shapely.is_valid(outline) and (wanted is None or shapely.is_valid(wanted)):
        why = shapely.is_valid_reason(outline)
        return "OUTL04", why, NOTHING
    if wanted is None or same_outline(wanted, outline, TOLERANCE_M):
        return None
    return _difference(outline, wanted, standard)


def _place_fault(outline: Any, standard: Standard) -> Told | None:
    """What the numbers show by themselves: degrees, swapped axes, outside the province."""
    west, south, east, north = shapely.bounds(outline).tolist()
    shown = f"{west:.3f} {south:.3f} {east:.3f} {north:.3f}"
    if max(abs(west), abs(south), abs(east), abs(north)) <= LARGEST_DEGREE:
        return "OUTL10", shown, NOTHING
    if standard.province is None or _is_within((west, south, east, north), standard.province):
        return None
    if _is_within((south, west, north, east), standard.province):
        return "OUTL06", shown, NOTHING
    return "OUTL05", shown, NOTHING


def _is_within(box: tuple[float, ...], province: tuple[float, ...]) -> bool:
    return (
        box[0] >= province[0] - BESIDE_M
        and box[1] >= province[1] - BESIDE_M
        and box[2] <= province[2] + BESIDE_M
        and box[3] <= province[3] + BESIDE_M
    )


def _difference(outline: Any, wanted: Any, standard: Standard) -> Told:
    """How an outline differs: moved as a whole, by a known shift or not, or of another form."""
    shift = _is_the_shift(wanted, outline, standard.unshifted)
    moved = displacement(wanted, outline, SHIFT_TOLERANCE_M if shift else RIGID_M)
    if moved is None:
        counts = shapely.get_num_coordinates(outline), shapely.get_num_coordinates(wanted)
        detail = say(
            "quy hoạch có {n} đỉnh, cách nhau tới {m} m",
            "the plan has {n} vertices, up to {m} m apart",
            n=counts[1],
            m=rounded(shapely.hausdorff_distance(outline, wanted), MILLIMETRES),
        )
        return "OUTL08", f"{counts[0]} vertices", detail
    east, north = moved
    distance = f"{np.hypot(east, north):.3f}"
    detail = say(
        "dời {m} m: đông {e} m, bắc {n} m",
        "moved by {m} m: {e} m east, {n} m north",
        m=rounded(Decimal(distance), MILLIMETRES),
        e=rounded(east, MILLIMETRES),
        n=rounded(north, MILLIMETRES),
    )
    return "OUTL07" if shift else "OUTL08", f"{distance} m", detail


def displacement(
    wanted: Any, found: Any, tolerance_m: float = RIGID_M
) -> tuple[float, float] | None:
    """How far an outline was moved as a whole, east and north; None where its form changed."""
    east, north = _apart(wanted, found)
    back = shapely.transform(found, lambda xy: xy - (east, north))
    return (east, north) if same_outline(wanted, back, tolerance_m) else None


def _apart(wanted: Any, found: Any) -> tuple[float, float]:
    first, second = shapely.centroid(wanted), shapely.centroid(found)
    return second.x - first.x, second.y - first.y


def _is_the_shift(wanted: Any, found: Any, shift: tuple[float, float] | None) -> bool:
    """Whether an outline lies where it would without the shift of its datum, or with it twice."""
    if shift is None:
        return False
    east, north = _apart(wanted, found)
    near = any(
        np.hypot(east - sign * shift[0], north - sign * shift[1]) <= SHIFT_TOLERANCE_M
        for sign in (1, -1)
    )
    return near and displacement(wanted, found, SHIFT_TOLERANCE_M) is not None


# --- areas ---------------------------------------------------------------------------------------


def judge_areas(
    reading: Reading, wanted: Wanted, match: Matched, standard: Standard
) -> Iterator[Fault]:
    """The area fields are the areas of the outlines, to a hundredth of a hectare."""
    columns = {column.field.name: column.name for column in wanted.columns}
    drawn = [
        number
        for number, outline in enumerate(reading.outlines)
        if outline is not None and number not in reading.settled and shapely.is_valid(outline)
    ]
    if not drawn:
        return
    outlines = np.array([reading.outlines[number] for number in drawn], dtype=object)
    areas = {"measured_ha": lambda: shapely.area(outlines) / M2_PER_HA,
             "geodesic_ha": lambda: _geodesic(outlines, standard)}  # fmt: skip
    for name, code in MEASURED.items():
        if name not in columns or columns[name] not in reading.names:
            continue
        for number, area in zip(drawn, areas[name](), strict=True):
            cell = reading.cell(number, columns[name])
            if isinstance(cell, int | Decimal) and abs(float(cell) - area) > TOLERANCE_HA:
                yield fault(
                    code, reading.table_file, layer=reading.layer, row=match.labels[number],
                    field=columns[name], value=cell, wanted=f"{area:.4f}",
                )  # fmt: skip


def _geodesic(outlines: Any, standard: Standard) -> Any:
    in_place = [_place_fault(item, standard) is None for item in outlines]
    areas = np.full(len(outlines), np.nan)
    if any(in_place):
        areas[in_place] = geodesic_areas_m2(outlines[in_place], standard.crs) / M2_PER_HA
    return areas
