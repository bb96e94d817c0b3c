"""`read_again [--expediente CODE] --as LOGIN`: have what was left without legible text read anew by the worker.

What one does after installing a recogniser of text: the worker is started again, so that it knows, and this is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, person
from records.selectors.expedientes import get_expediente_by_code_for
from records.services.recognition import read_all_again


class Command(JsonCommand):
    help = "Pide leer de nuevo los documentos que tienen páginas sin texto legible."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expediente", metavar="CODE", default="", help="solo los documentos de este expediente")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor, code = person(options["login"]), options["expediente"]
        if code:
            get_expediente_by_code_for(actor, code)
        asked = read_all_again(actor=actor, expediente_code=code)
        return Outcome({"ok": True, "asked": asked}, (_("%(n)d documentos por leer de nuevo") % {"n": asked},))
