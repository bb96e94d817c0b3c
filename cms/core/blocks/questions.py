"""Questions with their answers, all of them on the page: nothing hidden behind a click."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.core.blocks.order import check_text
from cms.core.blocks.paragraph import FEATURES


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Pregunta"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Respuesta"), features=FEATURES)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        try:
            check_text(cleaned["answer"].source)
        except ValidationError as fault:
            raise StructBlockValidationError(block_errors={"answer": fault}) from fault
        return cleaned


class QuestionsBlock(blocks.StructBlock):
    questions = blocks.ListBlock(QuestionBlock(), label=_("Preguntas"), min_num=1)

    class Meta:
        icon = "help"
        label = _("Preguntas y respuestas")
        template = "cms/blocks/questions.html"
