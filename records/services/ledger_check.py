"""Verifying the whole ledger as a job that somebody asks for from the desk; what it found is an event itself."""

from __future__ import annotations

from dataclasses import asdict

from django.utils.translation import gettext as _

from records import audit, permissions
from records.ledger.verification import LedgerReport, verify_ledger
from records.models import Job, JobRow
from records.permissions import Actor
from records.services.jobs import Kind, NewRow, Told, start_job
from records.telling_ledger import told_finding
from records.vocabulary import Action, RowState

KIND = "ledger"
#: Findings told in the row's sentence; the event has them all, as far as the verifier lists them.
SAID = 5


def ask_verification(*, actor: Actor) -> Job:
    """Start it. Raises AccessDenied for whoever may not consult the ledger."""
    permissions.check(actor, Action.READ_LEDGER)
    return start_job(actor=actor, kind=KIND, title=_("Verificación de la bitácora"), rows=[NewRow(_("Bitácora"))])


def read(_job: Job, _row: JobRow) -> LedgerReport:
    return verify_ledger()


def conclude(job: Job, _row: JobRow, report: LedgerReport) -> Told:
    facts = {"events": report.events, "root": report.root, "heads": report.heads, "findings": report.findings}
    audit.record("ledger.verified", actor=job.owner, subject="ledger", **facts)
    if not report.findings:
        sentence = _("%(events)d sucesos, %(heads)d puntos de control: completos, en orden y como se escribieron.")
        return Told(RowState.DONE, "", sentence % asdict(report), {"root": report.root})
    told = [told_finding(found["index"], found["problem"]) for found in report.findings[:SAID]]
    return Told(RowState.FAILED, "ledger_altered", f"{'. '.join(told)}.", {"root": report.root})


CHECKING = Kind(write=conclude, prepare=read)
