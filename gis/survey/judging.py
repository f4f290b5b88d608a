"""Outlines before they are let in: are they sound, of their size, in their place, clear of others?

Nothing is repaired in silence: what does not change an outline's ground (a vertex said twice, the
way a ring turns) is put right and told, all else is for the surveyor to mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.checks.overlaps import SAME_OUTLINE_SHARE, TOLERANCE_M2
from gis.geometry import (
    M2_PER_HA,
    Share,
    areas_ha,
    drawn_in,
    joined,
    only,
    overlapping_pairs,
    shares,
    split_by_validity,
)
from gis.language import Text, rounded, say
from gis.model import LAYER_OF_KIND, Drawn, LayerName, Plan, Severity
from gis.shares import likeness, outside, shared_m2
from gis.survey.model import Notice, SurveyLayer, SurveyRow

SAME_VERTEX_M = 0.001  # a survey is written to the millimetre
SPIKE_DEGREES = 1.0  # a corner so sharp encloses nothing
SPIKE_M = 1.0  # shorter than this, it is noise of the drawing
TINY_HOLE_M2 = 100.0  # as the checks: the last digit the decision's tables print
TINY_M2 = 100.0  # smaller than a house is no zone and no commune
AREA_ADVISORY = 0.01  # of the stated area: the checks call it an error beyond
COMMUNE_ADVISORY = 0.05  # yearbooks differ by as much from year to year
AREA_BLOCKING = 2.0  # times as large or small: another unit, or another site
OVERLAP_BLOCKING = 0.05  # of the smaller of two: more than a disputed edge
MOST_PLACES = 5  # told of one outline
MOST_PAIRS = 400_000  # of edges looked at for crossings in a table of corners
REASON_PLACE = re.compile(r"\[?(-?[\d.]+(?:e[+-]?\d+)?) (-?[\d.]+(?:e[+-]?\d+)?)\]?$")
REASONS: Mapping[str, Text] = {
    "Self-intersection": say("đường ranh giới tự cắt", "the boundary crosses itself"),
    "Ring Self-intersection": say("vòng ranh giới tự chạm", "a ring touches itself"),
    "Hole lies outside shell": say("lỗ nằm ngoài vòng ngoài", "a hole lies outside its shell"),
    "Holes are nested": say("lỗ nằm trong lỗ", "a hole lies in a hole"),
    "Nested shells": say("phần nằm trong phần", "one part lies inside another"),
    "Duplicate Rings": say("hai vòng trùng nhau", "two rings are the same"),
    "Interior is disconnected": say("phần trong bị chia cắt", "the interior is cut in two"),
    "Too few points in geometry component": say("quá ít đỉnh", "too few vertices"),
}

Outlines = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The outlines as they would be let in, and everything noticed of them."""

    outlines: Mapping[str, shapely.Geometry]
    notices: tuple[Notice, ...]


def judge(
    plan: Plan,
    layer: SurveyLayer,
    outlines: Mapping[str, shapely.Geometry],
    rows: Mapping[str, SurveyRow],
) -> Judged:
    """Judge outlines in the plan's metres, by the subject each was matched to."""
    notices: list[Notice] = []
    clean: dict[str, shapely.Geometry] = {}
    for subject, outline in outlines.items():
        row = rows[subject]
        clean[subject] = _put_right(subject, row, outline, notices)
        notices += _soundness(subject, row, clean[subject])
    sound = {key: item for key, item in clean.items() if item.is_valid and item.area > TINY_M2}
    if sound:
        new = drawn_anew(plan, sound)
        numbers = {subject: row.number for subject, row in rows.items()}
        placed = [
            *_own_drawings(plan, layer, new),
            *_sizes(plan, new, rows),
            *_places(plan, layer, new),
            *_overlaps(plan, layer, new),
            *(_lots_outside(plan, new) if layer == "occupancy" else ()),
        ]
        notices += [_numbered(item, numbers) for item in placed]
    return Judged(clean, tuple(notices))


def drawn_anew(plan: Plan, outlines: Mapping[str, shapely.Geometry]) -> Drawn:
    """Outlines that are on their way into a plan, by subject; their provenance is not told yet."""
    return Drawn(
        tuple(outlines),
        np.array([*outlines.values()], dtype=object),
        ("",) * len(outlines),
        plan.card.crs,
    )


def _numbered(notice: Notice, numbers: Mapping[str, int]) -> Notice:
    return Notice(
        notice.code,
        notice.severity,
        notice.text,
        numbers.get(notice.subject),
        notice.subject,
        notice.where,
    )


# --- one outline --------------------------------------------------------------------------------


