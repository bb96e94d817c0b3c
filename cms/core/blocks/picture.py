"""A picture with its words: an editor describes it or says that it only adorns, and nothing else is accepted."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

DESCRIBED = _("Qué se ve en ella, para quien no puede verla. Si solo adorna, márquela arriba.")


class DescribedImageBlock(ImageBlock):
    """Wagtail's own, which names the file in English and its description in the words of programmers."""

    def __init__(self, required: bool = True, **kwargs: Any) -> None:
        super().__init__(required=required, **kwargs)
        self.child_blocks["image"].label = _("Archivo")
        described = blocks.CharBlock(required=False, label=_("Descripción"), help_text=DESCRIBED)
        described.set_name("alt_text")
        self.child_blocks["alt_text"] = described


class PictureBlock(blocks.StructBlock):
    picture = DescribedImageBlock(label=_("Imagen"))
    caption = blocks.CharBlock(label=_("Pie de la imagen"), max_length=240, required=False)
    credit = blocks.CharBlock(label=_("De quién es"), max_length=120, required=False)

    class Meta:
        icon = "image"
        label = _("Imagen")
        template = "cms/blocks/picture.html"
