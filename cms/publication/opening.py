"""Answers that any program of any site may read: only reading, and so many in a minute from one address."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from cms.publication.problems import problem

METHODS = "GET, HEAD, OPTIONS"
#: Seconds of the window in which requests are counted; also how long who asked too much is told to wait.
WINDOW = 60

#: Bits of an IPv6 address that a house is given: the rest of them its machines change as they like.
HOUSE = 64

View = Callable[..., HttpResponseBase]


def open_to_programs(view: View) -> View:
    """Lets other sites read what `view` answers; OPTIONS says so and other methods are told what there is."""

    @csrf_exempt
    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _open(_answer(request, functools.partial(view, request, *args, **kwargs)))

    return answered


def _answer(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    if request.method not in ("GET", "HEAD"):
        return problem(405, _("Estos datos solo se leen: use GET."))
    if is_too_many(request):
        told = problem(429, _("Recibimos muchas peticiones desde su dirección. Espere un minuto y vuelva a pedir."))
        told["Retry-After"] = str(WINDOW)
        return told
    asked, request.method = request.method, "GET"
    response = _tagged(request, view())
    request.method = asked  # by which the server leaves the body of an answer to HEAD out
    return response


def _tagged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """With the digest of its own bytes, which tells nothing else; 304 to whoever has those already."""
    if response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    response["ETag"] = tag_of(sha256(response.content))
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def tag_of(digest: Any) -> str:
    return f'"{digest.hexdigest()}"'


def _open(response: HttpResponseBase) -> HttpResponseBase:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Expose-Headers"] = "ETag"
    if response.status_code in (204, 405):
        response["Allow"] = METHODS
    response.setdefault("Cache-Control", "public, no-cache")
    return response


def is_too_many(request: HttpRequest) -> bool:
    """Whether this address asked more than `PUBLIC_READS_A_MINUTE` within the minute that is running.

    Counted in the memory of each process: a guard against haste, not a quota. What is kept is the digest of an address.
    """
    whose = sha256(f"{settings.SECRET_KEY}{house_of(request.META.get('REMOTE_ADDR', ''))}".encode()).hexdigest()
    key = f"reads:{whose}"
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > settings.PUBLIC_READS_A_MINUTE
    except ValueError:  # the minute ended between the two
        return False


def house_of(address: str) -> str:
    """For whom requests are counted: an IPv4 address, or the network of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a socket without an address, or whatever a proxy writes
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found.packed, HOUSE), strict=False))
