"""Rehearsals on pages: of what a form was sent with, and, when opened, of an act with nothing left to choose."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpRequest

from records.desk.fields import show_refusal
from records.errors import RecordsError
from records.services.rehearsal import Forecast

REHEARSE = "rehearse"


def is_rehearsal(request: HttpRequest) -> bool:
    """Was the form sent to see what it would change?"""
    return request.method == "POST" and REHEARSE in request.POST


def rehearsed(form: forms.BaseForm, rehearse: Callable[[], Forecast]) -> Forecast | None:
    """What the act would change, with nothing done; a refusal is told in the form."""
    try:
        return rehearse()
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return None


def foreseen(request: HttpRequest, rehearse: Callable[[], Forecast], *, brief: bool) -> Forecast | None:
    """The same when the page is opened, as long as it is brief: it holds the locks of the act while it lasts. An act
    that would be refused now is told so when it is sent, and its page opens all the same."""
    if request.method != "GET" or not brief:
        return None
    try:
        return rehearse()
    except RecordsError:
        return None
