"""One answer as one printed page for the planner's file: HTML and DOCX that say the same.

What does not fit a page is left out from the end of its part, and the page says how much.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gis import __version__
from gis.files import template
from gis.language import Language, Text, say, shown
from gis.model import Plan
from gis.siting.reasons import EFFECTS as CLAUSE_EFFECTS
from gis.verdicts import Answer, Candidate, Flag, Reason, Verdict

if TYPE_CHECKING:
    from docx.document import Document

LONGEST_ASKED = 160  # characters of each thing that was asked
LONGEST_PASSAGE = 420  # characters of a quote or sentence beyond which it is cut
SHORTER_PASSAGES = (LONGEST_PASSAGE, 200, 90, 40)  # tried in turn until the page fits one sheet
MOST_CANDIDATES = 6
PAGE_LINES = 56  # of a page in the smaller letters; the larger ones hold fewer
AIRY_LINES = 42
LINE_CHARACTERS = 104  # of the smaller letters
FRAME_LINES = 9  # title, head of the table, verdict, foot and signature

HEADLINES: Mapping[Verdict, Text] = {
    Verdict.LISTED: Text("Có trong danh mục", "Listed"),
    Verdict.DIRECTED: Text("Được quyết định định hướng tới đây", "Directed here by the decision"),
    Verdict.OPEN_LIST: Text(
        "Danh mục mở: quyết định không nêu, không cấm",
        "Open list: the decision neither names nor forbids it",
    ),
    Verdict.NOT_LISTED: Text("Không có trong danh mục", "Not listed"),
    Verdict.LIMITED: Text("Vượt giới hạn hoặc bị cấm", "Beyond a limit, or forbidden"),
    Verdict.UNKNOWN: Text("Chưa xác định được", "Not settled"),
}
MEANINGS: Mapping[Verdict, Text] = {
    Verdict.LISTED: Text(
        "Danh mục chức năng của {site} ghi ngành nghề này, hoặc một ngành rộng hơn bao gồm nó.",
        "The list of functions of {site} names this activity, or a broader one that holds it.",
    ),
    Verdict.DIRECTED: Text(
        "Không danh mục nào của {site} ghi ngành nghề này, nhưng quyết định khuyến khích, yêu cầu "
        "hoặc định hướng nó tới đây.",
        "No list of {site} names this activity, but the decision encourages, requires or orients "
        "it here.",
    ),
    Verdict.OPEN_LIST: Text(
        "Danh mục của {site} để ngỏ (kết thúc bằng dấu lửng) và không ghi ngành nghề này; không "
        "điều khoản nào cấm. Đây chưa phải là sự đồng ý.",
        "The list of {site} is left open (it ends in an ellipsis) and does not name this activity; "
        "no clause forbids it. This is not yet a yes.",
    ),
    Verdict.NOT_LISTED: Text(
        "Danh mục của {site} là danh mục đóng, không ghi ngành nghề này và không ghi ngành nào bao "
        "gồm nó; đặt ở đây là không theo quy hoạch này.",
        "The list of {site} is closed and names neither this activity nor a broader one; to place "
        "it here does not follow this plan.",
    ),
    Verdict.LIMITED: Text(
        "Một giới hạn hoặc điều cấm không cho phép điều đã hỏi tại {site}; nó đứng trên danh mục.",
        "A limit or ban does not allow what was asked at {site}; it stands above the list.",
    ),
    Verdict.UNKNOWN: Text(
        "Quyết định, như đã đọc, chưa trả lời được câu hỏi này. Đây không phải là “không”.",
        "The decision, as read, does not settle this question. This is not a “no”.",
    ),
}
WITHOUT_A_SITE: Mapping[Verdict, Text] = {
    Verdict.DIRECTED: Text(
        "Một điều khoản của quyết định khuyến khích hoặc yêu cầu ngành nghề này tại {site}.",
        "A clause of the decision encourages or requires this activity in {site}.",
    ),
}
EFFECTS: Mapping[str, Text] = {
    **CLAUSE_EFFECTS,
    "orientation": Text("định hướng", "orients"),
    "absent": Text("không ghi", "does not name it"),
    "size": Text("quy mô", "size"),
}
LABELS: Mapping[str, Text] = {
    "title": Text("Phiếu trả lời về địa điểm công nghiệp", "Written answer on an industrial site"),
    "asked": Text("Câu hỏi", "Question"),
    "as_asked": Text("Như đã hỏi", "As asked"),
    "understood": Text("Được hiểu là", "Understood as"),
    "place": Text("Địa điểm", "Place"),
    "activity": Text("Ngành nghề", "Activity"),
    "code": Text("Mã ngành", "Code"),
    "ha": Text("Diện tích", "Hectares"),
    "points": Text("Số điểm", "Points"),
    "not_understood": Text("chưa hiểu chắc", "not understood well enough"),
    "no_industry": Text("không phải ngành công nghiệp", "no industry"),
    "may_mean": Text("có thể là", "may mean"),
    "answer": Text("Trả lời", "Answer"),
    "settles": Text("Điều gì sẽ làm rõ", "What would settle it"),
    "grounds": Text("Căn cứ", "What it rests on"),
    "decides": Text("quyết định câu trả lời", "decides the answer"),
    "conflicts": Text("Điều mâu thuẫn", "What contradicts"),
    "flags": Text("Lưu ý", "To note"),
    "secondary": Text("Điều khoản khác có liên quan", "Other clauses that bear on it"),
    "information": Text("Thông tin thêm", "Information"),
    "not_checked": Text("Chưa kiểm", "Not checked"),
    "nothing_given": Text("chương trình không nêu", "none was given"),
    "status": Text("Tình trạng quy hoạch", "Status of the plan"),
    "hash": Text("Mã băm nội dung quy hoạch", "Content hash of the plan"),
    "left_out": Text(
        "… và {n} mục nữa không in được trên một trang (xem bản JSON)",
        "… and {n} more that do not fit one page (see the JSON form)",
    ),
    "date": Text("Ngày ....... tháng ....... năm ...........", "Date: ........................."),
    "signature": Text("Người lập phiếu (ký, ghi rõ họ tên)", "Prepared by (signature and name)"),
}
UNSETTLED: Mapping[str, Text] = {
    "no_place": Text(
        "Nêu một khu, cụm, xã hoặc huyện có trong quyết định.",
        "Name a zone, cluster, commune or district that the decision has.",
    ),
    "which_place": Text("Nói rõ địa điểm nào: {names}.", "Say which place is meant: {names}."),
    "no_activity": Text(
        "Nói ngành nghề bằng lời khác, hoặc cho mã VSIC/ISIC.",
        "Say the activity in other words, or give its VSIC/ISIC code.",
    ),
    "which_activity": Text(
        "Nói rõ ngành nghề nào: {names}.", "Say which activity is meant: {names}."
    ),
    "no_industry": Text(
        "Đây không phải ngành công nghiệp; hỏi theo quy hoạch đất đai, xây dựng hoặc đô thị.",
        "This is no industry; ask under the land-use, construction or urban plan.",
    ),
    "authority": Text(
        "Cơ quan quản lý khu, cụm hoặc Sở chuyên ngành cho ý kiến về các căn cứ nêu dưới đây.",
        "The authority of the site or the department concerned rules on the grounds below.",
    ),
}


# --- what an answer says, in words ----------------------------------------------------------


def meaning(plan: Plan, answer: Answer) -> Text:
    """What a verdict means for this place, in one or two sentences."""
    site = plan.sites.get(answer.site_id or "")
    named = Text(site.short_name, site.short_name) if site else answer.place.label
    if answer.site_id is None and answer.verdict in WITHOUT_A_SITE:
        template = WITHOUT_A_SITE[answer.verdict]
    else:
        template = MEANINGS[answer.verdict]
    return say(template.vi, template.en, site=named)


def settled_by(answer: Answer) -> tuple[Text, ...]:
    """What would settle an answer that is `unknown`."""
    if answer.verdict is not Verdict.UNKNOWN:
        return ()
    if not answer.activity.is_industry:
        return (UNSETTLED["no_industry"],)
    found = []
    if answer.place.kind == "unknown" or (answer.place.candidates and answer.site_id is None):
        found.append(_which("place", answer.place.candidates))
    if answer.activity.activity_id is None:
        found.append(_which("activity", answer.activity.candidates))
    return tuple(found) or (UNSETTLED["authority"],)


def flags_of(answer: Answer) -> tuple[Flag, ...]:
    """The flags of an answer, of its place and of its activity, each once."""
    return tuple(dict.fromkeys((*answer.flags, *answer.place.flags, *answer.activity.flags)))


def explanation(answer: Answer, plan: Plan, lang: Language) -> str:
    """An answer in one paragraph: what it means, why, and what would settle it."""
    flags = flags_of(answer)
    told = [
        meaning(plan, answer),
        *(reason.text for reason in answer.reasons if reason.decided),
        *(flag.text for flag in flags),
        *(settled_by(answer) if not flags else ()),  # the flags of an unknown say it too
    ]
    return " ".join(dict.fromkeys(text.in_(lang) for text in told if text.in_(lang)))


def _which(what: str, candidates: Sequence[Candidate]) -> Text:
    if not candidates:
        return UNSETTLED[f"no_{what}"]
    which = UNSETTLED[f"which_{what}"]
    return say(which.vi, which.en, names=_names(candidates))


def _names(candidates: Sequence[Candidate]) -> Text:
    named = [candidate.label for candidate in candidates[:MOST_CANDIDATES]]
    more = ["…"] if len(candidates) > MOST_CANDIDATES else []
    return Text(
        "; ".join([_plain(label.vi) for label in named] + more),
        "; ".join([_plain(label.en) for label in named] + more),
    )


# --- the page as values ---------------------------------------------------------------------


@lru_cache(maxsize=1024)
def lines_of(text: str, line_characters: int) -> int:
    """About how many lines a text takes where so many ordinary letters fit one."""
    wide = sum(c.isupper() or c in "mw%@" for c in text)
    full = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return max(1, -(-int(len(text) + 0.8 * wide + full) // line_characters))


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said in a part of the page."""

    text: str
    quote: str = ""
    source: str = ""
    mark: str = ""

    @property
    def lines(self) -> int:
        """About how many lines it takes, in the smaller letters."""
        said = f"{self.text} {self.mark} {self.quote} {self.source}"
        return lines_of(said, LINE_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what is said below it, and how many things more did not fit.

    The first `least` of them are never left out.
    """

    heading: str
    items: tuple[Item, ...]
    least: int = 1
    left_out: str = ""

    @property
    def lines(self) -> int:
        return 2 + sum(item.lines for item in self.items) + bool(self.left_out)


@dataclass(frozen=True, slots=True)
class Letter:
    """The page: plain texts of one language, cleaned and short enough for one sheet."""

    lang: Language
    title: str
    document: str
    question: tuple[tuple[str, str, str], ...]  # label, as asked, as understood
    verdict: str
    headline: str
    sentence: str
    parts: tuple[Part, ...]
    status: str
    foot: str
    airy: bool = False

    @property
    def lines(self) -> int:
        """About how many lines the page takes, in the smaller letters."""
        rows = sum(
            max(lines_of(asked, LINE_CHARACTERS // 3), lines_of(understood, LINE_CHARACTERS // 2))
            for _, asked, understood in self.question
        )
        head = (self.document, self.status, self.sentence)
        fixed = FRAME_LINES + rows + sum(lines_of(text, LINE_CHARACTERS - 10) for text in head)
        return fixed + sum(part.lines for part in self.parts)


def letter(plan: Plan, answer: Answer, lang: Language) -> Letter:
    """The page of an answer, cut to what one sheet holds."""
    for most in SHORTER_PASSAGES:
        page = _fitted(_whole_letter(plan, answer, lang, most), LABELS["left_out"].in_(lang))
        if page.lines <= PAGE_LINES:
            break
    return page


def _whole_letter(plan: Plan, answer: Answer, lang: Language, most: int) -> Letter:
    return Letter(
        lang=lang,
        title=LABELS["title"].in_(lang),
        document=_short(f"{plan.card.title.in_(lang)} – {plan.card.document}", most),
        question=_question(plan, answer, lang, most),
        verdict=answer.verdict.value,
        headline=HEADLINES[answer.verdict].in_(lang),
        sentence=_short(meaning(plan, answer).in_(lang), most),
        parts=_parts(plan, answer, lang, most),
        status=_short(plan.card.status.in_(lang)),
        foot=f"{LABELS['hash'].in_(lang)}: {plan.content_sha256} · tngis {__version__}",
    )


def _labels(lang: Language) -> Callable[[str], str]:
    return lambda key: LABELS[key].in_(lang)


def _question(
    plan: Plan, answer: Answer, lang: Language, most: int
) -> tuple[tuple[str, str, str], ...]:
    need, label = answer.need, _labels(lang)
    place = _short(_place_understood(answer, lang), most)
    rows = [(label("place"), _asked(need.place, most), place)]
    understood = _short(_activity_understood(plan, answer, lang), most)
    if need.activity or not need.code:
        rows.append((label("activity"), _asked(need.activity, most), understood))
    if need.code:
        rows.append((label("code"), _asked(need.code, most), "" if need.activity else understood))
    if need.ha is not None:
        rows.append((label("ha"), f"{shown(need.ha, lang)} ha", ""))
    if need.points is not None:
        rows.append((label("points"), shown(need.points, lang), ""))
    return tuple(rows)


def _asked(text: str, most: int) -> str:
    return _short(text, min(LONGEST_ASKED, most)) or "–"


def _place_understood(answer: Answer, lang: Language) -> str:
    place, label = answer.place, _labels(lang)
    if place.kind == "unknown":
        return _not_understood(place.candidates, label, lang)
    known = answer.site_id or ", ".join((*place.site_ids, *place.unit_codes)[:3])
    named = place.label.in_(lang)
    return named if not known or known in named else f"{named} ({known})"


def _activity_understood(plan: Plan, answer: Answer, lang: Language) -> str:
    match, label = answer.activity, _labels(lang)
    if not match.is_industry:
        return label("no_industry")
    if match.activity_id is None:
        return _not_understood(match.candidates, label, lang)
    known = plan.activities.get(match.activity_id)
    if known is None:
        return match.activity_id
    return f"{known.label_vi if lang == 'vi' else known.label_en} ({match.activity_id})"


def _not_understood(
    candidates: Sequence[Candidate], label: Callable[[str], str], lang: Language
) -> str:
    if not candidates:
        return label("not_understood")
    return _short(f"{label('not_understood')}; {label('may_mean')}: {_names(candidates).in_(lang)}")


def _parts(plan: Plan, answer: Answer, lang: Language, most: int) -> tuple[Part, ...]:
    """Every part that has something to say; what was not checked is always spoken of."""
    told = {reason.text for reason in (*answer.reasons, *answer.secondary)}
    flags = [flag for flag in flags_of(answer) if flag.text not in told]
    grounds = sorted(answer.reasons, key=lambda reason: not reason.decided)
    decided = sum(reason.decided for reason in grounds)
    informed = dict.fromkeys((*answer.information, *answer.place.information))

    def said(key: str, texts: Iterable[Text]) -> Part:
        items = tuple(Item(_short(text.in_(lang), most)) for text in texts)
        return Part(LABELS[key].in_(lang), items)

    def cited(key: str, reasons: Iterable[Reason], least: int = 1) -> Part:
        items = tuple(_cited(reason, lang, most) for reason in reasons)
        return Part(LABELS[key].in_(lang), items, least)

    parts = (
        said("settles", settled_by(answer)),
        cited("grounds", grounds, max(1, decided)),
        said("conflicts", (flag.text for flag in flags if _is_conflict(flag))),
        said("flags", (flag.text for flag in flags if not _is_conflict(flag))),
        said("not_checked", answer.not_checked or (LABELS["nothing_given"],)),
        cited("secondary", answer.secondary),
        said("information", informed),
    )
    return tuple(part for part in parts if part.items)


def _is_conflict(flag: Flag) -> bool:
    return flag.code.startswith("conflict")


def _cited(reason: Reason, lang: Language, most: int) -> Item:
    """A reason with its passage; what decided is quoted as fully as a page allows."""
    effect = EFFECTS[reason.effect].in_(lang)
    decides = LABELS["decides"].in_(lang)
    return Item(
        text=_short(reason.text.in_(lang), most),
        quote=_short(reason.citation.quote, LONGEST_PASSAGE if reason.decided else most),
        source=_short(reason.citation.locator.in_(lang), most),
        mark=f"{effect}; {decides}" if reason.decided else effect,
    )


def _fitted(whole: Letter, left_out: str) -> Letter:
    """The page with things left out, the last part first, until it fits one sheet.

    Of every part one thing stays, and everything that decided.
    """
    kept = [len(part.items) for part in whole.parts]
    fitted = replace(whole, airy=whole.lines <= AIRY_LINES)
    while fitted.lines > PAGE_LINES:
        spare = [n for n, part in enumerate(whole.parts) if kept[n] > part.least]
        if not spare:
            break
        kept[spare[-1]] -= 1
        fitted = replace(whole, parts=_kept_parts(whole.parts, kept, left_out))
    return fitted


def _kept_parts(parts: Sequence[Part], kept: Sequence[int], left_out: str) -> tuple[Part, ...]:
    return tuple(
        part if count == len(part.items) else _cut(part, count, left_out)
        for part, count in zip(parts, kept, strict=True)
    )


def _cut(part: Part, count: int, left_out: str) -> Part:
    missing = str(len(part.items) - count)
    return replace(part, items=part.items[:count], left_out=left_out.replace("{n}", missing))


# --- text from outside ----------------------------------------------------------------------


def _plain(text: str) -> str:
    """Text as one line of printable characters; others become a visible mark."""
    return " ".join("".join(_printable(c) for c in text).split())


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return (
        " " if unicodedata.category(character).startswith("Z") or character.isspace() else "\ufffd"
    )


def _short(text: str, most: int = LONGEST_PASSAGE) -> str:
    plain = _plain(text[: 4 * most])
    if len(plain) <= most and len(text) <= 4 * most:
        return plain
    return f"{plain[:most].rstrip()}…"


# --- HTML -----------------------------------------------------------------------------------


def answer_html(plan: Plan, answer: Answer, lang: Language = "vi") -> str:
    """The written answer as one printable page without scripts."""
    return template("answer.html").render(page=letter(plan, answer, lang), label=_labels(lang))


# --- DOCX -----------------------------------------------------------------------------------

FONT = "Times New Roman"  # as the rules for office documents ask
INK, SOFT = "17312B", "52665F"
TONES: Mapping[str, str] = {
    Verdict.LISTED.value: "0B6B57",
    Verdict.DIRECTED.value: "1F5F8B",
    Verdict.OPEN_LIST.value: "8A5300",
    Verdict.NOT_LISTED.value: "A3211B",
    Verdict.LIMITED.value: "A3211B",
    Verdict.UNKNOWN.value: "52665F",
}
LETTERS_PT = {True: 11.0, False: 9.5}  # airy pages, and full ones
WRITTEN = datetime(2010, 1, 1)  # the same file on every day
MARGIN_MM = 17
COLUMNS_MM = (24, 62, 90)


def answer_docx(plan: Plan, answer: Answer, lang: Language = "vi") -> bytes:
    """The written answer as a Word document; the same answer gives the same bytes."""
    from docx import Document as new_document

    page, label = letter(plan, answer, lang), _labels(lang)
    document = new_document()
    _set_up(document, page)
    _say(document, page.title, bold=True, size=5)
    _say(document, page.document)
    _say(document, f"{label('status')}: {page.status}", italic=True, color=SOFT)
    _question_table(document, page, label)
    tone = TONES[page.verdict]
    _say(document, f"{label('answer')}: {page.headline} ({page.verdict})", bold=True, size=3,
         color=tone, before=6)  # fmt: skip
    _say(document, page.sentence)
    for part in page.parts:
        _say(document, part.heading, bold=True, before=5, color=INK)
        for item in part.items:
            _say_item(document, item)
        if part.left_out:
            _say(document, part.left_out, italic=True, color=SOFT)
    _say(document, page.foot, color=SOFT, size=-2, before=6)
    _sign(document, label)
    stream = io.BytesIO()
    document.save(stream)
    return dated_alike(stream.getvalue())


def _set_up(document: Document, page: Letter) -> None:
    """A4, one font for every script, no trace of when, where and with what it was written."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(MARGIN_MM - 3)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(LETTERS_PT[page.airy])
    style.paragraph_format.space_after = Pt(1)
    style.paragraph_format.line_spacing = 1.0
    properties = style.element.get_or_add_rPr()
    for script in ("w:eastAsia", "w:cs"):
        properties.rFonts.set(qn(script), FONT)
    language = properties.makeelement(
        qn("w:lang"), {qn("w:val"): "vi-VN" if page.lang == "vi" else "en-GB"}
    )
    properties.append(language)
    core = document.core_properties
    core.title, core.author, core.comments, core.last_modified_by = page.title, "tngis", "", ""
    core.created = core.modified = WRITTEN
    core.language = page.lang


def _say(
    document: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = 0,
    color: str = "",
    before: float = 0,
) -> Any:
    """A paragraph of one run; `size` is relative to the page's letters."""
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(before)
    _run(paragraph, text, bold=bold, italic=italic, size=size, color=color)
    return paragraph


def _run(
    paragraph: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = 0,
    color: str = "",
) -> None:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(paragraph.style.font.size.pt + size)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)


