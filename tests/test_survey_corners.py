"""Tables of corner points, as survey papers, spreadsheets and people write them."""

from decimal import Decimal

import docx
import pytest
import shapely
from conftest import CRS, EAST_M, NORTH_M
from hypothesis import given, settings
from hypothesis import strategies as st
from survey_files import NAMES, SURVEYED, table

from gis.errors import GisError
from gis.survey.corners import stated_in
from gis.survey.reading import read_survey
from gis.survey.statements import declared_system
from gis.survey.typed_numbers import Unsettled, number_of, style_of

SQUARE = [(2380000, 430000), (2380000, 430100), (2380100, 430100), (2380100, 430000)]
HECTARE = shapely.box(430000, 2380000, 430100, 2380100)


@pytest.fixture
def read(tmp_path):
    def reading(text, layer="zones", name="bang.csv", encoding="utf-8"):
        (tmp_path / name).write_bytes(text.encode(encoding))
        return read_survey(str(tmp_path / name), layer)

    return reading


def outlines(found):
    return [row.outline for row in found.rows]


def lines(*rows, separator=";"):
    return "\n".join(separator.join(map(str, row)) for row in rows) + "\n"


def square_rows(x=0, y=0):
    return [(n, north + x, east + y) for n, (north, east) in enumerate(SQUARE, start=1)]


# --- headings and numbers ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "headings",
    [
        ("STT", "X", "Y"),
        ("Điểm", "X(m)", "Y(m)"),
        ("Số hiệu điểm", "Tọa độ X (m)", "Tọa độ Y (m)"),
        ("Mốc", "TỌA ĐỘ X", "TỌA ĐỘ Y"),
        ("Tên điểm", "X (Bắc)", "Y (Đông)"),
        ("Point", "Northing", "Easting"),
        ("No", "N (m)", "E (m)"),
        ("TT", "X_VN2000", "Y_VN2000"),
    ],
)
def test_x_is_north_and_y_is_east_under_any_heading(read, headings):
    assert outlines(read(lines(headings, *square_rows())))[0].equals(HECTARE)


def test_headings_that_say_easting_are_believed(read):
    rows = [(n, east, north) for n, north, east in square_rows()]
    for headings in (("id", "POINT_X", "POINT_Y"), ("id", "X (Easting)", "Y (Northing)")):
        assert outlines(read(lines(headings, *rows)))[0].equals(HECTARE)


def test_columns_in_the_other_order_follow_their_headings(read):
    rows = [(n, east, north) for n, north, east in square_rows()]
    assert outlines(read(lines(("Điểm", "Y", "X"), *rows)))[0].equals(HECTARE)


def test_a_heading_of_merged_cells_over_several_rows_is_one_heading(read):
    text = lines(
        ("BẢNG KÊ TỌA ĐỘ RANH GIỚI", "", "", ""),
        ("Hệ tọa độ VN-2000, KTT 106°30', múi 3°", "", "", ""),
        ("Số hiệu", "Tọa độ", "", "Cạnh"),
        ("điểm", "X (m)", "Y (m)", "(m)"),
        ("(1)", "(2)", "(3)", "(4)"),
        *[(*row, 100) for row in square_rows()],
        ("Diện tích: 1,0 ha", "", "", ""),
    )
    found = read(text)
    assert outlines(found)[0].equals(HECTARE)
    assert found.declared_crs == CRS
    assert found.rows[0].stated_ha == 1
    assert found.rows[0].corners == ("1", "2", "3", "4")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_decimal_comma_and_point_are_read_the_same(read, separator, decimal):
    found = read(table(separator=separator, decimal=decimal))
    assert [o.equals_exact(SURVEYED[k], 1e-6) or o.equals(SURVEYED[k])
            for k, o in zip(SURVEYED, outlines(found), strict=True)] == [True] * 3  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2380000,5", 2380000.5),
        ("2380000.5", 2380000.5),
        ("2.380.000,5", 2380000.5),
        ("2,380,000.5", 2380000.5),
        ("2 380 000,5", 2380000.5),
        ("2380000 m", 2380000.0),
        ("21°30'36\"", 21.51),
        ("105°49′30,0″", 105.825),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert number_of(text, style_of([text])) == pytest.approx(value, abs=1e-9)


