"""`grant --document UUID|--expediente CODE --to LOGIN --until DATE --reason TEXT --as LOGIN`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from records.commanding import JsonCommand, Outcome, a_date, person
from records.errors import NotFound
from records.models import Document, Expediente
from records.selectors.documents import find_document
from records.selectors.expedientes import get_expediente_by_code_for
from records.services.access import grant_access


class Command(JsonCommand):
    help = "Concede acceso a un documento o a un expediente, a una persona, hasta una fecha."

    def arguments(self, parser: CommandParser) -> None:
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--document", metavar="UUID", help="identificador del documento")
        target.add_argument("--expediente", metavar="CODE", help="código del expediente")
        parser.add_argument("--to", required=True, metavar="LOGIN", help="a quién, por su usuario")
        parser.add_argument("--until", required=True, type=a_date, metavar="DATE", help="último día, AAAA-MM-DD")
        parser.add_argument("--reason", required=True, help="para qué lo necesita")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor, reader = person(options["login"]), person(options["to"])
        grant = grant_access(
            actor=actor,
            target=target_of(actor, options),
            person=reader,
            until=options["until"],
            reason=options["reason"],
        )
        return Outcome({"ok": True, "grant": str(grant.pk)}, (str(grant.pk),))


def target_of(actor: Any, options: Mapping[str, Any]) -> Document | Expediente:
    if options["expediente"]:
        return get_expediente_by_code_for(actor, options["expediente"])
    document = find_document(options["document"])
    if document is None:
        raise NotFound
    return document
