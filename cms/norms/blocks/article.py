"""An article with an address of its own: `#art-17`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.core.blocks.order import check_drawable
from cms.core.blocks.paragraph import FEATURES


class ArticleBlock(blocks.StructBlock):
    number = blocks.RegexBlock(
        label=_("Número"),
        regex=r"^[0-9]{1,3}[a-z]?$",
        error_messages={"invalid": _("Escriba solo el número del artículo, por ejemplo 17.")},
    )
    title = blocks.CharBlock(label=_("Título"), max_length=200)
    text = blocks.RichTextBlock(label=_("Texto"), features=FEATURES)
    note = blocks.TextBlock(
        label=_("Nota editorial"), required=False, rows=2, help_text=_("Lo que el texto calla o contradice.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        try:
            check_drawable(cleaned["text"].source)
        except ValidationError as fault:
            raise StructBlockValidationError(block_errors={"text": fault}) from fault
        return cleaned

    class Meta:
        icon = "doc-full"
        label = _("Artículo")
        template = "cms/blocks/article.html"
