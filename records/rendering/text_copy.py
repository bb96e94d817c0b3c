"""The text of a piece on paper, page after page as it was read, for pieces that have no pages to show."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from records.rendering.receipt_pdf import MARGIN, blank_paper, paragraph, printable

#: Points of a letter and millimetres of a line.
LETTER, LINE = 9.0, 4.4


def text_pdf(pages: Sequence[str], *, title: str, made: datetime.datetime) -> bytes:
    """A PDF in which each text begins on a page of its own; what the fonts have no letter for is told by its number."""
    paper = blank_paper(title, made)
    paper.set_auto_page_break(auto=True, margin=MARGIN)
    for text in pages:
        paper.add_page()
        paper.set_font("Courier", size=LETTER)
        for line in text.expandtabs(4).splitlines():
            paragraph(paper, paper.epw, LINE, printable(line) or " ")
    return bytes(paper.output())
