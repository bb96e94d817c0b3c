"""A record that also lies in another expediente, and where the paper of a piece is (E10, C10)."""

from __future__ import annotations

from django.db import transaction

from records import audit, clock, permissions
from records.errors import Incomplete, RuleViolation
from records.models import Document, Expediente, PhysicalPlace, Placement
from records.permissions import Actor
from records.services.expedientes import hold_open
from records.services.filing import next_place
from records.vocabulary import Action, DocumentState


def place_document(*, actor: Actor, document: Document, expediente: Expediente, reason: str) -> Placement:
    """Incorporate a piece into another open expediente: the same bytes, with the next order and folios of that one.

    It opens the piece to nobody. Raises NotFound, AccessDenied, ClosedExpediente, RuleViolation (its own
    expediente, already there, annulled) or Incomplete (no reason).
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.VIEW, document)
    rights.check(Action.FILE, expediente)
    if not reason.strip():
        raise Incomplete(["reason"])
    with transaction.atomic():
        target = hold_open(expediente.pk)
        held = Document.objects.select_for_update().get(pk=document.pk)
        check_may_lie(held, target)
        return write_placement(actor, held, target, reason.strip())


def check_may_lie(document: Document, target: Expediente) -> None:
    if document.expediente_id == target.pk:
        raise RuleViolation("placed_at_home")
    if document.state == DocumentState.ANNULLED:
        raise RuleViolation("placed_annulled")
    if target.placements.filter(document=document).exists():
        raise RuleViolation("already_placed")


def write_placement(actor: Actor, document: Document, target: Expediente, reason: str) -> Placement:
    place = next_place(target, document.folio_last - document.folio_first + 1)
    target.save(update_fields=["last_order", "last_folio"])
    placement = Placement.objects.create(
        document=document, expediente=target, reason=reason, placed_by=actor, placed_at=clock.now(), **place
    )
    facts = {"order": place["order"], "folios": [place["folio_first"], place["folio_last"]]}
    # Two subjects of one act: the life of the piece tells it, and so does the life of where it was received.
    audit.record("document.placed", actor=actor, subject=document, into=target.pk, **facts)
    audit.record("expediente.received", actor=actor, subject=target, document=document.pk, **facts)
    return placement


def locate_document(
    *,
    actor: Actor,
    document: Document,
    archive: str,
    cross_reference: str,
    box: str = "",
    folder: str = "",
    volume: str = "",
    folios: str = "",
) -> PhysicalPlace:
    """Note where the paper of a piece is now, and what refers to it; earlier places stay as history.

    Paper may move after an expediente was closed, so this is noted then too. Raises NotFound, AccessDenied or
    Incomplete (archive and cross-reference are demanded).
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.VIEW, document)
    rights.check(Action.REGISTER, document)
    given = {"archive": archive, "cross_reference": cross_reference, "box": box, "folder": folder, "volume": volume,
             "folios": folios}  # fmt: skip
    columns = {name: text.strip() for name, text in given.items()}
    if faults := [name for name in ("archive", "cross_reference") if not columns[name]]:
        raise Incomplete(faults)
    with transaction.atomic():
        noted = PhysicalPlace.objects.create(document=document, noted_by=actor, noted_at=clock.now(), **columns)
        audit.record("document.located", actor=actor, subject=document, place=noted.pk)
    return noted
