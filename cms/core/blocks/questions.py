"""Questions with their answers, all of them on the page: nothing hidden behind a click."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks.paragraph import FEATURES


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Pregunta"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Respuesta"), features=FEATURES)


class QuestionsBlock(blocks.StructBlock):
    questions = blocks.ListBlock(QuestionBlock(), label=_("Preguntas"), min_num=1)

    class Meta:
        icon = "help"
        label = _("Preguntas y respuestas")
        template = "cms/blocks/questions.html"
