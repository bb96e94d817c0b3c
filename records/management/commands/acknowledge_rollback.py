"""`acknowledge_rollback --as LOGIN --reason TEXT`: go on from a database of an earlier day, and open the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, anybody
from records.ledger import rollback


class Command(JsonCommand):
    help = "Reconoce que la base de datos es de una copia anterior a la bitácora guardada afuera, y abre Custodia."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien responde, por su usuario")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="qué pasó y quién decidió seguir")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        facts = rollback.acknowledge(actor=anybody(options["login"]), reason=options["reason"])
        line = _("Custodia está abierta. La copia anterior de la bitácora quedó en %(aside)s.") % {
            "aside": f"{rollback.ASIDE}/{facts['aside']}"
        }
        return Outcome({"ok": True, **facts}, (line,))
