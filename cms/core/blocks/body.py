"""The common choice of blocks for a page's body."""

from __future__ import annotations

from wagtail import blocks

from cms.core.blocks.figures import FiguresBlock
from cms.core.blocks.heading import HeadingBlock
from cms.core.blocks.links import LinksBlock
from cms.core.blocks.notice import NoticeBlock
from cms.core.blocks.paragraph import ParagraphBlock
from cms.core.blocks.questions import QuestionsBlock
from cms.core.blocks.results import ResultsBlock


class BodyBlock(blocks.StreamBlock):
    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    notice = NoticeBlock()
    figures = FiguresBlock()
    results = ResultsBlock()
    links = LinksBlock()
    questions = QuestionsBlock()
