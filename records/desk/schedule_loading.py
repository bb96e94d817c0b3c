"""Loading a version of the schedule: a file, then its faults or what it would change, then the confirmation.

Between the preview and the confirmation the file travels in the page, signed with what was previewed: nothing is
kept on the server, and nothing but what was seen can be loaded.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.desk.confirming import asks_identity
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DeskForm
from records.desk.uploads import streaming
from records.desk.words import told_at_desk
from records.errors import RuleViolation
from records.schedules.comparing import ADDED, CHANGED, REMOVED
from records.services.schedules import (
    MOST_BYTES,
    Preview,
    RefusedSchedule,
    Seen,
    digest_of,
    load_schedule,
    preview_schedule,
)
from records.vocabulary import Action

#: Faults and changes that a page shows; how many there are is always said.
SHOWN = 300
#: Letters of the file as it travels in the page; a form may hold no more (DATA_UPLOAD_MAX_MEMORY_SIZE).
MOST_SEALED = 2_000_000
SALT = "records.schedule"
FIGURES = {ADDED: _("líneas nuevas"), REMOVED: _("líneas que se quitan"), CHANGED: _("líneas que cambian")}
WORDS = {ADDED: _("Nueva"), REMOVED: _("Se quita"), CHANGED: _("Cambia")}


class FileForm(DeskForm):
    file = forms.FileField(
        label=_("Archivo de la tabla"),
        allow_empty_file=True,
        help_text=_("CSV, XLSX o JSON, hasta 8 MiB. Primero verá qué cambiaría; nada se carga sin confirmarlo."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json"}),
    )


def loader(request: HttpRequest) -> None:
    """Raise AccessDenied for whoever may not load schedules."""
    permissions.check(request.user, Action.LOAD_TRD)


@streaming(loader, "file", most=MOST_BYTES)
@desk_view(*BOTH)
def load(request: HttpRequest) -> HttpResponse:
    loader(request)
    if request.method != "POST":
        return form_page(request, FileForm())
    if "sello" in request.POST:
        return asks_identity(confirmed)(request)  # the preview is no act, and its file could not be carried
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return form_page(request, form)
    received = form.cleaned_data["file"]
    return previewed(request, received.read(MOST_BYTES + 1), str(received.name))


def previewed(request: HttpRequest, content: bytes, name: str, warning: str = "") -> HttpResponse:
    """What would change, with the form that confirms it; or every fault of the file."""
    try:
        preview = preview_schedule(actor=request.user, content=content, name=name)
        sealed = seal(content)
    except RefusedSchedule as refusal:
        return form_page(request, FileForm(), refusal, name)
    context = {
        "preview": preview,
        "name": name,
        "warning": warning,
        "content": sealed,
        "seal": sign(preview.seen, name),
        "figures": figures(preview),
        "changes": [{"word": WORDS[change.what], "change": change} for change in preview.changes[:SHOWN]],
        "shown": min(SHOWN, len(preview.changes)),
        "crumbs": [*crumbs(), {"label": _("Qué cambiaría")}],
        "section": "/custodia/trd/",
    }
    return render(request, "records/trd_preview.html", context, status=409 if warning else 200)


def figures(preview: Preview) -> list[dict[str, Any]]:
    """How many things are new, go or change."""
    counts = Counter(change.what for change in preview.changes)
    return [{"value": counts[what], "label": label} for what, label in FIGURES.items()]


def confirmed(request: HttpRequest) -> HttpResponse:
    """Load what was previewed. Somebody else's load in between shows the preview again, over the new version."""
    opened = opened_seal(request.POST.get("sello", ""), request.POST.get("contenido", ""))
    if opened is None:
        raise RuleViolation("schedule_changed")
    seen, name, content = opened
    try:
        trd = load_schedule(actor=request.user, content=content, name=name, seen=seen)
    except RefusedSchedule as refusal:
        return form_page(request, FileForm(), refusal, name)
    except RuleViolation as refusal:
        return previewed(request, content, name, warning=told_at_desk(refusal))
    messages.success(request, _("Se cargó la versión %(number)s.") % {"number": trd.number})
    return redirect("desk:trd-version", number=trd.number)


def form_page(
    request: HttpRequest, form: FileForm, refusal: RefusedSchedule | None = None, name: str = ""
) -> HttpResponse:
    faults = refusal.faults if refusal else ()
    context = {
        "form": form,
        "name": name,
        "faults": faults[:SHOWN],
        "count": len(faults),
        "shown": min(SHOWN, len(faults)),
        "notices": refusal.notices if refusal else (),
        "crumbs": crumbs(),
        "section": "/custodia/trd/",
    }
    return render(request, "records/trd_load.html", context, status=422 if refusal or form.errors else 200)


def crumbs() -> list[dict[str, Any]]:
    return [{"url": reverse("desk:trd"), "label": _("Tabla de retención")}, {"label": _("Cargar una versión")}]


# -- the file in the page ------------------------------------------------------------------------------------------


def seal(content: bytes) -> str:
    """The file as text of a form. Raises RefusedSchedule when it would not fit."""
    sealed = base64.urlsafe_b64encode(zlib.compress(content, 9)).decode()
    if len(sealed) > MOST_SEALED:
        raise RefusedSchedule.of_file("too_large_for_page")
    return sealed


def sign(seen: Seen, name: str) -> str:
    return Signer(salt=SALT).sign_object({"digest": seen.digest, "former": seen.former, "name": name})


def opened_seal(seal_: str, content: str) -> tuple[Seen, str, bytes] | None:
    """What was previewed and its file; None for what this house did not sign, or for another file."""
    try:
        told = Signer(salt=SALT).unsign_object(seal_)
        data = zlib.decompressobj().decompress(base64.urlsafe_b64decode(content), MOST_BYTES + 1)
    except (BadSignature, binascii.Error, zlib.error, ValueError):
        return None
    seen = Seen(told["digest"], told["former"])
    return (seen, told["name"], data) if digest_of(data) == seen.digest else None