def _put_right(
    subject: str, row: SurveyRow, outline: shapely.Geometry, notices: list[Notice]
) -> shapely.Geometry:
    """The same ground with every vertex once and every ring turned as the format wants it."""
    before = shapely.get_num_coordinates(outline)
    once = shapely.remove_repeated_points(outline, SAME_VERTEX_M)
    if once.is_empty:
        once = outline
    removed = int(before - shapely.get_num_coordinates(once))
    if removed:
        text = say(
            "{n} đỉnh trùng đỉnh trước (dưới 1 mm): đã bỏ.",
            "{n} vertices repeat the one before (within 1 mm): removed.",
            n=removed,
        )
        notices.append(Notice("repeated-vertices", Severity.NOTE, text, row.number, subject))
    mixed = sum(_is_mixed(part) for part in shapely.get_parts(once))
    if mixed:
        text = say(
            "Vòng ngoài và lỗ cùng chiều ở {n} phần: đã xoay lại.",
            "Shell and hole turn the same way in {n} parts: turned.",
            n=mixed,
        )
        notices.append(Notice("ring-order", Severity.NOTE, text, row.number, subject))
    return shapely.orient_polygons(once)


def _is_mixed(polygon: shapely.Polygon) -> bool:
    return any(hole.is_ccw == polygon.exterior.is_ccw for hole in polygon.interiors)


def _soundness(subject: str, row: SurveyRow, outline: shapely.Geometry) -> Iterator[Notice]:
    if not outline.is_valid:
        yield _invalid(subject, row, outline)
    elif outline.area <= TINY_M2:
        text = say("Chỉ rộng {n} m².", "Is only {n} m² large.", n=rounded(outline.area, 1))
        yield Notice("too-small", Severity.ERROR, text, row.number, subject)
    for place in list(_spikes(outline))[:MOST_PLACES]:
        text = say("Gai nhọn (dưới 1°) tại {at}.", "A spike (under 1°) at {at}.", at=_spot(place))
        yield Notice("spike", Severity.WARNING, text, row.number, subject, place)
    holes = [hole for part in shapely.get_parts(outline) for hole in part.interiors]
    if holes:
        areas = [shapely.Polygon(hole).area for hole in holes]
        tiny = sum(area < TINY_HOLE_M2 for area in areas)
        text = say(
            "Có {n} lỗ, tổng {m2} m²; {tiny} lỗ dưới 100 m².",
            "Has {n} holes, {m2} m² in all; {tiny} under 100 m².",
            n=len(holes),
            m2=rounded(sum(areas), 0),
            tiny=tiny,
        )
        severity = Severity.WARNING if tiny else Severity.NOTE
        yield Notice("holes", severity, text, row.number, subject)


def _invalid(subject: str, row: SurveyRow, outline: shapely.Geometry) -> Notice:
    """Why an outline is none, where, and between which corners where they have names."""
    reason = str(shapely.is_valid_reason(outline))
    found = REASON_PLACE.search(reason)
    place = (float(found[1]), float(found[2])) if found else None
    head = reason.partition("[")[0].strip()
    why = REASONS.get(head, Text(head, head))
    crossing = _crossing_edges(row, outline) if row.corners else ""
    if crossing:
        text = say(
            "Thứ tự điểm sai: {edges} cắt nhau tại {at}.",
            "The corners are out of order: {edges} cross at {at}.",
            edges=crossing,
            at=_spot(place),
        )
        return Notice("corner-order", Severity.ERROR, text, row.number, subject, place)
    text = say("{why} tại {at}.", "Invalid: {why} at {at}.", why=why, at=_spot(place))
    return Notice("invalid", Severity.ERROR, text, row.number, subject, place)


def _crossing_edges(row: SurveyRow, outline: shapely.Geometry) -> str:
    """The first two edges of a table of corners that cross, by the labels of their corners."""
    if outline.geom_type != "Polygon" or outline.interiors:
        return ""
    points = shapely.get_coordinates(row.outline)
    if len(points) - 1 != len(row.corners) or len(points) ** 2 / 2 > MOST_PAIRS:
        return ""
    edges = [shapely.LineString(points[n : n + 2]) for n in range(len(points) - 1)]
    for (a, one), (b, two) in combinations(enumerate(edges), 2):
        if 1 < b - a < len(edges) - 1 and one.intersects(two):
            return f"{_edge(row, a)}, {_edge(row, b)}"
    return ""


def _edge(row: SurveyRow, number: int) -> str:
    after = (number + 1) % len(row.corners)
    names = [row.corners[n] or str(n + 1) for n in (number, after)]
    return "–".join(names)


