"""Packages with a manifest and inventories: many files described by a table, from the form or from those that wait."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.desk.doors import BOTH, desk_view
from records.desk.fields import show_refusal
from records.desk.filing import CHOICES, limits, open_to
from records.desk.uploads import streaming
from records.desk.words import told_at_desk
from records.errors import Incomplete, RecordsError, RejectedUpload
from records.models import Draft, Expediente
from records.services import drafts
from records.services.importing import among_drafts, start_import, waiting_drafts
from records.services.inventories import plan_import, read_inventory
from records.services.packages import (
    Fault,
    Manifest,
    RefusedPackage,
    file_package_with_drafts,
    matched,
    read_manifest,
)
from records.services.receiving import DuplicateDecision, Upload

#: Faults that a page shows; how many there are is always said.
SHOWN = 300


class SeveralInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """None, one or many files."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=SeveralInput(), required=False, allow_empty_file=True, max_length=None, **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        return [super(SeveralFiles, self).clean(one, initial) for one in data or []]


class TableForm(forms.Form):
    """A table and the files it tells of."""

    table = forms.FileField()
    files = SeveralFiles(  # type: ignore[assignment]  # Django takes fields out of the class
        label=_("Archivos"),
        help_text=_(
            "Hasta 90 a la vez. Si son más, suéltelos antes en el expediente: los que esperan también cuentan."
        ),
    )


class PackageForm(TableForm):
    table = forms.FileField(
        label=_("Manifiesto"),
        allow_empty_file=True,
        max_length=None,
        help_text=_(
            "CSV, XLSX o JSON con una fila por archivo: ruta, huella SHA-256, tipo documental y fecha; si quiere, "
            "título, anexo, autor y origen."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json"}),
    )  # fmt: skip
    duplicate = forms.ChoiceField(label=_("Si alguno ya está radicado"), required=False, choices=CHOICES)
    motivo = forms.CharField(label=_("Motivo para conservar ambos"), required=False, max_length=300)

    def decision(self) -> DuplicateDecision | None:
        choice = self.cleaned_data["duplicate"]
        return DuplicateDecision(choice, self.cleaned_data["motivo"]) if choice else None


class InventoryForm(TableForm):
    table = forms.FileField(
        label=_("Inventario"),
        allow_empty_file=True,
        max_length=None,
        help_text=_("XLSX o CSV con una fila por pieza: archivo, tipo documental, fecha y título; si los tiene, autor, "
                    "origen, folios, caja, carpeta y observaciones."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )  # fmt: skip


def upload_of(received: UploadedFile[Any]) -> Upload:
    return Upload(str(received.name), received.file)  # type: ignore[arg-type]


# A package -----------------------------------------------------------------------------------------


@streaming(open_to, "table", "files")
@desk_view(*BOTH)
def package(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The form of a package, and what is wrong with the one that was sent."""
    expediente = open_to(request, key)
    if request.method != "POST":
        return package_page(request, expediente, PackageForm())
    form = PackageForm(request.POST, request.FILES)
    if not form.is_valid():
        return package_page(request, expediente, form)
    try:
        manifest = read_manifest(expediente, upload_of(form.cleaned_data["table"]))
    except RecordsError as refusal:
        form.add_error("table", told_at_desk(refusal))
        return package_page(request, expediente, form)
    return sent_package(request, expediente, form, manifest)


def sent_package(request: HttpRequest, expediente: Expediente, form: PackageForm, manifest: Manifest) -> HttpResponse:
    given = {str(one.name): upload_of(one) for one in form.cleaned_data["files"]}
    paths = matched(manifest, given)
    uploads, batch = {paths[name]: upload for name, upload in given.items()}, uuid.uuid4()
    try:
        file_package_with_drafts(
            actor=request.user, expediente=expediente, manifest=manifest, uploads=uploads,
            waiting=waiting_for(request, expediente, manifest, uploads), duplicate=form.decision(),
            batch=batch,
        )  # fmt: skip
    except RefusedPackage as refused:
        return package_page(request, expediente, form, refused.faults)
    except Incomplete as refusal:
        show_refusal(form, refusal)
        return package_page(request, expediente, form)
    return redirect("desk:batch", batch=batch)


def waiting_for(
    request: HttpRequest, expediente: Expediente, manifest: Manifest, uploads: dict[str, Upload]
) -> dict[str, Draft]:
    """The person's waiting drafts that the manifest announces and the form did not bring, by its paths."""
    named = waiting_drafts(request.user, expediente)
    announced = {entry.path for entry in manifest.entries} - set(uploads)
    wanted = {path: named[name] for name, path in matched(manifest, named).items() if path in announced}
    found = Draft.objects.select_related("expediente").in_bulk(list(wanted.values()))
    return {path: found[key] for path, key in wanted.items() if key in found}


def package_page(
    request: HttpRequest, expediente: Expediente, form: PackageForm, faults: Sequence[Fault] = ()
) -> HttpResponse:
    listed = [{"row": fault.row, "path": fault.path, "sentence": told_at_desk(fault.error)} for fault in faults[:SHOWN]]
    context = {**shared(request, expediente, form), "faults": listed, "count": len(faults), "shown": SHOWN}
    return render(request, "records/package.html", context, status=422 if faults or form.errors else 200)


def shared(request: HttpRequest, expediente: Expediente, form: forms.Form) -> dict[str, Any]:
    return {
        "expediente": expediente,
        "form": form,
        "limits": limits(),
        "waiting": len(waiting_drafts(request.user, expediente)),
        "back": reverse("desk:documents", args=[expediente.pk]),
        "section": "/custodia/expedientes/",
    }


# An inventory ----------------------------------------------------------------------------------------


@streaming(open_to, "table", "files")
@desk_view(*BOTH)
def inventory(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The form of an inventory. What it would do is a job that waits: its page is the preview."""
    expediente = open_to(request, key)
    if request.method != "POST":
        return inventory_page(request, expediente, InventoryForm())
    form = InventoryForm(request.POST, request.FILES)
    if not form.is_valid():
        return inventory_page(request, expediente, form)
    try:
        listed = read_inventory(upload_of(form.cleaned_data["table"]), expediente)
        left = keep_waiting(request, expediente, form.cleaned_data["files"])
    except RecordsError as refusal:
        form.add_error("table", told_at_desk(refusal))
        return inventory_page(request, expediente, form)
    finder = among_drafts(waiting_drafts(request.user, expediente))
    job = start_import(actor=request.user, plan=plan_import(request.user, listed, expediente, finder), waits=True)
    if listed.ignored:
        messages.info(request, _("Columnas que no se usan: %(names)s.") % {"names": ", ".join(listed.ignored)})
    for sentence in left:
        messages.error(request, sentence)
    return redirect("desk:job", key=job.pk)


def keep_waiting(request: HttpRequest, expediente: Expediente, files: Sequence[UploadedFile[Any]]) -> list[str]:
    """Make each file a draft of this person; what is said of those that were not taken."""
    left = []
    for one in files:
        try:
            size = int(one.size or 0)
            draft = drafts.start_draft(actor=request.user, expediente=expediente, name=str(one.name), size=size)
            drafts.receive_bytes(actor=request.user, draft=draft, stream=one, offset=0, length=size)
        except RejectedUpload as refusal:
            left.append(f"{one.name}: {told_at_desk(refusal)}")
    return left


def inventory_page(request: HttpRequest, expediente: Expediente, form: InventoryForm) -> HttpResponse:
    context = shared(request, expediente, form)
    return render(request, "records/inventory.html", context, status=422 if form.errors else 200)
