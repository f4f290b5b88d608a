"""One table of the words we deliver: field, meaning, unit, label, DBF column, code lists.

The long name heads a GeoPackage column, the DBF name a shapefile column; both hold the same value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gis.language import Text, say
from gis.model import LayerName

DBF_NAME_CHARACTERS = 10
DBF_TEXT_BYTES = 254
CODE_BYTES = 40  # ids and codes of the plan's tables are no longer
HECTARE_WIDTH, HECTARE_DECIMALS = 14, 4  # whole square metres

FieldType = Literal["text", "integer", "decimal"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: what it means, its unit, and how a DBF column holds it (width in bytes).

    `spills`: a text too long for its column goes whole to the side table. `joined`: a text may
    hold several values, separated by "; ".
    """

    name: str
    dbf_name: str
    label: Text
    meaning: Text
    unit: str = ""
    type: FieldType = "text"
    width: int = DBF_TEXT_BYTES
    decimals: int = 0
    spills: bool = False
    joined: bool = False


def _code(name: str, dbf_name: str, label: Text, meaning: Text, joined: bool = False) -> Field:
    return Field(name, dbf_name, label, meaning, width=CODE_BYTES, joined=joined)


def _list(name: str, dbf_name: str, label: Text, meaning: Text) -> Field:
    return Field(name, dbf_name, label, meaning, joined=True)


def _long(name: str, dbf_name: str, label: Text, meaning: Text) -> Field:
    return Field(name, dbf_name, label, meaning, spills=True)


def _hectares(name: str, dbf_name: str, label: Text, meaning: Text) -> Field:
    return _number(name, dbf_name, label, meaning, "ha")


def _number(name: str, dbf_name: str, label: Text, meaning: Text, unit: str) -> Field:
    return Field(name, dbf_name, label, meaning, unit, "decimal", HECTARE_WIDTH, HECTARE_DECIMALS)


def _count(name: str, dbf_name: str, label: Text, meaning: Text, unit: str = "") -> Field:
    return Field(name, dbf_name, label, meaning, unit, "integer", 6)