def test_grouped_thousands_are_told_from_decimals_by_what_they_can_mean():
    assert style_of(["430.123", "2.380.000"]) == "comma"
    assert number_of("430.123", "comma") == 430123
    assert style_of(["105.123", "21.456"]) == "point"
    assert isinstance(style_of(["500.123"]), str)
    assert isinstance(style_of(["1.234"]), Unsettled)


def test_numbers_that_read_in_two_ways_are_asked_back(read):
    rows = [(1, "1.234", "2.345"), (2, "1.235", "2.346"), (3, "1.236", "2.347")]
    with pytest.raises(GisError, match="reads in two ways"):
        read(lines(("Điểm", "X", "Y"), *rows))


def test_a_decimal_comma_between_commas_is_refused_with_the_mend(read):
    rows = ["STT,X,Y"] + [f"{n},{x},5,{y},5" for n, x, y in square_rows()]
    with pytest.raises(GisError, match="put ; between the cells"):
        read("\n".join(rows))


def test_degrees_are_read_longitude_first(read):
    rows = [(1, "21°30'00\"", "105°49'30\""), (2, "21°30'00\"", "105°50'00\""),
            (3, "21°31'00\"", "105°50'00\"")]  # fmt: skip
    found = read(lines(("Điểm", "Vĩ độ (B)", "Kinh độ (L)"), *rows))
    assert outlines(found)[0].bounds == pytest.approx((105.825, 21.5, 105.83333333, 21.51666667))


def test_pasted_text_parted_by_spaces_is_read(read):
    spaced = "STT  Tọa độ X  Tọa độ Y\n" + lines(*square_rows(), separator="  ")
    assert outlines(read(spaced, name="a.txt"))[0].equals(HECTARE)
    bare = lines(*square_rows(), separator=" ")
    assert outlines(read(bare, name="b.txt"))[0].equals(HECTARE)
    uneven = "STT Số hiệu X (m) Y (m)\n" + lines(*square_rows(), separator=" ")
    assert outlines(read(uneven, name="c.txt"))[0].equals(HECTARE)


# --- parcels ----------------------------------------------------------------------------------


@pytest.mark.parametrize("closing", [True, False])
def test_the_closing_point_may_be_said_again_or_not(read, closing):
    found = read(table(closing=closing))
    assert [row.name for row in found.rows] == list(NAMES.values())
    assert all(o.equals(SURVEYED[k]) for k, o in zip(SURVEYED, outlines(found), strict=True))


def test_parcels_are_told_apart_by_a_column_said_once_or_on_every_row(read):
    one, two = square_rows(), square_rows(1000, 1000)
    every = [("A", *row) for row in one] + [("B", *row) for row in two]
    once = [("A" if row[0] == 1 else "", *row) for row in one]
    once += [("B" if row[0] == 1 else "", *row) for row in two]
    for rows in (every, once):
        found = read(lines(("Khu", "Điểm", "X", "Y"), *rows))
        assert [row.name for row in found.rows] == ["A", "B"]
        assert [o.area for o in outlines(found)] == [10_000, 10_000]


def test_parcels_are_told_apart_by_closing_and_by_numbers_that_start_again(read):
    one, two = square_rows(), square_rows(1000, 1000)
    closed = [*one, one[0], *two, two[0]]
    for rows in (closed, [*one, *two]):
        found = read(lines(("Điểm", "X", "Y"), *rows))
        assert [o.area for o in outlines(found)] == [10_000, 10_000]


def test_parts_and_holes_make_one_outline(read):
    hole = [(n, 2380020 + 10 * a, 430020 + 10 * b) for n, (a, b) in
            enumerate([(0, 0), (0, 1), (1, 1), (1, 0)], start=5)]  # fmt: skip
    rows = [("KCN-1", 1, "ranh ngoài", *row) for row in square_rows()]
    rows += [("KCN-1", 1, "lỗ 1", *row) for row in hole]
    rows += [("KCN-1", 2, "ranh ngoài", *row) for row in square_rows(1000, 0)]
    [row] = read(lines(("Mã", "Phần", "Vòng", "Điểm", "X", "Y"), *rows)).rows
    assert (row.code, row.outline.geom_type, row.outline.area) == ("KCN-1", "MultiPolygon", 19_900)


def test_a_lot_is_no_hole(read):
    rows = [("Lô 1", *row) for row in square_rows()]
    rows += [("Lô 2", *row) for row in square_rows(1000, 0)]
    assert len(read(lines(("Lô", "Điểm", "X", "Y"), *rows)).rows) == 2


