"""`acknowledge_clock --as LOGIN`: the last event was dated ahead of time; go on from the clock as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from records import audit, permissions
from records.commanding import JsonCommand, Outcome, anybody
from records.vocabulary import Action


class Command(JsonCommand):
    help = "Reconoce que el reloj estuvo adelantado y que la hora de ahora es la buena."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien responde, por su usuario")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor = anybody(options["login"])
        permissions.check(actor, Action.ACKNOWLEDGE_ROLLBACK)
        with transaction.atomic():
            event = audit.record(audit.CLOCK_ACKNOWLEDGED, actor=actor, subject="ledger")
        return Outcome({"ok": True, "event": event.pk}, (_("Los actos siguen desde la hora de ahora."),))
