"""Heads of the ledger as they travel: what is signed, and how it is told in JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from records import signing
from records.models import Checkpoint, LedgerEvent

TYPE = "custodia/punto-de-control/1"


@dataclass(frozen=True)
class Head:
    """A signed head as it travels: sizes in events, `root` in hex, `at` in UTC, signature and public key in base64."""

    size: int
    root: str
    at: str
    key: str
    signature: str
    public_key: str

    @property
    def facts(self) -> dict[str, Any]:
        """What is signed, as canonical JSON (RFC 8785)."""
        return {"type": TYPE, "size": self.size, "root": self.root, "at": self.at}

    def document(self) -> dict[str, Any]:
        return {
            "checkpoint": self.facts, "algorithm": signing.ALGORITHM, "key": self.key, "signature": self.signature,
            "public_keys": {self.key: self.public_key},
        }  # fmt: skip

    def is_signed(self) -> bool:
        """By its own public key; whether that key is the system's is for the reader to compare."""
        return signing.is_signed(self.facts, self.signature, self.public_key)


def head_in(document: Any) -> Head:
    """The head that a JSON document tells. Raises ValueError when it tells none; its signature is not judged here."""
    try:
        facts, key = document["checkpoint"], str(document["key"])
        head = Head(
            int(facts["size"]), str(facts["root"]), str(facts["at"]), key, str(document["signature"]),
            str(document["public_keys"][key]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError("this is no checkpoint of the ledger") from fault
    if facts != head.facts:
        raise ValueError("this is no checkpoint of the ledger")
    return head


def head_of(row: Checkpoint, public_key: str) -> Head:
    return Head(row.size, row.root, spoken(row.at), row.key, row.signature, public_key)


def spoken(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def leaves(start: int, end: int | None = None) -> Iterable[bytes]:
    """Leaf hashes from one index up to another, or to the end, as the rows tell them."""
    rows = LedgerEvent.objects.filter(index__gte=start).order_by("index")
    if end is not None:
        rows = rows.filter(index__lt=end)
    return map(bytes.fromhex, rows.values_list("leaf", flat=True).iterator(chunk_size=5_000))


def exported(row: Checkpoint) -> str:
    """A head as one line of JSON, for somebody outside to keep."""
    return json.dumps(head_of(row, signing.find_public_key(row.key)).document(), sort_keys=True)


def is_ours(head: Head) -> bool:
    """Signed with a key that this installation noted as its own."""
    return signing.find_public_key(head.key) == head.public_key and head.is_signed()
