"""A second plan as a folder: three invented zones, written to disk so that files can be damaged."""

from __future__ import annotations

import json
from pathlib import Path

CARD = """
code = "tiny-1"
title_vi = "Quy hoạch thử"
title_en = "A plan for tests"
province_vi = "tỉnh Thử"
province_en = "Test province"
document = "QĐ 1/QĐ-THU"
document_date = "2010-01-01"
period = "đến năm 2020"
units_as_of = "2010-01-01"
status_vi = "chỉ để thử"
status_en = "for tests only"
crs = "EPSG:9213"
outlines = ["sites.geojson", "communes.geojson"]

[rows]
sites = 3
communes = 2

[[stated_totals]]
kind = "zone"
total_ha = 60.5
printed = "60,5"
line = 1
clause = "II.1"

[basis]
zones = "R-1"
"""
CLAUSES = """clause_id,clause,line,quote,addresses,scope,effect,strength,open_ended
R-1,II.1,1,Các khu công nghiệp,zone,table,permit,bảng,no
"""
SITES = (
    "site_id,kind,table,row,line,name,short_name,place,districts,area_text,area_line,stated_ha,"
    "function_text,function_line,list_status,open_marker\n"
    'KCN-1,zone,1,1,1,Khu Một,Khu Một,Huyện A,Huyện A,"10",1,10,Cơ khí,1,closed,\n'
    'KCN-2,zone,1,2,1,Khu Hai,Khu Hai,Huyện A,Huyện A,"20,5",1,20.5,Điện tử …,1,open,…\n'
    'KCN-3,zone,1,3,1,Khu Ba,Khu Ba,Huyện A,Huyện A,"30",1,30,Dệt,1,closed,\n'
)
COMMUNES = (
    "unit_code,name,unit_type,district,lat,lon,point_kind,area_km2,area_confidence,sxx,sxy,syy,"
    "list_source,point_source,area_source\n"
    "00001,Tây,xã,Huyện A,21.5,105.8,centroid,1,high,1,0,1,x,x,x\n"
    "00002,Đông,xã,Huyện A,21.5,105.9,centroid,1,high,1,0,1,x,x,x\n"
)


def ring(west: float, south: float, side: float = 0.01) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def polygon(identity: str, id_column: str, coordinates: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {id_column: identity, "provenance": "digitised"},
        "geometry": {"type": "Polygon", "coordinates": coordinates},
    }


def collection(features: list[dict[str, object]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def write(folder: Path) -> Path:
    """Write the plan into an empty folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    sites = [polygon(f"KCN-{n}", "site_id", ring(105.8 + n / 50, 21.5)) for n in (1, 2, 3)]
    communes = [
        polygon("00001", "unit_code", ring(105.8, 21.4, 0.2)),
        polygon("00002", "unit_code", ring(106.0, 21.4, 0.2)),
    ]
    texts = {
        "plan.toml": CARD,
        "clauses.csv": CLAUSES,
        "sites.csv": SITES,
        "communes.csv": COMMUNES,
        "sites.geojson": collection(sites),
        "communes.geojson": collection(communes),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder
