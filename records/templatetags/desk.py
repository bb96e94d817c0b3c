"""The desk's own bar and demo clock, so that any page under /custodia/ wears the same head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.vocabulary import Action, Role

register = template.Library()
Roles = frozenset[str]


def anybody(_roles: Roles) -> bool:
    return True


def who_may(action: str) -> Callable[[Roles], bool]:
    return lambda roles: bool(roles & permissions.OFFICE_ACTS[action])


def office(roles: Roles) -> bool:
    return bool(roles & permissions.OFFICES.keys())


#: Address, label, and whose business it is. Being shown is a courtesy: each view decides by itself.
ENTRIES: tuple[tuple[str, Any, Callable[[Roles], bool]], ...] = (
    ("/custodia/", _("Bandeja"), anybody),
    ("/custodia/expedientes/", _("Expedientes"), anybody),
    ("/custodia/buscar/", _("Buscar"), anybody),
    ("/custodia/convenios/", _("Convenios"), office),
    ("/custodia/proyectos/", _("Proyectos"), office),
    ("/custodia/aprobaciones/", _("Aprobaciones"), who_may(Action.APPROVE_LEVEL)),
    ("/custodia/accesos/", _("Accesos"), anybody),
    ("/custodia/trabajos/", _("Trabajos"), who_may(Action.FILE)),
    ("/custodia/trd/", _("TRD"), office),
    ("/custodia/personas/", _("Personas"), who_may(Action.MANAGE_PEOPLE)),
    ("/custodia/bitacora/", _("Bitácora"), who_may(Action.READ_LEDGER)),
    ("/custodia/ayuda/", _("Ayuda"), anybody),
)


@register.inclusion_tag("components/topbar.html", takes_context=True)
def desk_topbar(context: template.Context) -> dict[str, Any]:
    """The desk's bar; without a request (pages that tell nothing of their reader) only the brand."""
    request = context.get("request")
    if request is None:
        return {"brand": _("Custodia"), "home": "/custodia/", "items": []}
    roles = permissions.roles_of(request.user)
    section = context.get("section") or request.path
    return {
        "brand": _("Custodia"),
        "home": "/custodia/",
        "items": [entry(url, label, section) for url, label, shown in ENTRIES if shown(roles)],
        "person": " · ".join([request.user.get_username(), *labels(roles)]),
        "person_url": "/cuenta/",
        "leave_url": "/cuenta/salir/",
    }


def entry(url: str, label: Any, section: str) -> dict[str, Any]:
    here = section == url if url == "/custodia/" else section.startswith(url)
    return {"url": url, "label": label, "current": here}


def labels(roles: Roles) -> list[str]:
    return [str(Role(role).label) for role in sorted(roles) if role in Role.values][:1]


@register.inclusion_tag("records/clock.html")
def desk_clock() -> dict[str, Any]:
    """The demo's own date, when its clock is shifted; only the day, so that a page does not change by itself."""
    return {"today": clock.today() if clock.offset() else None}


@register.filter
def bidi_safe(name: str) -> str:
    """A received name as it may be shown: no path, no marks that reorder text, at most 180 characters."""
    from records.parsing.names import safe_display_name  # noqa: PLC0415 - the cell is loaded where names are shown

    return safe_display_name(name)
