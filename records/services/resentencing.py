"""Re-sentencing: an expediente moved to a later version of the schedule, never by itself (R2).

What would change is previewed, one person proposes it with a reason and another decides. Its pieces keep the tipo
they were filed with; its code stays.
"""

from __future__ import annotations

from django.db import transaction

from records import audit, clock, permissions
from records.errors import Incomplete, RuleViolation, SelfApproval
from records.models import Expediente, Resentencing, Subserie
from records.permissions import Actor
from records.services import states
from records.vocabulary import Action, ActState


def propose_resentencing(*, actor: Actor, expediente: Expediente, subserie: Subserie, reason: str) -> Resentencing:
    """Propose that an expediente go to a subserie of a later version.

    Raises NotFound, AccessDenied, Incomplete (no reason), or RuleViolation: one waits already, or the subserie is
    of another kind, of an earlier version or of one that does not rule yet.
    """
    permissions.check(actor, Action.LOAD_TRD, expediente)
    if not reason.strip():
        raise Incomplete(["reason"])
    with transaction.atomic():
        held = hold(expediente)
        former = check_target(held, subserie)
        if held.resentencings.filter(state=ActState.PROPOSED).exists():
            raise RuleViolation("resentencing_pending")
        return write_proposal(actor, held, (former, subserie), reason.strip())


def write_proposal(actor: Actor, expediente: Expediente, step: tuple[Subserie, Subserie], reason: str) -> Resentencing:
    former, subserie = step
    act = Resentencing.objects.create(
        expediente=expediente,
        from_subserie=former,
        to_subserie=subserie,
        reason=reason,
        proposed_by=actor,
        proposed_at=clock.now(),
    )
    event = audit.record("retention.proposed", actor=actor, subject=expediente, **facts_of(act))
    states.note(act, "", ActState.PROPOSED, actor, reason, event)
    return act


def approve_resentencing(*, actor: Actor, act: Resentencing) -> Expediente:
    """Move the expediente. Who proposed it cannot.

    Raises NotFound, AccessDenied, SelfApproval, or RuleViolation: decided already, or the expediente moved since.
    """
    with transaction.atomic():
        held, expediente = decidable(actor, act)
        if expediente.subserie_id != held.from_subserie_id:
            raise RuleViolation("resentencing_overtaken")
        decide(held, actor, ActState.IN_FORCE)
        expediente.subserie, expediente.trd = held.to_subserie, held.to_subserie.serie.trd
        expediente.save(update_fields=["subserie", "trd"])
    return expediente


def return_resentencing(*, actor: Actor, act: Resentencing, observations: str) -> Expediente:
    """Send the proposal back with a sentence; the expediente keeps its version. Raises as `approve_resentencing`."""
    if not observations.strip():
        raise Incomplete(["observations"])
    with transaction.atomic():
        held, expediente = decidable(actor, act)
        decide(held, actor, ActState.REFUSED, observations.strip())
    return expediente


def hold(expediente: Expediente) -> Expediente:
    """The expediente as it is now, locked until the transaction ends."""
    return Expediente.objects.select_for_update(of=("self",)).select_related("trd", "subserie").get(pk=expediente.pk)


def check_target(expediente: Expediente, subserie: Subserie) -> Subserie:
    """The present subserie, if the other is of a later version that rules today and of the same kind.

    Raises RuleViolation.
    """
    target, present = subserie.serie.trd, expediente.trd_id or 0
    rows = (
        ("resentencing_kind", subserie.kind != expediente.kind),
        ("resentencing_same", target.number == present),
        ("resentencing_not_later", target.number < present),
        ("resentencing_not_begun", target.in_force_from > clock.today()),
    )
    for code, holds in rows:
        if holds:
            raise RuleViolation(code)
    if expediente.subserie is None:
        raise RuleViolation("resentencing_not_later")
    return expediente.subserie


def decidable(actor: Actor, act: Resentencing) -> tuple[Resentencing, Expediente]:
    """The proposal with its expediente, both locked, if this person may decide it now."""
    expediente = hold(act.expediente)
    permissions.check(actor, Action.APPROVE_TRD, expediente)
    rows = Resentencing.objects.select_for_update(of=("self",)).select_related("to_subserie__serie__trd")
    held = rows.get(pk=act.pk)
    if held.state != ActState.PROPOSED:
        raise RuleViolation("act_decided", state=held.state)
    if held.proposed_by_id == actor.pk:
        raise SelfApproval
    held.expediente = expediente
    return held, expediente


def decide(act: Resentencing, actor: Actor, state: str, observations: str = "") -> None:
    """Two people: the row's constraint compares who decided with who proposed, whatever the code did."""
    act.decided_by, act.decided_at, act.observations = actor, clock.now(), observations
    act.save(update_fields=["decided_by", "decided_at", "observations"])
    states.move(act, state, actor=actor, reason=observations, **facts_of(act))


def facts_of(act: Resentencing) -> dict[str, object]:
    return {
        "act": act.pk,
        "from_subserie": act.from_subserie_id,
        "to_subserie": act.to_subserie_id,
        "version": act.to_subserie.serie.trd_id,
    }
