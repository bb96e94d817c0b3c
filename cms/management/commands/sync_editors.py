"""`sync_editors`: the public site, its workflow and the rights of its two roles; again and again the same.

`sync_roles` makes the groups of all roles; what these two may do in the editor is Wagtail's, and is made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cms.core.bootstrap import ensure_site
from records.commanding import JsonCommand, Outcome


class Command(JsonCommand):
    help = "Crea el sitio público donde falta y deja a quienes editan y aprueban páginas con sus derechos."

    def run(self, options: Mapping[str, Any]) -> Outcome:
        del options
        page = ensure_site(settings.CUSTODIA_PORT)
        return Outcome({"ok": True, "home": page.pk}, (_("El sitio y los derechos de edición están como deben."),))
