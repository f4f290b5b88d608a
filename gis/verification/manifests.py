"""The files of a kit against its manifest, and the manifest against plan and data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import shapely
from pydantic import BaseModel, ValidationError

from gis.checks import has_errors
from gis.delivery.kit import FORMATS, checks_part, layer_part, plan_part, profile_part
from gis.delivery.manifest import MANIFEST, LayerPart, Manifest
from gis.delivery.readme import CHECK_DATA
from gis.language import Text, say
from gis.model import LAYER_OF_KIND, LayerName, Plan
from gis.report import Report
from gis.verification.faults import NOTHING, Fault, fault
from gis.verification.opening import Kit
from gis.verification.readings import Reading
from gis.verification.standard import LAYERS, Standard, report_of

EXTENT_TOLERANCE_M = 0.001
LARGEST_TOLERANCE_M2 = 1e12
OLDEST_FORMATS = ("shp", "gpkg")  # every manifest tells of them, whatever its version
TOTALS = ("stated_ha", "measured_ha", "geodesic_ha")


def read_manifest(kit: Kit) -> tuple[Manifest | None, list[Fault]]:
    """The manifest of a kit, or None with what is wrong with it where it has one."""
    data = kit.files.get(MANIFEST)
    if data is None:
        return None, []
    try:
        return Manifest.model_validate_json(data), []
    except ValidationError as error:
        return None, [
            fault(
                "MANI02",
                MANIFEST,
                field=".".join(str(part) for part in item["loc"]),
                value=str(item["input"])[:80],
                detail=Text(item["msg"], item["msg"]),
            )
            for item in error.errors(include_url=False)
        ]


def judge_files(kit: Kit, manifest: Manifest) -> Iterator[Fault]:
    """The files are those of the manifest, byte for byte, and no other."""
    listed = {item.path: item for item in manifest.files}
    if len(listed) < len(manifest.files):
        paths = [item.path for item in manifest.files]
        for path in sorted({path for path in paths if paths.count(path) > 1}):
            yield fault("MANI03", MANIFEST, field="files", value=path, detail=_TWICE)
    for path, item in listed.items():
        data = kit.files.get(path)
        if data is None:
            yield fault("FILE01", path, layer=item.layer or "", wanted=f"{item.bytes} bytes")
        elif hashlib.sha256(data).hexdigest() != item.sha256 or len(data) != item.bytes:
            found = f"{hashlib.sha256(data).hexdigest()}, {len(data)} bytes"
            wanted = f"{item.sha256}, {item.bytes} bytes"
            yield fault("FILE03", path, layer=item.layer or "", value=found, wanted=wanted)
    for path in kit.files:
        if path not in listed and path != MANIFEST:
            yield fault("FILE02", path)


_TWICE = say("liệt kê hai lần", "is listed twice")


def judge_coverage(manifest: Manifest) -> Iterator[Fault]:
    """Every layer and format is delivered or said to be withheld."""
    told = {item.what for item in manifest.withheld}
    told |= {item.layer for item in manifest.layers} | {item.format for item in manifest.formats}
    for name in (*LAYERS, *OLDEST_FORMATS):
        if name not in told:
            yield fault("FILE05", MANIFEST, layer=name if name in LAYERS else "", value=name)
    for item in manifest.files:
        if item.format in FORMATS and item.format not in {part.format for part in manifest.formats}:
            yield fault("MANI03", MANIFEST, field="formats", value=item.format)


def judge_statements(
    manifest: Manifest, standard: Standard, readings: Sequence[Reading], report: Report | None
) -> Iterator[Fault]:
    """What the manifest says of plan, profile, checks and layers is so."""
    order = None if standard.plan is None else standard.order(standard.plan)
    if order is not None and report is not None:
        yield from _differences("plan", manifest.plan, plan_part(order))
        yield from _differences("profile", manifest.profile, profile_part(order))
        yield from _check_faults(manifest, report)
    read = {reading.layer: reading for reading in reversed(readings)}
    for part in manifest.layers:
        where = f"layers.{part.layer}"
        if part.layer not in LAYERS or part.layer not in standard.profile.layers:
            yield fault("MANI03", MANIFEST, field=where, value=part.layer, detail=_NO_SUCH_LAYER)
        elif order is not None:
            sheet = standard.sheets[part.layer]
            yield from _differences(where, part, layer_part(order, sheet))
        elif part.layer in read:
            yield from _found_differences(where, part, read[part.layer], standard)
    for form in manifest.formats:
        for layer, count in form.layers.items():
            reading = read.get(_layer(layer))
            if reading is not None and len(reading.rows) != count:
                field = f"formats.{form.format}.layers.{layer}"
                yield fault("MANI03", MANIFEST, field=field, value=count, wanted=len(reading.rows))


_NO_SUCH_LAYER = say("hồ sơ mẫu không có lớp này", "the profile has no such layer")


def _layer(name: str) -> LayerName:
    return next((layer for layer in LAYERS if layer == name), "zones")


def checks_of(kit: Kit, plan: Plan) -> Report:
    """The checks of a plan, with the tolerance that the kit's own report was made with."""
    try:
        told = json.loads(kit.files[CHECK_DATA])["options"]["tolerance_m2"]
    except (KeyError, TypeError, ValueError, RecursionError):
        told = None
    usable = isinstance(told, int | float) and 0 <= told < LARGEST_TOLERANCE_M2
    return report_of(plan, float(told)) if usable else report_of(plan)


