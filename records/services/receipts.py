"""Receipts: what filing answers, signed with the system's key when the row is made (C2).

The signature is over canonical JSON of facts that never change, so a receipt asked for years later is the
same, byte for byte, as the one given at the counter.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from records import audit, signing
from records.errors import SigningKeyUnavailable
from records.keys import as_uuid
from records.models import Document, LedgerEvent, SigningKey
from records.permissions import Actor
from records.signing import Signer

TYPE = "custodia/recibo/1"
BATCH_TYPE = "custodia/recibo-de-lote/1"
FILED, ROTATED = "document.filed", "key.rotated"
#: What `facts_of` reads beside the piece itself.
SIGNED = ("expediente", "tipo", "blob", "filed_by")


@dataclass(frozen=True)
class FilingReceipt:
    """Proof of filing: radicado, SHA-256 of the received stream, bytes, pages, folios and server time.

    `signature` (base64) is Ed25519 over `receipts.facts_of`, by the key `key`.
    """

    document: uuid.UUID
    radicado: str
    sha256: str
    bytes: int
    pages: int
    folio_first: int
    folio_last: int
    order: int
    filed_at: datetime.datetime
    expediente_code: str
    title: str
    original_name: str
    inspected: bool
    flags: tuple[str, ...]
    tipo: str = ""
    date: datetime.date | None = None
    filed_by: str = ""
    key: str = ""
    signature: str = ""


def facts_of(document: Document) -> dict[str, Any]:
    """What is signed: plain JSON values, times in UTC to the microsecond."""
    return {
        "type": TYPE,
        "document": str(document.pk),
        "radicado": document.radicado,
        "expediente": document.expediente.code,
        "order": document.order,
        "folios": [document.folio_first, document.folio_last],
        "tipo": document.tipo.code,
        "date": document.date.isoformat(),
        "title": document.title,
        "name": document.original_name,
        "sha256": document.blob_id,
        "bytes": document.blob.size,
        "pages": document.pages,
        "inspected": document.inspected,
        "flags": list(document.flags),
        "filed_by": document.filed_by.get_username(),
        "filed_at": document.filed_at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
    }


def sign(document: Document, signer: Signer) -> None:
    """Put the receipt's signature on a row about to be written."""
    document.receipt_key, document.receipt_signature = signer.key_id, signer.sign(facts_of(document))


def receipt_of(document: Document) -> FilingReceipt:
    """The receipt of a filed piece, the same at any later time."""
    return FilingReceipt(
        document=document.pk,
        radicado=document.radicado,
        sha256=document.blob_id,
        bytes=document.blob.size,
        pages=document.pages,
        folio_first=document.folio_first,
        folio_last=document.folio_last,
        order=document.order,
        filed_at=document.filed_at,
        expediente_code=document.expediente.code,
        title=document.title,
        original_name=document.original_name,
        inspected=document.inspected,
        flags=tuple(document.flags),
        tipo=document.tipo.code,
        date=document.date,
        filed_by=document.filed_by.get_username(),
        key=document.receipt_key,
        signature=document.receipt_signature,
    )


def proof_of(document: Document) -> dict[str, Any]:
    """The receipt as JSON that proves itself: the signed facts, the signature and the public key.

    A piece filed before receipts were signed has neither key nor signature, and none is made up for it.
    """
    keys = public_keys([document])
    return {"receipt": facts_of(document), **signature_of(document), "public_keys": keys}


def batch_proof_of(batch: uuid.UUID, documents: Sequence[Document], total: int | None = None) -> dict[str, Any]:
    """The receipt of one gesture, over the receipts of its pieces, in their order; signed when it is asked for.

    It tells the pieces given, which are those its reader reads; `total`, for the filer alone, how many there were.
    """
    signer = signing.signer()
    facts = {
        "type": BATCH_TYPE,
        "batch": str(batch),
        "count": len(documents),
        **({} if total is None else {"filed": total}),
        "receipts": [{"receipt": facts_of(piece), **signature_of(piece)} for piece in documents],
    }
    return {
        "receipt": facts,
        "algorithm": signing.ALGORITHM,
        "key": signer.key_id,
        "signature": signer.sign(facts),
        "public_keys": {**public_keys(documents), signer.key_id: signer.public_key},
    }


