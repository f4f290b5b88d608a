"""Every kind of surveyed file, and every kind of broken one."""

import base64
import contextlib
import importlib.util
import io
import os
import random
import re
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapefile
import shapely
import survey_files
from conftest import CRS, EAST_M, NORTH_M
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from survey_files import NAMES, SURVEYED, dxf, frame, table, write

from gis.errors import GisError
from gis.survey.geodata import MOST_VERTICES
from gis.survey.reading import MOST_BYTES, read_survey

TO_GRID = Transformer.from_crs("OGC:CRS84", CRS, always_xy=True)
CENTIMETRES = 0.02  # MapInfo TAB keeps no more


def read(path, layer="zones", **more):
    return read_survey(str(path), layer, **more)


def refused(path, match, layer="zones"):
    with pytest.raises(GisError, match=match) as error:
        read(path, layer)
    assert len(str(error.value).splitlines()) <= 20
    return error.value.problems


def same_outlines(rows, tolerance=0.001, degrees=False):
    for row in rows:
        outline = row.outline
        if degrees:
            outline = shapely.transform(
                outline, lambda points: np.column_stack(TO_GRID.transform(*points.T))
            )
        known = next(key for key, name in NAMES.items() if name in row.name)
        assert outline.hausdorff_distance(SURVEYED[known]) < tolerance
    assert len(rows) == len(SURVEYED)


# --- formats -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "suffix", [".shp", ".gpkg", ".geojson", ".kml", ".kmz", ".tab", ".mif", ".fgb", ".parquet"]
)
def test_geodata_is_read_with_its_names_and_its_system(tmp_path, suffix):
    found = read(write(tmp_path / f"ranh{suffix}"))
    degrees = suffix in survey_files.IN_DEGREES
    same_outlines(found.rows, CENTIMETRES, degrees)
    assert found.declared_crs
    assert {row.name for row in found.rows} == set(NAMES.values())


def test_upper_case_names_of_a_shapefile_are_its_parts_too(tmp_path):
    write(tmp_path / "ranh.shp")
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_name(part.name.upper()))
    found = read(tmp_path / "RANH.SHP")
    same_outlines(found.rows)
    assert {"RANH.SHP", "RANH.SHX", "RANH.DBF", "RANH.PRJ"} <= set(found.parts)


def test_a_zipped_shapefile_is_read_from_any_folder_of_the_archive(tmp_path):
    write(tmp_path / "ranh.shp")
    with zipfile.ZipFile(tmp_path / "ranh.zip", "w") as archive:
        for part in tmp_path.glob("ranh.*"):
            if part.suffix != ".zip":
                archive.write(part, f"KCN 2010/{part.name}")
        archive.writestr("KCN 2010/readme.docx", "x")
    found = read(tmp_path / "ranh.zip")
    same_outlines(found.rows)
    assert found.declared_crs == CRS


def test_a_drawing_gives_closed_lines_with_the_texts_inside_them(tmp_path):
    found = read(dxf(tmp_path / "ranh.dxf"))
    same_outlines(found.rows)
    assert found.declared_crs is None


def test_a_drawing_that_is_cut_is_refused(tmp_path):
    path = dxf(tmp_path / "a.dxf")
    path.write_bytes(path.read_bytes()[:600])
    refused(path, "does not end with EOF")


def test_a_drawing_whose_reader_does_not_end_in_time_is_given_up(tmp_path, monkeypatch):
    """Less time than a process needs to start stands for a damaged file that is read for ever."""
    monkeypatch.setattr("gis.survey.vectors.MOST_SECONDS", 0.001)
    refused(dxf(tmp_path / "a.dxf"), "did not end within")


