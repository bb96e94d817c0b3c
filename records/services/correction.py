"""Correction: what is wrong is annulled and replaced, what is newer is a new version; nothing is deleted (B10)."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from records import clock, permissions
from records.errors import Incomplete, RuleViolation
from records.events import DocumentsChanged, announce
from records.models import Annulment, Document
from records.permissions import Actor, Rights
from records.services import filing, states
from records.services.expedientes import hold_open
from records.services.filing import FilingMetadata
from records.services.receipts import FilingReceipt, receipt_of
from records.services.receiving import DuplicateDecision, Upload
from records.vocabulary import Action, DocumentState


def annul_document(*, actor: Actor, document: Document, reason: str, replaced_by: Document | None = None) -> Document:
    """Say that a piece no longer counts. Its order, folios and bytes stay, and so do its readers.

    Raises NotFound, AccessDenied, ClosedExpediente (a sealed piece waits for the reopening), RuleViolation
    (annulled already, or a replacement that is none) or Incomplete (no reason).
    """
    check_may_annul(permissions.rights_of(actor), document, reason)
    if replaced_by is not None:
        permissions.check(actor, Action.VIEW, replaced_by)
    with transaction.atomic():
        hold_open(document.expediente_id)
        check_replacement(document, replaced_by)
        return write_annulment(actor, document, reason, replaced_by)


def check_may_annul(rights: Rights, document: Document, reason: str) -> None:
    rights.check(Action.VIEW, document)
    rights.check(Action.ANNUL, document)
    if not reason.strip():
        raise Incomplete(["reason"])


def check_replacement(document: Document, replaced_by: Document | None) -> None:
    """What takes the place of a piece lies beside it, counts, and is another."""
    if replaced_by is None:
        return
    held = Document.objects.get(pk=replaced_by.pk)
    alike = held.expediente_id == document.expediente_id and held.pk != document.pk
    if not alike or held.state == DocumentState.ANNULLED:
        raise RuleViolation("no_replacement")


def write_annulment(actor: Actor, document: Document, reason: str, replaced_by: Document | None) -> Document:
    held = Document.objects.select_for_update().get(pk=document.pk)
    shown = {"replaced_by": replaced_by.pk} if replaced_by else {}
    states.move(held, DocumentState.ANNULLED, actor=actor, reason=reason, **shown)
    Annulment.objects.create(
        document=held, reason=reason.strip(), replaced_by=replaced_by, annulled_by=actor, annulled_at=clock.now()
    )
    announce(DocumentsChanged((held.pk,)))
    return held


def replace_document(
    *,
    actor: Actor,
    document: Document,
    upload: Upload,
    metadata: FilingMetadata,
    reason: str,
    duplicate: DuplicateDecision | None = None,
) -> FilingReceipt:
    """Annul a piece and file the one that takes its place, both or neither; it keeps the annex of the former, and
    enters as closed as it is.

    Raises as `annul_document` and `filing.file_document`.
    """
    check_may_annul(permissions.rights_of(actor), document, reason)

    def annul(new: Document) -> None:
        write_annulment(actor, document, reason, new)

    admitted = filing.admit(
        actor=actor,
        expediente=document.expediente,
        upload=upload,
        metadata=beside(document, metadata),
        duplicate=duplicate,
        replaces=document,
    )
    return receipt_of(filing.register([admitted], document.expediente, annul)[0])


def file_version(
    *,
    actor: Actor,
    document: Document,
    upload: Upload,
    metadata: FilingMetadata,
    duplicate: DuplicateDecision | None = None,
) -> FilingReceipt:
    """File the next version of a piece: a new record of the same document, of the same tipo and annex.

    Both stay readable to whom each is open; the new one enters as closed as the former is. Raises as
    `filing.file_document`; RuleViolation when the piece was annulled or has its next version already.
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.VIEW, document)
    rights.check(Action.FILE, document.expediente)
    if metadata.tipo != document.tipo.code:
        raise Incomplete(["tipo_of_version"])
    admitted = filing.admit(
        actor=actor,
        expediente=document.expediente,
        upload=upload,
        metadata=beside(document, metadata),
        duplicate=duplicate,
        previous=document,
    )
    with transaction.atomic():
        held = hold_open(document.expediente_id)
        check_may_follow(document)
        new = filing.register([admitted], held)[0]
    return receipt_of(new)


def check_may_follow(document: Document) -> None:
    held = Document.objects.select_for_update().get(pk=document.pk)
    if held.state == DocumentState.ANNULLED:
        raise RuleViolation("version_of_annulled")
    if Document.objects.filter(previous=held).exists():
        raise RuleViolation("has_next_version")


def beside(document: Document, metadata: FilingMetadata) -> FilingMetadata:
    """The same annex as the piece it follows or replaces, unless another is named."""
    if metadata.annex or document.annex is None:
        return metadata
    return replace(metadata, annex=document.annex.key)
