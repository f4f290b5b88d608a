"""Plan to page data: the words and numbers both pages show, as plain values, and their escaping.

No text of a plan reaches the page in any other way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any, Literal

from gis.language import Text
from gis.maps.drawing import Drawing, FeatureIds
from gis.maps.translation import each_language
from gis.model import LAYER_OF_KIND, Plan
from gis.tables import Place, Site

PageData = dict[str, Any]

_UNSAFE = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})


def page_data(plan: Plan, ids: FeatureIds, drawing: Drawing) -> PageData:
    """What every page says of a plan."""
    return {
        "plan": _card(plan),
        "sites": [_site(plan, site, ids, drawing) for site in plan.sites.values()],
        "districts": [
            {"feature": feature, "name": name, "anchors": drawing.anchors.get(feature, [])}
            for name, feature in ids["districts"].items()
        ],
        "communes": [
            {
                "feature": feature,
                "code": code,
                "name": plan.units[code].name,
                "label": plan.units[code].label,
                "district": plan.units[code].district,
                "today": plan.units[code].unit_2025_07,
                "anchors": drawing.anchors.get(feature, []),
            }
            for code, feature in ids["communes"].items()
        ],
    }


def escaped_json(data: PageData) -> str:
    """JSON that a script element can hold: nothing in it can close the element or end a line.

    In ASCII alone, like all of a page.
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE)


def _card(plan: Plan) -> PageData:
    card = plan.card
    return {
        "title": each_language(card.title),
        "province": each_language(Text(card.province_vi, card.province_en)),
        "status": each_language(card.status),
        "code": card.code,
        "content_sha256": plan.content_sha256,
        "document": card.document,
        "units_as_of": card.units_as_of,
        "units_drawn": sorted(set(plan.layers["communes"].drawn.provenance))
        if "communes" in plan.layers
        else [],
    }


def _site(plan: Plan, site: Site, ids: FeatureIds, drawing: Drawing) -> PageData:
    feature = ids[LAYER_OF_KIND[site.kind]][site.site_id]
    places = plan.places_of(site.site_id)
    planned = site.detailed_plan_ha
    return {
        "id": site.site_id,
        "feature": feature,
        "kind": site.kind,
        "table": site.table,
        "row": site.row,
        "name": site.name,
        "short_name": site.short_name,
        "place": site.place,
        "districts": list(site.districts),
        "lots": site.lots,
        "note": each_language(Text(site.note, site.note_en or site.note)) if site.note else None,
        "stated_ha": f"{site.stated_ha:f}",
        "detailed_plan_ha": None if planned is None else f"{planned:f}",
        "remainder_ha": None if planned is None else f"{site.stated_ha - planned:f}",
        "list_status": site.list_status,
        "open_marker": site.open_marker,
        "citations": {what: _citation(plan, site, what) for what in ("name", "area", "function")},
        "functions": _functions(plan, site.site_id),
        "readings": [
            {
                "verbatim": reading.verbatim,
                "reading": reading.reading,
                "kind": reading.kind,
                "reason": reading.reason,
                "line": reading.line,
            }
            for reading in plan.readings_of(site.site_id)
        ],
        "communes": [
            {"label": unit.label, "district": unit.district, "today": unit.unit_2025_07}
            for place in places
            if place.unit_code and (unit := plan.units[place.unit_code])
        ],
        "known_by": _known_by(places),
        "outline": _outline(plan, site),
        "anchors": drawing.anchors.get(feature, []),
    }


def _citation(plan: Plan, site: Site, what: Literal["name", "area", "function"]) -> PageData:
    cited = plan.cite_row(site, what)
    return {"document": cited.document, "line": cited.line, "quote": cited.quote}


def _functions(plan: Plan, site_id: str) -> list[PageData]:
    """The fragments of a list in order, each with all the activities it is read as."""
    fragments = sorted(plan.fragments_of(site_id), key=lambda item: item.fragment)
    functions = []
    for _, group in groupby(fragments, key=lambda item: item.fragment):
        rows = list(group)
        functions.append(
            {
                "text": rows[0].text,
                "activities": [
                    _activity(plan, row.activity_id)
                    | {"confidence": row.confidence, "id": row.activity_id}
                    for row in rows
                ],
            }
        )
    return functions


def _activity(plan: Plan, activity_id: str) -> dict[str, str]:
    activity = plan.activities[activity_id]
    return each_language(Text(activity.label_vi, activity.label_en))


def _known_by(places: tuple[Place, ...]) -> list[PageData]:
    """How a site's place is known: the distinct sentences of its rows."""
    told = {
        (place.basis, place.confidence, place.sentence_vi, place.sentence_en): place.source
        for place in places
    }
    return [
        {"basis": basis, "confidence": confidence, "source": source, **each_language(Text(vi, en))}
        for (basis, confidence, vi, en), source in told.items()
    ]


def _outline(plan: Plan, site: Site) -> PageData | None:
    """What an outline is worth, in the words of its own row; None where nothing is drawn."""
    layer = plan.layers.get(LAYER_OF_KIND[site.kind])
    if layer is None or site.site_id not in layer.frame.index:
        return None
    row: Mapping[str, Any] = layer.frame.drop(columns="geometry").loc[site.site_id].to_dict()
    return {
        "provenance": row["provenance"],
        "location_basis": _text(row.get("location_basis")),
        **each_language(Text(_text(row.get("note_vi")), _text(row.get("note_en")))),
        "source": _text(row.get("source")),
        "surveyed_on": _text(row.get("surveyed_on")),
        "accuracy_m": _text(row.get("accuracy_m")),
        "invented_split": row.get("invented_split") is True,
    }


def _text(value: object) -> str:
    """A cell as text; what a frame calls missing is nothing."""
    is_missing = value is None or value != value
    return "" if is_missing else str(value)
