"""While the database is not the one whose ledger is kept outside, nobody works at the desk nor changes people, groups
or pages in the editor; the public site goes on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from records.ledger import rollback

DESK, EDITOR = "/custodia/", "/editor/"
SAFE = ("GET", "HEAD", "OPTIONS")


class RollbackLock:
    """Answers 503 to whoever has come through the desk's door, whatever was asked for, and to what would write through
    the editor's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        writes = request.path_info.startswith(EDITOR) and request.method not in SAFE
        if not (writes or request.path_info.startswith(DESK)) or not rollback.is_closed():
            return None
        return HttpResponse(render_to_string("records/refusals/closed.html"), status=503)