def _say_item(document: Any, item: Item) -> None:
    from docx.shared import Mm

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.left_indent = Mm(4)
    paragraph.paragraph_format.first_line_indent = Mm(-4)
    _run(paragraph, f"– {item.text}")
    if item.mark:
        _run(paragraph, f" [{item.mark}]", bold=True)
    if item.quote:
        _run(paragraph, f" “{item.quote}”", italic=True)
    if item.source:
        _run(paragraph, f" ({item.source})", color=SOFT)


def _sign(document: Any, label: Callable[[str], str]) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    paragraph = _say(document, f"{label('date')}\t{label('signature')}", before=8)
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(sum(COLUMNS_MM)), WD_TAB_ALIGNMENT.RIGHT)


def _question_table(document: Any, page: Letter, label: Callable[[str], str]) -> None:
    from docx.shared import Mm

    rows = [(label("asked"), label("as_asked"), label("understood")), *page.question]
    table = document.add_table(rows=len(rows), cols=len(COLUMNS_MM))
    table.style = document.styles["Table Grid"]
    table.autofit = False
    for row, texts in zip(table.rows, rows, strict=True):
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(COLUMNS_MM[place])
            _run(cell.paragraphs[0], text, bold=place == 0 or texts is rows[0])


def dated_alike(data: bytes) -> bytes:
    """The same document with every entry of its archive the same on every day and system."""
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as given, ZipFile(packed, "w") as archive:
        for part in given.infolist():
            entry = ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, given.read(part))
    return packed.getvalue()
