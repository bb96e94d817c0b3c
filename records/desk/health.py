"""/custodia/salud/: whether the service stands, told as states. Counts would tell of what one may not read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from records import conf, parsing, permissions, scanning
from records.desk.doors import BOTH, WRITE, desk_view
from records.desk.sockets import other_checks
from records.selectors.integrity import state_of_bytes
from records.selectors.loose_rights import count_loose_rights
from records.selectors.service_state import (
    count_unread,
    count_unreadable_pages,
    find_last_head,
    find_last_stamp,
    heads_follow,
    index_signature,
    key_in_order,
    stamps_follow,
    store_stands,
    store_takes_bytes,
    worker_runs,
)
from records.services.recognition import read_all_again
from records.vocabulary import Action


@dataclass(frozen=True)
class Check:
    """`last` is when it was last done and `covered` how many events it then covered: for whoever may know it."""

    name: Any
    well: bool
    sentence: Any
    last: datetime.datetime | None = None
    covered: int = 0


@desk_view(*BOTH)
def health(request: HttpRequest) -> HttpResponse:
    """How things stand, without touching any; by POST the store is really given a byte, and takes it back."""
    stands = store_takes_bytes() if request.method == "POST" else store_stands()
    unreadable = count_unreadable_pages(request.user)
    checks = [
        worker(),
        queue(request),
        recogniser(unreadable),
        store(stands),
        integrity(),
        rights(),
        cell(),
        scanner(),
        key(),
    ]
    checks += [ledger(request), index_key(), stamps(request)]
    checks += [Check(other.name, other.well, other.sentence) for other in other_checks(request.user)]
    context = {
        "checks": checks,
        "tried": request.method == "POST",
        "may_verify": permissions.allows(request.user, Action.VERIFY),
        "may_read_again": unreadable > 0 and permissions.allows(request.user, Action.FILE),
    }
    return render(request, "records/health.html", context)


@desk_view(*WRITE)
def read_again(request: HttpRequest) -> HttpResponse:
    """Have every piece that lacks legible text read anew, as when a recogniser was installed."""
    asked = read_all_again(actor=request.user)
    said = ngettext("Se pidió leer de nuevo %(n)s documento.", "Se pidió leer de nuevo %(n)s documentos.", asked) % {
        "n": asked
    }
    messages.success(request, said if asked else _("Ningún documento que usted lea tiene páginas sin texto."))
    return redirect("desk:health")


def worker() -> Check:
    well = worker_runs()
    said = (
        _("Trabaja: lee lo radicado y lo hace buscable.")
        if well
        else _("No da señales. Lo que se radique queda guardado y se leerá cuando vuelva.")
    )
    return Check(_("Lector de documentos"), well, said)


def queue(request: HttpRequest) -> Check:
    """As far as this person knows: that something hidden waits would tell that it exists."""
    waits = count_unread(request.user)
    return Check(_("Cola de lectura"), True, _("Hay piezas en espera de lectura.") if waits else _("Al día."))


def recogniser(unreadable: int) -> Check:
    """Counted over what this person reads, as everything here (J8)."""
    installed = bool(parsing.ocr_engine())
    said = str(
        _("Lee el texto de las páginas escaneadas.")
        if installed
        else _("No está instalado: las páginas escaneadas se leen en su imagen y no se buscan por lo que dicen.")
    )
    if unreadable:
        lacking = ngettext(
            "Hay %(n)s página sin texto legible en los documentos que usted lee.",
            "Hay %(n)s páginas sin texto legible en los documentos que usted lee.",
            unreadable,
        )
        said = f"{said} {lacking % {'n': unreadable}}"
    return Check(_("Reconocimiento de texto"), installed, said)


def store(well: bool) -> Check:
    said = _("Recibe y entrega.") if well else _("No puede guardar ahora. No radique hasta que vuelva.")
    return Check(_("Almacén de documentos"), well, said)


#: What is said of the stored bytes, by `state_of_bytes`.
BYTES: Mapping[str, Any] = {
    "": _("Lo guardado se comprueba por turnos y se copia en otro lugar."),
    "lost": _("Hay documentos dañados en todas sus copias: no se entregan. Avise al custodio."),
    "away": _("La segunda copia no está disponible: lo nuevo queda en un solo lugar hasta que vuelva."),
    "single": _("Esta instalación no tiene segunda copia: un daño no podría repararse."),
    "mending": _("Se hallaron bytes dañados y se están reponiendo desde la otra copia."),
}


def integrity() -> Check:
    state = state_of_bytes()
    return Check(_("Integridad de los documentos"), not state, BYTES[state])


def rights() -> Check:
    """Without the count, which would tell how many have access."""
    well = not any(count_loose_rights().values())
    said = (
        _("Cada acceso tiene el acto que lo dio.")
        if well
        else _("Hay accesos sin el acto que los dio, o al revés. Soporte lo ve con check_rights.")
    )
    return Check(_("Derechos de acceso"), well, said)


def cell() -> Check:
    """The name of each wall is for operators; here it is enough to know whether the cell is closed."""
    closed = parsing.status().isolated
    said = (
        _("Cada archivo se abre apartado, sin red ni acceso a lo demás.")
        if closed
        else _("Los archivos se abren con menos barreras que las exigidas en producción.")
    )
    return Check(_("Celda de lectura"), closed, said)


#: Whether all is well, and what is said, by what the scanner answered.
SCANNER: Mapping[str, tuple[bool, Any]] = {
    "ready": (True, _("Revisa cada archivo, y los que trae dentro, antes de radicarlo.")),
    "declared_off": (True, _("Esta instalación funciona sin antivirus: cada pieza lo dice.")),
    "not_configured": (False, _("No está configurado: se radica sin revisar, y cada pieza lo dice.")),
    "unreachable": (False, _("No responde. No se radica nada hasta que vuelva; lo que llegó queda guardado.")),
    "blind": (False, _("Responde, pero no reconoce el archivo de prueba. Avise a soporte.")),
    "silent": (False, _("Responde, pero da por limpio lo que no alcanza a revisar. Avise a soporte.")),
}


def scanner() -> Check:
    well, said = SCANNER[scanning.status().state]
    return Check(_("Antivirus"), well, said)


def key() -> Check:
    well = key_in_order()
    said = (
        _("Firma cada recibo al radicar.")
        if well
        else _("Falta, está abierta a otros o no es la que firmaba. No radique; avise a soporte.")
    )
    return Check(_("Llave de firma"), well, said)


def ledger(request: HttpRequest) -> Check:
    """Whether heads are signed; of which one, and over how much, only to whoever may consult the ledger."""
    well, last = heads_follow(), find_last_head(request.user)
    said = (
        _("Cada minuto en que algo pasa se firma un punto de control, que se guarda también afuera.")
        if well
        else _("Hay actos que ningún punto de control firmado cubre todavía. Avise a soporte.")
    )
    return Check(_("Bitácora"), well, said, last.at if last else None, last.size if last else 0)


def index_key() -> Check:
    """Without it nothing closes: who asks for a new certificate must know in time."""
    fault, ends = index_signature()
    said = INDEX_SIGNATURE.get(fault) or _("No se puede firmar: no se cierra ningún expediente. Avise a soporte.")
    day = date_format(timezone.localtime(ends)).lower() if ends else ""
    return Check(_("Firma de los índices"), not fault, said % {"ends": day})


INDEX_SIGNATURE: Mapping[str, Any] = {
    "": _("Firma cada índice que se expide; su certificado vence el %(ends)s."),
    "index_certificate_ending": _("Su certificado vence el %(ends)s: pida otro, o ningún expediente se podrá cerrar."),
    "index_certificate_expired": _("Su certificado venció: ningún expediente se puede cerrar hasta que haya otro."),
    "index_certificate_early": _("Su certificado aún no rige: ningún expediente se puede cerrar hasta entonces."),
}


def stamps(request: HttpRequest) -> Check:
    """No authority is a choice of the installation, told on each index too."""
    follow, authority = stamps_follow(), bool(conf.index_signing().authority)
    return Check(_("Estampa cronológica"), follow, STAMPS[authority, follow], find_last_stamp(request.user))


#: (an authority is configured, it stamps) → what is told.
STAMPS: Mapping[tuple[bool, bool], Any] = {
    (True, True): _("La autoridad configurada estampa cada índice y, cada día, la bitácora."),
    (True, False): _("Hace más de dos días que la autoridad no estampa la bitácora. Avise a soporte."),
    (False, True): _("No hay autoridad configurada: los índices y la bitácora quedan firmados, sin estampa."),
}
