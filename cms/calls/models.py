"""Calls: who may take part, until when, what is asked and how it is scored."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField

from cms.calls.blocks import CalendarBlock, RequirementsBlock, ScoringBlock
from cms.core.blocks import BodyBlock
from cms.core.models import BasePage
from cms.core.walls import open_to_all


class CallState(models.TextChoices):
    """Set by an editor on the organiser's word: early closing and extension are decisions, not dates."""

    PLANNED = "planned", _("Anunciada")
    OPEN = "open", _("Abierta")
    CLOSED = "closed", _("Cerrada")
    VOID = "void", _("Declarada desierta")


class CallBodyBlock(BodyBlock):
    calendar = CalendarBlock()
    requirements = RequirementsBlock()
    scoring = ScoringBlock()


class CallIndexPage(BasePage):
    template = "cms/calls/call_index_page.html"
    max_count = 1
    kind_word: ClassVar[Any] = _("Convocatoria")
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["calls.CallPage"]

    class Meta:
        verbose_name = _("convocatorias")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["calls"] = open_to_all(CallPage.objects.child_of(self).live()).order_by("-opens_on", "title")
        return context


class CallPage(BasePage):
    state = models.CharField(_("estado"), max_length=20, choices=CallState.choices)
    organiser = models.CharField(_("organiza"), max_length=200)
    opens_on = models.DateField(_("apertura"))
    closes_on = models.DateField(_("cierre"))
    source = models.CharField(_("fuente"), max_length=300, blank=True)
    body = StreamField(CallBodyBlock(), blank=True, verbose_name=_("contenido"))

    template = "cms/calls/call_page.html"
    kind_word: ClassVar[Any] = _("Convocatoria")
    shown_columns: ClassVar[tuple[str, ...]] = ("state", "organiser", "source")
    parent_page_types: ClassVar[list[str]] = ["calls.CallIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("state"), FieldPanel("organiser")]),
        FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
        FieldPanel("source"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("convocatoria")

    def searchable_facts(self) -> dict[str, str]:
        return {"year": str(self.opens_on.year)}
