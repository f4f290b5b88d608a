"""How Vietnamese and English are written and asked: words, marks, Telex, politeness.

The lists are what people say around the thing they ask for; they know no activity and no place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice, product
from typing import NamedTuple

TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VOWEL_MARKS = {"\u0302": "^", "\u0306": "(", "\u031b": "+"}
SPELT_TWO_WAYS = {
    "giầy": "giày",
    "dầy": "dày",
    "mầu": "màu",
    "ximăng": "xi măng",
    "ôtô": "ô tô",
    "oto": "o to",
}
PIECE = re.compile(r"[^\W_]+")
PARTS = re.compile(r"[,;/+&|()\[\]]|\s[-–—]\s")
MEASURE = (  # compiled where a text has a number
    r"(?<!\w)\d[\d.,]*\s*(?:(?:nghìn|ngàn|vạn|triệu|tỷ|tỉ|million|thousand|billion|k)\s+)?"
    r"(?:ha|héc ta|hecta|hectares?|m2|m3|m²|m³|km2|tấn|tan|tons?|tonnes?|t|kg|hp|cv|"
    r"mã lực|ma luc|mw|kw|kwp|gw|kv|kva|"
    r"lít|litres?|liters?|công nhân|cong nhan|lao động|lao dong|người|nguoi|workers?|employees|"
    r"sản phẩm|san pham|chiếc|đôi|bộ|cái|viên|con|units?|pieces|pairs|tỷ đồng|usd|đồng)"
    r"(?!\w)(?:\s*(?:/|mỗi|một|per|a)\s*"
    r"(?:năm|nam|ngày|ngay|tháng|giờ|year|day|month|hour|h)(?!\w))?"
)
CONFUSED_TONES = {"r", "x"}  # hỏi and ngã
MOST_WORDS, MOST_LETTERS = 40, 400  # longer is a document, not a question

# What may stand before the thing asked for, and what may stand after it.
BEFORE = """
xin hỏi;xin cho hỏi;cho hỏi;cho tôi hỏi;cho mình hỏi;cho em hỏi;xin;làm ơn;vui lòng;dạ;thưa
kính gửi;tôi;chúng tôi;mình;em;bên tôi;bên em;gia đình tôi;công ty tôi;công ty chúng tôi
công ty em;doanh nghiệp tôi;doanh nghiệp chúng tôi;nhà đầu tư;muốn;đang muốn;có ý định;có nhu cầu
định;dự định;dự kiến;cần;đang cần;đang tìm;tìm đất;tìm chỗ;tìm đất để;cần tìm đất;cần đất;xin đất
thuê đất;được phép;có được;có được phép;có thể;liệu;liệu có;thì;để;về;là;đặt;mở;lập;thành lập;xây
xây dựng;đầu tư;đầu tư vào;đầu tư xây dựng;đầu tư mới;xây mới;mở rộng;phát triển;khởi nghiệp
triển khai;thực hiện;dự án;dự án đầu tư;một;cái;các;những;loại;ngành;ngành nghề;lĩnh vực;nghề
công nghiệp;ngành công nghiệp;nhà máy;nhà xưởng;xưởng;phân xưởng;cơ sở;xí nghiệp;công ty
doanh nghiệp;tổ hợp;liên hợp;khu liên hợp;tổ hợp tác;hợp tác xã;dây chuyền;nhà máy sản xuất
xưởng sản xuất;trạm;chuyên;chuyên sản xuất;chế biến;sản xuất;sản xuất các loại;chế tạo;làm
hoạt động;hoạt động sản xuất;sản xuất và kinh doanh;sản xuất kinh doanh;gia công;gia công sản xuất
cụm;tổ;nhận;nhận làm;nhận gia công;chuyên làm;chuyên nhận;mở xưởng;mở cơ sở;mở nhà máy;lập xưởng
dựng xưởng;xây xưởng;xây nhà máy;lập nhà máy;đặt nhà máy;đặt xưởng;mở nhà xưởng;làm xưởng;bộ;chiếc
sản phẩm;mặt hàng;các sản phẩm;các mặt hàng;hệ thống;giàn;dàn;khu;điểm;lò;lò nung;khu sản xuất
cơ sở sản xuất;nhà máy chế biến;xưởng chế biến;cơ sở chế biến;xưởng gia công;tổ sản xuất;hộ
hộ gia đình;trung tâm sản xuất;phân xưởng sản xuất;hãng;tập đoàn;dây chuyền sản xuất
nhà máy chế tạo;thử nghiệm;làm nghề;theo nghề;bán thành phẩm;phát triển ngành;cho ngành;studio
trung tâm gia công;trung tâm chế tạo;trung tâm chế biến;trung tâm lắp ráp;trung tâm phát triển
studio làm;studio phát triển;quỹ đất;đất cho;quỹ đất cho;bố trí đất cho;khu đất cho;quy hoạch
đề xuất;kêu gọi đầu tư;thu hút;thu hút đầu tư;di dời;di chuyển;nhà em;nhà mình;nhà tôi;nhà tớ
vợ chồng tôi;anh em tôi;looking for land to;land to;land for;site for;looking for
looking for a site for;we need land for;need land for;please;hello;hi;i want to;i would like to
we want to;we would like to;we plan to;we are planning to;i plan to;i am planning to;can i;can we
may i;may we;could we;is it possible to;looking to;want to;would like to;plan to;build;set up;open
start;establish;invest in;run;operate;make;makes;produce;manufacture;manufacture of;manufacturing
manufacturing of;production of;producing;making;a;an;the;factory for;factory of;plant for;plant of
factory making;plant making;factory producing;fabrication of;maker of;manufacturer of;producer of
makers of;manufacturers of;producers of;workshop for;workshop making;facility for;facility making
facility to make;facility to produce;plant producing;line for;production line for
production facility for;production plant for;manufacturing plant for;manufacturing facility for
manufacturing plant of;our;my;we;we are;we make;we produce;we manufacture;some;industrial
large scale;small scale;korean;japanese;taiwanese;chinese;vietnamese;american;german;international
modern;automated;automatic;contract;oem;factory to make;plant to produce;company making;project
project for;business of;new;small;large
""".replace("\n", ";")
AFTER = """
ạ;nhé;nha;vậy;với;không;không ạ;được không;có được không;được không ạ;thì sao;thế nào;ở đâu
ở đâu được;có được phép không;được phép không;hay không;hả;à;gì đó;vân vân;v v;công suất;quy mô
diện tích;khoảng;trên diện tích;rộng;rộng khoảng;xuất khẩu;để xuất khẩu;cho xuất khẩu;trong nước
nội địa;nhập khẩu về;cao cấp;các loại;mới;nhỏ;lớn;vừa;vừa và nhỏ;cỡ nhỏ;cỡ lớn;quy mô lớn
quy mô nhỏ;quy mô vừa;quy mô vừa và nhỏ;công suất lớn;công suất nhỏ;chất lượng cao;hiện đại
tiên tiến;công nghệ mới;công nghệ hiện đại;công nghệ tiên tiến;tự động;tự động hóa;khép kín
tập trung;tại chỗ;tại địa phương;địa phương;nam;nữ;nam nữ;trẻ em;người lớn;cho nước ngoài
ra nước ngoài;của nước ngoài;fdi;dự án;nhà máy;xưởng;công nghiệp;của xã;của huyện;của tỉnh
của phường;trong xã;ở xã;của địa phương;của thôn;của làng;của tỉnh nhà;bán công nghiệp
theo đơn đặt hàng;theo đơn hàng;theo yêu cầu;cho thị trường;thị trường trong nước;bán trong nước
dùng một lần;thành phẩm;gia dụng;dân dụng;truyền thống;loại nhỏ;loại lớn;loại vừa;mini;cỡ vừa
thông minh;tiết kiệm năng lượng;thế hệ mới;đạt chuẩn;tiêu chuẩn quốc tế;tiêu chuẩn châu âu
hàng năm;quanh năm;mùa đông;mùa hè;học sinh;sinh viên;công nhân;công sở;cho trẻ em;cho người lớn
cho người già;các cỡ;các thứ;ở nhà;tại nhà;nông thôn;oem;odm;gia truyền;an toàn;hữu cơ;siêu mỏng
siêu bền;siêu nhẹ;please;factory;factories;plant;plants;works;mill;workshop;production
manufacturing;manufacture;manufacturer;manufacturers;maker;makers;making;industry;company;project
facility;facilities;unit;line;production line;operation;enterprise;complex;producer;assembly plant
for export;export;products;processing plant;goods;manufacturing plant;production plant
production facility;manufacturing facility;processing facility;processing factory;production base
manufacturing base;for the domestic market;for domestic market;for the local market
for overseas markets;for korea;to korea;to japan;to europe;to the us;to america;business
""".replace("\n", ";")
TOWARDS = ("của", "cho", "đi", "sang", "xuất khẩu", "xuất khẩu đi", "xuất khẩu sang", "to", "for")
LANDS = """
hàn quốc;nhật bản;đài loan;trung quốc;hoa kỳ;châu âu;châu á;ấn độ;thái lan;samsung;korea;japan
china;taiwan;europe;usa
""".replace("\n", ";")
SHORT_LANDS = "hàn;nhật;mỹ;eu;úc;đức;pháp;nga;anh;lào;canada;asean"  # words of their own elsewhere
SHORT = {  # abbreviation: what it may stand for
    "sx": ("sản xuất",),
    "sxcn": ("sản xuất công nghiệp",),
    "cn": ("công nghiệp", "công nghệ", "chăn nuôi"),
    "cnc": ("công nghệ cao", "cnc"),
    "cnht": ("công nghiệp hỗ trợ",),
    "cntt": ("công nghệ thông tin",),
    "ttcn": ("tiểu thủ công nghiệp",),
    "tcmn": ("thủ công mỹ nghệ",),
    "vlxd": ("vật liệu xây dựng",),
    "vl": ("vật liệu",),
    "xd": ("xây dựng",),
    "vlncn": ("vật liệu nổ công nghiệp",),
    "đt": ("điện tử", "điện thoại", "đầu tư"),
    "dt": ("điện tử", "điện thoại", "đầu tư"),
    "đtdđ": ("điện thoại di động",),
    "nm": ("nhà máy",),
    "xn": ("xí nghiệp",),
    "cty": ("công ty",),
    "ct": ("công ty",),
    "dn": ("doanh nghiệp",),
    "tb": ("thiết bị",),
    "lk": ("linh kiện",),
    "lr": ("lắp ráp",),
    "cb": ("chế biến",),
    "ks": ("khoáng sản",),
    "ns": ("nông sản",),
    "ls": ("lâm sản",),
    "tp": ("thực phẩm",),
    "tacn": ("thức ăn chăn nuôi",),
    "xm": ("xi măng", "xe máy"),
    "bt": ("bê tông",),
    "xk": ("xuất khẩu",),
    "kl": ("kim loại",),
    "ck": ("cơ khí",),
    "xlnt": ("xử lý nước thải",),
    "xlct": ("xử lý chất thải",),
    "bđs": ("bất động sản",),
    "bds": ("bất động sản",),
}
# Verbs whose object says what is made; the verb alone does not.
MAKING = """
assembly of;final assembly of;assembling;assemble;may;khâu;đan;đóng;dán;lắp;lắp ráp;gò;đúc;nấu
chưng cất;ép;xay;xay xát;nghiền;sấy;rang;muối;ủ;lên men;pha chế;đóng chai;đóng hộp;đóng gói
chiết rót;tinh chế;cắt;mài;xẻ;phối trộn;trộn;cán;kéo;cuốn;bện;thêu;dệt;in;ráp;hàn;cắt gọt;gia công
lắp đặt dây chuyền;sơ chế;chế tác;điêu khắc;chạm khắc;chạm;đục;tạo hình;sản xuất ra;làm ra
cung cấp;cho ra
""".replace("\n", ";")
# What makes another thing of whatever it is said of: materials, services, other goods' words.
TELLING = """
gỗ;nhựa;sắt;thép;nhôm;inox;kính;thủy tinh;da;vải;giấy;cao su;đá;gốm;sứ;tre;nứa;mây;đồng;bê tông
len;lụa;bông;xi măng;thạch cao;sợi;chì;kẽm;bạc;vàng;ngọc;kim loại;composite;cói;lục bình;sừng
xương;sáp;bán;mua;buôn;thuê;sửa;sửa chữa;bảo hành;bảo trì;bảo dưỡng;dịch vụ;đại lý;cửa hàng
cửa hiệu;tiệm;quán;kho;bãi;vận chuyển;vận tải;trồng;nuôi;thiết kế;tư vấn;đào tạo;dạy;khai thác
tái chế;phế liệu;phế thải;chất thải;thải;cũ;đã qua sử dụng;nhập khẩu;phân phối;trưng bày
giới thiệu;nghiên cứu;thu gom;thu mua;xử lý;giặt;in;quảng cáo;lắp đặt;thi công;đồ chơi;mô hình;giả
máy;thiết bị;phụ tùng;linh kiện;bao bì;khuôn;nguyên liệu;hóa chất;thuốc;điện;điện tử;dụng cụ
vật liệu;động cơ;pin;phụ kiện;vỏ;hộp;khung;xe;trang trại;sạch;sinh học;công nghệ cao;thủ công
làng nghề;mỹ nghệ;du lịch;trường;trung tâm;bệnh viện;rác;nước;wood;wooden;timber;plastic;metal
steel;iron;aluminium;aluminum;glass;leather;rubber;paper;stone;ceramic;bamboo;rattan;cotton;silk
wool;copper;brass;concrete;cement;gold;silver;fabric;textile;porcelain;trade;trading;shop;store
retail;wholesale;distribution;distributor;warehouse;storage;repair;maintenance;rental;leasing
design;consulting;training;school;recycling;recycled;scrap;used;waste;second hand;import;importing
farming;growing;farm;plantation;machine;machinery;equipment;part;component;mould;mold;packaging
toy;model;museum;sale;selling;research;laboratory;service;cleaning;washing;logistic;transport
electric;electronic;smart;software;mining;extraction;treatment;disposal;chemical;tool;battery
engine;supplier;dealer;centre;center;hotel;hospital;office;mall;tourism;handmade;handicraft;craft
fake;box
""".replace("\n", ";")
# What names nothing until something is said of it.
VAGUE = """
máy móc;thiết bị;linh kiện;phụ tùng;dụng cụ;vật liệu;sản phẩm;hóa chất;vật tư;phụ kiện;chi tiết
kim loại;nguyên liệu;hàng tiêu dùng;đồ gia dụng;nội thất;đồ nội thất;bàn ghế;khoáng sản;nông sản
lâm sản;phế liệu;công cụ;công nghiệp;chi tiết máy;linh kiện máy;máy công nghiệp
thiết bị công nghiệp;điện tử;thiết bị điện;thủ công;làng nghề;cơ khí;công nghệ;chế biến;sửa chữa
thực phẩm;vật liệu xây dựng;phần mềm;tái chế;nhà máy;cao su;hàng hóa;ngành điện;đồ điện;đồ nhựa
đồ da;đồ sắt;cửa hàng;kinh doanh;bộ phận;equipment;machine;machinery;part;component;product;good
material;tool;device;system;accessory;chemical;box;case;plate;glass;iron;can;tin;paper;board;cream
cake;oil;water;gas;steel;cell;chip;bar;wire;sheet;film;block;tile;pipe;belt;shaft;mill;press;feed
cover;furniture;metal;plastic;rubber;wood;food;mine;industry;technology;craft;energy;power;waste
service;house;farm;garden;crop;school;shop;store;market;port;park;parking;construction;transport
mineral;ore;coal;stone;sand;light;lamp;motor;engine;processing;recycling;repair;casting;plating
welding;printing;packaging;bag;cap;mold;mould;sugar
""".replace("\n", ";")
# What follows these says whom or what a thing is for.
AIMS = frozenset({"cho", "để", "dùng", "phục", "đựng", "chứa", "lót", "xây", "for", "used"})
MADE_OF = frozenset({"bằng", "từ", "of", "from", "made"})
# Whom a thing is for may still make another thing of it.
BEASTS = """
chó;mèo;chó mèo;thú cưng;gia súc;gia cầm;lợn;heo;gà;vịt;bò;trâu;cá;tôm;vật nuôi;thú y;cây trồng
dog;cat;pet;animal;pig;cattle;poultry;chicken;fish;shrimp;veterinary;rent;sale;hire;bán;thuê
dịch vụ;cửa hàng;đại lý;kho;vận chuyển;sửa chữa;trưng bày;triển lãm;trồng trọt;chăn nuôi;đồ chơi
toy;repair;storage;trading;phế liệu;phế thải;rác;chất thải;scrap;waste;tái chế;recycled;cũ;used
thải
""".replace("\n", ";")
TURNS = frozenset(
    [
        "for",
        "from",
        "of",
        "with",
        "using",
        "in",
        "by",
        "to",
        "made",
        "that",
        "which",
        "serving",
        "including",
        "under",
        "at",
        "on",
        "and",
    ]
)
NEUTRAL = frozenset({"cho", "của", "từ", "bằng", "các", "loại", "of", "for", "the", "from", "and"})
PLANT = frozenset({"nhà", "máy"})  # of a plant or a machine: the word alone tells nothing
JOINERS = frozenset({"và", "va", "and", "hoặc", "or", "cùng", "&"})


class Word(NamedTuple):
    """A word as typed: letters with all marks (the tone last), and without any."""

    marked: str
    plain: str

    @property
    def is_plain(self) -> bool:
        return self.marked == self.plain


def normalised(text: str) -> str:
    """Text in one form of Unicode, lower case, with the Vietnamese đ."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.replace("ð", "đ").replace("’", "").replace("'", "").replace("*", " ")


