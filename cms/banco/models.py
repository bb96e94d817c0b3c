"""The Banco: the list with its filters and, under it, one page per published project (arts. 25, 38).

Editors write the words around; every fact comes from the published projection.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField

from cms.core.blocks import BodyBlock
from cms.core.models import BasePage
from cms.publication import facets, totals
from cms.publication.models import PublishedProject


class BancoPage(RoutablePageMixin, BasePage):
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenido al pie"))

    template = "cms/banco/banco_page.html"
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("Banco de Proyectos")

    @path("", name="list")
    def list_projects(self, request: HttpRequest) -> Any:
        sums = totals.indicators()
        listing = facets.list_projects(request.GET)
        return self.render(
            request,
            context_overrides={
                "listing": listing,
                "balance": totals.balance(),
                "indicators": sums,
                "headline": totals.headline(sums),
                "withheld": totals.withheld(),
                "next_url": _next_url(listing),
            },
        )

    @path("<slug:slug>/", name="project")
    def show_project(self, request: HttpRequest, slug: str) -> Any:
        """One project; what is not published is answered exactly as what never existed."""
        rows = PublishedProject.objects.prefetch_related("inclusion", "indicators", "withheld")
        project = rows.filter(slug=slug).first()
        if project is None:
            raise Http404
        return self.render(
            request,
            context_overrides={
                "project": project,
                "crumbs": [*self.crumbs(), {"label": project.code, "url": project.url}],
            },
            template="cms/banco/project.html",
        )


def _next_url(listing: facets.Listing) -> str:
    if not listing.after:
        return ""
    kept = f"{listing.query}&" if listing.query else ""
    return f"?{kept}despues={listing.after}"
