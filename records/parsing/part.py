"""What a source of parts yields: a part before its bytes are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .answers import PartRole


@dataclass(frozen=True)
class Part:
    """A part as announced: ``name`` as sent; ``take`` gives its decoded bytes and flags, or raises Damaged."""

    role: PartRole
    name: str
    media_type: str
    take: Callable[[], tuple[bytes, tuple[str, ...]]]
    flags: tuple[str, ...] = ()
