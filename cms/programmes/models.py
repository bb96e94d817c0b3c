"""Programmes by axis, with figures exactly as they were published, also where they disagree."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField

from cms.core.blocks import BodyBlock
from cms.core.models import BasePage
from cms.core.walls import open_to_all


class Axis(models.IntegerChoices):
    PRODUCTIVITY = 1, _("Productividad")
    TRANSFER = 2, _("Transferencia de conocimiento")
    QUALITY = 3, _("Calidad")
    LINKAGES = 4, _("Encadenamientos")
    SOPHISTICATION = 5, _("Sofisticación")


class ProgrammeIndexPage(BasePage):
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenido al pie"))

    template = "cms/programmes/programme_index_page.html"
    max_count = 1
    kind_word: ClassVar[Any] = _("Programa")
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["programmes.ProgrammePage"]
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("programas")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["programmes"] = open_to_all(ProgrammePage.objects.child_of(self).live()).order_by("axis", "title")
        return context


class ProgrammePage(BasePage):
    axis = models.PositiveSmallIntegerField(_("eje"), choices=Axis.choices)
    period = models.CharField(_("periodo de las cifras"), max_length=40)
    headline_value = models.CharField(_("cifra principal"), max_length=40)
    headline_label = models.CharField(_("qué cuenta"), max_length=160)
    source = models.CharField(_("fuente"), max_length=200)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenido"))

    template = "cms/programmes/programme_page.html"
    kind_word: ClassVar[Any] = _("Programa")
    shown_columns: ClassVar[tuple[str, ...]] = ("headline_label", "headline_value", "period", "axis", "source")
    parent_page_types: ClassVar[list[str]] = ["programmes.ProgrammeIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("axis"), FieldPanel("period")]),
        FieldRowPanel([FieldPanel("headline_value"), FieldPanel("headline_label")]),
        FieldPanel("source"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("programa")
