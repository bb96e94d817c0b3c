"""Neutral helpers for every template of the house: es-CO figures, level marks, form fields, navigation.

But for the identity of the site nothing here knows a model: values come in plain and go out as text or markup.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cms.core import known, spanish
from cms.core.identity import Identity, the_site

register = template.Library()

register.filter("money", spanish.money)
register.filter("number", spanish.number)
register.filter("quantity", spanish.quantity)
register.filter("percent", spanish.percent)
register.filter("share_of", spanish.share)
register.filter("day", spanish.day)
register.filter("long_day", spanish.long_day)
register.filter("hour", spanish.hour)
register.filter("minute", spanish.minute)
register.filter("moment", spanish.moment)
register.filter("size", spanish.size)


class Mark(NamedTuple):
    label: Any
    shape: str


#: Level → word and shape; the colour follows from the class. The three always come together.
LEVELS: dict[str, Mark] = {
    "public": Mark(_("Pública"), "circle"),
    "restricted": Mark(_("Clasificada"), "diamond"),
    "reserved": Mark(_("Reservada"), "square"),
    "unclassified": Mark(_("Sin clasificar"), "dashed"),
}

#: The four public phases of the Banco, in order (art. 25.a).
PHASES: dict[str, Any] = {
    "structuring": _("Estructuración"),
    "review": _("Revisión"),
    "execution": _("Ejecución"),
    "closing": _("Cierre"),
}

PUBLIC_NAVIGATION: tuple[tuple[str, Any], ...] = (
    ("/banco/", _("Proyectos")),
    ("/convenios/", _("Convenios")),
    ("/normas/", _("Normas")),
    ("/programas/", _("Programas")),
    ("/convocatorias/", _("Convocatorias")),
    ("/transparencia/", _("Transparencia")),
    ("/datos/", _("Datos")),
)


@register.inclusion_tag("components/level.html")
def level_mark(level: str, count: int | None = None) -> dict[str, Any]:
    """The mark of a level; an unknown code shows as unclassified, the strictest reading."""
    code = level if level in LEVELS else "unclassified"
    return {"code": code, "mark": LEVELS[code], "count": count}


@register.inclusion_tag("components/steps.html")
def phase_steps(phase: str, large: bool = False) -> dict[str, Any]:
    """The step line of the four phases with `phase` as the present one."""
    codes = list(PHASES)
    now = codes.index(phase) if phase in PHASES else -1
    state = {-1: "is-done", 0: "is-now", 1: ""}
    steps = [{"label": PHASES[code], "state": state[(index > now) - (index < now)]} for index, code in enumerate(codes)]
    return {"steps": steps, "large": large}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field: label above, help below, its faults beside it."""
    return {"field": bound}


@register.inclusion_tag("components/topbar.html", takes_context=True)
def public_topbar(context: template.Context) -> dict[str, Any]:
    """The public bar. An error page sets `no_current`, so that its bytes do not depend on the address."""
    request = context.get("request")
    here = "" if context.get("no_current") or request is None else request.path
    return {
        "brand": site_identity(context).said_name,
        "logo": None if _is_refusal(context) else _logo(),
        "home": "/",
        "items": navigation(PUBLIC_NAVIGATION, here),
        "search_url": "/buscar/",
        "search_current": here.startswith("/buscar/"),
    }


@register.simple_tag(takes_context=True)
def site_identity(context: template.Context) -> Identity:
    """Name and entity of the site as they were set; a refusal asks the database nothing and tells the product's."""
    return Identity() if _is_refusal(context) else the_site()


def _is_refusal(context: template.Context) -> bool:
    return context.get("request") is None or bool(context.get("no_current"))


@known.kept
def _logo() -> dict[str, Any] | None:
    kept = the_site().logo
    drawn = kept.get_rendition("height-64|format-png") if kept else None
    return drawn and {"url": drawn.url, "width": drawn.width, "height": drawn.height}


def navigation(entries: tuple[tuple[str, Any], ...], here: str) -> list[dict[str, Any]]:
    return [{"url": url, "label": label, "current": here.startswith(url)} for url, label in entries]


class KeptNode(template.Node):
    """A part of a page that is the same for everybody: drawn once under the mark of what is public (ADR 53)."""

    def __init__(self, name: str, page: template.base.FilterExpression, nodes: template.NodeList) -> None:
        self.name, self.page, self.nodelist = name, page, nodes

    def render(self, context: template.Context) -> SafeString:
        page, request = self.page.resolve(context), context.get("request")
        if request is None or getattr(request, "is_preview", False) or not page.pk:
            return self.nodelist.render(context)
        # With the time of its publication, so that what was read before it is not kept under the mark after it.
        name = f"{self.name}:{page.pk}:{page.live_revision_id}:{page.last_published_at}"
        return known.fact(name, lambda: self.nodelist.render(context))


@register.tag
def kept(parser: template.base.Parser, token: template.base.Token) -> KeptNode:
    """`{% kept name page %}…{% endkept %}`: what is drawn between depends on the page and on published rows alone."""
    _tag, name, page = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name, parser.compile_filter(page), nodes)


@register.filter
def phase_label(code: str) -> Any:
    return PHASES.get(code, code)


@register.filter
def short_digest(value: str) -> str:
    """`9f2c1b77a0d4…5be1`: enough to recognise, the whole one stands in a title or a copy field."""
    return value if len(value) <= 20 else f"{value[:12]}…{value[-4:]}"


@register.filter
def parts(value: str, length: int) -> list[str]:
    """A long value in pieces of `length` signs, the last as it comes: where a line may end, and nowhere else."""
    return [value[at : at + length] for at in range(0, len(value), length)]


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """A cell of a row by its column's key; empty when the row has none."""
    return mapping.get(key, "")


@register.filter
def errors_of(form: Any) -> list[dict[str, Any]]:
    """The faults of a form for the summary on top: `[{"target": "id_date", "text": "…"}]`."""
    named = [
        {"target": bound.id_for_label or f"id_{bound.html_name}", "label": bound.label, "text": text}
        for bound in form
        for text in bound.errors
    ]
    return [{"target": "", "label": "", "text": text} for text in form.non_field_errors()] + named