def test_what_gdal_says_of_a_drawing_names_no_line_of_its_source_and_no_folder_of_ours(tmp_path):
    path = dxf(tmp_path / "a.dxf", {"KCN-1": SURVEYED["KCN-1"]}, labels={})
    path.write_text(path.read_text().replace("0\nENDSEC\n0\nEOF", "EOF"))
    with pytest.raises(GisError) as told:
        read(path)
    assert ".cpp" not in str(told.value)
    assert str(tmp_path) not in str(told.value).replace(str(path), "")
    assert "tngis-" not in str(told.value)


def test_a_text_in_two_nested_outlines_names_the_smaller(tmp_path):
    shapes = {"KCN-1": SURVEYED["KCN-1"], "KCN-2": SURVEYED["KCN-1"].buffer(500, join_style=2)}
    found = read(dxf(tmp_path / "ranh.dxf", shapes, {"KCN-1": "Khu Một"}))
    assert {row.name: round(row.outline.area) for row in found.rows} == {
        "Khu Một": 100_000,
        "": 1250 * 1400,
    }


def test_open_lines_of_a_drawing_are_told_and_not_used(tmp_path):
    refused(dxf(tmp_path / "ranh.dxf", left_open=SURVEYED), "holds no closed line")
    found = read(dxf(tmp_path / "ranh.dxf", left_open=("KCN-2",)))
    assert [row.name for row in found.rows] == ["Khu Một", "Khu Ba"]
    told = {item.code: item.text.en for item in found.notices}
    assert "1 lines of 6 entities" in told["open-lines"]
    assert "1 texts of the drawing" in told["stray-labels"]


# The first zone with the text "Khu Mot" inside it, and an open line, as ogr2ogr wrote them.
DGN = (
    "c-rk*e@q)y9RJ?++B=FXwQUB4W|n3Iqp~(>WFXsmbjw5-n~+*(41{btiH>bLmLX)Jc9@_MtZ@lA4KA2v%l;scNSx"
    "6w7ft40W~l#6i5V`Mm?i4zUsDp!_wGl3aXsj0r|5ky-@bR>_xkz1?|bjQ_iZ0jv_ujNsKOm#gG&7#Fr&}+rUe=H-"
    "zWB#T;K7T*bg2lFN2HU<9dWu=gOwfhWi>ecD#Dy_9a|*C9IA^_=BM@-aU)8``o=tjPo*|PpcEP4~GUk{Cv7qJ98?"
    "0;k)w}v33w9j~#&BaR4fBR?pSXzui$W+@EfBNeDkC2-|K#ga8r-W=Uvu0$8bhSv|aM%2plk_5%<pRwsDh$c?#^K0"
    "#O%_Bua_V*&WXkT0vvTPv#<La}(dufGYNOB9@VANy*9*_SN9x8&1TbHgoe(b#n=-Pd%hpH5of!58yswWy)}>BFx-"
    "ZdpFVzs!v|@C<J+f4S`m$IwhZXZZ8lzsl>jxNW%p=S-u611mrjBA80*Aq=8n3`(O}$?8hh)!IFz#{=*TV846dV2`"
    "5zs=oB2oBO++ncPZwy5WdzWNcv{dLrJCgzFFp0-mFZ6!zg^xLyTBJ*sZCn!cn@_bq;Fm=S#|x>hkY-#aP#c1;lA9"
    "P%}zeC_1zR)8~hf_Sng$;pxF9$<UL{cKy^es;q|1qtoD+?q(tM&xQg<P9Vk;gEb449v7fBO#08UW#NLa}r&*@Jhf"
    "xgn!RSz`RFQZBm^_#=w{uas$nn6Bki}?!>pSvCL&JEq37-w#&82Rp!F&=sSr|sb3l&r8P8X(4MyUg%ki7Nj!}QLq"
    "|g-{I?+ax5Bc44n2Rl8~IBoThKBRmhU&SCNKbgs3}wuh8z+X6e)IVM2b2&QXJo-KMy)|=qNOt!9K_ykDdo99zENx"
    "p1J%SNWbR;ndN|E>d_zi&jh}vlfC>RzDe{^?yI2+W(B3AgQJTb&FZ7(18eiSP9p|CAjjZcenOLl58!qsEu>U(e$b"
    "q=xxm_1ZgcYO7dgb{cULR~{@+hU>i){uYbXm)TX%C7o%UWR1UlK=>e^^Ta`qjJj{{0csOZ=XC+&vS@vF^^!kMe*M"
    "9Tgp*0h)JWUjROb+XQ&OC!!&<T%?GQcWa-VU2jzB*v=`cV>ReAd7@n_Sg2BA>I(-3cdeyySiQ7?pk3j%k7tSYQG|"
    "M-Pv1*L6`JzrNU<bIwRu9aYt@%s{|6~Z8%p`ayMcX@yeJSaYmWYH!5R7-vJI{NOmG=LQ{|Lo0PhE50bc%Sg~-D$o"
    "(|I=2ot>A}weP%~t)Fg$^C-19b2qB73~rM2LqV)ar82?NA9`;}&W)`R)$zfX`S%sp<4pS)a&!>uwBQ)yVrV%Li;q"
    "_MV!>(}=6<xOBdPPjT-q+_Egsh1NOly&v8rW3^t(^cX&YeTzKyl-Dx%lXMzu6VnZXbixZquwY#*3QgWo?g|Yp-6!"
    "0wM|**`9_W0fB!$yd12K|!E1WTMJnFOXeu=YG<TN54)MIpdEEXM)Dy46f_hY?MV*N69stPgs;z@S)N3VsuBC(f<>"
    ";}Y+dWfv3HBq8bXRryv-^}{L<^"
)


