"""`issue_index CODE --as LOGIN`: issue the next electronic index of an expediente and sign it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, person
from records.selectors.expedientes import get_expediente_by_code_for
from records.services.indexes import issue_index


class Command(JsonCommand):
    help = "Expide y firma el índice electrónico que sigue de un expediente, tras calcular de nuevo cada huella."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("expediente", metavar="CODE", help="código del expediente")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor = person(options["login"])
        issued = issue_index(actor=actor, expediente=get_expediente_by_code_for(actor, options["expediente"]))
        told = {
            "number": issued.number,
            "documents": issued.documents,
            "folios": issued.folios,
            "sha256": issued.file_id,
            "cover": issued.cover_id,
        }
        said = _("Índice %(number)d: %(documents)d documentos, %(folios)d folios, SHA-256 %(sha256)s") % told
        return Outcome({"ok": True, **told}, (said,))
