"""`confirm_person_act LOGIN`: what waits for a second person where the house has none yet, confirmed by an operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records import api as records
from records.commanding import JsonCommand, Outcome, Refused


class Command(JsonCommand):
    help = "Confirma los cargos y la invitación de una persona cuando en la mesa no hay quien pueda confirmarlos."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", metavar="LOGIN", help="el usuario de la persona")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        waiting = records.list_waiting().filter(person__username=options["login"])
        done = [self.confirmed(asked) for asked in waiting]
        if not done:
            raise Refused("nothing_waits", _("No hay cargo ni invitación de esa persona que espere."))
        return Outcome({"ok": True, "confirmed": done}, tuple(told(one) for one in done))

    def confirmed(self, asked: Any) -> dict[str, str]:
        try:
            code = records.confirm_person_act(actor=None, asked=asked)
        except records.RecordsError as refusal:
            raise Refused(refusal.code, str(records.sentence_for(refusal))) from refusal
        return {"kind": asked.kind, "role": asked.role, "code": code}


def told(one: Mapping[str, str]) -> str:
    if one["code"]:
        return _("Código de la invitación, que no se muestra de nuevo: %(code)s") % one
    return _("Cargo confirmado: %(role)s") % one
