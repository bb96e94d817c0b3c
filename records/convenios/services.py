"""Decisions that show a project to citizens or take it back (arts. 13.7, 25, 38)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from records.api import (
    Action,
    Actor,
    ConveniosChanged,
    DocumentsChanged,
    Incomplete,
    ProjectCard,
    ProjectPublished,
    ProjectWithdrawn,
    announce,
    check,
    now,
    record,
)
from records.conf import setting
from records.convenios import public
from records.convenios.models import Convenio, Project, PublicationDecision
from records.models import Document

#: What a citizen must find of a project (art. 21 and 25): without these there is nothing to publish.
DEMANDED = ("name", "phase", "objective", "department", "area_of_interest", "supplier", "recipient", "beneficiaries")


def note_convenio(*, number: str, **facts: Any) -> Convenio:
    """The convenio of this number with these facts, in this transaction: what is searchable of its pieces is looked at
    again, and what shown projects tell of it, for one that is signed is public and one that no longer is, is not."""
    with transaction.atomic():
        convenio, _made = Convenio.objects.update_or_create(number=number, defaults=facts)
        pieces = Document.objects.filter(expediente__convenio_number=number).order_by()
        announce(DocumentsChanged(tuple(pieces.values_list("pk", flat=True))))
        announce(ConveniosChanged((number,)))
    return convenio


def publish_project(
    *, actor: Actor, project: Project, reason: str, correction: bool = False, note: str = ""
) -> PublicationDecision:
    """Copy a project's public facts to the site, in this transaction.

    Publishing again shows the new facts and keeps the former, dated, in its public history. A `correction` says
    so there, with `note`: one sentence for citizens on what was wrong.

    Raises AccessDenied, or Incomplete naming everything that is missing: facts, approved entry to
    the Banco (unless `RECORDS["BANK_ENTRY_FIRST"]` is off, art. 13.7), reason, the note of a correction.
    """
    check(actor, Action.PUBLISH)
    check_publishable(project, reason, needs_note=correction and not note.strip())
    with transaction.atomic():
        hold_convenios(project)
        decision = decide(actor, project, reason, published=True, correction=correction, note=note.strip())
        record("project.published", actor=actor, subject=project, decision=decision.pk)
        announce(ProjectPublished(card_of(project, decision)))
    return decision


def hold_convenios(project: Project) -> None:
    """Its convenios as they are now, until the transaction ends: one that is signed meanwhile finds the project shown,
    or the project finds it signed."""
    held = Convenio.objects.select_for_update(of=("self",)).select_related("expediente")
    if project.convenio_id:
        project.convenio = held.get(pk=project.convenio_id)
        if project.convenio.framework_id:
            project.convenio.framework = held.get(pk=project.convenio.framework_id)


def withdraw_project(*, actor: Actor, project: Project, reason: str) -> PublicationDecision:
    """Take a project off the site, in this transaction. Raises AccessDenied or Incomplete (no reason)."""
    check(actor, Action.PUBLISH)
    if not reason.strip():
        raise Incomplete(["reason"])
    with transaction.atomic():
        decision = decide(actor, project, reason, published=False)
        record("project.withdrawn", actor=actor, subject=project, decision=decision.pk)
        announce(ProjectWithdrawn(project.pk))
    return decision


def check_publishable(project: Project, reason: str, *, needs_note: bool = False) -> None:
    entered = bool(project.bank_entry_approved_on) or not setting("BANK_ENTRY_FIRST")
    lacks = {"bank_entry": not entered, "reason": not reason.strip(), "correction_note": needs_note}
    missing = [name for name in DEMANDED if not getattr(project, name)]
    missing += [name for name, lacking in lacks.items() if lacking]
    if missing:
        raise Incomplete(missing)


def decide(actor: Actor, project: Project, reason: str, *, published: bool, **said: Any) -> PublicationDecision:
    return PublicationDecision.objects.create(
        project=project, published=published, reason=reason.strip(), decided_by=actor, decided_at=now(), **said
    )


def card_of(project: Project, decision: PublicationDecision) -> ProjectCard:
    told = public.told_of(project)
    return ProjectCard(
        project_id=project.pk,
        code=project.code,
        slug=project.slug,
        name=project.name,
        phase=project.phase,
        objective=project.objective,
        summary=project.summary,
        department=project.department,
        municipality=project.municipality,
        area_of_interest=project.area_of_interest,
        strategic_bet=project.strategic_bet,
        offset_kind=project.offset_kind,
        supplier=project.supplier,
        recipient=project.recipient,
        beneficiaries=project.beneficiaries,
        inclusion=tuple(project.inclusion),
        convenio_number=told.convenio_number,
        framework_number=told.framework_number,
        credits_agreed=project.credits_executed if told.credits_agreed is None else told.credits_agreed,
        credits_executed=project.credits_executed,
        decision_id=decision.pk,
        decided_at=decision.decided_at,
        indicators=tuple(project.indicators),
        withheld=told.withheld,
        convenios=told.convenios,
        pieces=public.pieces_of(project),
        entered_on=project.bank_entry_approved_on,
        correction=decision.correction,
        note=decision.note,
    )
