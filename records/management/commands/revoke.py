"""`revoke --grant UUID --as LOGIN`: withdraw a grant, with effect on the next request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from records.commanding import JsonCommand, Outcome, person
from records.errors import NotFound
from records.services.access import get_grant_for, revoke_grant


class Command(JsonCommand):
    help = "Retira una concesión de acceso."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--grant", required=True, metavar="UUID", help="identificador de la concesión")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor = person(options["login"])
        try:
            grant = get_grant_for(actor, options["grant"])
        except (ValidationError, ValueError) as fault:
            raise NotFound from fault
        revoke_grant(actor=actor, grant=grant)
        return Outcome({"ok": True, "grant": str(grant.pk)}, (str(grant.pk),))
