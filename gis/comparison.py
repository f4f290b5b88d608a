"""What changed from one delivery to another, or from one check report to another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.delivery.comparing import TOLERANCE_M, same_outline
from gis.delivery.manifest import MANIFEST
from gis.delivery.profiles import DEFAULT_PROFILE, load_profile, profile_names
from gis.errors import KitError, Problem
from gis.language import Language, Text, number, say
from gis.model import LayerName
from gis.report import both, print_line, safe
from gis.verification import Kit, open_kit
from gis.verification.columns import ids_of
from gis.verification.geopackages import read_geopackage
from gis.verification.manifests import read_manifest
from gis.verification.outlines import displacement
from gis.verification.proving import grouped
from gis.verification.readings import Bad, CellValue, Reading
from gis.verification.shapefiles import read_shapefile
from gis.verification.standard import LAYERS, PROVINCE_CRS, Standard, standard_of
from gis.vocabulary import FIELDS

if TYPE_CHECKING:
    from rich.console import Console

M2_PER_HA = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is other in the second than in the first; what is not told is None.

    `kind`: added, removed, moved, reshaped, attribute, file, field; or of a report: fixed, new,
    changed, state.
    """

    kind: str
    subject: str
    layer: str = ""
    field: str = ""
    before: str | None = None
    after: str | None = None
    moved_m: float | None = None
    area_ha: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes from a first to a second; `same` counts what was found in both, unchanged."""

    what: str
    first: str
    second: str
    changes: tuple[Change, ...]
    same: int
    notes: tuple[Text, ...] = field(default_factory=tuple)


def compare(first: Path, second: Path, profile: str | None = None) -> Comparison:
    """Compare two kits (folders or zip files) or two check reports (JSON).

    Raises: KitError, where one cannot be opened or the two are not of one sort; ProfileError.
    """
    reports = [_report(path) for path in (first, second)]
    if reports[0] is not None and reports[1] is not None:
        return _of_reports(str(first), str(second), reports[0], reports[1])
    if reports[0] is not None or reports[1] is not None:
        odd = second if reports[0] is not None else first
        raise KitError(
            Problem(
                str(odd),
                say("không phải báo cáo kiểm tra", "is no check report"),
                say(
                    "so hai bộ giao nộp, hoặc hai báo cáo của tngis check --format json",
                    "compare two kits, or two reports of tngis check --format json",
                ),
            )
        )
    return _of_kits(str(first), str(second), open_kit(first), open_kit(second), profile)


# --- reports -------------------------------------------------------------------------------------


def _report(path: Path) -> Mapping[str, Any] | None:
    """The check report in a file, or None where the file is no JSON."""
    if not path.is_file() or path.suffix.lower() != ".json":
        return None
    try:
        told = json.loads(path.read_bytes())
        findings = [item for outcome in told["outcomes"] for item in outcome["findings"]]
        complete = all(isinstance(item["finding_id"], str) for item in findings)
        complete &= all(isinstance(outcome["code"], str) for outcome in told["outcomes"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        complete, told = False, None
    if not complete or not isinstance(told, dict):
        raise KitError(
            Problem(
                str(path),
                say("không phải báo cáo kiểm tra", "is no check report"),
                say(
                    "lập báo cáo: tngis check --format json --out TỆP",
                    "make one: tngis check --format json --out FILE",
                ),
            )
        )
    return told


def _of_reports(
    first: str, second: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Comparison:
    old, new = _findings(before), _findings(after)
    changes = [_finding_change("fixed", old[name], None) for name in old if name not in new]
    changes += [_finding_change("new", None, new[name]) for name in new if name not in old]
    kept = [name for name in old if name in new]
    changed = [name for name in kept if _told(old[name]) != _told(new[name])]
    changes += [_finding_change("changed", old[name], new[name]) for name in changed]
    states = [_states(before), _states(after)]
    for code in dict.fromkeys((*states[0], *states[1])):
        told = states[0].get(code), states[1].get(code)
        if told[0] != told[1]:
            changes.append(Change("state", code, before=told[0], after=told[1]))
    return Comparison(
        "reports", first, second, tuple(changes), len(kept) - len(changed),
        tuple(_report_notes(before, after)),
    )  # fmt: skip


def _findings(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        item["finding_id"]: item for outcome in report["outcomes"] for item in outcome["findings"]
    }


def _told(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """What a finding says, apart from the place and the quotes it says it with."""
    parts = ("severity", "message", "stated", "measured", "cause")
    return tuple(json.dumps(finding.get(part), sort_keys=True) for part in parts)


def _finding_change(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Change:
    shown = before if after is None else after
    return Change(
        kind,
        str((shown or {}).get("finding_id")),
        before=_message(before),
        after=_message(after),
    )


def _message(finding: Mapping[str, Any] | None) -> str | None:
    if finding is None:
        return None
    message = finding.get("message")
    text = message.get("en", "") if isinstance(message, dict) else str(message)
    return f"{finding.get('severity', '')}: {text}"


def _states(report: Mapping[str, Any]) -> dict[str, str]:
    return {item["code"]: str(item.get("state", "")) for item in report["outcomes"]}


def _report_notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Text]:
    for key, name in (
        ("tool", say("phiên bản", "version")),
        ("options", say("tùy chọn", "options")),
        ("plan", say("quy hoạch", "plan")),
    ):
        if before.get(key) != after.get(key):
            yield say(
                "hai báo cáo khác nhau về {name}: {a} – {b}",
                "the reports are of another {name}: {a} – {b}",
                name=name,
                a=_short(before.get(key)),
                b=_short(after.get(key)),
            )


def _short(value: Any) -> str:
    if isinstance(value, dict) and "content_sha256" in value:
        return f"{value.get('code')} {str(value['content_sha256'])[:12]}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --- kits ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class _Layers:
    """The layers of a kit by format, what its files are called by, and the files that are none."""

    readings: Mapping[tuple[str, LayerName], Reading]
    standard: Standard
    others: Mapping[str, bytes]
    notes: tuple[Text, ...]


def _of_kits(first: str, second: str, one: Kit, two: Kit, profile: str | None) -> Comparison:
    before, after = _layers(first, one, profile), _layers(second, two, profile)
    changes: list[Change] = []
    same = 0
    for layer in LAYERS:
        pair = _pair(layer, before, after)
        if pair is None:
            continue
        if pair[0] is None or pair[1] is None:
            kind = "added" if pair[0] is None else "removed"
            changes.append(Change(kind, layer, layer=layer, field="layer"))
            continue
        found, kept = _of_layers(pair[0], pair[1], before.standard, after.standard)
        changes += found
        same += kept
    changes += _file_changes(before.others, after.others)
    notes = tuple(dict.fromkeys((*before.notes, *after.notes)))
    return Comparison("kits", first, second, tuple(changes), same, notes)


def _layers(name: str, kit: Kit, profile: str | None) -> _Layers:
    manifest, _ = read_manifest(kit)
    told = None if manifest is None else manifest.profile.code
    known = told if told in profile_names() else DEFAULT_PROFILE
    standard = standard_of(load_profile(profile or known or DEFAULT_PROFILE), None)
    shapefiles, geopackages = grouped(kit, standard.profile)
    readings: dict[tuple[str, LayerName], Reading] = {}
    used = {MANIFEST, *geopackages}
    for layer, parts in shapefiles.items():
        used |= {item for item, _ in parts.values()}
        reading = read_shapefile(parts, layer, standard.short[layer].key)
        if reading is not None:
            readings["shp", layer] = reading
    keys = {layer: wanted.key for layer, wanted in standard.long.items()}
    faults = [fault for reading in readings.values() for fault in reading.faults]
    for path in geopackages:
        found, wrong = read_geopackage(path, kit.files[path], keys, PROVINCE_CRS)
        readings |= {("gpkg", reading.layer): reading for reading in found}
        faults += [item for item in wrong if item.code != "GPKG03"]
    if not readings:
        mend = say("chọn --profile đúng", "choose the right --profile")
        raise KitError(
            Problem(name, say("không có lớp nào đọc được", "holds no layer to read"), mend)
        )
    notes = [_damaged(name)] if faults or kit.faults else []
    others = {path: data for path, data in kit.files.items() if path not in used}
    return _Layers(readings, standard, others, tuple(notes))


def _damaged(name: str) -> Text:
    return say(
        "{name} có tệp hỏng: chạy tngis verify trước",
        "{name} has damaged files: run tngis verify on it first",
        name=name,
    )


def _pair(
    layer: LayerName, before: _Layers, after: _Layers
) -> tuple[Reading | None, Reading | None] | None:
    """The layer in the format that both hold, the GeoPackage first, for it has all text."""
    for form in ("gpkg", "shp"):
        one, two = before.readings.get((form, layer)), after.readings.get((form, layer))
        if one is not None and two is not None:
            return one, two
    one = before.readings.get(("shp", layer)) or before.readings.get(("gpkg", layer))
    two = after.readings.get(("shp", layer)) or after.readings.get(("gpkg", layer))
    return None if one is None and two is None else (one, two)


def _of_layers(
    one: Reading, two: Reading, first: Standard, second: Standard
) -> tuple[list[Change], int]:
    """Rows added, removed and changed, and how many are the same in both."""
    before, after = _rows(one, first), _rows(two, second)
    changes = [Change("removed", key, layer=one.layer) for key in before if key not in after]
    changes += [Change("added", key, layer=one.layer) for key in after if key not in before]
    names = [_names(one, first), _names(two, second)]
    for name in dict.fromkeys((*names[0], *names[1])):
        if (name in names[0]) != (name in names[1]):
            kind = "removed" if name in names[0] else "added"
            changes.append(Change("field", kind, layer=one.layer, field=name))
    common = [name for name in names[0] if name in names[1]]
    same = 0
    for key in before:
        if key in after:
            found = list(_row_changes(key, one, before[key], two, after[key], common, names))
            changes += found
            same += not found
    return changes, same


def _rows(reading: Reading, standard: Standard) -> dict[str, int]:
    """The records by id; one without an id, or of an id told before, by its number."""
    wanted = (standard.short if reading.form == "shp" else standard.long)[reading.layer]
    rows: dict[str, int] = {}
    for place, item in enumerate(ids_of(reading, wanted.key)):
        told = item if isinstance(item, str) and item not in rows else f"#{place + 1}"
        rows[told] = place
    return rows


def _names(reading: Reading, standard: Standard) -> dict[str, str]:
    """Our names of the fields a layer has, with what they are called there."""
    wanted = (standard.short if reading.form == "shp" else standard.long)[reading.layer]
    ours = {column.name: column.field.name for column in wanted.columns}
    return {ours.get(name, name): name for name in reading.names}


def _row_changes(
    key: str,
    one: Reading,
    first: int,
    two: Reading,
    second: int,
    common: Sequence[str],
    names: Sequence[Mapping[str, str]],
) -> Iterator[Change]:
    for name in common:
        before = one.cell(first, names[0][name])
        after = two.cell(second, names[1][name])
        if not _same_cell(name, before, after):
            yield Change("attribute", key, one.layer, names[1][name], _shown(before), _shown(after))
    outlines = one.outlines[first], two.outlines[second]
    change = _outline_change(key, one.layer, *outlines)
    if change is not None:
        yield change


def _same_cell(name: str, before: CellValue | Bad, after: CellValue | Bad) -> bool:
    """Whether two cells say the same: numbers to the decimals that are delivered."""
    numbers = isinstance(before, int | Decimal), isinstance(after, int | Decimal)
    if name in FIELDS and all(numbers):
        apart = Decimal(before) - Decimal(after)  # type: ignore[arg-type]
        return abs(apart) < Decimal(5).scaleb(-FIELDS[name].decimals - 1)
    return before == after


def _shown(cell: CellValue | Bad) -> str | None:
    if isinstance(cell, Bad):
        return cell.shown
    return None if cell is None else str(cell)


def _outline_change(key: str, layer: str, before: Any, after: Any) -> Change | None:
    if before is None and after is None:
        return None
    if before is None or after is None:
        told = ("", "outline") if before is None else ("outline", "")
        return Change("reshaped", key, layer, "geometry", told[0] or None, told[1] or None)
    if same_outline(before, after, TOLERANCE_M):
        return None
    import numpy as np
    import shapely

    moved = displacement(before, after)
    grown = float(shapely.area(after) - shapely.area(before)) / M2_PER_HA
    if moved is not None:
        return Change("moved", key, layer, "geometry", moved_m=float(np.hypot(*moved)))
    apart = float(shapely.hausdorff_distance(before, after))
    return Change("reshaped", key, layer, "geometry", moved_m=apart, area_ha=grown)


def _file_changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Change]:
    """Files that are no layer: side tables, styles, documents and other formats, by their bytes."""
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield Change(
                "file", name,
                before=None if old is None else f"{len(old)} bytes",
                after=None if new is None else f"{len(new)} bytes",
            )  # fmt: skip


# --- telling -------------------------------------------------------------------------------------

LABELS: Mapping[str, Text] = {
    "added": say("thêm", "added"),
    "removed": say("bớt", "removed"),
    "moved": say("dời", "moved"),
    "reshaped": say("đổi hình", "reshaped"),
    "attribute": say("đổi thuộc tính", "attribute changed"),
    "field": say("trường", "field"),
    "file": say("tệp khác", "file differs"),
    "fixed": say("đã sửa", "fixed"),
    "new": say("mới", "new"),
    "changed": say("nói khác", "changed"),
    "state": say("kết quả quy tắc", "state of a rule"),
}
UNCHANGED = say("giữ nguyên", "unchanged")


def as_json(found: Comparison) -> str:
    """The comparison as one object."""
    kinds = dict.fromkeys(item.kind for item in found.changes)
    told = {
        "what": found.what,
        "different": bool(found.changes),
        "first": found.first,
        "second": found.second,
        "summary": {
            **{kind: sum(item.kind == kind for item in found.changes) for kind in kinds},
            "unchanged": found.same,
        },
        "changes": [_object(item) for item in found.changes],
        "notes": [both(item) for item in found.notes],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _object(item: Change) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "subject": item.subject,
        "layer": item.layer or None,
        "field": item.field or None,
        "before": item.before,
        "after": item.after,
        "moved_m": None if item.moved_m is None else round(item.moved_m, 3),
        "area_ha": None if item.area_ha is None else round(item.area_ha, 4),
    }


def print_comparison(found: Comparison, console: Console, lang: Language) -> None:
    """The changes as a table, their number by kind last."""
    from rich.table import Table

    if found.changes:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for label in (say("thay đổi", "change"), say("lớp", "layer"), say("đối tượng", "subject"),
                      say("trường", "field"), say("trước", "before"),
                      say("sau", "after")):  # fmt: skip
            table.add_column(label.in_(lang), overflow="fold")
        for item in found.changes:
            table.add_row(*(safe(cell) for cell in _cells(item, lang)))
        console.print(table)
    for note in found.notes:
        print_line(console, f"[dim]· {safe(note.in_(lang))}[/dim]")
    kinds = dict.fromkeys(item.kind for item in found.changes)
    tally = [
        f"{LABELS[kind].in_(lang)} {sum(item.kind == kind for item in found.changes)}"
        for kind in kinds
    ]
    print_line(console, " · ".join([*tally, f"{UNCHANGED.in_(lang)} {found.same}"]))


def _cells(item: Change, lang: Language) -> list[str]:
    before, after = item.before or "", item.after or ""
    if item.moved_m is not None:
        after = f"{number(item.moved_m, lang, 3)} m"
    if item.area_ha is not None:
        after += f", {number(item.area_ha, lang, 4)} ha"
    return [LABELS[item.kind].in_(lang), item.layer, item.subject, item.field, before, after]
