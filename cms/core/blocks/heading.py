"""A heading inside a page: the page's own title is the only h1, so an editor chooses among h2 and h3."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Título"), max_length=160)
    level = blocks.ChoiceBlock(
        label=_("Nivel"), choices=(("2", _("Sección")), ("3", _("Parte de una sección"))), default="2"
    )
    anchor = blocks.CharBlock(
        label=_("Dirección dentro de la página"), required=False, help_text=_("Si se deja vacía se toma del título.")
    )

    class Meta:
        icon = "title"
        label = _("Título de sección")
        template = "cms/blocks/heading.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["anchor"] = slugify(value.get("anchor") or value["text"])
        return context
