"""`search_index drain|rebuild|audit`: the index kept equal to its sources, from outside."""

from __future__ import annotations

import sys
from typing import Any, TypedDict

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from search.api import Drift, EngineUnavailable, UnknownEngine, audit, drain, rebuild
from search.conf import get_engine
from search.engines.base import SearchEngine
from search.management.output import print_json, refuse


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
        parser.add_argument("action", choices=["drain", "rebuild", "audit"], help="poner al día, rehacer o comparar")
        parser.add_argument("--engine", metavar="NAME", help="el motor; si falta, el de la instalación")
        parser.add_argument("--repair", action="store_true", help="corrige lo que difiere")
        parser.add_argument("--json", action="store_true", help="siempre es JSON; se acepta por uniformidad")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Does the action on the engine that serves searches, or the one named."""
        try:
            engine = get_engine(options["engine"])
            report, ok = _ACTIONS[options["action"]](engine, options["repair"])
        except UnknownEngine:
            self.stderr.write(_("No hay un motor de búsqueda con ese nombre en la configuración."))
            sys.exit(2)
        except EngineUnavailable as fault:
            refuse(self.stdout, fault.code, _("El índice de búsqueda no está disponible."))
        print_json(self.stdout, report)
        if not ok:
            sys.exit(1)


def _drain(engine: SearchEngine, _repair: bool) -> tuple[Report, bool]:
    if engine is not get_engine():
        # The outbox belongs to the engine that serves; another one is brought level by comparison.
        return _audit(engine, True)[0], True
    counts = drain()
    return _report(counts["done"]), counts["failed"] == 0 and engine.state() == "ready"


def _rebuild(engine: SearchEngine, _repair: bool) -> tuple[Report, bool]:
    return _report(rebuild(engine, _progress if sys.stderr.isatty() else None)), True


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


def _progress(done: int) -> None:
    sys.stderr.write(f"\r{done}")
    sys.stderr.flush()