def dgn(path, text=b"Khu Mot"):
    data = zlib.decompress(base64.b85decode(DGN))
    path.write_bytes(data.replace(b"Khu Mot", text))
    return path


def test_a_dgn_of_version_7_gives_its_shapes_with_the_texts_inside(tmp_path):
    found = read(dgn(tmp_path / "ranh.dgn"))
    [row] = found.rows
    assert row.name == "Khu Mot"
    assert row.outline.hausdorff_distance(SURVEYED["KCN-1"]) < CENTIMETRES
    assert [item.code for item in found.notices] == ["open-lines"]


def test_a_text_of_a_dgn_in_letters_of_an_old_font_names_its_shape(tmp_path):
    found = read(dgn(tmp_path / "ranh.dgn", b"Ph\xe6 Y\xaan"))
    assert [row.name for row in found.rows] == ["Phổ Yên"]
    assert "“Phæ Yªn” → “Phổ Yên”" in found.notices[0].text.en


@pytest.mark.parametrize("form", [".csv", ".txt", "stdin"])
def test_a_table_of_corner_points_is_read(tmp_path, monkeypatch, form):
    if form == "stdin":
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(table().encode())))
        found = read("-")
    else:
        path = tmp_path / f"bang{form}"
        path.write_text(table(), encoding="utf-8")
        found = read(path)
    same_outlines(found.rows)
    assert found.declared_crs == CRS


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def typed_rows():
    rows = [["STT", "Điểm", "X(m)", "Y(m)"]]
    for key, shape in SURVEYED.items():
        rows.append([NAMES[key]])
        points = list(shape.exterior.coords)
        rows += [[n, f"M{n}", y, x] for n, (x, y) in enumerate(points, start=1)]
    return rows


def test_a_workbook_of_corner_points_is_read(tmp_path):
    same_outlines(read(workbook(tmp_path / "bang.xlsx", typed_rows())).rows)


def test_heights_and_measures_are_dropped_and_told(tmp_path):
    shapes = [shapely.force_3d(shape, 42.0) for shape in SURVEYED.values()]
    found = read(write(tmp_path / "ranh.gpkg", frame().set_geometry(shapes)))
    assert [item.code for item in found.notices] == ["z-dropped"]
    assert not any(row.outline.has_z for row in found.rows)


# --- letters -------------------------------------------------------------------------------------


