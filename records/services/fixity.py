"""Proof that stored bytes and receipts are the filed ones: every copy is read, nothing is repaired here (B5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from records import audit, permissions, storage
from records.models import Document, Rendition
from records.permissions import Actor
from records.services import receipts, renditions
from records.vocabulary import Action

#: Problem of a piece whose own bytes are right, when a copy made from it is no longer the one that was noted.
RENDITION = "rendition_altered"
#: Problem of a piece whose row, receipt or digest are not the ones that the ledger told when it was filed.
RECEIPT = "receipt_altered"
AT_ONCE = 500


@dataclass
class CustodyReport:
    """Documents checked, bytes they hold, and each document whose bytes, or those of a kept copy, are missing or
    altered, or whose receipt does not hold.

    `set_aside`: digests of which damaged bytes were replaced when the same were received again.
    """

    checked: int = 0
    bytes: int = 0
    findings: list[dict[str, str]] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)


def verify_custody(
    expediente_code: str | None = None,
    *,
    actor: Actor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CustodyReport:
    """Re-hash every stored byte of one expediente or of all, and hold each receipt against the ledger; names exactly
    the documents that fail. That the ledger itself holds is for `verify_ledger`.

    `progress(done, total)` is called after each document. Litter of interrupted acts is no finding.
    """
    documents = Document.objects.select_related(*receipts.SIGNED).order_by("blob_id")
    if expediente_code:
        documents = documents.filter(expediente__code=expediente_code)
    total, report = documents.count(), CustodyReport()
    for document, problem in verified(documents.iterator(chunk_size=AT_ONCE)):
        report.checked, report.bytes = report.checked + 1, report.bytes + document.blob.size
        if problem:
            report.findings.append({"document": str(document.pk), "problem": problem})
        if progress:
            progress(report.checked, total)
    report.findings += copies_that_fail(documents, {finding["document"] for finding in report.findings})
    report.set_aside = storage.store().set_aside()
    with transaction.atomic():
        audit.record(
            "custody.verified",
            actor=actor,
            subject=expediente_code or "all",
            checked=report.checked,
            findings=[finding["document"] for finding in report.findings],
            set_aside=report.set_aside,
        )
    return report


def copies_that_fail(documents: QuerySet[Document], known: set[str]) -> list[dict[str, str]]:
    """Pieces, not yet named, of which a copy kept in the store is not the one that was noted."""
    kept = Rendition.objects.filter(document__in=documents.order_by().values("pk")).exclude(blob=None).order_by("pk")
    wrong = {
        str(copy.document_id)
        for copy in kept.iterator(chunk_size=500)
        if storage.store().verify(copy.digest, copy.size)
    }
    return [{"document": key, "problem": RENDITION} for key in sorted(wrong - known)]


def verify_document(*, actor: Actor, document: Document) -> str:
    """Re-hash the stored bytes of one piece now, and what was made from it.

    Returns "" when they are the filed ones and every copy is as it was noted, else "missing", "altered" or
    "unreadable" for the piece itself, or RENDITION; either way the ledger tells it. Raises NotFound or AccessDenied.
    """
    permissions.check(actor, Action.VIEW, document)
    permissions.check(actor, Action.VERIFY, document)
    problem = storage.store().verify(document.blob_id, document.blob.size)
    copies = renditions.faults_of(document)
    problem = problem or (RENDITION if copies else "")
    with transaction.atomic():
        audit.record("custody.verified", actor=actor, subject=document, checked=1, problem=problem, copies=copies)
    return problem


def verified(documents: Iterator[Document]) -> Iterator[tuple[Document, str]]:
    """Each document with its problem; bytes shared by several documents are read once."""
    digest, problem = "", ""
    while some := list(islice(documents, AT_ONCE)):
        witness = receipts.Witness.of(some)
        for document in some:
            if document.blob_id != digest:
                digest, problem = document.blob_id, storage.store().verify(document.blob_id, document.blob.size)
            yield document, problem or (RECEIPT if witness.standing_of(document) == "broken" else "")
