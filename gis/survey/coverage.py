"""Communes as one coverage: gaps and overlaps told, and a clean version that says what it moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from gis.geometry import overlapping_pairs
from gis.language import rounded, say
from gis.model import Severity
from gis.survey.model import Notice

GAP_WIDTH_M = 300.0  # wider holes are ground of their own: a lake, a town left out
LEAST_M2 = 0.5  # rounds to a square metre
NOBODY = ""  # a gap belonged to nobody


@dataclass(frozen=True, slots=True)
class Moved:
    """Ground that cleaning gave from one unit to another; from nobody, where it closed a gap.

    Ground that two units claimed is taken from the one that loses it.
    """

    source: str
    target: str
    m2: float


def coverage_notices(frame: gpd.GeoDataFrame) -> Iterator[Notice]:
    """The gaps and overlaps of a commune layer, in numbers and where the largest are."""
    pairs = overlapping_pairs(frame)
    pairs = pairs[pairs["shared_m2"] > LEAST_M2].sort_values("shared_m2", ascending=False)
    if len(pairs):
        worst = pairs.iloc[0]
        place = worst.geometry.representative_point()
        text = say(
            "{n} cặp xã chồng nhau, tổng {m2} m²; lớn nhất {left} – {right}: {most} m².",
            "{n} pairs of communes overlap, {m2} m² in all; the most {left} – {right}, {most} m².",
            n=len(pairs),
            m2=rounded(float(pairs["shared_m2"].sum()), 0),
            left=worst["left"],
            right=worst["right"],
            most=rounded(float(worst["shared_m2"]), 0),
        )
        yield Notice(
            "coverage-overlaps", Severity.WARNING, text, where=(float(place.x), float(place.y))
        )
    gaps = sorted(gaps_of(frame), key=lambda gap: -gap.area)
    if gaps:
        place = gaps[0].representative_point()
        text = say(
            "{n} khe hở giữa các xã, tổng {m2} m²; lớn nhất {most} m².",
            "{n} gaps between communes, {m2} m² in all; the largest {most} m².",
            n=len(gaps),
            m2=rounded(sum(gap.area for gap in gaps), 0),
            most=rounded(gaps[0].area, 0),
        )
        yield Notice(
            "coverage-gaps", Severity.WARNING, text, where=(float(place.x), float(place.y))
        )
    if not len(pairs) and not gaps and not shapely.coverage_is_valid(_outlines(frame)):
        text = say(
            "Cạnh chung của các xã không trùng đỉnh.",
            "Shared edges of communes do not have the same vertices.",
        )
        yield Notice("coverage-edges", Severity.WARNING, text)


def gaps_of(frame: gpd.GeoDataFrame) -> list[shapely.Polygon]:
    """Ground inside the outer boundary that no unit covers."""
    whole = shapely.union_all(_outlines(frame))
    return [
        gap
        for part in shapely.get_parts(whole)
        for ring in getattr(part, "interiors", ())
        for gap in shapely.get_parts(shapely.Polygon(ring).difference(whole))  # islands stay
        if gap.area > LEAST_M2
    ]


def cleaned(
    outlines: Mapping[str, shapely.Geometry],
) -> tuple[dict[str, shapely.Geometry], tuple[Moved, ...]]:
    """The units as a valid coverage, and every square metre that changed hands."""
    before = np.array(list(outlines.values()), dtype=object)
    after = shapely.coverage_clean(before, gap_width=GAP_WIDTH_M)
    clean = dict(zip(outlines, after, strict=True))
    return clean, tuple(_moved(list(outlines), before, after))


def _moved(names: list[str], before: np.ndarray, after: np.ndarray) -> Iterator[Moved]:
    """Who lost ground to whom; and the ground that nobody had before, or has after."""
    tree = shapely.STRtree(after)
    for source, loss in enumerate(shapely.difference(before, after)):
        if loss.area <= LEAST_M2:
            continue
        for target in sorted(tree.query(loss)):
            m2 = float(loss.intersection(after[target]).area)
            if m2 > LEAST_M2:
                yield Moved(names[source], names[target], m2)
    for target, gain in enumerate(shapely.difference(after, shapely.union_all(before))):
        if gain.area > LEAST_M2:
            yield Moved(NOBODY, names[target], float(gain.area))
    for source, loss in enumerate(shapely.difference(before, shapely.union_all(after))):
        if loss.area > LEAST_M2:
            yield Moved(names[source], NOBODY, float(loss.area))


def _outlines(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(frame.geometry.array, dtype=object)
