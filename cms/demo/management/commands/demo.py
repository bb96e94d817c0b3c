"""`demo [--load-only] [--on DATE]`: loads the demo, and without the flag serves it and works its queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandParser
from django.db import connections
from django.utils.translation import gettext as _

from cms.demo import installation, people, play, serving
from records.api import Role
from records.commanding import JsonCommand, Outcome, Refused, a_date


class Command(JsonCommand):
    help = "Carga la demostración y la sirve en esta máquina."
    # They look at a database that may not exist yet; `installation` asks them once it does.
    requires_system_checks: list[str] = []

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--load-only", action="store_true", help="carga y termina")
        parser.add_argument("--on", type=a_date, metavar="DATE", help="último día de lo que se representa")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        if settings.PROFILE != "demo":
            raise Refused("not_demo", _("La demostración solo corre en su propio perfil, nunca en otro."))
        if not options["load_only"] and not serving.is_free(settings.CUSTODIA_PORT):
            busy = _("El puerto %(port)d está ocupado. Indique otro con CUSTODIA_PORT.")
            raise Refused("port_busy", busy % {"port": settings.CUSTODIA_PORT})
        with serving.only_one(settings.CUSTODIA_HOME) as alone:
            if not alone:
                raise Refused("already_running", _("Esta instalación ya está en marcha o cargándose."))
            self.make_ready(options)
            return self.load(options) if options["load_only"] else self.serve(options)

    def make_ready(self, options: Mapping[str, Any]) -> None:
        try:
            installation.make_ready(options["on"], self.meter(_("Cargando")))
        except play.OtherDate as other:
            message = _(
                "Esta instalación ya se cargó hasta el %(until)s; para otra fecha empiece de nuevo (make demo-reset)."
            )
            raise Refused("other_date", message % {"until": other.until}) from other
        except ImproperlyConfigured as fault:
            raise Refused("dangerous_start", str(fault)) from fault

    def load(self, _options: Mapping[str, Any]) -> Outcome:
        """Nothing is served, and serving makes another password: people are told neither address nor password."""
        loaded = _("La demostración quedó cargada en %(home)s. Para servirla: make demo.")
        return Outcome(announcement(with_password()).document, (loaded % {"home": settings.CUSTODIA_HOME},))

    def serve(self, options: Mapping[str, Any]) -> Outcome:
        """Start the children first: hashing passwords takes the time they need to come up."""
        connections.close_all()
        root, home = settings.ROOT, settings.CUSTODIA_HOME
        try:
            with serving.Household(root, home, settings.CUSTODIA_PORT) as household:
                outcome = announcement(with_password())
                household.wait_until_ready()
                if not household.stop.is_set():
                    self.answer(outcome, as_json=options["json"])
                connections.close_all()
                household.watch()
        except serving.ChildLost as lost:
            message = _("Terminó por su cuenta: %(name)s. Lo que dijo está en %(log)s.")
            self.stderr.write(message % {"name": lost.name, "log": lost.log})
            self.stderr.write(lost.last_words())
            return Outcome(None, fine=False)
        return Outcome(None)

    def answer(self, outcome: Outcome, *, as_json: bool) -> None:
        """Serving has answered already when it ends."""
        if outcome.document is not None:
            super().answer(outcome, as_json=as_json)
            self.stdout.flush()


def with_password() -> str:
    password = people.new_password()
    people.set_passwords(password)
    return password


def spoken(roles: str) -> str:
    """Codes of roles as a person reads them; who has none is told apart from who is left out."""
    labels: dict[str, Any] = dict(Role.choices)
    named = [str(labels.get(code, code)) for code in roles.split(", ") if code]
    return ", ".join(named) or _("sin cargo en custodia")


def announcement(password: str) -> Outcome:
    address = f"http://{serving.HOST}:{settings.CUSTODIA_PORT}/"
    users = people.users_and_roles()
    document = {
        "address": address,
        "password": password,
        "users": users,
        "expedientes": installation.expedientes(),
    }
    width = max(len(user["login"]) for user in users)
    lines = (
        _("Custodia, demostración: %(address)s") % {"address": address},
        _("Mesa de trabajo: %(address)scustodia/") % {"address": address},
        _("Clave de todas las personas en este arranque: %(password)s") % {"password": password},
        "",
        *(f"  {user['login']:<{width}}  {spoken(user['role'])}" for user in users),
        "",
        _("Control-C termina el sitio y su trabajador."),
    )
    return Outcome(document, lines)
