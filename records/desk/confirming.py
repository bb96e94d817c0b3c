"""Identity asked again before a grave act: by whatever decorator the installation names, by none otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from records import conf

View = Callable[..., HttpResponse]


def asks_identity(view: View) -> View:
    """The view under the decorator that `RECORDS["CONFIRM_IDENTITY"]` names (a dotted path), read at each request."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        named = conf.confirm_identity()
        held: View = import_string(named)(view) if named else view
        return held(request, *args, **kwargs)

    return asked
