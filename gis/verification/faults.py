"""Every fault a delivery can have, in one table. Codes are permanent and never reused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gis.language import Text, say
from gis.model import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING
NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A numbered way in which a delivery is not what it should be, and how that is mended."""

    code: str
    severity: Severity
    title: Text
    mend: Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, where it stands, what was found there and what was to be found.

    `row` is the id of the row, or `#n` for the n-th record where it has none of its own.
    """

    kind: FaultKind
    file: str
    layer: str = ""
    row: str = ""
    field: str = ""
    value: str | None = None
    wanted: str | None = None
    detail: Text = NOTHING

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def severity(self) -> Severity:
        return self.kind.severity


@dataclass(frozen=True, slots=True)
class Unproven:
    """Something that the verification could not settle, why, and what would settle it."""

    subject: str
    reason: Text
    settled_by: Text


_COPY_AGAIN = say(
    "chép lại tệp từ bộ giao nộp gốc, hoặc xuất lại bộ giao nộp",
    "copy the file from the original kit again, or export the kit again",
)
_COPY_ALL_PARTS = say(
    "chép lại đủ .shp, .shx, .dbf, .prj, .cpg của lớp từ bộ gốc",
    "copy .shp, .shx, .dbf, .prj and .cpg of the layer from the original again, all together",
)
_EXPORT_AGAIN = say(
    "xuất lại bộ giao nộp từ quy hoạch (tngis export)",
    "export the kit from the plan again (tngis export)",
)
_PACK_AGAIN = say(
    "nén lại bộ giao nộp: chỉ tệp thường, tên tương đối, mỗi tên một lần",
    "pack the kit again: plain files only, relative names, each name once",
)
_AS_PROFILE = say(
    "đặt tên và kiểu trường như hồ sơ mẫu, hoặc chỉ --profile tới hồ sơ mẫu đúng",
    "name and type the field as the profile does, or point --profile at the right profile",
)
_MEND_CELL = say(
    "sửa ô này theo giá trị của quy hoạch, hoặc xuất lại",
    "set the cell to the plan's value, or export again",
)
_MEND_TEXT = say(
    "ghi lại bảng thuộc tính bằng UTF-8 từ bảng gốc; không gõ đè",
    "write the attribute table as UTF-8 from the original again; do not retype",
)
_MEND_OUTLINE = say(
    "lấy lại hình của dòng này từ bộ gốc, hoặc xuất lại",
    "take the outline of this row from the original kit again, or export again",
)
_DEFINE_SYSTEM = say(
    "gán hệ tọa độ của quy hoạch (VN-2000, kinh tuyến trục của tỉnh) cho lớp",
    "set the layer's system to the plan's (VN-2000 with the province's meridian)",
)

FAULTS: tuple[FaultKind, ...] = (
    # what the files come in
    FaultKind("PACK01", ERROR,
              say("Tên tệp trong gói trỏ ra ngoài gói hoặc không dùng được.",
                  "A name in the archive leads out of it or cannot be used."), _PACK_AGAIN),
    FaultKind("PACK02", ERROR,
              say("Có mục không phải tệp thường (liên kết, thiết bị).",
                  "An entry is no plain file (a link, a device)."), _PACK_AGAIN),
    FaultKind("PACK03", ERROR,
              say("Một tên tệp có hai lần.", "A file name stands there twice."), _PACK_AGAIN),
    FaultKind("PACK04", ERROR,
              say("Quá lớn khi giải nén, nên không được đọc.",
                  "Too large when unpacked, and therefore not read."),
              say("chia nhỏ, hoặc giải nén ra thư mục rồi kiểm thư mục đó",
                  "split it, or unpack it into a folder and verify that")),
    FaultKind("PACK05", ERROR,
              say("Mục trong gói hỏng, mã hóa hoặc chồng lên mục khác.",
                  "An entry of the archive is damaged, encrypted or lies over another."),
              _PACK_AGAIN),
    FaultKind("PACK06", ERROR,
              say("Tệp không đọc được.", "A file cannot be read."),
              say("kiểm tra quyền đọc và ổ đĩa", "check permissions and the disk")),
    # what should be there
    FaultKind("FILE01", ERROR,
              say("Thiếu tệp mà bản kê liệt kê.", "A file the manifest lists is missing."),
              _COPY_AGAIN),
    FaultKind("FILE02", WARNING,
              say("Có tệp mà bản kê không liệt kê.", "A file is there that the manifest lacks."),
              say("bỏ tệp này ra khỏi bộ giao nộp", "take the file out of the kit")),
    FaultKind("FILE03", ERROR,
              say("Tệp không còn nguyên như bản kê ghi (sha256, số byte).",
                  "A file is not the one the manifest was written for (sha256, bytes)."),
              _COPY_AGAIN),
    FaultKind("FILE04", ERROR,
              say("Shapefile thiếu một phần.", "A part of a shapefile is missing."),
              _COPY_ALL_PARTS),
    FaultKind("FILE05", ERROR,
              say("Thiếu cả một lớp hoặc một định dạng.", "A layer or a format is not there."),
              _EXPORT_AGAIN),
    FaultKind("FILE06", ERROR,
              say("Không có lớp nào để kiểm.", "There is no layer to judge."),
              say("chỉ tới thư mục hoặc tệp zip chứa shapefile, hoặc chọn --profile đúng",
                  "point at the folder or zip that holds shapefiles, or choose the right "
                  "--profile")),
    FaultKind("FILE07", ERROR,
              say("Tệp không phải là tệp mà quy hoạch cho ra.",
                  "A file is not the one the plan gives."), _EXPORT_AGAIN),
    FaultKind("MANI01", ERROR,
              say("Không có bản kê và không nêu hồ sơ mẫu.",
                  "There is no manifest and no profile was named."),
              say("nêu hồ sơ mẫu: --profile default", "name a profile: --profile default")),
    FaultKind("MANI02", ERROR,
              say("Bản kê không đọc được hoặc sai cấu trúc.",
                  "The manifest cannot be read or has not its form."), _COPY_AGAIN),
    FaultKind("MANI03", ERROR,
              say("Bản kê nói khác với quy hoạch hoặc dữ liệu.",
                  "The manifest says other than the plan or the data."), _EXPORT_AGAIN),
    # what a shapefile says of itself
    FaultKind("PROJ01", ERROR,
              say("Thiếu tệp .prj: không biết hệ tọa độ.",
                  "The .prj is missing: the coordinate system is not told."), _DEFINE_SYSTEM),
    FaultKind("PROJ02", ERROR,
              say("Tệp .prj không đọc được.", "The .prj cannot be read."), _DEFINE_SYSTEM),
    FaultKind("PROJ03", ERROR,
              say("Hệ tọa độ ghi không phải hệ của quy hoạch.",
                  "The coordinate system told is not the plan's."), _DEFINE_SYSTEM),
    FaultKind("CPGF01", ERROR,
              say("Thiếu tệp .cpg: không biết bảng mã chữ.",
                  "The .cpg is missing: the encoding of texts is not told."),
              say("thêm tệp .cpg chứa: UTF-8", "add a .cpg file that says: UTF-8")),
    FaultKind("CPGF02", ERROR,
              say("Tệp .cpg ghi bảng mã khác UTF-8.", "The .cpg names another encoding."),
              say("ghi lại bảng bằng UTF-8 với .cpg chứa: UTF-8",
                  "write the table as UTF-8, with a .cpg that says: UTF-8")),
    FaultKind("SHAP01", ERROR,
              say("Phần đầu của .shp sai.", "The header of the .shp is wrong."), _COPY_ALL_PARTS),
    FaultKind("SHAP02", ERROR,
              say("Tệp .shx không khớp .shp.", "The .shx does not fit the .shp."),
              _COPY_ALL_PARTS),
    FaultKind("SHAP03", ERROR,
              say("Bản ghi hình bị hỏng.", "A record of the .shp is damaged."), _COPY_ALL_PARTS),
    FaultKind("SHAP04", ERROR,
              say("Phần đầu của .dbf sai.", "The header of the .dbf is wrong."), _COPY_ALL_PARTS),
    FaultKind("SHAP05", ERROR,
              say("Độ dài .dbf không khớp số dòng ghi ở đầu tệp.",
                  "The length of the .dbf does not fit the rows its header counts."),
              _COPY_ALL_PARTS),
    FaultKind("SHAP06", ERROR,
              say("Khung bao ghi không phải khung bao của các đỉnh.",
                  "A bounding box told is not that of the vertices."), _COPY_ALL_PARTS),
    FaultKind("SHAP07", ERROR,
              say("Số hình và số dòng thuộc tính khác nhau.",
                  "There are not as many rows as outlines."), _COPY_ALL_PARTS),
    FaultKind("SHAP08", ERROR,
              say("Dòng bị đánh dấu xóa.", "A row is marked as deleted."),
              say("khôi phục dòng, hoặc nén bảng (pack) nếu cố ý xóa",
                  "restore the row, or pack the table if it was meant")),
    # fields
    FaultKind("FLDS01", ERROR, say("Thiếu trường.", "A field is missing."), _AS_PROFILE),
    FaultKind("FLDS02", ERROR, say("Có trường lạ.", "A field is not one of the profile."),
              _AS_PROFILE),
    FaultKind("FLDS03", ERROR, say("Trường sai kiểu.", "A field has another type."), _AS_PROFILE),
    FaultKind("FLDS04", ERROR,
              say("Trường sai độ rộng hoặc số lẻ.", "A field has another width or decimals."),
              _AS_PROFILE),
    FaultKind("FLDS05", ERROR, say("Hai trường cùng tên.", "Two fields have one name."),
              _AS_PROFILE),
    FaultKind("FLDS06", WARNING, say("Thứ tự trường khác.", "The fields stand in another order."),
              _AS_PROFILE),
    # rows
    FaultKind("ROWS01", ERROR, say("Số dòng khác với quy hoạch.",
                                   "There are not as many rows as the plan has."), _EXPORT_AGAIN),
    FaultKind("ROWS02", ERROR, say("Dòng không có mã.", "A row has no id."), _MEND_CELL),
    FaultKind("ROWS03", ERROR, say("Một mã có ở hai dòng.", "An id stands in two rows."),
              _MEND_CELL),
    FaultKind("ROWS04", ERROR, say("Mã không có trong quy hoạch.", "The plan has no such id."),
              _MEND_CELL),
    FaultKind("ROWS05", ERROR, say("Thiếu dòng của quy hoạch.", "A row of the plan is missing."),
              _EXPORT_AGAIN),
    # cells
    FaultKind("CELL01", ERROR, say("Chữ không phải UTF-8.", "A text is not UTF-8."), _MEND_TEXT),
    FaultKind("CELL02", ERROR,
              say("Chữ UTF-8 bị đọc bằng bảng mã khác rồi ghi lại.",
                  "UTF-8 was read as another encoding and written back."), _MEND_TEXT),
    FaultKind("CELL03", ERROR,
              say("Chữ của phông cũ (TCVN3, VNI) hoặc bảng mã cũ.",
                  "Letters of an old font (TCVN3, VNI) or an old code page."), _MEND_TEXT),
    FaultKind("CELL04", ERROR, say("Chữ bị cắt cụt.", "A text is cut short."),
              say("lấy nguyên văn từ bảng kèm hoặc GeoPackage, hoặc xuất lại",
                  "take the whole text from the side table or the GeoPackage, or export again")),
    FaultKind("CELL05", WARNING,
              say("Chữ không ở dạng dựng sẵn (NFC): tìm kiếm sẽ không thấy.",
                  "A text is not composed (NFC): searches will miss it."), _MEND_TEXT),
    FaultKind("CELL06", ERROR,
              say("Chữ có ký tự điều khiển hoặc đã mất dấu.",
                  "A text has control characters or has lost letters."), _MEND_TEXT),
    FaultKind("CELL07", ERROR, say("Ô số không phải số.", "A number cell is no number."),
              _MEND_CELL),
    FaultKind("CELL08", ERROR, say("Giá trị khác với quy hoạch.",
                                   "A value is not the plan's."), _MEND_CELL),
    FaultKind("CELL09", ERROR, say("Ô trống mà quy hoạch có giá trị.",
                                   "A cell is empty where the plan has a value."), _MEND_CELL),
    FaultKind("CELL10", ERROR, say("Mã không có trong danh mục mã.",
                                   "A code is not in the code list."), _MEND_CELL),
    FaultKind("CELL11", ERROR, say("Ô có giá trị mà quy hoạch để trống.",
                                   "A cell has a value where the plan has none."), _MEND_CELL),
    # outlines
    FaultKind("OUTL01", ERROR, say("Dòng không có hình.", "A row has no outline."), _MEND_OUTLINE),
    FaultKind("OUTL02", ERROR, say("Sai kiểu hình: cần vùng hai chiều.",
                                   "The geometry is not of plane polygons."),
              say("xuất lớp dạng vùng hai chiều (Polygon)", "export the layer as 2-D polygons")),
    FaultKind("OUTL03", ERROR,
              say("Vòng chạy ngược chiều.", "A ring runs the wrong way round."),
              say("shapefile: vòng ngoài thuận chiều kim đồng hồ, lỗ ngược chiều",
                  "shapefile: outer rings clockwise, holes counter-clockwise")),
    FaultKind("OUTL04", ERROR, say("Hình không hợp lệ: tự cắt, lỗ nằm ngoài.",
                                   "An outline is not valid: it crosses itself."), _MEND_OUTLINE),
    FaultKind("OUTL05", ERROR, say("Tọa độ ở ngoài tỉnh.", "Coordinates lie outside the province."),
              _MEND_OUTLINE),
    FaultKind("OUTL06", ERROR, say("Hai trục bị đổi chỗ: X là bắc, Y là đông.",
                                   "The axes are swapped: X is north, Y is east."),
              say("đổi lại hai cột tọa độ: đông trước, bắc sau",
                  "swap the coordinates back: easting first, northing second")),
    FaultKind("OUTL07", ERROR, say("Thiếu phép chuyển giữa VN-2000 và WGS 84.",
                                   "The shift between VN-2000 and WGS 84 was left out."),
              say("chiếu lại với đủ tham số VN-2000 (QĐ 05/2007/QĐ-BTNMT)",
                  "reproject with the parameters of VN-2000 (Decision 05/2007/QĐ-BTNMT)")),
    FaultKind("OUTL08", ERROR, say("Hình không phải hình của quy hoạch.",
                                   "An outline is not the plan's."), _MEND_OUTLINE),
    FaultKind("OUTL09", ERROR, say("Vòng không khép kín hoặc quá ít đỉnh.",
                                   "A ring is not closed or has too few vertices."),
              _MEND_OUTLINE),
    FaultKind("OUTL10", ERROR, say("Tọa độ không phải mét: độ, vô cực hoặc không phải số.",
                                   "Coordinates are no metres: degrees, infinite or no number."),
              _DEFINE_SYSTEM),
    FaultKind("OUTL11", ERROR, say("Có hình mà quy hoạch không vẽ.",
                                   "A row has an outline that the plan does not draw."),
              _MEND_OUTLINE),
    # areas
    FaultKind("HECT01", ERROR, say("Ô diện tích đo không phải diện tích của hình.",
                                   "The measured area is not that of the outline."),
              say("tính lại diện tích trên lưới VN-2000, đơn vị ha",
                  "compute the area on the VN-2000 grid again, in hectares")),
    FaultKind("HECT02", ERROR, say("Ô diện tích elipxôit không phải diện tích của hình.",
                                   "The geodesic area is not that of the outline."),
              say("tính lại diện tích trên elipxôit VN-2000, đơn vị ha",
                  "compute the area on the VN-2000 ellipsoid again, in hectares")),
    FaultKind("HECT03", ERROR, say("Tổng diện tích khác tổng quyết định in.",
                                   "The stated areas do not sum to the total the decision prints."),
              _MEND_CELL),
    # side tables
    FaultKind("SIDE01", ERROR, say("Thiếu bảng kèm mà chữ rút gọn dẫn tới.",
                                   "The side table that shortened texts refer to is missing."),
              _COPY_AGAIN),
    FaultKind("SIDE02", ERROR, say("Bảng kèm không đọc được.",
                                   "A side table cannot be read."), _COPY_AGAIN),
    FaultKind("SIDE03", ERROR, say("Bảng kèm thiếu hoặc thừa dòng, cột.",
                                   "A side table lacks rows or columns, or has too many."),
              _EXPORT_AGAIN),
    FaultKind("SIDE04", ERROR, say("Chữ trong bảng kèm không phải nguyên văn của quy hoạch.",
                                   "A text of a side table is not the plan's."), _MEND_CELL),
    # GeoPackage
    FaultKind("GPKG01", ERROR, say("GeoPackage hỏng hoặc không phải SQLite.",
                                   "The GeoPackage is damaged or no SQLite file."), _COPY_AGAIN),
    FaultKind("GPKG02", ERROR, say("GeoPackage thiếu bảng hoặc dấu hiệu bắt buộc.",
                                   "The GeoPackage lacks a table or mark it must have."),
              _COPY_AGAIN),
    FaultKind("GPKG03", ERROR, say("GeoPackage thiếu lớp.", "The GeoPackage lacks a layer."),
              _EXPORT_AGAIN),
    FaultKind("GPKG04", ERROR, say("Lớp GeoPackage ở hệ tọa độ khác.",
                                   "A layer of the GeoPackage is in another system."),
              _DEFINE_SYSTEM),
    FaultKind("GPKG05", ERROR, say("Hình trong GeoPackage không đọc được.",
                                   "An outline of the GeoPackage cannot be read."),
              _MEND_OUTLINE),
    FaultKind("GPKG06", ERROR, say("Shapefile và GeoPackage nói khác nhau.",
                                   "Shapefile and GeoPackage say different things."),
              _EXPORT_AGAIN),
    FaultKind("GPKG07", ERROR, say("Khung bao hoặc chỉ mục không gian không khớp hình.",
                                   "The extent or the spatial index does not fit the outlines."),
              _EXPORT_AGAIN),
)  # fmt: skip

KINDS: Mapping[str, FaultKind] = {kind.code: kind for kind in FAULTS}


def fault(
    code: str,
    file: str,
    *,
    layer: str = "",
    row: str = "",
    field: str = "",
    value: object = None,
    wanted: object = None,
    detail: Text = NOTHING,
) -> Fault:
    """A fault of a code, at its place."""
    return Fault(
        KINDS[code],
        file,
        layer,
        row,
        field,
        None if value is None else str(value),
        None if wanted is None else str(wanted),
        detail,
    )
