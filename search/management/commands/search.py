"""`search QUERY --as LOGIN|--anonymous`: the search of the screens, from outside."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from search.api import Answer, AnswerHit, SearchError, search
from search.management.output import print_json, refuse

_FLAGS = {"--anonymous", "--facets", "--json", "--traceback", "--no-color", "--force-color", "--skip-checks"}
_VALUED = {"--as", "--page-size", "--after", "--settings", "--pythonpath", "--verbosity", "-v"}
_HELP = {"-h", "--help", "--version"}


class QueryParser(CommandParser):
    """Takes any text as the query, also one that begins with a hyphen, as an exclusion does."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Sorts options before the query, then parses as usual."""
        return super().parse_args(_options_first(list(args or [])), namespace)


def _options_first(args: list[str]) -> list[str]:
    options: list[str] = []
    texts: list[str] = []
    remaining = iter(args)
    for arg in remaining:
        if arg == "--":
            texts.extend(remaining)
        elif arg in _VALUED:
            value = next(remaining, "")
            options.append(f"{arg}={value}" if arg.startswith("--") else f"{arg}{value}")
        elif arg in _FLAGS | _HELP or arg.partition("=")[0] in _VALUED:
            options.append(arg)
        else:
            texts.append(arg)
    return [*options, "--", *texts] if texts else options


def page_size(value: str) -> int:
    """A number of hits, 1 or more."""
    if not value.isdecimal() or int(value) < 1:
        raise ArgumentTypeError(_("debe ser un número entero mayor que cero"))
    return int(value)


class Command(BaseCommand):
    """Prints one JSON document; exit 0, or 1 when the whole command is refused."""

    help = "Busca como lo haría una persona y muestra el resultado en JSON."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The usual parser, as a QueryParser."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = QueryParser
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments as the table of commands fixes them."""
        parser.add_argument("query", metavar="QUERY", help="lo que se busca")
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--as", dest="login", metavar="LOGIN", help="quien busca, por su usuario")
        who.add_argument("--anonymous", action="store_true", help="como la ciudadanía")
        parser.add_argument("--facets", action="store_true", help="con el reparto de los resultados")
        parser.add_argument("--page-size", type=page_size, default=20, metavar="N", help="resultados por página")
        parser.add_argument("--after", metavar="CURSOR", help="lo que dio la página anterior")
        parser.add_argument("--json", action="store_true", help="siempre es JSON; se acepta por uniformidad")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Searches as the person named, with the same services as the screens."""
        viewer = None if options["anonymous"] else _person(options["login"])
        if viewer is None and not options["anonymous"]:
            refuse(self.stdout, "unknown_person", _("No hay una persona con ese nombre de usuario."))
        try:
            answer = search(
                viewer,
                options["query"],
                page_size=options["page_size"],
                after=options["after"],
                facets=options["facets"],
            )
        except SearchError as fault:
            refuse(self.stdout, fault.code, _("La búsqueda no está disponible en este momento."))
        print_json(self.stdout, as_json(answer))
        sys.stdout.flush()


def _person(login: str) -> Any:
    people = get_user_model()
    return people._default_manager.filter(**{people.USERNAME_FIELD: login}).first()


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer with exactly the keys that the table of commands fixes."""
    return {
        "total": answer.total,
        "hits": [_hit_json(hit) for hit in answer.hits],
        "facets": answer.facets,
        "suggestions": list(answer.suggestions),
        "next": answer.next,
    }


def _hit_json(hit: AnswerHit) -> dict[str, Any]:
    return {
        "document": hit.document,
        "url": hit.url,
        "page": hit.page,
        "title": hit.title,
        "snippet": str(hit.snippet),
        "level": hit.level,
    }
