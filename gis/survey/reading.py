"""A file, a zip archive or pasted text to rows: what it is, is told by its content, not its name.

The reader works on a copy of just the parts that belong together, in a folder of its own: nothing
beside the file is looked at, and what was judged is what is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from gis.errors import Problem
from gis.language import Text, say
from gis.survey.corners import read_corners
from gis.survey.documents import document_grids
from gis.survey.geodata import read_drawing, read_features, read_parquet
from gis.survey.grids import Grid, text_grids, workbook_grids
from gis.survey.markup import refuse_entities
from gis.survey.model import SurveyError, SurveyFile, SurveyLayer
from gis.survey.registers import read_register
from gis.survey.shapefiles import SHAPEFILE_PARTS, check_shapefile

STDIN = "-"
MOST_BYTES = 256 * 2**20  # a province's communes at full detail are a tenth of this
MOST_MEMBERS = 500  # files in one archive
MOST_RATIO = 200.0  # how much smaller an honest archive is than what it holds
REGISTERS = ("craft", "occupancy")
COMPANIONS: Mapping[str, tuple[str, ...]] = {
    ".shp": SHAPEFILE_PARTS,
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
WHOLE = frozenset(
    [
        ".shp",
        ".gpkg",
        ".geojson",
        ".json",
        ".kml",
        ".tab",
        ".mif",
        ".dxf",
        ".dgn",
        ".fgb",
        ".parquet",
        ".csv",
        ".xlsx",
        ".txt",
    ]
)
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
DGN_HEADS = (b"\x08\x09\xfe\x02", b"\xc8\x09\xfe\x02")  # in two and in three dimensions
NO_WAY_IN: tuple[tuple[bytes, Text, Text], ...] = (
    (
        b"AC10",
        say("là bản vẽ DWG", "is a DWG drawing"),
        say("trong AutoCAD lưu lại dạng DXF", "save it as DXF in AutoCAD"),
    ),
    (
        b"%PDF",
        say("là tệp PDF", "is a PDF"),
        say("chép bảng tọa độ vào tệp CSV hoặc XLSX", "copy its table into a CSV or XLSX file"),
    ),
    (
        b"Rar!",
        say("là tệp nén RAR", "is a RAR archive"),
        say("giải nén rồi chỉ tới tệp bên trong", "unpack it and name the file inside"),
    ),
    (
        b"7z\xbc\xaf",
        say("là tệp nén 7z", "is a 7z archive"),
        say("giải nén rồi chỉ tới tệp bên trong", "unpack it and name the file inside"),
    ),
)
READABLE = say(
    "dùng shapefile, GeoPackage, GeoJSON, KML/KMZ, MapInfo TAB/MIF, DXF, DGN v7, FlatGeobuf, "
    "GeoParquet, hoặc bảng kê tọa độ dạng CSV, XLSX, văn bản",
    "use a shapefile, GeoPackage, GeoJSON, KML/KMZ, MapInfo TAB/MIF, DXF, DGN v7, FlatGeobuf, "
    "GeoParquet, or a table of corner points as CSV, XLSX or text",
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A private copy of a file and of the parts that belong to it, with their hashes."""

    name: str  # as the user gave it
    main: Path
    parts: Mapping[str, str]  # name to sha256
    inside: str = ""  # the member of an archive


def read_survey(source: str, layer: SurveyLayer, source_layer: str | None = None) -> SurveyFile:
    """Everything one file says; `-` reads what is pasted on standard input.

    Raises: SurveyError.
    """
    with snapshot(source) as copied:
        return _read(copied, layer, source_layer)


