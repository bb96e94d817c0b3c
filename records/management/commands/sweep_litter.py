"""`sweep_litter [--orphans] [--damaged]`: remove what interrupted acts left, and list bytes that no row names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome
from records.fixity.litter import sweep_litter


class Command(JsonCommand):
    help = "Retira restos de actos interrumpidos y enumera los bytes que ningún documento nombra."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orphans", action="store_true", help="aparta los bytes que ningún documento nombra")
        parser.add_argument(
            "--damaged", action="store_true", help="elimina los bytes dañados ya repuestos, salvo los suspendidos"
        )

    def run(self, options: Mapping[str, Any]) -> Outcome:
        found = sweep_litter(set_orphans_aside=options["orphans"], discard_damaged=options["damaged"])
        lines = [
            _("%(removed)d restos retirados, %(set_aside)d apartados, %(discarded)d eliminados") % asdict(found),
            *(f"{place}: {digest}" for place, names in found.orphans.items() for digest in names),
            *(_("%(digest)s: su disposición está suspendida") % {"digest": digest} for digest in found.held),
        ]
        return Outcome(asdict(found), tuple(lines))
