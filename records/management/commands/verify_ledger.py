"""`verify_ledger [--witness FILE]`: every event as it was written, in its place, under every signed head."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.commanding import JsonCommand, Outcome, Refused
from records.ledger.verification import LedgerReport, verify_ledger

PROBLEMS = {
    "missing": gettext_lazy("falta un suceso"),
    "altered": gettext_lazy("el contenido no es el que se escribió"),
    "columns": gettext_lazy("sus columnas no dicen lo que dice su contenido"),
    "rewritten": gettext_lazy("se reescribió: la copia de afuera guarda otra huella"),
    "root": gettext_lazy("desde aquí algo cambió: el punto de control firmado no coincide"),
    "truncated": gettext_lazy("desde aquí faltan sucesos que un punto de control firmado cubre"),
    "triggers": gettext_lazy("la base de datos no tiene puestas las defensas de solo añadir"),
    "head_signature": gettext_lazy("un punto de control no está firmado por este sistema"),
    "head_removed": gettext_lazy("la base de datos ya no tiene un punto de control que se guardó afuera"),
    "witness_missing": gettext_lazy("falta la copia de afuera"),
    "witness_unreadable": gettext_lazy("la copia de afuera no se puede leer"),
    "witness_altered": gettext_lazy("la copia de afuera no coincide con sus propios puntos de control"),
}


class Command(JsonCommand):
    help = "Comprueba que la bitácora es la que se escribió, completa y en orden; no repara nada."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--witness", metavar="FILE", type=Path, help="puntos de control que alguien guardó afuera")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        try:
            report = verify_ledger(options["witness"], progress=self.meter(_("Verificando")))
        except (OSError, ValueError) as fault:
            raise Refused(
                "unreadable_witness", _("El archivo de puntos de control no existe o no se entiende.")
            ) from fault
        document = {"events": report.events, "root": report.root, "findings": report.findings}
        return Outcome(document, tuple(lines(report)), fine=not report.findings)


def lines(report: LedgerReport) -> list[str]:
    total = _("%(events)d sucesos, %(heads)d puntos de control, raíz %(root)s") % vars(report)
    return [total, *(told(found["index"], found["problem"]) for found in report.findings)]


def told(index: int, problem: str) -> str:
    said = str(PROBLEMS[problem])
    return said if index < 0 else _("Suceso %(index)d: %(problem)s") % {"index": index, "problem": said}