PLACES = ("Điềm Thụy", "Sông Công", "Phổ Yên")
TCVN3 = (
    b"\xa7i\xd2m Th\xf4y",
    b"S\xabng C\xabng",
    b"Ph\xe6 Y\xaan",
)  # "§iÒm Thôy", as users know it
WINDOWS_1258 = (b"\xd0i\xea\xccm Thu\xf2y", b"S\xf4ng C\xf4ng", b"Ph\xf4\xd2 Y\xean")


def in_bytes(path, names):
    """A shapefile whose names are these bytes, without a .cpg file."""
    write(path, frame(TEN=list(PLACES)))
    table = path.with_suffix(".dbf")
    data = table.read_bytes()
    for place, name in zip(PLACES, names, strict=True):
        old = place.encode("utf-8")
        data = data.replace(old, name.ljust(len(old)))
    table.write_bytes(data)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    return path


@pytest.mark.parametrize(("names", "told"), [(TCVN3, "TCVN3"), (WINDOWS_1258, "windows-1258")])
def test_a_dbf_without_cpg_in_letters_before_unicode_is_converted_and_shown(tmp_path, names, told):
    found = read(in_bytes(tmp_path / "ranh.shp", names))
    assert tuple(row.name for row in found.rows) == PLACES
    [notice] = [item for item in found.notices if item.code == "letters-converted"]
    assert told in notice.text.en
    assert "→ “Điềm Thụy”" in notice.text.en


def test_windows_1258_named_by_its_cpg_is_converted(tmp_path):
    path = in_bytes(tmp_path / "ranh.shp", WINDOWS_1258)
    path.with_suffix(".cpg").write_text("1258")
    assert tuple(row.name for row in read(path).rows) == PLACES


@pytest.mark.parametrize(
    ("cpg", "lettering", "match"),
    [
        ("FOO-99", None, "names no known encoding"),
        ("UTF-8", TCVN3, "the text is no UTF-8"),
        ("ISO-8859-1", None, "the text is UTF-8"),
    ],
)
def test_a_wrong_cpg_is_refused(tmp_path, cpg, lettering, match):
    path = tmp_path / "ranh.shp"
    in_bytes(path, lettering or [place.encode() for place in PLACES])
    path.with_suffix(".cpg").write_text(cpg)
    [problem] = refused(path, match)
    assert (problem.field, problem.value) == (".cpg", cpg)


# --- what is no survey ---------------------------------------------------------------------------


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "ranh.geojson").touch()
    refused(tmp_path / "ranh.geojson", "is empty")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    refused(tmp_path / "ranh.shp", "no such file")
    refused("nul\x00nul", "no such file")


def test_a_folder_is_refused(tmp_path):
    refused(tmp_path, "is a folder")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device here")
def test_a_device_and_a_pipe_are_refused_without_being_read(tmp_path):
    refused("/dev/zero", "is a device or pipe")
    os.mkfifo(tmp_path / "pipe.csv")
    refused(tmp_path / "pipe.csv", "is a device or pipe")


def test_a_file_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "ranh.geojson"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    refused(path, "is too large")


def test_a_file_without_geometry_is_refused(tmp_path):
    path = tmp_path / "ranh.geojson"
    path.write_text('{"type":"FeatureCollection","features":[]}')
    refused(path, "has no outline")
    path.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},'
                    '"geometry":null}]}')  # fmt: skip
    refused(path, "has no outline")


def test_points_and_mixed_types_are_refused_row_by_row(tmp_path):
    points = frame().set_geometry([shape.centroid for shape in SURVEYED.values()])
    assert [p.row for p in refused(write(tmp_path / "a.gpkg", points), "is a Point")] == [
        "1", "2", "3",
    ]  # fmt: skip
    refused(write(tmp_path / "p.shp", points), "holds points, not polygons")
    mixed = frame().set_geometry([*list(SURVEYED.values())[:2], shapely.Point(EAST_M, NORTH_M)])
    [problem] = refused(write(tmp_path / "m.geojson", mixed), "is a Point, not an area")
    assert problem.row == "3"