def _spikes(outline: shapely.Geometry) -> Iterator[tuple[float, float]]:
    """The corners at which a boundary runs out and back almost the same way."""
    for part in shapely.get_parts(outline):
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)[:-1]
            if len(points) < 3:
                continue
            into, out = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
            lengths = np.hypot(into[:, 0], into[:, 1]), np.hypot(out[:, 0], out[:, 1])
            with np.errstate(divide="ignore", invalid="ignore"):
                cosine = (into * out).sum(axis=1) / (lengths[0] * lengths[1])
            sharp = cosine < -np.cos(np.radians(SPIKE_DEGREES))
            long = (lengths[0] > SPIKE_M) & (lengths[1] > SPIKE_M)
            for x, y in points[sharp & long]:
                yield float(x), float(y)


def _spot(place: tuple[float, float] | None) -> Text:
    if place is None:
        return say("chỗ không rõ", "a place not known")
    return say("N {n}, E {e}", "N {n}, E {e}", n=f"{place[1]:.2f}", e=f"{place[0]:.2f}")


# --- against what is stated ----------------------------------------------------------------------


def _sizes(plan: Plan, new: Drawn, rows: Mapping[str, SurveyRow]) -> Iterator[Notice]:
    for subject, measured in zip(new.ids, areas_ha(new).tolist(), strict=True):
        band = COMMUNE_ADVISORY if subject in plan.units else AREA_ADVISORY
        stated, own = stated_of(plan, subject), rows[subject].stated_ha
        if stated:
            yield from _size(subject, measured, stated, "plan", band, blocks=True)
        if own is not None and float(own) != stated:
            yield from _size(subject, measured, float(own), "file", band, blocks=not stated)


def stated_of(plan: Plan, subject: str) -> float | None:
    """The hectares the decision states of a site, or the statistics of a commune."""
    if subject in plan.sites:
        return float(plan.sites[subject].stated_ha)
    if subject in plan.units:
        return float(plan.units[subject].area_km2 * 100)
    return next(
        (float(item.stated_ha) for item in plan.craft_register if item.point_id == subject), None
    )


def _size(
    subject: str, measured: float, stated: float, by: str, band: float, *, blocks: bool
) -> Iterator[Notice]:
    """What is wrong with a size; where the plan states one, a file's own number only warns."""
    ratio = measured / stated
    if abs(ratio - 1) <= band:
        return
    blocks = blocks and not 1 / AREA_BLOCKING <= ratio <= AREA_BLOCKING
    who = say("quy hoạch", "the plan") if by == "plan" else say("chính tệp", "the file itself")
    text = say(
        "Hình rộng {measured} ha, {who} ghi {stated} ha ({sign}{off} %).",
        "The outline has {measured} ha, {who} states {stated} ha ({sign}{off} %).",
        measured=rounded(measured, 2),
        stated=rounded(stated, 2),
        who=who,
        sign="+" if ratio > 1 else "−",
        off=rounded(100 * abs(ratio - 1), 1),
    )
    yield Notice("area", Severity.ERROR if blocks else Severity.WARNING, text, subject=subject)


def _places(plan: Plan, layer: SurveyLayer, new: Drawn) -> Iterator[Notice]:
    """Whether each outline lies in the province, and in the district or commune it should."""
    if "communes" not in plan.layers:
        return
    whole = plan.layers["communes"].drawn
    cells, _ = split_by_validity(whole)
    inside = shares(new, cells)
    beyond = outside(new.outlines, cells.outlines)
    for subject, outline, part in zip(new.ids, new.outlines, beyond, strict=True):
        if part.area > 0.5 * outline.area:
            text = say(
                "{n} % nằm ngoài tỉnh.",
                "{n} % lies outside the province.",
                n=rounded(100 * part.area / outline.area, 1),
            )
            yield Notice("outside-province", Severity.ERROR, text, subject=subject)
        elif layer == "communes":
            yield from _commune_place(plan, subject, outline, cells)
        else:
            held = [row for row in inside if row.id == subject]
            yield from _site_place(plan, subject, held, not whole.silent)


def _commune_place(
    plan: Plan, code: str, outline: shapely.Geometry, cells: Drawn
) -> Iterator[Notice]:
    """A commune drawn anew must share ground with what the plan has of it."""
    if code not in cells or shared_m2(cells[code], outline) > 0:
        return
    text = say(
        "Không chung mảnh đất nào với {unit} đang có.",
        "Shares no ground with the {unit} the plan has.",
        unit=plan.units[code].label,
    )
    yield Notice("commune-elsewhere", Severity.ERROR, text, subject=code)


