"""`verify_publication [--mend]`: is what citizens read what custody would tell them today?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from cms.mending import Compared, compare
from records.commanding import JsonCommand, Outcome


class Command(JsonCommand):
    help = "Compara lo publicado con lo que la custodia mostraría hoy; con --mend lo deja igual, cuantas veces se pida."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="corrige lo que difiere; sin ella no cambia nada")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        found = compare(mend=options["mend"], progress=self.meter(_("Comparando")))
        document = {**asdict(found), "mended": options["mend"] and found.mendable}
        fine = found.same or (options["mend"] and not found.lost and not found.doubtful)
        return Outcome(document, tuple(told(found)), fine=fine)


def told(found: Compared) -> list[str]:
    counts = {**vars(found.differing), "rows": found.rows, "withdrawn": found.withdrawn}
    lines = [sentence % counts for name, sentence in sentences().items() if counts[name]]
    lost = _("%(code)s: una decisión lo muestra y no está publicado; publíquelo de nuevo desde el escritorio")
    doubtful = _("%(code)s: su historia pública no es la que dejaron sus decisiones; averigüe quién escribió en ella")
    return [
        _("%(rows)d proyectos publicados comparados") % counts,
        *(lines or [_("Todo lo que se lee es lo que la custodia muestra hoy.")] * found.same),
        *(lost % {"code": code} for code in found.lost),
        *(doubtful % {"code": code} for code in found.doubtful),
    ]


def sentences() -> dict[str, str]:
    """What each count of differences says to an operator."""
    return {
        "withdrawn": _("%(withdrawn)d proyectos que ninguna decisión muestra"),
        "projects": _("%(projects)d proyectos dicen otra cosa de sus convenios"),
        "convenios": _("%(convenios)d convenios difieren"),
        "documents": _("%(documents)d documentos faltan, sobran o difieren"),
        "notices": _("%(notices)d proyectos avisan otra cosa de lo que se reserva"),
        "emptied": _("%(emptied)d estados de la historia nombran lo que nadie debe leer"),
    }
