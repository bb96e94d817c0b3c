"""`check_restored [--backup FILE]`: everything that must hold of an installation opened from a backup."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, Refused
from records.services.backups import check_restored
from records.telling_ledger import told_finding


class Command(JsonCommand):
    help = "Comprueba una instalación abierta desde un respaldo: defensas, bytes, bitácora y cuentas; no repara nada."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--backup", metavar="FILE", type=Path, help="respaldo.json del respaldo")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        try:
            found = check_restored(options["backup"], progress=self.meter(_("Comprobando")))
        except (FileNotFoundError, KeyError, ValueError) as fault:
            raise Refused("unreadable_backup", _("La relación del respaldo no existe o no se entiende.")) from fault
        lines = [told(one) for one in found] or [_("Todo está como se respaldó.")]
        return Outcome({"findings": found}, tuple(lines), fine=not found)


def told(finding: Mapping[str, Any]) -> str:
    if finding["problem"] == "ledger":
        return told_finding(finding["index"], finding["found"])
    known = {
        "trigger_missing": _("Falta una defensa de la base de datos: %(name)s"),
        "missing": _("Falta un archivo: %(sha256)s"),
        "altered": _("Un archivo no es el radicado: %(sha256)s"),
        "unreadable": _("Un archivo no se puede leer: %(sha256)s"),
        "rolled_back": _("La base de datos es anterior al último punto de control guardado afuera"),
        "fewer": _("Hay menos que en el respaldo: %(name)s, %(here)s de %(backup)s"),
    }
    return known[finding["problem"]] % finding