def _read(copied: Snapshot, layer: SurveyLayer, source_layer: str | None) -> SurveyFile:
    head = copied.main.open("rb").read(4096)
    form = form_of(copied, head)
    grids: list[Grid] | None = None
    match form:
        case "xlsx":
            grids = workbook_grids(copied.name, copied.main)
        case "docx":
            grids = document_grids(copied.name, copied.main)
        case "text":
            grids = text_grids(copied.name, copied.main.read_bytes())
    if grids is not None:
        read = read_register if layer in REGISTERS else read_corners
        return read(copied.name, copied.parts, form, grids, layer, source_layer)
    if form == "parquet":
        return read_parquet(copied.name, copied.parts, copied.main, layer)
    if form == "dxf":
        _refuse_cut_drawing(copied)
    if form in ("dxf", "dgn"):
        return read_drawing(copied.name, copied.parts, copied.main, form, layer)
    if form == "kml":
        refuse_entities(copied.name, copied.main.read_bytes())
    if form == "shp":
        check_shapefile(copied.name, copied.main)
    return read_features(copied.name, copied.parts, copied.main, form, layer, source_layer)


def _refuse_cut_drawing(copied: Snapshot) -> None:
    """A drawing in text ends with a line that says so."""
    with copied.main.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, copied.main.stat().st_size - 64))
        is_whole = head == b"Auto" or file.read().split()[-1:] == [b"EOF"]
    if not is_whole:
        raise _refused(
            copied.name,
            say("bản vẽ bị cắt: không có EOF ở cuối", "is cut: it does not end with EOF"),
            say("lưu lại hoặc chép lại bản vẽ", "save or copy the drawing again"),
        )


# --- what it is ----------------------------------------------------------------------------------


def form_of(copied: Snapshot, head: bytes) -> str:
    """The kind of file by how it begins, and only where that leaves a choice by its name.

    Raises: SurveyError.
    """
    suffix = copied.main.suffix.lower()
    if head.startswith(OLE):
        raise _refused(copied.name, *_ole(suffix))
    for magic, what, mend in NO_WAY_IN:
        if head.startswith(magic):
            raise _refused(copied.name, what, mend)
    found = _binary_form(head, suffix) or _text_form(head, suffix)
    if found is None:
        raise _refused(copied.name, say("dạng tệp lạ", "is no kind of file we read"), READABLE)
    return found


def _binary_form(head: bytes, suffix: str) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        return "docx" if suffix == ".docx" else "xlsx"
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    if head.startswith(b"fgb\x03fgb"):
        return "fgb"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x00\x00\x27\x0a") and suffix == ".shp":
        return "shp"
    if head.startswith(b"AutoCAD Binary DXF"):
        return "dxf"
    if head.startswith(DGN_HEADS) and suffix == ".dgn":
        return "dgn"
    return None


def _text_form(head: bytes, suffix: str) -> str | None:
    if suffix in (".shp", ".dgn", ".gpkg", ".fgb", ".parquet", ".geoparquet", ".shx", ".dbf"):
        return None
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not wide:
        return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return "geojson"
    if start.startswith(b"<") or suffix == ".kml":
        return "kml"
    if start.lower().startswith(b"!table"):
        return "tab"
    if suffix == ".mif":
        return "mif" if start.lower().startswith(b"version") else None
    lines = [line.strip() for line in start.splitlines()[:40]]
    if suffix == ".dxf" or (lines[:2] and lines[0] == b"0" and lines[1:2] == [b"SECTION"]):
        return "dxf" if b"SECTION" in lines else None
    return "text"


def _ole(suffix: str) -> tuple[Text, Text]:
    if suffix == ".dgn":
        return (
            say("là DGN v8", "is a DGN of version 8"),
            say("trong MicroStation lưu lại dạng V7 DGN hoặc DXF", "save it as V7 DGN or DXF"),
        )
    return (
        say("có mật khẩu, hoặc là .xls, .doc cũ", "has a password, or is an old .xls or .doc"),
        say("bỏ mật khẩu và lưu lại dạng .xlsx", "remove the password and save it as .xlsx"),
    )


def _refused(name: str, what: Text, mend: Text, **where: str) -> SurveyError:
    return SurveyError(Problem(name, what, mend, **where))


# --- a copy of its own ---------------------------------------------------------------------------


