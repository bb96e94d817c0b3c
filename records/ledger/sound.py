"""The quick pass over a ledger in which nothing is wrong: the same questions as `verification`, asked of many rows at
once. The first doubt ends it, and the slow pass says what is wrong and where.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from records.ledger import witness
from records.ledger.merkle import LEAF, Frontier

Row = tuple[Any, ...]
AT_ONCE = 5_000
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # what `decode` calls; the stubs leave it out
NAMES = ("index", "action", "actor", "object_type", "object_id")


def sound_tree(
    rows: Iterator[Row],
    signed: Mapping[int, set[str]],
    says_its_payload: Callable[[Row], bool],
    told: Callable[[int], None],
) -> Frontier | None:
    """The tree over all rows when each is in its place and as it was written, the copy outside holds no other leaf
    and every signed head fits; None at the first doubt. `says_its_payload` judges rows that the quick test leaves."""
    tree, outside = Frontier(), witness.kept_blocks()
    while some := list(islice(rows, AT_ONCE)):
        leaves = [leaf_of(row) for row in some]
        kept = b"".join(leaves).startswith(outside(len(leaves)))  # the copy ends before the rows, never differs
        if not (kept and are_whole(some, leaves, tree.size, says_its_payload) and grow(tree, leaves, signed)):
            return None
        told(tree.size)
    return None if outside(1) else tree


def leaf_of(row: Row) -> bytes:
    return hashlib.sha256(LEAF + str(row[6]).encode("utf-8", "surrogateescape")).digest()


def are_whole(
    some: Sequence[Row], leaves: Sequence[bytes], start: int, says_its_payload: Callable[[Row], bool]
) -> bool:
    """Rows in their place, whose leaf is that of their payload, and whose columns tell the same as it."""
    if [row[0] for row in some] != list(range(start, start + len(some))):
        return False
    if [row[7] for row in some] != [leaf.hex() for leaf in leaves]:
        return False
    return all(says_plainly(row) or says_its_payload(row) for row in some)


def says_plainly(row: Row) -> bool:
    """Do the columns tell what the payload tells, letter by letter? False also where only the spelling differs."""
    payload = row[6]
    try:
        told, end = _scan(payload, 0)
        spoken = (*(told[name] for name in NAMES), told.get("result", ""))
        return end == len(payload) and spoken == (row[0], *row[2:6], row[8]) and told["at"] == moment_of(row[1])
    except (StopIteration, ValueError, KeyError, TypeError, RecursionError):
        return False


def moment_of(value: Any) -> str:
    """A moment of either database as a payload spells it; another text where it has no fraction of a second."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="microseconds")
    return f"{value[:10]}T{value[11:]}+00:00"


def grow(tree: Frontier, leaves: list[bytes], signed: Mapping[int, set[str]]) -> bool:
    """Add the leaves; False when a head signed over a size on the way has another root."""
    begin = tree.size
    for size in sorted(size for size in signed if begin < size <= begin + len(leaves)):
        tree.extend(leaves[tree.size - begin : size - begin])
        if signed[size] != {tree.root().hex()}:
            return False
    tree.extend(leaves[tree.size - begin :])
    return True
