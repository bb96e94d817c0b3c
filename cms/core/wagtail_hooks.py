"""What Wagtail does differently here."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.models import Page


@hooks.register("before_serve_page", order=-10)
def private_pages_do_not_exist(page: Page, request: HttpRequest, _args: Any, _kwargs: Any) -> None:
    """Wagtail would send a stranger to the login, which tells that the page is there (D11)."""
    if any(not restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404
