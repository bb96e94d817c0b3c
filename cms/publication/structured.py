"""What search engines and social networks read of a public page: schema.org as JSON-LD, and the card of a link.

Only what the page itself shows. A data block is no script: browsers do not run it and the policy does not look at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cms.core.models import BasePage
from cms.home.models import HomePage
from cms.norms.models import NormPage, NormStatus
from cms.publication.models import PublishedProject

CONTEXT = "https://schema.org"
LONGEST = 200
Json = dict[str, Any]

_FORCE = {NormStatus.IN_FORCE: "InForce", NormStatus.REPEALED: "NotInForce", NormStatus.DRAFT: "NotInForce"}


def card(context: Mapping[str, Any], site: str) -> dict[str, str]:
    """Title and description of a link to this page; the site's own where the page has none of its own."""
    project, page = context.get("project"), context.get("page")
    if isinstance(project, PublishedProject):
        return {"title": project.name, "description": _short(project.summary or project.objective)}
    if isinstance(page, BasePage):
        return {
            "title": page.seo_title or page.title,
            "description": _short(page.search_description or page.intro),
        }
    return {"title": site, "description": ""}


def blocks(context: Mapping[str, Any], base: str, site: str) -> list[Json]:
    """The things of schema.org that this page is about. `site` is the name of the site."""
    project, page = context.get("project"), context.get("page")
    said = [_crumbs(context.get("crumbs") or (), base)]
    if isinstance(project, PublishedProject):
        said.append(_project(project, base))
    else:
        said += [make(page, base, site) for kind, make in _KINDS.items() if isinstance(page, kind)]
    return [{"@context": CONTEXT, **one} for one in said if one]


def _crumbs(crumbs: Any, base: str) -> Json:
    places = [
        {"@type": "ListItem", "position": place, "name": str(crumb["label"]), "item": base + crumb["url"]}
        for place, crumb in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": places} if places else {}


def _project(row: PublishedProject, base: str) -> Json:
    place = {"@type": "Place", "name": row.place, "address": {"@type": "PostalAddress", "addressCountry": "CO"}}
    return {
        "@type": "Project",
        "name": row.name,
        "identifier": row.code,
        "url": base + row.url,
        "description": row.summary or row.objective,
        **({"location": place} if row.place else {}),
    }


def _norm(page: NormPage, base: str, _site: str) -> Json:
    force = _FORCE.get(NormStatus(page.status))
    dated = {"legislationDate": page.issued_on.isoformat()} if page.issued_on else {}
    in_force = {"legislationLegalForce": f"{CONTEXT}/{force}"} if force else {}
    return {
        "@type": "Legislation",
        "name": page.title,
        "url": base + (page.url or "/"),
        "legislationType": page.get_kind_display(),
        "legislationJurisdiction": "CO",
        "inLanguage": "es-CO",
        **dated,
        **in_force,
    }


def _home(_page: HomePage, base: str, site: str) -> Json:
    target = {"@type": "EntryPoint", "urlTemplate": f"{base}/buscar/?q={{q}}"}
    return {
        "@type": "WebSite",
        "name": site,
        "url": f"{base}/",
        "inLanguage": "es-CO",
        "potentialAction": {"@type": "SearchAction", "target": target, "query-input": "required name=q"},
    }


_KINDS: dict[type[BasePage], Callable[[Any, str, str], Json]] = {NormPage: _norm, HomePage: _home}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rsplit(' ', 1)[0]}…"
