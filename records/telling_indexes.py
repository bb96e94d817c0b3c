"""What the proof of an electronic index found, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from records.services.index_proofs import FAILS, HOLDS, UNKNOWN

#: What each step of a proof says, by its code and how it ended; "" is for any other end.
STEPS: Mapping[str, Mapping[str, Any]] = {
    "file_bytes": {HOLDS: _("El índice es el que se expidió, byte por byte"),
                   FAILS: _("Los bytes guardados del índice no son los que se expidieron")},
    "cover_bytes": {HOLDS: _("La cubierta es la que se firmó, byte por byte"),
                    FAILS: _("Los bytes guardados de la cubierta no son los que se firmaron")},
    "file_schema": {HOLDS: _("Cumple el esquema: trece datos por documento, orden sin saltos y folios seguidos"),
                    FAILS: _("No cumple el esquema, o su orden o sus folios no siguen")},
    "file_dates": {UNKNOWN: _("Hay fechas que no siguen el orden: un reloj se corrigió, o la fecha es posterior")},
    "signature": {HOLDS: _("La firma vale y cubre toda la cubierta"), FAILS: _("La firma no vale")},
    "cover": {HOLDS: _("La cubierta nombra este índice por su huella, sus documentos y sus folios"),
              FAILS: _("La cubierta es de otro índice")},
    "certificate": {HOLDS: _("Firmó el certificado que se anotó al expedirlo"),
                    FAILS: _("Firmó otro certificado, no el que se anotó")},
    "certificate_dates": {HOLDS: _("El certificado estaba vigente"), FAILS: _("El certificado no estaba vigente")},
    "certificate_trust": {HOLDS: _("Una autoridad en la que el sistema confía respalda el certificado"),
                          FAILS: _("Ninguna de las autoridades configuradas respalda el certificado"),
                          UNKNOWN: _("Nadie de afuera respalda el certificado: no hay autoridades configuradas")},
    "stamp": {HOLDS: _("La estampa cronológica es de esta firma"),
              FAILS: _("La estampa cronológica no es de esta firma"),
              UNKNOWN: _("Sin estampa cronológica: no había autoridad configurada")},
    "stamp_trust": {HOLDS: _("Una autoridad en la que el sistema confía respalda la estampa"),
                    FAILS: _("Ninguna de las autoridades configuradas respalda la estampa"),
                    UNKNOWN: _("Nadie de afuera respalda la estampa: no hay autoridades configuradas")},
    "chain": {HOLDS: _("Sigue a los índices anteriores sin que falte ninguno"),
              FAILS: _("No sigue al índice anterior: falta uno o fue cambiado")},
    "ledger": {HOLDS: _("La bitácora cuenta la misma expedición"), FAILS: _("La bitácora cuenta otra expedición")},
}  # fmt: skip
STATES: Mapping[str, Any] = {HOLDS: _("Bien"), FAILS: _("Falla"), UNKNOWN: _("Sin respaldo")}


#: What is added where a step holds and its detail says what the store had.
MENDED = _("los del almacén estaban dañados y se tomaron de la otra copia")


def told_step(code: str, state: str, detail: str = "") -> str:
    """A step as a sentence; `detail` is what the proof adds, in words where it has any."""
    said = str(STEPS[code].get(state, code))
    mended = state == HOLDS and code in ("file_bytes", "cover_bytes") and detail
    return f"{said}; {MENDED}" if mended else said
