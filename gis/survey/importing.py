"""The way of a survey: read, establish its system, match, judge, and then, if asked, write.

Nothing here changes a plan but `apply`; everything before it only says what would happen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import shapely

from gis.geometry import M2_PER_HA, drawn_in
from gis.language import say
from gis.ledger import ledger
from gis.model import Plan, Severity
from gis.survey.coverage import Moved, cleaned, coverage_notices
from gis.survey.detective import carried, establish
from gis.survey.judging import blocking, drawn_anew, judge, layers_of, stated_of
from gis.survey.matching import MatchBy, hints_of, match_rows
from gis.survey.model import (
    Change,
    Established,
    Matching,
    Notice,
    SurveyFile,
    SurveyLayer,
    SurveyRow,
)
from gis.survey.reading import read_survey
from gis.survey.registers import Defaults, Entry, as_register, entries
from gis.survey.writing import Origin, Signature, log_line, new_files, write_changes
from gis.tables import CraftPoint, Provenance, Tenancy

REGISTERS: tuple[SurveyLayer, ...] = ("craft", "occupancy")
NO_ORIGIN = Origin(Provenance.DIGITISED, "")
Outlines = dict[str, shapely.Geometry]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask of a survey."""

    layer: SurveyLayer | None = None
    match_by: MatchBy | None = None
    crs: str | None = None  # stated by the caller, in place of what the file declares
    source_layer: str | None = None
    merge: bool = False
    clean: bool = False
    accepted: frozenset[str] = frozenset()
    origin: Origin = NO_ORIGIN


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """All that a file would do to a plan, and what stands in the way."""

    read: SurveyFile
    layer: SurveyLayer
    matching: Matching
    established: Established | None
    outlines: Mapping[str, shapely.Geometry] = field(default_factory=dict)
    register: tuple[Entry, ...] = ()
    changes: tuple[Change, ...] = ()
    moved: tuple[Moved, ...] = ()
    notices: tuple[Notice, ...] = ()
    accepted: frozenset[str] = frozenset()

    @property
    def objections(self) -> list[Notice]:
        """What stands in the way of writing."""
        return blocking(self.notices, self.accepted)


def survey(plan: Plan, source: str, options: Options) -> Survey:
    """What a file would change in a plan.

    Raises: SurveyError, TableError.
    """
    read = read_survey(source, options.layer or "sites", options.source_layer)
    layer = options.layer or _likely_layer(plan, read)
    if layer in REGISTERS:
        read = as_register(read, layer)
    merge = options.merge or layer in REGISTERS  # many lots of a site, several points of a commune
    matching = match_rows(plan, read.rows, layer, options.match_by, merge=merge)
    notices = [*read.notices, *_about_matching(matching)]
    notices += _without_area(read)
    established, placed = _placed(plan, read, matching, layer, options.crs)
    if established is not None:
        notices += established.notices
    found = _Found(plan, read, layer, matching, established, placed, notices)
    return _of_register(found, options) if layer in REGISTERS else _of_outlines(found, options)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    plan: Plan
    read: SurveyFile
    layer: SurveyLayer
    matching: Matching
    established: Established | None
    placed: Mapping[int, shapely.Geometry]  # by row, in the plan's metres
    notices: list[Notice]


def _likely_layer(plan: Plan, read: SurveyFile) -> SurveyLayer:
    """Sites or communes, whichever more rows are."""
    layers: tuple[SurveyLayer, ...] = ("sites", "communes")
    counts = [len(match_rows(plan, read.rows, layer, merge=True).matched) for layer in layers]
    return "communes" if counts[1] > counts[0] else "sites"


