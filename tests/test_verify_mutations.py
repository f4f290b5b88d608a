"""Every fault, planted alone, is found at its place; in the clean kits nothing is found.

Each is planted in all five layers of our own kit, once with the manifest left alone and once with a
manifest rewritten to match it, and in the same layers as GDAL's own writer leaves them.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from damage import (
    MANIFEST,
    Dbf,
    Files,
    change_shapes,
    database_of,
    put_shapes,
    shapes_of,
    table_of,
    with_manifest_rewritten,
)
from deliveries import (
    ALL,
    EMPTY,
    ID,
    KEY,
    LAYER_OF,
    NUMBER,
    SECOND,
    TEXT,
    files_of,
    kit_of,
    small_plan,
    written_by_gdal,
)
from pyproj import CRS, Transformer

from gis.delivery.profiles import load_profile
from gis.model import Plan
from gis.verification import FAULTS, Fault, Kit, Question, Verification, verify
from gis.verification.standard import Standard, standard_of

Expected = tuple[str, str, str, str]  # code, file, row, field
Plant = Callable[[Files, str], Expected]
OF_THE_FILES = {"FILE01", "FILE02", "FILE03", "FILE05", "FILE07", "MANI03"}


@pytest.fixture(scope="module")
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return small_plan(make_plan)


@pytest.fixture(scope="module")
def standard(plan: Plan) -> Standard:
    return standard_of(load_profile(), plan)


@pytest.fixture(scope="module")
def folder(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    kit_of(plan, folder, ("shp",))
    return folder


@pytest.fixture(scope="module")
def ours(folder: Path) -> Files:
    """Our kit of shapefiles."""
    return files_of(folder)


@pytest.fixture(scope="module")
def whole(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Our kit of shapefiles and GeoPackage."""
    return kit_of(plan, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def gdals(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written_by_gdal(folder, tmp_path_factory.mktemp("gdal"))


@pytest.fixture(scope="module")
def judge(plan: Plan, standard: Standard) -> Callable[[Files], Verification]:
    def run(files: Files) -> Verification:
        profile = None if MANIFEST in files else "default"
        question = Question(lambda: plan, profile, against=plan, standard=standard)
        return verify(Kit("kit", files), question)

    return run


def places(found: Verification) -> list[Expected]:
    return [(item.code, item.file, item.row, item.field) for item in found.faults]


# --- files -----------------------------------------------------------------------------------


def without(suffix: str, code: str) -> Plant:
    def plant(files: Files, name: str) -> Expected:
        del files[name + suffix]
        return code, name + suffix, "", ""

    return plant


def instead(suffix: str, text: str, code: str) -> Plant:
    def plant(files: Files, name: str) -> Expected:
        files[name + suffix] = text.encode()
        return code, name + suffix, "", ""

    return plant


def wkt(code: int) -> str:
    return CRS.from_epsg(code).to_wkt("WKT1_ESRI")


OTHER_DATUM = wkt(9213).replace("GCS_VN-2000", "GCS_WGS_1984").replace(
    "D_Vietnam_2000", "D_WGS_1984"
)  # fmt: skip


# --- bytes -----------------------------------------------------------------------------------


def poked(suffix: str, at: int, form: str, value: object, code: str, field: str = "") -> Plant:
    """Some bytes of a header overwritten."""

    def plant(files: Files, name: str) -> Expected:
        data = bytearray(files[name + suffix])
        struct.pack_into(form, data, at, value)
        files[name + suffix] = bytes(data)
        return code, name + suffix, "", field

    return plant


def cut(suffix: str, by: int, code: str, *, row: bool = False, field: str = "") -> Plant:
    def plant(files: Files, name: str) -> Expected:
        files[name + suffix] = files[name + suffix][:-by]
        return code, name + suffix, SECOND[name] if row else "", field

    return plant


def in_record(at: int, form: str, value: object, code: str, field: str) -> Plant:
    """Some bytes of the first record of the .shp overwritten; it begins at byte 100."""

    def plant(files: Files, name: str) -> Expected:
        data = bytearray(files[f"{name}.shp"])
        struct.pack_into(form, data, 100 + at, value)
        files[f"{name}.shp"] = bytes(data)
        return code, f"{name}.shp", ID[name], field

    return plant


def index_moved(files: Files, name: str) -> Expected:
    data = bytearray(files[f"{name}.shx"])
    struct.pack_into(">i", data, 100, 54)
    files[f"{name}.shx"] = bytes(data)
    return "SHAP02", f"{name}.shx", ID[name], "offset, length"


def deleted(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.flags[0] = b"*"
    return "SHAP08", f"{name}.dbf", "#1", ""


# --- fields -----------------------------------------------------------------------------------


def renamed(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.fields[table.place(TEXT[name])][0] = "TEN_MOI"
    return "FLDS01", f"{name}.dbf", "", TEXT[name]


def lower(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.fields[table.place(TEXT[name])][0] = TEXT[name].lower()
    return "FLDS01", f"{name}.dbf", "", TEXT[name]


def dropped(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        place = table.place(NUMBER[name])
        del table.fields[place]
        for row in table.rows:
            del row[place]
    return "FLDS01", f"{name}.dbf", "", NUMBER[name]


def strange(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.fields.append(["THEM", "C", 4, 0])
        for row in table.rows:
            row.append(b"abcd")
    return "FLDS02", f"{name}.dbf", "", "THEM"


def text_for_number(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        field = table.fields[table.place(NUMBER[name])]
        field[1], field[3] = "C", 0
    return "FLDS03", f"{name}.dbf", "", NUMBER[name]


def number_for_text(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.fields[table.place(TEXT[name])][1] = "N"
    return "FLDS03", f"{name}.dbf", "", TEXT[name]


def rounded(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        place = table.place(NUMBER[name])
        table.fields[place][3] = 1
        for row in table.rows:
            row[place] = f"{float(row[place]):.1f}".encode().rjust(table.fields[place][2])
    return "FLDS04", f"{name}.dbf", "", NUMBER[name]


def twice(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        place = table.place(NUMBER[name])
        table.fields.append([*table.fields[place]])
        for row in table.rows:
            row.append(row[place])
    return "FLDS05", f"{name}.dbf", "", NUMBER[name]


def reordered(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        for row in (table.fields, *table.rows):
            row[1], row[2] = row[2], row[1]
    return "FLDS06", f"{name}.dbf", "", ""


# --- rows --------------------------------------------------------------------------------------


def with_rows(files: Files, name: str, change: Callable[[list], list]) -> None:
    """The rows of table and outlines alike, changed."""
    table, shapes = Dbf(files[f"{name}.dbf"]), shapes_of(files[f"{name}.shp"])
    pairs = change(list(zip(table.rows, shapes, strict=True)))
    table.rows, table.flags = [list(row) for row, _ in pairs], [b" "] * len(pairs)
    files[f"{name}.dbf"] = table.bytes()
    put_shapes(files, name, [shape for _, shape in pairs])


def row_missing(files: Files, name: str) -> Expected:
    with_rows(files, name, lambda pairs: pairs[1:])
    return "ROWS05", f"{name}.dbf", ID[name], KEY[name]


def row_count(files: Files, name: str) -> Expected:
    with_rows(files, name, lambda pairs: pairs[1:])
    return "ROWS01", f"{name}.dbf", "", ""


def no_row(files: Files, name: str) -> Expected:
    with_rows(files, name, lambda pairs: [])
    return "ROWS05", f"{name}.dbf", ID[name], KEY[name]


def row_twice(files: Files, name: str) -> Expected:
    with_rows(files, name, lambda pairs: [*pairs, pairs[0]])
    return "ROWS03", f"{name}.dbf", ID[name], KEY[name]


def no_id(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.set(0, KEY[name], b"")
    return "ROWS02", f"{name}.dbf", "#1", KEY[name]


def other_id(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.set(0, KEY[name], b"X-9")
    return "ROWS04", f"{name}.dbf", "X-9", KEY[name]


def same_id(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.set(1, KEY[name], ID[name].encode())
    return "ROWS03", f"{name}.dbf", ID[name], KEY[name]


def one_outline_more(files: Files, name: str) -> Expected:
    shapes = shapes_of(files[f"{name}.shp"])
    put_shapes(files, name, [*shapes, shapes[0]])
    return "SHAP07", f"{name}.dbf", "", ""


# --- cells -------------------------------------------------------------------------------------


def text_cell(code: str, change: Callable[[str], bytes]) -> Plant:
    def plant(files: Files, name: str) -> Expected:
        with table_of(files, name) as table:
            table.set(0, TEXT[name], change(table.text(0, TEXT[name])))
        return code, f"{name}.dbf", ID[name], TEXT[name]

    return plant


def number_cell(code: str, change: Callable[[str], str]) -> Plant:
    def plant(files: Files, name: str) -> Expected:
        with table_of(files, name) as table:
            told = table.text(0, NUMBER[name]).strip()
            table.set(0, NUMBER[name], change(told).encode())
        return code, f"{name}.dbf", ID[name], NUMBER[name]

    return plant


def cell(field: str, value: str, code: str) -> Plant:
    def plant(files: Files, name: str) -> Expected:
        with table_of(files, name) as table:
            table.set(0, field, value.encode())
        return code, f"{name}.dbf", ID[name], field

    return plant


def filled(files: Files, name: str) -> Expected:
    with table_of(files, name) as table:
        table.set(0, EMPTY[name], b"1.5")
    return "CELL11", f"{name}.dbf", ID[name], EMPTY[name]


def misread(codec: str) -> Callable[[str], bytes]:
    """UTF-8 taken for another code page; what is undefined there, Windows reads as a control."""

    def change(text: str) -> bytes:
        told = ""
        for byte in text.encode():
            try:
                told += bytes([byte]).decode(codec)
            except UnicodeDecodeError:
                told += chr(byte)
        return told.encode()

    return change


# Letters of the names used here, as TCVN 5712:1993 VN3 has them (its table, byte by byte).
TCVN3 = {"Đ": 0xA7, "đ": 0xAE, "ề": 0xD2, "ụ": 0xF4, "ú": 0xF3, "ộ": 0xE9, "ạ": 0xB9, "à": 0xB5,
         "ả": 0xB6, "ế": 0xD5, "ơ": 0xAC, "ổ": 0xE6, "ê": 0xAA, "ư": 0xAD, "ớ": 0xED, "ì": 0xD7,
         "ọ": 0xE4, "ứ": 0xF8, "í": 0xDD, "ị": 0xDE, "á": 0xB8, "ệ": 0xD6, "ỉ": 0xD8, "ó": 0xE3,
         "ô": 0xAB, "ă": 0xA8, "â": 0xA9, "é": 0xD0, "è": 0xCC, "ò": 0xDF, "ắ": 0xBE, "ẽ": 0xCF,
         "ấ": 0xCA, "ậ": 0xCB, "ằ": 0xBB, "ể": 0xD3, "ừ": 0xF5, "ữ": 0xF7, "ử": 0xF6, "ự": 0xF9,
         "ý": 0xFD, "ỏ": 0xE1, "ồ": 0xE5, "ố": 0xE8, "ù": 0xEF, "ủ": 0xF1, "ở": 0xEB, "ợ": 0xEE,
         "ờ": 0xEA, "ã": 0xB7, "ũ": 0xF2, "ẻ": 0xCE}  # fmt: skip


def in_1258(text: str) -> bytes:
    """windows-1258: a letter with its hat, then its tone as a mark of its own."""
    told = ""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
        told += unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones)) + tones
    return told.encode("cp1258")


def in_vni(text: str) -> bytes:
    """VNI: a plain letter, then a mark for its hat and tone (those of the names used here)."""
    marks = {"ề": "eà", "ụ": "uï", "ộ": "oä", "ạ": "aï", "ả": "aû", "à": "aø", "ì": "ì", "ọ": "oï",
             "ứ": "öù", "í": "í", "Đ": "Ñ", "đ": "ñ", "ô": "oâ", "ư": "ö", "ê": "eâ", "á": "aù",
             "ế": "eá", "ú": "uù", "ị": "ò", "ớ": "ôù", "ể": "eå", "ỉ": "æ", "ĩ": "ó", "ệ": "eä",
             "ó": "où", "ố": "oá", "ơ": "ô", "ấ": "aá", "ắ": "aé", "ý": "yù"}  # fmt: skip
    return "".join(marks.get(letter, letter) for letter in text).encode("latin-1")


def in_tcvn3(text: str) -> bytes:
    return bytes(TCVN3.get(c, ord(c) if c.isascii() else 0) for c in text)


# --- outlines ----------------------------------------------------------------------------------

Change = Callable[[list], list | None]


def shape(code: str, change: Change, kind: int = 5, *, layer_wide: bool = False) -> Plant:
    def plant(files: Files, name: str) -> Expected:
        change_shapes(files, name, 0, change, kind)
        field = "" if layer_wide else "geometry"
        return code, f"{name}.shp", "" if layer_wide else ID[name], field

    return plant


def each(move: Callable[[float, float], tuple[float, float]]) -> Change:
    return lambda rings: [[move(x, y) for x, y in ring] for ring in rings]


def bow_tie(rings: list) -> list:
    (a, b, c, d, *rest), *others = rings
    return [[a, c, b, d, *rest], *others]


def first_vertex(east: float, north: float) -> Change:
    def change(rings: list) -> list:
        (x, y), *rest = rings[0]
        moved = (x + east, y + north)
        return [[moved, *rest[:-1], moved], *rings[1:]]

    return change


def unshifted(x: float, y: float) -> tuple[float, float]:
    """Right coordinates put through WGS 84, and back as if that were VN-2000."""
    to = Transformer.from_crs(9213, 4326, always_xy=True)
    back = Transformer.from_crs(CRS.from_epsg(9213).geodetic_crs, 9213, always_xy=True)
    return back.transform(*to.transform(x, y))


def shifted_twice(x: float, y: float) -> tuple[float, float]:
    to = Transformer.from_crs(9213, CRS.from_epsg(9213).geodetic_crs, always_xy=True)
    back = Transformer.from_crs(4326, 9213, always_xy=True)
    return back.transform(*to.transform(x, y))


def degrees(x: float, y: float) -> tuple[float, float]:
    return Transformer.from_crs(9213, 4326, always_xy=True).transform(x, y)


def exchanged(files: Files, name: str) -> Expected:
    first, second = shapes_of(files[f"{name}.shp"])
    put_shapes(files, name, [second, first])
    return "OUTL08", f"{name}.shp", SECOND[name], "geometry"


def with_extra_part(rings: list) -> list:
    return [*rings, [(x + 1, y + 1) for x, y in TINY]]


def with_one_more(rings: list) -> list:
    (a, b, *rest), *others = rings
    return [[a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), b, *rest], *others]


TINY = [(430_450.0, 2_380_950.0), (430_450.0, 2_380_951.0), (430_451.0, 2_380_951.0),
        (430_451.0, 2_380_950.0), (430_450.0, 2_380_950.0)]  # fmt: skip

PLANTS: dict[str, Plant] = {
    "no .shp": without(".shp", "FILE04"),
    "no .shx": without(".shx", "FILE04"),
    "no .dbf": without(".dbf", "FILE04"),
    "no .prj": without(".prj", "PROJ01"),
    "no .cpg": without(".cpg", "CPGF01"),
    "meridian 105": instead(".prj", wkt(9214), "PROJ03"),
    "UTM": instead(".prj", wkt(3405), "PROJ03"),
    "WGS 84": instead(".prj", wkt(4326), "PROJ03"),
    "another datum": instead(".prj", OTHER_DATUM, "PROJ03"),
    "geographic VN-2000": instead(".prj", wkt(4756), "PROJ03"),
    ".prj empty": instead(".prj", "", "PROJ02"),
    ".prj no WKT": instead(".prj", "VN-2000 106-30", "PROJ02"),
    ".cpg 1258": instead(".cpg", "1258", "CPGF02"),
    ".cpg empty": instead(".cpg", "", "CPGF02"),
    ".shp file code": poked(".shp", 0, ">i", 9995, "SHAP01", "file code"),
    ".shp length": poked(".shp", 24, ">i", 51, "SHAP01", "length"),
    ".shp version": poked(".shp", 28, "<i", 999, "SHAP01", "version"),
    ".shp box": poked(".shp", 36, "<d", 1.0, "SHAP06"),
    ".shp cut": cut(".shp", 16, "SHAP03", row=True, field="record length"),
    ".shx cut": cut(".shx", 8, "SHAP02", field="records"),
    ".shx type": poked(".shx", 32, "<i", 3, "SHAP02", "shape type"),
    ".shx offset": index_moved,
    ".dbf cut": cut(".dbf", 300, "SHAP05"),
    ".dbf count": poked(".dbf", 4, "<I", 1, "SHAP05"),
    ".dbf row length": poked(".dbf", 10, "<H", 77, "SHAP04", "row length"),
    ".dbf header length": poked(".dbf", 8, "<H", 65, "SHAP04", "header length"),
    ".dbf version": poked(".dbf", 0, "<B", 4, "SHAP04", "version"),
    "row marked deleted": deleted,
    "record number": in_record(0, ">i", 7, "SHAP03", "record number"),
    "record box": in_record(12, "<d", 1.0, "SHAP06", "geometry"),
    "ring count": in_record(44, "<i", 99, "SHAP03", "geometry"),
    "ring start": in_record(52, "<i", 3, "SHAP03", "geometry"),
    "field renamed": renamed,
    "field in lower case": lower,
    "field dropped": dropped,
    "field added": strange,
    "number as text": text_for_number,
    "text as number": number_for_text,
    "decimals lost": rounded,
    "field twice": twice,
    "fields reordered": reordered,
    "row missing": row_missing,
    "row count": row_count,
    "no row": no_row,
    "row twice": row_twice,
    "id empty": no_id,
    "id other": other_id,
    "id twice": same_id,
    "one outline more": one_outline_more,
    "UTF-8 as 1252": text_cell("CELL02", misread("cp1252")),
    "UTF-8 as 1258": text_cell("CELL02", misread("cp1258")),
    "TCVN3": text_cell("CELL03", in_tcvn3),
    "VNI": text_cell("CELL03", in_vni),
    "TCVN3 in UTF-8": text_cell("CELL03", lambda t: in_tcvn3(t).decode("latin-1").encode()),
    "bytes of 1258": text_cell("CELL03", in_1258),
    "no UTF-8": text_cell("CELL01", lambda t: b"abc\xff\xfe"),
    "text cut": text_cell("CELL04", lambda t: t[:-2].encode()),
    "decomposed": text_cell("CELL05", lambda t: unicodedata.normalize("NFD", t).encode()),
    "question marks": text_cell("CELL06", lambda t: t.encode("ascii", "replace")),
    "lost letters": text_cell("CELL06", lambda t: t.replace(t[-1], "\ufffd").encode()),
    "control character": text_cell("CELL06", lambda t: t.encode() + b"\x07"),
    "diacritics dropped": text_cell("CELL08", lambda t: b"Dong Dat"),
    "text empty": text_cell("CELL09", lambda t: b""),
    "text other": text_cell("CELL08", lambda t: t.encode() + b" 2"),
    "number changed": number_cell("CELL08", lambda t: f"{float(t) + 0.0001:.4f}"),
    "number in another unit": number_cell("CELL08", lambda t: f"{float(t) * 100:.4f}"),
    "number with comma": number_cell("CELL07", lambda t: t.replace(".", ",")),
    "number unreadable": number_cell("CELL07", lambda t: "1.2.3"),
    "number empty": number_cell("CELL09", lambda t: ""),
    "null filled": filled,
    "code unknown": cell("NGUON_HINH", "drawn", "CELL10"),
    "code of another": cell("NGUON_HINH", "digitised", "CELL08"),
    "no outline": shape("OUTL01", lambda rings: None),
    "lines": shape("OUTL02", lambda rings: rings, 3, layer_wide=True),
    "three dimensions": shape("OUTL02", lambda rings: rings, 15, layer_wide=True),
    "ring turned": shape("OUTL03", lambda rings: [ring[::-1] for ring in rings]),
    "bow tie": shape("OUTL04", bow_tie),
    "out of the province": shape("OUTL05", each(lambda x, y: (x + 30_000, y))),
    "zone of 105": shape("OUTL05", each(lambda x, y: (x + 155_000, y))),
    "axes swapped": shape("OUTL06", each(lambda x, y: (y, x))),
    "shift left out": shape("OUTL07", each(unshifted)),
    "shift applied twice": shape("OUTL07", each(shifted_twice)),
    "moved a metre": shape("OUTL08", each(lambda x, y: (x + 1, y))),
    "moved 5 mm": shape("OUTL08", each(lambda x, y: (x, y + 0.005))),
    "one vertex moved": shape("OUTL08", first_vertex(-0.005, 0.0)),
    "vertex added": shape("OUTL08", with_one_more),
    "part added": shape("OUTL08", with_extra_part),
    "ring open": shape("OUTL09", lambda rings: [rings[0][:-1], *rings[1:]]),
    "ring of two": shape("OUTL09", lambda rings: [[rings[0][0], rings[0][1], rings[0][0]]]),
    "no number": shape("OUTL10", first_vertex(float("nan"), 0.0)),
    "infinite": shape("OUTL10", first_vertex(float("inf"), 0.0)),
    "degrees": shape("OUTL10", each(degrees)),
    "outlines exchanged": exchanged,
    "measured area": cell("DT_GIS", "9.9", "HECT01"),
    "measured in m²": cell("DT_GIS", "10000", "HECT01"),
    "geodesic area": cell("DT_ELIP", "9.9", "HECT02"),
}  # fmt: skip
NOT_OF_OTHERS = {"fields reordered": "another writer may order fields as it likes"}


def test_there_are_at_least_sixty_kinds() -> None:
    assert len(PLANTS) >= 60
    assert len(PLANTS) + len(ELSEWHERE) + len(IN_THE_TWIN) >= 100


@pytest.mark.parametrize("kit", ["ours", "whole", "gdals"])
def test_in_a_clean_kit_nothing_is_found(
    kit: str, request: pytest.FixtureRequest, judge: Callable[[Files], Verification]
) -> None:
    found = judge(request.getfixturevalue(kit))
    assert places(found) == []
    assert found.verdict == "proven"
    assert all(found.layers[f"shp {layer}"] == 2 for layer in LAYER_OF.values())


PLANTS_OF_MANY = {"no row", "id twice", "record number"}


def strangers(found: Verification, expected: Expected, name: str, kind: str) -> list[Fault]:
    """The faults that speak of another layer, or of a row that was left alone."""
    rows = {"", "#1", ID[name], "X-9", expected[2]}
    if PLANTS_OF_MANY & {kind}:
        rows |= {SECOND[name], "#2"}
    whole = expected[2] in ("", SECOND[name])
    return [
        item
        for item in found.faults
        if item.code not in OF_THE_FILES
        and (item.layer != LAYER_OF[name] or not (whole or item.row in rows))
    ]


@pytest.mark.parametrize("kind", PLANTS)
@pytest.mark.parametrize("name", ALL)
def test_a_fault_is_found_at_its_place(
    kind: str,
    name: str,
    ours: Files,
    gdals: Files,
    judge: Callable[[Files], Verification],
) -> None:
    damaged = dict(ours)
    expected = PLANTS[kind](damaged, name)
    kits = {"left alone": damaged, "rewritten": with_manifest_rewritten(damaged)}
    foreign = dict(gdals)
    kits["another writer"] = foreign
    if PLANTS[kind](foreign, name) != expected:
        raise AssertionError("the fault must be the same in both kits")
    for whose, files in kits.items():
        found = judge(files)
        assert expected in places(found), (whose, places(found)[:6])
        assert strangers(found, expected, name, kind) == [], whose
        if whose == "left alone":
            assert {"FILE01", "FILE03"} & {item.code for item in found.faults}
        if whose == "rewritten":
            assert "FILE03" not in {item.code for item in found.faults}


# --- what is not in every layer -----------------------------------------------------------------


def totals(files: Files) -> Expected:
    with table_of(files, "kcn") as table:
        table.set(0, "DT_QH", b"2.0000")
    return "HECT03", "kcn.dbf", "", "DT_QH"


def totals_kept(files: Files) -> Expected:
    """Two areas exchanged: the total holds, the rows do not."""
    with table_of(files, "kcn") as table:
        first, second = table.text(0, "DT_QH"), table.text(1, "DT_QH")
        table.set(0, "DT_QH", second.strip().encode())
        table.set(1, "DT_QH", first.strip().encode())
    return "CELL08", "kcn.dbf", "KCN-2", "DT_QH"


def hole_turned(files: Files) -> Expected:
    change_shapes(files, "ccn", 0, lambda rings: [rings[0], rings[1][::-1]])
    return "OUTL03", "ccn.shp", "CCN-01", "geometry"


def hole_dropped(files: Files) -> Expected:
    change_shapes(files, "ccn", 0, lambda rings: rings[:1])
    return "OUTL08", "ccn.shp", "CCN-01", "geometry"


def part_dropped(files: Files) -> Expected:
    change_shapes(files, "kcn", 1, lambda rings: rings[:1])
    return "OUTL08", "kcn.shp", "KCN-2", "geometry"


def cut_within_a_letter(files: Files) -> Expected:
    """A long text put into its field without care: the last letter loses a byte."""
    with table_of(files, "kcn") as table:
        width = table.fields[table.place("CHUC_NANG")][2]
        table.set(0, "CHUC_NANG", ("a" + "ế" * 100).encode()[:width])
        assert table.rows[0][table.place("CHUC_NANG")][-1:] != b" "
    return "CELL04", "kcn.dbf", "KCN-1", "CHUC_NANG"


def short_form_unmarked(files: Files) -> Expected:
    with table_of(files, "kcn") as table:
        table.set(0, "CHUC_NANG", table.text(0, "CHUC_NANG").split("… [")[0].encode())
    return "CELL04", "kcn.dbf", "KCN-1", "CHUC_NANG"


def side_table(name: str, code: str, row: str, field: str, change: Callable[[str], str]):
    def plant(files: Files) -> Expected:
        text = change(files[name].decode("utf-8-sig"))
        files[name] = text.encode("utf-8-sig")
        return code, name, row, field

    return plant


def side_gone(files: Files) -> Expected:
    del files["chuc_nang.csv"]
    return "SIDE01", "chuc_nang.csv", "", ""


def long_texts_gone(files: Files) -> Expected:
    del files["van_ban_dai.csv"]
    return "SIDE01", "van_ban_dai.csv", "", ""


def side_not_utf8(files: Files) -> Expected:
    text = files["chuc_nang.csv"].decode("utf-8-sig")
    files["chuc_nang.csv"] = text.encode("utf-16")
    return "SIDE02", "chuc_nang.csv", "", ""


def gone(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def without_row(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if "KCN-2" not in line)


ELSEWHERE: dict[str, Callable[[Files], Expected]] = {
    "total": totals,
    "total kept": totals_kept,
    "hole turned": hole_turned,
    "hole dropped": hole_dropped,
    "part dropped": part_dropped,
    "cut within a letter": cut_within_a_letter,
    "short form unmarked": short_form_unmarked,
    "side table gone": side_gone,
    "long texts gone": long_texts_gone,
    "side table UTF-16": side_not_utf8,
    "side text changed": side_table(
        "chuc_nang.csv", "SIDE04", "KCN-1", "CHUC_NANG", gone("khoáng sản", "khoáng")
    ),
    "side text misread": side_table(
        "chuc_nang.csv", "CELL02", "KCN-1", "TEN_KHU",
        gone("KCN Điềm Thụy", misread("cp1252")("KCN Điềm Thụy").decode()),
    ),
    "side row gone": side_table("chuc_nang.csv", "SIDE03", "KCN-2", "", without_row),
    "side column renamed": side_table(
        "chuc_nang.csv", "SIDE03", "", "head", gone("CHUC_NANG", "CHUCNANG")
    ),
    "long text cut": side_table(
        "van_ban_dai.csv", "CELL04", "xa 00001 DVHC_07_25", "NOI_DUNG", lambda t: t[:-20]
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_a_fault_of_one_layer_or_of_a_side_table_is_found(
    kind: str, ours: Files, gdals: Files, judge: Callable[[Files], Verification]
) -> None:
    damaged, foreign = dict(ours), dict(gdals)
    expected = ELSEWHERE[kind](damaged)
    assert ELSEWHERE[kind](foreign) == expected
    for files in (damaged, with_manifest_rewritten(damaged), foreign):
        found = judge(files)
        assert expected in places(found), places(found)[:6]


# --- GeoPackage ----------------------------------------------------------------------------------


def statement(sql: str, code: str, layer: str, row: str, field: str) -> Callable:
    def plant(files: Files) -> tuple[str, str, str, str]:
        with database_of(files, "toy.gpkg") as database:
            assert database.execute(sql).rowcount != 0
        return code, layer, row, field

    return plant


def update(layer: str, field: str, value: str, row: str, code: str) -> Callable:
    key = {"zones": "site_id", "clusters": "site_id", "communes": "unit_code",
           "districts": "district", "craft_points": "point_id"}[layer]  # fmt: skip
    sql = f"UPDATE {layer} SET {field} = {value} WHERE {key} = '{row}'"
    return statement(sql, code, layer, row, field)


def blob_moved(files: Files) -> tuple[str, str, str, str]:
    with database_of(files, "toy.gpkg") as database:
        ((blob,),) = database.execute("SELECT geom FROM zones WHERE site_id = 'KCN-1'").fetchall()
        data = bytearray(blob)
        (x,) = struct.unpack_from("<d", data, len(data) - 16)
        struct.pack_into("<d", data, len(data) - 16, x)
        at = 8 + 32 + 9 + 9 + 4 + 16  # header, envelope, multi, polygon, ring, first vertex
        (x,) = struct.unpack_from("<d", data, at)
        struct.pack_into("<d", data, at, x - 0.01)
        database.execute("UPDATE zones SET geom = ? WHERE site_id = 'KCN-1'", (bytes(data),))
    return "OUTL08", "zones", "KCN-1", "geometry"


def no_geopackage(files: Files) -> tuple[str, str, str, str]:
    del files["toy.gpkg"]
    return "FILE05", "", "", ""


def cut_geopackage(files: Files) -> tuple[str, str, str, str]:
    files["toy.gpkg"] = files["toy.gpkg"][:20_000]
    return "GPKG01", "", "", ""


IN_THE_TWIN: dict[str, Callable] = {
    "gone": no_geopackage,
    "cut": cut_geopackage,
    "no SQLite": lambda files: files.update({"toy.gpkg": b"PK"}) or ("GPKG01", "", "", ""),
    "application": statement(
        "PRAGMA application_id = 0", "GPKG02", "", "", "application_id"
    ),
    "no contents": statement("DROP TABLE gpkg_contents", "GPKG02", "", "", "gpkg_contents"),
    "layer unlisted": statement(
        "DELETE FROM gpkg_geometry_columns WHERE table_name = 'zones'", "GPKG03", "zones", "", ""
    ),
    "system": statement(
        "UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'communes'",
        "GPKG04", "communes", "", "srs_id",
    ),
    "extent": statement(
        "UPDATE gpkg_contents SET min_x = 0 WHERE table_name = 'communes'",
        "GPKG07", "communes", "", "extent",
    ),
    "text": update("zones", "name", "'KCN Diem Thuy'", "KCN-1", "CELL08"),
    "text cut": update("zones", "function_text", "substr(function_text, 1, 100)", "KCN-1",
                       "CELL04"),
    "text misread": update("communes", "unit_name", "'Ä\u0090á»™ng Ä\u0090áº¡t'", "00001",
                           "CELL02"),
    "number": update("clusters", "stated_ha", "0.76", "CCN-01", "CELL08"),
    "number as text": update("clusters", "stated_ha", "'nhiều'", "CCN-01", "CELL08"),
    "null": update("districts", "official_km2", "NULL", "Huyện Đại Từ", "CELL09"),
    "null filled": update("communes", "registered_ha", "0", "00001", "CELL11"),
    "code": update("craft_points", "provenance", "'drawn'", "P1", "CELL10"),
    "area": update("craft_points", "measured_ha", "2", "P1", "HECT01"),
    "outline gone": statement(
        "UPDATE zones SET geom = NULL WHERE site_id = 'KCN-2'", "OUTL01", "zones", "KCN-2",
        "geometry",
    ),
    "outline broken": statement(
        "UPDATE zones SET geom = x'4750' WHERE site_id = 'KCN-2'", "GPKG05", "zones", "KCN-2",
        "geom",
    ),
    "outline of another": statement(
        "UPDATE zones SET geom = (SELECT geom FROM clusters WHERE site_id = 'CCN-02')"
        " WHERE site_id = 'KCN-1'", "OUTL08", "zones", "KCN-1", "geometry",
    ),
    "vertex": blob_moved,
    "row gone": statement("DELETE FROM clusters WHERE site_id = 'CCN-02'", "ROWS05", "clusters",
                          "CCN-02", "site_id"),
    "id twice": statement("UPDATE clusters SET site_id = 'CCN-01'", "ROWS03", "clusters",
                          "CCN-01", "site_id"),
    "field renamed": statement("ALTER TABLE zones RENAME COLUMN name TO ten", "FLDS01", "zones",
                               "", "name"),
    "field added": statement("ALTER TABLE zones ADD COLUMN more TEXT", "FLDS02", "zones", "",
                             "more"),
    "style": statement(
        "UPDATE layer_styles SET styleQML = ''", "FILE07", "", "", "layer_styles"
    ),
    "total": update("zones", "stated_ha", "2", "KCN-1", "HECT03"),
}  # fmt: skip


@pytest.mark.parametrize("kind", IN_THE_TWIN)
def test_a_fault_of_the_geopackage_is_found(
    kind: str, whole: Files, judge: Callable[[Files], Verification]
) -> None:
    damaged = dict(whole)
    code, layer, row, field = IN_THE_TWIN[kind](damaged)
    if code == "HECT03":
        row = ""
    for files in (damaged, with_manifest_rewritten(damaged)):
        found = [
            (item.code, item.file, item.layer, item.row, item.field) for item in judge(files).faults
        ]
        assert (code, "toy.gpkg", layer, row, field) in found, found[:6]


# --- what no reader judges: the plan's kit is made again ----------------------------------------


def added(files: Files) -> tuple[str, str]:
    files["ghi_chu.txt"] = b"x"
    return "FILE02", "ghi_chu.txt"


def in_a_document(name: str) -> Callable[[Files], tuple[str, str]]:
    def plant(files: Files) -> tuple[str, str]:
        files[name] = files[name].replace(b"e", b"a", 1)
        return "FILE07", name

    return plant


def no_readme(files: Files) -> tuple[str, str]:
    del files["DOC_TRUOC.txt"]
    return "FILE05", "DOC_TRUOC.txt"


DOCUMENTS = {
    "added": added,
    "readme gone": no_readme,
    "report": in_a_document("bao_cao_kiem_tra.html"),
    "style": in_a_document("kcn.qml"),
    "readme": in_a_document("DOC_TRUOC.txt"),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_that_is_not_the_plans_is_found_though_the_manifest_was_rewritten(
    kind: str, ours: Files, judge: Callable[[Files], Verification]
) -> None:
    damaged = dict(ours)
    expected = DOCUMENTS[kind](damaged)
    assert [(item.code, item.file) for item in judge(with_manifest_rewritten(damaged)).faults] == [
        expected
    ]


# --- the manifest itself -------------------------------------------------------------------------


def said(path: str, value: object) -> Callable[[Files], tuple[str, str]]:
    """The manifest with one of its statements changed."""

    def plant(files: Files) -> tuple[str, str]:
        manifest = json.loads(files[MANIFEST])
        *where, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        part = manifest
        for step in where:
            part = part[step]
        assert part[last] != value
        part[last] = value
        files[MANIFEST] = json.dumps(manifest).encode()
        if path.startswith("layers."):
            return "MANI03", f"layers.{manifest['layers'][int(where[1])]['layer']}.{last}"
        return "MANI03", path

    return plant


SAID: dict[str, Callable[[Files], tuple[str, str]]] = {
    "title": said("plan.title_vi", "Quy hoạch khác"),
    "status": said("plan.status_vi", "đang có hiệu lực"),
    "crs": said("plan.crs", "EPSG:9214"),
    "forced": said("forced", False),
    "findings": said("checks.warnings", 99),
    "confirmed": said("profile.verified", "yes"),
    "rows": said("layers.0.rows", 3),
    "extent": said("layers.0.extent", [0, 0, 1, 1]),
    "stated": said("layers.0.stated_ha", "9"),
    "total": said("layers.0.decision_total", None),
    "provenance": said("layers.0.provenance", {"surveyed": 2}),
    "fields": said("layers.0.fields", []),
}  # fmt: skip


@pytest.mark.parametrize("kind", SAID)
def test_what_the_manifest_says_wrongly_is_found(
    kind: str, ours: Files, judge: Callable[[Files], Verification]
) -> None:
    damaged = dict(ours)
    expected = SAID[kind](damaged)
    assert expected in [(item.code, item.field) for item in judge(damaged).faults]


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"manifest_version": 2}'])
def test_a_manifest_that_cannot_be_read_is_a_fault_and_the_data_are_judged_all_the_same(
    data: bytes, ours: Files, plan: Plan, standard: Standard
) -> None:
    files = dict(ours) | {MANIFEST: data}
    with table_of(files, "kcn") as table:
        table.set(0, "TEN_KHU", b"x")
    found = verify(Kit("kit", files), Question(lambda: plan, against=plan, standard=standard))
    assert {item.code for item in found.faults} == {"MANI02", "CELL08"}


# --- the table of faults ------------------------------------------------------------------------


def test_a_bare_geopackage_beside_shapefiles_is_judged_too(
    whole: Files, judge: Callable[[Files], Verification]
) -> None:
    bare = {name: data for name, data in whole.items() if name != MANIFEST}
    assert places(judge(bare)) == []
    with database_of(bare, "toy.gpkg") as database:
        database.execute("UPDATE zones SET name = 'x'")
    assert {item.row for item in judge(bare).faults} == {"KCN-1", "KCN-2"}


def test_codes_are_unique_well_formed_and_no_rule_has_one() -> None:
    from gis.checks import RULES

    codes = [kind.code for kind in FAULTS]
    assert len(codes) == len(set(codes))
    assert all(len(code) == 6 and code[:4].isupper() and code[4:].isdigit() for code in codes)
    assert not {code[:4] for code in codes} & {rule.code[:4] for rule in RULES}
    for kind in FAULTS:
        for text in (kind.title, kind.mend):
            assert text.vi
            assert text.en
            assert text.vi != text.en
        assert kind.title.vi.endswith(".")
        assert kind.title.en.endswith(".")
