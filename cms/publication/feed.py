"""A search as an Atom feed (RFC 4287): what it finds, newest first, for whoever wants to be told of more.

Bounded, and made of what the page of the search shows: the same recheck stands before it. The tag of a version is the
digest of its own bytes and so tells nothing else.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import feedgenerator, timezone
from django.utils.cache import get_conditional_response
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.identity import the_site
from cms.core.search_source import PublishedPages
from cms.core.views import unavailable
from cms.publication import finding
from cms.publication.models import PublishedProject
from cms.publication.search_source import PublishedSource
from search import api as search_api

PATH = "/buscar/atom/"
ENTRIES = 30
#: Of names that never change: an entry keeps its id whatever the host, its title or its address become.
SPACE = uuid.UUID("6a0e5a54-8d0b-4a5e-9c39-0e1f2b7d4c11")


class Feed(feedgenerator.Atom1Feed):
    """Atom whose own date is that of its newest entry, or the one it is given."""

    def latest_post_date(self) -> datetime.datetime:
        dates = [item["updateddate"] for item in self.items if item["updateddate"]]
        newest: datetime.datetime = max(dates, default=self.feed["updated"])
        return newest


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The feed of the question in the address; 503 while the index cannot give the whole answer."""
    question = replace(finding.read(request.GET), order="recientes", after="")
    try:
        answer = finding.ask(question, size=ENTRIES)
    except search_api.EngineUnavailable:
        return retry_later(unavailable(request))
    body = written(request, question, answer)
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response["Cache-Control"] = "public, no-cache"  # kept by whoever likes, asked about before each use
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = f'"{sha256(body).hexdigest()}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def retry_later(response: HttpResponse) -> HttpResponse:
    """A refusal that says when to come back."""
    response["Retry-After"] = "60"
    return response


def written(request: HttpRequest, question: finding.Question, answer: search_api.Answer) -> bytes:
    """The bytes of the feed; the same for the same question and answer."""
    host, identity = f"{request.scheme}://{request.get_host()}", the_site()
    things = PublishedSource().things([hit.key for hit in answer.hits])
    made = Feed(
        title=plain(title(question, identity.said_name)),
        link=host + plain(question.url(order="")),
        description=_("Lo publicado que coincide con esta búsqueda, de lo más nuevo."),
        language="es-CO",
        author_name=plain(identity.publisher),
        feed_url=host + plain(question.url(PATH, order="")),
        feed_guid=urn(f"search:{question.query(order='')}"),
        updated=moment_of(None) if things else last_change(),
    )
    for hit in answer.hits:
        if thing := things.get(hit.key):
            made.add_item(**_item(host, hit, thing.changed))
    return str(made.writeString("utf-8")).encode()


def title(question: finding.Question, site: str) -> str:
    """How the feed of a question is called; `site` is the name of the site."""
    named = " · ".join([question.words.strip(), *(str(one["label"]) for one in finding.chosen(question))]).strip(" ·")
    return f"{named} · {site}" if named else site


def _item(host: str, hit: search_api.AnswerHit, changed: datetime.datetime | None) -> dict[str, Any]:
    return {
        "title": plain(hit.title),
        "link": host + hit.url,
        "description": plain(strip_tags(hit.snippet)),
        "unique_id": urn(hit.key),
        "updateddate": moment_of(changed),
        "categories": [plain(hit.container)],
    }


def urn(name: str) -> str:
    return uuid.uuid5(SPACE, name).urn


def moment_of(moment: datetime.datetime | None) -> datetime.datetime:
    """Here, to the second. A page that was never published by hand came with the site."""
    return timezone.localtime(moment or datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)).replace(microsecond=0)


def last_change() -> datetime.datetime:
    """When anything that everybody may read last changed: the date of a feed that has no entry."""
    pages = PublishedPages().last_change()
    projects = PublishedProject.objects.aggregate(last=Max("decided_at"))["last"]
    return moment_of(max((one for one in (pages, projects) if one), default=None))


def plain(text: str) -> str:
    """Without the signs that XML refuses and those that turn a line around."""
    return "".join(c for c in text if c.isprintable())
