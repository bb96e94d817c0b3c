"""Moving an object one step along its machine; the step, its event and its reason are one transaction (P3)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from records import audit, clock
from records.errors import RuleViolation
from records.models import LedgerEvent, StateChange
from records.permissions import Actor
from records.transitions import MACHINES


def move(subject: Any, target: str, *, actor: Actor | None, reason: str = "", **evidence: Any) -> LedgerEvent:
    """Take `subject` (of a class in `transitions.MACHINES`) to the state `target`.

    The caller has decided that the person may, and holds the row where others could move it too. Raises
    RuleViolation "wrong_state" for a step the machine does not have, or when somebody else moved it first.
    """
    machine, source = MACHINES[type(subject).__name__], subject.state
    if target not in machine.next[source]:
        raise RuleViolation("wrong_state", state=source, target=target)
    about = getattr(subject, machine.about) if machine.about else subject
    facts = {**evidence, "machine": type(subject).__name__, "from": source, "to": target}
    with transaction.atomic():
        moved = type(subject).objects.filter(pk=subject.pk, state=source).update(state=target)
        if not moved:
            raise RuleViolation("wrong_state", state=source, target=target)
        event = audit.record(machine.event[target], actor=actor, subject=about, **facts)
        note(subject, source, target, actor, reason, event)
    subject.state = target
    return event


def note(subject: Any, source: str, target: str, actor: Actor | None, reason: str, event: LedgerEvent) -> None:
    StateChange.objects.create(
        machine=type(subject).__name__,
        subject=subject.pk,
        source=source,
        target=target,
        reason=reason.strip(),
        actor=actor,
        at=clock.now(),
        event=event,
    )
