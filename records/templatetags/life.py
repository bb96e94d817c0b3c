"""What the viewer tells beside a piece of its state: versions, correction, other expedientes, paper, and its acts."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records.models import Document
from records.selectors.lives import life_of

register = template.Library()

#: Acts upon a piece: address, label, kind of button.
ACTS = (
    ("register", _("Registrar"), ""),
    ("version", _("Radicar versión nueva"), "quiet"),
    ("place", _("Incorporar en otro expediente"), "quiet"),
    ("locate", _("Ubicación física"), "quiet"),
    ("replace", _("Reemplazar"), "danger"),
    ("annul", _("Anular"), "danger"),
)


@register.inclusion_tag("records/piece_life.html", takes_context=True)
def piece_life(context: template.Context, piece: Document) -> dict[str, Any]:
    """State of the piece and what may be done to it, for a reader of it."""
    life = life_of(context["request"].user, piece)
    acts = [
        {"url": reverse(f"desk:{name}", args=[piece.pk]), "label": label, "kind": kind}
        for name, label, kind in ACTS
        if name in life.acts
    ]
    return {"piece": piece, "life": life, "acts": acts}
