"""What a reading of a file's numbers makes of it, against all that the plan and the rows say.

Where an outline falls is compared with the province and with the commune or district its row
names; its size with the stated one; and it is laid on the plan's own outline of the same thing.
Everything has the error its provenance gives it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.geometry import M2_PER_HA
from gis.layers import least_proven
from gis.model import LAYER_OF_KIND, Plan
from gis.shares import likeness
from gis.survey.model import Hint, SurveyLayer
from gis.survey.systems import Reading, ground, likely, placed, readings_of
from gis.tables import Provenance

Outlines = NDArray[np.object_]
Numbers = NDArray[np.float64]

# How far an outline of the plan may be from the ground, where its row does not say.
SURVEYED_M, DIGITISED_M = 10.0, 50.0
LEAST_INDICATIVE_M = 1_000.0  # and at least the radius of a circle as large as the commune
WHOLE_SOURCE_M = 40.0  # a source of indicative outlines may be off as a whole by so much
FIRM_PLACES = ("named_commune", "sourced_commune", "name_match")
NAMES_MUST_HOLD = 0.5  # of the rows, or the names say nothing about the system
MEDIAN_ERROR = 1.2533  # standard error of a median, in those of a mean
NORMAL_MAD = 1.4826  # from a median of absolute deviations to a standard deviation
ROWS_FOR_SCATTER = 12  # from so many on, the scatter of a file is its own measure
SHAPE_SHARE = 0.1  # of its radius: how far the centres of two drawings of one thing differ
SAME_COMMUNE = 0.3  # overlap over union, from which an unnamed outline is a commune's
FEWEST_UNNAMED = 5  # outlines, from which on they are laid on communes that they do not name
ALIKE_COMMUNES, ALIKE_SITES = 0.5, 0.8  # below, two drawings are not of the same thing
MOST_VERTICES = 4_000  # of an outline; more say nothing about where it is
SAME_PLACE_M = 0.05  # nearer than this, two readings are one for every purpose here


@dataclass(frozen=True, eq=False, slots=True)
class Expected:
    """Where a row should lie, how sure that is, and the plan's own outline of it."""

    area: shapely.Geometry | None = None
    tolerance_m: float = 0.0
    outline: shapely.Geometry | None = None
    outline_error_m: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """What a reading makes of a file, in the plan's metres."""

    reading: Reading
    outlines: Outlines
    in_province: Numbers  # per row, whether it lies there
    misses_m: Numbers  # per row, from where it should lie; NaN where it says nothing
    fits: Numbers
    area_ratio: float = math.nan
    offsets: Numbers = field(default_factory=lambda: np.empty((0, 2)))
    likeness: float = math.nan
    offset_error_m: float = math.nan
    must_be_alike: float = 0.0

    @property
    def offset_m(self) -> float:
        return float(np.hypot(*np.median(self.offsets, axis=0))) if len(self.offsets) else math.nan

    @property
    def rank(self) -> tuple[float, float]:
        """The better the smaller: by score, then by how near the outlines lie to the plan's."""
        return -round(self.score, 3), round(self.offset_m) if len(self.offsets) else 0.0

    @property
    def is_laid(self) -> bool:
        """Whether the outlines are like those of the plan, and so tell where they lie."""
        return len(self.offsets) > 0 and self.likeness >= self.must_be_alike

    @property
    def score(self) -> float:
        """From 0 to 1: shares of rows in place, agreement of areas, likeness of outlines."""
        ratio = self.area_ratio
        parts = (
            np.mean(self.in_province),
            np.mean(self.fits) if len(self.fits) else 1.0,
            1.0 if math.isnan(ratio) else min(ratio, 1 / ratio),
            1.0 if math.isnan(self.likeness) else self.likeness,
        )
        return math.prod(map(float, parts))


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """A file to be placed: its outlines, what its rows say, and the plan they are compared with."""

    outlines: Outlines
    expected: tuple[Expected, ...]
    stated_ha: Numbers
    plan: Plan
    are_communes: bool
    province: shapely.Geometry
    province_tolerance_m: float


# --- what is expected ----------------------------------------------------------------------------


def case_of(outlines: Outlines, hints: Sequence[Hint], plan: Plan, layer: SurveyLayer) -> Case:
    """A file with what its rows, and the plan, say of where each should lie."""
    whole, tolerance_m = _province(plan)
    return Case(
        _thinned(np.asarray(outlines, dtype=object)),
        tuple(_expected(hint, plan, layer) for hint in hints),
        np.array([math.nan if h.stated_ha is None else float(h.stated_ha) for h in hints], float),
        plan,
        layer == "communes" and "communes" in plan.layers,
        whole,
        tolerance_m,
    )


