"""The door of the desk: decided by the address prefix alone, before any object is looked up (D11)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from cms.users import required
from cms.users.trail import note_no_desk

DESK, ACCOUNT = "/custodia/", "/cuenta/"
FACTORS = "/cuenta/seguridad/"
#: Where one changes how one enters.
ENTRY = (FACTORS, "/cuenta/clave/")


class DeskGate:
    """Sends strangers to the login and keeps people without desk access out, whatever lies behind.

    Who must have a second factor and did not use one is sent to it, whatever she asked for. Who has one changes neither
    it nor her password in a session that was opened without it: a password alone must not undo the factor. Every
    answer of desk and account says `no-store`: what was read must not stay in a cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith((DESK, ACCOUNT)):
            return self.get_response(request)
        response = self.turned_away(request) or self.get_response(request)
        response["Cache-Control"] = "no-store"
        del response["Expires"]  # a moment in every answer, where some views put one
        return response

    def turned_away(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info.startswith(ACCOUNT):
            return to_factor(request) if is_behind(request) else None
        if not request.user.is_authenticated:
            return to_login(request)
        if getattr(request.user, "desk_access", False) and required.lacks(request):
            return to_factor(request)
        return None

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if request.path_info.startswith(DESK) and not getattr(request.user, "desk_access", False):
            note_no_desk()
            raise Http404


def is_behind(request: HttpRequest) -> bool:
    """Would how somebody enters be changed in a session from before the factor that she has?"""
    if not request.path_info.startswith(ENTRY) or not request.user.is_authenticated:
        return False
    return not required.used(request) and required.has(request.user)


def to_login(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(request.get_full_path())}")


def to_factor(request: HttpRequest) -> HttpResponse:
    """Who has none makes one; who has one, and is in a session from before it, enters again with it."""
    if not required.has(request.user):
        return HttpResponseRedirect(FACTORS)
    logout(request)
    return to_login(request)