def _about_matching(matching: Matching) -> list[Notice]:
    """Rows that are not simply one thing: told here, and listed each by itself beside."""
    notices = []
    for code, rows, severity, vi, en in (
        ("ambiguous", matching.ambiguous, Severity.ERROR,
         "{n} dòng khớp nhiều đối tượng của quy hoạch.",
         "{n} rows fit several things of the plan."),
        ("doubled", matching.doubled, Severity.ERROR,
         "{n} dòng cùng khớp một đối tượng; nếu là các phần của nó thì dùng --merge.",
         "{n} rows are the same thing; if they are its parts, use --merge."),
        ("unmatched", matching.unmatched, Severity.WARNING,
         "{n} dòng không khớp gì trong quy hoạch: không đưa vào.",
         "{n} rows match nothing of the plan: not taken in."),
    ):  # fmt: skip
        if rows:
            notices.append(Notice(code, severity, say(vi, en, n=len(rows)), rows[0].row))
    if not matching.matched and not matching.ambiguous and not matching.doubled:
        text = say("Không dòng nào khớp quy hoạch.", "No row matches the plan.")
        notices.append(Notice("nothing-matched", Severity.ERROR, text))
    return notices


def _without_area(read: SurveyFile) -> list[Notice]:
    text = say("Hình không có diện tích.", "The outline has no area.")
    return [
        Notice("no-area", Severity.ERROR, text, row.number)
        for row in read.rows
        if row.outline is not None and not row.outline.area > 0
    ]


def _placed(
    plan: Plan,
    read: SurveyFile,
    matching: Matching,
    layer: SurveyLayer,
    stated: str | None,
) -> tuple[Established | None, dict[int, shapely.Geometry]]:
    """The file's system, and its outlines in the plan's metres if that is settled."""
    drawn = [row for row in read.rows if row.outline is not None and row.outline.area > 0]
    if not drawn:
        return None, {}
    outlines = np.array([row.outline for row in drawn], dtype=object)
    hints = hints_of(plan, drawn, matching, layer)
    kind: SurveyLayer = "communes" if layer == "communes" else "clusters"
    established = establish(outlines, stated or read.declared_crs, hints, plan, kind)
    chosen = established.chosen
    if chosen is None:
        return established, {}
    carried_over = carried(outlines, chosen, plan)
    numbers = [row.number for row in drawn]
    return established, dict(zip(numbers, carried_over, strict=True))


# --- outlines of sites and communes --------------------------------------------------------------


def _of_outlines(found: _Found, options: Options) -> Survey:
    rows = {row.number: row for row in found.read.rows}
    outlines, first = _by_subject(found.matching, rows, found.placed)
    judged = judge(found.plan, found.layer, outlines, first)
    notices = [*found.notices, *judged.notices]
    final: Outlines = dict(judged.outlines)
    moved: tuple[Moved, ...] = ()
    if found.layer == "communes" and len(final) > 1:
        notices, final, moved = _as_coverage(found.plan, final, notices, clean=options.clean)
    return Survey(
        found.read,
        found.layer,
        found.matching,
        found.established,
        final,
        changes=tuple(_changes(found.plan, found.layer, final, options.origin.provenance)),
        moved=moved,
        notices=tuple(notices),
        accepted=options.accepted,
    )


def _by_subject(
    matching: Matching,
    rows: Mapping[int, SurveyRow],
    placed: Mapping[int, shapely.Geometry],
) -> tuple[Outlines, dict[str, SurveyRow]]:
    """The outline of each subject; rows of one subject become its parts."""
    parts: dict[str, list[shapely.Geometry]] = {}
    first: dict[str, SurveyRow] = {}
    for match in matching.matched:
        if match.row in placed:
            parts.setdefault(match.identities[0], []).append(placed[match.row])
            first.setdefault(match.identities[0], rows[match.row])
    return {subject: _together(items) for subject, items in parts.items()}, first


def _together(parts: Sequence[shapely.Geometry]) -> shapely.Geometry:
    if len(parts) == 1:
        return parts[0]
    return shapely.MultiPolygon([p for item in parts for p in shapely.get_parts(item)])


