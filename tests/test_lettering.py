"""Letters from before Unicode: told, converted whole, and right text never touched."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.language import LANGUAGES
from gis.survey.lettering import (
    TCVN_TABLE,
    VNI_TABLE,
    from_tcvn3,
    from_vni,
    is_vietnamese,
    readable,
)

LEGACY = ("tcvn3", "vni", "windows-1258", "utf-8")
# As printed in papers of the time, read as Latin-1.
PAPERS = {
    "tcvn3": ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "§éc lËp - Tù do - H¹nh phóc",
              "KHU C¤NG NGHIÖP"),
    "vni": ("Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam", "Ñoäc laäp - Töï do - Haïnh phuùc",
            "KHU COÂNG NGHIEÄP"),
}  # fmt: skip
MEANT = ("Cộng hoà xã hội chủ nghĩa Việt Nam", "Độc lập - Tự do - Hạnh phúc", "KHU CÔNG NGHIỆP")
TO_TCVN3 = {letter: chr(byte) for byte, letter in reversed(TCVN_TABLE.items()) if byte >= 0xA1}
TO_VNI = {letter: piece for piece, letter in reversed(VNI_TABLE.items())}


def small_but(keep):
    return lambda text: "".join(c if c in keep else c.lower() for c in text)


def as_tcvn3(text):
    """As a .VnTime font has it: capitals with a tone are the small letter."""
    plain = set("ĂÂÊÔƠƯĐ") | set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "".join(TO_TCVN3.get(c, c) for c in small_but(plain)(text))


def as_vni(text):
    return "".join(TO_VNI.get(c, c) for c in text)


def as_windows_1258(text):
    return "".join(map(_in_1258, text)).encode("cp1258").decode("latin-1")


def _in_1258(letter):
    """The letter as the code page has it: whole, or with its tone after it."""
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tone = next(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        return unicodedata.normalize("NFC", parts.replace(tone, "")) + tone
    return letter


WRITERS = {
    "tcvn3": as_tcvn3,
    "vni": as_vni,
    "windows-1258": as_windows_1258,
    "utf-8": lambda text: text.encode().decode("latin-1"),
}


@pytest.fixture(scope="module")
def names(real_plan):
    """Every name of a place of the plan."""
    found = [s.name for s in real_plan.sites.values()] + [s.place for s in real_plan.sites.values()]
    found += [f"{u.label}, {u.district}" for u in real_plan.units.values()]
    return [unicodedata.normalize("NFC", name) for name in found]


@pytest.fixture(scope="module")
def vocabulary(real_plan_folder):
    """Every cell of every table of the plan, and the lines of its text."""
    cells = []
    for path in sorted(real_plan_folder.glob("*.csv")):
        text = path.read_text(encoding="utf-8")
        cells += [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    cells += (real_plan_folder / "decree.txt").read_text(encoding="utf-8").splitlines()
    return [cell for cell in dict.fromkeys(cells) if cell]


@pytest.mark.parametrize("lettering", PAPERS)
def test_the_head_of_every_paper_reads_as_it_was_meant(lettering):
    found = readable(PAPERS[lettering])
    assert (found.lettering, found.texts) == (lettering, MEANT)


@pytest.mark.parametrize("lettering", LEGACY)
def test_all_names_of_the_plan_come_back_from_every_lettering(names, lettering):
    written = [WRITERS[lettering](name) for name in names]
    assert written != names
    found = readable(written)
    assert found.lettering == lettering
    if lettering == "tcvn3":  # its fonts keep no capital with a tone: “xã úc Kỳ”
        assert [text.lower() for text in found.texts] == [name.lower() for name in names]
        assert sum(a != b for a, b in zip(found.texts, names, strict=True)) < 5
    else:
        assert found.texts == tuple(names)
    assert found.changed == sum(a != b for a, b in zip(written, names, strict=True))


@pytest.mark.parametrize("lettering", ["tcvn3", "vni"])
def test_a_drawing_that_calls_itself_windows_1258_may_have_letters_of_a_font(names, lettering):
    written = [WRITERS[lettering](name).encode("cp1252").decode("cp1258") for name in names]
    found = readable(written)
    assert found.lettering == lettering
    assert [text.lower() for text in found.texts] == [name.lower() for name in names]


def test_right_text_typed_with_tones_as_marks_is_not_converted(names):
    typed = ["".join(map(_in_1258, name)) for name in names]
    assert typed != names
    assert readable(typed).texts == tuple(typed)


@pytest.mark.parametrize("lettering", LEGACY)
def test_names_in_capitals_come_back_in_capitals(names, lettering):
    loud = [name.upper() for name in names]
    assert readable([WRITERS[lettering](name) for name in loud]).texts == tuple(loud)


@pytest.mark.parametrize("lettering", LEGACY)
def test_one_name_alone_is_told_too(names, lettering):
    """Short names may read as right Vietnamese the wrong way: then they are left alone."""
    wrong = {
        (found.lettering, written)
        for name in names
        for written in [WRITERS[lettering](name)]
        for found in [readable([written])]
        if found.lettering not in (lettering, None)
    }
    assert not wrong


def test_every_letter_of_both_cases_has_its_place_in_both_tables():
    letters = {
        unicodedata.normalize("NFC", base + hat + tone)
        for base, hats in (("a", ("", "\u0302", "\u0306")), ("e", ("", "\u0302")), ("i", ("",)),
                           ("o", ("", "\u0302", "\u031b")), ("u", ("", "\u031b")), ("y", ("",)))
        for hat in hats
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    } - set("aeiouy") | {"đ"}  # fmt: skip
    assert len(letters) == 67
    already = set("ìíÌÍ")  # VNI has these as Latin-1 has them
    for letter in letters:
        for case in (letter, letter.upper()):
            assert case in TO_VNI or case in already, case
            assert from_vni(as_vni(case)) == case
        assert from_tcvn3(as_tcvn3(f"KH{letter.upper()}")) == f"KH{letter.upper()}"
        assert from_tcvn3(as_tcvn3(letter)) == letter


def test_no_text_of_the_plan_is_taken_for_something_else(vocabulary):
    found = readable(vocabulary)
    assert found.lettering is None
    assert list(found.texts) == vocabulary
    touched = [cell for cell in vocabulary if readable([cell]).texts != (cell,)]
    assert touched == []


RIGHT = (
    "plain ASCII", "Café crème, déjà vu", "Müller & Söhne", "São Paulo, Ñuñoa, Århus", "5 µm",
    "106°30′", "12 m² – 3 m³", "«Industrial zone» ®", "½ ha", "§ 12 ¶ 3", "Xã Tân Hòa", "mét", "né",
    "QĐ 341/QĐ-UBND", "giá CĐ",
    "Lô A·1", "© OpenStreetMap", "naïve façade", "", "Đ", "Hà Nội", "Cần Thơ", "TP. Hồ Chí Minh",
)  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_right_text_stays_as_it_is(text):
    assert readable([text]).texts == (text,)
    assert readable(RIGHT).texts == RIGHT


def test_a_file_of_two_letterings_keeps_what_is_unicode_already():
    mixed = [*PAPERS["tcvn3"], "Xã Tân Hương", "Huyện Phú Bình"]
    assert readable(mixed).texts == (*MEANT, "Xã Tân Hương", "Huyện Phú Bình")


def test_the_lettering_may_be_told():
    assert readable(["mét"], "tcvn3").texts == ("một",)


def test_a_letter_cut_in_two_by_a_narrow_column_is_left_out():
    whole = ["Cụm công nghiệp Điềm Thụy", "Xã Hương Sơn"]
    cut = [whole[0].encode()[:26].decode("latin-1"), whole[1].encode().decode("latin-1")]
    assert readable(cut).texts == ("Cụm công nghiệp Đi", whole[1])


def test_what_was_converted_is_shown_before_and_after():
    found = readable(PAPERS["tcvn3"])
    for lang in LANGUAGES:
        said = found.note.in_(lang)
        assert "TCVN3" in said
        assert "“Céng hoµ x· héi chñ nghÜa ViÖt Nam” → “Cộng hoà xã hội chủ nghĩa Việt Nam”" in said
    assert readable(MEANT).note is None


@pytest.mark.skipif(shutil.which("iconv") is None, reason="no iconv here")
def test_the_system_reads_tcvn_5712_the_same_way():
    data = bytes(byte for byte in range(0xA1, 0x100) if byte not in range(0xB0, 0xB5))
    done = subprocess.run(
        ["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=data, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this iconv knows no TCVN")
    assert done.stdout.decode() == "".join(TCVN_TABLE[byte] for byte in data)


def test_syllables_are_told_from_what_no_one_writes(vocabulary):
    words = {w.lower() for cell in vocabulary for w in re.findall(r"[^\W\d_]+", cell)}
    marked = {word for word in words if not word.isascii()}
    strange = {word for word in marked if not is_vietnamese(word)}
    assert len(strange) < 0.04 * len(marked), sorted(strange)  # loanwords written as one: bulông
    assert not any(map(is_vietnamese, ["th¸i", "nguyªn", "coäng", "hoøa", "müller", "bát́", "ngãp"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_text_is_read_without_an_error_and_ascii_stays(texts):
    once = readable(texts)
    assert len(once.texts) == len(texts)
    for before, after in zip(texts, once.texts, strict=True):
        assert before == after or not before.isascii()
