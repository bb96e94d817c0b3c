"""Levels: proposed with their legal ground by one person, decided by another (D12)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from records import audit, clock, permissions, policies
from records.errors import AccessDenied, Incomplete, NotFound, RecordsError, RuleViolation, SelfApproval
from records.events import DocumentsChanged, announce
from records.keys import Key, as_uuid
from records.models import ClassificationAct, Document, LedgerEvent
from records.permissions import Actor
from records.services import states
from records.vocabulary import Action, ActState, DocumentState, Level

#: Where each column of an act comes from in a grounds mapping (the file format of `classify --grounds`).
COLUMNS: tuple[str, ...] = (
    "norm",
    "article",
    "literal",
    "harm_present",
    "harm_probable",
    "harm_specific",
    "balance",
    "extent",
    "generated",
    "until",
    "responsible",
    "safe_title",
    "reason",
)
DATES = ("generated", "until")


def propose_level(
    *, actor: Actor, document: Document, level: str, grounds: Mapping[str, Any] | None = None
) -> ClassificationAct:
    """Propose a level for a piece; a stricter one than the approved acts at once.

    `grounds` has the keys norm, article, literal, harm {present, probable, specific}, balance, extent,
    generated, until, responsible (login), safe_title and optionally reason; dates as ISO text or dates.
    Raises NotFound, AccessDenied, RuleViolation, or Incomplete with everything that is missing.
    Source: Ley 1712 de 2014, arts. 18 to 22 and 28.
    """
    check_may_propose(actor, document, level)
    columns = columns_of(ground_of(level, grounds or {}))
    policies.check_grounds(level, columns, clock.today())
    with transaction.atomic():
        held = Document.objects.select_for_update().get(pk=document.pk)
        if held.level != document.level:  # it changed since it was read: the right to propose hangs on the level
            check_may_propose(actor, held, level)
        policies.check_can_propose(held, level)
        return write_proposal(actor, held, level, columns)


def check_may_propose(actor: Actor, document: Document, level: str) -> None:
    permissions.check(actor, Action.PROPOSE_LEVEL, document)
    if not permissions.allows(actor, Action.VIEW, document):
        raise AccessDenied(action=Action.PROPOSE_LEVEL)
    if level in policies.ARTICLES and document.filed_by_id == actor.pk:
        raise SelfApproval("filer_cannot_propose")
    touches_reserve = Level.RESERVED in (level, document.level)
    if touches_reserve and not permissions.is_custodian_of(actor, document.expediente):
        raise AccessDenied("custodian_only", action=Action.PROPOSE_LEVEL)


def levels_open_to(actor: Actor, document: Document) -> tuple[list[str], list[RecordsError]]:
    """The levels this person may propose for a piece, and each different reason why she may not the others."""
    open_levels, refusals = [], {}
    for level in (Level.PUBLIC, *policies.ARTICLES):
        try:
            check_may_propose(actor, document, level)
        except (AccessDenied, SelfApproval) as refusal:
            refusals[refusal.code] = refusal
        else:
            open_levels.append(str(level))
    return open_levels, list(refusals.values())


def write_proposal(actor: Actor, document: Document, level: str, columns: Mapping[str, Any]) -> ClassificationAct:
    at_once = policies.acts_at_once(document.level, level)
    former = []
    if at_once:
        overtake(actor, document)
        former = supersede(document)
    act = ClassificationAct.objects.create(
        document=document,
        level=level,
        previous_level=document.level,
        state=ActState.IN_FORCE if at_once else ActState.PROPOSED,
        proposed_by=actor,
        proposed_at=clock.now(),
        **{**columns, "reason": policies.derive_reason(columns)},
    )
    event = audit.record(
        "level.raised" if at_once else "level.proposed",
        actor=actor,
        subject=document,
        act=act.pk,
        level=level,
        previous=document.level,
    )
    states.note(act, "", act.state, actor, columns["balance"], event)
    if at_once:
        note_superseded(former, actor, event)
        put_in_force(document, level)
    return act


def approve_act(*, actor: Actor, act: ClassificationAct) -> ClassificationAct:
    """Put a proposed level in force. Who proposed it, or filed the piece, cannot approve it.

    Raises NotFound, AccessDenied, SelfApproval, or RuleViolation when it was already decided.
    """
    with transaction.atomic():
        held = decidable(actor, act)
        former = supersede(held.document)
        event = decide(held, actor, ActState.IN_FORCE)
        note_superseded(former, actor, event)
        put_in_force(held.document, held.level)
        if held.document.state == DocumentState.FILED:
            states.move(held.document, DocumentState.CLASSIFIED, actor=actor, act=held.pk)
    return held


def return_act(*, actor: Actor, act: ClassificationAct, observations: str) -> ClassificationAct:
    """Send a proposal back with a sentence; the piece keeps the level it has. Raises as `approve_act`."""
    if not observations.strip():
        raise Incomplete(["observations"])
    with transaction.atomic():
        held = decidable(actor, act)
        decide(held, actor, ActState.REFUSED, observations.strip())
        announce(DocumentsChanged((held.document_id,)))
    return held


def decidable(actor: Actor, act: ClassificationAct) -> ClassificationAct:
    """The act, locked with its piece, if this person may decide it now."""
    document = Document.objects.select_for_update(of=("self",)).select_related("expediente").get(pk=act.document_id)
    permissions.check(actor, Action.APPROVE_LEVEL, document)
    held = ClassificationAct.objects.select_for_update(of=("self",)).select_related("document").get(pk=act.pk)
    policies.check_pending(held)
    if actor.pk in (held.proposed_by_id, document.filed_by_id):
        raise SelfApproval
    held.document = document
    return held


def decide(act: ClassificationAct, actor: Actor, state: str, observations: str = "") -> LedgerEvent:
    """Two people: the row's constraint compares who decided with who proposed, whatever the code did."""
    act.decided_by, act.decided_at, act.observations = actor, clock.now(), observations
    act.save(update_fields=["decided_by", "decided_at", "observations"])
    return states.move(act, state, actor=actor, reason=observations, act=act.pk, level=act.level)


