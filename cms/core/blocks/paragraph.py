"""Running text with the few marks that mean something; no colours, no pasted styles, no images without a text."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks.order import check_text

FEATURES = ["bold", "italic", "link", "ol", "ul", "superscript"]


class ParagraphBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"features": FEATURES, "label": _("Texto"), **kwargs})

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        check_text(cleaned.source)
        return cleaned

    class Meta:
        icon = "pilcrow"
        template = "cms/blocks/paragraph.html"
