"""Proof that stored bytes and receipts are the filed ones, in every place where they lie (B5).

`verify_custody` reads and repairs nothing; *Verificar ahora* mends what it finds where a good copy exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from records import audit, permissions
from records.fixity import checks, healing, sweep
from records.fixity.places import places
from records.holds.told import list_untold
from records.models import Blob, Document, Expediente, Rendition
from records.permissions import Actor
from records.selectors.filings import list_gone, opened_unduly
from records.services import receipts, renditions
from records.vocabulary import Action

#: Problem of a piece whose own bytes are right, when a copy made from it is no longer the one that was noted.
RENDITION = "rendition_altered"
#: Problem of a piece whose row, receipt or digest are not the ones that the ledger told when it was filed.
RECEIPT = "receipt_altered"
#: Problem of a piece of which the ledger tells no filing, and of one whose level no act put in force.
UNFILED, LEVEL = "unfiled", "level_altered"
#: Problem of a piece that the ledger says was filed and that the database no longer has.
GONE = "gone"
#: Before the problem of a piece that is right in the store and wrong in a copy elsewhere.
COPY = "copy_"
#: What a verification answers when bytes were wrong and are right now.
MENDED = "mended"
AT_ONCE = 500


@dataclass
class CustodyReport:
    """Documents checked, bytes they hold, and each document whose bytes, or those of a kept copy, are missing or
    altered, whose receipt does not hold, or whose row was taken out, put in or given another level by the database.

    `set_aside`: digests of which damaged bytes were replaced when the same were received again. `holds`: ids of the
    holds that were put in, lifted or taken out behind the ledger, told when everything is verified.
    """

    checked: int = 0
    bytes: int = 0
    findings: list[dict[str, str]] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)


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
    report.findings += [{"document": key, "problem": GONE} for key in gone_from(expediente_code)]
    report.findings += copies_that_fail(documents, {finding["document"] for finding in report.findings})
    report.set_aside = sorted({digest for place in places() for digest in place.store.set_aside()})
    report.holds = [] if expediente_code else list_untold()
    with transaction.atomic():
        audit.record(
            "custody.verified",
            actor=actor,
            subject=expediente_code or "all",
            checked=report.checked,
            findings=[finding["document"] for finding in report.findings],
            set_aside=report.set_aside,
            holds=report.holds,
        )
    return report


def gone_from(expediente_code: str | None) -> list[str]:
    """Ids of the pieces of one expediente, or of all, that were filed and have no row."""
    if not expediente_code:
        return list_gone()
    return [key for one in Expediente.objects.filter(code=expediente_code) for key in list_gone(one)]


def copies_that_fail(documents: QuerySet[Document], known: set[str]) -> list[dict[str, str]]:
    """Pieces, not yet named, of which a copy made from them and kept is not the one that was noted, in any place."""
    kept = Rendition.objects.filter(document__in=documents.order_by().values("pk")).exclude(blob=None)
    wrong: set[str] = set()
    rows = kept.select_related("blob").order_by("pk").iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        found = faults_everywhere({row.digest: row.blob for row in some if row.blob})
        wrong |= {str(row.document_id) for row in some if found.get(row.digest)}
    return [{"document": key, "problem": RENDITION} for key in sorted(wrong - known)]


def verify_document(*, actor: Actor, document: Document) -> str:
    """Re-hash the stored bytes of one piece now, in every place, and what was made from it; mend what can be.

    Returns "" when they are the filed ones everywhere; MENDED when some were not and were written anew from a place
    that had them right; else "missing", "altered" or "unreadable" for the piece itself, the same after "copy_" for a
    copy that could not be mended, or RENDITION. Either way the ledger tells it. Raises NotFound or AccessDenied.
    """
    permissions.check(actor, Action.VIEW, document)
    permissions.check(actor, Action.VERIFY, document)
    before = faults_everywhere({document.blob_id: document.blob}).get(document.blob_id, "")
    copies = renditions.faults_of(document)
    with transaction.atomic():
        told = before or (RENDITION if copies else "")
        audit.record("custody.verified", actor=actor, subject=document, checked=1, problem=told, copies=copies)
    return mended(document) if before else (RENDITION if copies else "")


def mended(document: Document) -> str:
    """Write the bytes anew wherever they are wrong and may be mended; what is still wrong, or MENDED."""
    for place in places():
        if not place.is_copy or checks.noted(place.name, [document.blob_id]):
            healing.mend(place, document.blob_id, document.blob.size)
    return faults_everywhere({document.blob_id: document.blob}).get(document.blob_id, "") or MENDED


def verified(documents: Iterator[Document]) -> Iterator[tuple[Document, str]]:
    """Each document with its problem; bytes shared by several documents are read once."""
    while some := list(islice(documents, AT_ONCE)):
        witness, found = receipts.Witness.of(some), faults_everywhere({one.blob_id: one.blob for one in some})
        opened = opened_unduly(some)
        for document in some:
            problem = found.get(document.blob_id, "") or row_fault(document, witness)
            yield document, problem or (LEVEL if str(document.pk) in opened else "")


def row_fault(document: Document, witness: receipts.Witness) -> str:
    """What is wrong of a row as the ledger told its filing, or ""."""
    if witness.standing_of(document) == "broken":
        return RECEIPT
    return "" if str(document.pk) in witness.filed else UNFILED


def faults_everywhere(blobs: Mapping[str, Blob]) -> dict[str, str]:
    """The fault of each of these bytes that is wrong somewhere, by digest: that of the store, or "copy_" and that of
    the copy. What was found in a place that stands is noted; bytes that were never copied lack nothing yet."""
    found: dict[str, str] = {}
    for place in places():
        known = blobs if not place.is_copy else {key: blobs[key] for key in checks.noted(place.name, blobs)}
        results = dict(sweep.faults(place, list(known.values())))
        if results and place.stands():
            healing.note_found(place, results)
        for digest, fault in results.items():
            if fault:
                found.setdefault(digest, f"{COPY}{fault}" if place.is_copy else fault)
    return found
