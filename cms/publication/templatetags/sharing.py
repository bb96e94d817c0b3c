"""The head of a public page for those who share it and for search engines. A page of refusal has none (D11)."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cms.core.identity import the_site
from cms.publication import structured

register = template.Library()
#: Addresses that are somebody's own: they hold codes, and nobody shares them.
NOT_SHARED = ("/cuenta/", "/peticiones/")
#: As Django's `json_script` does: no text of a page can end the block it stands in.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def sharing(context: template.Context) -> SafeString:
    request = shared_request(context)
    if request is None:
        return SafeString("")
    told: dict[str, Any] = {str(name): value for name, value in context.flatten().items()}
    site = the_site().said_name
    base = f"{request.scheme}://{request.get_host()}"
    card = {
        **structured.card(told, site),
        "url": base + request.path,
        "site": site,
        "picture": base + static("custodia/share.png"),
    }
    things = [data_block(one) for one in structured.blocks(told, base, site)]
    return mark_safe(render_to_string("cms/share.html", card) + "".join(things))  # noqa: S308 both parts are escaped


@register.simple_tag(takes_context=True)
def page_address(context: template.Context) -> str:
    """Where a page on paper was read: its path, or `read_at` of a page that a question changes; nothing of an address
    that is somebody's own, and of a question only what the page understood."""
    request = shared_request(context)
    return f"{request.scheme}://{request.get_host()}{context.get('read_at') or request.path}" if request else ""


def shared_request(context: template.Context) -> HttpRequest | None:
    request: HttpRequest | None = context.get("request")
    own = request is None or context.get("no_current") or request.path.startswith(NOT_SHARED)
    return None if own else request


def data_block(thing: dict[str, Any]) -> SafeString:
    said = json.dumps(thing, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>\n', mark_safe(said))  # noqa: S308 escaped above
