"""Every rule, in one table. To add one: write a function, add a row. Codes are never reused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gis.checks import (
    allocation,
    allowance,
    areas,
    functions,
    indicators,
    overlaps,
    sizes,
    transcription,
    wording,
)
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
DOCUMENT = "document"
LISTS = ("fragments", "activities")
DIRECTED = ("clauses", "fragments", "activities")
FIGURES = ("indicators",)

RULES: tuple[Rule, ...] = (
    Rule("TRAN01", transcription.text_is_the_one_the_plan_was_taken_from, ERROR, "transcription",
         "Văn bản đi kèm đúng từng byte là văn bản mà thẻ quy hoạch được lập theo.", DOCUMENT,
         ("text_lines",)),
    Rule("TRAN02", transcription.quotes_stand_on_their_lines, ERROR, "transcription",
         "Mỗi câu trích đứng đúng từng chữ ở dòng nó nêu.", DOCUMENT, ("text_lines",)),
    Rule("TRAN03", transcription.stated_areas_are_the_printed_ones, ERROR, "transcription",
         "Mỗi diện tích ghi là số in trong ô của nó: chấm ngăn nghìn, phẩy thập phân.", DOCUMENT),
    Rule("TRAN04", transcription.numbers_are_the_printed_ones, ERROR, "transcription",
         "Mỗi số của các bảng chỉ tiêu là số in ở đó.", DOCUMENT, FIGURES),
    Rule("TRAN05", transcription.tables_have_the_rows_expected, ERROR, "transcription",
         "Mỗi bảng có đúng số dòng thẻ quy hoạch ghi.", DOCUMENT),
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
    Rule("FUNC01", functions.sites_have_functions, ERROR, "functions",
         "Mỗi khu, cụm có ít nhất một chức năng và mọi chức năng đều có trong bảng ngành nghề.",
         "conformity", LISTS),
    Rule("FUNC02", functions.fragments_cover_the_list, ERROR, "functions",
         "Các chức năng đã tách phủ hết câu chữ của ô chức năng.", "conformity", ("fragments",)),
    Rule("FUNC03", functions.open_and_closed_lists_are_kept_apart, ERROR, "functions",
         "Danh mục mở khi và chỉ khi kết thúc bằng dấu lửng.", "conformity"),
    Rule("FUNC04", functions.closed_lists_take_what_is_directed_to_them, WARNING, "functions",
         "Danh mục đóng của khu, cụm được nêu tên có ít nhất một ngành mà điều khoản hướng về đó.",
         "conformity", DIRECTED),
    Rule("FUNC05", functions.named_directions_have_a_row, NOTE, "functions",
         "Mỗi ngành được hướng về các khu, cụm nêu tên có ở ít nhất một dòng trong số đó.",
         "conformity", DIRECTED),
    Rule("FUNC06", functions.orientations_speak_of_what_is_directed, WARNING, "functions",
         "Khu chỉ có định hướng không bị giao ngành nào ngoài định hướng ấy.",
         "conformity", DIRECTED),
    Rule("FUNC07", functions.kind_wide_directions_have_a_row, WARNING, "functions",
         "Mỗi ngành được hướng về cả loại khu hoặc cụm có ở ít nhất một dòng của loại đó.",
         "conformity", DIRECTED),
    Rule("FUNC08", functions.district_directions_have_a_row, NOTE, "functions",
         "Ngành được hướng về một huyện có ở ít nhất một khu, cụm của huyện đó.",
         "conformity", DIRECTED),
    Rule("FUNC09", functions.province_wide_directions_have_a_row, NOTE, "functions",
         "Mỗi ngành được hướng chung cho toàn tỉnh có ở ít nhất một khu, cụm.",
         "conformity", DIRECTED),
    Rule("FUNC10", functions.concentrated_activities_are_not_spread, WARNING, "functions",
         "Ngành phải tập trung ở vài nơi không được ghi ở nhiều nơi khác hơn.",
         "conformity", DIRECTED),
    Rule("FUNC11", functions.directed_activities_stay_where_directed, NOTE, "functions",
         "Ngành được hướng về các khu, cụm nêu tên không được ghi ở nơi khác.",
         "conformity", DIRECTED),
    Rule("FUNC12", functions.confined_activities_stay_in_craft_points, WARNING, "functions",
         "Ngành chỉ được ở điểm công nghiệp không có trong bảng khu, cụm, không được hướng về đó.",
         "craft_limit", DIRECTED),
    Rule("FUNC13", functions.lists_name_no_extraction, WARNING, "functions",
         "Không khu, cụm nào ghi khai thác khoáng sản, vốn chỉ làm được nơi có quặng.",
         "conformity", LISTS),
    Rule("TEXT01", wording.limits_read_as_printed, WARNING, "wording",
         "Mọi giới hạn và điều cấm áp dụng được đúng như chữ in.",
         "conformity", ("clauses", "readings")),
    Rule("TEXT02", wording.functions_read_as_printed, NOTE, "wording",
         "Mọi chức năng hiểu được đúng như chữ in.", "conformity", ("readings",)),
    Rule("TEXT03", wording.function_lists_do_not_break_off, WARNING, "wording",
         "Không ô chức năng nào bị cắt giữa chừng.", "conformity", ("readings",)),
    Rule("TEXT04", wording.names_mean_one_site, NOTE, "wording",
         "Tên nêu trong điều khoản là tên đầy đủ của đúng một khu, cụm.",
         "conformity", ("clauses",)),
    Rule("TEXT05", wording.repeated_duties_keep_their_limits, NOTE, "wording",
         "Nghĩa vụ nhắc lại vẫn kèm giới hạn bằng số của nó.", "craft_duty", ("clauses",)),
    Rule("TEXT06", wording.minima_are_single_numbers, NOTE, "wording",
         "Mức tối thiểu là một con số, không phải một khoảng.", "craft_villages", ("clauses",)),
    Rule("TEXT07", wording.limits_say_whom_they_bind, NOTE, "wording",
         "Không giới hạn bằng số nào cần phán đoán mới biết tính cho ai.",
         "craft_area", ("clauses",)),
    Rule("NUMB01", indicators.groups_sum_to_the_total, WARNING, "indicators",
         "Giá trị sản xuất các nhóm cộng lại bằng tổng in cho từng năm.", "summary", FIGURES),
    Rule("NUMB02", indicators.repeated_figures_agree, WARNING, "indicators",
         "Số in ở mục tiêu, bảng chỉ tiêu và bảng tổng hợp là một.", "headline", FIGURES),
    Rule("NUMB03", indicators.shares_follow_from_outputs, WARNING, "indicators",
         "Mỗi tỷ trọng tính lại được từ giá trị sản xuất, đúng số lẻ của cột.",
         "structure", FIGURES),
    Rule("NUMB04", indicators.shares_add_to_a_hundred, WARNING, "indicators",
         "Tỷ trọng mỗi năm cộng lại bằng 100 % trong mức làm tròn.", "structure", FIGURES),
    Rule("NUMB05", indicators.sector_outputs_match_the_summary, WARNING, "indicators",
         "Giá trị sản xuất của ngành ở bảng tổng hợp và ở bảng ngành là một.", "sector", FIGURES),
    Rule("NUMB06", indicators.sector_shares_match_the_summary, WARNING, "indicators",
         "Tỷ trọng của ngành ở bảng tổng hợp và ở bảng ngành là một.", "sector", FIGURES),
    Rule("NUMB07", indicators.sector_tables_fill_the_total, WARNING, "indicators",
         "Các bảng ngành và phần không có bảng riêng cộng lại bằng tổng đã in.", "sector", FIGURES),
    Rule("NUMB08", indicators.stated_growth_follows_from_the_figures, WARNING, "indicators",
         "Tốc độ tăng ghi trong quyết định tính lại được từ số đã in, trong mức làm tròn.",
         "headline", FIGURES),
    Rule("NUMB09", indicators.growth_goes_by_one_name, NOTE, "indicators",
         "Một tốc độ tăng ghi hai lần mang cùng một tên.", "goals", ("indicators", "text_lines")),
    Rule("NUMB10", indicators.value_added_keeps_its_share, WARNING, "indicators",
         "Phần giá trị tăng thêm trong giá trị sản xuất không giảm.", "value_added_aim", FIGURES),
    Rule("NUMB11", indicators.no_sector_stands_still, NOTE, "indicators",
         "Không ngành nào đứng yên hoặc giảm khi toàn ngành tăng.", "summary", FIGURES),
    Rule("NUMB12", indicators.no_sector_outpaces_all_industry, NOTE, "indicators",
         "Không ngành nào tăng nhanh hơn một lần rưỡi toàn ngành.", "summary", FIGURES),
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
    if rule.basis == DOCUMENT:
        return Citation(plan.card.document)
    law = next((law for law in plan.laws if law.law_id == rule.basis), None)
    if law is not None:
        return sizes.law_citation(law)
    return plan.cite_role(rule.basis) or Citation("")


def _cannot_run(plan: Plan, rule: Rule) -> Text | None:
    missing = [need for need in rule.needs if not _has(plan, need)]
    if missing:
        return say(
            "quy hoạch không có: {missing}", "the plan has no {missing}", missing=sorted(missing)
        )
    if not basis_of(plan, rule).document:
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
