"""`back_up FOLDER [--database-dumped]`: a copy of the installation that opens on an empty host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome
from records.services.backups import back_up


class Command(JsonCommand):
    help = "Copia la instalación a una carpeta nueva: primero la base de datos, después los bytes."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path, help="carpeta que se crea; no debe existir")
        parser.add_argument(
            "--database-dumped", action="store_true", help="la base de datos ya se copió, antes, con su herramienta"
        )

    def run(self, options: Mapping[str, Any]) -> Outcome:
        folder, dumped = options["folder"], options["database_dumped"]
        made = back_up(folder, database=not dumped, progress=self.meter(_("Copiando")))
        said = _("%(folder)s: %(documents)d documentos, %(digests)d archivos, %(events)d sucesos de la bitácora.")
        lines = [said % {"folder": folder, **asdict(made)}]
        lines += [
            _("%(digest)s: dañado en todas sus copias; no quedó en el respaldo.") % {"digest": d} for d in made.damaged
        ]
        return Outcome({"folder": str(folder), **asdict(made)}, tuple(lines), fine=not made.damaged)
