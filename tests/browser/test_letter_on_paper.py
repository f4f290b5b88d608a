"""The written answer on paper: one sheet, however much there is to say."""

from __future__ import annotations

import pytest
from test_letters import LONG, crowded, longest_of, plan

from browser.conftest import PRINTED_PAGE
from gis.answering.letters import answer_html

__all__ = ["plan"]  # the fixture

CONSENT = "Khi xây dựng phải có ý kiến của cơ quan quản lý. " * 3
CROWDED = {"words": LONG[0], "one word": LONG[1], "sentences": CONSENT}


def sheets(open_page, path, html):
    path.write_text(html, encoding="utf-8")
    return open_page(path, is_ready=False).page.pdf(prefer_css_page_size=True).count(PRINTED_PAGE)


def test_the_longest_clauses_of_the_decision_print_on_one_sheet(open_page, real_plan, tmp_path):
    html = answer_html(real_plan, longest_of(real_plan))
    assert sheets(open_page, tmp_path / "page.html", html) == 1


@pytest.mark.parametrize("words", CROWDED.values(), ids=CROWDED)
def test_a_full_page_prints_on_one_sheet(open_page, plan, tmp_path, words):
    html = answer_html(plan, crowded(words))
    assert sheets(open_page, tmp_path / "page.html", html) == 1
