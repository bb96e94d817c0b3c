"""Facts that public pages share, kept in the memory of the process under the mark of their time (ADR 53).

What is kept is plain, depends on what is public alone, and is changed by nobody who gets it. Whoever writes asks anew:
what a transaction that may be undone sees is told to nobody else, and a fact during whose asking the mark moved is
told once and not kept.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

from cms.core import generation

#: Seconds after which all is asked anew even if nothing moved the mark: rows may be written past every signal.
LONGEST = 600

Fact = TypeVar("Fact")
#: The mark and the time of what is kept, and the facts by name. Replaced whole: who reads an old one reads it whole.
_kept: tuple[tuple[str, int], dict[str, Any]] = (("", 0), {})


def fact(name: str, ask: Callable[[], Fact]) -> Fact:
    """What `ask` answers, or what it answered before under the present mark.

    `name` comes from code or from rows, never from what a reader types: it stands in memory until the mark moves.
    """
    mark = "" if _is_undecided() else generation.current()
    if not mark:
        return ask()
    facts = _under(mark)
    if name in facts:
        before: Fact = facts[name]
        return before
    told = ask()
    if generation.read() == mark:
        facts[name] = told
    return told


def kept(ask: Callable[[], Fact]) -> Callable[[], Fact]:
    """Makes a fact of a question without arguments."""
    return functools.wraps(ask)(functools.partial(fact, f"{ask.__module__}.{ask.__qualname__}", ask))


def forget() -> None:
    """As a process that has just begun: tests whose database goes back without a mark of its own."""
    _under("")


def _under(mark: str) -> dict[str, Any]:
    global _kept  # noqa: PLW0603 - the one place where it is replaced
    now, held = (mark, int(time.monotonic()) // LONGEST), _kept
    if held[0] != now:
        held = _kept = (now, {})
    return held[1]


def _is_undecided() -> bool:
    """Whether a transaction is open that may be undone; that around a whole test, which is its world, is none."""
    blocks: list[Any] = getattr(connection, "atomic_blocks", [])
    return bool(blocks) and not blocks[-1]._from_testcase  # noqa: SLF001 - as Django's own durable blocks look at it