def _as_coverage(
    plan: Plan, outlines: Outlines, notices: list[Notice], *, clean: bool
) -> tuple[list[Notice], Outlines, tuple[Moved, ...]]:
    anew = drawn_anew(plan, outlines)
    if not shapely.is_valid(anew.outlines).all():
        return notices, outlines, ()
    before = list(coverage_notices(anew))
    if not clean:
        return [*notices, *before], outlines, ()
    tidy, moved = cleaned(outlines)
    after = coverage_notices(drawn_anew(plan, tidy))
    text = say(
        "Đã làm sạch: {m2} m² đổi chủ ở {n} cặp (xem danh sách).",
        "Cleaned: {m2} m² changed hands in {n} pairs (see the list).",
        m2=round(sum(item.m2 for item in moved)),
        n=len(moved),
    )
    told = [replace(item, severity=Severity.NOTE) for item in before]
    cleaned_notice = Notice("coverage-cleaned", Severity.NOTE, text)
    return [*notices, *told, cleaned_notice, *after], tidy, moved


def _changes(
    plan: Plan, layer: SurveyLayer, outlines: Outlines, provenance: Provenance
) -> list[Change]:
    return [
        _change(plan, layer, subject, outline, provenance)
        for subject, outline in sorted(outlines.items())
    ]


def _change(
    plan: Plan,
    layer: SurveyLayer,
    subject: str,
    outline: shapely.Geometry,
    provenance: Provenance,
) -> Change:
    there = drawn_in(plan, layers_of(layer))
    known = there.get(subject)
    stated = stated_of(plan, subject)
    moved = None
    if known is not None and not outline.is_empty:
        moved = float(known.centroid.distance(outline.centroid))
    return Change(
        subject,
        label_of(plan, subject),
        None if stated is None else Decimal(str(stated)),
        None if known is None else float(known.area / M2_PER_HA),
        float(outline.area / M2_PER_HA),
        there.provenance[there.at[subject]] if subject in there else "",
        provenance.value,
        moved,
    )


def label_of(plan: Plan, subject: str) -> str:
    """What a site, commune or point is called."""
    if subject in plan.sites:
        return plan.sites[subject].short_name
    if subject in plan.units:
        unit = plan.units[subject]
        return f"{unit.label}, {unit.district}"
    return next((p.name for p in plan.craft_register if p.point_id == subject), subject)


# --- registers -----------------------------------------------------------------------------------


def _of_register(found: _Found, options: Options) -> Survey:
    defaults = Defaults(options.origin.surveyed_on, options.origin.source)
    made = entries(found.plan, found.read, found.matching, found.layer, defaults)
    after = with_register(found.plan, list(made.values()))
    rows = {row.number: row for row in found.read.rows}
    outlines: Outlines = {}
    first: dict[str, SurveyRow] = {}
    for number, entry in made.items():
        if number in found.placed:
            subject = subject_of(entry)
            outlines[subject] = found.placed[number]
            first[subject] = replace(rows[number], stated_ha=_hectares(entry))
    notices = list(found.notices)
    if outlines:
        judged = judge(after, found.layer, outlines, first)
        notices += judged.notices
        outlines = dict(judged.outlines)
    if found.layer == "occupancy" and outlines:
        text = say(
            "Sổ không giữ hình của lô; hình chỉ dùng để kiểm tra diện tích.",
            "The register keeps no outlines of lots; they only served to check the areas.",
        )
        notices.append(Notice("outlines-not-kept", Severity.NOTE, text))
        outlines = {}
    notices += _about_register(after, made.values())
    return Survey(
        found.read,
        found.layer,
        found.matching,
        found.established,
        outlines,
        tuple(made.values()),
        tuple(_entry_change(found.plan, entry) for entry in made.values()),
        notices=tuple(notices),
        accepted=options.accepted,
    )


def with_register(plan: Plan, made: Sequence[Entry]) -> Plan:
    """The plan with these entries in place of those of the same key, or added."""
    points = {item.point_id: item for item in plan.craft_register}
    points |= {item.point_id: item for item in made if isinstance(item, CraftPoint)}
    lots = {(item.site_id, item.lot): item for item in plan.occupancy}
    lots |= {(item.site_id, item.lot): item for item in made if isinstance(item, Tenancy)}
    return replace(plan, craft_register=tuple(points.values()), occupancy=tuple(lots.values()))


