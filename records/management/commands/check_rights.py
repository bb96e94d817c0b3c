"""`check_rights`: count rights without their act and acts without their right; exit 1 when there is any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome
from records.selectors.loose_rights import count_loose_rights


class Command(JsonCommand):
    help = "Cuenta los derechos sin acto que los haya dado y los actos sin su derecho; debe ser cero."

    def run(self, _options: Mapping[str, Any]) -> Outcome:
        found = count_loose_rights()
        total = sum(found.values())
        line = _("%(total)d derechos sueltos") % {"total": total}
        return Outcome({"loose": found, "total": total}, (line,), not total)
