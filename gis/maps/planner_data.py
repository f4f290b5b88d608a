"""What the planner page tells beyond what all pages tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from gis.asking.ground import AROUND_M, NEAREST
from gis.checks import run
from gis.checks.overlaps import TOLERANCE_M2
from gis.crs import WGS84, reprojected
from gis.geometry import M2_PER_HA
from gis.language import Text
from gis.ledger import ledger
from gis.maps.data import PageData
from gis.maps.drawing import Drawing, FeatureIds
from gis.maps.grid import grid_operation
from gis.maps.siting_data import siting_data
from gis.maps.translation import each_language
from gis.model import (
    LAYER_OF_KIND,
    CheckOptions,
    Citation,
    Finding,
    LayerName,
    Outcome,
    Plan,
    Severity,
)
from gis.report import Report, left_open
from gis.shares import SLIVER_SHARE
from gis.siting import answer
from gis.tables import CraftPoint
from gis.verdicts import ActivityMatch, Need, PlaceMatch

WHERE_DECIMALS = 7  # of a degree: a centimetre
LAYERS: tuple[LayerName, ...] = (*LAYER_OF_KIND.values(), "communes")


def planner_data(plan: Plan, ids: FeatureIds, drawing: Drawing, report: Report | None) -> PageData:
    """The planner page's own part of the data block: grid, ledger, findings, provenance."""
    if report is None:
        report = Report(plan, CheckOptions(TOLERANCE_M2), tuple(run(plan)))
    cited: dict[Citation, int] = {}  # each once, with its place
    findings = [
        _finding(plan, ids, severity, outcome, finding, cited)
        for severity, outcome, finding in report.findings()
    ]
    open_rows = _left_open(plan, ids, report)
    told = {row["code"] for row in (*findings, *open_rows)}
    return {
        **siting_data(plan, districts=True),
        "grid": grid_operation(plan.card.crs),
        "ground": {
            "around_m": AROUND_M,
            "sliver_share": SLIVER_SHARE,
            "nearest": NEAREST,
            "off_ha": drawing.off_m2 / M2_PER_HA,
            "not_checked": [each_language(item) for item in _not_checked(plan)],
        },
        "invalid": _invalid(plan, ids),
        "communes_from": _provenance_of_communes(plan, ids),
        "ledger": _ledger(plan, ids),
        "craft_points": [_craft_point(plan, point) for point in plan.craft_register],
        "findings": findings,
        "findings_count": len(findings),
        "left_open": open_rows,
        "cited": [_citation(item) for item in cited],
        "rules": {
            outcome.rule.code: each_language(outcome.rule.title)
            for outcome in report.outcomes
            if outcome.rule.code in told
        },
        "checked": {
            "content": plan.content_sha256,
            "rules": len(report.outcomes),
            "tolerance_m2": report.options.tolerance_m2,
            "passed": [
                outcome.rule.code for outcome in report.outcomes if outcome.state == "passed"
            ],
        },
    }


def _not_checked(plan: Plan) -> tuple[Text, ...]:
    """What nobody checked of an answer about the ground."""
    place = PlaceMatch("", "ground", Text("", ""))
    return answer(plan, Need(), place, ActivityMatch("")).not_checked


# --- outlines -----------------------------------------------------------------------------------


def _invalid(plan: Plan, ids: FeatureIds) -> list[str]:
    """Features whose outline is invalid, and so is left out of every answer about the ground."""
    found = []
    for name in LAYERS:
        if name in plan.layers:
            frame = plan.layers[name].frame
            drawn = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
            bad = ~shapely.is_valid(drawn.geometry.to_numpy())
            found += [ids[name][key] for key in drawn.index[bad]]
    return found


def _provenance_of_communes(plan: Plan, ids: FeatureIds) -> PageData:
    """How each commune's outline came about: the different ways, and which one by feature."""
    if "communes" not in plan.layers:
        return {"ways": [], "of": {}}
    frame = plan.layers["communes"].frame
    rows = frame.drop(columns="geometry").to_dict("index")
    told = {
        ids["communes"][code]: tuple(
            (name, str(row[name]))
            for name in ("provenance", "source", "surveyed_on", "accuracy_m")
            if row.get(name) is not None and row[name] == row[name] and str(row[name])
        )
        for code, row in rows.items()
    }
    ways = list(dict.fromkeys(told.values()))
    return {
        "ways": [dict(way) for way in ways],
        "of": {feature: ways.index(way) for feature, way in told.items()},
    }


