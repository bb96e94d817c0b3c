"""The title of a part of a norm."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ChapterBlock(blocks.CharBlock):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"label": _("Título o capítulo"), "max_length": 160, **kwargs})

    class Meta:
        icon = "title"
        template = "cms/blocks/chapter.html"
