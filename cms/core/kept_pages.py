"""Public pages as they were answered, kept in the memory of the process until anything public changes.

Only what a view marked as the same for everybody is kept, only for readers without a session, and asked about before
each use by whoever else keeps it. The tag of a page is the digest of its own bytes and so tells nothing else.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.encoding import escape_uri_path

from cms.core import generation

#: Rooms of which nothing is ever kept: their requests are not even looked at.
NEVER = ("/custodia/", "/cuenta/", "/editor/", "/salud/", "/static/", "/api/v1/")
#: Where pages are kept: those with an address of their own, and those of which whoever asks makes as many as she
#: likes, with a question in the address or a day. These only push each other out.
OWN, MADE_UP = "pages", "asked_pages"
BY_DAY = "/al/"
MARK = "the_same_for_everybody"
MOST_BYTES = 256 * 1024
LONGEST_ADDRESS = 1000


class Kept(NamedTuple):
    """An answer with status 200."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


def same_for_everybody(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Marks what `view` answers: it depends on the address and on what is public, and on nothing of its reader."""

    @functools.wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        setattr(response, MARK, True)
        return response

    return marked


class KeptPages:
    """Middleware: before anything that knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with generation.asked_once():
            return self._answered(request)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        kept = caches[room_of(request)].get(key) if key else None
        if kept is None:
            return self._asked(request, key)
        return _conditional(request, HttpResponse(kept.body, headers=dict(kept.headers)))

    def _asked(self, request: HttpRequest, key: str) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 200 or not getattr(response, MARK, False) or response.streaming:
            return response
        response["ETag"] = f'"{sha256(response.content).hexdigest()}"'
        response["Cache-Control"] = "private, no-cache" if has_session(request) else "public, no-cache"
        if key and request.method == "GET" and not response.cookies and len(response.content) <= MOST_BYTES:
            caches[room_of(request)].set(key, Kept(response.content, tuple(response.items())))
        return _conditional(request, response)


def key_of(request: HttpRequest) -> str:
    """Under what an answer is kept; nothing for what is never kept."""
    if request.method not in ("GET", "HEAD") or request.path_info.startswith(NEVER):
        return ""
    if has_session(request) or "HX-Request" in request.headers:
        return ""
    # As it was sent: written anew, letters that came unescaped would be those of another question.
    address = f"{escape_uri_path(request.path)}?{request.META.get('QUERY_STRING', '')}"
    if len(address) > LONGEST_ADDRESS:
        return ""
    try:
        place = f"{request.scheme}://{request.get_host()}{address}"
    except DisallowedHost:
        return ""
    mark = generation.current()
    return sha256(f"{mark} {place}".encode("utf-8", "surrogatepass")).hexdigest() if mark else ""


def room_of(request: HttpRequest) -> str:
    """The cache of this address, so that no made-up ones push the pages out that everybody reads."""
    return MADE_UP if request.META.get("QUERY_STRING") or BY_DAY in request.path_info else OWN


def has_session(request: HttpRequest) -> bool:
    """Whether somebody may have entered: pages behind a wall are hers, and no cache on the way may keep them."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    answered = get_conditional_response(request, etag=response["ETag"], response=response)
    return answered if isinstance(answered, HttpResponse) else response
