"""What the verifier of the ledger found, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PROBLEMS: Mapping[str, Any] = {
    "missing": gettext_lazy("falta un suceso"),
    "altered": gettext_lazy("el contenido no es el que se escribió"),
    "columns": gettext_lazy("sus columnas no dicen lo que dice su contenido"),
    "rewritten": gettext_lazy("se reescribió: la copia de afuera guarda otra huella"),
    "root": gettext_lazy("desde aquí algo cambió: el punto de control firmado no coincide"),
    "truncated": gettext_lazy("desde aquí faltan sucesos que un punto de control firmado cubre"),
    "triggers": gettext_lazy("la base de datos no tiene puestas las defensas de solo añadir"),
    "head_signature": gettext_lazy("un punto de control no está firmado por este sistema"),
    "head_removed": gettext_lazy("la base de datos ya no tiene un punto de control que se guardó afuera"),
    "stamp": gettext_lazy("una estampa cronológica no es de su punto de control"),
    "stamp_untrusted": gettext_lazy("una estampa cronológica es de una autoridad en la que la instalación no confía"),
    "stamp_removed": gettext_lazy("la base de datos ya no tiene una estampa cronológica que se guardó afuera"),
    "witness_missing": gettext_lazy("falta la copia de afuera"),
    "witness_unreadable": gettext_lazy("la copia de afuera no se puede leer"),
    "witness_altered": gettext_lazy("la copia de afuera no coincide con sus propios puntos de control"),
}


def told_finding(index: int, problem: str) -> str:
    """One finding; an index below zero is of no event."""
    said = str(PROBLEMS[problem])
    return said if index < 0 else _("Suceso %(index)d: %(problem)s") % {"index": index, "problem": said}