_TABLE = (
    _code(
        "site_id",
        "MA_KHU",
        say("Mã khu, cụm", "Site id"),
        say("mã của khu hoặc cụm trong bộ dữ liệu", "id of the zone or cluster in this data set"),
    ),
    Field(
        "name",
        "TEN_KHU",
        say("Tên khu, cụm", "Site name"),
        say("tên nguyên văn trong quyết định", "name as the decision prints it"),
    ),
    Field(
        "short_name",
        "TEN_NGAN",
        say("Tên ngắn", "Short name"),
        say("tên không kèm địa danh cấp huyện", "name without its district"),
    ),
    _code(
        "kind",
        "LOAI",
        say("Loại", "Kind"),
        say(
            "zone: khu công nghiệp; cluster: cụm công nghiệp", "zone or cluster, see the code list"
        ),
    ),
    _code(
        "land_use_code",
        "MA_LD",
        say("Mã loại đất", "Land-use code"),
        say(
            "mã loại đất theo thế hệ mã nêu ở trường thế hệ mã",
            "land-use code of the generation named in its own field",
        ),
    ),
    _count(
        "land_use_year",
        "NAM_MA_LD",
        say("Thế hệ mã loại đất", "Land-use code generation"),
        say(
            "năm của bảng mã loại đất đang dùng; khoảng năm 2010 cụm công nghiệp chưa có mã riêng",
            "year of the code list in use; around 2010 clusters had no code of their own",
        ),
    ),
    Field(
        "place",
        "DIA_DIEM",
        say("Địa điểm", "Place"),
        say("địa điểm nguyên văn trong quyết định", "place as the decision prints it"),
    ),
    _list(
        "districts",
        "HUYEN",
        say("Các huyện (2010)", "Districts (2010)"),
        say(
            "huyện, thị xã, thành phố năm 2010 nơi đặt khu, cụm; cách nhau bằng dấu chấm phẩy",
            "districts of 2010 the site lies in, separated by semicolons",
        ),
    ),
    _list(
        "unit_code",
        "MA_XA",
        say("Mã xã (2010)", "Commune code (2010)"),
        say(
            "mã đơn vị cấp xã năm 2010; khu, cụm ở nhiều xã có nhiều mã, cách bằng dấu chấm phẩy",
            "code of the commune of 2010; a site of several communes lists them, by semicolons",
        ),
    ),
    _list(
        "unit_name",
        "TEN_XA",
        say("Tên xã (2010)", "Commune (2010)"),
        say(
            "tên đơn vị cấp xã năm 2010; trống nếu chỉ biết cấp huyện",
            "name of the commune of 2010; empty where only the district is known",
        ),
    ),
    _code(
        "unit_type",
        "LOAI_DVHC",
        say("Loại đơn vị", "Unit type"),
        say("xã, phường hoặc thị trấn", "commune, ward or township"),
    ),
    Field(
        "district",
        "TEN_HUYEN",
        say("Huyện (2010)", "District (2010)"),
        say("đơn vị cấp huyện năm 2010", "district of 2010"),
    ),
    _long(
        "units_today",
        "DVHC_NAY",
        say("Đơn vị hành chính nay", "Units today"),
        say(
            "nơi quyết định nêu, và đơn vị hành chính hiện nay của nơi đó",
            "place the decision names, and the unit it belongs to today",
        ),
    ),
    Field(
        "unit_2025_03",
        "DVHC_03_25",
        say("Đơn vị tháng 3/2025", "Unit in March 2025"),
        say("đơn vị trước khi bỏ cấp huyện", "unit before the district level ended"),
    ),
    Field(
        "unit_2025_07",
        "DVHC_07_25",
        say("Đơn vị tháng 7/2025", "Unit in July 2025"),
        say("đơn vị cấp xã từ ngày 01/07/2025", "commune-level unit since 1 July 2025"),
    ),
    Field(
        "units_as_of",
        "NGAY_DVHC",
        say("Ngày của danh mục xã", "Date of the commune list"),
        say("ngày của danh mục đơn vị hành chính", "date of the list of administrative units"),
    ),
    _count(
        "commune_count",
        "SO_XA",
        say("Số đơn vị cấp xã", "Communes"),
        say("số đơn vị cấp xã của huyện năm 2010", "communes of the district in 2010"),
    ),
    _hectares(
        "stated_ha",
        "DT_QH",
        say("Diện tích quy hoạch", "Stated area"),
        say(
            "diện tích quyết định ghi, không phải đo trên hình",
            "area the decision states, not drawn",
        ),
    ),
    Field(
        "area_text",
        "DT_VAN_BAN",
        say("Ô diện tích", "Area cell"),
        say("ô diện tích nguyên văn trong quyết định", "area cell as the decision prints it"),
    ),
    _hectares(
        "detailed_plan_ha",
        "DT_QHCT",
        say("Diện tích quy hoạch chi tiết", "Detailed-plan area"),
        say(
            "phần đã có quy hoạch chi tiết; trống nếu không ghi",
            "part with a detailed plan, if any",
        ),
    ),
    _hectares(
        "measured_ha",
        "DT_GIS",
        say("Diện tích đo trên hình", "Measured area"),
        say(
            "diện tích hình vẽ trên lưới chiếu của tệp; hình minh họa không chứng minh diện tích",
            "plane area of the outline on the file's grid; an indicative outline proves no area",
        ),
    ),
    _hectares(
        "geodesic_ha",
        "DT_ELIP",
        say("Diện tích trên elipxôit", "Geodesic area"),
        say("diện tích hình vẽ trên elipxôit VN-2000", "area of the outline on the ellipsoid"),
    ),
    _number(
        "official_km2",
        "DT_CT_KM2",
        say("Diện tích công bố", "Official area"),
        say("diện tích đơn vị hành chính theo nguồn công bố", "published area of the unit"),
        "km²",
    ),
    _code(
        "official_confidence",
        "TIN_DT",
        say("Độ tin diện tích công bố", "Confidence of the official area"),
        say("high, medium hoặc low", "high, medium or low"),
    ),
    Field(
        "official_source",
        "NGUON_DT",
        say("Nguồn diện tích công bố", "Source of the official area"),
        say("nguồn của diện tích công bố", "where the published area comes from"),
    ),
    _count(
        "lots",
        "SO_LO",
        say("Số lô", "Lots"),
        say("số khu, cụm gộp trong một dòng của quyết định", "sites in one row of the decision"),
    ),
    _long(
        "function_text",
        "CHUC_NANG",
        say("Chức năng", "Functions"),
        say("danh mục ngành nghề nguyên văn", "list of permitted functions as printed"),
    ),
    _code(
        "list_status",
        "DANH_MUC",
        say("Danh mục đóng, mở", "Open or closed list"),
        say(
            "open: kết thúc bằng dấu lửng; closed: đóng; orientation: định hướng",
            "open ends in an ellipsis, closed does not, orientation names no branches",
        ),
    ),
    _count(
        "craft_points_min",
        "TTCN_MIN",
        say("Số điểm TTCN ít nhất", "Craft points, least"),
        say("số điểm TTCN, làng nghề ít nhất của xã", "least craft points of a commune"),
        "điểm",
    ),
    _count(
        "craft_points_max",
        "TTCN_MAX",
        say("Số điểm TTCN nhiều nhất", "Craft points, most"),
        say("số điểm TTCN, làng nghề nhiều nhất của xã", "most craft points of a commune"),
        "điểm",
    ),
    _hectares(
        "craft_max_ha",
        "TTCN_HA",
        say("Trần diện tích điểm TTCN", "Craft area, most"),
        say("tổng diện tích tối đa các điểm TTCN của xã", "most hectares of all craft points"),
    ),
    Field(
        "register_status",
        "DANG_KY",
        say("Tình trạng đăng ký", "Register"),
        say(
            "“chưa đăng ký”: sổ điểm TTCN không có gì về xã này, không có nghĩa là bằng không",
            "“chưa đăng ký” (nothing registered) is not zero: the register says nothing",
        ),
    ),
    _count(
        "registered_points",
        "DK_SO_DIEM",
        say("Số điểm đã đăng ký", "Points registered"),
        say(
            "số điểm TTCN đã đăng ký; trống là chưa đăng ký", "craft points registered; empty: none"
        ),
        "điểm",
    ),
    _hectares(
        "registered_ha",
        "DK_HA",
        say("Diện tích đã đăng ký", "Area registered"),
        say("diện tích điểm TTCN đã đăng ký; trống là chưa đăng ký", "hectares registered, if any"),
    ),
    _count(
        "headroom_points",
        "CON_DIEM",
        say("Số điểm còn lại", "Points left"),
        say(
            "số điểm còn được thêm; trống khi chưa đăng ký", "points still allowed; empty: unknown"
        ),
        "điểm",
    ),
    _hectares(
        "headroom_ha",
        "CON_HA",
        say("Diện tích còn lại", "Area left"),
        say("diện tích còn được thêm; trống khi chưa đăng ký", "hectares left; empty: unknown"),
    ),
    _code(
        "provenance",
        "NGUON_HINH",
        say("Nguồn gốc hình vẽ", "Provenance of the outline"),
        say(
            "surveyed, digitised, indicative hoặc not_drawn; hai loại sau không chứng minh gì",
            "surveyed, digitised, indicative or not_drawn; the last two prove nothing",
        ),
    ),
    Field(
        "provenance_note",
        "LUU_Y_HINH",
        say("Lưu ý về hình vẽ", "What the outline proves"),
        say("hình vẽ chứng minh được gì, bằng lời", "what the outline can prove, in words"),
    ),
    Field(
        "outline_source",
        "TAI_LIEU",
        say("Tài liệu của hình vẽ", "Source of the outline"),
        say("hồ sơ mà hình vẽ được lấy từ đó", "file the outline was taken from"),
    ),
    _code(
        "surveyed_on",
        "NGAY_DO",
        say("Ngày đo", "Surveyed on"),
        say("ngày đo đạc hình vẽ", "day the outline was surveyed"),
    ),
    _number(
        "accuracy_m",
        "SAI_SO_M",
        say("Sai số vị trí", "Accuracy"),
        say("sai số vị trí đã công bố của hình vẽ", "declared accuracy of the outline's position"),
        "m",
    ),
    _code(
        "invented_split",
        "HINH_TACH",
        say("Hình tách giả định", "Invented split"),
        say(
            "yes: hình được tách thành nhiều phần theo giả định của người vẽ",
            "yes: that the outline has several parts is the drawer's assumption",
        ),
    ),
    _code(
        "location_basis",
        "CO_SO_VT",
        say("Cơ sở vị trí", "Basis of the location"),
        say("vì sao biết khu, cụm ở xã này", "why the site is taken to lie in its commune"),
        joined=True,
    ),
    _code(
        "location_confidence",
        "DO_TIN_VT",
        say("Độ tin vị trí", "Confidence of the location"),
        say("độ tin của cơ sở vị trí; nhiều xã: cách bằng dấu chấm phẩy", "how sure the basis is"),
        joined=True,
    ),
    _long(
        "location_note_vi",
        "VI_TRI_VI",
        say("Ghi chú vị trí (vi)", "Location note (vi)"),
        say("vị trí được biết như thế nào", "how the place is known, in Vietnamese"),
    ),
    _long(
        "location_note_en",
        "VI_TRI_EN",
        say("Ghi chú vị trí (en)", "Location note (en)"),
        say("vị trí được biết như thế nào, bằng tiếng Anh", "how the place is known"),
    ),
    Field(
        "citation_document",
        "CAN_CU",
        say("Căn cứ", "Document"),
        say("văn bản làm căn cứ", "document the row rests on"),
    ),
    _code(
        "citation_clause",
        "CAN_CU_MUC",
        say("Mục", "Clause"),
        say("mục hoặc bảng của văn bản", "clause or table of the document"),
    ),
    _count(
        "citation_row",
        "CAN_CU_STT",
        say("Số thứ tự", "Row"),
        say("số thứ tự trong bảng của văn bản", "row of the document's table"),
    ),
    _count(
        "citation_line",
        "CAN_CU_DG",
        say("Dòng văn bản", "Line"),
        say("dòng trong bản chữ của văn bản", "line in the text of the document"),
    ),
    _long(
        "note",
        "GHI_CHU",
        say("Ghi chú", "Note"),
        say("ghi chú khi đọc quyết định", "note made in reading the decision"),
    ),
    _code(
        "point_id",
        "MA_DIEM",
        say("Mã điểm TTCN", "Craft point id"),
        say("mã của điểm TTCN trong sổ đăng ký", "id of the craft point in the register"),
    ),
    Field(
        "point_name",
        "TEN_DIEM",
        say("Tên điểm TTCN", "Craft point"),
        say("tên điểm TTCN, làng nghề trong sổ đăng ký", "its name in the register"),
    ),
    Field(
        "trade",
        "NGHE",
        say("Nghề", "Trade"),
        say("nghề của điểm TTCN, làng nghề", "trade of the craft point or village"),
    ),
    _code(
        "registered_on",
        "NGAY_DK",
        say("Ngày đăng ký", "Registered as of"),
        say("ngày của số liệu đăng ký (năm-tháng-ngày)", "day the register speaks of"),
    ),
    Field(
        "register_source",
        "NGUON_DK",
        say("Nguồn đăng ký", "Source of the register"),
        say("tài liệu của dòng trong sổ đăng ký", "document behind the row of the register"),
    ),
    Field(
        "plan_status",
        "HIEU_LUC",
        say("Tình trạng quy hoạch", "Status of the plan"),
        say("kỳ quy hoạch và văn bản hiện hành thay thế", "plan period and what supersedes it"),
    ),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _TABLE}

