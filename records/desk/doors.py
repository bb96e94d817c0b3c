"""The door of every desk view: methods, and refusals made into pages in one place (ARCHITECTURE §6).

What is absent and what is not for this person leave by the same door with the same bytes: the page is
rendered without the request, so nothing of the reader, the address or the object can reach it (D11).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from records import medium, permissions
from records.desk.words import told_at_desk
from records.errors import NotFound, RecordsError, RenditionUnavailable, StoreUnavailable
from records.http import status_for
from records.sentences import sentence_for
from records.services.told import note_refusal
from records.vocabulary import Role

View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD")
WRITE = ("POST",)
BOTH = (*READ, *WRITE)
#: Page of a refusal, by status; what is not here is told as a state of things (409).
PAGES: Mapping[int, str] = {
    403: "refusals/403.html",
    422: "refusals/422.html",
    429: "refusals/429.html",
    500: "refusals/500.html",
    503: "refusals/503.html",
}
NEUTRAL = (NotFound, RenditionUnavailable)


def desk_view(*methods: str) -> Callable[[View], View]:
    """A view of the desk: answers these methods, and turns each refusal into its page or its JSON."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except RecordsError as refusal:
                return refusal_response(request, noted(request, refusal, kwargs))
            except medium.FAULTS as fault:
                if met := medium.refusal_of(fault):
                    return refusal_response(request, told_to(request, met))
                raise

        return require_http_methods(methods)(guarded)

    return wrap


def noted(request: HttpRequest, refusal: RecordsError, asked: Mapping[str, Any]) -> RecordsError:
    """The refusal, once the ledger tells it; when that is not possible, the refusal that says so."""
    try:
        note_refusal(actor=request.user, refusal=refusal, asked=asked, wrote=request.method not in READ)
    except RecordsError as graver:
        return graver
    return refusal


def told_to(request: HttpRequest, refusal: StoreUnavailable) -> StoreUnavailable:
    """Who only reads is not told that nothing was filed."""
    return StoreUnavailable("reading_unavailable", **refusal.facts) if request.method in READ else refusal


def refusal_response(request: HttpRequest, refusal: RecordsError) -> HttpResponse:
    """The page of a refusal; the neutral one for what is absent or hidden."""
    if isinstance(refusal, NEUTRAL):
        return missing_page()
    if wants_json(request):
        return refusal_json(refusal)
    status = status_for(refusal)
    template = f"records/{PAGES.get(status, 'refusals/409.html')}"
    context = {"sentence": told_at_desk(refusal), "whose": whose(request, refusal)}
    return render(request, template, context, status=status)


def whose(request: HttpRequest, refusal: RecordsError) -> str:
    """Which offices a page is of, for whoever only asked to see it; empty where no office decides that alone."""
    offices = permissions.OFFICE_ACTS.get(refusal.facts.get("action", ""), ()) if request.method in READ else ()
    names = [str(Role(office).label) for office in sorted(offices)]
    return _(" y de ").join(names)


def refusal_json(refusal: RecordsError) -> JsonResponse:
    """A refusal for the desk's own scripts: code and sentence, with the status of the page."""
    if isinstance(refusal, NEUTRAL):
        return JsonResponse({"ok": False, "code": NotFound.code, "sentence": sentence_for(NotFound())}, status=404)
    body = {"ok": False, "code": refusal.code, "sentence": told_at_desk(refusal)}
    return JsonResponse(body, status=status_for(refusal))


def missing_page() -> HttpResponse:
    return HttpResponse(render_to_string("records/refusals/404.html"), status=404)


def missing(_request: HttpRequest, **_parts: Any) -> HttpResponse:
    """Addresses under /custodia/ that nobody claims, malformed ids among them: the same page as an unknown id."""
    return missing_page()


def wants_json(request: HttpRequest) -> bool:
    """Asked by the desk's own scripts, which send this header and nothing else."""
    return request.headers.get("Accept", "") == "application/json"
