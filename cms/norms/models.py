"""The normograma and its norms. A draft says so on every page of it: nothing here may pass for law that is not."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField

from cms.core.blocks import BodyBlock, NoticeBlock, ParagraphBlock
from cms.core.models import BasePage
from cms.core.walls import open_to_all
from cms.norms.blocks import ArticleBlock, ChapterBlock, ReferencesBlock


class NormStatus(models.TextChoices):
    DRAFT = "draft", _("Proyecto de norma")
    IN_FORCE = "in_force", _("Vigente")
    REPEALED = "repealed", _("Derogada")
    POLICY = "policy", _("Documento de política")


class NormKind(models.TextChoices):
    LAW = "law", _("Ley")
    DECREE = "decree", _("Decreto")
    RESOLUTION = "resolution", _("Resolución")
    CONPES = "conpes", _("CONPES")
    POLICY = "policy", _("Política")


class NormBodyBlock(blocks.StreamBlock):
    chapter = ChapterBlock()
    article = ArticleBlock()
    paragraph = ParagraphBlock()
    notice = NoticeBlock()


class NormIndexBodyBlock(BodyBlock):
    references = ReferencesBlock()


class NormIndexPage(BasePage):
    body = StreamField(NormIndexBodyBlock(), blank=True, verbose_name=_("contenido al pie"))

    template = "cms/norms/norm_index_page.html"
    max_count = 1
    kind_word: ClassVar[Any] = _("Norma")
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["norms.NormPage"]
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("normograma")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["norms"] = open_to_all(NormPage.objects.child_of(self).live()).order_by("path")
        return context


class NormPage(BasePage):
    kind = models.CharField(_("clase"), max_length=20, choices=NormKind.choices)
    status = models.CharField(_("estado"), max_length=20, choices=NormStatus.choices)
    issuer = models.CharField(_("entidad"), max_length=200)
    issued_on = models.DateField(_("fecha"), null=True, blank=True)
    source = models.CharField(_("de dónde se tomó"), max_length=300, blank=True)
    body = StreamField(NormBodyBlock(), blank=True, verbose_name=_("texto"))

    template = "cms/norms/norm_page.html"
    kind_word: ClassVar[Any] = _("Norma")
    shown_columns: ClassVar[tuple[str, ...]] = ("kind", "issuer", "status", "source")
    parent_page_types: ClassVar[list[str]] = ["norms.NormIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("status")]),
        FieldRowPanel([FieldPanel("issuer"), FieldPanel("issued_on")]),
        FieldPanel("source"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("norma")

    @property
    def is_draft(self) -> bool:
        return self.status == NormStatus.DRAFT

    def searchable_facts(self) -> dict[str, str]:
        return {"year": str(self.issued_on.year)} if self.issued_on else {}

    def articles(self) -> list[Any]:
        """The articles alone, for the list beside the text; asked where it is drawn."""
        return [block.value for block in self.body if block.block_type == "article"]