# --- craft-village land -------------------------------------------------------------------------


def _ledger(plan: Plan, ids: FeatureIds) -> list[list[str | int | None]]:
    """Every commune's allowance, by feature; what is not registered stays null."""
    return [
        [
            ids["communes"][row.unit_code],
            row.least_points,
            row.most_points,
            _exact(row.most_ha),
            row.points,
            _exact(row.registered_ha),
            row.headroom_points,
            _exact(row.headroom_ha),
        ]
        for row in ledger(plan)
    ]


def _exact(value: Any) -> str | None:
    return None if value is None else f"{value:f}"


def _craft_point(plan: Plan, point: CraftPoint) -> PageData:
    """A craft point with its place: inside its outline, else none and its commune stands for it."""
    layer = plan.layers.get("craft_points")
    at = None
    if layer is not None and point.point_id in layer.frame.index:
        shape = layer.frame.geometry[point.point_id]
        if shape is not None and not shape.is_empty:
            [moved] = reprojected(
                np.array([shape.representative_point()], dtype=object), plan.card.crs, WGS84
            )
            at = [round(moved.y, WHERE_DECIMALS), round(moved.x, WHERE_DECIMALS)]
    return {
        "id": point.point_id,
        "unit_code": point.unit_code,
        "name": point.name,
        "stated_ha": f"{point.stated_ha:f}",
        "trade": point.trade,
        "as_of": point.as_of.isoformat(),
        "source": point.source,
        "at": at,
    }


# --- findings -----------------------------------------------------------------------------------


def _finding(
    plan: Plan,
    ids: FeatureIds,
    severity: Severity,
    outcome: Outcome,
    finding: Finding,
    cited: dict[Citation, int],
) -> PageData:
    """A finding as the page shows it; what it cites goes to `cited`, and it names the places."""
    return {
        "id": outcome.finding_id(finding),
        "code": outcome.rule.code,
        "theme": outcome.rule.theme,
        "severity": severity.code,
        "message": each_language(finding.message),
        "cause": each_language(finding.cause) if finding.cause else None,
        "citations": [
            cited.setdefault(item, len(cited)) for item in finding.citations or (outcome.basis,)
        ],
        "features": _features(plan, ids, finding.subjects),
        "where": _where(plan, finding),
    }


def _citation(cited: Citation) -> PageData:
    return {**each_language(cited.locator), "quote": cited.quote}


def _features(plan: Plan, ids: FeatureIds, subjects: Iterable[str]) -> list[str]:
    """The features that subjects are, or that a clause among them speaks of."""
    known = {name: feature for layer in ids.values() for name, feature in layer.items()}
    craft = {point.point_id: point.unit_code for point in plan.craft_register}
    found: dict[str, None] = {}
    for subject in subjects:
        clause = plan.clauses.get(subject)
        names: Sequence[str] = (
            [craft.get(subject, subject)] if clause is None else clause.sites or clause.districts
        )
        found |= {known[name]: None for name in names if name in known}
    return list(found)


def _where(plan: Plan, finding: Finding) -> PageData | None:
    """The place of a finding as GeoJSON in longitude and latitude."""
    import json

    if finding.where is None or finding.where.is_empty:
        return None
    [moved] = reprojected(np.array([finding.where], dtype=object), plan.card.crs, WGS84)
    return dict(json.loads(shapely.to_geojson(shapely.set_precision(moved, 10**-WHERE_DECIMALS))))


def _left_open(plan: Plan, ids: FeatureIds, report: Report) -> list[PageData]:
    """What was not proven or not checked, one row a rule and reason."""
    themes = {outcome.rule.code: outcome.rule.theme for outcome in report.outcomes}
    rows: dict[tuple[str, str], PageData] = {}
    for item in left_open(report.outcomes):
        row = rows.setdefault(
            (item.code, item.reason.en),
            {
                "code": item.code,
                "theme": themes[item.code],
                "state": item.state.value,
                "reason": each_language(item.reason),
                "settled_by": each_language(item.settled_by) if item.settled_by else None,
                "count": 0,
            },
        )
        row["count"] += len(item.subjects)
    return list(rows.values())