def _thinned(outlines: Outlines) -> Outlines:
    """The same with fewer vertices where there are very many, whatever their unit."""
    many = shapely.get_num_coordinates(outlines) > MOST_VERTICES
    if not many.any():
        return outlines
    bounds = shapely.bounds(outlines[many])
    thinner = outlines.copy()
    size = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    thinner[many] = shapely.simplify(outlines[many], size / MOST_VERTICES)
    return thinner


@lru_cache(maxsize=4)
def _province(plan: Plan) -> tuple[shapely.Geometry, float]:
    """The ground the plan covers, and how far its edge may be from the true one."""
    if "communes" not in plan.layers:
        return shapely.Polygon(ground(plan)), LEAST_INDICATIVE_M
    communes = plan.layers["communes"].frame
    whole = shapely.union_all(_sound(communes.geometry.to_numpy()))
    shapely.prepare(whole)
    return whole, _typical_error_m(communes)


def _typical_error_m(frame: gpd.GeoDataFrame) -> float:
    return float(np.median([_error_m(frame, key) for key in frame.index]))


def _error_m(frame: gpd.GeoDataFrame, key: str) -> float:
    """How far from the ground an outline of the plan may be, by its provenance."""
    row = frame.loc[key]
    told = float(row.get("accuracy_m") or math.nan)
    known = 0.0 if math.isnan(told) else told
    match Provenance(row["provenance"]):
        case Provenance.SURVEYED:
            return known or SURVEYED_M
        case Provenance.DIGITISED:
            return known or DIGITISED_M
    return max(known, LEAST_INDICATIVE_M, _radius_m(row.geometry))


def _radius_m(outline: shapely.Geometry) -> float:
    return math.sqrt(outline.area / math.pi)


def _expected(hint: Hint, plan: Plan, layer: SurveyLayer) -> Expected:
    """Where a row should lie by the most exact thing that it, or the plan of its site, says."""
    codes, districts = hint.unit_codes, hint.districts
    if not codes and hint.site_id in plan.sites:
        firm = [p for p in plan.places_of(hint.site_id or "") if p.basis in FIRM_PLACES]
        codes = tuple(place.unit_code for place in firm if place.unit_code)
        districts = districts or plan.sites[hint.site_id or ""].districts
    area, tolerance_m = _area(plan, tuple(codes), tuple(districts))
    outline, error_m = _known_outline(hint, plan, layer)
    return Expected(area, tolerance_m, outline, error_m)


@lru_cache(maxsize=1024)
def _area(
    plan: Plan, codes: tuple[str, ...], districts: tuple[str, ...]
) -> tuple[shapely.Geometry | None, float]:
    if "communes" not in plan.layers:
        return None, 0.0
    frame = plan.layers["communes"].frame
    known = [code for code in codes if code in frame.index]
    if not known:
        known = list(frame.index[frame["district"].isin(list(districts))])
    if not known:
        return None, 0.0
    chosen = frame.loc[known]
    outlines = _sound(chosen.geometry.to_numpy())
    area = outlines[0] if len(outlines) == 1 else shapely.union_all(outlines)
    shapely.prepare(area)
    return area, _typical_error_m(chosen)


def _known_outline(
    hint: Hint, plan: Plan, layer: SurveyLayer
) -> tuple[shapely.Geometry | None, float]:
    """The plan's own outline of the same thing, if it says anything about the ground."""
    if layer == "communes":
        key = hint.unit_codes[0] if len(hint.unit_codes) == 1 else ""
        found = plan.layers.get("communes")
    else:
        key = hint.site_id or ""
        found = plan.layers.get(LAYER_OF_KIND[plan.sites[key].kind]) if key in plan.sites else None
    if found is None or key not in found.frame.index:
        return None, 0.0
    row = found.frame.loc[key]
    proves = Provenance(row["provenance"]).proves
    if layer != "communes" and not proves:
        return None, 0.0
    told = _error_m(found.frame, key) if proves else 0.0
    return row.geometry, max(told, SHAPE_SHARE * _radius_m(row.geometry))


# --- what a reading makes of it ------------------------------------------------------------------


def worth_trying(case: Case, stated: Reading | None) -> list[Reading]:
    """The readings that put a file near the province, and the declared one wherever it does."""
    more = (
        []
        if stated is None
        else [stated, *readings_of(stated.system, ground(case.plan), case.plan)]
    )
    centres = shapely.get_coordinates(shapely.centroid(shapely.envelope(case.outlines)))
    tried = list(likely(case.plan, centres, more))
    return tried if stated is None or stated in tried else [*tried, stated]


