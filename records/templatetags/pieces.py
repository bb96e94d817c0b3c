"""Words for what a piece is made of."""

from __future__ import annotations

from typing import Any

from django import template

from records import telling

register = template.Library()


@register.filter
def format_name(media_type: str) -> Any:
    """What people call a format; a media type of none of ours is shown as it is."""
    return telling.FORMATS.get(media_type, media_type)
