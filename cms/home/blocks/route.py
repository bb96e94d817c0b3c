"""How something happens, step by step, in the order it happens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class RouteStepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Paso"), max_length=80)
    text = blocks.CharBlock(label=_("Qué ocurre"), max_length=300)


class RouteBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Título"), max_length=120)
    steps = blocks.ListBlock(RouteStepBlock(), label=_("Pasos"), min_num=2, max_num=6)

    class Meta:
        icon = "list-ol"
        label = _("Recorrido por pasos")
        template = "cms/blocks/route.html"
