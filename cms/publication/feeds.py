"""What is new, as Atom feeds of their own: projects, norms and calls, newest first; and what robots are told.

Made of published rows and of live pages that everybody may read, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms.calls.models import CallPage
from cms.core.identity import the_site
from cms.core.kept_pages import same_for_everybody
from cms.core.search_source import readable
from cms.norms.models import NormPage
from cms.publication.data_views import base_of
from cms.publication.feed import ENTRIES, Feed, last_change, moment_of, plain, urn
from cms.publication.models import PublishedProject

Entry = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """A feed: what it is called, the page it belongs to, and its entries, newest first."""

    title: Any
    page: str
    entries: Callable[[], Iterable[Entry]]


def _projects() -> Iterable[Entry]:
    for row in PublishedProject.objects.order_by("-decided_at", "code")[:ENTRIES]:
        yield {
            "title": row.name,
            "link": row.url,
            "description": row.summary or row.objective,
            "unique_id": urn(f"proyecto:{row.id}"),
            "updateddate": moment_of(row.decided_at),
            "categories": [row.phase_label],
        }


def _pages(model: type[Page]) -> Callable[[], Iterable[Entry]]:
    def entries() -> Iterable[Entry]:
        for page in readable().type(model).order_by("-last_published_at", "path").specific()[:ENTRIES]:
            yield {
                "title": page.title,
                "link": page.url,
                "description": strip_tags(page.intro),
                "unique_id": urn(f"pagina:{page.pk}"),
                "updateddate": moment_of(page.last_published_at),
            }

    return entries


FAMILIES = {
    "proyectos": Family(_("Proyectos publicados"), "/banco/", _projects),
    "normas": Family(_("Normas"), "/normas/", _pages(NormPage)),
    "convocatorias": Family(_("Convocatorias"), "/convocatorias/", _pages(CallPage)),
}


@require_safe
@same_for_everybody
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """One of the families by its name."""
    if name not in FAMILIES:
        raise Http404
    response = HttpResponse(_written(request, FAMILIES[name]), content_type="application/atom+xml; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    return response


def _written(request: HttpRequest, family: Family) -> bytes:
    base, entries, identity = base_of(request), list(family.entries()), the_site()
    made = Feed(
        title=f"{family.title} · {identity.said_name}",
        link=base + family.page,
        description=str(family.title),
        language="es-CO",
        author_name=identity.publisher,
        feed_url=base + request.path,
        feed_guid=urn(f"feed:{request.path}"),
        updated=entries[0]["updateddate"] if entries else last_change(),
    )
    for entry in entries:
        told = {key: plain(entry[key]) for key in ("title", "description")}
        made.add_item(**entry | told | {"link": base + entry["link"]})
    return str(made.writeString("utf-8")).encode()


ROBOTS = """User-agent: *
Disallow: /custodia/
Disallow: /cuenta/
Disallow: /editor/
Disallow: /buscar/

Sitemap: {base}/sitemap.xml
"""


@require_safe
@same_for_everybody
def robots(request: HttpRequest) -> HttpResponse:
    """Rooms that are nobody's to crawl, and where the map is; the rooms are known from every page's foot."""
    return HttpResponse(ROBOTS.format(base=base_of(request)), content_type="text/plain; charset=utf-8")
