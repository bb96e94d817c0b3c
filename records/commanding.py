"""What every operator's command shares: --json, exit codes, refusals, people by login, progress.

Exit 0 = nothing wrong, 1 = findings or a refusal, 2 = usage. With --json one document goes to standard
output and nothing else; sentences for people, progress and usage faults go to standard error.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from records import medium
from records.command_help import SpanishFormatter, in_spanish, told_in_spanish
from records.errors import RecordsError
from records.ledger import rollback
from records.sentences import sentence_for

FINE, WRONG, USAGE = 0, 1, 2
#: Seconds between two drawings of the progress line.
REDRAW = 0.1


class Refused(Exception):
    """A refusal of the whole command, with a stable code and a Spanish sentence."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


@dataclass(frozen=True)
class Outcome:
    """What a command found: its JSON document, its lines for people, and whether nothing was wrong."""

    document: Any
    lines: tuple[str, ...] = ()
    fine: bool = True


class JsonCommand(BaseCommand, ABC):
    """Base of the commands: subclasses declare `arguments` and answer `run` with an Outcome."""

    def arguments(self, parser: CommandParser) -> None:
        """Declare the command's own arguments."""

    @abstractmethod
    def run(self, options: Mapping[str, Any]) -> Outcome:
        """Do the work. Raises RecordsError or Refused to refuse it whole."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", SpanishFormatter)
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        usage_fault = told_in_spanish(parser, parser.error)

        def error(message: str) -> NoReturn:
            if "--json" in sys.argv[1:]:
                self.print_json(refusal("usage", in_spanish(message)))
            usage_fault(message)
            raise AssertionError  # argparse, and Django's parser, never return from a fault

        parser.error = error  # type: ignore[method-assign]  # the JSON document comes before argparse's exit
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("un solo documento JSON en la salida estándar"))
        self.arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        gc.freeze()  # what start-up made lives as long as the process: the collector need not walk it again
        try:
            outcome = self.run(options)
        except RecordsError as error:
            outcome = self.refused(error.code, sentence_for(error))
        except Refused as error:
            outcome = self.refused(error.code, error.message)
        except (*medium.FAULTS, DatabaseError) as fault:
            if options.get("traceback"):
                raise
            outcome = self.told(fault)
        self.answer(outcome, as_json=options["json"])
        if not outcome.fine:
            sys.exit(WRONG)

    def told(self, fault: Exception) -> Outcome:
        """A disk or a database that cannot be used now is a refusal; any other fault of a file is a fault."""
        if met := medium.refusal_of(fault):
            return self.refused(met.code, sentence_for(met))
        if not isinstance(fault, DatabaseError):
            raise fault
        return self.refused("database", _("La base de datos no respondió: %(fault)s") % {"fault": fault})

    def refused(self, code: str, message: str) -> Outcome:
        return Outcome(refusal(code, message), (message,), fine=False)

    def answer(self, outcome: Outcome, *, as_json: bool) -> None:
        if as_json:
            self.print_json(outcome.document)
            return
        target = self.stdout if outcome.fine else self.stderr
        for line in outcome.lines:
            target.write(line)

    def print_json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, cls=DjangoJSONEncoder))
        self.stdout.flush()

    def usage(self, message: str, *, as_json: bool) -> NoReturn:
        """End as a usage fault found after parsing (a file that cannot be read, a wrong combination)."""
        if as_json:
            self.print_json(refusal("usage", message))
        self.stderr.write(message)
        sys.exit(USAGE)

    def meter(self, label: str) -> Callable[[int, int], None]:
        """A progress(done, total) that draws one line on a terminal and nothing elsewhere."""
        return Meter(label, self.stderr).show if sys.stderr.isatty() else nothing


class Meter:
    """One line of progress, redrawn in place at a calm pace."""

    def __init__(self, label: str, target: Any) -> None:
        self.label, self.target, self.drawn = label, target, 0.0

    def show(self, done: int, total: int) -> None:
        moment = time.monotonic()
        if done < total and moment - self.drawn < REDRAW:
            return
        self.drawn = moment
        filled = 30 * done // max(total, 1)
        bar = "#" * filled + "." * (30 - filled)
        self.target.write(f"\r{self.label} [{bar}] {done}/{total}", ending="\n" if done >= total else "")
        self.target.flush()


def nothing(_done: int, _total: int) -> None:
    """Progress where nobody looks."""


def refusal(code: str, message: str) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "message": message}}


def person(login: str) -> Any:
    """The person of a login, who may act now. Raises Refused when there is none, LedgerDiverged while the database is
    not the one whose ledger is kept outside."""
    rollback.check_open()
    return anybody(login)


def anybody(login: str) -> Any:
    """The person of a login, also while nobody may act. Raises Refused when there is none."""
    found = get_user_model()._default_manager.filter(username=login).first()
    if found is None:
        raise Refused("unknown_person", _("No hay una persona con el usuario «%(login)s».") % {"login": login})
    return found


def a_date(text: str) -> datetime.date:
    """An argument as YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(_("«%(text)s» no es una fecha AAAA-MM-DD") % {"text": text}) from fault


def a_moment(text: str) -> datetime.datetime:
    """An argument as an ISO date or date and time; without a zone it is Bogota's, a date is its last second."""
    try:
        moment = parse_datetime(text if "T" in text or " " in text else f"{text}T23:59:59")
    except ValueError:
        moment = None
    if moment is None:
        raise argparse.ArgumentTypeError(_("«%(text)s» no es una fecha y hora ISO") % {"text": text})
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def read_json(path: str) -> Any:
    """The JSON content of a file. Raises OSError or ValueError."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
