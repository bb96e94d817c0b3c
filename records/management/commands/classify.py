"""`classify --document UUID --level … --as LOGIN [--grounds FILE]`: propose a level with its legal ground."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, person, read_json
from records.errors import Incomplete, NotFound
from records.models import ClassificationAct
from records.selectors.documents import find_document
from records.sentences import sentence_for
from records.services.classification import propose_level
from records.vocabulary import Level


class Command(JsonCommand):
    help = "Propone un nivel para un documento, con su fundamento."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--document", required=True, metavar="UUID", help="identificador del documento")
        levels = (Level.PUBLIC, Level.RESTRICTED, Level.RESERVED)
        parser.add_argument("--level", required=True, choices=levels, help="pública, clasificada o reservada")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")
        parser.add_argument("--grounds", metavar="FILE", help="JSON con el fundamento (Ley 1712 de 2014)")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        grounds = self.grounds(options)
        actor = person(options["login"])
        document = find_document(options["document"])
        if document is None:
            raise NotFound
        try:
            act = propose_level(actor=actor, document=document, level=options["level"], grounds=grounds)
        except Incomplete as fault:
            return Outcome(answer_of(None, missing=fault.missing), (sentence_for(fault),), fine=False)
        return Outcome(answer_of(act), (f"{act.pk}: {act.get_state_display()}",))

    def grounds(self, options: Mapping[str, Any]) -> dict[str, Any]:
        if not options["grounds"]:
            return {}
        try:
            content = read_json(options["grounds"])
        except (OSError, ValueError) as fault:
            self.usage(_("No se puede leer el fundamento: %(fault)s") % {"fault": fault}, as_json=options["json"])
        if not isinstance(content, dict):
            self.usage(_("El fundamento debe ser un objeto JSON."), as_json=options["json"])
        return content


def answer_of(act: ClassificationAct | None, missing: tuple[str, ...] = ()) -> dict[str, Any]:
    """The answer that `classify` and `approve` share; without an act the proposal was refused."""
    return {
        "ok": act is not None,
        "act": str(act.pk) if act else None,
        "state": str(act.state) if act else "refused",
        "missing": list(missing),
    }
