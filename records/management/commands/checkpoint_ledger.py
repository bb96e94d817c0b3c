"""`checkpoint_ledger [--out FILE]`: sign the ledger's head now, and give it to somebody outside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, Refused
from records.ledger import checkpoints, heads


class Command(JsonCommand):
    help = "Firma ahora un punto de control de la bitácora y, con --out, lo entrega para guardarlo afuera."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", metavar="FILE", type=Path, help="archivo nuevo donde queda el punto de control")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        made = checkpoints.issue(checkpoints.REQUEST)
        if made is None:
            raise Refused("empty_ledger", _("La bitácora todavía no tiene sucesos."))
        if options["out"]:
            put(options["out"], heads.exported(made))
        lines = (_("Punto de control de %(size)d sucesos, raíz %(root)s") % {"size": made.size, "root": made.root},)
        return Outcome({"ok": True, "size": made.size, "root": made.root}, lines)


def put(file: Path, line: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as sink:
            sink.write(line + "\n")
    except OSError as fault:
        raise Refused(
            "not_written", _("No se puede escribir %(file)s: ya existe o no hay lugar.") % {"file": file}
        ) from fault
