"""`approve --act UUID --as LOGIN`: put a proposed level in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from records.commanding import JsonCommand, Outcome, person
from records.errors import NotFound
from records.management.commands.classify import answer_of
from records.services.classification import approve_act, get_act_for


class Command(JsonCommand):
    help = "Aprueba un nivel propuesto por otra persona."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--act", required=True, metavar="UUID", help="identificador de la propuesta")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor = person(options["login"])
        try:
            act = get_act_for(actor, options["act"])
        except (ValidationError, ValueError) as fault:
            raise NotFound from fault
        decided = approve_act(actor=actor, act=act)
        return Outcome(answer_of(decided), (f"{decided.pk}: {decided.get_state_display()}",))
