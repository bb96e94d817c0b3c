"""How long a session lives: the server decides, by moments kept in the session itself.

Django ends a session so long after it was last *written*, and cannot tell idle from whole; no kept package does both
without a write for each request. Moments are of the machine's clock: a session is not a date of custody.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse

from cms.users.adapters import KEPT
from cms.users.resuming import kept_of

#: Addresses whose pages are of somebody; elsewhere a session is neither looked at nor prolonged.
ROOMS = ("/custodia/", "/cuenta/", "/editor/")
#: What the browser asks by itself while nobody may be there.
ALONE = ("/editor/editing-sessions/",)
POLLS = "X-Sondeo"
BEGAN, SEEN, CONFIRMED = "began", "seen", "confirmed"


def connect() -> None:
    user_logged_in.connect(begin, dispatch_uid="custodia_session_begins")


def begin(request: HttpRequest, **_signal: Any) -> None:
    """Entering says who one is: the session and the confirmation begin now."""
    now = int(time.time())
    request.session.update({BEGAN: now, SEEN: now, CONFIRMED: now})


class SessionLimits:
    """Ends a session that was idle or whole too long before anything else looks at who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_looked_at(request) and request.user.is_authenticated:
            now = int(time.time())
            if is_over(request.session, now):
                kept = kept_of(request)
                logout(request)
                if kept:
                    request.session[KEPT] = kept
            else:
                note_seen(request, now)
        return self.get_response(request)


def is_looked_at(request: HttpRequest) -> bool:
    """A session is only read where it matters, and where the browser says that it has one."""
    return request.path_info.startswith(ROOMS) and settings.SESSION_COOKIE_NAME in request.COOKIES


def is_over(session: Any, now: int) -> bool:
    """A session that does not say when it began is one nobody opened here."""
    idle, whole = now - session.get(SEEN, 0), now - session.get(BEGAN, 0)
    return bool(idle >= settings.SESSION_IDLE_SECONDS or whole >= settings.SESSION_WHOLE_SECONDS)


def note_seen(request: HttpRequest, now: int) -> None:
    """One write in so many seconds: a session may end that much before its time, never after it."""
    asked_by_itself = POLLS in request.headers or request.path_info.startswith(ALONE)
    if asked_by_itself or now - request.session[SEEN] < settings.SESSION_NOTE_SECONDS:
        return
    request.session[SEEN] = now
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=datetime.datetime.fromtimestamp(now, datetime.UTC)
    )
