"""Filing: several files in one gesture, each with its own result; with script or without."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import clock, conf, permissions
from records.desk.arrivals import LONGEST_NAME
from records.desk.doors import BOTH, WRITE, desk_view, refusal_json, wants_json
from records.desk.draft_facts import told
from records.desk.fields import DayField, show_refusal
from records.desk.uploads import streaming
from records.errors import DuplicateFiling, RecordsError
from records.models import Expediente, TipoDocumental
from records.selectors.annexes import annex_choices
from records.selectors.documents import is_own_batch
from records.selectors.expedientes import get_expediente_for
from records.selectors.trd import list_tipos_for
from records.services.filing import DuplicateDecision, FilingMetadata, FilingReceipt, Upload, file_document
from records.services.suggestions import suggest
from records.vocabulary import Action

#: (key, what a form shows) of each annex.
Annexes: TypeAlias = Sequence[tuple[str, str]]
ROWS = 5
MOST_NAMES = 200
FORMATS = "PDF, DOCX, XLSX, PPTX, imágenes (PNG, JPEG, TIFF), texto y correo (.eml)"
CHOICES = (
    ("", _("Sin decidir")),
    ("link", _("Vincular con el que ya está")),
    ("keep", _("Conservar ambos, con motivo")),
)


class DescribedForm(forms.Form):
    """What is said of one file. Shape only: what may be filed is for the service to say."""

    tipo = forms.ChoiceField(label=_("Tipo documental"), error_messages={"required": _("Elija el tipo documental.")})
    date = DayField(
        label=_("Fecha del documento"),
        error_messages={
            "required": _("Escriba la fecha del documento."),
            "invalid": _("Escriba una fecha que exista, como dd/mm/aaaa."),
        },
    )
    title = forms.CharField(
        label=_("Título"),
        required=False,
        max_length=300,
        help_text=_("Si lo deja en blanco, se toma del nombre del archivo."),
    )
    annex = forms.ChoiceField(
        label=_("Anexo al que corresponde"),
        required=False,
        help_text=_("Según el registro de anexos del expediente. Algunos tipos lo exigen para registrarse."),
    )
    duplicate = forms.ChoiceField(label=_("Si ya está radicado"), required=False, choices=CHOICES)
    motivo = forms.CharField(label=_("Motivo para conservar ambos"), required=False, max_length=300)

    def __init__(self, *args: Any, tipos: list[TipoDocumental], annexes: Annexes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tipo"].choices = [("", _("Elija")), *((tipo.code, tipo.name) for tipo in tipos)]  # type: ignore[attr-defined]
        self.fields["annex"].choices = [("", _("Ninguno")), *annexes]  # type: ignore[attr-defined]
        if not annexes:
            del self.fields["annex"]
        self.repeated = False

    def metadata(self) -> FilingMetadata:
        data = self.cleaned_data
        return FilingMetadata(data["tipo"], data["date"], data["title"], annex=data.get("annex", ""))

    def decision(self) -> DuplicateDecision | None:
        choice = self.cleaned_data["duplicate"]
        return DuplicateDecision(choice, self.cleaned_data["motivo"]) if choice else None


class PieceForm(DescribedForm):
    """One file to file, whole in the form."""

    file = forms.FileField(label=_("Archivo"), allow_empty_file=True, max_length=None)
    name = forms.CharField(
        required=False,
        strip=False,
        widget=forms.HiddenInput,
        max_length=LONGEST_NAME,
        error_messages={"max_length": _("El nombre del archivo pasa de mil caracteres. Acórtelo y vuelva a soltarlo.")},
    )
    field_order = ("file",)

    def upload(self) -> Upload:
        received: UploadedFile[Any] = self.cleaned_data["file"]
        return Upload(self.cleaned_data["name"] or str(received.name), received.file)  # type: ignore[arg-type]


@dataclass
class Outcome:
    """What became of the rows that were sent."""

    batch: uuid.UUID
    filed: list[FilingReceipt] = field(default_factory=list)
    left: list[PieceForm] = field(default_factory=list)


def open_to(request: HttpRequest, key: uuid.UUID) -> Expediente:
    """The expediente, for whoever may file in it. Raises NotFound or AccessDenied."""
    expediente = get_expediente_for(request.user, key)
    permissions.check(request.user, Action.FILE, expediente)
    return expediente


@streaming(open_to, "file", *(f"{number}-file" for number in range(ROWS)))
@desk_view(*BOTH)
def file_pieces(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The form of several rows, and what the drop zone sends one by one."""
    expediente = open_to(request, key)
    offered = offered_in(request, expediente)
    if request.method != "POST":
        return form_page(request, expediente, rows_for(None, offered))
    if wants_json(request):
        return file_one(request, expediente, offered)
    return file_rows(request, expediente, offered)


