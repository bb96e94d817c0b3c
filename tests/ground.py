"""`python -m tests.ground`: the least that an installation needs to file, in the folder that CUSTODIA_HOME names.

The cast, one expediente with its custodian, and the tipo documental `anexo_del_convenio`: much less than the demo.
"""

from __future__ import annotations

import django
from django.core.management import call_command

EXPEDIENTE = "GC-130-CD-2026-900"
#: Of everybody in the cast.
PASSWORD = "clave-de-prueba-larga"


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from tests import factories
    from tests.people import make_cast

    cast = make_cast()
    opened = factories.make_expediente(cast["archivista"], EXPEDIENTE)
    factories.appoint_custodian(opened, cast["custodia"])


if __name__ == "__main__":
    main()
