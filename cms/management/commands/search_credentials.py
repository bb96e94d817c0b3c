"""`search_credentials issue|end ROLE --as ACCOUNT`, `search_credentials check`: keys of the search on Elasticsearch."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from cms import search_credentials as rules
from records.commanding import JsonCommand, Outcome, Refused
from search.api import EngineUnavailable, credentials

ISSUED = "ELASTIC_API_KEY={secret}"


class Command(JsonCommand):
    help = "Entrega y retira las llaves de búsqueda de cada proceso, y dice qué alcanza la de este."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=sorted(ACTIONS), help="entregar, retirar o comprobar")
        parser.add_argument("role", nargs="?", choices=sorted(rules.KINDS), help="el proceso que la usa")
        parser.add_argument(
            "--as", dest="account", metavar="CUENTA", help="cuenta de Elasticsearch que puede dar llaves"
        )
        parser.add_argument("--days", type=int, default=0, help="cuántos días sirve; si falta, hasta que se retire")
        parser.add_argument("--keep", default="", metavar="ID", help="al retirar, la llave que sigue")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        if not credentials.on_servers():
            raise Refused("engine", _("La búsqueda de esta instalación no está en Elasticsearch."))
        try:
            return ACTIONS[options["action"]](options)
        except EngineUnavailable as fault:
            raise Refused(fault.code, _("Elasticsearch no responde o no acepta la credencial.")) from fault


def issue(options: Mapping[str, Any]) -> Outcome:
    role = named(options)
    made = credentials.make(
        rules.KINDS[role], rules.name_of(role), rules.partitions_of(role), account(options), options["days"]
    )
    told = {"ok": True, "role": role, "id": made.id, "name": made.name, "api_key": made.secret}
    return Outcome(told, (ISSUED.format(secret=made.secret), _("Se muestra una vez. Su número: %s") % made.id))


def end(options: Mapping[str, Any]) -> Outcome:
    role = named(options)
    ended = credentials.end(rules.name_of(role), options["keep"], account(options))
    return Outcome({"ok": True, "role": role, "ended": ended}, (_("Llaves retiradas: %s") % len(ended),))


def check(_options: Mapping[str, Any]) -> Outcome:
    """Of this process's own credential, by its role, and of the mark by which it knows the indexes."""
    found = credentials.reach(rules.EVERY_PARTITION)
    faults = [*rules.too_wide(settings.SITE_ROLE, found), *rules.unmarked()]
    facts = {name: sorted(getattr(found, name)) for name in ("reads", "writes", "powers", "finds")}
    told = {"ok": not faults, "role": settings.SITE_ROLE, "secured": found.kept, **facts, "faults": faults}
    return Outcome(told, tuple(faults) or (_("La credencial alcanza lo que le corresponde y nada más."),), not faults)


ACTIONS = {"issue": issue, "end": end, "check": check}


def named(options: Mapping[str, Any]) -> str:
    if not options["role"]:
        raise Refused("role", _("Diga para qué proceso es la llave."))
    return str(options["role"])


def account(options: Mapping[str, Any]) -> credentials.Account:
    """The password is asked at the terminal, or is the first line of standard input; it is never an argument."""
    if not options["account"]:
        raise Refused("account", _("Diga con --as qué cuenta de Elasticsearch da la llave."))
    asking = _("Contraseña de %s: ") % options["account"]
    word = getpass.getpass(asking) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    return credentials.Account(options["account"], word)
