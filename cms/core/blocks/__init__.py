"""Blocks any page may use. One per file; none can produce an inaccessible page."""

from cms.core.blocks.body import BodyBlock, StoryBlock
from cms.core.blocks.figures import FiguresBlock
from cms.core.blocks.heading import HeadingBlock
from cms.core.blocks.links import LinksBlock
from cms.core.blocks.notice import NoticeBlock
from cms.core.blocks.paragraph import ParagraphBlock
from cms.core.blocks.questions import QuestionsBlock
from cms.core.blocks.results import ResultsBlock

__all__ = [
    "BodyBlock",
    "FiguresBlock",
    "HeadingBlock",
    "LinksBlock",
    "NoticeBlock",
    "ParagraphBlock",
    "QuestionsBlock",
    "ResultsBlock",
    "StoryBlock",
]
