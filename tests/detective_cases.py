"""Files in a system we know, made from true outlines, to see what the detective makes of them.

The outlines are never the plan's own: the detective has the plan to compare with, so a file made
of it would prove nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import shapely

from gis.survey.detective import carried, establish
from gis.survey.model import Hint
from gis.survey.systems import declared_reading, from_plan, systems

SYSTEMS = (
    "EPSG:9213", "EPSG:4326", "EPSG:4756", "EPSG:3405", "EPSG:32648", "EPSG:3857", "EPSG:9212",
    "EPSG:9214", "EPSG:5897", "EPSG:5898", "EPSG:9213 unshifted", "EPSG:4147", "EPSG:24048",
    "EPSG:9213 swapped", "EPSG:4326 swapped", "EPSG:3405 swapped", "EPSG:9213 mm",
    "EPSG:9213 E+500000", "EPSG:9213 E+400000", "EPSG:9213 N+2000000", "EPSG:32648 swapped",
    "EPSG:9205", "EPSG:9218", "EPSG:5896", "EPSG:2044", "EPSG:3406", "EPSG:32649", "EPSG:4131",
)  # fmt: skip
# What is declared in its place in practice, and lies near enough to be believed.
CONFUSED = {
    "EPSG:4326": ("EPSG:4756", "EPSG:4147"),
    "EPSG:4756": ("EPSG:4326",),
    "EPSG:3405": ("EPSG:32648", "EPSG:5897"),
    "EPSG:32648": ("EPSG:3405",),
    "EPSG:5897": ("EPSG:3405",),
    "EPSG:9213": ("EPSG:9212", "EPSG:9214", "EPSG:3405"),
    "EPSG:24048": ("EPSG:3405", "EPSG:3148"),
    "EPSG:3406": ("EPSG:32649",),
    "EPSG:32649": ("EPSG:3406",),
}
SHAPES = ("site", "sites", "commune", "district", "layer")
NAMES = ("communes", "districts", "none")
DECLARED = ("none", "right", "wrong")
JITTER_M, SHIFT_M = 30.0, 20.0
SAME_M = 1.0
# How far from the truth a reading may lie and still be kept: where a commune or district is named,
# where outlines are laid on the plan's, and where nothing is said at all.
SHARP_M = {"communes": 12_000.0, "districts": 45_000.0, "none": math.inf}
# A whole layer tells VN-2000 from WGS 84, 224 m apart; a district only what is farther apart.
ALIGNED_M = {"district": 300.0, "layer": 200.0}


@dataclass(frozen=True)
class Trial:
    """A file in a known system, with what it says of itself and of its rows."""

    shape: str
    names: str
    declaring: str
    truth: str
    declared: str | None
    outlines: np.ndarray
    true_outlines: np.ndarray
    hints: tuple[Hint, ...]

    @property
    def layer(self) -> str:
        return "clusters" if self.shape.startswith("site") else "communes"


def trials(
    plan, outlines: Mapping[str, shapely.Geometry], seed: int, count: int
) -> Iterator[Trial]:
    """So many trials, every shape, naming and declaration in turn, systems in turn."""
    random = np.random.default_rng(seed)
    kinds = [(s, n, d) for s in SHAPES for n in NAMES for d in DECLARED]
    for number in range(count):
        shape, names, declaring = kinds[number % len(kinds)]
        truth = SYSTEMS[(seed + number // len(kinds) + 5 * number) % len(SYSTEMS)]
        yield trial(plan, outlines, random, shape, names, declaring, truth)


def trial(plan, outlines, random, shape, names, declaring, truth) -> Trial:
    """One file of a shape, in a system, naming and declaring what is asked."""
    codes = list(_codes(plan, outlines, random, shape))
    if shape.startswith("site"):
        true = np.array([_site_in(outlines[code], random) for code in codes], dtype=object)
    else:
        true = np.array([_jittered(outlines[code], random) for code in codes], dtype=object)
    reading = declared_reading(plan, truth)
    numbers = shapely.transform(
        true, lambda points: reading.done(from_plan(points, reading.system, plan))
    )
    hints = tuple(
        _hint(plan, code, names, area) for code, area in zip(codes, shapely.area(true), strict=True)
    )
    return Trial(
        shape, names, declaring, truth, _declared(random, declaring, truth), numbers, true, hints
    )


def _codes(plan, outlines, random, shape) -> Iterator[str]:
    known = [code for code in outlines if code in plan.units]
    if shape in ("site", "commune"):
        yield random.choice(known)
    elif shape == "sites":
        yield from random.choice(known, size=int(random.integers(3, 16)), replace=False)
    elif shape == "layer":
        yield from known
    else:
        district = random.choice(plan.districts)
        yield from (code for code in known if plan.units[code].district == district)


def _site_in(commune, random):
    """A many-cornered site of 5 to 120 ha about a point of the commune."""
    west, south, east, north = commune.bounds
    while True:
        centre = shapely.Point(random.uniform(west, east), random.uniform(south, north))
        if commune.contains(centre):
            break
    radius = math.sqrt(random.uniform(5, 120) * 10_000 / math.pi)
    angles = np.sort(random.uniform(0, 2 * math.pi, 14))
    radii = radius * random.uniform(0.7, 1.3, 14)
    corners = np.column_stack(
        [centre.x + radii * np.cos(angles), centre.y + radii * np.sin(angles)]
    )
    return shapely.convex_hull(shapely.multipoints(corners))


def _jittered(outline, random):
    shift, phase = random.normal(0, SHIFT_M, 2), random.uniform(0, 2 * math.pi, 2)
    moved = shapely.transform(
        outline, lambda points: points + shift + JITTER_M * np.sin(points[:, ::-1] / 97 + phase)
    )
    return shapely.buffer(moved, 0)


def _hint(plan, code, names, area_m2) -> Hint:
    stated = Decimal(f"{area_m2 / 10_000:.2f}")
    if names == "communes":
        return Hint(unit_codes=(code,), stated_ha=stated)
    if names == "districts":
        return Hint(districts=(plan.units[code].district,), stated_ha=stated)
    return Hint()


def _declared(random, declaring, truth) -> str | None:
    base = truth.split(" ")[0]
    if declaring == "none":
        return None
    if declaring == "right":
        return truth if "unshifted" in truth else base
    others = [system.key for system in systems() if not system.is_unshifted and system.key != base]
    usual = CONFUSED.get(base, others)
    return str(random.choice(usual if random.random() < 0.5 else others))


@dataclass(frozen=True)
class Outcome:
    """What became of a trial, in the words of the table, and the system that was taken."""

    end: str
    taken: str = ""

    @property
    def is_fault(self) -> bool:
        return self.end.isupper()


def outcome(plan, made: Trial) -> Outcome:
    """What the detective makes of a trial."""
    found = establish(made.outlines, made.declared, made.hints, plan, made.layer)
    apart = {item.key: _apart_m(plan, made, item) for item in found.leaders}
    if not any(metres <= SAME_M for metres in apart.values()):
        return Outcome("WRONG CLASS")
    if max(apart.values()) > ALIGNED_M.get(made.shape, SHARP_M[made.names]):
        return Outcome("CLASS TOO WIDE")
    return Outcome(_end(plan, made, found), found.chosen.key if found.chosen else "")


def _end(plan, made, found) -> str:
    if found.chosen is None:
        return "contradicts the file" if found.contradicts_declared else "refused: several fit"
    right = _apart_m(plan, made, found.chosen) <= SAME_M
    alone = len(found.leaders) == 1
    if right:
        return "settled, right" if alone else "taken as declared, flagged, right"
    if alone or "crs-not-told-apart" not in [notice.code for notice in found.notices]:
        return "CONFIDENT WRONG"
    return "taken as wrongly declared, flagged"


def _apart_m(plan, made, candidate) -> float:
    placed = carried(made.outlines, candidate, plan)
    apart = shapely.bounds(placed) - shapely.bounds(made.true_outlines)
    return float(np.median(np.hypot(apart[:, 0], apart[:, 1])))


def table(results: list[tuple[Trial, Outcome]]) -> list[str]:
    """How many trials of each kind came to which end, as lines of text."""
    ends = sorted({came.end for _, came in results})
    lines = [f"{'shape':<10}{'names':<11}{'declared':<10}" + "  ".join(ends)]
    for shape in SHAPES:
        for names in NAMES:
            for declaring in DECLARED:
                count = Counter(
                    came.end for made, came in results
                    if (made.shape, made.names, made.declaring) == (shape, names, declaring)
                )  # fmt: skip
                cells = "  ".join(f"{count[end] or '·':>{len(end)}}" for end in ends)
                lines.append(f"{shape:<10}{names:<11}{declaring:<10}{cells}")
    return lines


def confusions(results: list[tuple[Trial, Outcome]]) -> list[str]:
    """What each system was taken for, wherever one was taken, as lines of text."""
    taken = Counter((made.truth, came.taken) for made, came in results if came.taken)
    return [
        f"{truth:<28}{'right' if key == truth else 'WARNED':<8}{key:<28}{count}"
        for (truth, key), count in sorted(taken.items())
    ]
