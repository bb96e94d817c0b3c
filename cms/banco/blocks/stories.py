"""What somebody tells of a project: a title, who tells it, where and when, the words, and at most one picture.

Its title stands one level below the section's, and its words can have no headings: no level is ever skipped.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import ParagraphBlock
from cms.core.blocks.picture import PictureBlock

MOST = 6


class TellingBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Título"), max_length=120)
    teller = blocks.CharBlock(
        label=_("Quién la cuenta"),
        max_length=160,
        help_text=_("Con su oficio: solo lo que esa persona autorizó que se publique."),
    )
    place = blocks.CharBlock(label=_("Dónde"), max_length=120, required=False)
    day = blocks.DateBlock(label=_("Cuándo"), required=False)
    picture = blocks.ListBlock(PictureBlock(), label=_("Imagen"), min_num=0, max_num=1, default=[])
    text = ParagraphBlock(label=_("Relato"))

    class Meta:
        icon = "openquote"
        label = _("Historia")
        template = "cms/blocks/telling.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With its picture, unless that was deleted since."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["pictures"] = [one for one in value["picture"] if one["picture"]]
        return context


class StoriesBlock(blocks.StreamBlock):
    story = TellingBlock()

    class Meta:
        max_num = MOST
