"""Identity asked again before a grave act: by whatever decorator the installation names, by none otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from records import conf

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def asks_identity(view: View) -> View:
    """The view under the decorator that `RECORDS["CONFIRM_IDENTITY"]` names (a dotted path), read at each request."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        named = conf.confirm_identity()
        answer: HttpResponseBase = (import_string(named)(view) if named else view)(request, *args, **kwargs)
        return answer

    return cast("View", asked)
