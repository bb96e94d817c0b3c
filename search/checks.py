"""Start-up checks: settings that name no engine stop the process before it serves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


@register("search")
def check_engines(**_kwargs: Any) -> list[CheckMessage]:
    """search.E001: SEARCH["ENGINE"] is missing. search.E002: an engine's backend cannot be made."""
    configured: Any = getattr(settings, "SEARCH", None)
    if not isinstance(configured, dict) or "ENGINE" not in configured:
        return [Error('SEARCH["ENGINE"] no está configurado.', id="search.E001")]
    engines = {"ENGINE": configured["ENGINE"], **configured.get("ENGINES", {})}
    return [fault for name, engine in engines.items() for fault in _faults(name, engine)]


def _faults(name: str, engine: Any) -> list[CheckMessage]:
    try:
        import_string(engine["BACKEND"])(**engine.get("OPTIONS", {}))
    except (ImportError, KeyError, TypeError) as fault:
        return [Error(f"El motor de búsqueda {name} no se puede crear: {fault}", id="search.E002")]
    return []
