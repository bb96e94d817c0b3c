"""The opaque `next` of an answer: the place of the last hit shown, bound to the query it belongs to.

It names only what its reader has just been shown. Keyset, so a list stays in step while documents arrive.
"""

from __future__ import annotations

import base64
import binascii
import json
from hashlib import blake2b

from search.types import Place, Query

_MAX = 1024
_BOUND = 1 << 63


def write(place: Place, query: Query) -> str:
    """The cursor of the hit at this place."""
    raw = json.dumps([_mark(query), place.tier, place.sort, place.uid], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read(cursor: str, query: Query) -> Place | None:
    """The place of a cursor; None for garbage and for a cursor of another query."""
    try:
        padded = cursor[:_MAX] + "=" * (-len(cursor[:_MAX]) % 4)
        decoded = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return _place(decoded, query)


def _place(decoded: object, query: Query) -> Place | None:
    match decoded:
        case [str() as mark, int() as tier, int() as sort, str() as uid] if mark == _mark(query):
            return Place(tier, sort, uid) if tier in {0, 1, 2} and 0 <= sort < _BOUND else None
        case _:
            return None


def _mark(query: Query) -> str:
    asked = json.dumps([query.words, query.phrases, query.excluded, query.sequence])
    return blake2b(asked.encode(), digest_size=6).hexdigest()
