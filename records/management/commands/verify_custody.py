"""`verify_custody [--expediente CODE]`: re-hash every stored byte and name each piece that fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome
from records.errors import NotFound
from records.models import Expediente
from records.services.fixity import verify_custody


class Command(JsonCommand):
    help = "Comprueba que los bytes guardados son los radicados; no repara nada."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expediente", metavar="CODE", help="solo las piezas de este expediente")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        code = options["expediente"]
        if code and not Expediente.objects.filter(code=code).exists():
            raise NotFound
        report = verify_custody(code, progress=self.meter(_("Verificando")))
        total = _("%(checked)d documentos, %(bytes)d bytes, %(findings)d hallazgos") % {
            "checked": report.checked, "bytes": report.bytes, "findings": len(report.findings)
        }  # fmt: skip
        aside = _("bytes dañados que se apartaron al recibirlos de nuevo")
        untold = _("suspensión que no es como la bitácora la cuenta")
        lines = (
            total,
            *(f"{finding['document']}: {finding['problem']}" for finding in report.findings),
            *(f"{digest}: {aside}" for digest in report.set_aside),
            *(f"{hold}: {untold}" for hold in report.holds),
        )
        return Outcome(asdict(report), lines, fine=not report.findings and not report.holds)
