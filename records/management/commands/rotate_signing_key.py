"""`rotate_signing_key`: a new key from now on; receipts signed with earlier ones can still be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome
from records.services.keys import rotate


class Command(JsonCommand):
    help = "Cambia la llave con que el sistema firma. Los recibos anteriores se siguen comprobando."

    def run(self, options: Mapping[str, Any]) -> Outcome:
        del options
        rotation = rotate()
        lines = (
            _("Llave anterior: %(old)s") % {"old": rotation.old or _("ninguna")},
            _("Llave nueva: %(new)s, huella %(fingerprint)s") % asdict(rotation),
            _("Publique la huella nueva y guarde una copia de respaldo de la llave."),
        )
        return Outcome({"ok": True, **asdict(rotation)}, lines)
