"""Issuing a certificate: a file that proves, to anybody and without the server, what was kept and what became of it.

The order has no circle. First a signed head of the ledger (A), under which every event in the file is proved. Then
all entries, each stored byte hashed again while it is copied. Then the manifest over all of them, then the event that
tells the manifest's digest, then a second head (B) that covers that event and continues A: the seal. Whoever swaps a
byte of any entry breaks the manifest, and whoever swaps the manifest breaks a signed head.
"""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from records import audit, canonical, clock, permissions, signing, storage
from records.certificates import paper, verify
from records.certificates.container import Container
from records.certificates.scope import AT_ONCE, EXPEDIENTE, Scope, events_about, pieces_of
from records.errors import IntegrityFailure, RecordsError, StoreUnavailable
from records.fixity import healing
from records.ledger import checkpoints, heads, stamping
from records.ledger.merkle import Frontier, leaf_hash
from records.ledger.proving import Gathered, gathered
from records.models import Blob, Checkpoint, Document, Expediente, LedgerEvent, SigningKey
from records.permissions import Actor
from records.selectors.filings import ids_filed
from records.selectors.indexes import list_issues_for, unread_in
from records.services import receipts
from records.storage import BlobStore
from records.storage.base import chunks
from records.vocabulary import Action, Level

logger = logging.getLogger(__name__)
TYPE, MANIFEST_TYPE, SEAL_TYPE = "custodia/certificado/1", "custodia/manifiesto/1", "custodia/sello/1"
ISSUED, EXPORTED = "certificate.issued", "document.exported"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Issued:
    """A certificate that was issued: its id, SHA-256 in hex and bytes of the file, digest of the manifest, number of
    pieces and of events told, the index of the event that tells the issue, and the id of the key that sealed it."""

    certificate: uuid.UUID
    sha256: str
    size: int
    manifest: str
    pieces: int
    events: int
    event: int
    key: str


def attached_index(actor: Actor, expediente: Expediente) -> tuple[bytes, bytes] | None:
    """The last electronic index issued for the expediente, and its signed cover; None where none was, or where it
    names a piece that this person does not read. Raises IntegrityFailure when they are not the ones that were kept."""
    last = list_issues_for(actor, expediente).first()
    if last is None or unread_in(actor, expediente):
        return None
    return whole(last.file), whole(last.cover)


def whole(blob: Blob) -> bytes:
    place = healing.right_place(blob.pk, blob.size, digest=blob.pk)
    with place.store.open(blob.pk) as stored:
        content = stored.read()
    if hashlib.sha256(content).hexdigest() != blob.pk:
        raise IntegrityFailure("altered", digest=blob.pk)
    return content


def issue_certificate(
    *, actor: Actor, scope: Scope, with_bytes: bool, target: Path, progress: Progress | None = None
) -> Issued:
    """Write the certificate to `target`, durably; nothing is left there when it cannot be issued.

    `progress(done, total)` counts pieces. Raises IntegrityFailure when stored bytes or the ledger are not what they
    were or a piece that the ledger tells is gone, AccessDenied or NotFound when the person lost her charge meanwhile,
    StoreUnavailable, SigningKeyUnavailable or LedgerDiverged.
    """
    try:
        with os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            issued = Issue(actor, scope, Container(file), with_bytes=with_bytes).run(progress or (lambda *_: None))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    with target.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return Issued(sha256=digest, size=target.stat().st_size, **issued)


def shut_in(scope: Scope, given: Iterable[uuid.UUID]) -> set[str]:
    """Pieces of the expediente that are there, and that a recusal keeps from whoever issues: they are not gone."""
    there = Document.objects.filter(expediente=scope.expediente).order_by()
    return {str(key) for key in set(there.values_list("pk", flat=True)).difference(given)}