def subject_of(entry: Entry) -> str:
    """The point, or the site and lot, that an entry is about."""
    if isinstance(entry, CraftPoint):
        return entry.point_id
    return f"{entry.site_id}/{entry.lot}"


def _hectares(entry: Entry) -> Decimal:
    return entry.stated_ha if isinstance(entry, CraftPoint) else entry.area_ha


def _about_register(after: Plan, made: Collection[Entry]) -> list[Notice]:
    """What the register as a whole comes to: beyond a commune's allowance, beyond a site."""
    notices = []
    communes = {item.unit_code for item in made if isinstance(item, CraftPoint)}
    for row in ledger(after) if communes else ():
        over = [
            headroom
            for headroom in (row.headroom_points, row.headroom_ha)
            if headroom is not None and headroom < 0
        ]
        if row.unit_code in communes and over:
            text = say(
                "{unit}: {points} điểm, {ha} ha, vượt mức {most} điểm hoặc {most_ha} ha.",
                "{unit}: {points} points, {ha} ha, beyond {most} points or {most_ha} ha.",
                unit=row.unit,
                points=row.points,
                ha=row.registered_ha,
                most=row.most_points,
                most_ha=row.most_ha,
            )
            notices.append(Notice("over-allowance", Severity.WARNING, text, subject=row.unit_code))
    for site_id in dict.fromkeys(item.site_id for item in made if isinstance(item, Tenancy)):
        lots = [item.area_ha for item in after.occupancy if item.site_id == site_id]
        site = after.sites[site_id]
        if sum(lots) > site.stated_ha:
            text = say(
                "{site}: các lô cộng lại {lots} ha, quyết định ghi {stated} ha.",
                "{site}: its lots add up to {lots} ha, the decision states {stated} ha.",
                site=site.short_name,
                lots=sum(lots),
                stated=site.stated_ha,
            )
            notices.append(Notice("over-stated", Severity.WARNING, text, subject=site_id))
    return notices


def _entry_change(plan: Plan, entry: Entry) -> Change:
    former: Entry | None
    if isinstance(entry, CraftPoint):
        former = next((p for p in plan.craft_register if p.point_id == entry.point_id), None)
        label, stated = f"{entry.name} ({label_of(plan, entry.unit_code)})", entry.stated_ha
    else:
        former = next(
            (t for t in plan.occupancy if (t.site_id, t.lot) == (entry.site_id, entry.lot)), None
        )
        label, stated = f"{label_of(plan, entry.site_id)}, {entry.lot}", None
    return Change(
        subject_of(entry),
        label,
        stated,
        None if former is None else float(_hectares(former)),
        float(_hectares(entry)),
        "" if former is None else _told(former),
        _told(entry),
    )


def _told(entry: Entry) -> str:
    if isinstance(entry, CraftPoint):
        return entry.trade or "registered"
    return f"{entry.status}, {entry.tenant}" if entry.tenant else str(entry.status)


# --- writing -------------------------------------------------------------------------------------


def apply(
    plan: Plan, folder: Path, found: Survey, origin: Origin, signature: Signature
) -> list[Path]:
    """Write what a survey changes into its plan folder, with a line in the log.

    Raises: OutputError, SurveyError.
    """
    source = replace(origin, source=origin.source or Path(found.read.file).name)
    files = new_files(folder, plan, found.layer, found.outlines, source, found.register)
    chosen = found.established.chosen if found.established else None
    line = log_line(
        found.read,
        found.layer,
        [change.subject for change in found.changes],
        source,
        chosen.key if chosen else "",
        sorted({item.code for item in found.notices} & found.accepted),
        sum(item.m2 for item in found.moved),
        signature,
    )
    return write_changes(folder, plan, files, line, found.read.file)