def overtake(actor: Actor, document: Document) -> None:
    """A stricter level does not wait for a proposal still to be decided: the proposal falls, and it is told."""
    for waiting in document.classification_acts.filter(state=ActState.PROPOSED):
        waiting.document = document
        states.move(waiting, ActState.SUPERSEDED, actor=actor, act=waiting.pk, level=waiting.level)


def supersede(document: Document) -> list[ClassificationAct]:
    """The acts that were in force, no longer so; there is one at most, and one must go before another comes."""
    former = list(document.classification_acts.filter(state=ActState.IN_FORCE))
    ClassificationAct.objects.filter(pk__in=[act.pk for act in former]).update(state=ActState.SUPERSEDED)
    return former


def note_superseded(former: list[ClassificationAct], actor: Actor, event: LedgerEvent) -> None:
    for act in former:
        states.note(act, ActState.IN_FORCE, ActState.SUPERSEDED, actor, "", event)


def put_in_force(document: Document, level: str) -> None:
    document.level = level
    document.save(update_fields=["level"])
    announce(DocumentsChanged((document.pk,)))


def ground_of(level: str, grounds: Mapping[str, Any]) -> Mapping[str, Any]:
    """What of a ground an act of this level keeps: a public piece needs none, so only what was argued stays."""
    return grounds if level in policies.ARTICLES else {"balance": grounds.get("balance")}


def columns_of(grounds: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of an act from a grounds mapping; a malformed date or unknown person is named as missing."""
    harm = grounds.get("harm") if isinstance(grounds.get("harm"), Mapping) else {}
    flat = {**grounds, **{f"harm_{part}": text for part, text in dict(harm or {}).items()}}
    columns = {name: flat.get(name) or "" for name in COLUMNS}
    for name in DATES:
        columns[name] = parsed_date(columns[name])
    columns["responsible"] = person_called(columns["responsible"])
    return {name: str(value) if isinstance(value, int | float) else value for name, value in columns.items()}


def parsed_date(value: object) -> datetime.date | None:
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def person_called(value: object) -> Any:
    """Who answers for a restriction; None for nobody, and for whoever may not answer for pieces."""
    model = get_user_model()
    named = value if isinstance(value, model) else model.objects.filter(username=str(value or "")).first()
    return named if named and permissions.may_answer(named) else None


def get_act_for(actor: Actor, act_id: Key) -> ClassificationAct:
    """The act, if the person may know of its piece. Raises NotFound."""
    act = ClassificationAct.objects.select_related("document__expediente").filter(pk=as_uuid(act_id)).first()
    if not permissions.sees(actor, act.document if act else permissions.no_document()) or act is None:
        raise NotFound
    return act


__all__ = ["RuleViolation", "approve_act", "get_act_for", "propose_level", "return_act"]