def test_two_columns_swapped_in_the_middle_are_refused_by_row(read):
    rows = square_rows()
    rows[2:] = [(n, east, north) for n, north, east in rows[2:]]
    with pytest.raises(GisError, match="the two columns are swapped, compared with row 2") as error:
        read(lines(("Điểm", "X", "Y"), *rows))
    assert [p.row for p in error.value.problems] == ["4", "5"]
    assert error.value.problems[0].field == "X, Y"


def test_cells_that_are_no_numbers_are_all_named(read):
    rows = square_rows()
    rows[1] = (2, "hai triệu", 430100)
    rows[3] = (4, 2380100, "")
    with pytest.raises(GisError, match="is not a finite number") as error:
        read(lines(("Điểm", "X", "Y"), *rows))
    assert [(p.row, p.field, p.value) for p in error.value.problems] == [
        ("3", "X", "hai triệu"),
        ("5", "Y", ""),
    ]


def test_two_corners_are_no_parcel(read):
    with pytest.raises(GisError, match="has only 2 corners"):
        read(lines(("Điểm", "X", "Y"), *square_rows()[:2]))


def test_a_table_without_coordinates_is_refused(read):
    with pytest.raises(GisError, match="has no two columns of coordinates"):
        read(lines(("Tên", "Diện tích"), ("A", 1)))
    with pytest.raises(GisError, match="has no two columns of coordinates"):
        read("chỉ là một câu\n")


def test_what_a_survey_paper_says_of_its_system_is_taken():
    for text, code in (
        ("Hệ tọa độ VN-2000, kinh tuyến trục 106°30', múi chiếu 3°", "EPSG:9213"),
        ("VN2000 KTT 106-30 múi 3", "EPSG:9213"),
        ("VN-2000, kinh tuyến trục 105°00', múi chiếu 3 độ", "EPSG:5897"),
        ("VN-2000, kinh tuyến trục 105°00', múi chiếu 6 độ", "EPSG:3405"),
        ("VN-2000 (EPSG:9213)", "EPSG:9213"),
        ("VN-2000", None),
    ):
        assert declared_system([text], ["X", "Y"], False) == code
    assert declared_system(["WGS 84"], ["Lat"], True) == "EPSG:4326"


@pytest.mark.parametrize(
    ("text", "hectares"),
    [
        ("Diện tích: 8,5 ha", "8.5"),
        ("Diện tích 85.000 m2", "8.5"),
        ("S = 1.234.567,8 m²", "123.45678"),
        ("Diện tích", None),
        ("Diện tích: 0 ha", None),
    ],
)
def test_stated_areas_are_read_from_words(text, hectares):
    assert stated_in(text) == (None if hectares is None else Decimal(hectares))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 900_000), st.integers(0, 900_000)), min_size=3, max_size=12,
        unique=True,
    ),
    st.sampled_from([";", "\t"]),
    st.booleans(),
)  # fmt: skip
def test_any_corners_come_back_to_the_millimetre(tmp_path_factory, points, separator, comma):
    corners = [(NORTH_M + a / 1000, EAST_M + b / 1000) for a, b in points]
    rows = [(n, f"{x:.3f}", f"{y:.3f}") for n, (x, y) in enumerate(corners, start=1)]
    text = lines(("Điểm", "X", "Y"), *rows, separator=separator)
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_text(text.replace(".", ",") if comma else text, encoding="utf-8")
    found = shapely.get_coordinates(read_survey(str(path), "zones").rows[0].outline)[:-1]
    assert [(round(n, 3), round(e, 3)) for e, n in found] == [
        (round(n, 3), round(e, 3)) for n, e in corners
    ]


def test_a_written_document_is_read_table_by_table(tmp_path):
    paper = docx.Document()
    paper.add_paragraph("Khu Một, VN-2000, kinh tuyến trục 106°30', múi 3°")
    for part in (0, 1):
        paper.add_paragraph(f"Phần {part + 1}, ranh ngoài")
        grid = paper.add_table(0, 3)
        for row in [("Điểm", "X (m)", "Y (m)"), *square_rows(1000 * part, 0)]:
            for cell, value in zip(grid.add_row().cells, row, strict=True):
                cell.text = str(value)
    paper.save(tmp_path / "a.docx")
    found = read_survey(str(tmp_path / "a.docx"), "zones")
    [row] = found.rows
    assert (row.outline.area, found.declared_crs) == (20_000, CRS)
    assert "Khu Một" in row.context
