"""Asking as a person asks: what comes back is compared as bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.test import Client

from tests.people import ANONYMOUS
from tests.security.conftest import undone
from tests.security.house import House

#: The hour of the server, to the second.
HOUR = re.compile(rb"(?m)^Expires: .*$")
LEAF = re.compile(rb"(leaf-sha256</\w+>\s*<\w+>)[0-9a-f]{64}")
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')


@dataclass(frozen=True)
class Said:
    """An answer as bytes: status line, headers and body, the form's token blanked."""

    status: int
    head: bytes
    body: bytes

    def without(self, key: object) -> Said:
        """The same with the id blanked in the address of the login, the one answer that repeats what was asked."""
        head = re.sub(rb"(Location: /cuenta/entrar/.*)" + str(key).encode(), rb"\1ID", self.head)
        return Said(self.status, head, self.body)

    def calling(self, names: Mapping[str, str]) -> Said:
        """The same with each id that was drawn by lot called by a name, and the digests of events, which cover their
        place in the whole ledger, blanked."""
        head, body = self.head, LEAF.sub(rb"\1HOJA", self.body)
        for drawn, name in names.items():
            head, body = (part.replace(drawn.encode(), name.encode()) for part in (head, body))
        return Said(self.status, head, body)

    def unlike(self, other: Said) -> str:
        """The first place where two answers differ, with a little around it."""
        mine, theirs = self.head + self.body, other.head + other.body
        at = next((n for n, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]), len(mine))
        return f"{mine[max(0, at - 80) : at + 80]!r} is not {theirs[max(0, at - 80) : at + 80]!r}"


class Visitor:
    """Somebody asking, with the same session for every question and nothing left done afterwards."""

    def __init__(self, house: House, login: str) -> None:
        self.client = Client(raise_request_exception=False)
        if login != ANONYMOUS:
            self.client.force_login(house.cast[login])
        self.cookies = self.client.cookies.output()

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Said:
        self.client.cookies = SimpleCookie(self.cookies.replace("Set-Cookie: ", "").replace("\r\n", "; "))
        sent = {"data": {**(form or {}), "csrfmiddlewaretoken": "x"}} if method == "POST" else {}
        with undone():
            response = getattr(self.client, method.lower())(path, **sent, headers=headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        head = f"{response.status_code} {response.reason_phrase}\n" + "".join(
            f"{name}: {value}\n" for name, value in sorted(response.items())
        )
        return Said(response.status_code, HOUR.sub(b"", head.encode()), TOKEN.sub(rb"\1", body))