def _site_place(plan: Plan, subject: str, held: Sequence[Share], proven: bool) -> Iterator[Notice]:
    districts = _districts_of(plan, subject)
    by_district: dict[str, float] = {}
    for row in held:
        name = plan.units[row.unit].district
        by_district[name] = by_district.get(name, 0.0) + row.share
    right = sum(share for name, share in by_district.items() if name in districts)
    if not districts or right >= 0.99:
        return
    told = [f"{name} {100 * share:.0f} %" for name, share in sorted(by_district.items())]
    blocks = proven and right < 0.5
    basis = (
        say("", "")
        if proven
        else say(" (ranh giới xã gần đúng)", " (by approximate commune boundaries)")
    )
    text = say(
        "Nằm ở {told}; phải ở {districts}{basis}.",
        "Lies in {told}; it should be in {districts}{basis}.",
        told=told or "–",
        districts=list(districts),
        basis=basis,
    )
    yield Notice("district", Severity.ERROR if blocks else Severity.WARNING, text, subject=subject)


def _districts_of(plan: Plan, subject: str) -> tuple[str, ...]:
    if subject in plan.sites:
        return plan.sites[subject].districts
    unit = next(
        (plan.units[p.unit_code] for p in plan.craft_register if p.point_id == subject), None
    )
    return (unit.district,) if unit else ()


def _lots_outside(plan: Plan, new: Drawn) -> Iterator[Notice]:
    """Lots that reach beyond their site, where its outline proves where it lies."""
    proven, _ = split_by_validity(_proven(drawn_in(plan, tuple(LAYER_OF_KIND.values()))))
    for subject, lot in zip(new.ids, new.outlines, strict=True):
        site_id = subject.partition("/")[0]
        if site_id not in proven:
            continue
        [part] = outside(np.array([lot]), only(proven, [site_id]).outlines)
        beyond = part.area
        if beyond > TOLERANCE_M2:
            text = say(
                "{n} % của lô nằm ngoài {site}.",
                "{n} % of the lot lies outside {site}.",
                n=rounded(100 * beyond / lot.area, 1),
                site=plan.sites[site_id].short_name,
            )
            yield Notice("lot-outside", Severity.WARNING, text, subject=subject)


def _proven(found: Drawn) -> Drawn:
    return only(found, set(found.ids) - set(found.silent))


# --- against others ------------------------------------------------------------------------------


def layers_of(layer: SurveyLayer) -> tuple[LayerName, ...]:
    """The layers of the plan that outlines of a survey go into, or lie beside."""
    if layer == "communes":
        return ("communes",)
    if layer == "occupancy":  # lots lie inside sites, and are kept without outlines
        return ()
    return (*LAYER_OF_KIND.values(), "craft_points")


def _own_drawings(plan: Plan, layer: SurveyLayer, new: Drawn) -> Iterator[Notice]:
    """An indicative outline that comes back is still no survey."""
    there, _ = split_by_validity(drawn_in(plan, layers_of(layer)))
    for subject, outline in zip(new.ids, new.outlines, strict=True):
        if subject not in there or there.proves(subject):
            continue
        if likeness(there[subject], outline) >= SAME_OUTLINE_SHARE:
            text = say(
                "Là hình minh họa của chính chương trình này, không phải đo đạc.",
                "Is the indicative outline of this program, not a survey.",
            )
            yield Notice("own-drawing", Severity.ERROR, text, subject=subject)


def _overlaps(plan: Plan, layer: SurveyLayer, new: Drawn) -> Iterator[Notice]:
    """Overlaps among the new outlines and with outlines of the plan that prove something.

    Communes are judged as a coverage instead.
    """
    if layer == "communes":
        return
    proven, _ = split_by_validity(_proven(drawn_in(plan, layers_of(layer))))
    whole = joined(new, only(proven, set(proven.ids) - set(new.ids)))
    area_of = dict(zip(whole.ids, (areas_ha(whole) * M2_PER_HA).tolist(), strict=True))
    for pair in overlapping_pairs(whole):
        fresh = [item for item in (pair.left, pair.right) if item in new]
        if not fresh or pair.shared_m2 <= TOLERANCE_M2:
            continue
        share = pair.shared_m2 / min(area_of[pair.left], area_of[pair.right])
        other = pair.right if fresh[0] == pair.left else pair.left
        place = pair.ground.representative_point()
        text = say(
            "Chồng lên {other}: {ha} ha, {share} % hình nhỏ hơn.",
            "Overlaps {other}: {ha} ha, {share} % of the smaller.",
            other=other,
            ha=rounded(pair.shared_m2 / M2_PER_HA, 4),
            share=rounded(100 * share, 1),
        )
        severity = Severity.ERROR if share > OVERLAP_BLOCKING else Severity.WARNING
        yield Notice("overlap", severity, text, subject=fresh[0], where=(place.x, place.y))


def blocking(notices: Sequence[Notice], accepted: frozenset[str]) -> list[Notice]:
    """The findings that stand in the way: errors, but for those of an accepted kind."""
    return [
        item for item in notices if item.severity is Severity.ERROR and item.code not in accepted
    ]


ACCEPTABLE = frozenset({"area", "district", "overlap", "outside-province", "commune-elsewhere"})
