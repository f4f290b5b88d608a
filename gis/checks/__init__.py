"""Every rule, in one table. To add one: write a function, add a row. Codes are never reused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gis.checks import allocation, allowance, areas, overlaps, sizes
from gis.language import Text, say
from gis.model import (
    CheckOptions,
    Citation,
    Finding,
    NotAssessed,
    Noticed,
    Outcome,
    Plan,
    Remark,
    Rule,
    Severity,
    State,
    Unproven,
)

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
SIMPLE_FEATURES = "simple-features"
LIST_OF_UNITS = "list-of-units"

RULES: tuple[Rule, ...] = (
    Rule("AREA01", areas.zone_areas_sum_to_the_total, ERROR, "areas",
         "Diện tích ghi của các khu cộng lại đúng bằng tổng quyết định in.", "zones"),
    Rule("AREA02", areas.cluster_areas_sum_to_the_total, ERROR, "areas",
         "Diện tích ghi của các cụm cộng lại đúng bằng tổng quyết định in.", "clusters"),
    Rule("AREA03", areas.outlines_have_their_stated_area, ERROR, "areas",
         "Mỗi hình vẽ có diện tích quyết định ghi cho nó.", "zones", ("outlines",)),
    Rule("AREA04", areas.layers_show_no_shift_of_scale, WARNING, "areas",
         "Không có nguyên nhân nào làm lệch đều cả lớp, như đo diện tích ở UTM.", "zones",
         ("outlines",)),
    Rule("AREA05", areas.detailed_plans_cover_their_sites, NOTE, "areas",
         "Quy hoạch chi tiết mà quyết định nhắc tới phủ hết khu của nó.", "detailed_plan"),
    Rule("GEOM01", overlaps.outlines_are_valid, ERROR, "overlaps",
         "Mỗi hình vẽ là một vùng hợp lệ: không tự cắt, lỗ thủng nằm bên trong.", SIMPLE_FEATURES),
    Rule("GEOM02", overlaps.sites_are_drawn, WARNING, "overlaps",
         "Mỗi khu, cụm và điểm của các bảng đều có hình vẽ.", "zones"),
    Rule("OVER01", overlaps.sites_do_not_overlap, ERROR, "overlaps",
         "Không có hai khu, cụm hay điểm nào chung đất.", "zones", ("outlines",)),
    Rule("OVER02", overlaps.no_outline_is_drawn_twice, ERROR, "overlaps",
         "Không có hai khu, cụm hay điểm nào cùng một hình.", "zones", ("outlines",)),
    Rule("ALLO01", allocation.sites_lie_in_the_province, ERROR, "allocation",
         "Không khu, cụm nào vượt ra ngoài các xã của tỉnh.", "zones", ("outlines", "communes")),
    Rule("ALLO02", allocation.sites_lie_in_their_districts, ERROR, "allocation",
         "Mỗi khu, cụm nằm trong huyện quyết định nêu, và chạm từng huyện nếu nêu nhiều huyện.",
         "zones", ("outlines", "communes")),
    Rule("ALLO03", allocation.sites_reach_the_communes_named, ERROR, "allocation",
         "Mỗi khu, cụm chạm mọi xã mà quyết định nêu cho nó.", "zones",
         ("outlines", "communes", "places")),
    Rule("ALLO04", allocation.communes_form_a_coverage, WARNING, "allocation",
         "Các xã trong bảng đều có hình, không chồng nhau, không hở nhau.", LIST_OF_UNITS,
         ("communes",)),
    Rule("CRAF01", allowance.communes_have_the_points_allowed, ERROR, "allowance",
         "Mỗi xã có ít nhất một điểm và không quá số điểm quyết định cho.", "craft_points",
         ("units",)),
    Rule("CRAF02", allowance.communes_keep_to_the_area_allowed, ERROR, "allowance",
         "Các điểm của mỗi xã cộng lại không quá diện tích quyết định cho.", "craft_area",
         ("units",)),
    Rule("CRAF03", allowance.craft_points_lie_in_their_commune, ERROR, "allowance",
         "Mỗi điểm nằm trong xã mà nó được đăng ký.", "craft_area", ("communes",)),
    Rule("CRAF04", overlaps.craft_points_are_clear_of_sites, ERROR, "allowance",
         "Không điểm nào chung đất với khu hay cụm.", "craft_duty"),
    Rule("SIZE01", sizes.clusters_fit_the_cap_for_new_ones, NOTE, "sizes",
         "Không cụm nào lớn hơn mức luật cho một cụm thành lập mới.", "QD105-new", ("laws",)),
    Rule("SIZE02", sizes.clusters_fit_the_cap_after_extension, NOTE, "sizes",
         "Không cụm nào lớn hơn mức luật cho một cụm sau mở rộng.", "QD105-extended", ("laws",)),
    Rule("SIZE03", sizes.clusters_reach_the_least_size, NOTE, "sizes",
         "Không cụm nào nhỏ hơn mức luật đòi, kể cả mức riêng cho huyện miền núi.", "ND32-min",
         ("laws",)),
    Rule("SIZE04", sizes.numbered_clusters_fit_the_cap_together, NOTE, "sizes",
         "Các cụm đánh số dưới cùng một tên vẫn trong trần khi tính là một cụm.", "QD105-extended",
         ("laws",)),
)  # fmt: skip

STANDARDS = {
    SIMPLE_FEATURES: Citation("OGC 06-103r4 Simple Features", "6.1.11.1"),
}


def run(
    plan: Plan, options: CheckOptions | None = None, rules: Iterable[Rule] = RULES
) -> Iterator[Outcome]:
    """One outcome per rule, in the table's order."""
    chosen = options or CheckOptions(tolerance_m2=overlaps.TOLERANCE_M2)
    for rule in rules:
        reason = _cannot_run(plan, rule)
        noticed = [NotAssessed((), reason)] if reason else rule.check(plan, chosen)
        yield _outcome(rule, basis_of(plan, rule), list(noticed))


