"""Who acts, from where and on what ground: what every event tells beside the act itself (U1).

The session is told by a keyed digest, never by its key; the address as far as the installation's policy allows. The
ground is the one on which the last decision about the object rested (`records.permissions` notes it here).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from records import conf

#: What an installation may keep of an address, by prefix lengths of IPv4 and IPv6; "none" keeps nothing.
ADDRESSES: Mapping[str, tuple[int, int]] = {"network": (24, 48), "whole": (32, 128)}
#: Decisions remembered of one person: beyond them the oldest go.
MOST = 200


@dataclass(frozen=True)
class Visit:
    """One request by the net: it is asked when an event is written, since entering changes the session on the way."""

    request: HttpRequest

    @property
    def session(self) -> str:
        key = getattr(getattr(self.request, "session", None), "session_key", None)
        return digest_of(f"session:{key}") if key else ""

    @property
    def address(self) -> str:
        return kept_of(str(self.request.META.get("REMOTE_ADDR", "")), conf.ledger_addresses())

    @property
    def person(self) -> Any:
        """Whoever is signed in; None for a stranger."""
        person = getattr(self.request, "user", None)
        return person if person is not None and person.is_authenticated else None


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


def visit() -> Visit | None:
    """The request that is being answered; None in a command or a worker."""
    return _visit.get()


@contextlib.contextmanager
def visiting(request: HttpRequest) -> Iterator[None]:
    token = _visit.set(Visit(request))
    try:
        yield
    finally:
        _visit.reset(token)


class VisitMiddleware:
    """Every event written while a request is answered tells its session and, as policy allows, its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with visiting(request):
            return self.get_response(request)


def digest_of(text: str) -> str:
    """A keyed digest: equal texts have equal ones, and nobody without the key finds the text by trying."""
    said = text.encode("utf-8", "surrogatepass")
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()[:32]


def kept_of(address: str, policy: str) -> str:
    """What the policy keeps of an address: nothing, its network, or all of it; nothing of what is no address."""
    if policy not in ADDRESSES:
        return ""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    prefix = ADDRESSES[policy][found.version == 6]
    return str(ipaddress.ip_network((found, prefix), strict=False)) if prefix < found.max_prefixlen else str(found)


# What a person's decisions rested on ------------------------------------------------------------------------


def note_roles(person: Any, roles: frozenset[str]) -> None:
    person.acts_as = sorted(roles)


def note_ground(person: Any, subject: object, ground: Mapping[str, str]) -> None:
    """Remember on what the last decision about an object (None: about no object) rested."""
    held: dict[str, Mapping[str, str]] = getattr(person, "relies_on", {})
    person.relies_on = held
    held.pop(key_of(subject), None)
    held[key_of(subject)] = ground
    while len(held) > MOST:
        held.pop(next(iter(held)))


def key_of(subject: object) -> str:
    return "" if subject is None else str(getattr(subject, "pk", subject))


def offices_of(person: Any) -> list[str]:
    """Codes of the person's roles, as last looked up; looked up now when nobody has."""
    if person is None:
        return []
    if not hasattr(person, "acts_as"):
        note_roles(person, frozenset(person.groups.values_list("name", flat=True)))
    return list(person.acts_as)


def ground_of(person: Any, subject: object) -> Mapping[str, str]:
    """On what an act upon an object rests: the decision about it, else about its expediente, else about no object."""
    if person is None:
        return {"rule": "system"}
    held = getattr(person, "relies_on", {})
    places = (key_of(subject), str(getattr(subject, "expediente_id", "")), "")
    return next((held[place] for place in places if place in held), {})
