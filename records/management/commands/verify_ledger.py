"""`verify_ledger [--witness FILE]`: every event as it was written, in its place, under every signed head."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, Refused
from records.ledger.verification import LedgerReport, verify_ledger
from records.telling_ledger import told_finding


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
    return [total, *(told_finding(found["index"], found["problem"]) for found in report.findings)]
