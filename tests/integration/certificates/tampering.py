"""What somebody may do to a certificate: take it apart, change it, and put it together again as well as can be."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from records import canonical
from records.certificates import verify
from records.certificates.container import Container

Entries = list[tuple[str, bytes]]


def quick(public: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519 by the library, where a test checks hundreds of certificates."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def apart(content: bytes) -> Entries:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return [(info.filename, opened.read(info)) for info in opened.infolist()]


def together(entries: Entries) -> bytes:
    """A ZIP with every length and checksum right."""
    target = io.BytesIO()
    container = Container(target)
    for name, content in entries:
        container.add(name, content)
    container.close()
    return target.getvalue()


def changed(entries: Entries, name: str, change: Callable[[bytes], bytes]) -> Entries:
    return [(one, change(content) if one == name else content) for one, content in entries]


def flipped(content: bytes, place: int = -1) -> bytes:
    place = len(content) // 2 if place < 0 else place
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def report_of(content: bytes, signed: verify.Signed = quick) -> verify.Report:
    return verify.check(io.BytesIO(content), signed)


def blamed(content: bytes, signed: verify.Signed = quick) -> set[str]:
    """The items that the check names."""
    return {item for _mark, item, _sentence in report_of(content, signed).faults}


def json_of(entries: Entries, name: str) -> Any:
    return json.loads(dict(entries)[name])


def with_json(entries: Entries, name: str, value: Any) -> Entries:
    return changed(entries, name, lambda _content: canonical.dumps(value))


def with_manifest(entries: Entries) -> Entries:
    """The manifest made anew over the entries as they are now: what a careful forger would do."""
    told = Container(io.BytesIO())
    for name, content in entries:
        if name not in (verify.MANIFEST, verify.SEAL):
            told.add(name, content)
    return with_json(entries, verify.MANIFEST, json_of(entries, verify.MANIFEST) | {"entries": told.written})


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where each plain value of a JSON value lies."""
    if isinstance(value, dict):
        return [found for key in value for found in places(value[key], (*path, key))]
    if isinstance(value, list):
        return [found for key, one in enumerate(value) for found in places(one, (*path, key))]
    return [path]


def altered(value: Any, path: tuple[Any, ...]) -> Any:
    """The value with another one at that place, of the same kind."""
    if not path:
        return other(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = altered(copy[path[0]], path[1:])
    return copy


def other(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    return ("b" if value[:1] == "a" else "a") + value[1:]


def strangers_head(size: int, root: bytes, at: Any = "2026-01-01T00:00:00+00:00") -> dict[str, Any]:
    """A signed head, by a key of whoever made it up."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    name = hashlib.sha256(public).hexdigest()[:16]
    told = {"type": "custodia/punto-de-control/1", "size": size, "root": root.hex(), "at": at}
    signature = base64.b64encode(key.sign(verify.canonical(told))).decode()
    keys = {name: base64.b64encode(public).decode()}
    return {"checkpoint": told, "algorithm": "Ed25519", "key": name, "signature": signature, "public_keys": keys}


def strangers_seal(at: Any) -> dict[str, Any]:
    """A seal that holds, over a ledger of two events, by a key of whoever made it up."""
    first = verify.leaf_hash(b"{}")
    facts = {"manifest": "0" * 64, "certificate": "x", "checkpoint": {"size": 1, "root": first.hex()}}
    event = verify.canonical({"action": "certificate.issued", "index": 1, "facts": facts})
    leaf = verify.leaf_hash(event)
    head = strangers_head(2, verify.node_hash(first, leaf), at)
    proofs = {"proof": [first.hex()], "consistency": [leaf.hex()]}
    return {"type": "custodia/sello/1", "event": event.decode(), "checkpoint": head, **proofs}