def offered_in(request: HttpRequest, expediente: Expediente) -> dict[str, Any]:
    """What the forms of an expediente offer: its tipos, and its annexes where one of the tipos demands an annex."""
    tipos = list_tipos_for(expediente)
    demanded = any("annex" in tipo.requires for tipo in tipos)
    return {"tipos": tipos, "annexes": annex_choices(request.user, expediente) if demanded else []}


def file_one(request: HttpRequest, expediente: Expediente, offered: dict[str, Any]) -> JsonResponse:
    """One file sent by the drop zone: its receipt, or its refusal, as JSON."""
    form = PieceForm(request.POST, request.FILES, **offered)
    if not form.is_valid():
        return faults_json(form)
    try:
        receipt = filed(request, expediente, form, batch_in(request, expediente))
    except RecordsError as refusal:
        return refusal_json(refusal)
    return JsonResponse({"ok": True, **told(request.user, receipt)}, status=201)


def faults_json(form: forms.Form) -> JsonResponse:
    """What a form lacks, by field and as one text."""
    faults = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    sentence = " ".join(text for texts in faults.values() for text in texts)
    return JsonResponse({"ok": False, "code": "incomplete", "sentence": sentence, "faults": faults}, status=422)


def file_rows(request: HttpRequest, expediente: Expediente, offered: dict[str, Any]) -> HttpResponse:
    """The rows of the plain form: those filed are told, those refused stay with their values."""
    outcome = Outcome(uuid.uuid4())
    for form in rows_for(request, offered):
        if form.has_changed():
            file_row(request, expediente, form, outcome)
    if outcome.filed and not outcome.left:
        return redirect("desk:batch", batch=outcome.batch)
    if not outcome.filed and not outcome.left:
        outcome.left = rows_for(None, offered)[:1]
        outcome.left[0] = PieceForm({}, {}, **offered, prefix="0")
        outcome.left[0].is_valid()
    return form_page(request, expediente, outcome.left, outcome)


def file_row(request: HttpRequest, expediente: Expediente, form: PieceForm, outcome: Outcome) -> None:
    if form.is_valid():
        try:
            outcome.filed.append(filed(request, expediente, form, outcome.batch))
        except RecordsError as refusal:
            form.repeated = isinstance(refusal, DuplicateFiling)
            show_refusal(form, refusal)
        else:
            return
    outcome.left.append(form)


def filed(request: HttpRequest, expediente: Expediente, form: PieceForm, batch: uuid.UUID | None) -> FilingReceipt:
    return file_document(
        actor=request.user,
        expediente=expediente,
        upload=form.upload(),
        metadata=form.metadata(),
        duplicate=form.decision(),
        batch=batch,
    )


def rows_for(request: HttpRequest | None, offered: dict[str, Any]) -> list[PieceForm]:
    sent = (request.POST, request.FILES) if request else (None, None)
    return [
        PieceForm(*sent, **offered, prefix=str(number), empty_permitted=True, use_required_attribute=False)
        for number in range(ROWS)
    ]


def form_page(
    request: HttpRequest, expediente: Expediente, rows: list[PieceForm], outcome: Outcome | None = None
) -> HttpResponse:
    context = {
        "expediente": expediente,
        "rows": rows,
        "outcome": outcome,
        "limits": limits(),
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/filing.html", context, status=422 if outcome else 200)


def limits() -> dict[str, Any]:
    """What is told before anybody tries: formats and size."""
    most = conf.max_upload_bytes()
    size = f"{most // 1024**3} GiB" if most >= 1024**3 else f"{most // 1024**2} MiB"
    return {"formats": FORMATS, "bytes": most, "size": size}


def batch_in(request: HttpRequest, expediente: Expediente) -> uuid.UUID | None:
    """The gesture's id, made by the drop zone so that its files share one receipt. None for one that is another
    person's or another expediente's: a receipt tells of one gesture and nobody adds to it afterwards."""
    try:
        batch = uuid.UUID(request.POST.get("batch", ""))
    except ValueError:
        return None
    return batch if is_own_batch(request.user, expediente, batch) else None


@desk_view(*WRITE)
def suggestions(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """What the names of the files just dropped say of their tipo and date, in the order sent."""
    expediente = open_to(request, key)
    tipos, today = list_tipos_for(expediente), clock.today()
    names = [name[:LONGEST_NAME] for name in request.POST.getlist("name")[:MOST_NAMES]]
    return JsonResponse({"suggestions": [asdict(suggest(name, tipos, today)) for name in names]})
