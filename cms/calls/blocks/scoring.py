"""How applications are scored, with the pass mark in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class CriterionBlock(blocks.StructBlock):
    criterion = blocks.CharBlock(label=_("Criterio"), max_length=200)
    points = blocks.CharBlock(label=_("Puntaje"), max_length=40)


class ScoringBlock(blocks.StructBlock):
    criteria = blocks.ListBlock(CriterionBlock(), label=_("Criterios"), min_num=1)
    rule = blocks.TextBlock(label=_("Regla para pasar"), rows=2)

    class Meta:
        icon = "order"
        label = _("Calificación")
        template = "cms/blocks/scoring.html"
