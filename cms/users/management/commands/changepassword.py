"""`changepassword LOGIN`: Django's own, whose change the ledger tells as it does one made on a screen (U1)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import changepassword

from cms.users import trail


class Command(changepassword.Command):
    help = "Cambia la clave de una persona."

    def handle(self, *args: Any, **options: Any) -> str | None:
        with trail.maintained():
            return super().handle(*args, **options)