@lru_cache(maxsize=32768)
def word(piece: str) -> Word:
    """A normalised piece of text as a word."""
    if piece.isascii():
        stem = _singular(piece)
        return Word(stem, stem)
    letters, tone = "", ""
    plain = ""
    for character in unicodedata.normalize("NFD", piece):
        if character in TONES:
            tone = TONES[character]
        elif character in VOWEL_MARKS:
            letters += VOWEL_MARKS[character]
        elif not unicodedata.combining(character):
            letters += character
            plain += "d" if character == "đ" else character
    letters, plain = _one_i(letters), _one_i(plain)
    return Word(f"{letters}~{tone}" if tone else letters, plain)


def _singular(piece: str) -> str:
    """English plurals as singulars; no Vietnamese word without marks ends in s."""
    if len(piece) > 3 and piece[-1] == "s" and piece[-2] not in "sui":
        return f"{piece[:-3]}y" if piece.endswith("ies") and len(piece) > 5 else piece[:-1]
    return _one_i(piece)


def _one_i(piece: str) -> str:
    """Kỹ and kĩ, mỳ and mì are one word."""
    if len(piece) == 2 and piece[1] == "y" and piece[0] not in "aeou":
        return f"{piece[0]}i"
    return piece


def pieces(text: str) -> list[str]:
    """The words of a normalised text as strings, their two spellings made one."""
    found = PIECE.findall(text)
    if not SPELT_TWO_WAYS.keys().isdisjoint(found):
        found = " ".join(SPELT_TWO_WAYS.get(piece, piece) for piece in found).split()
    return found


