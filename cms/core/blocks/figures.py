"""Figures in large type, each with what it counts and when."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class FigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("Cifra"), max_length=40, help_text=_("Como se lee: 1.702 o 32,59 %"))
    label = blocks.CharBlock(label=_("Qué cuenta, con unidad y fecha"), max_length=160)


class FiguresBlock(blocks.StructBlock):
    figures = blocks.ListBlock(FigureBlock(), label=_("Cifras"), min_num=1, max_num=8)
    source = blocks.CharBlock(label=_("Fuente"), max_length=200)

    class Meta:
        icon = "order"
        label = _("Cifras")
        template = "cms/blocks/figures.html"