class Issue:
    """One certificate while it is written."""

    def __init__(self, actor: Actor, scope: Scope, container: Container, *, with_bytes: bool) -> None:
        self.actor, self.scope, self.container, self.with_bytes = actor, scope, container, with_bytes
        self.key, self.at = uuid.uuid4(), clock.now()
        self.mended: list[uuid.UUID] = []
        self.keys = dict(SigningKey.objects.order_by("pk").values_list("pk", "public_key"))
        expected = set(ids_filed(scope.expediente)) if scope.kind == EXPEDIENTE else set()
        # The pieces before the head: their filing is then told under it, whatever is filed meanwhile.
        self.pieces = {piece.pk: self.told(piece) for piece in pieces_of(scope)}
        if gone := expected - {str(key) for key in self.pieces} - shut_in(scope, self.pieces):
            raise IntegrityFailure("pieces_gone", documents=sorted(gone))
        self.head = head_now()
        self.stamp = stamping.evidence(self.head)
        self.indexes = events_about([*scope.own, *map(str, self.pieces)], self.head.size)
        self.tree = gathered(heads.leaves(0, self.head.size), self.indexes, self.head.size)
        if self.tree.root().hex() != self.head.root:
            raise IntegrityFailure("ledger_altered")

    def told(self, piece: Document) -> dict[str, Any]:
        """What the certificate says of a piece. Without its bytes, what is not public is told by numbers alone: the
        certificate may go to somebody who reads no more than that."""
        named = self.with_bytes or piece.level == Level.PUBLIC
        ending = piece.extension.lstrip(".") or "bin"
        stem = f"{piece.order:06}-{piece.radicado}"
        return {
            "document": str(piece.pk),
            "order": piece.order,
            "folios": [piece.folio_first, piece.folio_last],
            "radicado": piece.radicado,
            "algorithm": piece.blob.algorithm,
            "sha256": piece.blob_id,
            "bytes": piece.blob.size,
            "title": piece.title if named else "",
            "entry": f"documentos/{stem}.{ending}" if self.with_bytes else "",
            "receipt": f"recibos/{stem}.json" if named else "",
        }

    def run(self, progress: Progress) -> dict[str, Any]:
        head, by = heads.head_of(self.head, self.keys[self.head.key]), paper.named(self.actor)
        self.container.add("LEAME.txt", paper.readme(self.summary(), head, by).encode())
        self.container.add("certificado.pdf", paper.certificate_pdf(self.summary(), head, by, self.at))
        self.container.add(verify.SUMMARY, canonical.dumps(self.summary()))
        self.add_pieces(progress)
        for name, content in zip((verify.INDEX, verify.COVER), self.index() or (), strict=False):
            self.container.add(name, content)
        self.container.add_blocks(verify.EVENTS, self.events())
        self.container.add_blocks(verify.PROOFS, self.proofs())
        self.container.add(verify.HEAD, stamping.told(head))
        if self.stamp:
            self.container.add(verify.STAMP, self.stamp)
        self.container.add(verify.KEYS, canonical.dumps(self.key_ring()))
        self.container.add("verify.py", Path(verify.__file__).read_bytes())
        return self.sealed()

    def summary(self) -> dict[str, Any]:
        expediente = self.scope.expediente
        return {
            "type": TYPE,
            "certificate": str(self.key),
            "scope": {"kind": self.scope.kind, "id": str(self.scope.id)},
            "expediente": {"id": str(expediente.pk), "code": expediente.code},
            "issued_by": self.actor.get_username(),
            "issued_at": heads.spoken(self.at),
            "bytes": self.with_bytes,
            "pieces": list(self.pieces.values()),
            "events": len(self.indexes),
            "checkpoint": {"size": self.head.size, "root": self.head.root},
        }

    def index(self) -> tuple[bytes, bytes] | None:
        """The index names every piece of the expediente: it goes along with all of them or not at all."""
        of_all = self.scope.kind == EXPEDIENTE and self.with_bytes
        return attached_index(self.actor, self.scope.expediente) if of_all else None

    def add_pieces(self, progress: Progress) -> None:
        known = (piece for piece in pieces_of(self.scope) if piece.pk in self.pieces)
        for done, piece in enumerate(known, 1):
            told = self.pieces[piece.pk]
            if told["entry"]:
                self.add_bytes(piece, told["entry"])
            if told["receipt"]:
                self.container.add(told["receipt"], canonical.dumps(self.receipt(piece)))
            progress(done, len(self.pieces))

    def add_bytes(self, piece: Document, name: str) -> None:
        """The filed bytes, hashed while they are copied. Only where the store's are others are they read again, by the
        door of every download: mended from the copy that has them right, or read from it."""
        before = self.container.mark()
        try:
            if self.is_added(storage.store(), piece, name):
                return
        except (IntegrityFailure, StoreUnavailable, OSError, ValueError) as fault:
            logger.warning("certificates: %s was not read whole: %s", piece.blob_id, fault)
        self.container.go_back(before)
        place = healing.right_place(piece.blob_id, piece.blob.size, document=str(piece.pk))
        if not self.is_added(place.store, piece, name):
            raise IntegrityFailure("altered", document=str(piece.pk))
        self.mended.append(piece.pk)

    def is_added(self, store: BlobStore, piece: Document, name: str) -> bool:
        """Whether the entry has the filed bytes. Where something is raised it may be there by halves."""
        with store.open(piece.blob_id) as stored:
            return self.container.add_blocks(name, chunks(stored), piece.blob.size) == piece.blob_id

    def receipt(self, piece: Document) -> dict[str, Any]:
        used = {piece.receipt_key: self.keys[piece.receipt_key]} if piece.receipt_key in self.keys else {}
        return {"receipt": receipts.facts_of(piece), **receipts.signature_of(piece), "public_keys": used}

    def events(self) -> Iterator[bytes]:
        """The payloads, byte for byte as they were hashed, a line each."""
        for at in range(0, len(self.indexes), AT_ONCE):
            some = LedgerEvent.objects.filter(index__in=self.indexes[at : at + AT_ONCE]).order_by("index")
            for payload, leaf in some.values_list("payload", "leaf"):
                raw = payload.encode()
                if leaf_hash(raw).hex() != leaf:
                    raise IntegrityFailure("ledger_altered")
                yield raw + b"\n"

    def proofs(self) -> Iterator[bytes]:
        for index in self.indexes:
            path = [node.hex() for node in self.tree.inclusion(index)]
            yield canonical.dumps({"index": index, "path": path}) + b"\n"

    def key_ring(self) -> dict[str, Any]:
        """The public keys that something in the certificate was signed with."""
        return {
            "type": "custodia/llaves/1",
            "keys": [
                {
                    "key": key,
                    "algorithm": signing.ALGORITHM,
                    "fingerprint": signing.fingerprint_of(public),
                    "public_key": public,
                }
                for key, public in self.keys.items()
            ],
        }

    def sealed(self) -> dict[str, Any]:
        """The manifest, the event that tells it, and the signed head over that event."""
        entries = list(self.container.written)
        facts = {"type": MANIFEST_TYPE, "certificate": str(self.key), "entries": entries}
        manifest = self.container.add(verify.MANIFEST, canonical.dumps(facts))
        event = self.record(manifest)
        seal = self.seal(event)
        self.container.add(verify.SEAL, canonical.dumps(seal))
        self.container.close()
        key = seal["checkpoint"]["key"]
        counts = {"pieces": len(self.pieces), "events": len(self.indexes)}
        return {"certificate": self.key, "manifest": manifest, "event": event.index, **counts, "key": key}

    def record(self, manifest: str) -> LedgerEvent:
        """The ledger tells the issue, and of each piece that it left, before a byte leaves. `mended`: the store had
        other bytes, and what is certified came from the copy that had the filed ones."""
        with transaction.atomic():
            permissions.check_again(self.actor, Action.ISSUE_CERTIFICATE, self.scope.subject)
            event = audit.record(
                ISSUED,
                actor=self.actor,
                subject=self.scope.subject,
                certificate=self.key,
                manifest=manifest,
                kind=self.scope.kind,
                scope=self.scope.id,
                pieces=len(self.pieces),
                events=len(self.indexes),
                bytes=self.with_bytes,
                checkpoint={"size": self.head.size, "root": self.head.root},
                **({"mended": self.mended} if self.mended else {}),
            )
            left = {"certificate": self.key, "bytes": self.with_bytes}
            mended = {key: {"mended": True} for key in self.mended}
            subjects = [(Document(pk=key), {**left, **mended.get(key, {})}) for key in self.pieces]
            audit.record_each(EXPORTED, actor=self.actor, subjects=subjects)
        return event

    def seal(self, event: LedgerEvent) -> dict[str, Any]:
        over = head_now()
        if over.size <= event.index:
            raise IntegrityFailure("ledger_altered")
        tree = Gathered(Frontier(self.head.size, map(bytes.fromhex, self.head.peaks)))
        for leaf in heads.leaves(self.head.size, over.size):
            tree.append(leaf)
        if tree.root().hex() != over.root:
            raise IntegrityFailure("ledger_altered")
        key = signing.find_public_key(over.key)
        return {
            "type": SEAL_TYPE,
            "event": event.payload,
            "proof": [node.hex() for node in tree.inclusion(event.index)],
            "consistency": [node.hex() for node in tree.consistency(self.head.size)],
            "checkpoint": heads.head_of(over, key).document(),
        }


def head_now() -> Checkpoint:
    """The ledger's present head, signed and kept outside too."""
    head = checkpoints.issue(checkpoints.REQUEST)
    if head is None:
        raise RecordsError("nothing_to_certify")
    return head
