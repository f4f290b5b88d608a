"""Free text and codes to activities: what is understood, what is not, and what is never guessed."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable

import pytest
from conftest import activity
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.activities import ancestors
from gis.asking import speech
from gis.asking.understanding import FLAGS, looks_like_code, search, understand, vocabulary_of
from gis.model import Plan
from gis.plan import default_plan, load_plan
from gis.tables import Activity, Code
from gis.values import read
from gis.verdicts import ActivityMatch

PLAN = load_plan(default_plan(), geometry=False)
LONGEST_S = 0.5  # of a processor, for 10,000 characters

# How planners and investors say it, written without looking at the vocabulary.
SAID = {
    "garments": "xưởng may áo sơ mi; tôi muốn mở xưởng may gia công cho Hàn "
    "Quốc; may đồng phục học sinh; garment factory; sportswear "
    "manufacturing; may quần jean xuất khẩu đi Mỹ; áo khoác lông "
    "vũ; clothing manufacturer; công ty chuyên may quần áo bảo hộ "
    "lao động; garmnet factory; may áo phao",
    "weaving": "deejt may; xưởng dệt vải; nha may det kim",
    "electronics": "dieejn tuwr; Công ty tôi định đầu tư nhà máy sản xuất bo "
    "mạch; sản xuất tai nghe bluetooth; electronis; nhà máy điện "
    "tử Hàn Quốc",
    "electronic-components": "nhà máy linh kiện điện tử; chip bán dẫn; electronic "
    "components; sản xuất vi mạch bán dẫn; linh kiện camera điện "
    "thoại",
    "digital-device-assembly": "lap rap dien thoai; lắp ráp ti vi; sản xuất màn hình OLED; "
    "máy tính xách tay; assembly of mobile phones; lap rap may "
    "tinh",
    "slaughter-livestock": "lò mổ heo; pig slaughterhouse; mổ bò; giết mổ gia xúc; giết mổ lợn",
    "slaughter-poultry": "giết mổ vịt; lo mo ga",
    "beer": "nhà máy bia; I want to build a brewery; bia tươi",
    "unburnt-brick": "làm gạch không nung; gạch block tự chèn",
    "building-materials": "sx VLXD; VL xây dựng; vaatj lieeuj xaay duwngj",
    "metal-fabrication": "hàn cửa sắt; gò hàn; mạ điện; mạ kẽm nhúng nóng; cửa cuốn "
    "điện; làm nhôm kính",
    "mechanical-engineering": "cơ khí chính xác; gia cong cnc; khuôn ép nhựa; gia công chi "
    "tiết máy CNC; sản xuất bu lông, ốc vít; cow khis",
    "steel-rolling": "nhà máy cán tôn; steel mill; cán thép thanh vằn; sản xuất tôn lợp mái",
    "metal-casting": "đúc gang; đúc gang xám; iron foundry",
    "ferrous-metallurgy": "lò luyện thép; luyện gang thép lò cao; phôi thép; nha may thep",
    "cement": "nhà máy xi măng; nghiền clinker xi măng; cement factory; xi mawng",
    "ready-mix-concrete": "trạm trộn bê tông; bê tông tươi thương phẩm",
    "tea-processing": "sao chè, đóng gói trà xanh; đóng gói chè xuất khẩu; chế biến "
    "chè xanh, chè đen; xưởng chế biến chè khô; tea processing "
    "plant; trà túi lọc; che bien tra",
    "forest-product-processing": "chế biến gỗ; viên nén mùn cưa; wood pellets; viên nén gỗ "
    "sang Hàn Quốc; gỗ dăm xuất khẩu",
    "wood-furniture": "đóng bàn ghế; tủ bếp gỗ; furniture factory; giường tủ bàn "
    "ghế gỗ; xưởng mộc; đồ gỗ xuất khẩu",
    "beverages": "nước đóng bình; rượu gạo; sản xuất rượu vang nho; đóng chai nước suối",
    "pharmaceuticals": "thuốc tân dược; thuốc bắc; thuốc viên nang; thuốc đông y; "
    "vaccine manufacturing; drug factory",
    "medical-instruments": "kim tiêm, dây truyền dịch; găng tay y tế; khẩu trang y tế; "
    "medical device factory; bông băng y tế",
    "waste-treatment": "xử lý rác thải sinh hoạt; hazardous waste treatment",
    "thermal-power": "nhiệt điện than",
    "software": "viết phần mềm; lập trình game; software company",
    "gas-bottling": "sang chiết gas",
    "packaging": "thùng các tông; corrugated boxes",
    "plastic-packaging": "túi ni lông; chai nhựa PET",
    "footwear": "giày thể thao; shoe factory; giày dép da; giầy da nam xuất khẩu châu Âu",
    "leather-products": "thuộc da",
    "rattan-bamboo": "đan lát tre nứa",
    "mineral-processing": "tuyển quặng sắt; nghiền đá; tuyển than; cát nghiền nhân tạo",
    "noodles": "mì ăn liền; bún khô; làm bún phở; chế biến mì gạo; phở khô",
    "electrical-equipment": "pin xe điện; xin hỏi có được làm tủ điện không ạ; máy biến "
    "thế; dây cáp điện; ắc quy chì; pin lithium cho ô tô điện; "
    "cáp điện hạ thế; sản xuất ắc quy xe máy; thiết bị đóng cắt "
    "trung thế; tủ bảng điện công nghiệp; đèn led chiếu sáng; LED "
    "lamp manufacturer; battery plant",
    "textile-machinery": "máy may",
    "art-stone": "khắc bia; bia mộ; đá mỹ nghệ; đá phong thủy",
    "household-electrical": "quạt trần, nồi cơm điện; nồi chiên không dầu; bếp từ",
    "refrigeration-equipment": "máy điều hòa không khí; tủ lạnh; tủ đông, tủ mát",
    "motorbike-parts": "phụ tùng xe máy Honda",
    "light-trucks": "lắp ráp ô tô tải nhẹ; lắp ráp xe tải hạng nhẹ",
    "auto-assembly": "car factory; ô tô điện",
    "auto-parts": "wire harness for cars; phụ tùng ô tô Toyota; auto parts manufacturing",
    "mineral-extraction": "khai thac da voi; khai thác mỏ đá vôi",
    "nonferrous-metallurgy": "luyện kẽm; luyện đồng; luyện thiếc thỏi; luyện antimon; zinc smelter",
    "eco-roofing": "tấm lợp sinh thái cách nhiệt",
    "refractories": "vật liệu chịu lửa",
    "glass": "kính cường lực; kính an toàn cho xây dựng",
    "ceramics-fine": "chén bát sứ; sứ vệ sinh; bát đĩa gốm sứ",
    "steel-structures": "nhà thép tiền chế; kết cấu thép nhà xưởng; khung thép nhà "
    "xưởng; steel structure workshop; kết cấu thép cầu",
    "machine-building": "chế tạo máy CNC; quạt công nghiệp; máy làm bánh; máy đóng gạch",
    "mechanical-repair": "sửa chữa máy xúc",
    "food-processing": "bánh trung thu; cá hộp; đông lạnh thủy sản; sữa chua; san "
    "xuat banh keo; nước mắm; bánh kẹo; sản xuất nước mắm; chế "
    "biến sữa tươi; bánh mì công nghiệp; san xuat sua",
    "cold-cuts": "giò lụa, chả quế",
    "agri-processing": "xay xát lúa gạo; tinh bột sắn; chế biến nông sãn",
    "fruit-juice": "nước ép trái cây",
    "fruit-vegetable-processing": "sấy hoa quả; sấy khô hoa quả; fruit canning",
    "fertiliser": "phân lân; phân hữu cơ vi sinh; sản xuất phân bón lá",
    "paints": "sơn tường",
    "toys": "đồ chơi trẻ em",
    "cosmetics": "mỹ phẩm; son môi",
    "data-centre": "trung tâm dữ liệu",
    "fireworks": "pháo hoa",
    "solar-panels": "tấm pin mặt trời",
    "bicycles": "lắp ráp xe đạp; xe đạp điện",
    "jewellery": "trang sức vàng bạc; dây chuyền vàng",
    "high-tech": "công nghệ cao",
    "craft-production": "tiểu thủ công nghiệp",
    "water-supply": "nhà máy nước sạch",
    "wastewater": "xử lý nước thải",
    "renewable-power": "điện gió",
    "aircraft": "máy bay",
    "petroleum-coke": "than tổ ong; nhựa đường",
    "dyeing": "nhuộm vải; textile dyeing; fabric dyeing factory; nhuomj vari",
    "spinning": "kéo sợi bông",
    "electronics-assembly": "PCB assembly; lắp ráp bảng mạch điện tử",
    "rubber-plastics": "lốp ô tô; ống nhựa PVC; plastic injection company",
    "diesel-engines": "động cơ đi-ê-zen",
    "marine-engines": "máy thủy",
    "meat-processing": "xúc xích; chế biến thịt gà đông lạnh; meat processing factory",
    "ready-meals": "cơm hộp cho công nhân",
    "animal-feed": "cám heo; thức ăn gia súc gia cầm; nhà máy chế biến thức ăn "
    "chăn nuôi; animal feed mill; thuwcs awn chawn nuooi",
    "particle-board": "ván ép; ván ép công nghiệp",
    "sawmilling": "cưa xẻ gỗ; xẻ gỗ rừng trồng; sawmill; go xe",
    "paper": "giấy vệ sinh; paper mill; sanr xuaats giaays",
    "tunnel-brick": "lò gạch tuynel; gạch tuynel",
    "ceramic-tiles": "gạch ốp lát; ceramic tile plant",
    "precast-concrete": "cống bê tông đúc sẵn; precast concrete factory",
    "facing-stone": "đá hoa cương; đá granite ốp lát",
    "lime-plaster": "nung vôi",
    "coal-mining": "mỏ than",
    "pharma-chemicals": "nguyên liệu làm thuốc",
    "printing": "in bao bì",
    "explosives": "thuốc nổ",
    "hydro-power": "thủy điện nhỏ",
    "pesticides": "thuốc trừ sâu",
    "functional-food": "thực phẩm chức năng",
    "other-chemicals": "mực in",
    "eyewear-optics": "kính mắt",
    "gearboxes-shafts": "bánh răng",
    "bags-luggage": "xưởng cắt may balo túi xách",
    "iron-ore": "khai thác quặng sắt",
    "deep-mineral-processing": "chế biến sâu khoáng sản",
    "tobacco": "thuốc lá điện tử",
    "handicrafts-fine-art": "sơn mài; đúc đồng mỹ nghệ",
    "metal-production": "nhôm định hình",
    "furniture-other": "steel furniture",
    "shipbuilding": "dong tau",
}

# Uses the decision does not govern, however industrial a word of them is.
OUT_OF_SCOPE = """
kho lạnh; kho xăng dầu; ấp trứng gà; farm stay; nhà xưởng cho thuê; cầu cảng bốc xếp container;
sửa chữa ô tô; kinh doanh vàng; cà phê sân vườn; sân golf; nhà ở công nhân; trường mầm non;
trồng rau sạch; bán quần áo; đại lý xi măng; sửa điện thoại; rửa xe ô tô; dạy may; tiệm bánh mì;
nhà nghỉ; nuôi tôm; bệnh viện; văn phòng cho thuê; đào tạo lái xe; xuất khẩu lao động; cửa hàng
điện tử; sửa xe máy; trạm xăng; chợ đầu mối nông sản; quán bia hơi; trồng chè; chung cư mini;
karaoke; giặt là; dịch vụ kế toán; cho thuê nhà xưởng; sữa chữa ô tô; sửa chữa điện lạnh; lắp
đặt điện lạnh; tiệm may; siêu thị điện máy; vận tải xi măng; trường dạy nghề cơ khí; bãi đỗ xe ô
tô; cho thuê ô tô; nuôi gà công nghiệp; trồng rừng keo; bán đồ gỗ; nhà hàng bia tươi; khách sạn
5 sao; car wash; tea house; shoe shop; quán phở; cửa hàng vật liệu xây dựng; kinh doanh xăng
dầu; bán vật liệu xây dựng; trại lợn giống; khu đô thị sinh thái; sân bóng cỏ nhân tạo; trung
tâm tiệc cưới; dạy nấu ăn; phòng khám đa khoa; rửa xe; wedding dress shop; driving school; vườn
ươm cây giống; nghĩa trang
"""

# What one word of it makes look like an activity, and what may be several: asked back.
NOT_SURE = """
gốm sứ mỹ nghệ; bánh xe; may mặc và luyện kim; giay; gang tay; giấy phép xây dựng; sản xuất giấy
và bột giấy; bóng đá; khai thác và luyện kim; san xuat giay; thủy tinh thể; cầu trục, dầm thép;
máy cày, máy gặt; máy in; bìa sách; cá nước ngọt; giày và xi măng; phim điện ảnh; thiết bị điện
ảnh; may mắn; đá bóng; gạch nối; asdf qwer; linh tinh; cheesbieens gox; phim hoạt hình; điện
hoa; áo mưa giấy; gốm sứ và dệt; đèn dầu; giấy khen; điện thờ; thép đã qua sử dụng; may rủi;
steel band music; paper planes; printer; xưởng inox; may khẩu trang; lắp ráp máy in; lò mổ gia
súc gia cầm; dầu gội dược liệu; thuốc bảo vệ thực vật sinh học; may in
"""

HEADED = {  # a known thing with something said of it
    "footwear": "giày bảo hộ lao động cho thợ điện; running shoes for export to Korea",
    "garments": "quần áo mùa đông cho trẻ em; Garment factory making winter jackets",
    "bags-luggage": "may ba lô học sinh",
    "beverages": "rượu vang hoa quả; sản xuất nước giải khát có ga",
    "packaging": "bao bì giấy đựng chè; thùng carton 5 lớp",
    "refractories": "gạch chịu nhiệt xây lò luyện gang",
    "spinning": "kéo sợi từ xơ bông",
    "facing-stone": "đá granite ốp bếp",
    "fertiliser": "organic fertilizer from chicken manure",
    "machine-building": "máy làm gạch không nung",
}
OF_PARTS = {  # one word of each part, whatever stands between
    "ore-export": "bán quặng sắt thô sang Trung Quốc; gom quặng đưa qua cửa khẩu bán; raw iron ore "
    "shipped to China; khai thác quặng thiếc, bán ra nước ngoài",
    "explosives": "xưởng pha chế thuốc nổ cho mỏ đá; plant making emulsion explosives",
    "furniture-other": "furniture of steel tubes; tủ quần áo làm bằng sắt",
    "rubber-plastics": "tủ quần áo bằng nhựa; bàn ghế học sinh bằng nhựa",
    "machine-repair-all": "nhận đại tu máy xúc cho mỏ; xưởng sửa máy cày, máy bừa",
    "animal-feed": "pate và hạt khô cho chó mèo; cám cho lợn nái",
    "metal-recycling": "tái chế nhôm từ vỏ lon bia; nấu luyện chì từ ắc quy cũ",
    "nonferrous-metallurgy": "tungsten smelter; nấu luyện thiếc",
    "unburnt-brick": "sản xuất gạch từ tro bay nhiệt điện",
    "electronics-assembly": "lắp ráp tai nghe không dây cho Apple",
    "auto-parts": "bộ dây điện cho xe hơi",
}
NO_SUCH_THING = """
bàn ghế bằng lời; thủy tinh thể; giấy phép xây dựng; bán quặng cho nhà máy thép trong tỉnh; không
xuất khẩu quặng; nhà máy chế biến sâu quặng để xuất khẩu kim loại; kho chứa thuốc nổ; sửa chữa ô tô
"""
CODED = {
    "1410": "garments",
    "14100": "garments",
    "141": "garments",
    "14": "garments",
    "C14": "garments",
    "C.1410": "garments",
    "VSIC 1410": "garments",
    "VSIC 2018: 1410": "garments",
    "ISIC Rev.4 1520": "footwear",
    "mã ngành 15200": "footwear",
    "1071": "food-processing",
    "1076": "tea-processing",
    "1103": "beer",
    "21": "pharma-chemicals",
    "21001": "pharmaceuticals",
    "2394": "building-materials",
    "2813": "machine-building",
    "1410; 1430": "garments",
    "B": "mineral-extraction",
    "2611": "solar-panels",  # VSIC 2025
    "3101": "wood-furniture",  # VSIC 2025; 3100 before
    "3102": "furniture-other",  # VSIC 2025
    "3513": "power-grid",  # VSIC 2025
}
CODE_TELLS_TOO_LITTLE = [
    "C",
    "1010",
    "2750x",
    "3512",
    "3100",
    "1410; 2410",
    "0",
    "9999",
    "12345678",
]


def listed(phrases: str) -> list[str]:
    return [item.strip() for item in phrases.replace("\n", " ").split(";") if item.strip()]


def flags(match: ActivityMatch) -> set[str]:
    return {flag.code for flag in match.flags}


def named(match: ActivityMatch) -> set[str]:
    return {candidate.identity for candidate in match.candidates}


def essence(match: ActivityMatch) -> tuple[object, ...]:
    return (match.activity_id, match.candidates, match.flags, match.is_industry)


LONG_KNOWN = {
    "paper": "giấy dán tường",
    "spinning": "sợi chỉ",
    "waste-treatment": "lò đốt rác phát điện",
    "cosmetics": "thuốc nhuộm tóc",
    "toys": "đồ chơi điện tử",
    "food-processing": "ép dầu lạc",
    "ferrous-metallurgy": "sản xuất thép không gỉ",
    "steel-rolling": "ống thép hộp",
    "household-electrical": "máy lọc không khí; robot hút bụi",
    "electronic-components": "màn hình cảm ứng",
    "building-materials": "vữa khô; ngói màu không nung",
    "medical-instruments": "máy trợ thính",
    "auto-parts": "car seat covers",
    "mechanical-engineering": "thép gai",
    "mineral-processing": "bột đá siêu mịn",
    "pharmaceuticals": "sản xuất thuốc bổ",
}
PAIRS = [
    (phrase, key)
    for said in (SAID, LONG_KNOWN)
    for key, phrases in said.items()
    for phrase in listed(phrases)
]
PHRASES = [phrase for phrase, _ in PAIRS]


@pytest.mark.parametrize(("phrase", "activity_id"), PAIRS)
def test_what_people_say_is_understood(phrase: str, activity_id: str) -> None:
    match = understand(PLAN, phrase)
    assert (match.activity_id, match.is_industry) == (activity_id, True)


@pytest.mark.parametrize(
    ("phrase", "activity_id"),
    [
        (phrase, key)
        for known in (HEADED, OF_PARTS)
        for key, phrases in known.items()
        for phrase in listed(phrases)
    ],
)
def test_a_thing_is_understood_with_what_is_said_of_it(phrase: str, activity_id: str) -> None:
    match = understand(PLAN, phrase)
    assert match.activity_id == activity_id
    assert flags(match) <= {"approximate-match"}


@pytest.mark.parametrize("phrase", listed(NO_SUCH_THING))
def test_a_ban_or_a_thing_is_not_read_into_what_only_sounds_like_it(phrase: str) -> None:
    assert understand(PLAN, phrase).activity_id not in {
        *HEADED, *OF_PARTS, "glass", "paper", "wood-furniture"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("tấm lợp", "eco-roofing"),
        ("roof tiles", "clay-brick-tile-craft"),
        ("engines", "diesel-engines"),
        ("shafts", "gearboxes-shafts"),
        ("vườn ươm", "tech-incubator"),
        ("giấy nhám", "paper"),
        ("đầu máy karaoke", "rail-vehicles"),
        ("tablets", "digital-device-assembly"),
        ("office furniture", "wood-furniture"),
        ("gạch bông", "ceramic-tiles"),
        ("kho tủ đông", "refrigeration-equipment"),
    ],
)
def test_a_word_of_many_things_is_not_one_of_them(wide: str, narrow: str) -> None:
    assert understand(PLAN, wide).activity_id != narrow


@pytest.mark.parametrize("service", ["sửa chữa", "bán", "cho thuê", "kho", "dạy", "lắp đặt"])
@pytest.mark.parametrize(
    ("thing", "activity_id"),
    [
        ("lò luyện thép", "ferrous-metallurgy"),
        ("thịt lợn sấy", "meat-processing"),
        ("gạch từ tro bay", "unburnt-brick"),
        ("nồi chảo bằng inox", "mechanical-engineering"),
    ],
)
def test_a_service_to_a_thing_does_not_make_it(service: str, thing: str, activity_id: str) -> None:
    assert understand(PLAN, f"{service} {thing}").activity_id != activity_id


@pytest.mark.parametrize("material", ["nhựa", "sắt", "inox", "mây", "đá", "kính"])
def test_a_material_is_never_stripped(material: str) -> None:
    for thing in ("bàn ghế học sinh", "tủ quần áo", "giường ngủ"):
        assert understand(PLAN, f"{thing} bằng {material}").activity_id != "wood-furniture"


@pytest.mark.parametrize("phrase", listed(OUT_OF_SCOPE))
def test_what_is_no_industry_is_out_of_scope(phrase: str) -> None:
    match = understand(PLAN, phrase)
    assert not match.is_industry
    assert "out-of-scope" in flags(match)


@pytest.mark.parametrize("phrase", listed(NOT_SURE))
def test_what_is_not_sure_is_asked_back(phrase: str) -> None:
    match = understand(PLAN, phrase)
    assert match.activity_id is None
    assert match.is_industry
    assert flags(match) & {"ambiguous-activity", "several-activities", "activity-not-understood"}


# --- accents, keys, slips -----------------------------------------------------------------------


def test_accents_tell_apart_what_they_tell_apart() -> None:
    assert understand(PLAN, "sản xuất giấy").activity_id == "paper"
    assert understand(PLAN, "sản xuất giày").activity_id == "footwear"
    asked_back = understand(PLAN, "san xuat giay")
    assert (asked_back.activity_id, named(asked_back)) == (None, {"paper", "footwear"})
    assert flags(asked_back) == {"ambiguous-activity"}


@pytest.mark.parametrize("typed", ["sua chua", "giay", "da", "kem", "son", "may cay", "bun"])
def test_without_accents_two_things_spelt_alike_are_asked_back(typed: str) -> None:
    match = understand(PLAN, typed)
    assert match.activity_id is None
    assert len(named(match)) > 1


def test_a_sewing_machine_is_no_garment() -> None:
    assert understand(PLAN, "máy may").activity_id == "textile-machinery"
    assert understand(PLAN, "may").activity_id == "garments"
    assert understand(PLAN, "máy mặc").activity_id is None


def test_tone_marks_may_stand_on_either_vowel() -> None:
    assert understand(PLAN, "hoá dược").activity_id == understand(PLAN, "hóa dược").activity_id
    assert understand(PLAN, "thuỷ tinh").activity_id == understand(PLAN, "thủy tinh").activity_id


@pytest.mark.parametrize(
    ("typed", "activity_id"),
    [
        ("dieejn tuwr", "electronics"),
        ("ddieenj tuwr", "electronics"),
        ("deejt may", "weaving"),
        ("xi mawng", "cement"),
        ("cow khis", "mechanical-engineering"),
        ("nhaf mays giaays", "paper"),
        ("giafy deps", "footwear"),
    ],
)
def test_telex_keys_are_read_as_the_letters_they_make(typed: str, activity_id: str) -> None:
    assert understand(PLAN, typed).activity_id == activity_id


@pytest.mark.parametrize(
    ("typed", "activity_id"),
    [
        ("garmet factory", "garments"),
        ("funiture factory", "wood-furniture"),
        ("vật liệu xây dưng", "building-materials"),
        ("giết mổ gia xúc", "slaughter-livestock"),
        ("ximăng", "cement"),
        ("linh kiện điệntử", "electronic-components"),
    ],
)
def test_slips_are_accepted(typed: str, activity_id: str) -> None:
    assert understand(PLAN, typed).activity_id == activity_id


@pytest.mark.parametrize("typed", ["garmet factory", "giết mổ gia xúc", "funiture factory"])
def test_an_accepted_slip_is_flagged(typed: str) -> None:
    assert "approximate-match" in flags(understand(PLAN, typed))


@pytest.mark.parametrize(
    "typed",
    [
        "thiết bị điện ảnh",  # one letter from thiết bị điện lạnh
        "thiet bi dien anh",
        "giấy da",  # giày da with another word's marks
        "mixing",  # one letter from mining
        "bánh xe",
        "đồ da chơi",
    ],
)
def test_a_word_that_is_another_word_is_no_slip(typed: str) -> None:
    assert understand(PLAN, typed).activity_id is None


@pytest.mark.parametrize(
    ("machine", "product"),
    [
        ("máy nghiền xi măng", "cement"),
        ("máy làm giấy", "paper"),
        ("máy dệt vải", "weaving"),
        ("máy chế biến gỗ", "forest-product-processing"),
        ("phụ tùng máy may", "garments"),
        ("máy chế biến khoáng sản", "mineral-processing"),
    ],
)
def test_a_machine_is_not_what_it_makes(machine: str, product: str) -> None:
    found = understand(PLAN, machine).activity_id
    assert found != product
    assert found is None or product not in ancestors(PLAN, found)


# --- several things, abbreviations, talk ----------------------------------------------------------


def test_two_activities_are_asked_for_one_at_a_time() -> None:
    match = understand(PLAN, "may mặc và luyện kim")
    assert match.activity_id is None
    assert named(match) == {"garments", "metal-production"}
    assert flags(match) == {"several-activities"}


def test_things_of_one_activity_are_one() -> None:
    assert understand(PLAN, "quần áo, đồng phục và áo khoác").activity_id == "garments"
    assert understand(PLAN, "chế biến chè xanh và chè đen").activity_id == "tea-processing"


def test_of_an_activity_and_its_part_the_whole_is_meant() -> None:
    assert understand(PLAN, "vật liệu xây dựng, xi măng").activity_id == "building-materials"


def test_one_thing_not_understood_leaves_all_unsettled() -> None:
    match = understand(PLAN, "may mặc và qwzxv")
    assert match.activity_id is None
    assert "garments" in named(match)


@pytest.mark.parametrize(
    ("short", "activity_id"),
    [
        ("SX VLXD", "building-materials"),
        ("VL xây dựng", "building-materials"),
        ("TTCN", "craft-production"),
        ("CN ô tô", "auto-assembly"),
        ("gia công CNC", "mechanical-engineering"),
        ("khu CNC", "high-tech"),
        ("linh kiện ĐT", "electronic-components"),
        ("NM xi măng", "cement"),
    ],
)
def test_abbreviations_are_read(short: str, activity_id: str) -> None:
    assert understand(PLAN, short).activity_id == activity_id


def test_an_abbreviation_of_two_things_is_asked_back() -> None:
    assert named(understand(PLAN, "CNC")) == {"high-tech", "mechanical-engineering"}


LEAD_INS = ["xin hỏi", "tôi muốn", "dự án", "tôi muốn đầu tư", "cho tôi hỏi"]
BUILD = ["I want to build a {} factory", "we plan to set up a {} plant", "please, {}"]


@settings(max_examples=60, deadline=None)
@given(
    phrase=st.sampled_from(PHRASES),
    talk=st.sampled_from(LEAD_INS),
    end=st.sampled_from(["", " ạ", " được không", "?"]),
)
def test_politeness_changes_nothing(phrase: str, talk: str, end: str) -> None:
    if phrase == speech.plain(speech.words(phrase)):  # who writes no accents writes none at all
        talk, end = speech.plain(speech.words(talk)), speech.plain(speech.words(end))
    alone, asked = understand(PLAN, phrase), understand(PLAN, f"{talk} {phrase} {end}")
    assert asked.activity_id == alone.activity_id


@pytest.mark.parametrize("frame", BUILD)
@pytest.mark.parametrize("phrase", ["garment", "tea processing", "cement", "shoe", "furniture"])
def test_what_is_to_be_built_changes_nothing(frame: str, phrase: str) -> None:
    asked = understand(PLAN, frame.format(phrase))
    assert asked.activity_id == understand(PLAN, phrase).activity_id is not None


@pytest.mark.parametrize(
    "phrase", ["may mặc 8 ha", "may mặc 500 công nhân", "may mặc công suất 2 triệu sản phẩm/năm"]
)
def test_sizes_change_nothing(phrase: str) -> None:
    assert understand(PLAN, phrase).activity_id == "garments"


# --- codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "activity_id"), CODED.items())
def test_codes_are_read_at_any_depth(code: str, activity_id: str) -> None:
    assert understand(PLAN, code=code).activity_id == activity_id


@pytest.mark.parametrize("code", CODE_TELLS_TOO_LITTLE)
def test_a_code_that_tells_too_little_names_none(code: str) -> None:
    match = understand(PLAN, code=code)
    assert match.activity_id is None
    assert flags(match) & {"code-not-specific", "unknown-code", "several-activities"}


@pytest.mark.parametrize("code", ["4711", "5510", "8512", "01", "F", "6810", "4520"])
def test_codes_of_no_industry_are_out_of_scope(code: str) -> None:
    assert not understand(PLAN, code=code).is_industry


def test_a_code_alone_may_stand_where_words_do() -> None:
    assert understand(PLAN, "VSIC 1410").activity_id == "garments"
    assert not looks_like_code("may 10")


def test_two_systems_that_disagree_about_a_code_are_asked_back() -> None:
    match = understand(PLAN, code="3512")  # transmission until 2025, generation since
    assert {"power-grid", "renewable-power"} <= named(match)


def test_an_activity_kept_without_code_is_never_inferred_from_one() -> None:
    uncoded = {row.activity_id for row in PLAN.activities.values() if row.no_code_reason}
    for code in [f"{number:04d}" for number in range(10000)]:
        match = understand(PLAN, code=code)
        assert not uncoded & {match.activity_id, *named(match)}


def test_of_text_and_code_the_narrower_is_meant() -> None:
    assert understand(PLAN, "cơ khí", "2511").activity_id == "steel-structures"
    assert understand(PLAN, "xi măng", "23").activity_id == "cement"
    assert understand(PLAN, "bao bì nhựa", "2220").activity_id == "plastic-packaging"


def test_a_code_settles_an_ambiguous_text() -> None:
    assert understand(PLAN, "san xuat giay", "1520").activity_id == "footwear"


@pytest.mark.parametrize(("text", "code"), [("may mặc", "2410"), ("cửa hàng quần áo", "1410")])
def test_text_and_code_that_contradict_name_none(text: str, code: str) -> None:
    match = understand(PLAN, text, code)
    assert match.activity_id is None
    assert "code-contradicts-text" in flags(match)
    assert len(named(match)) == 2


def test_an_unknown_code_leaves_the_text_as_it_is_and_is_told() -> None:
    match = understand(PLAN, "may mặc", "9999")
    assert (match.activity_id, flags(match)) == ("garments", {"unknown-code"})


# --- the tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("row", PLAN.activities.values(), ids=lambda row: row.activity_id)
def test_every_activity_has_labels_and_a_code_or_a_reason(row: Activity) -> None:
    assert row.label_vi
    assert row.label_en
    assert bool(row.vsic_2018) == bool(row.isic_rev4) != bool(row.no_code_reason)


@pytest.mark.parametrize("row", PLAN.activities.values(), ids=lambda row: row.activity_id)
def test_every_keyword_and_label_is_understood_or_ambiguous_with_it(row: Activity) -> None:
    for phrase in row.keywords:
        match = understand(PLAN, phrase.replace("*", "").strip())
        meant = {match.activity_id, *named(match)}
        if "*" not in phrase:
            assert row.activity_id in meant or match.activity_id in ancestors(
                PLAN, row.activity_id
            ), phrase


def test_an_industry_is_never_below_what_is_none() -> None:
    for row in PLAN.activities.values():
        above = [PLAN.activities[item].scope for item in ancestors(PLAN, row.activity_id)]
        assert set(above) <= {row.scope}


def test_every_code_of_the_activity_table_comes_back_to_it() -> None:
    for row in PLAN.activities.values():
        for code in row.vsic_2018:
            match = understand(PLAN, code=code)
            assert match.activity_id or match.candidates, code


def test_a_phrase_starred_stands_for_what_follows(make_plan: Callable[..., Plan]) -> None:
    tea = activity("tea")._replace(keywords=("chè", "bán *"), scope="other")
    plan = make_plan(activities={"tea": tea}, codes=())
    assert understand(plan, "bán xyz qwe").activity_id == "tea"
    assert understand(plan, "mua bán xyz").activity_id is None
    assert understand(plan, "ban xyz").activity_id is None  # bàn, bản, ban …


def test_an_entry_without_keywords_cannot_be_asked_for(make_plan: Callable[..., Plan]) -> None:
    plan = make_plan(activities={"rest": activity("rest", label="phần còn lại")})
    assert understand(plan, "phần còn lại").activity_id is None


def test_codes_of_an_unsure_activity_are_only_a_hint(make_plan: Callable[..., Plan]) -> None:
    unsure = activity("bits")._replace(vsic_2018=("2814",), confidence="low")
    plan = make_plan(activities={"bits": unsure})
    match = understand(plan, code="2814")
    assert (match.activity_id, named(match)) == (None, {"bits"})


def test_a_row_of_codes_goes_before_the_codes_of_activities(make_plan: Callable[..., Plan]) -> None:
    rows = {key: activity(key)._replace(vsic_2018=("2610",)) for key in ("a", "b")}
    code = read(Code,
        {"system": "vsic-2025", "code": "2610", "label_vi": "x", "label_en": "x",
         "activities": "b", "confidence": "high"}
    )  # fmt: skip
    assert understand(make_plan(activities=rows), code="2610").activity_id is None
    assert understand(make_plan(activities=rows, codes=(code,)), code="2610").activity_id == "b"


# --- search -------------------------------------------------------------------------------------


def test_a_search_ranks_what_is_like_the_words() -> None:
    found = [candidate.identity for candidate in search(PLAN, "det may")]
    assert found[0] == "weaving"
    assert len(found) == len(set(found))
    assert {"textile-machinery", "garments"} & set(found)


def test_a_search_keeps_its_limit_and_shows_all_for_nothing() -> None:
    assert len(search(PLAN, "máy", limit=3)) == 3
    everything = search(PLAN, "", limit=1000)
    assert len(everything) == sum(bool(row.keywords) for row in PLAN.activities.values())


def test_a_search_by_code_finds_what_it_may_mean() -> None:
    assert {item.identity for item in search(PLAN, "1010")} >= {"slaughter-livestock"}


# --- properties -----------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(phrase=st.sampled_from([*PHRASES, *listed(NOT_SURE), *listed(OUT_OF_SCOPE)]), data=st.data())
def test_case_spacing_and_unicode_form_change_nothing(phrase: str, data: st.DataObject) -> None:
    gap = data.draw(st.sampled_from(["  ", "\t", "\u00a0", " \n "[:2]]))
    change = data.draw(st.sampled_from([str.upper, str.title, str.swapcase]))
    form = data.draw(st.sampled_from(["NFC", "NFD", "NFKD"]))
    asked = unicodedata.normalize(form, f" {change(phrase)} ".replace(" ", gap))
    assert essence(understand(PLAN, asked)) == essence(understand(PLAN, phrase))


@settings(max_examples=60, deadline=None)
@given(phrase=st.sampled_from(PHRASES))
def test_without_accents_the_answer_is_the_same_or_asked_back(phrase: str) -> None:
    folded = speech.plain(speech.words(phrase))
    match, alone = understand(PLAN, folded), understand(PLAN, phrase)
    assert match.activity_id in (None, alone.activity_id), folded


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.text(max_size=10_000) | st.text("ab đấ1,;-.()/\u0301 vaà", max_size=10_000),
    code=st.text(max_size=200),
)
def test_no_text_crashes_or_hangs(text: str, code: str) -> None:
    start = time.process_time()
    match = understand(PLAN, text, code)
    assert time.process_time() - start < LONGEST_S
    assert match.activity_id is None or match.activity_id in PLAN.activities


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "ấ ",
        "\u0301",
        "và ",
        "may, ",
        "aa ff ",
        "((",
        "8 ha ",
        "1,",
        "-",
        "dd",
        "tôi muốn ",
        "9",
    ],
)
def test_long_repetition_does_not_hang(unit: str) -> None:
    text = (unit * 10_000)[:10_000]
    start = time.process_time()
    understand(PLAN, text)
    understand(PLAN, text[:399])
    understand(PLAN, text, text)
    search(PLAN, text)
    assert time.process_time() - start < 4 * LONGEST_S


@settings(max_examples=40, deadline=None)
@given(phrase=st.sampled_from(PHRASES), code=st.sampled_from(["", "1410", "2410", "10", "9999"]))
def test_the_answer_is_of_one_piece(phrase: str, code: str) -> None:
    match = understand(PLAN, phrase, code)
    assert match == understand(PLAN, phrase, code)
    assert not (match.activity_id and match.candidates)
    assert flags(match) <= set(FLAGS)
    if match.activity_id:
        scope = PLAN.activities[match.activity_id].scope
        assert match.is_industry == (scope == "industry")


def test_the_vocabulary_is_indexed_once_for_a_plan() -> None:
    assert vocabulary_of(PLAN) is vocabulary_of(PLAN)
    other = dataclasses.replace(PLAN, activities={})
    assert understand(other, "may mặc").activity_id is None


@pytest.mark.parametrize("phrase", ["cơ khí", "(gỗ) tre", "«thép»", "ôtô", "’da", "é cha", "Đúc"])
def test_a_phrase_stands_under_its_first_letter_whatever_stands_before_it(
    phrase: str, make_plan: Callable[..., Plan]
) -> None:
    rows = {"a": activity("a")._replace(keywords=(phrase, "«gạch»", "’ma", "(ma) trận"))}
    vocabulary = vocabulary_of(make_plan(activities=rows, codes=()))
    assert {"ma", "ma tran", "gach"} < vocabulary.phrases.keys()
    for known, entries in vocabulary.phrases.items():
        assert list(vocabulary.named(known)) == list(entries)


def test_understanding_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom gis.plan import default_plan, load_plan\n"
        "from gis.asking.understanding import understand\n"
        "understand(load_plan(default_plan(), geometry=False), 'may mặc')\n"
        "print(sorted({'geopandas', 'pandas', 'numpy', 'rapidfuzz'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_phrase_read_by_its_letter_is_the_one_read_with_all() -> None:
    vocabulary = vocabulary_of(load_plan(default_plan(), geometry=False))
    apart = {phrase: list(vocabulary.named(phrase)) for phrase in vocabulary.phrases}
    assert apart == {phrase: list(found) for phrase, found in vocabulary.phrases.items()}
    assert not vocabulary.named("")
    assert not vocabulary.named("no such phrase")
