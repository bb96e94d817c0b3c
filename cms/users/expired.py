"""Rows of sessions that are over: taken away by the worker, so that what tells of people does not pile up."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone


def sweep_sessions() -> int:
    """Remove sessions past their date, and the lines of *Mis sesiones* whose session is gone; how many lines."""
    # Machine time: these dates were written by Django, not by the clock of custody.
    Session.objects.filter(expire_date__lt=timezone.now()).delete()  # noqa: TID251  see above
    gone, _kinds = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return int(gone)
