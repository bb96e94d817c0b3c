"""Canonical JSON (RFC 8785): what is signed and what the ledger hashes.

`rfc8785` writes any value. Nearly all of ours hold only text, whole numbers, truth values and null under plain ASCII
keys: for those the standard library's writer gives the same bytes, many times faster.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

#: Whole numbers that a double holds exactly; beyond them there is no canonical form.
MOST = 2**53 - 1
_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def dumps(value: Any) -> bytes:
    """The canonical bytes of a JSON value; raises rfc8785.CanonicalizationError for one that has none."""
    if is_simple(value):
        try:
            return _write(value).encode()
        except UnicodeEncodeError:
            return rfc8785.dumps(value)
    return rfc8785.dumps(value)


def is_simple(value: Any) -> bool:
    """Is it written alike by both? No fractions, no numbers too great, no keys whose order could differ."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return abs(int(value)) <= MOST
    if kind is dict:
        return all(type(key) is str and key.isascii() and is_simple(item) for key, item in value.items())
    return kind in (list, tuple) and all(map(is_simple, value))
