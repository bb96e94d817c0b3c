"""Refusals that programs read: RFC 9457, with a Spanish sentence that says what is wrong and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _

MEDIA = "application/problem+json"
#: What such an answer holds, as the document of the API tells it.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "faltas": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parametro", "motivo"],
                "properties": {"parametro": {"type": "string"}, "motivo": {"type": "string"}},
            },
        },
    },
}
TITLES: dict[int, Any] = {
    404: _("No está publicado"),
    405: _("Solo se puede leer"),
    422: _("La petición no se entiende"),
    429: _("Demasiadas peticiones"),
    500: _("No se pudo atender"),
    503: _("No disponible por ahora"),
}


def problem(status: int, detail: Any, faults: Sequence[dict[str, str]] = ()) -> JsonResponse:
    """`faults` name each parameter that is wrong: `{"parametro", "motivo"}`."""
    said = {"type": "about:blank", "title": str(TITLES[status]), "status": status, "detail": str(detail)}
    told = {**said, "faltas": list(faults)} if faults else said
    response = JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False}, content_type=MEDIA)
    response["Cache-Control"] = "no-store"
    return response
