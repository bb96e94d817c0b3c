"""Why, and who: of a piece, everybody who reads it; of a person, what she could see; today or as of a past day."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.desk.doors import READ, desk_view
from records.desk.fields import DayField, DeskForm
from records.errors import AccessDenied, NotFound
from records.explain import Explanation, explain, unknown
from records.explain_others import explain_for, what_could, who_could
from records.selectors.documents import find_document, find_named, get_document_for
from records.services.told import note_asked_of
from records.vocabulary import Action, Level

SHOWN = 200


class DayForm(DeskForm):
    day = DayField(label=_("Como estaba al final del día"), required=False)


class PersonForm(DayForm):
    document = forms.CharField(label=_("Radicado o identificador de un documento"), required=False, max_length=80)

    def __init__(self, *args: Any, by_id: bool, **kwargs: Any) -> None:
        """`by_id`: whoever may know of no piece names one by the id that nobody guesses, never by its number."""
        super().__init__(*args, **kwargs)
        if by_id:
            self.fields["document"] = forms.UUIDField(label=_("Identificador de un documento"), required=False)


def moment_of(form: DayForm) -> datetime.datetime | None:
    """The end of the day that was asked for; None for today, for a day to come, and where none was asked for."""
    day = form.cleaned_data.get("day") if form.is_valid() else None
    if day is None or day >= clock.today():
        return None
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


@desk_view(*READ)
def readers(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Everybody who reads a piece, and on what grounds: for whoever keeps it."""
    piece, form = get_document_for(request.user, key), DayForm(request.GET or None)
    moment = moment_of(form)
    told = who_could(request.user, piece, at=moment)
    note_asked_of(actor=request.user, subject=piece, moment=moment)
    level = permissions.level_at(piece, moment)
    context = {
        "piece": piece,
        "form": form,
        "moment": moment,
        "readers": told,
        "level": Level(level) if level else None,
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/readers.html", context)


@desk_view(*READ)
def own(request: HttpRequest) -> HttpResponse:
    """What one may see oneself, and why: an address that is the same for everybody."""
    return seen_page(request, request.user)


@desk_view(*READ)
def person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What a person could see: to herself, to who keeps pieces, and without content to who manages people. To anybody
    else she is as absent, for the address would tell that there is such a person."""
    found = get_user_model().objects.filter(pk=key).first()
    if found is None:
        raise NotFound
    try:
        return seen_page(request, found)
    except AccessDenied:
        raise NotFound from None


def seen_page(request: HttpRequest, found: Any) -> HttpResponse:
    oneself = found.pk == request.user.pk
    linked = oneself or not permissions.allows(request.user, Action.MANAGE_PEOPLE)
    form = PersonForm(request.GET or None, by_id=not linked)
    moment = moment_of(form)
    seen = what_could(request.user, found, at=moment)
    note_asked_of(actor=request.user, subject=found, moment=moment)
    asked = form.cleaned_data.get("document") if form.is_valid() else None
    context = {
        "person": found,
        "oneself": oneself,
        "linked": linked,
        "form": form,
        "moment": moment,
        "because": seen.because,
        "pieces": [(piece, Level(level)) for piece, level in seen.pieces[:SHOWN]],
        "more": max(0, len(seen.pieces) - SHOWN),
        "asked": told_of(request, found, asked, moment) if asked else None,
        "section": "/custodia/accesos/",
    }
    return render(request, "records/person_access.html", context)


def told_of(request: HttpRequest, found: Any, asked: object, moment: datetime.datetime | None) -> Explanation:
    """Of one piece: to oneself as everywhere (what a recusal shuts today is shut of any day), of somebody else as far
    as the asker may be told; what she may not know is told as what is not there."""
    piece = find_document(asked) if isinstance(asked, uuid.UUID) else find_named(str(asked))
    if found.pk == request.user.pk:
        shut = piece is not None and permissions.rights_of(request.user).barred.shuts(piece)
        return explain(request.user, None if shut else piece, at=moment)
    try:
        return explain_for(request.user, found, piece, at=moment)
    except NotFound:
        return unknown()
