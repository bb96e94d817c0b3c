"""`worker [--once]`: reads documents and keeps the index level with custody."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from cms import worker
from cms.checks import refuse_dangerous_start
from records.commanding import JsonCommand, Outcome, Refused


class Command(JsonCommand):
    # Asked below in full, database included, instead of Django's slower list.
    requires_system_checks: list[str] = []
    help = "Lee los documentos radicados y mantiene al día el índice de búsqueda."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="hace lo que está pendiente y termina")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        try:
            refuse_dangerous_start()
        except ImproperlyConfigured as fault:
            raise Refused("dangerous_start", str(fault)) from fault
        if options["once"]:
            return outcome_of(worker.drain_once(self.meter(_("Leyendo"))))
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_signal: stop.set())
        worker.run(stop)
        return outcome_of(worker.Tally())


def outcome_of(tally: worker.Tally) -> Outcome:
    line = _("%(done)d hechos, %(failed)d con falla, %(left)d pendientes") % asdict(tally)
    return Outcome(asdict(tally), (line,), fine=not tally.failed)
