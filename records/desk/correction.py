"""Correcting what was filed: annulling, replacing, and filing a later version; nothing is deleted (B10)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records import permissions
from records.desk.acts import act_page, may_do_to, reason_field
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DayField, DemandedChoice, DeskForm, sent
from records.desk.filing import CHOICES, limits
from records.desk.uploads import streaming
from records.models import Document
from records.selectors.lives import Effect, effect_of_annulling
from records.selectors.trd import list_tipos_for
from records.services.correction import annul_document, file_version, replace_document
from records.services.filing import DuplicateDecision, FilingMetadata, Upload
from records.services.inherited import level_after
from records.services.receipts import FilingReceipt
from records.vocabulary import Action, Level


class AnnulForm(DeskForm):
    reason = reason_field(_("Motivo"), _("Por qué la pieza deja de contar. Queda en la historia con su nombre."))


class SuccessorForm(DeskForm):
    """The file that comes after another: its date and title, and what to do with bytes already filed."""

    file = forms.FileField(
        label=_("Archivo"),
        allow_empty_file=True,
        max_length=None,
        error_messages={"required": _("Elija el archivo.")},
    )
    tipo = DemandedChoice(label=_("Tipo documental"))
    date = DayField(label=_("Fecha del documento"))
    title = forms.CharField(
        label=_("Título"),
        required=False,
        max_length=300,
        help_text=_("Si lo deja en blanco, se toma del nombre del archivo."),
    )
    duplicate = forms.ChoiceField(label=_("Si ya está radicado"), required=False, choices=CHOICES)
    motivo = forms.CharField(label=_("Motivo para conservar ambos"), required=False, max_length=300)

    def __init__(self, *args: Any, tipos: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tipo"].choices = tipos  # type: ignore[attr-defined]
        if not self.data.get("duplicate"):
            for name in ("duplicate", "motivo"):
                self.fields[name].widget = forms.HiddenInput()

    def ask_decision(self) -> None:
        """The bytes are filed already: the form asks what to do with them."""
        self.fields["duplicate"].widget = forms.Select(choices=CHOICES)
        self.fields["motivo"].widget = forms.TextInput()

    def facts(self) -> dict[str, Any]:
        """What the services take, but who acts and upon what."""
        data, received = self.cleaned_data, self.cleaned_data["file"]
        decision = DuplicateDecision(data["duplicate"], data["motivo"]) if data["duplicate"] else None
        return {
            "upload": upload_of(received),
            "metadata": FilingMetadata(tipo=data["tipo"], date=data["date"], title=data["title"]),
            "duplicate": decision,
        }


class ReplaceForm(SuccessorForm):
    reason = reason_field(_("Motivo"), _("Por qué se anula la anterior. Queda en la historia con su nombre."))


def upload_of(received: UploadedFile[Any]) -> Upload:
    return Upload(str(received.name), received.file)  # type: ignore[arg-type]


def who_annuls(request: HttpRequest, key: uuid.UUID) -> Document:
    return may_do_to(request, key, Action.ANNUL)


def who_files(request: HttpRequest, key: uuid.UUID) -> Document:
    return may_do_to(request, key, Action.FILE)


@desk_view(*BOTH)
def annul(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = who_annuls(request, key)
    form = AnnulForm(sent(request))
    told = {
        "title": _("Anular el documento"),
        "submit": _("Anular el documento"),
        "done": _("El documento quedó anulado."),
        "piece": piece,
        "danger": True,
        "effects": effects_of(effect_of_annulling(request.user, piece)),
    }

    def act() -> object:
        return annul_document(actor=request.user, document=piece, **form.cleaned_data)

    return act_page(request, piece.expediente, form, act, told)


@streaming(who_annuls, "file")
@desk_view(*BOTH)
def replace(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = who_annuls(request, key)
    tipos = [(tipo.code, tipo.name) for tipo in list_tipos_for(piece.expediente)]
    form = ReplaceForm(sent(request), files_of(request), tipos=tipos, initial=initial_of(piece))
    told = {
        "title": _("Anular y reemplazar"),
        "submit": _("Anular y radicar la que la reemplaza"),
        "done": _("La pieza quedó anulada y se radicó la que la reemplaza."),
        "piece": piece,
        "danger": True,
        "multipart": True,
        "text": limits_told(),
        "effects": [*effects_of(effect_of_annulling(request.user, piece)), *level_told(request, piece)],
    }

    def act() -> object:
        receipt = replace_document(
            actor=request.user, document=piece, reason=form.cleaned_data["reason"], **form.facts()
        )
        told.update(told_after(request, told["done"], receipt))
        return receipt

    return act_page(request, piece.expediente, form, act, told)


@streaming(who_files, "file")
@desk_view(*BOTH)
def version(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    piece = who_files(request, key)
    form = SuccessorForm(
        sent(request), files_of(request), tipos=[(piece.tipo.code, piece.tipo.name)], initial=initial_of(piece)
    )
    told = {
        "title": _("Radicar una versión nueva"),
        "submit": _("Radicar la versión %(number)s") % {"number": piece.version + 1},
        "done": _("Se radicó la versión nueva. La anterior se conserva y sigue legible."),
        "piece": piece,
        "multipart": True,
        "text": limits_told(),
        "effects": [_("La anterior conserva su orden, sus folios y sus lectores."), *level_told(request, piece)],
    }

    def act() -> object:
        receipt = file_version(actor=request.user, document=piece, **form.facts())
        told.update(told_after(request, told["done"], receipt))
        return receipt

    return act_page(request, piece.expediente, form, act, told)


def files_of(request: HttpRequest) -> Any:
    return request.FILES if request.method == "POST" else None


def initial_of(piece: Document) -> dict[str, Any]:
    """What follows a piece has its title and is as closed as it is."""
    return {"tipo": piece.tipo.code, "title": piece.title}


def effects_of(effect: Effect) -> list[Any]:
    """What annulling does, in numbers."""
    elsewhere = ngettext(
        "También se verá anulada en %(count)s expediente donde está incorporada.",
        "También se verá anulada en %(count)s expedientes donde está incorporada.",
        effect.elsewhere,
    ) % {"count": effect.elsewhere}
    readers = ngettext(
        "%(count)s persona con acceso por su nombre la sigue leyendo, marcada como anulada.",
        "%(count)s personas con acceso por su nombre la siguen leyendo, marcada como anulada.",
        effect.grants,
    ) % {"count": effect.grants}
    several = effect.folio_last > effect.folio_first
    folios = _("sus folios %(first)s a %(last)s") if several else _("su folio %(first)s")
    told = folios % {"first": effect.folio_first, "last": effect.folio_last}
    return [
        _("Conserva su orden %(order)s, %(folios)s y sus %(size)s bytes: nada se borra.")
        % {"order": effect.order, "folios": told, "size": spelled(effect.size)},
        readers if effect.grants else _("Nadie más la lee por concesión a su nombre."),
        *([elsewhere] if effect.elsewhere else []),
        _("No se deshace: si fue un error, se radica otra vez."),
    ]


def spelled(number: int) -> str:
    """`12.500`, as numbers are written here."""
    return f"{number:,}".replace(",", ".")


#: Who reads the new piece from its first instant, by the level of the one it follows or replaces.
ENTERS: Mapping[str, Any] = {
    Level.UNCLASSIFIED: _(
        "La pieza nueva entra sin nivel: hasta que se apruebe la leen el Grupo de Contratos y su custodio."
    ),
    Level.PUBLIC: _(
        "La pieza nueva no es pública por serlo la anterior: entra sin nivel, y hasta que se apruebe la leen el Grupo"
        " de Contratos y su custodio."
    ),
    Level.RESTRICTED: _(
        "La pieza nueva entra clasificada, como la anterior, mientras se aprueba su propio nivel. Las concesiones sobre"
        " la anterior no la abren."
    ),
    Level.RESERVED: _(
        "La pieza nueva entra reservada, como la anterior, mientras se aprueba su propio nivel: la lee su custodio. Las"
        " concesiones sobre la anterior no la abren."
    ),
}


def level_told(request: HttpRequest, piece: Document) -> list[Any]:
    """With which level the new piece enters, and whether who files it will read it."""
    closed = level_after(piece)
    reads = closed == Level.UNCLASSIFIED or permissions.rights_of(request.user).reads_new(piece.expediente, closed)
    if reads:
        return [ENTERS[piece.level]]
    return [ENTERS[piece.level], _("Usted podrá radicarla, pero no leerla ni abrir su recibo sin una concesión.")]


def told_after(request: HttpRequest, done: Any, receipt: FilingReceipt) -> dict[str, Any]:
    """What was done, and the receipt as the next page; who cannot open the receipt of what she filed is told its
    number and digest here."""
    if permissions.visible_to(request.user).filter(pk=receipt.document).exists():
        return {"landing": reverse("desk:receipt", args=[receipt.document])}
    kept = _("Quedó con el radicado %(number)s y huella SHA-256 %(digest)s. Anótelos: usted no lee la pieza nueva.")
    return {"done": f"{done} {kept % {'number': receipt.radicado, 'digest': receipt.sha256}}"}


def limits_told() -> str:
    told = limits()
    return f"{told['formats']} · {_('hasta')} {told['size']}"
