"""What *Estado del servicio* says of the search.

Figures count what is hidden too: only who may verify custody sees them; the others are told states (D11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cms import search_credentials
from records.api import Action, allows
from records.desk.sockets import OtherCheck
from search import api as search

NAME = _("Búsqueda")
#: What is said of the index, by its state.
STATES: Mapping[str, Any] = {
    "ready": _("Responde completa."),
    "missing": _("Todavía no tiene índice: se está preparando y no responde mientras tanto. Radicar sigue igual."),
    "outdated": _("Su índice es de una versión anterior: se está rehaciendo y no responde. Radicar sigue igual."),
    "damaged": _("Su índice se dañó: no responde mientras se rehace. Radicar sigue igual."),
    "unreachable": _("Sus servidores no contestan: no responde mientras tanto. Radicar sigue igual."),
    "foreign": _("Los índices de sus servidores no son de esta instalación: no se leen ni se tocan. Avise a soporte."),
}
#: What is said of its servers, where it has any, by how they are or why they could not be asked.
COPIES: Mapping[str, Any] = {
    "green": _("todas las copias están"),
    "yellow": _("falta una copia: si se pierde otro servidor, no responde"),
    "red": _("falta una parte de un índice"),
}
UNASKED: Mapping[str, Any] = {
    "index_forbidden": _("Los servidores no aceptan la credencial de este proceso."),
    "index_resting": _("Fallaron varias veces seguidas: se les deja descansar unos segundos."),
}
TELLING = _("El registro de consultas lentas de los servidores guarda lo que se busca: apáguelo.")
TOO_WIDE = _("La credencial de este proceso alcanza más de lo que le corresponde: avise a soporte.")
MINUTE, HOUR = 60, 3600


def check(person: Any) -> OtherCheck:
    found = search.status()
    answers_for_it = allows(person, Action.VERIFY)
    kept = search.servers()
    wide = [str(TOO_WIDE)] if any(search_credentials.faults()) else []
    said = [str(STATES[found.state]), *progress(found), *servers(kept), *wide]
    said += queue(found) if answers_for_it else []
    late = found.queue.seconds > search.LATE_SECONDS or found.queue.stuck > 0
    well = found.state == "ready" and sound(kept) and not wide and not (late and answers_for_it)
    return OtherCheck(NAME, well, " ".join(said))


def sound(kept: search.Servers | str | None) -> bool:
    """Whether nobody need look at the servers."""
    return kept is None or (isinstance(kept, search.Servers) and kept.copies == "green" and not kept.telling)


def servers(kept: search.Servers | str | None) -> Iterator[str]:
    """How many there are and whether all copies are; why they could not be asked."""
    if isinstance(kept, search.Servers):
        count = ngettext("%(n)s servidor; %(copies)s.", "%(n)s servidores; %(copies)s.", kept.nodes)
        yield count % {"n": kept.nodes, "copies": COPIES[kept.copies]}
        if kept.telling:
            yield str(TELLING)
    elif kept is not None and kept in UNASKED:
        yield str(UNASKED[kept])


def progress(found: search.Status) -> Iterator[str]:
    if found.rebuilding:
        done, total = found.rebuilding
        yield _now("El índice nuevo va en el %(percent)s %%.") % {"percent": min(100 * done // max(total, 1), 99)}


def queue(found: search.Status) -> Iterator[str]:
    """Length and age of what waits, and what fails again and again."""
    kept = found.queue
    if not kept.length:
        yield _now("Nada espera para entrar al índice.")
        return
    said = ngettext(
        "%(n)s cambio espera para entrar al índice, desde hace %(age)s.",
        "%(n)s cambios esperan para entrar al índice; el más antiguo, desde hace %(age)s.",
        kept.length,
    )
    yield said % {"n": kept.length, "age": lasting(kept.seconds)}
    if kept.stuck:
        stuck = ngettext(
            "%(n)s no entra después de varios intentos: avise a soporte.",
            "%(n)s no entran después de varios intentos: avise a soporte.",
            kept.stuck,
        )
        yield stuck % {"n": kept.stuck}


def lasting(seconds: float) -> str:
    """About how long, in the unit that a person would use."""
    hours, minutes = int(seconds // HOUR), int(seconds // MINUTE)
    if hours:
        return ngettext("%(n)s hora", "%(n)s horas", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)s minuto", "%(n)s minutos", minutes) % {"n": minutes}
    return _now("unos segundos")