@contextmanager
def snapshot(source: str) -> Iterator[Snapshot]:
    """Copy a file, its companions, or the one file of an archive into a folder that goes again.

    Raises: SurveyError.
    """
    with tempfile.TemporaryDirectory(prefix="tngis-") as name:
        folder = Path(name)
        if source == STDIN:
            yield _pasted(folder)
            return
        path = Path(source)
        _refuse_unreadable(path)
        if _is_archive(path):
            yield _unpacked(path, folder)
        else:
            yield _copied(path, folder)


def _pasted(folder: Path) -> Snapshot:
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    _refuse_size("-", len(data))
    main = folder / "pasted.txt"
    main.write_bytes(data)
    return Snapshot("-", main, {"-": hashlib.sha256(data).hexdigest()})


def _refuse_unreadable(path: Path) -> None:
    """Only a plain file of reasonable size is opened: a device or pipe may never end."""
    name = str(path)
    check = say("kiểm tra đường dẫn", "check the path")
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        what = say("không tìm thấy tệp", "no such file")
        if isinstance(error, PermissionError):
            what = say("không được phép đọc", "may not be read")
        raise _refused(name, what, check) from error
    if stat.S_ISDIR(status.st_mode):
        choose = say("chỉ tới một tệp trong thư mục", "name a file in it")
        raise _refused(name, say("là một thư mục", "is a folder"), choose)
    if not stat.S_ISREG(status.st_mode):
        what = say("là thiết bị hoặc ống dẫn, không phải tệp", "is a device or pipe, no file")
        paste = say("chỉ tới một tệp; văn bản dán vào thì dùng -", "name a file; for pasted text -")
        raise _refused(name, what, paste)
    _refuse_size(name, status.st_size)


