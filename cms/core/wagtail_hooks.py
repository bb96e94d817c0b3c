"""What Wagtail does differently here."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page


@hooks.register("before_serve_page", order=-10)
def private_pages_do_not_exist(page: Page, request: HttpRequest, _args: Any, _kwargs: Any) -> None:
    """Wagtail would send a stranger to the login, which tells that the page is there (D11)."""
    if any(not restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404


@hooks.register("register_help_menu_item")
def our_own_guide() -> MenuItem:
    return MenuItem(_("Editar y aprobar páginas"), "/ayuda/edicion/", name="our-guide", icon_name="help", order=900)


@hooks.register("construct_help_menu")
def help_in_the_language_of_the_house(_request: HttpRequest, items: list[MenuItem]) -> None:
    """Wagtail's own guides are in another language, on another host."""
    items[:] = [item for item in items if not item.name.startswith(("whats-new-in-wagtail", "editor-guide"))]