def test_an_outline_of_ten_million_vertices_is_refused_from_the_index_of_its_shapefile(tmp_path):
    path = write(tmp_path / "ranh.shp", frame({"KCN-1": SURVEYED["KCN-1"]}))
    index = bytearray(path.with_suffix(".shx").read_bytes())
    struct.pack_into(">i", index, 104, 10_000_000 * 8)  # its length, in words of two bytes
    path.with_suffix(".shx").write_bytes(index)
    refused(path, "too many vertices")


def test_a_real_giant_is_refused_after_reading(tmp_path, monkeypatch):
    monkeypatch.setattr("gis.survey.geodata.MOST_VERTICES", 100)
    giant = frame({"KCN-1": SURVEYED["KCN-1"].centroid.buffer(200, 60)})
    [problem] = refused(write(tmp_path / "ranh.gpkg", giant), "an outline of too many vertices")
    assert problem.row == "1"
    assert MOST_VERTICES < 10_000_000


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("keep", [0.0, 0.5, 0.98])
def test_a_cut_part_of_a_shapefile_is_refused(tmp_path, part, keep):
    path = write(tmp_path / "ranh.shp")
    cut = path.with_suffix(part)
    data = cut.read_bytes()
    cut.write_bytes(data[: int(len(data) * keep)])
    refused(path, "cut or damaged|is empty|lacks its|no kind of file")


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_missing_part_of_a_shapefile_is_refused(tmp_path, part):
    path = write(tmp_path / "ranh.shp")
    path.with_suffix(part).unlink()
    refused(path, f"lacks its {part}")


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".kmz", ".parquet", ".tab", ".geojson"])
def test_any_file_cut_in_the_middle_is_refused(tmp_path, suffix):
    path = write(tmp_path / f"ranh{suffix}")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(GisError):
        read(path)


@pytest.mark.parametrize("name", ["../out.shp", "/etc/out.shp", "a/../../out.shp", "C:\\out.shp",
                                  "..\\out.shp"])  # fmt: skip
def test_an_archive_with_a_way_out_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "x")
        archive.writestr("ranh.geojson", "{}")
    refused(tmp_path / "a.zip", "a path leads out")
    assert [item.name for item in tmp_path.iterdir()] == ["a.zip"]


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ranh.geojson", b"0" * (30 * 2**20))
    refused(tmp_path / "a.zip", "unpacks to too much")


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("gis.survey.reading.MOST_BYTES", 100_000)
    body = zlib.compressobj(wbits=-15)
    packed = body.compress(bytes(range(256)) * 4000) + body.flush()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ranh.geojson", packed)
    data = (tmp_path / "a.zip").read_bytes()
    for head, method, size in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        at = data.index(head)
        data = data[: at + method] + b"\x08\x00" + data[at + method + 2 :]
        data = data[: at + size] + struct.pack("<I", 1000) + data[at + size + 4 :]
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(GisError):
        read(tmp_path / "a.zip")


