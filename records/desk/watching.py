"""Long downloads go on only while their reader may read: what was decided at the first byte is asked again on the way.

A revocation, a disabled account, a session that was ended and a raised level stop the bytes within a second or a few
mebibytes (criterion 4). The answer is cut short of the length that it promised: nobody takes it for the whole.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from records.errors import RecordsError
from records.permissions import Actor
from records.services.told import note_stopped

log = logging.getLogger(__name__)
#: How often it is asked again, by bytes that left and by seconds, whichever comes first.
EVERY_BYTES, EVERY_SECONDS = 4 * 1024**2, 1.0
#: Asked of the person as she is in the database now; raises a refusal when she may not read any more.
Check = Callable[[Actor], object]


class Stopped(Exception):
    """The rest does not leave; the server closes the connection."""


class Watched:
    """The bytes of a stream, as long as `allowed` says so. Has what a file response asks of a file."""

    def __init__(self, stream: BinaryIO, allowed: Callable[[], bool]) -> None:
        self.stream, self.allowed = stream, allowed
        self.left, self.asked = EVERY_BYTES, time.monotonic()

    def read(self, size: int = -1) -> bytes:
        if self.left <= 0 or time.monotonic() - self.asked >= EVERY_SECONDS:
            self.ask()
        data = self.stream.read(size)
        self.left -= len(data)
        return data

    def ask(self) -> None:
        if not self.allowed():
            raise Stopped
        self.left, self.asked = EVERY_BYTES, time.monotonic()

    def seek(self, place: int, whence: int = 0) -> int:
        return self.stream.seek(place, whence)

    def tell(self) -> int:
        return self.stream.tell()

    def close(self) -> None:
        self.stream.close()


def watched(request: HttpRequest, stream: BinaryIO, subject: object, check: Check) -> Watched:
    """The stream of an answer to `request`, stopped when its reader may read `subject` no more."""

    def allowed() -> bool:
        try:
            person = person_now(request)
            if person is not None:
                check(person)
                return True
        except RecordsError:
            pass
        except DatabaseError:
            log.warning("a download was stopped: the database does not say whether it may go on")
            return False
        note_stopped(actor=request.user, subject=subject)
        return False

    return Watched(stream, allowed)


def person_now(request: HttpRequest) -> Any:
    """Whoever asked, as the database has her now; None when her session was ended, or is of another password."""
    session: Any = request.session
    if not session.exists(session.session_key):
        return None
    person = get_user_model().objects.filter(username=request.user.get_username(), is_active=True).first()
    return person if person and is_of(session, person) else None


def is_of(session: Any, person: Any) -> bool:
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
