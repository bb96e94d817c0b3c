"""A picture with its words: an editor describes it or says that it only adorns, and nothing else is accepted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock


class PictureBlock(blocks.StructBlock):
    picture = ImageBlock(label=_("Imagen"))
    caption = blocks.CharBlock(label=_("Pie de la imagen"), max_length=240, required=False)
    credit = blocks.CharBlock(label=_("De quién es"), max_length=120, required=False)

    class Meta:
        icon = "image"
        label = _("Imagen")
        template = "cms/blocks/picture.html"
