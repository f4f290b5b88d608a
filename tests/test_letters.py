"""The written answer: one page, the same in HTML and DOCX, and nothing from outside is markup."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from decimal import Decimal
from html.parser import HTMLParser
from typing import get_args, get_type_hints
from xml.etree import ElementTree

import docx
import pytest
from conftest import activity, fragment, site
from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.answering.letters import (
    EFFECTS,
    HEADLINES,
    MEANINGS,
    PAGE_LINES,
    answer_docx,
    answer_html,
    explanation,
    letter,
    settled_by,
)
from gis.language import LANGUAGES, Text, say
from gis.model import Citation
from gis.verdicts import (
    ActivityMatch,
    Answer,
    Candidate,
    Flag,
    Need,
    PlaceMatch,
    Reason,
    Verdict,
)

ROW_QUOTE = "Luyện kim, cơ khí"
CLAUSE_QUOTE = "Đầu tư liên hợp sợi, dệt, nhuộm tại các khu công nghiệp: Điềm Thụy."
CONFLICT = say("Điều khoản và danh mục mâu thuẫn.", "Clause and list contradict each other.")
NOT_LOOKED_AT = say("Không kiểm đường vào.", "Road access was not checked.")
NASTY = (*HOSTILE, "<script>alert(1)</script>", "=cmd|'/C calc'!A0", "\ud800", "\ufffe", "\x0b\x1b")


@pytest.fixture
def plan(make_plan):
    zone = site("KCN-6", "350", functions=ROW_QUOTE, short_name="KCN Điềm Thụy")
    return make_plan(
        sites={"KCN-6": (None, zone)},
        activities={"textiles": activity("textiles", label="Dệt may")},
        fragments=(fragment("KCN-6", 1, "Luyện kim", "metal"),),
    )


def text(words):
    return Text(words, words)


def reason(words, quote, *, decided=False, effect="encourage", line=337, clause="II.2.3a ¶2"):
    citation = Citation("QĐ 341/QĐ-UBND", clause, line, quote)
    return Reason(citation, effect, decided, text(words))


def answer(verdict=Verdict.DIRECTED, **more):
    given_ = {
        "need": Need("dệt may", "", "điềm thụy kcn", Decimal("8.5"), None),
        "verdict": verdict,
        "place": PlaceMatch("điềm thụy kcn", "site", text("KCN Điềm Thụy"), ("KCN-6",)),
        "activity": ActivityMatch("dệt may", "textiles"),
        "site_id": "KCN-6",
        "reasons": (
            reason("Danh mục đóng không ghi.", ROW_QUOTE, effect="absent", line=631,
                   clause="II.3.1"),
            reason("Điều khoản nêu tên khu.", CLAUSE_QUOTE, decided=True),
        ),
        "flags": (Flag("conflict-closed-list", CONFLICT),),
        "not_checked": (NOT_LOOKED_AT,),
    }  # fmt: skip
    return Answer(**(given_ | more))


def lost(kind, *names):
    """A question not understood, with what it may mean."""
    candidates = tuple(Candidate(f"X-{n}", text(name)) for n, name in enumerate(names))
    if kind == "place":
        place = PlaceMatch("?", "unknown", text("?"), candidates=candidates)
        return answer(Verdict.UNKNOWN, place=place, site_id=None, reasons=())
    match = ActivityMatch("?", None, candidates)
    return answer(Verdict.UNKNOWN, activity=match, reasons=())


class Reader(HTMLParser):
    """The tags of a page and its text as a reader sees it."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "src"]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def docx_text(data):
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(item.text for item in document.paragraphs), *cells])


def page_texts(plan, given_answer, lang="vi"):
    """The words of both forms."""
    html = Reader(answer_html(plan, given_answer, lang)).text
    return html, docx_text(answer_docx(plan, given_answer, lang))


def test_both_forms_say_question_verdict_quotes_conflict_and_what_was_not_checked(plan):
    for words in page_texts(plan, answer()):
        for wanted in (
            "điềm thụy kcn", "KCN Điềm Thụy (KCN-6)", "dệt may", "Dệt may (textiles)", "8,5 ha",
            HEADLINES[Verdict.DIRECTED].vi, "directed", CLAUSE_QUOTE, "II.2.3a ¶2", "dòng 337",
            ROW_QUOTE, "dòng 631", CONFLICT.vi, NOT_LOOKED_AT.vi, plan.card.status_vi,
            plan.content_sha256, "Ngày ....", "ký, ghi rõ họ tên",
        ):  # fmt: skip
            assert wanted in words, wanted


