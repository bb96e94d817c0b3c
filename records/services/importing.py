"""Importing what an inventory lists, as a job: each row filed once, whatever interrupts it, with its own result.

The files lie in a folder of the server (by command) or are drafts that wait in the expediente (at the desk).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction

from records import permissions
from records.errors import NotFound, RecordsError, RejectedUpload, RuleViolation
from records.keys import as_uuid
from records.models import Document, Draft, Expediente, Job, JobRow
from records.permissions import Actor
from records.selectors.expedientes import get_expediente_by_code_for
from records.sentences import sentence_for
from records.services import arrivals, drafts, filing, jobs
from records.services.folders import UnreadablePath, within
from records.services.inventories import (
    KIND,
    Finder,
    Line,
    Places,
    Plan,
    Planned,
    facts_of,
    line_from,
    planned,
    rows_made,
)
from records.services.jobs import Kind, NewRow, Told
from records.services.placements import locate_document
from records.services.receiving import DuplicateDecision, Upload
from records.storage.base import digest_of
from records.vocabulary import DocumentState, DraftState, ExpedienteFormat, RowState

#: Where paper is when a row gives its box and not its archive.
ARCHIVE = "Archivo de gestión"


# Finding the files -----------------------------------------------------------------------------------------------


def in_folder(folder: Path) -> Finder:
    """Files of a folder of the server, by the path that a row gives from it."""

    def find(line: Line) -> tuple[str, RecordsError | None]:
        try:
            empty = within(folder, line.file).size() == 0
        except UnreadablePath as fault:
            return "", fault
        return "", RejectedUpload(["empty"], name=line.file) if empty else None

    return find


def among_drafts(waiting: Mapping[str, uuid.UUID]) -> Finder:
    """Files that wait as drafts, by their name: the whole path of a row, or its last part."""

    def find(line: Line) -> tuple[str, RecordsError | None]:
        last = PurePosixPath(line.file.replace("\\", "/")).name
        found = waiting.get(line.file) or waiting.get(last)
        return (str(found), None) if found else ("", RuleViolation("row_file_absent"))

    return find


def waiting_drafts(actor: Actor, expediente: Expediente) -> dict[str, uuid.UUID]:
    """The person's complete drafts in an expediente, by name; the newest of two with the same."""
    own = Draft.objects.filter(person=actor, expediente=expediente, state=DraftState.WAITING).order_by("created_at")
    return dict(own.values_list("original_name", "pk"))


# Starting ---------------------------------------------------------------------------------------------------------


def start_import(
    *,
    actor: Actor,
    plan: Plan,
    folder: Path | None = None,
    duplicate: DuplicateDecision | None = None,
    waits: bool = False,
    here: bool = False,
) -> Job:
    """A job of the plan's rows: `waits` until the person confirms it, or done `here` by this process.

    Rows that lack something are rows too: each says so in the end, unless it was mended meanwhile.
    """
    decision = {"choice": duplicate.choice, "reason": duplicate.reason} if duplicate else {}
    parameters = {
        "inventory": plan.inventory.digest,
        "ignored": list(plan.inventory.ignored),
        "folder": str(folder.resolve()) if folder else "",
        "duplicate": decision,
    }
    return jobs.start_job(
        actor=actor, kind=KIND, title=title_of(plan), expediente=plan.expediente, rows=new_rows(plan),
        parameters=parameters, waits=waits, here=here,
    )  # fmt: skip


def title_of(plan: Plan) -> str:
    count = len(plan.rows)
    return "Inventario de 1 fila" if count == 1 else f"Inventario de {count} filas"


def new_rows(plan: Plan) -> Iterator[NewRow]:
    for row in plan.rows:
        code, sentence = told_beforehand(row)
        yield NewRow(row.line.label, facts_of(row.line), code=code, sentence=sentence, number=row.line.number)


def told_beforehand(row: Planned) -> tuple[str, str]:
    """Code and sentence of what is known of a row before it is done; empty when it would simply be filed."""
    if row.already:
        return "row_already", sentence_for(RecordsError("row_already"))
    return (row.lacks[0].code if row.lacks else ""), joined(row.lacks)


# Doing a row ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """A row whose bytes are durable and checked: it may be written."""

    line: Line
    filing: filing.Filing
    expediente: Expediente
    draft: Draft | None = None


@dataclass(frozen=True)
class Already:
    """A row that an import made a piece of before, with the same bytes."""

    document: uuid.UUID


def prepare(job: Job, row: JobRow) -> Ready | Already | Told:
    """Open, hash, look at and keep the row's file; of a row that lacks something, all that it lacks now."""
    line = line_from(row.facts)
    try:
        return readied(job, line)
    except jobs.OUTAGES:
        raise
    except RecordsError as refusal:
        lacks = lacking_now(job, line) or (refusal,)
        return Told(RowState.FAILED, lacks[0].code, joined(lacks))


