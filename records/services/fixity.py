"""Proof that stored bytes are the filed ones: every copy is read, nothing is repaired here (B5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from records import audit, permissions, storage
from records.models import Document
from records.permissions import Actor
from records.vocabulary import Action


@dataclass
class CustodyReport:
    """Documents checked, bytes they hold, and each document whose bytes are missing or altered."""

    checked: int = 0
    bytes: int = 0
    findings: list[dict[str, str]] = field(default_factory=list)


def verify_custody(
    expediente_code: str | None = None,
    *,
    actor: Actor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CustodyReport:
    """Re-hash every stored byte of one expediente or of all; names exactly the documents that fail.

    `progress(done, total)` is called after each document. Litter of interrupted acts is no finding.
    """
    documents = Document.objects.select_related("blob").order_by("blob_id")
    if expediente_code:
        documents = documents.filter(expediente__code=expediente_code)
    total, report = documents.count(), CustodyReport()
    for document, problem in verified(documents.iterator(chunk_size=500)):
        report.checked, report.bytes = report.checked + 1, report.bytes + document.blob.size
        if problem:
            report.findings.append({"document": str(document.pk), "problem": problem})
        if progress:
            progress(report.checked, total)
    with transaction.atomic():
        audit.record(
            "custody.verified",
            actor=actor,
            subject=expediente_code or "all",
            checked=report.checked,
            findings=[finding["document"] for finding in report.findings],
        )
    return report


def verify_document(*, actor: Actor, document: Document) -> str:
    """Re-hash the stored bytes of one piece now. Returns "" when they are the filed ones, else "missing",
    "altered" or "unreadable"; either way the ledger tells it. Raises NotFound or AccessDenied.
    """
    permissions.check(actor, Action.VIEW, document)
    permissions.check(actor, Action.VERIFY, document)
    problem = storage.store().verify(document.blob_id, document.blob.size)
    with transaction.atomic():
        audit.record("custody.verified", actor=actor, subject=document, checked=1, problem=problem)
    return problem


def verified(documents: Iterator[Document]) -> Iterator[tuple[Document, Any]]:
    """Each document with its problem; bytes shared by several documents are read once."""
    digest, problem = "", ""
    for document in documents:
        if document.blob_id != digest:
            digest, problem = document.blob_id, storage.store().verify(document.blob_id, document.blob.size)
        yield document, problem
