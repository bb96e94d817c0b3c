"""What is published, what is withheld and under which ground, and how to ask (art. 38; Ley 1712 de 2014)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms.core.blocks import BodyBlock
from cms.core.models import BasePage
from cms.publication import totals


class TransparencyPage(BasePage):
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenido"))

    template = "cms/transparency/transparency_page.html"
    max_count = 1
    kind_word: ClassVar[Any] = _("Transparencia")
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["home.ContentPage"]
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("transparencia")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(balance=totals.balance(), withheld=totals.withheld())
        return context