def _check_faults(manifest: Manifest, report: Report) -> Iterator[Fault]:
    forced = has_errors(report.outcomes)
    if manifest.forced != forced:
        yield fault("MANI03", MANIFEST, field="forced", value=manifest.forced, wanted=forced)
    yield from _differences("checks", manifest.checks, checks_part(report))


def _differences(where: str, found: BaseModel, wanted: BaseModel) -> Iterator[Fault]:
    """Field by field, what one part says other than it should."""
    should = wanted.model_dump(mode="json")
    for name, value in found.model_dump(mode="json").items():
        if not _same(name, value, should[name]):
            yield fault(
                "MANI03", MANIFEST, layer=_named_layer(where), field=f"{where}.{name}",
                value=_short(value), wanted=_short(should[name]),
            )  # fmt: skip


def _named_layer(where: str) -> str:
    return where.removeprefix("layers.") if where.startswith("layers.") else ""


def _same(name: str, value: Any, wanted: Any) -> bool:
    if name == "extent" and value is not None and wanted is not None:
        return all(abs(a - b) <= EXTENT_TOLERANCE_M for a, b in zip(value, wanted, strict=True))
    return bool(value == wanted)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _found_differences(
    where: str, part: LayerPart, reading: Reading, standard: Standard
) -> Iterator[Fault]:
    """What the manifest says of a layer against what was read, where there is no plan."""
    drawn = [item for item in reading.outlines if item is not None]
    extent = [float(item) for item in shapely.total_bounds(drawn)] if drawn else None
    found: dict[str, Any] = {
        "rows": len(reading.rows),
        "outlines": len(drawn),
        "extent": extent if extent is None or np.isfinite(extent).all() else None,
    }
    wanted = standard.short if reading.form == "shp" else standard.long
    names = {column.field.name: column.name for column in wanted[reading.layer].columns}
    for total in TOTALS:
        if total in names and names[total] in reading.names:
            found[total] = total_of(reading, names[total])
    told = part.model_dump(mode="json")
    for name, value in found.items():
        same = _same_total(told[name], value) if name in TOTALS else _same(name, told[name], value)
        if not same:
            should = str(value) if name in TOTALS else _short(value)
            yield fault(
                "MANI03", MANIFEST, layer=part.layer, field=f"{where}.{name}",
                value=_short(told[name]), wanted=should,
            )  # fmt: skip


def total_of(reading: Reading, name: str) -> Decimal | None:
    """The sum of a column; None where it has nothing to add."""
    place = reading.names.index(name)
    cells = [row[place] for row in reading.rows]
    known = [Decimal(cell) for cell in cells if isinstance(cell, int | Decimal)]
    return sum(known, Decimal(0)) if known else None


def _same_total(told: str | None, found: Decimal | None) -> bool:
    if told is None or found is None:
        return told is None and found is None
    try:
        return Decimal(told) == found
    except InvalidOperation:
        return False


def judge_totals(
    standard: Standard, manifest: Manifest | None, readings: Sequence[Reading]
) -> Iterator[Fault]:
    """The stated areas of zones and of clusters sum to what the decision prints."""
    printed = _printed_totals(standard, manifest)
    for reading in readings:
        total = printed.get(reading.layer)
        wanted = (standard.short if reading.form == "shp" else standard.long).get(reading.layer)
        if total is None or wanted is None:
            continue
        name = next((c.name for c in wanted.columns if c.field.name == "stated_ha"), None)
        if name is None or name not in reading.names:
            continue
        found = total_of(reading, name)
        if found != total[0]:
            yield fault(
                "HECT03", reading.table_file, layer=reading.layer, field=name, value=found,
                wanted=total[0], detail=total[1],
            )  # fmt: skip


def _printed_totals(
    standard: Standard, manifest: Manifest | None
) -> Mapping[str, tuple[Decimal, Text]]:
    if standard.plan is not None:
        document = standard.plan.card.document
        return {
            LAYER_OF_KIND[item.kind]: (item.total_ha, _line(document, item.clause, item.line))
            for item in standard.plan.card.stated_totals
        }
    if manifest is None:
        return {}
    return {
        part.layer: (Decimal(told.total_ha), _line(manifest.plan.document, told.clause, told.line))
        for part in manifest.layers
        if (told := part.decision_total) is not None and _is_number(told.total_ha)
    }


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _line(document: str, clause: str, line: int) -> Text:
    return (
        say(
            "{document}, {clause}, dòng {line}",
            "{document}, {clause}, line {line}",
            document=document,
            clause=clause,
            line=str(line),
        )
        if document
        else NOTHING
    )
