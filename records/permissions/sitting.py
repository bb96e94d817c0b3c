"""One reading of a person's rights for all that one answer asks of them, for as long as the answer is being made.

Outside of a sitting each question reads the database. Within one, what was read of a person stays until somebody asks
for it to be read anew, and nothing outlives the sitting: no answer is given on the rights of an earlier request.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
#: (what, which object stands for the person) → (that object, what was read). Another object is another person.
Kept = dict[tuple[str, int], tuple[Any, Any]]
_kept: ContextVar[Kept | None] = ContextVar("rights of this sitting", default=None)


@contextlib.contextmanager
def sitting() -> Iterator[None]:
    """Within, a person's roles and rights of now are read once. For what only reads: an act that gives or takes
    rights is not seen until `read_anew`."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def read_anew() -> None:
    """What is asked from here on is read from the database as it is now."""
    kept = _kept.get()
    if kept is not None:
        kept.clear()


def once(what: str, actor: Any, read: Callable[[], T]) -> T:
    """What was read of this person in this sitting; read now when nothing was, or outside of one."""
    kept = _kept.get()
    if kept is None:
        return read()
    key = (what, id(actor))
    if key not in kept:
        kept[key] = (actor, read())
    value: T = kept[key][1]
    return value
