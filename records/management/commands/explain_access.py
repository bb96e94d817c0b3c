"""`explain_access --document UUID --as LOGIN [--at DATETIME]`: what a person may do with a piece, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from records.commanding import JsonCommand, Outcome, a_moment, person
from records.explain import explain
from records.selectors.documents import find_document
from records.services.told import note_explanation


class Command(JsonCommand):
    help = "Explica el acceso de una persona a un documento, ahora o en un momento pasado."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--document", required=True, metavar="UUID", help="identificador del documento")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="de quién, por su usuario")
        parser.add_argument("--at", type=a_moment, metavar="DATETIME", help="momento pasado, AAAA-MM-DDThh:mm")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        who, document = person(options["login"]), find_document(options["document"])
        found = explain(who, document, at=options["at"])
        note_explanation(document=document, person=who, moment=options["at"])
        because = [
            {"rule": ground.rule, "sentence": ground.sentence, "act": str(ground.act) if ground.act else None}
            for ground in found.because
        ]
        acts = ", ".join(action for action, allowed in found.allowed.items() if allowed) or "–"
        lines = (acts, *(ground["sentence"] or "" for ground in because))
        return Outcome({"allowed": dict(found.allowed), "because": because}, lines)
