"""The door of the desk: decided by the address prefix alone, before any object is looked up (D11)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from cms.users.trail import note_no_desk

DESK = "/custodia/"


class DeskGate:
    """Sends strangers to the login and keeps people without desk access out, whatever lies behind.

    Every desk response says `no-store`: what was read must not stay in a cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if request.path_info.startswith(DESK) and not getattr(request.user, "desk_access", False):
            note_no_desk()
            raise Http404
