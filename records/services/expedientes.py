"""The life of an expediente: opening it under the schedule in force, its stages and its support (E1, R2, P3)."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from records import audit, clock, permissions, policies, stages
from records.errors import Incomplete, RuleViolation
from records.events import DocumentsChanged, ExpedienteStaged, announce
from records.models import Document, Expediente, StateChange, Subserie, TrdVersion
from records.permissions import Actor
from records.selectors.trd import find_version_on
from records.services.access import appoint
from records.vocabulary import Action, AppointmentKind, ExpedienteFormat, ExpedienteKind, Role

#: Machine of the stages in `StateChange`; its states are the codes of `records.stages`.
STAGE = "Stage"


@dataclass(frozen=True)
class Custody:
    """Who is to keep an expediente: the person, the act that designates her, and the last day of it."""

    person: Any
    act: str
    until: datetime.date | None


def open_expediente(  # noqa: PLR0913 - the facts of one act, each by its name
    *,
    actor: Actor,
    code: str,
    title: str,
    kind: str,
    opened_on: datetime.date,
    convenio_number: str = "",
    parent: Expediente | None = None,
    office: str = Role.CONTRACTS_GROUP,
    format: str = ExpedienteFormat.ELECTRONIC,  # noqa: A002 - the field's own name
    physical_place: str = "",
    custody: Custody | None = None,
) -> Expediente:
    """Open an expediente of one kind, in the subserie of that kind of the version in force on its opening day.

    Its code begins as the classification scheme says; it opens at the first stage of its course, and its custodian
    is appointed with it. Raises AccessDenied, NotFound (an unknown parent) or Incomplete (all faults at once).
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.OPEN_EXPEDIENTE, parent)
    trd = find_version_on(opened_on)
    expediente = Expediente(
        code=code.strip(),
        title=title.strip(),
        kind=kind,
        opened_on=opened_on,
        parent=parent,
        office=office,
        convenio_number=convenio_number.strip(),
        format=format,
        physical_place=physical_place.strip(),
        opened_by=actor,
        created_at=clock.now(),
        trd=trd,
        subserie=find_subserie(trd, kind),
        stage=stages.first_of(kind),
    )
    check_opening(expediente, custody)
    with transaction.atomic():
        write_opening(expediente, custody)
    return expediente


def find_subserie(trd: TrdVersion | None, kind: str) -> Subserie | None:
    return Subserie.objects.filter(serie__trd=trd, kind=kind).select_related("serie__trd").order_by("code").first()


def check_opening(expediente: Expediente, custody: Custody | None) -> None:
    """Raise Incomplete with everything an opening lacks."""
    faults = policies.opening_faults(expediente, clock.today())
    if expediente.kind not in ExpedienteKind.values:
        faults.append("kind")
    elif expediente.trd_id is None:
        faults.append("trd")
    elif expediente.subserie_id is None:
        faults.append("subserie")
    if Expediente.objects.filter(code=expediente.code).exists():
        faults.append("code_taken")
    faults += custody_faults(custody, expediente.opened_by) if custody else []
    if faults:
        raise Incomplete(faults, prefix=policies.code_prefix(expediente.subserie))


def custody_faults(custody: Custody, opener: Actor) -> list[str]:
    """What a designation lacks. Who opens an expediente does not give herself its reserved pieces: two people."""
    rows = (
        ("custodian", custody.person is None or not permissions.may_answer(custody.person)),
        ("custodian_oneself", custody.person == opener),
        ("custodian_act", not custody.act.strip()),
        ("custodian_until", custody.until is None or custody.until < clock.today()),
    )
    return [code for code, lacks in rows if lacks]


def write_opening(expediente: Expediente, custody: Custody | None) -> None:
    actor = expediente.opened_by
    try:
        with transaction.atomic():
            expediente.save(force_insert=True)
    except IntegrityError as taken:  # somebody else opened one with that code meanwhile
        raise Incomplete(["code_taken"]) from taken
    version = expediente.trd.number if expediente.trd else 0
    audit.record(
        "expediente.opened", actor=actor, subject=expediente, kind=expediente.kind, trd=version, stage=expediente.stage
    )
    if custody and custody.until:
        appoint(
            expediente=expediente,
            person=custody.person,
            kind=AppointmentKind.CUSTODIAN,
            starts_on=clock.today(),
            ends_on=custody.until,
            act=custody.act.strip(),
            actor=actor,
        )


def hold_open(key: uuid.UUID) -> Expediente:
    """The expediente, locked until the transaction ends, if it is open: everything that adds to it or changes it
    takes it first, so that order, folios and closings never cross. Raises ClosedExpediente."""
    held = Expediente.objects.select_for_update().get(pk=key)
    policies.check_open(held)
    return held


def advance_stage(
    *, actor: Actor, expediente: Expediente, stage: str, reason: str, evidence: Document | None = None
) -> Expediente:
    """Take an open expediente to the next stage of its course, or back to an earlier one, for a reason.

    `evidence` is the piece that shows it. Raises NotFound, AccessDenied, ClosedExpediente, RuleViolation (a stage
    skipped, the same one, one of another kind) or Incomplete (no reason).
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.ADVANCE_EXPEDIENTE, expediente)
    if evidence is not None:
        rights.check(Action.VIEW, evidence)
    with transaction.atomic():
        held = hold_open(expediente.pk)
        policies.check_stage_step(held, stage, reason)
        check_evidence(held, evidence)
        note_stage(held, stage, actor, reason, evidence)
    return held


def check_evidence(expediente: Expediente, evidence: Document | None) -> None:
    """What shows a step lies in the expediente that takes it, filed there or incorporated."""
    if evidence is None or evidence.expediente_id == expediente.pk:
        return
    if not expediente.placements.filter(document=evidence).exists():
        raise RuleViolation("evidence_elsewhere")


def note_stage(expediente: Expediente, stage: str, actor: Actor, reason: str, evidence: Document | None) -> None:
    source = expediente.stage or stages.first_of(expediente.kind)
    expediente.stage = stage
    expediente.save(update_fields=["stage"])
    shown = {"document": evidence.pk} if evidence else {}
    event = audit.record(
        "expediente.staged",
        actor=actor,
        subject=expediente,
        **{**shown, "machine": STAGE, "kind": expediente.kind, "from": source, "to": stage},
    )
    StateChange.objects.create(
        machine=STAGE, subject=expediente.pk, source=source, target=stage, reason=reason.strip(), actor=actor,
        at=clock.now(), event=event,
    )  # fmt: skip
    announce(DocumentsChanged(tuple(expediente.documents.order_by().values_list("pk", flat=True))))
    announce(ExpedienteStaged(expediente.pk))


def describe_expediente(
    *,
    actor: Actor,
    expediente: Expediente,
    format: str,  # noqa: A002 - the field's own name
    physical_place: str,
) -> Expediente:
    """Say whether some of an open expediente is on paper, and where that paper is (C10). Raises as `advance_stage`."""
    permissions.check(actor, Action.ADVANCE_EXPEDIENTE, expediente)
    place = physical_place.strip() if format == ExpedienteFormat.HYBRID else ""
    faults = [name for name, lacks in (
        ("format", format not in ExpedienteFormat.values), ("physical_place", format == "hybrid" and not place)
    ) if lacks]  # fmt: skip
    if faults:
        raise Incomplete(faults)
    with transaction.atomic():
        held = hold_open(expediente.pk)
        before, held.format, held.physical_place = held.format, format, place
        held.save(update_fields=["format", "physical_place"])
        audit.record("expediente.described", actor=actor, subject=held, format=format, previous=before)
    return held