def test_an_archive_of_several_surveys_asks_which(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.geojson", "{}")
        archive.writestr("b.geojson", "{}")
    refused(tmp_path / "a.zip", "holds several: a.geojson, b.geojson")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.pdf", "x")
    refused(tmp_path / "b.zip", "holds no file of outlines")


def test_a_workbook_with_formulas_in_columns_that_are_read_is_refused(tmp_path):
    rows = typed_rows()
    rows[3][2] = "=2380000+400"
    [problem] = refused(workbook(tmp_path / "bang.xlsx", rows), "formula")
    assert "4" in (problem.row + problem.field)


def test_a_formula_with_a_saved_value_is_refused_all_the_same(tmp_path):
    path = workbook(tmp_path / "bang.xlsx", typed_rows())
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    at = sheet.index(b'r="C3"')
    value = sheet.index(b"<v>", at)
    members["xl/worksheets/sheet1.xml"] = sheet[:value] + b"<f>1+1</f>" + sheet[value:]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    [problem] = refused(path, "is a formula")
    assert (problem.row, problem.field) == ("3", "X(m)")


def test_a_formula_in_a_column_that_is_not_read_does_no_harm(tmp_path):
    path = workbook(tmp_path / "bang.xlsx", [["Điểm", "X(m)", "Y(m)", "Cạnh"], ["M1", 1, 2, 3]])
    rows = [["Điểm", "X(m)", "Y(m)", "Cạnh"]]
    rows += [[f"M{n}", y, x, 5] for n, (x, y) in enumerate(SURVEYED["KCN-1"].exterior.coords)]
    workbook(path, rows)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    value = sheet.index(b"<v>", sheet.index(b'r="D2"'))
    members["xl/worksheets/sheet1.xml"] = sheet[:value] + b"<f>1+1</f>" + sheet[value:]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert read(path).rows[0].outline.equals(SURVEYED["KCN-1"])


@pytest.mark.parametrize("suffix", [".xlsx", ".dgn", ".xls"])
def test_a_workbook_with_a_password_and_other_closed_files_are_refused(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 1000)
    refused(path, "version 8" if suffix == ".dgn" else "password")


@pytest.mark.parametrize(
    ("head", "match"),
    [
        (b"AC1032", "DWG"),
        (b"%PDF-1.7", "PDF"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x7fELF\x00", "no kind"),
    ],
)
def test_files_we_do_not_read_say_what_they_are(tmp_path, head, match):
    (tmp_path / "a.bin").write_bytes(head + b"\x00" * 50)
    refused(tmp_path / "a.bin", match)


KML = '<?xml version="1.0"?>{doctype}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE kml SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!doctype kml [<!entity a "aaaa"><!entity b "&a;&a;">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_kml_with_entities_is_refused(tmp_path, doctype, encoding):
    (tmp_path / "a.kml").write_bytes(KML.format(doctype=doctype, body="&x;").encode(encoding))
    refused(tmp_path / "a.kml", "declares a|no kind of file|is no KML")


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("a.kml", "<OGRVRTDataSource></OGRVRTDataSource>", "is no KML"),
        ("a.kml", KML.format(doctype="", body="") + "<OGRVRTDataSource/>", "only leads to other"),
        ("a.geojson", '{"type": "gdal_streamed_alg", "command_line": "x"}', "only leads to other"),
        ("a.tab", "!table\n!version 300\nDefinition Table\n  Type LINKED\n", "only leads to other"),
    ],
)
def test_a_file_that_only_leads_to_others_is_refused(tmp_path, name, text, match):
    (tmp_path / name).write_text(text)
    refused(tmp_path / name, match)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", "1e300"])
def test_coordinates_that_are_no_numbers_are_refused(tmp_path, value):
    text = write(tmp_path / "a.geojson").read_text()
    broken = re.sub(r"(\[ *\[ *\[ *)[\d.]+", rf"\g<1>{value}", text, count=1)
    assert broken != text
    (tmp_path / "a.geojson").write_text(broken)
    with pytest.raises(GisError):
        read(tmp_path / "a.geojson")
    rows = table().replace("2380400,000", value, 1)
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    [problem] = refused(tmp_path / "a.csv", "is not a finite number")
    assert (problem.field, problem.value) == ("X(m)", value)


def test_a_broken_wkb_of_nan_is_refused(tmp_path):
    shape = shapely.Polygon([(0, 0), (1, float("nan")), (1, 1), (0, 0)])
    refused(write(tmp_path / "a.gpkg", frame({"KCN-1": shape})), "is no usable number")


