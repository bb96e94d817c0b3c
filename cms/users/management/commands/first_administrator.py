"""`first_administrator LOGIN`: the one account that nobody at the desk can make, with the invitation to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from cms.users.models import User
from records.api import Role, assign_role
from records.commanding import JsonCommand, Outcome, Refused

ACT = "Puesta en marcha de la instalación"


class Command(JsonCommand):
    help = "Crea a la primera persona que administra personas, y muestra una vez la dirección de su contraseña."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", metavar="LOGIN", help="su usuario, que no cambia nunca")
        parser.add_argument("--name", default="", help="su nombre completo")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        if User.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True).exists():
            raise Refused("administrator_exists", _("Ya hay quien administra personas: las demás se crean en la mesa."))
        with transaction.atomic():
            person = made(options["login"], options["name"])
            assign_role(actor=None, person=person, role=Role.ADMINISTRATOR, act=ACT)
        name = urlsafe_base64_encode(force_bytes(person.pk))
        address = reverse("invitation", args=[name, default_token_generator.make_token(person)])
        told = _("Sirve una vez y tres días, en la dirección de la mesa: %(address)s")
        return Outcome({"ok": True, "login": person.username, "invitation": address}, (told % {"address": address},))


def made(login: str, full_name: str) -> User:
    person = User(username=login, full_name=full_name, desk_access=True)
    person.set_unusable_password()
    try:
        person.full_clean()
    except ValidationError as fault:
        raise Refused("login", " ".join(fault.messages)) from fault
    person.save()
    return person
