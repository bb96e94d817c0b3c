"""The Banco: the list with its filters and, under it, one page per published project (arts. 25, 38).

Editors write the words around; every fact comes from the published projection.
"""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField

from cms.banco.project_page import ProjectPage, shown_beside
from cms.core.blocks import BodyBlock
from cms.core.models import BasePage
from cms.core.spanish import long_day
from cms.publication import comparing, drawing, facets, history, totals, vocabulary
from cms.publication.models import PublishedConvenio, PublishedProject

__all__ = ["BancoPage", "ProjectPage"]


class BancoPage(RoutablePageMixin, BasePage):
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenido al pie"))

    template = "cms/banco/banco_page.html"
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["banco.ProjectPage"]
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
                "read_at": f"{self.get_url(request)}?{listing.query}" if listing.query else "",
                "drawn": drawing.drawn(listing.places, listing.phases),
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
        found = _shown(slug)
        return self._present(request, found, shown_beside(self, found.code, request))

    def preview_project(self, request: HttpRequest, written: ProjectPage) -> Any:
        """What citizens would see with this draft in it; where the project is not published they would see nothing."""
        found = _published().filter(code=written.project_code).first()
        if found is None:
            return render(request, "cms/banco/not_published.html", {"code": written.project_code})
        return self._present(request, found, written)

    def _present(self, request: HttpRequest, found: PublishedProject, written: ProjectPage | None) -> Any:
        states = history.states_of(found)
        context = {
            "project": found,
            "written": written,
            "indicators": found.indicators.all(),
            "withheld": found.withheld.all(),
            "documents": history.documents_by(found, None),
            "state": states[-1] if states else None,
            "changes": len(states),
        }
        return self._render(request, "cms/banco/project.html", found, context)

    @path("<slug:slug>/historia/", name="history")
    def show_history(self, request: HttpRequest, slug: str) -> Any:
        """Every public change, newest first; with two numbers in the address, what differs between those two."""
        found = _shown(slug)
        states = history.states_of(found)
        pair = [history.state_numbered(states, _number(request.GET.get(name, ""))) for name in ("de", "a")]
        before, after = sorted(filter(None, pair), key=lambda state: state.number) if all(pair) else (None, None)
        changes = [
            {"state": state, "differences": comparing.differences(former, state), "first": former is None}
            for former, state in zip([None, *states], states, strict=False)
        ]
        context = {
            "project": found,
            "changes": changes[::-1],
            "states": states,
            "read_at": f"{found.url}historia/?de={before.number}&a={after.number}" if before and after else "",
            "before": before,
            "after": after,
            "differences": comparing.differences(before, after) if after else [],
            "documents": history.documents_by(found, None),
        }
        return self._render(request, "cms/banco/history.html", found, context, (_("Historia"), "historia/"))

    @path("<slug:slug>/historia/<int:number>/", name="state")
    def show_state(self, request: HttpRequest, slug: str, number: int) -> Any:
        """The project as one decision showed it: the address to cite."""
        found = _shown(slug)
        states = history.states_of(found)
        return self._past(request, found, states, history.state_numbered(states, number), None)

    @path("<slug:slug>/al/<slug:day>/", name="as_of")
    def show_day(self, request: HttpRequest, slug: str, day: str) -> Any:
        """The project as it was shown at the end of a day (AAAA-MM-DD)."""
        found = _shown(slug)
        states, asked = history.states_of(found), _date(day)
        return self._past(request, found, states, history.state_on(states, asked) if asked else None, asked)

    def _past(
        self,
        request: HttpRequest,
        found: PublishedProject,
        states: list[history.State],
        state: history.State | None,
        asked: datetime.date | None,
    ) -> Any:
        if state is None:
            raise Http404
        later = history.state_numbered(states, state.number + 1)
        context = {
            "project": state.project,
            "indicators": state.indicators,
            "inclusion": [vocabulary.label(vocabulary.INCLUSION, code) for code in state.inclusion],
            "documents": history.documents_by(found, later.at if later else None),
            "state": state,
            "earlier": history.state_numbered(states, state.number - 1),
            "later": later,
            "asked": asked,
            "past": True,
        }
        steps = ((_("Historia"), "historia/"), (long_day(asked or state.day), ""))
        return self._render(request, "cms/banco/project.html", found, context, *steps)

    def _render(
        self, request: HttpRequest, template: str, found: PublishedProject, context: dict[str, Any], *steps: Any
    ) -> Any:
        beyond = [{"label": label, "url": f"{found.url}{step}"} for label, step in steps]
        numbers = {found.convenio_number, found.framework_number}
        linked = {row.number: row.url for row in PublishedConvenio.objects.filter(number__in=numbers)}
        crumbs = [*self.crumbs(), {"label": found.code, "url": found.url}, *beyond]
        return self.render(
            request, context_overrides={**context, "crumbs": crumbs, "linked": linked}, template=template
        )


def _published() -> QuerySet[PublishedProject]:
    return PublishedProject.objects.prefetch_related("inclusion", "indicators", "withheld")


def _shown(slug: str) -> PublishedProject:
    """What is not published is answered exactly as what never existed."""
    found = _published().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _next_url(listing: facets.Listing) -> str:
    if not listing.after:
        return ""
    kept = f"{listing.query}&" if listing.query else ""
    return f"?{kept}despues={listing.after}"