def issue_batch_receipt(
    *, actor: Actor | None, batch: uuid.UUID, documents: Sequence[Document], total: int | None
) -> dict[str, Any]:
    """`batch_proof_of`, and the event that the system signed it for this person; no event when nobody is given.

    The caller has decided that she reads these. Raises SigningKeyUnavailable.
    """
    try:
        proof = batch_proof_of(batch, documents, total)
    except SigningKeyUnavailable as fault:
        raise SigningKeyUnavailable("batch_receipt_unsigned") from fault
    if actor is not None:
        with transaction.atomic():
            audit.record("batch.receipt", actor=actor, subject=str(batch), count=len(documents), key=proof["key"])
    return proof


def signature_of(document: Document) -> dict[str, str]:
    return {
        "algorithm": signing.ALGORITHM if document.receipt_signature else "",
        "key": document.receipt_key,
        "signature": document.receipt_signature,
    }


def public_keys(documents: Sequence[Document]) -> dict[str, str]:
    """The public half, in base64, of every key that signed one of these, in one query."""
    used = {piece.receipt_key for piece in documents if piece.receipt_key}
    return dict(SigningKey.objects.filter(pk__in=used).order_by("pk").values_list("pk", "public_key"))


# Does it hold? -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Witness:
    """What tells whether receipts are the ones that were given: who owns the database can sign anew with a key of her
    own, and cannot change what the ledger told of a filing (`verify_ledger`).

    `keys`: public keys in base64 of ours, by id. `filed`: facts of the event of each filing, by the piece's id.
    """

    keys: Mapping[str, str]
    filed: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Witness:
        return cls(our_keys({piece.receipt_key for piece in documents}), filings_of(documents))

    def standing_of(self, document: Document) -> str:
        """Does the signature of a receipt hold today? "signed", "unsigned" (older than signing) or "broken"."""
        told = self.filed.get(str(document.pk), {})
        first, kept = told.get("receipt", ""), document.receipt_signature
        if kept != first or told.get("sha256", document.blob_id) != document.blob_id:
            return "broken"
        if not kept:
            return "unsigned"
        public = self.keys.get(document.receipt_key, "")
        return "signed" if signing.is_signed(facts_of(document), kept, public) else "broken"


def filings_of(documents: Sequence[Document]) -> dict[str, Mapping[str, Any]]:
    """Facts of the first event that told of each filing: a later one was put there by somebody else."""
    keys = [str(document.pk) for document in documents]
    events = LedgerEvent.objects.filter(object_id__in=keys, action=FILED).order_by("-index")
    return {key: told_in(payload) for key, payload in events.values_list("object_id", "payload")}


def told_in(payload: str) -> Mapping[str, Any]:
    """The facts of an event; none of one that an intruder made unreadable."""
    try:
        facts = json.loads(payload)["facts"]
    except (ValueError, KeyError, TypeError):
        return {}
    return facts if isinstance(facts, dict) else {}


def our_keys(asked: set[str]) -> dict[str, str]:
    """Public keys, by id, of those asked for that something beyond their own row vouches for: the present key's file,
    a rotation told in the ledger, or the first receipt that it tells."""
    vouched = {present_key()}
    for payload in LedgerEvent.objects.filter(action=ROTATED).order_by("index").values_list("payload", flat=True):
        told = told_in(payload)
        vouched |= {str(told.get("from", "")), str(told.get("to", ""))}
    if asked - vouched - {""}:
        vouched.add(first_key())
    found = SigningKey.objects.filter(pk__in=asked & vouched - {""}).order_by("pk")
    return dict(found.values_list("pk", "public_key"))


def present_key() -> str:
    try:
        return signing.signer().key_id
    except SigningKeyUnavailable:
        return ""


def first_key() -> str:
    """Id of the key of the first receipt that the ledger tells, if that receipt is still the one it tells."""
    events = LedgerEvent.objects.filter(action=FILED, payload__contains='"receipt":"')
    event = events.exclude(payload__contains='"receipt":""').order_by("index").first()
    if event is None:
        return ""
    document = Document.objects.select_related(*SIGNED).filter(pk=as_uuid(event.object_id)).first()
    if document is None or document.receipt_signature != told_in(event.payload).get("receipt"):
        return ""
    public = signing.find_public_key(document.receipt_key)
    holds = signing.is_signed(facts_of(document), document.receipt_signature, public)
    return document.receipt_key if holds else ""