def _refuse_size(name: str, size: int) -> None:
    if size == 0:
        again = say("lưu hoặc chép lại tệp", "save or copy it again")
        raise _refused(name, say("tệp rỗng", "is empty"), again)
    if size > MOST_BYTES:
        what = say(
            "quá lớn: hơn {n} MB", "is too large: more than {n} MB", n=str(MOST_BYTES // 2**20)
        )
        raise _refused(name, what, say("tách hoặc giản hóa lớp", "split or simplify the layer"))


def _bytes_of(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        what = say("không đọc được: {why}", "cannot be read: {why}", why=error.strerror or error)
        raise _refused(
            shown, what, say("kiểm tra quyền đọc tệp", "check that the file may be read")
        ) from error


def _copied(path: Path, folder: Path) -> Snapshot:
    """The file and the companions of its kind, under one plain name."""
    parts: dict[str, str] = {}
    suffix = path.suffix.lower()
    for original in (path, *_companions(path)):
        data = _bytes_of(original, str(original))
        if original == path or data:
            (folder / f"survey{original.suffix.lower()}").write_bytes(data)
        parts[original.name] = hashlib.sha256(data).hexdigest()
    return Snapshot(str(path), folder / f"survey{suffix}", parts)


def _companions(path: Path) -> list[Path]:
    wanted = COMPANIONS.get(path.suffix.lower(), ())
    if not wanted:
        return []
    try:
        siblings = sorted(path.parent.iterdir())
    except OSError:
        return []
    return [
        item
        for item in siblings
        if item.stem == path.stem and item.suffix.lower() in wanted and item.is_file()
    ]


# --- archives ----------------------------------------------------------------------------------


def _is_archive(path: Path) -> bool:
    """A zip archive that is no workbook or document."""
    if path.suffix.lower() in (".xlsx", ".docx", ".xlsm"):
        return False
    return _bytes_at_start(path, 4) == b"PK\x03\x04"


def _bytes_at_start(path: Path, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        what = say("không đọc được: {why}", "cannot be read: {why}", why=error.strerror or error)
        raise _refused(
            str(path), what, say("kiểm tra quyền đọc tệp", "check that the file may be read")
        ) from error


def _unpacked(path: Path, folder: Path) -> Snapshot:
    try:
        with ZipFile(path) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            _refuse_members(path, members)
            main = _main_member(path, archive, members)
            _extract(path, archive, members, main, folder)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        what = say("tệp nén hỏng: {why}", "is a broken archive: {why}", why=str(error))
        raise _refused(str(path), what, say("nén lại", "make it again")) from error
    data = path.read_bytes()
    suffix = PurePosixPath(main.filename).suffix.lower()
    parts = {path.name: hashlib.sha256(data).hexdigest()}
    return Snapshot(str(path), folder / f"survey{suffix}", parts, main.filename)


def _refuse_members(path: Path, members: list[ZipInfo]) -> None:
    """What no honest archive holds: ways out of it, passwords, links, more than fits."""
    again = say("giải nén bằng tay, kiểm tra, rồi nén lại", "unpack by hand, check, pack again")
    for item in members:
        pure = PurePosixPath(item.filename.replace("\\", "/"))
        if pure.is_absolute() or ".." in pure.parts or ":" in pure.parts[0]:
            what = say("đường dẫn ra ngoài tệp nén", "a path leads out of the archive")
            raise _refused(str(path), what, again, value=item.filename)
        if item.flag_bits & 0x1:
            what = say("tệp nén có mật khẩu", "the archive has a password")
            raise _refused(str(path), what, say("bỏ mật khẩu", "remove it"), value=item.filename)
    size = sum(item.file_size for item in members)
    packed = max(path.stat().st_size, 1)
    if len(members) > MOST_MEMBERS or size > MOST_BYTES or size / packed > MOST_RATIO:
        what = say(
            "bung ra quá lớn: {n} tệp, {mb} MB",
            "unpacks to too much: {n} files, {mb} MB",
            n=str(len(members)),
            mb=str(size // 2**20),
        )
        raise _refused(str(path), what, again)


def _main_member(path: Path, archive: ZipFile, members: list[ZipInfo]) -> ZipInfo:
    """The one file of an archive that holds outlines."""
    shown = [item for item in members if not PurePosixPath(item.filename).name.startswith(".")]
    found = [
        item
        for item in shown
        if PurePosixPath(item.filename).suffix.lower() in WHOLE
        and not item.filename.startswith("__MACOSX/")
    ]
    if path.suffix.lower() == ".kmz":  # its other members are pictures and linked files
        found = [item for item in found if item.filename.lower().endswith(".kml")]
        found = [item for item in found if b"Polygon" in archive.read(item)] or found[:1]
    if len(found) == 1:
        return found[0]
    if not found:
        what = say("không có tệp ranh giới nào bên trong", "holds no file of outlines")
        raise _refused(str(path), what, READABLE)
    names = [item.filename for item in found[:10]]
    what = say("có nhiều tệp ranh giới: {names}", "holds several: {names}", names=names)
    raise _refused(
        str(path), what, say("giải nén và chỉ tới một tệp", "unpack it and name one of them")
    )


def _extract(
    path: Path, archive: ZipFile, members: list[ZipInfo], main: ZipInfo, folder: Path
) -> None:
    wanted = PurePosixPath(main.filename)
    companions = COMPANIONS.get(wanted.suffix.lower(), ())
    left = MOST_BYTES
    for item in members:
        pure = PurePosixPath(item.filename)
        is_companion = (
            pure.with_suffix("") == wanted.with_suffix("") and pure.suffix.lower() in companions
        )
        if item is not main and not is_companion:
            continue
        with archive.open(item) as member:
            data = member.read(left + 1)
        left -= len(data)
        if left < 0:  # the sizes an archive states may be lies
            what = say("bung ra quá lớn", "unpacks to too much")
            raise _refused(str(path), what, say("nén lại", "make it again"))
        (folder / f"survey{pure.suffix.lower()}").write_bytes(data)
    if os.path.getsize(folder / f"survey{wanted.suffix.lower()}") == 0:
        raise _refused(
            str(path),
            say("tệp bên trong rỗng", "the file inside is empty"),
            say("nén lại", "make it again"),
            value=main.filename,
        )