def lacking_now(job: Job, line: Line) -> tuple[RecordsError, ...]:
    folder, where = job.parameters["folder"], job.expediente
    finder = in_folder(Path(folder)) if folder else among_drafts(waiting_drafts(job.owner, where) if where else {})
    return planned(line, Places(job.owner, where), finder, set()).lacks


def joined(errors: Sequence[RecordsError]) -> str:
    return " ".join(dict.fromkeys(sentence_for(error) for error in errors))


def readied(job: Job, line: Line) -> Ready | Already:
    """The row's bytes durable and checked. Raises the first thing it lacks."""
    if not line.file:
        raise RuleViolation("row_without_file")
    if line.filed and (piece := standing(job.owner, line.filed)):
        return unchanged(job, line, piece)
    expediente, draft = place_of(job, line), draft_of(job, line)
    with upload_of(job, line, draft) as upload:
        admitted = filing.admit(
            actor=job.owner, expediente=expediente, upload=upload, metadata=line.metadata(),
            duplicate=decision_of(job), batch=job.pk,
        )  # fmt: skip
    return Ready(line, admitted, expediente, draft)


def standing(owner: Actor, key: str) -> Document | None:
    """The piece, if it was not annulled and its owner still reads it: otherwise the row is filed anew."""
    return permissions.visible_to(owner).filter(pk=key).exclude(state=DocumentState.ANNULLED).first()


def unchanged(job: Job, line: Line, piece: Document) -> Already:
    """The piece made of this row before. Raises RuleViolation when the folder's file has other bytes now."""
    if job.parameters["folder"]:
        with within(Path(job.parameters["folder"]), line.file).opened() as stream:
            if digest_of(stream) != piece.blob_id:
                raise RuleViolation("row_changed")
    return Already(piece.pk)


def place_of(job: Job, line: Line) -> Expediente:
    try:
        return job.expediente or get_expediente_by_code_for(job.owner, line.expediente)
    except NotFound:
        raise RuleViolation("row_expediente_unknown", value=line.expediente) from None


def draft_of(job: Job, line: Line) -> Draft | None:
    if job.parameters["folder"]:
        return None
    found = Draft.objects.filter(pk=as_uuid(line.draft), person=job.owner).first()
    if found is None or found.state not in (DraftState.WAITING, DraftState.FILED):
        raise RuleViolation("row_file_absent")
    return found


@contextmanager
def upload_of(job: Job, line: Line, draft: Draft | None) -> Iterator[Upload]:
    if draft is None:
        yield within(Path(job.parameters["folder"]), line.file)
    else:
        with arrivals.lent(draft.pk) as path:
            yield Upload(draft.original_name, path=path)


def decision_of(job: Job) -> DuplicateDecision | None:
    decided = job.parameters.get("duplicate")
    return DuplicateDecision(decided["choice"], decided["reason"]) if decided else None


def write(_job: Job, _row: JobRow, prepared: Ready | Already | Told) -> Told:
    """The piece, where its paper is, and the row, in one transaction."""
    if isinstance(prepared, Told):
        return prepared
    if isinstance(prepared, Already):
        told = sentence_for(RecordsError("row_already"))
        return Told(RowState.SKIPPED, "row_already", told, document=prepared.document)
    if twin := made_of_same_row(prepared):
        return Told(RowState.SKIPPED, "row_already", sentence_for(RecordsError("row_already")), document=twin)
    marking = drafts.marking(prepared.draft) if prepared.draft else None
    (document,) = filing.register([prepared.filing], prepared.expediente, marking)
    if prepared.draft:
        key = prepared.draft.pk
        transaction.on_commit(lambda: arrivals.remove(key))
    return Told(document=document.pk, **located(prepared, document))


def made_of_same_row(prepared: Ready) -> uuid.UUID | None:
    """A piece, which the importer reads, that another import made of the same row while this one waited: asked again
    where both would write."""
    same = rows_made(prepared.filing.rights.visible()).filter(
        document__blob=prepared.filing.received.staged.digest,
        document__expediente=prepared.expediente,
        facts__key=prepared.line.key,
    )
    return same.values_list("document", flat=True).first()


def located(prepared: Ready, document: Document) -> dict[str, Any]:
    """Note where the paper is, if the row says so (C10); what is to be told of it."""
    line = prepared.line
    if not line.on_paper:
        return {}
    reference = f"Fila {line.number} del inventario importado"
    locate_document(
        actor=prepared.filing.actor,
        document=document,
        archive=(line.archive or ARCHIVE)[:200],
        box=line.box[:40],
        folder=line.folder[:40],
        volume=line.volume[:40],
        folios=line.folios[:60],
        cross_reference=(f"{reference}. {line.notes}" if line.notes else reference)[:300],
    )
    if prepared.expediente.format == ExpedienteFormat.HYBRID:
        return {}
    return {"code": "row_not_hybrid", "sentence": sentence_for(RecordsError("row_not_hybrid"))}


IMPORTING = Kind(write=write, prepare=prepare)
