"""/custodia/salud/: whether the service stands, told as states. Counts would tell of what one may not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from records import parsing, scanning
from records.desk.doors import READ, desk_view
from records.selectors.service_state import count_unread, key_in_order, store_writable, worker_runs


@dataclass(frozen=True)
class Check:
    name: Any
    well: bool
    sentence: Any


@desk_view(*READ)
def health(request: HttpRequest) -> HttpResponse:
    checks = [worker(), queue(request), store(), cell(), scanner(), key()]
    return render(request, "records/health.html", {"checks": checks})


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


def store() -> Check:
    well = store_writable()
    said = _("Recibe y entrega.") if well else _("No puede guardar ahora. No radique hasta que vuelva.")
    return Check(_("Almacén de documentos"), well, said)


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
