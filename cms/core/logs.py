"""What a log line tells of a fault: where and of which kind, never its words nor what the program held (criterion 34).

The words of an exception may be data: a database that refuses a row quotes the row.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any


class Calm(logging.Formatter):
    """Frames by file, line and function, and the kind of each exception of the chain."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name is the standard library's
        return calm_trace(ei[1]) if ei[1] is not None else ""


def calm_trace(fault: BaseException) -> str:
    """The kinds and frames of a fault and its causes, a line each."""
    return "\n".join(line for one in chain(fault) for line in told(one))


def chain(fault: BaseException) -> Iterator[BaseException]:
    """From the first cause to what was raised last; each once, however they are tied."""
    found: list[BaseException] = []
    at: BaseException | None = fault
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    yield from reversed(found)


def told(fault: BaseException) -> Iterator[str]:
    kind = type(fault)
    yield f"{kind.__module__}.{kind.__qualname__}"
    yield from frames(fault.__traceback__)


def frames(held: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(held):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
