"""Words for what a piece is made of, and for what of it cannot be read."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records import telling
from records.models import Expediente
from records.selectors.service_state import count_unreadable_pages
from records.vocabulary import ReadingState

register = template.Library()


@register.filter
def format_name(media_type: str) -> Any:
    """What people call a format; a media type of none of ours is shown as it is."""
    return telling.FORMATS.get(media_type, media_type)


@register.simple_tag
def lacking_text(state: str, pages: int) -> str:
    """`: 3 páginas sin texto`, to follow the state of a reading; empty when every page has some (J8)."""
    if not pages:
        return ""
    if state == ReadingState.NO_TEXT:
        return ngettext(": %(n)s página", ": %(n)s páginas", pages) % {"n": pages}
    return ngettext(": %(n)s página sin texto", ": %(n)s páginas sin texto", pages) % {"n": pages}


@register.inclusion_tag("records/unreadable_here.html", takes_context=True)
def unreadable_here(context: template.Context, expediente: Expediente) -> dict[str, Any]:
    """How many pages of an expediente cannot be searched, as far as this reader reads its pieces."""
    pages = count_unreadable_pages(context["request"].user, expediente)
    said = ngettext(
        "%(n)s página de este expediente no tiene texto que se pueda buscar: se lee en su imagen.",
        "%(n)s páginas de este expediente no tienen texto que se pueda buscar: se leen en su imagen.",
        pages,
    )
    return {"sentence": said % {"n": pages} if pages else "", "more": _("Qué hacer")}
