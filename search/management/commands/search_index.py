"""`search_index drain|rebuild|audit|status`: the index kept equal to its sources, from outside."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any, TypedDict

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from search.api import Drift, EngineUnavailable, UnknownEngine, audit, drain, rebuild, status
from search.conf import get_engine
from search.engines.base import SearchEngine
from search.management.output import print_json, refuse
from search.status import LATE_SECONDS

_WHAT = "poner al día, rehacer, comparar o decir cómo está"

_STEP = 20
"""Entries between two tellings of a rebuild."""


class Report(TypedDict):
    """What every action prints."""

    done: int
    missing: list[str]
    extra: list[str]
    differs: list[str]


class Command(BaseCommand):
    """Prints one JSON document; exit 0, or 1 with findings, rows put off or a refusal."""

    help = "Pone al día, reconstruye o compara el índice de búsqueda."

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments as the table of commands fixes them."""
        parser.add_argument("action", choices=[*_ACTIONS, "status"], help=_WHAT)
        parser.add_argument("--engine", metavar="NAME", help="el motor; si falta, el de la instalación")
        parser.add_argument("--fresh", action="store_true", help="rehace desde el comienzo, sin seguir lo interrumpido")
        parser.add_argument("--repair", action="store_true", help="corrige lo que difiere")
        parser.add_argument("--json", action="store_true", help="siempre es JSON; se acepta por uniformidad")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Does the action on the engine that serves searches, or the one named."""
        try:
            engine = get_engine(options["engine"])
            if options["action"] == "status":
                self._tell(engine)
                return
            if options["fresh"]:
                engine.drop_half_made()
            report, ok = _ACTIONS[options["action"]](engine, options["repair"])
        except UnknownEngine:
            self.stderr.write(_("No hay un motor de búsqueda con ese nombre en la configuración."))
            sys.exit(2)
        except EngineUnavailable as fault:
            refuse(self.stdout, fault.code, _("El índice de búsqueda no está disponible."))
        print_json(self.stdout, report)
        if not ok:
            sys.exit(1)

    def _tell(self, engine: SearchEngine) -> None:
        """State, queue and rebuild; exit status 1 when somebody should look."""
        found = status(engine)
        print_json(self.stdout, asdict(found))
        if found.state != "ready" or found.queue.stuck or found.queue.seconds > LATE_SECONDS:
            sys.exit(1)


def _drain(engine: SearchEngine, _repair: bool) -> tuple[Report, bool]:
    if engine is not get_engine():
        # The outbox belongs to the engine that serves; another one is brought level by comparison.
        return _audit(engine, True)[0], True
    counts = drain()
    return _report(counts["done"]), counts["failed"] == 0 and engine.state() == "ready"


def _rebuild(engine: SearchEngine, _repair: bool) -> tuple[Report, bool]:
    return _report(rebuild(engine, _progress)), True


def _audit(engine: SearchEngine, repair: bool) -> tuple[Report, bool]:
    drift = audit(repair, engine)
    return _report(drift.done, drift), not drift


_ACTIONS = {"drain": _drain, "rebuild": _rebuild, "audit": _audit}


def _report(done: int, drift: Drift | None = None) -> Report:
    names = drift or Drift(0, (), (), ())
    return {
        "done": done,
        "missing": [key for _source, key in names.missing],
        "extra": [key for _source, key in names.extra],
        "differs": [key for _source, key in names.differs],
    }


def _progress(done: int, total: int) -> None:
    """On one line of a terminal; elsewhere a line for each hundredth, so that a log stays short."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} / {total}")
    elif done * 100 // max(total, 1) != max(done - _STEP, 0) * 100 // max(total, 1):
        sys.stderr.write(f"{done} / {total}\n")
    sys.stderr.flush()
