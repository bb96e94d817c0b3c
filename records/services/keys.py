"""The system's signing key as operators care for it: whether it is in order, and a new one in its place."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from records import audit, conf, signing
from records.errors import SigningKeyUnavailable
from records.models import Document, LedgerEvent
from records.services.receipts import ROTATED
from records.signing import Signer


@dataclass(frozen=True)
class Rotation:
    """Ids of the key that signed until now (empty if it was lost) and of the new one, with its fingerprint."""

    old: str
    new: str
    fingerprint: str


def rotate() -> Rotation:
    """A new key from now on; what earlier ones signed can still be checked. Raises SigningKeyUnavailable.

    The old private key is gone: whoever must keep it has it in the backup.
    """
    old = expected_key()

    def noted(made: Signer) -> None:
        with transaction.atomic():
            signing.note(made)
            audit.record(ROTATED, actor=None, subject="key", **{"from": old, "to": made.key_id})

    made = signing.new_key(noted)
    return Rotation(old, made.key_id, signing.fingerprint_of(made.public_key))


def expected_key() -> str:
    """Id of the key that must be signing: the one of the last rotation, else of the last receipt; else empty."""
    rotation = LedgerEvent.objects.filter(action=ROTATED).order_by("-index").first()
    if rotation:
        return str(json.loads(rotation.payload)["facts"]["to"])
    signed = Document.objects.exclude(receipt_key="").order_by("-filed_at", "-pk")
    return signed.values_list("receipt_key", flat=True).first() or ""


def file_faults() -> Iterator[str]:
    """What is wrong with the key's file, as sentences; none when it is its owner's alone and can be read."""
    file = conf.signing_key()
    try:
        signing.signer()
    except SigningKeyUnavailable:
        yield f"la llave de firma falta o está dañada ({file}): sin ella no se radica"
        return
    if stat.S_IMODE(file.stat().st_mode) & ~0o600:
        yield f"la llave de firma queda abierta a otras personas ({file} debe ser 0600)"
    if stat.S_IMODE(file.parent.stat().st_mode) & 0o077:
        yield f"la carpeta de la llave de firma queda abierta a otras personas ({file.parent} debe ser 0700)"


def foreign_faults() -> Iterator[str]:
    """A key that is not the one the records were signed with: restored from elsewhere, or made anew by mistake."""
    try:
        present = signing.signer().key_id
    except SigningKeyUnavailable:
        return  # `file_faults` tells it
    expected = expected_key()
    if expected and present != expected:
        yield (
            f"la llave de firma ({present}) no es la que firmó hasta ahora ({expected}): recupérela de la copia de "
            "respaldo, o cambie de llave con rotate_signing_key"
        )
