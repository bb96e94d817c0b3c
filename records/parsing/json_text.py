"""A JSON text read within bounds, with the place of what is wrong in it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from .contents import Contents, Damaged, Sink
from .limits import MIB

MAX_BYTES = 16 * MIB
MAX_DEPTH = 50


def read(contents: Contents, sink: Sink) -> None:
    """Send the value as JSON again; raises Damaged after saying ``line`` and ``column`` of what is wrong, from 1."""
    if contents.size > MAX_BYTES:
        raise Damaged("limits")
    text = _decoded(bytes(contents.data), sink)
    try:
        value = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as fault:
        sink.say(line=fault.lineno, column=fault.colno)
        raise Damaged from fault
    except RecursionError as fault:
        raise Damaged("limits") from fault
    except ValueError as fault:  # a number that is none
        raise Damaged from fault
    _check_depth(value)
    sink.blob(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def _decoded(data: bytes, sink: Sink) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8-sig", "replace")
        sink.say(line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))
        raise Damaged from fault


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(written)
    return number


def _check_depth(value: Any) -> None:
    layer = _nested([value])
    for _ in range(MAX_DEPTH):
        layer = _nested(item for node in layer for item in _members(node))
    if layer:
        raise Damaged("limits")


def _nested(items: Iterable[Any]) -> list[Any]:
    return [item for item in items if isinstance(item, dict | list)]


def _members(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else node