def evidence_of(case: Case, reading: Reading) -> Evidence:
    """What a reading makes of a file."""
    outlines = placed(case.outlines, reading, case.plan)
    bounds = shapely.bounds(outlines)
    if not np.isfinite(bounds).all():
        nowhere = np.zeros(len(outlines))
        return Evidence(reading, outlines, nowhere, np.full(len(outlines), math.inf), nowhere)
    outlines = _sound(outlines)
    shapely.prepare(case.province)
    here = shapely.dwithin(case.province, outlines, case.province_tolerance_m)
    areas = np.array([one.area for one in case.expected], dtype=object)
    misses_m = np.asarray(shapely.distance(areas, outlines), float)  # NaN where there is no area
    told = ~np.isnan(misses_m)
    tolerances_m = np.array([one.tolerance_m for one in case.expected], float)
    ratio = shapely.area(outlines) / (case.stated_ha * M2_PER_HA)
    stated = ~np.isnan(ratio)
    found = Evidence(
        reading,
        outlines,
        here.astype(float),
        misses_m,
        (misses_m[told] <= tolerances_m[told]).astype(float),
        float(np.median(ratio[stated])) if stated.any() else math.nan,
    )
    return _aligned(case, found)


def _sound(outlines: Outlines) -> Outlines:
    """The same outlines, mended where they are invalid: what they cover is all that counts here."""
    valid = shapely.is_valid(outlines)
    if valid.all():
        return outlines
    mended = outlines.copy()
    mended[~valid] = shapely.make_valid(outlines[~valid])
    return mended


def _aligned(case: Case, found: Evidence) -> Evidence:
    """The same with its outlines laid on those the plan has of the same things."""
    pairs = [
        (outline, one.outline, one.outline_error_m)
        for outline, one in zip(found.outlines, case.expected, strict=True)
        if one.outline is not None
    ]
    if not pairs and case.are_communes and len(found.outlines) >= FEWEST_UNNAMED:
        pairs = list(_most_alike(found.outlines, case.plan))
        if len(pairs) < NAMES_MUST_HOLD * len(found.outlines):
            return found
    if not pairs:
        return found
    mine, theirs = (np.array([pair[n] for pair in pairs], dtype=object) for n in (0, 1))
    theirs = _sound(theirs)
    offsets = shapely.get_coordinates(shapely.centroid(mine)) - shapely.get_coordinates(
        shapely.centroid(theirs)
    )
    errors_m = np.array([pair[2] for pair in pairs], float)
    return replace(
        found,
        offsets=offsets,
        likeness=float(np.mean(likeness(mine, theirs))),
        offset_error_m=_offset_error_m(case, offsets, errors_m),
        must_be_alike=ALIKE_COMMUNES if case.are_communes else ALIKE_SITES,
    )


def _most_alike(
    outlines: Outlines, plan: Plan
) -> Iterator[tuple[shapely.Geometry, shapely.Geometry, float]]:
    """Each outline with the commune its middle lies in, if the two are much alike."""
    cells = plan.layers["communes"].frame.geometry.to_numpy()
    middles = shapely.point_on_surface(outlines)
    row, cell = shapely.STRtree(cells).query(middles, predicate="within")
    alike = likeness(outlines[row], cells[cell])
    for number, place, share in zip(row, cell, alike, strict=True):
        if share >= SAME_COMMUNE:
            yield outlines[number], cells[place], SHAPE_SHARE * _radius_m(cells[place])


def _offset_error_m(case: Case, offsets: Numbers, errors_m: Numbers) -> float:
    """Standard error of the median offset: scatter of the rows, error of the source."""
    spread = np.median(np.abs(offsets - np.median(offsets, axis=0)), axis=0)
    scatter_m = float(NORMAL_MAD * np.hypot(*spread))
    if len(offsets) < ROWS_FOR_SCATTER:
        scatter_m = max(scatter_m, float(np.median(errors_m)))
    common_m = _common_error_m(case)
    return math.hypot(MEDIAN_ERROR * scatter_m / math.sqrt(len(offsets)), common_m)


def _common_error_m(case: Case) -> float:
    """By how much all outlines of a source may be off together."""
    if not case.are_communes:
        return 0.0
    weakest = least_proven(case.plan.layers["communes"].frame["provenance"])
    return 0.0 if Provenance(weakest).proves else WHOLE_SOURCE_M


def without_doubles(found: Sequence[Evidence], stated: Reading | None) -> list[Evidence]:
    """Of readings that put every outline at the same place, the declared one or the first."""
    kept: list[Evidence] = []
    for one in sorted(found, key=lambda one: (one.reading != stated, not one.reading.is_plain)):
        if not any(apart_m(one, other) < SAME_PLACE_M for other in kept):
            kept.append(one)
    return kept


def apart_m(one: Evidence, other: Evidence) -> float:
    """How far apart two readings put the outlines of a file."""
    corners = shapely.bounds(one.outlines) - shapely.bounds(other.outlines)
    finite = np.isfinite(corners).all(axis=1)
    if not finite.any():
        return math.inf
    return float(np.median(np.hypot(corners[finite, 0], corners[finite, 1])))
