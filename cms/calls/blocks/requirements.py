"""What must be met or brought: a numbered list with its heading."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class RequirementsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Título"), max_length=120)
    items = blocks.ListBlock(blocks.CharBlock(max_length=300), label=_("Requisitos"), min_num=1)

    class Meta:
        icon = "list-ol"
        label = _("Requisitos o documentos")
        template = "cms/blocks/requirements.html"
