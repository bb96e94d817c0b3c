"""Acts of the desk: one page tells the effect of each and asks what it needs; a refusal is told beside its field."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from records import permissions
from records.desk.fields import DemandedText, show_refusal
from records.desk.words import told_at_desk
from records.errors import DuplicateFiling, Incomplete, NotReady, RecordsError
from records.models import Document, Expediente
from records.selectors.documents import get_document_for
from records.selectors.expedientes import get_expediente_for

Act = Callable[[], object]


def reason_field(label: Any, help_text: Any = "") -> forms.Field:
    """Why an act is done: never optional, told by the service with whatever else is missing."""
    return DemandedText(
        label=label, max_length=500, help_text=help_text, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500})
    )


def may_do(request: HttpRequest, key: uuid.UUID, action: str) -> Expediente:
    """The expediente, for whoever has this act in it. Raises NotFound or AccessDenied."""
    expediente = get_expediente_for(request.user, key)
    permissions.check(request.user, action, expediente)
    return expediente


def may_do_to(request: HttpRequest, key: uuid.UUID, action: str) -> Document:
    """The piece, for whoever reads it and has this act. Raises NotFound or AccessDenied."""
    piece = get_document_for(request.user, key)
    permissions.check(request.user, action, piece)
    return piece


def act_page(
    request: HttpRequest, expediente: Expediente, form: forms.Form, act: Act, told: Mapping[str, Any]
) -> HttpResponseBase:
    """The page of an act: its effect and its form; once sent, the act, and back to what it changed.

    `told` has title, submit, done (the sentence afterwards), `piece` when the act is upon one, `back_to` (an
    address of the expediente), `landing` (the address to go to afterwards, when it is another) and what the
    template shows. The button that leaves comes first in a form of danger, so that the Enter key never does it.
    """
    back = address_after(expediente, told)
    if "cancelar" in request.POST:
        return redirect(back)
    if request.method == "POST" and form.is_valid() and was_done(form, act):
        messages.success(request, told["done"])
        return redirect(told.get("landing", back))
    context = {"expediente": expediente, "form": form, "back": back, "section": "/custodia/expedientes/", **told}
    return render(request, "records/expediente_act.html", context, status=422 if form.errors else 200)


def address_after(expediente: Expediente, told: Mapping[str, Any]) -> str:
    if piece := told.get("piece"):
        return reverse("desk:document", args=[piece.pk])
    return reverse(told.get("back_to", "desk:documents"), args=[expediente.pk])


def was_done(form: forms.Form, act: Act) -> bool:
    """Whether the act was done; what it lacks is told in the form."""
    try:
        act()
    except NotReady as refusal:
        show_not_ready(form, refusal)
    except RecordsError as refusal:
        if isinstance(refusal, DuplicateFiling) and hasattr(form, "ask_decision"):
            form.ask_decision()
        show_refusal(form, refusal)
    else:
        return True
    return False


def show_not_ready(form: forms.Form, refusal: NotReady) -> None:
    """The motive beside its field, as everywhere; what the expediente itself lacks, on top."""
    if "reason" in refusal.missing:
        show_refusal(form, Incomplete(["reason"]))
    facts = {name: fact for name, fact in refusal.facts.items() if name != "missing"}
    if rest := [code for code in refusal.missing if code != "reason"]:
        form.add_error(None, told_at_desk(NotReady(rest, **facts)))
