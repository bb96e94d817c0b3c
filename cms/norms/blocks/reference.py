"""Rows of the normograma: norms the policy leans on that have no page of their own here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ReferenceBlock(blocks.StructBlock):
    norm = blocks.CharBlock(label=_("Norma"), max_length=160)
    subject = blocks.CharBlock(label=_("De qué trata"), max_length=300)


class ReferencesBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Título de la tabla"), max_length=200)
    rows = blocks.ListBlock(ReferenceBlock(), label=_("Normas"), min_num=1)

    class Meta:
        icon = "table"
        label = _("Normograma")
        template = "cms/blocks/references.html"
