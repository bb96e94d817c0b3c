"""Decisions that show a project to citizens or take it back (arts. 13.7, 25, 38)."""

from __future__ import annotations

from django.db import transaction

from records.api import (
    Action,
    Actor,
    Incomplete,
    ProjectCard,
    ProjectPublished,
    ProjectWithdrawn,
    announce,
    check,
    now,
    record,
)
from records.convenios.models import Project, PublicationDecision

#: What a citizen must find of a project (art. 21 and 25): without these there is nothing to publish.
DEMANDED = ("name", "phase", "objective", "department", "area_of_interest", "supplier", "recipient", "beneficiaries")


def publish_project(*, actor: Actor, project: Project, reason: str) -> PublicationDecision:
    """Copy a project's public facts to the site, in this transaction.

    Raises AccessDenied, or Incomplete naming everything that is missing: facts, approved entry to
    the Banco, reason. Publishing again replaces the earlier copy.
    """
    check(actor, Action.PUBLISH)
    check_publishable(project, reason)
    with transaction.atomic():
        decision = decide(actor, project, reason, published=True)
        record("project.published", actor=actor, subject=project, decision=decision.pk)
        announce(ProjectPublished(card_of(project, decision)))
    return decision


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


def check_publishable(project: Project, reason: str) -> None:
    missing = [name for name in DEMANDED if not getattr(project, name)]
    if not project.bank_entry_approved_on:
        missing.append("bank_entry")
    if not reason.strip():
        missing.append("reason")
    if missing:
        raise Incomplete(missing)


def decide(actor: Actor, project: Project, reason: str, *, published: bool) -> PublicationDecision:
    return PublicationDecision.objects.create(
        project=project, published=published, reason=reason.strip(), decided_by=actor, decided_at=now()
    )


def card_of(project: Project, decision: PublicationDecision) -> ProjectCard:
    convenio = project.convenio
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
        convenio_number=convenio.number if convenio else "",
        framework_number=convenio.framework.number if convenio and convenio.framework else "",
        credits_agreed=convenio.credits_agreed if convenio else project.credits_executed,
        credits_executed=project.credits_executed,
        decision_id=decision.pk,
        decided_at=decision.decided_at,
        indicators=tuple(project.indicators),
    )