def _outcome(rule: Rule, basis: Citation, noticed: list[Noticed]) -> Outcome:
    return Outcome(
        rule,
        basis,
        findings=tuple(item for item in noticed if isinstance(item, Finding)),
        unproven=tuple(item for item in noticed if isinstance(item, Unproven)),
        not_assessed=tuple(item for item in noticed if isinstance(item, NotAssessed)),
        remarks=tuple(item for item in noticed if isinstance(item, Remark)),
    )


def basis_of(plan: Plan, rule: Rule) -> Citation:
    """The clause or law a rule rests on; empty where the plan names none."""
    if rule.basis in STANDARDS:
        return STANDARDS[rule.basis]
    if rule.basis == LIST_OF_UNITS:
        return Citation("Danh mục đơn vị hành chính (GSO)", plan.card.units_as_of)
    law = next((law for law in plan.laws if law.law_id == rule.basis), None)
    if law is not None:
        return sizes.law_citation(law)
    clause_id = plan.card.basis.get(rule.basis)
    return plan.cite(clause_id) if clause_id else Citation("")


def _cannot_run(plan: Plan, rule: Rule) -> Text | None:
    missing = [need for need in rule.needs if not _has(plan, need)]
    if missing:
        return say(
            "quy hoạch không có: {missing}", "the plan has no {missing}", missing=sorted(missing)
        )
    if not str(basis_of(plan, rule)):
        return say(
            "thẻ quy hoạch không nêu căn cứ “{role}”",
            "the plan's card names no clause for “{role}”",
            role=rule.basis,
        )
    return None


def _has(plan: Plan, need: str) -> bool:
    if need == "outlines":
        return any(name in plan.layers for name in ("zones", "clusters", "craft_points"))
    if need in ("zones", "clusters", "communes", "districts", "craft_points"):
        return need in plan.layers
    return bool(getattr(plan, need))


def has_errors(outcomes: Iterable[Outcome]) -> bool:
    """Whether any finding stands in the way."""
    return any(
        outcome.severity_of(finding) is ERROR
        for outcome in outcomes
        for finding in outcome.findings
    )


def counted(outcomes: Iterable[Outcome]) -> dict[State, int]:
    """How many rules ended in each state."""
    states = [outcome.state for outcome in outcomes]
    return {state: states.count(state) for state in State}
