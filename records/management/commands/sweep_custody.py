"""`sweep_custody [--begin-copy NAME]`: copy what lacks a copy, prove what is due, mend what can be mended, now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, Refused
from records.fixity import checks, replication
from records.fixity.care import care_now
from records.fixity.places import copies, place_named, places


class Command(JsonCommand):
    help = "Copia, comprueba y repone los bytes guardados que lo necesitan, sin esperar al servicio."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--begin-copy", metavar="NAME", help="toma la carpeta de esa copia como un medio nuevo y la llena de nuevo"
        )

    def run(self, options: Mapping[str, Any]) -> Outcome:
        if options["begin_copy"]:
            begin(options["begin_copy"])
        care_now()
        lost = [str(piece.pk) for piece in checks.documents_of(checks.lost().values_list("blob", flat=True))]
        rows = [told(place) for place in places()]
        lines = [_("%(place)s: %(proved)d de %(total)d comprobados, %(damaged)d dañados") % row for row in rows]
        lines += [_("%(key)s: dañado en todas sus copias") % {"key": key} for key in sorted(lost)]
        return Outcome(
            {"places": rows, "lost": sorted(lost)},
            tuple(lines),
            fine=not lost and not any(row["damaged"] for row in rows),
        )


def begin(name: str) -> None:
    place = place_named(name)
    if place is None or not place.is_copy:
        known = ", ".join(copy.name for copy in copies())
        raise Refused("unknown_copy", _("No hay una copia con ese nombre. Hay: %(known)s.") % {"known": known})
    replication.begin_again(place)


def told(place: Any) -> dict[str, Any]:
    """One place: digests there are, those proved in their days, those damaged, and those that wait for a copy."""
    coverage = checks.coverage_of(place)
    return {
        "place": place.name,
        "stands": place.stands(),
        "total": coverage.total,
        "proved": coverage.proved,
        "damaged": coverage.damaged,
        "uncopied": checks.uncopied(place).count() if place.is_copy else 0,
    }
