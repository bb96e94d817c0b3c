"""A table of indicators with target and result: a caption and heads are part of it, so it is always readable aloud."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ResultRowBlock(blocks.StructBlock):
    indicator = blocks.CharBlock(label=_("Indicador"), max_length=240)
    target = blocks.CharBlock(label=_("Meta"), max_length=40, required=False)
    result = blocks.CharBlock(label=_("Resultado"), max_length=40)
    note = blocks.CharBlock(label=_("Nota"), max_length=300, required=False)


class ResultsBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Título de la tabla"), max_length=200)
    rows = blocks.ListBlock(ResultRowBlock(), label=_("Filas"), min_num=1)
    source = blocks.CharBlock(label=_("Fuente"), max_length=200)

    class Meta:
        icon = "table"
        label = _("Tabla de resultados")
        template = "cms/blocks/results.html"
