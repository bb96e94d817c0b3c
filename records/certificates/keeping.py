"""Certificates as work that goes on while the page is closed, and as files that wait some days for whoever asked."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from records import audit, clock, conf, permissions
from records.certificates import scope as scopes
from records.certificates.issue import Issued, issue_certificate
from records.certificates.scope import Scope
from records.errors import IntegrityFailure, NotFound, RuleViolation
from records.keys import Key, as_uuid
from records.models import Certificate, Document, Job, JobRow
from records.permissions import Actor
from records.selectors.documents import get_document_for
from records.selectors.expedientes import get_expediente_for
from records.services import jobs
from records.services.jobs import Kind, NewRow, Told
from records.storage.base import digest_of
from records.vocabulary import Action

KIND = "certificate"
DOWNLOADED = "certificate.downloaded"
#: Pieces and bytes that are certified at once, while the person waits; more is the worker's.
FEW, LIGHT = 100, 16 * 1024**2
#: Seconds after which what an interrupted issue left is taken away.
LITTER = 24 * 3600


class CertificateGone(RuleViolation):
    """The file was taken away after its days; the same can be issued again."""

    code = "certificate_gone"


def ask_certificate(*, actor: Actor, scope: Scope, with_bytes: bool) -> Job:
    """A certificate as a job of one row: done now where it is light, else by the worker.

    The caller made the scope, which decided that the person may. Raises what keeps a light one from being issued
    now only as the row's own result.
    """
    weight = scopes.weight_of(scope)
    here = weight.pieces <= FEW and (weight.bytes <= LIGHT or not with_bytes)
    facts = {"kind": scope.kind, "id": str(scope.id), "bytes": with_bytes}
    row = NewRow(_("Certificado de %(code)s") % {"code": scope.expediente.code}, facts)
    job = jobs.start_job(
        actor=actor, kind=KIND, title=_("Certificado de custodia"), rows=[row], expediente=scope.expediente, here=here
    )
    return jobs.finish_here(job) if here else job


def scope_of(actor: Actor, kind: str, key: Key) -> Scope:
    """The scope of that kind, for this person. Raises NotFound or AccessDenied."""
    if kind == scopes.DOCUMENT:
        return scopes.of_document(actor, get_document_for(actor, key))
    if kind == scopes.EXPEDIENTE:
        return scopes.of_expediente(actor, get_expediente_for(actor, key))
    if (batch := as_uuid(key)) is None:
        raise NotFound
    return scopes.of_package(actor, batch)


def prepare(job: Job, row: JobRow) -> tuple[Scope, Issued]:
    """The whole file, under the name of its certificate, durably."""
    scope = scope_of(job.owner, row.facts["kind"], row.facts["id"])
    folder = prepared_folder()
    draft = folder / f"{uuid.uuid4()}.part"
    issued = issue_certificate(actor=job.owner, scope=scope, with_bytes=bool(row.facts["bytes"]), target=draft)
    draft.rename(file_of(issued.certificate))
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return scope, issued


def write(job: Job, row: JobRow, prepared: tuple[Scope, Issued]) -> Told:
    scope, issued = prepared
    Certificate.objects.create(
        id=issued.certificate, kind=scope.kind, scope=scope.id, expediente=scope.expediente,
        document_id=scope.id if scope.kind == scopes.DOCUMENT else None, with_bytes=bool(row.facts["bytes"]),
        pieces=issued.pieces, events=issued.events, size=issued.size, sha256=issued.sha256, manifest=issued.manifest,
        key=issued.key, issued_by=job.owner, issued_at=clock.now(), event=issued.event,
    )  # fmt: skip
    return Told(facts={"certificate": str(issued.certificate)})


def undo(prepared: tuple[Scope, Issued]) -> None:
    """Nobody was given the file: it goes, and the ledger keeps telling that it was made."""
    file_of(prepared[1].certificate).unlink(missing_ok=True)


ISSUING = Kind(write=write, prepare=prepare, undo=undo)


def prepared_folder() -> Path:
    folder = conf.certificates()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def file_of(certificate: uuid.UUID) -> Path:
    return conf.certificates() / f"{certificate}.zip"


def certificate_of(job: Job) -> Certificate | None:
    """What a job of this kind made, if it did."""
    row = job.rows.first() if job.kind == KIND else None
    return Certificate.objects.filter(pk=as_uuid(row.facts.get("certificate", ""))).first() if row else None


def get_certificate_for(actor: Actor, key: Key) -> Certificate:
    """The certificate, for whoever could issue it today; NotFound for anybody else."""
    related = Certificate.objects.select_related("expediente", "document__expediente", "issued_by")
    found = related.filter(pk=as_uuid(key)).first()
    subject = (found.document or found.expediente) if found else permissions.no_document()
    if not permissions.allows(actor, Action.ISSUE_CERTIFICATE, subject) or found is None:
        raise NotFound
    if holds_shut(actor, found):
        raise NotFound
    return found


def holds_shut(actor: Actor, certificate: Certificate) -> bool:
    """Does the file hold a piece that is shut to this person today? Not in one that she had issued since."""
    column = {scopes.DOCUMENT: "pk", scopes.PACKAGE: "batch", scopes.EXPEDIENTE: "expediente"}[certificate.kind]
    filed = Document.objects.filter(expediente=certificate.expediente, filed_at__lte=certificate.issued_at)
    read = permissions.visible_to(actor).order_by().values("pk")
    shut = list(filed.filter(**{column: certificate.scope}).exclude(pk__in=read))
    if not shut or certificate.issued_by_id != actor.pk:
        return bool(shut)
    then = permissions.rights_of(actor, at=certificate.issued_at).barred
    return not all(map(then.shuts, shut))


def is_kept(certificate: Certificate) -> bool:
    return file_of(certificate.pk).exists()


def open_certificate(*, actor: Actor, certificate: Certificate) -> BinaryIO:
    """The file, hashed again and told in the ledger before a byte leaves.

    Raises NotFound, CertificateGone or IntegrityFailure.
    """
    check_may_take(actor, certificate)
    try:
        file = file_of(certificate.pk).open("rb")
    except FileNotFoundError as fault:
        raise CertificateGone from fault
    if digest_of(file) != certificate.sha256:
        file.close()
        raise IntegrityFailure("altered")
    file.seek(0)
    with transaction.atomic():
        subject = certificate.document or certificate.expediente
        audit.record(DOWNLOADED, actor=actor, subject=subject, certificate=certificate.pk, sha256=certificate.sha256)
    return file


def size_for(*, actor: Actor, certificate: Certificate) -> int:
    """Bytes that `open_certificate` would give. Raises NotFound or CertificateGone."""
    check_may_take(actor, certificate)
    if not is_kept(certificate):
        raise CertificateGone
    return certificate.size


def check_may_take(actor: Actor, certificate: Certificate) -> None:
    permissions.check(actor, Action.ISSUE_CERTIFICATE, certificate.document or certificate.expediente)
    if holds_shut(actor, certificate):
        raise NotFound


def sweep_certificates() -> int:
    """Take away files whose days are over, and what interrupted issues left; how many."""
    gone, now = 0, time.time()
    with contextlib.suppress(FileNotFoundError):
        for file in conf.certificates().iterdir():
            limit = LITTER if file.suffix == ".part" else conf.certificate_days() * 24 * 3600
            if now - file.stat().st_mtime > limit:
                file.unlink(missing_ok=True)
                gone += 1
    return gone
