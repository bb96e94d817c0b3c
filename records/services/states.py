"""Moving an object one step along its machine; the step, its event and its reason are one transaction (P3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from records import audit, clock
from records.errors import RuleViolation
from records.models import LedgerEvent, StateChange
from records.permissions import Actor
from records.transitions import MACHINES, Machine


def move(subject: Any, target: str, *, actor: Actor | None, reason: str = "", **evidence: Any) -> LedgerEvent:
    """Take `subject` (of a class in `transitions.MACHINES`) to the state `target`.

    The caller has decided that the person may, and holds the row where others could move it too. Raises
    RuleViolation "wrong_state" for a step the machine does not have, or when somebody else moved it first.
    """
    return move_each([subject], target, actor=actor, reason=reason, **evidence)[0]


def note(subject: Any, source: str, target: str, actor: Actor | None, reason: str, event: LedgerEvent) -> None:
    """A step that another act implies, told by that act's event."""
    _change(subject, source, target, actor, reason, event).save(force_insert=True)


def _change(
    subject: Any, source: str, target: str, actor: Actor | None, reason: str, event: LedgerEvent
) -> StateChange:
    return StateChange(
        machine=type(subject).__name__,
        subject=subject.pk,
        source=source,
        target=target,
        reason=reason.strip(),
        actor=actor,
        at=clock.now(),
        event=event,
    )


def move_each(
    subjects: Sequence[Any], target: str, *, actor: Actor | None, reason: str = "", **evidence: Any
) -> list[LedgerEvent]:
    """Take many objects of one class to the same state, in a number of statements that does not grow with them.

    All of them move or none does. Raises as `move`.
    """
    if not subjects:
        return []
    kind = type(subjects[0])
    machine, sources = MACHINES[kind.__name__], [subject.state for subject in subjects]
    for source in sorted(set(sources)):
        if target not in machine.next[source]:
            raise RuleViolation("wrong_state", state=source, target=target)
    with transaction.atomic():
        for source in sorted(set(sources)):
            _update(kind, [subject.pk for subject in subjects if subject.state == source], source, target)
        told = [(_about(machine, one), _facts(one, target, evidence)) for one in subjects]
        events = audit.record_each(machine.event[target], actor=actor, subjects=told)
        changes = zip(subjects, sources, events, strict=True)
        rows = (_change(one, source, target, actor, reason, event) for one, source, event in changes)
        StateChange.objects.bulk_create(rows, batch_size=500)
    for subject in subjects:
        subject.state = target
    return events


def _update(kind: Any, keys: list[Any], source: str, target: str) -> None:
    """The databases are not asked for more than some hundreds at once."""
    for at in range(0, len(keys), 500):
        part = keys[at : at + 500]
        if kind.objects.filter(pk__in=part, state=source).update(state=target) != len(part):
            raise RuleViolation("wrong_state", state=source, target=target)


def _about(machine: Machine, subject: Any) -> Any:
    return getattr(subject, machine.about) if machine.about else subject


def _facts(subject: Any, target: str, evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {**evidence, "machine": type(subject).__name__, "from": subject.state, "to": target}
