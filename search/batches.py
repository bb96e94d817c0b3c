"""Cutting long iterations into lists of bounded length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items, in order; nothing is read ahead of the list being given."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
