"""What the signatures inside a piece were worth when it was filed (C7). They are judged without any network."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django.db import transaction

from records import audit, clock, conf, parsing, permissions
from records.errors import CellUnavailable, RenditionUnavailable
from records.models import Document, SignatureReport
from records.permissions import Actor
from records.services import work
from records.services.intact import intact_path
from records.vocabulary import Action

PDF = "application/pdf"


def check_signatures(document_id: str | uuid.UUID) -> str:
    """Judge the signatures of a piece as of its filing and keep the report; "checked" or why not.

    A report that says the same as the last one is not kept twice. Safe to run again. Raises CellUnavailable (tried
    again later) or IntegrityFailure.
    """
    document = Document.objects.select_related("blob").get(pk=document_id)
    report = parsing.signatures(intact_path(document), trusted_roots(), at=document.filed_at)
    if report.fault == CellUnavailable.code:
        raise CellUnavailable(document=str(document.pk))
    keep(document, report)
    return report.fault or "checked"


def trusted_roots() -> bytes:
    """PEM certificates of the authorities that the installation trusts; none where no file is set."""
    file = conf.signature_roots()
    return file.read_bytes() if file else b""


def keep(document: Document, report: parsing.SignatureReport) -> None:
    found = [plain(signature) for signature in report.signatures]
    with transaction.atomic():
        last = Document.objects.select_for_update().get(pk=document.pk).signature_reports.first()
        if last and (last.engine_version, last.signatures, last.fault) == (report.engine_version, found, report.fault):
            return
        SignatureReport.objects.create(
            document=document, engine=report.engine, engine_version=report.engine_version, signatures=found,
            fault=report.fault, validated_at=clock.now(),
        )  # fmt: skip
        tell(document, found, report.fault)


def plain(signature: parsing.Signature) -> dict[str, Any]:
    """As it is kept: JSON values, lists for tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(signature).items()}


def tell(document: Document, found: list[dict[str, Any]], fault: str) -> None:
    """The event counts; who signed is content and stays in the report."""
    counts = {name: sum(bool(signature[name]) for signature in found) for name in ("intact", "valid", "trusted")}
    audit.record(
        "document.signatures_checked", actor=None, subject=document, signatures=len(found), fault=fault, **counts
    )


def give_up_signatures(document_id: str | uuid.UUID) -> None:
    """The task used up its attempts: the report says that nothing was judged."""
    document = Document.objects.get(pk=document_id)
    if not document.signature_reports.exists():
        keep(document, parsing.SignatureReport(fault="gave_up"))


def ask_check(*, actor: Actor, document: Document) -> None:
    """Have the signatures judged again, as when trusted roots were added. Raises NotFound or AccessDenied."""
    permissions.check(actor, Action.VIEW, document)
    permissions.check(actor, Action.VERIFY, document)
    if document.media_type != PDF:
        raise RenditionUnavailable("no_signatures")
    with transaction.atomic():
        audit.record("signatures.asked", actor=actor, subject=document)
        work.ask(work.SIGNATURES, document.pk)
