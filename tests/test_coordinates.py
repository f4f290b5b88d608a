"""The table of corner points: numbered, north first, closed, and honest about its outline."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from decimal import Decimal

import docx
import openpyxl
import pytest
import shapely
from click.testing import CliRunner
from conftest import EAST_M, NORTH_M, layer_of, site, square
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LinearRing

from gis.cli import cli
from gis.coordinates import (
    FORMATS,
    LABELS,
    WARNING,
    coordinate_table,
    coordinates_docx,
    coordinates_sheet,
)
from gis.crs import crs_label
from gis.errors import OutputError
from gis.language import LANGUAGES
from gis.plan import load_plan

HOLED = shapely.difference(square(0, 0, 300), square(100, 100))
APART = shapely.union_all([HOLED, square(500, 0)])


def table_of(make_plan, outline, provenance="surveyed", ha="1"):
    plan = make_plan(sites={"KCN-1": (outline, site("KCN-1", ha))}, provenance=provenance)
    return coordinate_table(plan, "KCN-1")


def outline_of(table):
    """The outline that the corners of a table draw."""
    drawn = {}
    for ring in table.rings:
        corners = [(float(c.east_m), float(c.north_m)) for c in ring.corners]
        drawn.setdefault(ring.part, []).append(corners)
    return shapely.MultiPolygon([(rings[0], rings[1:]) for rings in drawn.values()])


def test_a_square_begins_in_the_north_west_and_goes_clockwise(make_plan):
    (ring,) = table_of(make_plan, square(0, 0)).rings
    assert [(c.number, c.north_m - NORTH_M, c.east_m - EAST_M) for c in ring.corners] == [
        (1, 100, 0),
        (2, 100, 100),
        (3, 0, 100),
        (4, 0, 0),
    ]
    assert [c.edge_m for c in ring.corners] == [Decimal("100.00")] * 4


def test_the_area_is_that_of_the_corners_with_holes_taken_off(make_plan):
    table = table_of(make_plan, APART, ha="9.5")
    assert table.measured_ha == 9  # nine squares less one, and one apart
    assert table.stated_ha == Decimal("9.5")


def test_parts_and_holes_are_rings_numbered_through(make_plan):
    table = table_of(make_plan, APART)
    assert [(r.part, r.hole, len(r.corners)) for r in table.rings] == [
        (1, 0, 4),
        (1, 1, 4),
        (2, 0, 4),
    ]
    numbers = [c.number for r in table.rings for c in r.corners]
    assert numbers == list(range(1, 13))
    for ring in table.rings:
        assert not LinearRing([(float(c.east_m), float(c.north_m)) for c in ring.corners]).is_ccw


def test_an_edge_is_the_distance_to_the_next_corner(make_plan):
    triangle = shapely.Polygon(
        [(EAST_M, NORTH_M), (EAST_M + 300, NORTH_M), (EAST_M, NORTH_M + 400)]
    )
    (ring,) = table_of(make_plan, triangle).rings
    assert [c.edge_m for c in ring.corners] == [500, 300, 400]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(50_000, 900_000), st.floats(0.1, 6.2)), min_size=3, max_size=30),
)
def test_the_corners_draw_the_same_outline_to_the_millimetre(real_plan, spokes):
    angles = sorted({round(angle, 2) for _, angle in spokes})
    if len(angles) < 3:
        return
    outline = shapely.Polygon(
        [
            (EAST_M + r / 1000 * math.cos(a), NORTH_M + r / 1000 * math.sin(a))
            for (r, _), a in zip(spokes, angles, strict=False)
        ]
    )
    if not outline.is_valid or outline.area < 1:
        return
    frame = real_plan.layers["zones"].frame.copy()
    frame.loc["KCN-1", "geometry"] = outline
    plan = replace(real_plan, layers={"zones": layer_of("zones", frame)})
    drawn = outline_of(coordinate_table(plan, "KCN-1"))
    assert (
        shapely.hausdorff_distance(drawn.exterior if hasattr(drawn, "exterior") else drawn, outline)
        <= 0.00072
    )


def test_an_indicative_outline_says_loudly_what_it_is(make_plan):
    indicative, surveyed = (
        table_of(make_plan, square(0, 0), p) for p in ("indicative", "surveyed")
    )
    for lang in LANGUAGES:
        assert WARNING.in_(lang) in coordinates_sheet(indicative, lang).decode()
        assert WARNING.in_(lang) not in coordinates_sheet(surveyed, lang).decode()
        texts = [
            p.text for p in docx.Document(io.BytesIO(coordinates_docx(indicative, lang))).paragraphs
        ]
        assert WARNING.in_(lang) in texts


def test_every_form_says_where_it_is_what_it_measures_and_what_the_plan_is_worth(real_plan):
    table = coordinate_table(real_plan, "KCN-6")
    told = "VN-2000, kinh tuyến trục 106°30′, múi chiếu 3° (EPSG:9213)"
    text = coordinates_sheet(table, "vi").decode()
    book = openpyxl.load_workbook(io.BytesIO(coordinates_sheet(table, "vi", form=".xlsx")))
    sheet = "\n".join(str(c) for row in book.active.values for c in row if c is not None)
    document = docx.Document(io.BytesIO(coordinates_docx(table, "vi")))
    word = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for whole in (text, sheet, word):
        for said in (told, real_plan.card.status_vi, "KCN-6", "dòng 630", "350 ha"):
            assert said in whole, said


def test_the_spreadsheet_holds_numbers_and_the_document_the_same(make_plan):
    table = table_of(make_plan, APART)
    book = openpyxl.load_workbook(io.BytesIO(coordinates_sheet(table, "en", form=".xlsx")))
    rows = [row for row in book.active.values if isinstance(row[3], int)]
    assert len(rows) == 15  # four corners and the first again, three times
    assert rows[0][4:] == (NORTH_M + 300, EAST_M, 300)
    assert rows[4][3:] == (1, NORTH_M + 300, EAST_M, None)
    grid = docx.Document(io.BytesIO(coordinates_docx(table, "en"))).tables[0]
    cells = [[cell.text for cell in row.cells] for row in grid.rows]
    assert cells[0] == ["Point", "X (m)", "Y (m)", "Edge (m)"]
    assert cells[1] == ["Part 1, outer"] * 4
    assert cells[2] == ["1", f"{NORTH_M + 300}.000", f"{EAST_M}.000", "300.00"]
    assert len(cells) == 1 + 3 + 15


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_outline_gives_the_same_bytes(make_plan, form):
    table = table_of(make_plan, square(0, 0))
    assert FORMATS[form](table, "vi") == FORMATS[form](table, "vi")


def test_text_from_outside_is_no_formula(make_plan):
    table = replace(table_of(make_plan, square(0, 0)), source='=HYPERLINK("x")')
    text = coordinates_sheet(table, "en").decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert 'Source: =HYPERLINK("x")' in cells
    assert not any(cell.startswith("=") for cell in cells)


def test_the_zone_of_a_vn_2000_system_is_named_as_dossiers_do():
    assert crs_label("EPSG:9211").vi == "VN-2000, kinh tuyến trục 106°00′, múi chiếu 3° (EPSG:9211)"
    assert crs_label("EPSG:3405").en == "VN-2000, central meridian 105°00′, 6° zone (EPSG:3405)"
    assert crs_label("EPSG:32648").en == "WGS 84 / UTM zone 48N (EPSG:32648)"


@pytest.mark.parametrize(("site_id", "said"), [("KCN-9", "no such"), ("KCN-2", "not drawn")])
def test_what_has_no_outline_is_one_clear_error(make_plan, site_id, said):
    plan = make_plan(sites={"KCN-1": (square(0, 0), site("KCN-1")), "KCN-2": (None, site("KCN-2"))})
    with pytest.raises(OutputError, match=said):
        coordinate_table(plan, site_id)


def test_the_command_takes_a_name_and_writes_what_the_file_is_called(tmp_path):
    run = CliRunner().invoke
    shown = run(cli, ["coordinates", "KCN Điềm Thụy", "--lang", "vi"])
    assert shown.exit_code == 0
    assert LABELS["title"].vi in shown.output
    for form in FORMATS:
        out = tmp_path / f"toa-do.{form}"
        done = run(cli, ["coordinates", "KCN-6", "--out", str(out)])
        assert (done.exit_code, done.output.strip()) == (0, str(out))
        assert out.stat().st_size > 1000
    assert run(cli, ["coordinates", "KCN-6", "--format", "docx"]).exit_code == 2
    assert run(cli, ["coordinates", "KCN-6", "--out", str(tmp_path / "x.pdf")]).exit_code == 2
    assert run(cli, ["coordinates", "Hà Nội"]).exit_code == 2


# --- read back ----------------------------------------------------------------------------------


def moved(*corners):
    return [(EAST_M + x, NORTH_M + y) for x, y in corners]


LAKE = shapely.Polygon(
    moved((0, 0), (900, 20), (1100, 700), (400, 1000), (-90, 500)),
    [
        moved((300, 300), (420, 310), (400, 450)),
        moved((600, 500.125), (700.5, 500), (650, 640)),
    ],
)
OUTLINES = {
    "a square": square(0, 0),
    "parts and a hole": APART,
    "two holes": LAKE,
    "three parts": shapely.union_all([LAKE, square(2000, 0), square(-900, 700, 33.333)]),
    "parts that touch": shapely.MultiPolygon([square(0, 0), square(100, 100)]),
    "a part in a hole": shapely.union_all([HOLED, square(130, 130, 40)]),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("what", OUTLINES)
def test_read_back_the_table_gives_the_same_outline_to_the_millimetre(
    make_plan, tmp_path, what, form, lang
):
    from gis.survey.reading import read_survey

    path = tmp_path / f"toa-do.{form}"
    path.write_bytes(FORMATS[form](table_of(make_plan, OUTLINES[what]), lang))
    read = read_survey(str(path), "zones")
    assert read.declared_crs == "EPSG:9213"
    outlines = [row.outline for row in read.rows]
    if form != "docx":  # there the id stands above the table
        assert {row.code or row.name for row in read.rows} == {"KCN-1"}
    again, meant = shapely.union_all(outlines), OUTLINES[what]
    assert shapely.hausdorff_distance(again, meant) <= 0.00072
    assert again.area == pytest.approx(meant.area, abs=0.1)
    assert shapely.get_num_interior_rings(shapely.get_parts(again)).sum() == (
        shapely.get_num_interior_rings(shapely.get_parts(meant)).sum()
    )


def test_the_sites_of_the_plan_come_back_from_their_tables(real_plan, tmp_path):
    from gis.survey.reading import read_survey

    for site_id in ("KCN-1", "KCN-3", "KCN-6", "CCN-28"):
        path = tmp_path / f"{site_id}.xlsx"
        path.write_bytes(FORMATS["xlsx"](coordinate_table(real_plan, site_id), "vi"))
        again = shapely.union_all([row.outline for row in read_survey(str(path), "sites").rows])
        layer = real_plan.layers["zones" if site_id.startswith("KCN") else "clusters"]
        assert shapely.hausdorff_distance(again, layer.frame.geometry[site_id]) <= 0.00072


def test_the_document_holds_the_same_corners_as_the_sheet(make_plan):
    table = table_of(make_plan, OUTLINES["three parts"])
    grid = docx.Document(io.BytesIO(coordinates_docx(table, "vi"))).tables[0]
    told = [[c.text for c in row.cells] for row in grid.rows]
    corners = [(row[0], row[1], row[2]) for row in told if row[0].isdigit() and row[3]]
    assert corners == [
        (str(c.number), str(c.north_m), str(c.east_m)) for r in table.rings for c in r.corners
    ]


def test_a_surveyed_table_comes_out_of_the_plan_as_it_went_in(real_plan_folder, tmp_path):
    """Degrees lie between: the plan keeps its outlines in WGS 84."""
    import shutil

    given = [
        (2377000.1, 437600.2), (2377300.0, 438900.0), (2376000.007, 439300.004),
        (2375200.0, 438100.999), (2375900.5, 437000.0),
    ]  # fmt: skip
    path, plan_folder = tmp_path / "ban-ke.csv", tmp_path / "plan"
    rows = "\n".join(f"{n},{x:.3f},{y:.3f}" for n, (x, y) in enumerate(given, start=1))
    path.write_text(f"KCN Điềm Thụy\nSTT,X(m),Y(m)\n{rows}\n", encoding="utf-8")
    shutil.copytree(real_plan_folder, plan_folder)
    arguments = ["survey", str(path), "--plan", str(plan_folder), "--crs", "EPSG:9213", "--layer"]
    signed = ["--yes", "--by", "A", "--date", "2026-11-26", "--accuracy-m", "0.01"]
    done = CliRunner().invoke(cli, [*arguments, "zones", "--provenance", "surveyed", *signed])
    assert done.exit_code == 0, done.output
    (ring,) = coordinate_table(load_plan(plan_folder), "KCN-6").rings
    meant = [(Decimal(f"{x:.3f}"), Decimal(f"{y:.3f}")) for x, y in given]
    assert sorted((c.north_m, c.east_m) for c in ring.corners) == sorted(meant)
