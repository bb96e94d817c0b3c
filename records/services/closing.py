"""Closing an expediente, twice, and opening it again with cause (E7; Acuerdo AGN 001 de 2024)."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from records import clock, permissions
from records.errors import Incomplete, NotReady, RuleViolation
from records.ledger import checkpoints
from records.models import Document, Expediente
from records.permissions import Actor, Rights
from records.services import indexes, states
from records.transitions import EXPEDIENTE
from records.vocabulary import Action, DocumentState, DraftState, ExpedienteState, IndexOccasion

#: What an expediente may hold when it closes; anything else has still to be registered or annulled.
SETTLED = (DocumentState.REGISTERED, DocumentState.SEALED, DocumentState.ANNULLED)
#: Files that arrive or wait to be completed.
WAITING = (DraftState.RECEIVING, DraftState.WAITING)


def close_expediente(*, actor: Actor, expediente: Expediente, reason: str) -> Expediente:
    """Close administratively: its electronic index is issued and signed, its pieces are sealed, and nothing is added or
    changed until it is reopened. It is one act: without its index an expediente does not close (E6).

    Raises NotFound, AccessDenied, RuleViolation (closed already), NotReady with everything it lacks (a reason, every
    piece neither registered nor annulled, files that still wait), or IndexRefused.
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.CLOSE_EXPEDIENTE, expediente)
    check_closing(rights, Expediente.objects.get(pk=expediente.pk), reason)
    day = clock.today()
    prepared = indexes.prepare(actor=actor, expediente=expediente, occasion=IndexOccasion.CLOSING, closed=day)
    with transaction.atomic():
        held = hold(expediente)
        check_closing(rights, held, reason)
        issue = indexes.place(prepared, held, actor)
        sealed = seal(held, actor)
        close(held, ExpedienteState.CLOSED_ADMINISTRATIVE, actor, reason, sealed=sealed, index=issue.number)
    return held


def check_closing(rights: Rights, expediente: Expediente, reason: str) -> None:
    """Asked before the index is made, which is slow, and again with the expediente held."""
    check_step(expediente, ExpedienteState.CLOSED_ADMINISTRATIVE)
    check_ready(rights, expediente, reason)


def close_for_good(*, actor: Actor, expediente: Expediente, reason: str) -> Expediente:
    """Close definitively, on a day after the administrative closing, once nothing more may be claimed.

    Raises NotFound, AccessDenied, RuleViolation (not closed administratively, or closed today) or Incomplete.
    """
    permissions.check(actor, Action.CLOSE_EXPEDIENTE, expediente)
    check_reason(reason)
    with transaction.atomic():
        held = hold(expediente)
        check_step(held, ExpedienteState.CLOSED_DEFINITIVE)
        if held.closed_on is not None and clock.today() <= held.closed_on:
            raise RuleViolation("closed_today")
        close(held, ExpedienteState.CLOSED_DEFINITIVE, actor, reason)
    return held


def reopen_expediente(*, actor: Actor, expediente: Expediente, cause: str) -> Expediente:
    """Open a closed expediente again, for a legal or administrative cause. Its sealed pieces stay sealed.

    Raises NotFound, AccessDenied, RuleViolation (it is open) or Incomplete (no cause).
    """
    permissions.check(actor, Action.REOPEN_EXPEDIENTE, expediente)
    if not cause.strip():
        raise Incomplete(["cause"])
    with transaction.atomic():
        held = hold(expediente)
        closed = {"closed": held.closed_on, "closed_for_good": held.closed_definitively_on}
        states.move(held, ExpedienteState.OPEN, actor=actor, reason=cause, **closed)
        set_days(held, None, None)
    return held


def hold(expediente: Expediente) -> Expediente:
    return Expediente.objects.select_for_update().get(pk=expediente.pk)


def check_step(expediente: Expediente, target: str) -> None:
    """Before anything else is asked: a closed expediente lacks nothing, it is simply closed."""
    if target not in EXPEDIENTE.next[expediente.state]:
        raise RuleViolation("wrong_state", state=expediente.state, target=target)


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Incomplete(["reason"])


def close(expediente: Expediente, target: str, actor: Actor, reason: str, **evidence: Any) -> None:
    """The step, with how much the expediente holds as its evidence, and its day."""
    states.move(
        expediente,
        target,
        actor=actor,
        reason=reason,
        pieces=expediente.last_order,
        folios=expediente.last_folio,
        **evidence,
    )
    if target == ExpedienteState.CLOSED_ADMINISTRATIVE:
        set_days(expediente, clock.today(), None)
    else:
        set_days(expediente, expediente.closed_on, clock.today())
    checkpoints.issue_later(checkpoints.CLOSING)


def set_days(expediente: Expediente, closed: datetime.date | None, for_good: datetime.date | None) -> None:
    expediente.closed_on, expediente.closed_definitively_on = closed, for_good
    expediente.save(update_fields=["closed_on", "closed_definitively_on"])


def check_ready(rights: Rights, expediente: Expediente, reason: str) -> None:
    """Raise NotReady with all that a closing lacks."""
    pieces = unsettled(rights, expediente)
    drafts = count_waiting(expediente)
    faults = ("reason", not reason.strip()), ("unsettled", bool(pieces)), ("drafts", bool(drafts))
    if missing := [code for code, lacks in faults if lacks]:
        raise NotReady(missing, pieces=tuple(pieces), orders=spoken(order for order, _title in pieces), drafts=drafts)


def unsettled(rights: Rights, expediente: Expediente) -> list[tuple[int, str]]:
    """(order, title) of every line still to be registered or annulled; no title of what the person does not read."""
    lines = [*expediente.documents.exclude(state__in=SETTLED).order_by("order")]
    placed = expediente.placements.exclude(document__state__in=SETTLED).select_related("document")
    found = [(piece.order, title_for(rights, piece)) for piece in lines]
    return sorted([*found, *((line.order, title_for(rights, line.document)) for line in placed)])


def count_waiting(expediente: Expediente) -> int:
    """Files that still arrive, or wait for somebody to complete them or put them aside."""
    return expediente.drafts.filter(state__in=WAITING).count()


def whose_wait(expediente: Expediente) -> list[tuple[str, int]]:
    """(person, how many of those files are hers), by name: what they are is for her alone to know."""
    counts = Counter(draft.person for draft in expediente.drafts.filter(state__in=WAITING).select_related("person"))
    return sorted((person.get_full_name() or person.get_username(), count) for person, count in counts.items())


def title_for(rights: Rights, piece: Document) -> str:
    return piece.title if rights.reads(piece) else ""


def spoken(orders: Iterable[int]) -> str:
    """`1, 2 y 5`."""
    words = [str(order) for order in orders]
    return " y ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def seal(expediente: Expediente, actor: Actor) -> int:
    """Seal the registered pieces filed here; those incorporated from elsewhere are sealed at home."""
    registered = list(expediente.documents.select_for_update().filter(state=DocumentState.REGISTERED).order_by("order"))
    states.move_each(registered, DocumentState.SEALED, actor=actor, expediente=expediente.pk)
    return len(registered)
