"""A notice told by its words; the colour only repeats them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class NoticeBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("Clase"),
        choices=(("info", _("Información")), ("withheld", _("Reserva o salvedad"))),
        default="info",
    )
    title = blocks.CharBlock(label=_("Título"), max_length=120)
    text = blocks.TextBlock(label=_("Texto"), rows=3)

    class Meta:
        icon = "info-circle"
        label = _("Aviso")
        template = "cms/blocks/notice.html"
