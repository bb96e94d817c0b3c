"""Pages that are nobody's in particular: health, refusals, and the calm page that checks nothing by itself.

A refusal has the same bytes for everybody and for every address: no token, no name, no path, no time (D11).
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

#: Does a fault mean that a disk or a database cannot be used now? Wiring says how to tell; until then none does.
_tests: list[Callable[[BaseException | None], bool]] = []


def use_fault_test(test: Callable[[BaseException | None], bool]) -> None:
    """Let `test` tell the faults that are 503 from those that are 500."""
    _tests[:] = [test]


def _calm(name: str, status: int) -> HttpResponse:
    """An error page rendered without the request, so nothing of the request can reach it."""
    return HttpResponse(render_to_string(f"cms/errors/{name}.html", {"no_current": True}), status=status)


def bad_request(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return _calm("400", 400)


def forbidden(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return _calm("403", 403)


def not_found(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return _calm("404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; a disk or a database that cannot be used now is 503 wherever it was met, also before any view."""
    if any(test(sys.exception()) for test in _tests):
        return unavailable(request)
    return _calm("500", 500)


def unavailable(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """503: something the page needs does not answer; saying what would help nobody."""
    del exception
    return _calm("503", 503)


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere; the reader is told what to do, not the reason's text."""
    del reason
    return _calm("csrf", 403)


@require_safe
@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers. No versions, no counts."""
    return HttpResponse("bien\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 otherwise; nothing else is told."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no disponible\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("listo\n", content_type="text/plain; charset=utf-8")
