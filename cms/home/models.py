"""The home page, which explains the programme with live figures, and plain explanatory pages."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms.core.blocks import StoryBlock
from cms.core.models import BasePage
from cms.home.blocks import RouteBlock
from cms.publication import drawing, totals
from cms.publication.models import PublishedProject

SHOWN_ON_HOME = 4


class HomeBodyBlock(StoryBlock):
    route = RouteBlock()


class HomePage(BasePage):
    heading = models.CharField(_("frase principal"), max_length=120)
    body = StreamField(HomeBodyBlock(), blank=True, verbose_name=_("contenido"))

    template = "cms/home/home_page.html"
    max_count = 1
    shown_columns: ClassVar[tuple[str, ...]] = ("heading",)
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("heading"), FieldPanel("body")]

    class Meta:
        verbose_name = _("inicio")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        sums = totals.indicators()
        projects = PublishedProject.objects.order_by("-decided_at", "code").prefetch_related("withheld")
        context.update(
            balance=totals.balance(),
            drawn=functools.partial(drawing.drawn, totals.places(), totals.by_phase()),
            headline=totals.headline(sums),
            projects=projects[:SHOWN_ON_HOME],  # asked where they are drawn, once under a mark
        )
        return context


class ContentPage(BasePage):
    """A page of running text, such as «¿Qué es Offset?»."""

    body = StreamField(StoryBlock(), blank=True, verbose_name=_("contenido"))

    template = "cms/home/content_page.html"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.ContentPage"]
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("página de contenido")
        verbose_name_plural = _("páginas de contenido")