OUTLINE_FIELDS = (
    "measured_ha",
    "geodesic_ha",
    "provenance",
    "provenance_note",
    "outline_source",
    "surveyed_on",
    "accuracy_m",
)
CITATION_FIELDS = ("citation_document", "citation_clause", "citation_line", "plan_status")
SITE_FIELDS = (
    "site_id",
    "name",
    "short_name",
    "kind",
    "land_use_code",
    "land_use_year",
    "place",
    "districts",
    "unit_code",
    "unit_name",
    "units_today",
    "stated_ha",
    "area_text",
    "detailed_plan_ha",
    *OUTLINE_FIELDS,
    "invented_split",
    "lots",
    "function_text",
    "list_status",
    "location_basis",
    "location_confidence",
    "location_note_vi",
    "location_note_en",
    "note",
    "citation_row",
    *CITATION_FIELDS,
)
COMMUNE_FIELDS = (
    "unit_code",
    "unit_name",
    "unit_type",
    "district",
    "units_as_of",
    "unit_2025_03",
    "unit_2025_07",
    "craft_points_min",
    "craft_points_max",
    "craft_max_ha",
    "register_status",
    "registered_points",
    "registered_ha",
    "headroom_points",
    "headroom_ha",
    "official_km2",
    "official_confidence",
    "official_source",
    *OUTLINE_FIELDS,
    *CITATION_FIELDS,
)
DISTRICT_FIELDS = (
    "district",
    "units_as_of",
    "commune_count",
    "official_km2",
    *OUTLINE_FIELDS,
    "plan_status",
)
CRAFT_FIELDS = (
    "point_id",
    "point_name",
    "land_use_code",
    "land_use_year",
    "unit_code",
    "unit_name",
    "district",
    "units_as_of",
    "unit_2025_07",
    "trade",
    "registered_ha",
    "registered_on",
    "register_source",
    *OUTLINE_FIELDS,
    *CITATION_FIELDS,
)
LAYER_FIELDS: Mapping[LayerName, tuple[str, ...]] = {
    "zones": SITE_FIELDS,
    "clusters": SITE_FIELDS,
    "communes": COMMUNE_FIELDS,
    "districts": DISTRICT_FIELDS,
    "craft_points": CRAFT_FIELDS,
}
KEY_FIELD: Mapping[LayerName, str] = {name: fields[0] for name, fields in LAYER_FIELDS.items()}