def test_texts_of_a_drawing_in_letters_of_an_old_font_are_converted(tmp_path):
    labels = dict(zip(SURVEYED, ("§iÒm Thôy", "S«ng C«ng", "Phæ Yªn"), strict=True))
    found = read(dxf(tmp_path / "a.dxf", labels=labels, encoding="latin-1"))
    assert [row.name for row in found.rows] == list(PLACES)
    assert "letters-converted" in [item.code for item in found.notices]


LWPOLYLINE = """0
SECTION
2
HEADER
9
$ACADVER
1
AC1021
0
ENDSEC
0
SECTION
2
ENTITIES
0
LWPOLYLINE
5
A1
8
RANH
100
AcDbEntity
100
AcDbPolyline
90
4
70
1
10
430000.0
20
2380000.0
10
430100.0
20
2380000.0
10
430100.0
20
2380100.0
10
430000.0
20
2380100.0
0
MTEXT
5
A2
8
CHU
100
AcDbEntity
100
AcDbMText
10
430050.0
20
2380050.0
40
2.5
1
{\\fArial|b0|i0;CCN Điềm Thụy}\\P1,0 ha
0
ENDSEC
0
EOF
"""


def test_a_newer_drawing_with_formatted_text_is_read(tmp_path):
    (tmp_path / "a.dxf").write_text(LWPOLYLINE, encoding="utf-8")
    [row] = read(tmp_path / "a.dxf").rows
    assert row.outline.area == 10_000
    assert row.name.split("\n") == ["CCN Điềm Thụy", "1,0 ha"]


def test_measures_are_dropped_and_told(tmp_path):
    with shapefile.Writer(str(tmp_path / "a.shp"), shapeType=shapefile.POLYGONM) as out:
        out.field("TEN", "C", 40)
        for key, shape in SURVEYED.items():
            out.polym([[(x, y, 7.0) for x, y in reversed(shape.exterior.coords)]])
            out.record(NAMES[key])
    found = read(tmp_path / "a.shp")
    assert {"m-dropped", "reader-warning"} & {item.code for item in found.notices}
    same_outlines(found.rows)


def test_a_geopackage_of_several_layers_asks_which(tmp_path):
    path = tmp_path / "a.gpkg"
    for layer in ("kcn", "nha"):
        pyogrio.write_dataframe(frame(), path, layer=layer, driver="GPKG")
    refused(path, "holds several layers: kcn, nha")
    assert read(path, source_layer="kcn").layer == "kcn"
    with pytest.raises(GisError, match="choose one of: kcn, nha"):
        read(path, source_layer="xa")


def test_reading_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    read(write(tmp_path / "ranh.shp"))
    (tmp_path / "bad.kml").write_text("<kml")
    with pytest.raises(GisError):
        read(tmp_path / "bad.kml")
    assert list((tmp_path / "temp").iterdir()) == []
    shutil.rmtree(tmp_path / "temp")


@pytest.fixture(scope="module")
def fuzzer():
    path = Path(__file__).parent.parent / "scripts" / "fuzz_readers.py"
    spec = importlib.util.spec_from_file_location("fuzz_readers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound file of every small kind."""
    folder = tmp_path_factory.mktemp("sound")
    files = [write(folder / f"a{suffix}") for suffix in (".geojson", ".kml", ".fgb", ".mif")]
    files += [workbook(folder / "a.xlsx", typed_rows())]
    (folder / "a.csv").write_text(table(), encoding="utf-8")
    return [path.read_bytes() for path in [*files, folder / "a.csv"]], [
        path.suffix for path in [*files, folder / "a.csv"]
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(number=st.integers(0, 10**9), layer=st.sampled_from(["zones", "occupancy"]))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    fuzzer, sound, tmp_path_factory, number, layer
):
    dice = random.Random(number)
    data, suffix = dice.choice(list(zip(*sound, strict=True)))
    path = tmp_path_factory.mktemp("damaged") / f"a{suffix}"
    path.write_bytes(fuzzer.damaged(data, dice))
    with contextlib.suppress(GisError):
        assert read(path, layer).rows
