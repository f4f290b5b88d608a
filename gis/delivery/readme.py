"""What the person reads first who opens the zip: in Vietnamese, for Notepad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from gis.delivery.dictionaries import CODE_DICTIONARY, FIELD_DICTIONARY
from gis.delivery.fitting import LONG_TEXTS, SIDE_TABLE
from gis.delivery.manifest import MANIFEST, Manifest
from gis.delivery.orders import Order, Written, telling_of_writing
from gis.language import number
from gis.vocabulary import CODES

README = "DOC_TRUOC.txt"
CHECK_PAGE = "bao_cao_kiem_tra.html"
CHECK_DATA = "bao_cao_kiem_tra.json"
INDEPENDENCE: Mapping[str, str] = {
    "other_library": "",
    "other_build": " (cùng thư viện GDAL, bản dựng khác)",
    "same_library": " (cùng thư viện đã ghi)",
}
USES: Mapping[str, str] = {
    ".qgs": "dự án QGIS: mở là có đủ lớp, màu, nhãn",
    ".gpkg": "mọi lớp trong một tệp, tên trường dài, đủ văn bản (QGIS, ArcGIS)",
    ".shp": "shapefile, kèm kiểu vẽ .qml (QGIS), .sld và siêu dữ liệu .xml",
    ".dxf": "bản vẽ AutoCAD: mỗi loại một lớp, nhãn riêng",
    ".dgn": "bản vẽ MicroStation V7",
    ".xlsx": "bảng Excel: các lớp, từ điển, kết quả kiểm tra",
    ".kml": "Google Earth (WGS 84)",
    ".tab": "MapInfo",
    ".geojson": "GeoJSON cho trang web (WGS 84)",
    ".fgb": "FlatGeobuf",
    ".parquet": "GeoParquet",
}
DOCUMENTS: Mapping[str, str] = {
    SIDE_TABLE: "văn bản dài của từng khu, cụm, nguyên vẹn (mở bằng Excel)",
    LONG_TEXTS: "các văn bản dài khác, nguyên vẹn",
    FIELD_DICTIONARY: "từ điển trường",
    CODE_DICTIONARY: "từ điển mã",
    CHECK_PAGE: "báo cáo kiểm tra (mở bằng trình duyệt, in được)",
    MANIFEST: "danh mục tệp và mã băm, cho chương trình",
}


def write_readme(order: Order, manifest: Manifest, folder: Path) -> Written:
    """The readme, in UTF-8 with a mark and lines as Notepad wants them.

    Raises: OutputError.
    """
    path = folder / README
    lines = readme_text(order, manifest).splitlines()
    with telling_of_writing(path):
        path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))
    return Written(path, "readme")


def readme_text(order: Order, manifest: Manifest) -> str:
    """The readme of a kit that its manifest describes."""
    from jinja2 import Environment

    source = files("gis").joinpath("templates", "kit.txt").read_text(encoding="utf-8")
    template = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False).from_string(
        source
    )
    return template.render(
        card=order.plan.card,
        manifest=manifest,
        uses=list(_uses(manifest)),
        crs_name=_crs_name(order.plan.card.crs),
        provenance={code: text.vi for code, text in CODES["provenance"].items()},
        independence=INDEPENDENCE,
        report=CHECK_PAGE,
        ha=lambda value: "không có" if value is None else number(Decimal(value), "vi"),
    )


def _uses(manifest: Manifest) -> Iterator[tuple[str, str]]:
    paths = [item.path for item in manifest.files]
    for suffix, use in USES.items():
        found = [path for path in paths if path.endswith(suffix)]
        if len(found) == 1:
            yield found[0], use
        elif found:
            below = {path.rpartition("/")[0] for path in found}
            yield (f"{below.pop()}/" if len(below) == 1 and "" not in below else f"*{suffix}"), use
    for name, use in DOCUMENTS.items():
        if name in (*paths, MANIFEST):
            yield name, use


def _crs_name(code: str) -> str:
    from pyproj import CRS

    return f"{CRS.from_user_input(code).name}, {code}"