_CONFIDENCE: Mapping[str, Text] = {
    "high": say("cao", "high"),
    "medium-high": say("khá cao", "medium to high"),
    "medium": say("trung bình", "medium"),
    "low-medium": say("khá thấp", "low to medium"),
    "low": say("thấp", "low"),
    "none": say("không rõ", "none"),
}
CODES: Mapping[str, Mapping[str, Text]] = {
    "kind": {
        "zone": say("khu công nghiệp", "industrial zone"),
        "cluster": say("cụm công nghiệp", "industrial cluster"),
    },
    "list_status": {
        "open": say("danh mục mở", "open list"),
        "closed": say("danh mục đóng", "closed list"),
        "orientation": say("định hướng", "orientation only"),
    },
    "provenance": {
        "surveyed": say("ranh giới đo đạc", "surveyed outline"),
        "digitised": say("ranh giới số hóa từ hồ sơ", "outline digitised from a file"),
        "indicative": say(
            "hình minh họa, không chứng minh ranh giới, diện tích hay vị trí",
            "indicative outline, proves no boundary, area or position",
        ),
        "not_drawn": say("chưa có hình vẽ", "not drawn"),
    },
    "location_basis": {
        "named_commune": say("quyết định nêu tên xã", "the decision names the commune"),
        "sourced_commune": say("nguồn khác nêu tên xã", "another source names the commune"),
        "name_match": say("trùng tên xã trong huyện", "bears the name of a commune there"),
        "hamlet": say("trùng tên xóm của xã", "bears the name of a hamlet of the commune"),
        "coordinate": say("biết tọa độ của một điểm", "the coordinates of a point are known"),
        "district_only": say("chỉ biết cấp huyện", "only the district is known"),
    },
    "register_status": {
        "chưa đăng ký": say("sổ chưa có gì về xã này", "nothing registered: unknown, not zero"),
        "đã đăng ký": say("sổ có điểm của xã này", "points of this commune are registered"),
    },
    "unit_type": {
        "xã": say("xã", "commune"),
        "phường": say("phường", "ward"),
        "thị trấn": say("thị trấn", "township"),
    },
    "invented_split": {
        "yes": say("hình được tách theo giả định", "the split is the drawer's assumption"),
        "no": say("không tách theo giả định", "not split by assumption"),
    },
    "official_confidence": _CONFIDENCE,
    "location_confidence": _CONFIDENCE,
}
