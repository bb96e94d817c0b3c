"""The system's own signature: Ed25519 (RFC 8032) over canonical JSON (RFC 8785), for receipts and the ledger.

The private key is a file of the installation, of its owner alone; the database keeps the public half of every
key ever used, so that what an earlier one signed can still be checked.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from records import clock, conf
from records.errors import SigningKeyUnavailable
from records.models import SigningKey

ALGORITHM = "Ed25519"


@dataclass(frozen=True)
class Signer:
    """`key_id`: the first 16 hex digits of the SHA-256 of the raw public key; `public_key`: that key in base64."""

    private: Ed25519PrivateKey
    key_id: str
    public_key: str

    def sign(self, facts: Mapping[str, Any]) -> str:
        """Base64 signature of the facts as canonical JSON."""
        return base64.b64encode(self.private.sign(canonical(facts))).decode()


def canonical(facts: Mapping[str, Any]) -> bytes:
    """The exact bytes that are signed (RFC 8785); facts are plain JSON values."""
    return rfc8785.dumps(dict(facts))


def signer() -> Signer:
    """This installation's signer. Raises SigningKeyUnavailable when its key is missing or damaged."""
    return _loaded(conf.signing_key())


@lru_cache(maxsize=8)
def _loaded(file: Path) -> Signer:
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as fault:
        raise SigningKeyUnavailable from fault
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyUnavailable
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Signer(private, key_id_of(raw), base64.b64encode(raw).decode())


def key_id_of(raw_public_key: bytes) -> str:
    return hashlib.sha256(raw_public_key).hexdigest()[:16]


def ensure_key() -> Signer:
    """Make the key at set-up if there is none (mode 0600), and note its public half. Safe to run again."""
    file = conf.signing_key()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        _write_new(file)
    made = signer()
    SigningKey.objects.get_or_create(key_id=made.key_id, defaults={"public_key": made.public_key, "since": clock.now()})
    return made


def _write_new(file: Path) -> None:
    """Written whole beside its place and linked there: two set-ups at once leave one key, never half of one."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
        sink.write(pem)
        sink.flush()
        os.fsync(sink.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def find_public_key(key_id: str) -> str:
    """The public key with that id in base64, empty for one this installation never used."""
    return SigningKey.objects.filter(pk=key_id).values_list("public_key", flat=True).first() or ""


def is_signed(facts: Mapping[str, Any], signature: str, public_key: str) -> bool:
    """Do these facts carry this signature (base64) by this public key (base64, raw Ed25519)?"""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), canonical(facts))
    except (InvalidSignature, ValueError):
        return False
    return True
