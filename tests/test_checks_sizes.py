from datetime import date
from decimal import Decimal

import pytest
from conftest import OPTIONS, findings, site

from gis.checks import run, sizes
from gis.model import Severity
from gis.tables import Law


def law(law_id, measure, value, instrument="QĐ 105"):
    return Law(
        law_id=law_id,
        instrument=instrument,
        in_force_from=date(2009, 10, 5),
        measure=measure,
        value=Decimal(value),
        confidence="A",
        source="toy",
    )


LAWS = (
    law("new", "new_max_ha", 50),
    law("extended", "extended_max_ha", 75),
    law("least", "min_ha", 10),
    law("mountain", "mountain_or_craft_min_ha", 5),
)


def clusters(make_plan, *hectares, names=None, district="Huyện A", **more):
    rows = {}
    for n, ha in enumerate(hectares, start=1):
        key = f"CCN-{n:02d}"
        name = names[n - 1] if names else key
        rows[key] = (None, site(key, ha, district, short_name=name))
    return make_plan(rows, laws=LAWS, **more)


@pytest.mark.parametrize(
    ("check", "fits", "too_much"),
    [
        (sizes.clusters_fit_the_cap_for_new_ones, 50, "50.01"),
        (sizes.clusters_fit_the_cap_after_extension, 75, "75.01"),
        (sizes.clusters_reach_the_least_size, 10, "9.99"),
    ],
)
def test_the_limit_itself_is_silent_and_a_hundredth_beyond_is_found(
    make_plan, check, fits, too_much
):
    assert findings(check(clusters(make_plan, fits), OPTIONS)) == []
    [finding] = findings(check(clusters(make_plan, too_much), OPTIONS))
    assert finding.measured.value == Decimal(too_much)
    assert finding.citations[-1].document == "QĐ 105"


def test_caps_for_clusters_say_nothing_of_zones(make_plan):
    plan = make_plan({"KCN-1": (None, site("KCN-1", 2350))}, laws=LAWS)
    assert findings(sizes.clusters_fit_the_cap_for_new_ones(plan, OPTIONS)) == []


def test_a_small_cluster_of_a_mountain_district_is_told_as_lawful_there(make_plan):
    plan = clusters(make_plan, 7, card={"mountain_districts": ("Huyện A",)})
    [finding] = findings(sizes.clusters_reach_the_least_size(plan, OPTIONS))
    assert "lawful only" in finding.message.en
    [lowland] = findings(sizes.clusters_reach_the_least_size(clusters(make_plan, 7), OPTIONS))
    assert "less than 10 ha" in lowland.message.en


def test_numbered_clusters_are_summed_under_their_common_name(make_plan):
    names = ["CCN Cao Ngạn 1", "CCN Cao Ngạn 2", "CCN Khác"]
    [finding] = findings(
        sizes.numbered_clusters_fit_the_cap_together(
            clusters(make_plan, 50, 50, 50, names=names), OPTIONS
        )
    )
    assert finding.subjects == ("CCN-01", "CCN-02")
    assert finding.measured.value == 100


def test_numbered_clusters_within_the_cap_are_silent(make_plan):
    plan = clusters(make_plan, "37.5", "37.5", names=["CCN X 1", "CCN X 2"])
    assert findings(sizes.numbered_clusters_fit_the_cap_together(plan, OPTIONS)) == []


def test_the_real_clusters_above_fifty_hectares_are_notes(real_plan):
    by_code = {outcome.rule.code: outcome for outcome in run(real_plan)}
    above = {finding.subjects[0] for finding in by_code["SIZE01"].findings}
    # rows of table 3.2 printed with more than 50 ha
    assert above == {"CCN-09", "CCN-11", "CCN-12", "CCN-17", "CCN-25", "CCN-28"}
    assert by_code["SIZE02"].findings == ()  # none exceeds 75
    assert {f.subjects for f in by_code["SIZE03"].findings} == {("CCN-15",)}  # 7 ha
    sums = {f.subjects: f.measured.value for f in by_code["SIZE04"].findings}
    assert sums[("CCN-01", "CCN-02")] == Decimal("95.4")
    assert all(
        outcome.severity_of(f) is Severity.NOTE
        for code, outcome in by_code.items()
        if code.startswith("SIZE")
        for f in outcome.findings
    )