def test_what_decided_comes_first_and_says_so(plan):
    for words in page_texts(plan, answer()):
        assert words.index(CLAUSE_QUOTE) < words.index(ROW_QUOTE)
        assert words.count("quyết định câu trả lời") == 1


def test_english_is_english(plan):
    for words in page_texts(plan, answer(), "en"):
        for wanted in (HEADLINES[Verdict.DIRECTED].en, CONFLICT.en, "8.5 ha", "line 337", "Date"):
            assert wanted in words
        assert NOT_LOOKED_AT.vi not in words


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_is_said_in_a_sentence_of_its_own(plan, verdict, lang):
    page = letter(plan, answer(verdict), lang)
    assert page.headline == HEADLINES[verdict].in_(lang)
    assert page.sentence.endswith((".", "”."))
    others = [letter(plan, answer(other), lang).sentence for other in Verdict if other != verdict]
    assert page.sentence not in others
    if verdict is not Verdict.UNKNOWN:
        assert "KCN Điềm Thụy" in page.sentence


def test_an_open_list_is_no_yes_and_unknown_is_no_no():
    assert "chưa phải là sự đồng ý" in MEANINGS[Verdict.OPEN_LIST].vi
    assert "not yet a yes" in MEANINGS[Verdict.OPEN_LIST].en
    assert "Đây không phải là “không”" in MEANINGS[Verdict.UNKNOWN].vi
    assert "not a “no”" in MEANINGS[Verdict.UNKNOWN].en


def test_every_effect_of_a_reason_has_its_word():
    assert set(EFFECTS) == set(get_args(get_type_hints(Reason)["effect"]))


def test_unknown_says_which_place_would_settle_it(plan):
    for words in page_texts(plan, lost("place", "KCN Điềm Thụy", "CCN Điềm Thụy")):
        assert "Nói rõ địa điểm nào: KCN Điềm Thụy; CCN Điềm Thụy." in words


def test_unknown_says_which_activity_would_settle_it(plan):
    [settled] = settled_by(lost("activity", "thép", "kim loại màu"))
    assert settled.en == "Say which activity is meant: thép; kim loại màu."


def test_a_use_that_is_no_industry_is_sent_to_another_plan(plan):
    housing = answer(Verdict.UNKNOWN, activity=ActivityMatch("nhà ở", is_industry=False))
    [settled] = settled_by(housing)
    assert "không phải ngành công nghiệp" in settled.vi
    assert "no industry" in letter(plan, housing, "en").question[1][2]


def test_only_unknown_says_what_would_settle_it():
    for verdict in Verdict:
        assert bool(settled_by(answer(verdict))) == (verdict is Verdict.UNKNOWN)


def test_an_answer_about_a_commune_speaks_of_no_row(plan):
    place = PlaceMatch("xã A", "commune", text("xã A"), unit_codes=("00001",))
    sentence = letter(plan, answer(place=place, site_id=None), "vi").sentence
    assert "xã A" in sentence
    assert "danh mục" not in sentence.lower()


def test_a_code_alone_is_shown_with_what_it_means(plan):
    page = letter(plan, answer(need=Need("", "1410", "KCN Điềm Thụy")), "vi")
    assert ("Mã ngành", "1410", "Dệt may (textiles)") in page.question
    assert "Ngành nghề" not in [row[0] for row in page.question]


def test_the_explanation_is_one_paragraph_with_reason_and_flag(plan):
    words = explanation(answer(), plan, "vi")
    assert "Điều khoản nêu tên khu." in words
    assert CONFLICT.vi in words
    assert "Danh mục đóng không ghi." not in words  # it did not decide


# --- text from outside ----------------------------------------------------------------------


def hostile_answer(words):
    """An answer in which every text is hostile."""
    said = text(words)
    place = PlaceMatch(words, "site", said, (words,), candidates=(Candidate(words, said),),
                       information=(said,))  # fmt: skip
    return Answer(
        need=Need(words, words, words, Decimal(1), 1),
        verdict=Verdict.UNKNOWN,
        place=place,
        activity=ActivityMatch(words, None, (Candidate(words, said),)),
        reasons=(reason(words, words, decided=True, clause=words),),
        secondary=(reason(words, words),),
        flags=(Flag("conflict-x", said), Flag("size", said)),
        information=(said,),
        not_checked=(said,),
    )