def words(text: str) -> tuple[Word, ...]:
    """The words of a text as typed."""
    return tuple(map(word, pieces(normalised(text))))


@lru_cache(maxsize=32768)
def words_of_pieces(line: str) -> tuple[Word, ...]:
    """The words of normalised pieces."""
    return tuple(map(word, pieces(line)))


def words_of_all(phrases: Sequence[str]) -> list[tuple[Word, ...]]:
    """The words of each of many texts, all folded at once."""
    lines = normalised("\n".join([phrase.replace("\n", " ") for phrase in phrases]))
    return [words_of_pieces(line) for line in lines.split("\n")] if phrases else []


def plain(found: Sequence[Word]) -> str:
    """Words without marks, as one string."""
    return " ".join([item.plain for item in found])


def sounds_alike(asked: Word, meant: Word) -> bool:
    """Whether two words differ only in hỏi and ngã, which half the country says alike."""
    letters, _, tone = asked.marked.partition("~")
    other, _, their = meant.marked.partition("~")
    return letters == other and {tone, their} == CONFUSED_TONES


def lacks_marks_of(asked: Word, meant: Word) -> bool:
    """Whether a word is the other with its tone, or the marks of its letters, left out."""
    letters, _, tone = asked.marked.partition("~")
    other, _, their = meant.marked.partition("~")
    return tone in ("", their) and letters in (other, asked.plain, other.replace("đ", "d"))


