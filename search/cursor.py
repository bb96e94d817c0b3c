"""The opaque `next` of an answer: the place of the last hit shown, bound to the query it belongs to.

It names only what its reader has just been shown. Keyset, so a list stays in step while documents arrive. Order and
narrowing are of the query: with others the list is another.
"""

from __future__ import annotations

import base64
import binascii
import json
from hashlib import blake2b

from search.types import Place, Request

_MAX = 1024
_BOUND = 1 << 63


def write(place: Place, request: Request) -> str:
    """The cursor of the hit at this place of the request's answer."""
    raw = json.dumps([_mark(request), place.tier, place.sort, place.shelf, place.uid], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read(cursor: str, request: Request) -> Place | None:
    """The place of a cursor; None for garbage and for a cursor of another query."""
    try:
        padded = cursor[:_MAX] + "=" * (-len(cursor[:_MAX]) % 4)
        decoded = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        place = _place(decoded, request)
        # What no index could hold, engines need not be asked.
        return place if place and place.shelf.encode() is not None else None
    except (ValueError, binascii.Error, RecursionError):
        return None


def _place(decoded: object, request: Request) -> Place | None:
    match decoded:
        case [str() as mark, int() as tier, int() as sort, str() as shelf, str() as uid] if mark == _mark(request):
            return Place(tier, sort, uid, shelf) if 0 <= tier < _BOUND and 0 <= sort < _BOUND else None
        case _:
            return None


def _mark(request: Request) -> str:
    narrowed = sorted((name, sorted(values)) for name, values in request.narrowed.items())
    asked = repr((request.query.asked, narrowed, request.order))
    return blake2b(asked.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