@pytest.mark.parametrize("words", NASTY)
def test_nothing_from_outside_is_markup(plan, words):
    given_answer = hostile_answer(words)
    plain = Reader(answer_html(plan, answer()))
    page = answer_html(plan, given_answer)
    page.encode("utf-8")
    read = Reader(page)
    assert set(read.tags) <= set(plain.tags) | {"p"}
    assert "<script" not in page
    marked = (c if c.isprintable() or c.isspace() else "\ufffd" for c in words)
    shown = " ".join("".join(marked).split())
    assert shown in read.text
    data = answer_docx(plan, given_answer)
    for name in zipfile.ZipFile(io.BytesIO(data)).namelist():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(name))
    assert shown in docx_text(data)


def test_a_line_separator_becomes_a_space_and_a_control_character_a_mark(plan):
    for words in page_texts(plan, answer(need=Need("a\u2028b\nc\x00d", "", "x"))):
        assert "a b c\ufffdd" in words


def test_the_page_allows_no_script_and_asks_for_nothing(plan):
    page = answer_html(plan, answer())
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "script" not in Reader(page).tags


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=40))
def test_any_text_at_all_gives_a_page(words):
    import gis.answering.letters as letters

    for passage in (letters._short(words), letters._plain(words)):
        passage.encode("utf-8")
        assert passage.isprintable()


# --- one page -------------------------------------------------------------------------------


def crowded(words):
    many = tuple(reason(f"{n} {words}", words) for n in range(30))
    return dataclasses.replace(
        hostile_answer(words),
        reasons=(reason("Điều quyết định.", CLAUSE_QUOTE, decided=True), *many),
        secondary=many,
        not_checked=tuple(text(f"{n} {words}") for n in range(30)),
        information=tuple(text(f"{n} {words}") for n in range(30)),
    )


LONG = ("dài " * 2500, "W" * 10_000, "ế" * 10_000)


@pytest.mark.parametrize("words", LONG, ids=["words", "one word", "marks"])
def test_long_inputs_are_cut_and_said_to_be(plan, words):
    page = letter(plan, crowded(words), "vi")
    assert page.lines <= PAGE_LINES
    assert all(len(asked) <= 161 for _, asked, _ in page.question)
    assert any(part.left_out for part in page.parts)
    assert any(item.quote == CLAUSE_QUOTE for part in page.parts for item in part.items)


def test_what_was_left_out_is_counted(plan):
    whole = crowded("x")
    page = letter(plan, whole, "vi")
    [part] = [part for part in page.parts if part.heading == "Thông tin thêm"]
    missing = int(re.search(r"\d+", part.left_out)[0])
    assert missing + len(part.items) == 30 + 1  # and what the place itself tells


def test_a_short_answer_leaves_nothing_out(plan):
    assert not any(part.left_out for part in letter(plan, answer(), "vi").parts)


def longest_of(real_plan):
    """An answer with the longest row and the longest clauses of the decision."""
    zone = max(real_plan.sites.values(), key=lambda item: len(item.function_text))
    clauses = sorted(real_plan.clauses.values(), key=lambda item: -len(item.quote))[:8]
    row = Reason(real_plan.cite_row(zone, "function"), "absent", True, text("Hàng của khu."))
    return answer(
        site_id=zone.site_id,
        reasons=(row,),
        secondary=tuple(
            Reason(real_plan.cite(item.clause_id), item.effect, False, text("Điều khoản khác."))
            for item in clauses
        ),
    )


# --- the same bytes -------------------------------------------------------------------------


def test_the_same_answer_gives_the_same_bytes(plan):
    assert answer_html(plan, answer()) == answer_html(plan, answer())
    assert answer_docx(plan, answer()) == answer_docx(plan, answer())


def test_a_document_holds_no_date_of_its_making_and_no_strange_author(plan):
    data = answer_docx(plan, answer())
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = docx.Document(io.BytesIO(data)).core_properties
    assert (core.author, core.comments, core.last_modified_by) == ("tngis", "", "")
    assert core.created == core.modified
    assert core.created.year == 2010
    assert b"python-docx" not in archive.read("docProps/core.xml")


def test_a_document_is_a4_in_one_font(plan):
    document = docx.Document(io.BytesIO(answer_docx(plan, answer())))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert document.styles["Normal"].font.name == "Times New Roman"
