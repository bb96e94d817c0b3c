"""The system's own signature: Ed25519 (RFC 8032) over canonical JSON (RFC 8785), for receipts and the ledger.

The private key is a file of the installation, of its owner alone; the database keeps the public half of every
key ever used, so that what an earlier one signed can still be checked.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from records import canonical as canonical_json
from records import clock, conf
from records.errors import SigningKeyUnavailable
from records.events import SigningKeyNoted, announce
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
    return canonical_json.dumps(dict(facts))


def signer() -> Signer:
    """This installation's signer, of the key that its file holds now. Raises SigningKeyUnavailable when it is
    missing or damaged."""
    file = conf.signing_key()
    try:
        state = file.stat()
    except OSError as fault:
        raise SigningKeyUnavailable(errno=fault.errno) from fault
    return _loaded(file, state.st_ino, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _loaded(file: Path, _inode: int, _changed: int) -> Signer:
    """Read once for each file that ever lay there: a key that was rotated is another file."""
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as fault:
        raise SigningKeyUnavailable from fault
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyUnavailable
    return _signer_of(private)


def _signer_of(private: Ed25519PrivateKey) -> Signer:
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Signer(private, key_id_of(raw), base64.b64encode(raw).decode())


def key_id_of(raw_public_key: bytes) -> str:
    return hashlib.sha256(raw_public_key).hexdigest()[:16]


def ensure_key() -> Signer:
    """Make the key at set-up if there is none (mode 0600), and note its public half. Safe to run again.

    Raises SigningKeyUnavailable when the medium does not keep it.
    """
    file = conf.signing_key()
    with _kept_or_refused():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _place(_draft(Ed25519PrivateKey.generate()), file, replacing=False)
    made = signer()
    note(made)
    announce(SigningKeyNoted(fingerprint_of(made.public_key), SigningKey.objects.get(pk=made.key_id).since))
    return made


def note(made: Signer) -> None:
    """Keep the public half of a key, so that what it signs can be checked for ever."""
    row, is_new = SigningKey.objects.get_or_create(
        key_id=made.key_id, defaults={"public_key": made.public_key, "since": clock.now()}
    )
    if is_new:
        announce(SigningKeyNoted(fingerprint_of(made.public_key), row.since))


def new_key(record: Callable[[Signer], None]) -> Signer:
    """Put a new key in the place of the present one. `record` is told of it once it is safely written and before
    it takes its place, so that nothing is ever signed with a key that nobody noted."""
    private = Ed25519PrivateKey.generate()
    made, file = _signer_of(private), conf.signing_key()
    with _kept_or_refused():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = _draft(private)
        try:
            record(made)
            _place(draft, file, replacing=True)
        finally:
            draft.unlink(missing_ok=True)
    return made


def _draft(private: Ed25519PrivateKey) -> Path:
    """The key written whole, and durable, beside its place; a medium that fails leaves no half of it."""
    file = conf.signing_key()
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            sink.write(pem)
            sink.flush()
            os.fsync(sink.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _place(draft: Path, file: Path, *, replacing: bool) -> None:
    """Give the draft its name, durably. Not replacing: two set-ups at once leave one key, the first one's."""
    try:
        if replacing:
            draft.replace(file)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _kept_or_refused() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise SigningKeyUnavailable(errno=fault.errno) from fault


def fingerprint_of(public_key: str) -> str:
    """SHA-256 in hex of a public key given in base64: what people compare. Its first 16 digits are the key's id."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()


def pem_of(public_key: str) -> str:
    """A public key (base64, raw) as SubjectPublicKeyInfo PEM, which other programs read."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


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
