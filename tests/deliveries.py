"""A small plan with all five layers, its kit, and the same layers as another writer leaves them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyogrio
from conftest import craft_point, place, site, square, unit
from damage import Files
from shapely import MultiPolygon

from gis.delivery.kit import Wishes, write_kit
from gis.model import Plan, StatedTotal
from gis.tables import CraftPoint
from gis.verification.standard import report_of

LONG_TEXT = "Sản xuất vật liệu xây dựng, chế biến khoáng sản; " * 8  # 500 bytes and more
LONG_UNIT = "Phường Tích Lương và các xóm cũ của xã Thịnh Đức; " * 6
ALL = ("kcn", "ccn", "xa", "huyen", "diem_cn")
SITES = ("kcn", "ccn")
LAYER_OF = dict(zip(ALL, ("zones", "clusters", "communes", "districts", "craft_points"),
                    strict=True))  # fmt: skip
KEY = {"kcn": "MA_KHU", "ccn": "MA_KHU", "xa": "MA_XA", "huyen": "TEN_HUYEN", "diem_cn": "MA_DIEM"}
ID = {"kcn": "KCN-1", "ccn": "CCN-01", "xa": "00001", "huyen": "Huyện Đại Từ", "diem_cn": "P1"}
SECOND = {"kcn": "KCN-2", "ccn": "CCN-02", "xa": "00002", "huyen": "Thị xã Phổ Yên",
          "diem_cn": "P2"}  # fmt: skip
TEXT = {"kcn": "TEN_KHU", "ccn": "TEN_KHU", "xa": "TEN_XA", "huyen": "LUU_Y_HINH",
        "diem_cn": "TEN_DIEM"}  # fmt: skip
NUMBER = {"kcn": "DT_QH", "ccn": "DT_QH", "xa": "DT_CT_KM2", "huyen": "DT_CT_KM2",
          "diem_cn": "DK_HA"}  # fmt: skip
EMPTY = {"kcn": "DT_QHCT", "ccn": "DT_QHCT", "xa": "DK_HA", "huyen": "SAI_SO_M",
         "diem_cn": "SAI_SO_M"}  # fmt: skip


def small_plan(make_plan: Callable[..., Plan]) -> Plan:
    """Two zones, two clusters, two communes of two districts, two craft points; all is drawn.

    KCN-2 has two parts, CCN-01 a hole.
    """
    holed = square(0, 300).difference(square(25, 325, 50))
    totals = [("zone", "3.0451"), ("cluster", "1.75")]
    return make_plan(
        sites={
            "KCN-1": (square(0, 0), site("KCN-1", 1, name="KCN Điềm Thụy", functions=LONG_TEXT)),
            "KCN-2": (
                MultiPolygon([square(500, 0), square(700, 0)]),
                site("KCN-2", "2.0451", name="KCN Nam Phổ Yên", detailed_plan_ha="1.5"),
            ),
            "CCN-01": (holed, site("CCN-01", "0.75", name="Cụm cảng Đa Phúc")),
            "CCN-02": (square(300, 300), site("CCN-02", 1, name="CCN Tân Hương")),
        },
        communes={
            "00001": (
                square(0, 0, 1000),
                unit("00001", "Động Đạt", "Huyện Đại Từ", area_km2="1.05", unit_2025_07=LONG_UNIT),
            ),
            "00002": (
                square(1000, 0, 1000), unit("00002", "Mỏ Chè", "Thị xã Phổ Yên", area_km2="0.97")
            ),
        },
        craft={
            "P1": (square(1100, 0), named("P1", "0.9", "Làng nghề mộc")),
            "P2": (square(1300, 0), named("P2", "1.1", "Điểm làm miến")),
        },
        places=(place("KCN-1", "00001"), place("KCN-2", None, "district_only")),
        provenance="indicative",
        card={
            "stated_totals": tuple(
                StatedTotal(kind=kind, total_ha=Decimal(ha), printed=ha.replace(".", ","), line=1,
                            clause="II.3.1")
                for kind, ha in totals
            )
        },
    )  # fmt: skip


def named(point_id: str, ha: str, name: str) -> CraftPoint:
    return craft_point(point_id, "00002", ha)._replace(name=name)


def kit_of(plan: Plan, folder: Path, formats: tuple[str, ...] = ("shp", "gpkg")) -> Files:
    """The files of our own kit of a plan."""
    write_kit(report_of(plan), folder, Wishes(formats=formats))
    return files_of(folder)


def files_of(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def written_by_gdal(kit: Path, folder: Path) -> Files:
    """The same layers as GDAL's own writer leaves them: its widths, its decimals, no manifest."""
    for name in ALL:
        frame = pyogrio.read_dataframe(kit / f"{name}.shp")
        pyogrio.write_dataframe(frame, folder / f"{name}.shp", encoding="UTF-8")
    for name in ("chuc_nang.csv", "van_ban_dai.csv"):
        (folder / name).write_bytes((kit / name).read_bytes())
    return files_of(folder)
