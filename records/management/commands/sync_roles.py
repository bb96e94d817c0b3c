"""`sync_roles`: the group of every role of the access matrix, as the matrix has it; again and again the same (P2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome
from records.services.roles import sync_roles


class Command(JsonCommand):
    help = "Crea los grupos de los roles como dice la matriz de acceso y corrige lo que se apartó de ella."

    def run(self, options: Mapping[str, Any]) -> Outcome:
        del options
        done = sync_roles()
        counts = {"created": len(done.created), "changed": len(done.changed), "unchanged": len(done.unchanged)}
        lines = tuple(_("%(role)s: creado") % {"role": role} for role in done.created)
        lines += tuple(_("%(role)s: corregido") % {"role": role} for role in done.changed)
        return Outcome(counts, (*lines, _("%(n)s sin cambios") % {"n": counts["unchanged"]}))
