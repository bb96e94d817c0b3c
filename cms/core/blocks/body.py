"""The common choice of blocks for a page's body."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError

from cms.core.blocks.figures import FiguresBlock
from cms.core.blocks.heading import HeadingBlock
from cms.core.blocks.links import LinksBlock
from cms.core.blocks.notice import NoticeBlock
from cms.core.blocks.order import level_of, skipped
from cms.core.blocks.paragraph import ParagraphBlock
from cms.core.blocks.picture import PictureBlock
from cms.core.blocks.questions import QuestionsBlock
from cms.core.blocks.results import ResultsBlock
from cms.core.blocks.table import TableBlock


class BodyBlock(blocks.StreamBlock):
    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    notice = NoticeBlock()
    figures = FiguresBlock()
    results = ResultsBlock()
    links = LinksBlock()
    questions = QuestionsBlock()

    def clean(self, value: Any) -> Any:
        """A page whose headings skip a level cannot be kept: who reads by headings would be lost."""
        cleaned = super().clean(value)
        fault = ValidationError(_("Falta un título de sección antes: este bloque es parte de una sección."))
        faults = dict.fromkeys(skipped(cleaned, level_of), fault)
        if faults:
            raise StreamBlockValidationError(block_errors=faults)
        return cleaned


class StoryBlock(BodyBlock):
    """What pages that tell something may have besides."""

    picture = PictureBlock()
    table = TableBlock()
