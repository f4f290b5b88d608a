"""Communes as one coverage: gaps and overlaps told, and a clean version that says what it moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from gis.geometry import overlapping_pairs
from gis.language import rounded, say
from gis.model import Drawn, Severity
from gis.shares import gaps, outside, shared_ground
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


def coverage_notices(drawn: Drawn) -> Iterator[Notice]:
    """The gaps and overlaps of a commune layer, in numbers and where the largest are."""
    pairs = [pair for pair in overlapping_pairs(drawn) if pair.shared_m2 > LEAST_M2]
    if pairs:
        worst = max(pairs, key=lambda pair: pair.shared_m2)
        place = worst.ground.representative_point()
        text = say(
            "{n} cặp xã chồng nhau, tổng {m2} m²; lớn nhất {left} – {right}: {most} m².",
            "{n} pairs of communes overlap, {m2} m² in all; the most {left} – {right}, {most} m².",
            n=len(pairs),
            m2=rounded(sum(pair.shared_m2 for pair in pairs), 0),
            left=worst.left,
            right=worst.right,
            most=rounded(worst.shared_m2, 0),
        )
        yield Notice(
            "coverage-overlaps", Severity.WARNING, text, where=(float(place.x), float(place.y))
        )
    open_ground = [gap for gap in gaps(drawn.outlines) if gap.area > LEAST_M2]
    if open_ground:
        largest = max(open_ground, key=lambda gap: gap.area)
        place = largest.representative_point()
        text = say(
            "{n} khe hở giữa các xã, tổng {m2} m²; lớn nhất {most} m².",
            "{n} gaps between communes, {m2} m² in all; the largest {most} m².",
            n=len(open_ground),
            m2=rounded(sum(gap.area for gap in open_ground), 0),
            most=rounded(largest.area, 0),
        )
        yield Notice(
            "coverage-gaps", Severity.WARNING, text, where=(float(place.x), float(place.y))
        )
    if not pairs and not open_ground and not shapely.coverage_is_valid(drawn.outlines):
        text = say(
            "Cạnh chung của các xã không trùng đỉnh.",
            "Shared edges of communes do not have the same vertices.",
        )
        yield Notice("coverage-edges", Severity.WARNING, text)


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
    losses = shapely.difference(before, after)
    found = shared_ground(losses, after)
    for source, target, m2 in zip(found.row, found.unit, found.shared_m2.tolist(), strict=True):
        if m2 > LEAST_M2:
            yield Moved(names[source], names[target], m2)
    for target, gain in enumerate(outside(after, before)):
        if gain.area > LEAST_M2:
            yield Moved(NOBODY, names[target], float(gain.area))
    for source, loss in enumerate(outside(before, after)):
        if loss.area > LEAST_M2:
            yield Moved(names[source], NOBODY, float(loss.area))