def sound(plain_word: str) -> str:
    """How a syllable sounds where initials and finals fall together: s for x, ch for tr …"""
    for written, said in (("tr", "ch"), ("gi", "d"), ("r", "d"), ("x", "s"), ("n", "l")):
        if plain_word.startswith(written) and not plain_word.startswith(("ng", "nh")):
            plain_word = said + plain_word.removeprefix(written)
            break
    return re.sub(r"c$", "t", re.sub(r"ng$", "n", plain_word))


@cache
def plant_words() -> frozenset[Word]:
    """The words of “nhà máy”."""
    return frozenset(map(word, PLANT))


@cache
def neutral_words() -> frozenset[Word]:
    """Words that add nothing to what is named."""
    return frozenset(map(word, NEUTRAL))


def without_names(asked: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words with marks, less what no Vietnamese word is at their end: Toyota, OLED, 5G."""
    kept = asked
    while len(kept) > 1 and kept[-1].is_plain and not is_syllable(kept[-1].plain):
        kept = kept[:-1]
    return kept if any(not item.is_plain for item in kept) else asked


def is_english(asked: Sequence[Word]) -> bool:
    """Whether words without marks hold one that no Vietnamese syllable is."""
    return any(not is_syllable(one.plain) and one.plain.isalpha() for one in asked)


def is_spoken(parts: Sequence[Sequence[Word]]) -> bool:
    """Whether all words could be Vietnamese: no names, models or codes among them."""
    return all(is_syllable(one.plain) for part in parts for one in part)


@cache
def spoken(phrases: str) -> frozenset[tuple[Word, ...]]:
    """The phrases of a list as words."""
    return frozenset(filter(None, words_of_all(phrases.split(";"))))


def cores(asked: tuple[Word, ...]) -> list[tuple[int, int]]:
    """What may be the thing asked for when talk around it is taken off: spans, the longest first.

    The last is the shortest.
    """
    starts = _reached(asked, _said(BEFORE))
    ends = _reached(asked[::-1], _said(f"{AFTER};{_lands()}", backwards=True))
    spans = [(left, len(asked) - off) for left in starts for off in ends if left + off < len(asked)]
    return sorted(spans, key=lambda span: (span[0] - span[1], span[0]))


@cache
def _lands() -> str:
    """Where things are sold or investors come from, in the ways it is said."""
    far = [
        f"{way} {land}" for way in TOWARDS for land in f"{LANDS};{SHORT_LANDS}".split(";") if land
    ]
    return f"{LANDS};{';'.join(far)}"


@cache
def _said(phrases: str, backwards: bool = False) -> dict[str, tuple[tuple[Word, ...], ...]]:
    """Phrases by the letters of their first word, or of their last."""
    found: dict[str, tuple[tuple[Word, ...], ...]] = {}
    for phrase in words_of_all(phrases.split(";")):
        spoken = phrase[:: -1 if backwards else 1]
        if spoken:
            found[spoken[0].plain] = (*found.get(spoken[0].plain, ()), spoken)
    return found


def _reached(asked: tuple[Word, ...], said: dict[str, tuple[tuple[Word, ...], ...]]) -> list[int]:
    """How many words can be taken off the front, phrase by phrase."""
    reached = [0]
    for position in reached:
        for phrase in said.get(asked[position].plain, ()) if position < len(asked) else ():
            after = position + len(phrase)
            if (
                after not in reached
                and after < len(asked)
                and all(
                    one.marked == other.marked or (one.is_plain and one.plain == other.plain)
                    for one, other in zip(asked[position:after], phrase, strict=True)
                )
            ):
                reached.append(after)
    return reached


def without_measures(text: str) -> str:
    """Normalised text without sizes, capacities, numbers of workers, and “at …”."""
    there = text.find(" tại ")
    text = text[:there] if there > 0 else text
    return re.sub(MEASURE, " ", text) if any(c.isdigit() for c in text) else text


def parts(text: str) -> list[list[str]]:
    """The things a normalised text lists, each as its pieces."""
    found: list[list[str]] = []
    joiners = JOINERS if text.isascii() else JOINERS - {"va"}  # where marks are written, “và” is
    for stretch in PARTS.split(text):
        found.append([])
        for piece in pieces(stretch):
            if piece in joiners:
                found.append([])
            else:
                found[-1].append(piece)
    return [part for part in found if part]


def readings(typed: Sequence[str]) -> Iterator[Sequence[str]]:
    """The pieces with abbreviations written out, in every way they may be meant; as typed last."""
    if not any(piece in SHORT for piece in typed):
        yield typed
        return
    choices = [SHORT.get(piece, (piece,)) for piece in typed]
    for choice in islice(product(*choices), 12):
        yield " ".join(choice).split()
    yield typed


# --- Telex --------------------------------------------------------------------------------------

TELEX_TONES = {"f": "\u0300", "s": "\u0301", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
DOUBLED = {"a": "â", "e": "ê", "o": "ô"}
HOOKED = {"a": "ă", "o": "ơ", "u": "ư", "uo": "ươ"}
SYLLABLE = re.compile(
    r"(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x)?"
    r"(?:[aeiouy]{1,3})(?:ch|c|m|nh|ng|n|p|t)?"
)


def is_syllable(plain_word: str) -> bool:
    """Whether letters without marks can be a Vietnamese syllable."""
    return SYLLABLE.fullmatch(plain_word) is not None


def from_telex(piece: str) -> str:
    """What a Vietnamese input method would have made of the keys; the piece itself if nothing."""
    composed = _composed(piece)
    letters = unicodedata.normalize("NFD", composed)
    onset = re.match(r"(?:gi|qu)?[^aeiouy]*", letters)
    start = onset.end() if onset else 0
    tone, kept = "", letters[:start]
    for character in letters[start:]:
        if character in TELEX_TONES and kept[start:]:
            tone = TELEX_TONES[character]
        else:
            kept += character
    if not is_syllable(word(unicodedata.normalize("NFC", kept)).plain):
        return piece
    place = next((n for n, c in enumerate(kept) if n >= start and c in "aeiouy"), None)
    if tone and place is not None:
        kept = f"{kept[: place + 1]}{tone}{kept[place + 1 :]}"
    return unicodedata.normalize("NFC", kept)


def _composed(piece: str) -> str:
    """Doubled and hooked letters made one."""
    text = piece.replace("dd", "đ")
    for doubled, letter in DOUBLED.items():
        text = re.sub(f"{doubled}{doubled}", letter, text)
    if "w" in text[1:] or text.startswith("w"):
        text = re.sub(r"uow?([a-zđ]*)w|uow", lambda m: f"ươ{m[1] or ''}", text)
        text = re.sub(r"([aou])w", lambda m: HOOKED[m[1]], text)
        text = re.sub(r"([aou])([cmnptgh]+)w", lambda m: f"{HOOKED[m[1]]}{m[2]}", text)
    return text
