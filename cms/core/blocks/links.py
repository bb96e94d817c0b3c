"""Cards that lead somewhere else on this site or outside."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class LinkBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Título"), max_length=120)
    text = blocks.CharBlock(label=_("Para qué sirve"), max_length=240, required=False)
    address = blocks.RegexBlock(
        label=_("Dirección"),
        regex=r"^(/|https://)[^\s]*$",
        error_messages={"invalid": _("Escriba una dirección de este sitio (/…) o que empiece por https://.")},
    )


class LinksBlock(blocks.StructBlock):
    links = blocks.ListBlock(LinkBlock(), label=_("Enlaces"), min_num=1, max_num=9)

    class Meta:
        icon = "link"
        label = _("Enlaces")
        template = "cms/blocks/links.html"
