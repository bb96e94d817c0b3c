"""Stages of an expediente: one by one along its course, back only with a cause, and every machine tells its steps."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from records import stages
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation
from records.models import Expediente, LedgerEvent, StateChange
from records.selectors.history import transitions_of
from records.services import closing, correction
from records.services.expedientes import advance_stage, describe_expediente
from records.transitions import MACHINES
from records.vocabulary import ActState, ExpedienteKind, Level
from tests import factories, lives

COURSES = [(kind, codes) for kind in ExpedienteKind.values if (codes := stages.codes(kind))]


@pytest.mark.requirement("P3")
@pytest.mark.parametrize(("kind", "course"), COURSES)
def test_an_expediente_walks_its_course_one_stage_at_a_time(
    cast: dict[str, Any], kind: str, course: tuple[str, ...]
) -> None:
    opened = factories.make_expediente(cast["archivista"], kind=kind)
    for stage in course[1:]:
        advance_stage(actor=cast["archivista"], expediente=opened, stage=stage, reason=f"Paso a {stage}")
    opened.refresh_from_db()
    assert opened.stage == course[-1]
    told = [step for step in transitions_of(opened) if step.machine == "Stage"]
    assert [(step.source, step.target) for step in told] == list(itertools.pairwise(course))
    assert all(step.actor == "archivista" and step.reason == f"Paso a {step.target}" for step in told)


@pytest.mark.requirement("P3")
def test_a_stage_is_not_skipped_and_a_return_needs_its_cause(cast: dict[str, Any], expediente: Expediente) -> None:
    archivist = cast["archivista"]
    for stage, code in (("signed", "stage_out_of_course"), ("drafting", "same_stage"), ("advisory", "stage_unknown")):
        with pytest.raises(RuleViolation) as refusal:
            advance_stage(actor=archivist, expediente=expediente, stage=stage, reason="Sí")
        assert refusal.value.code == code
    advance_stage(actor=archivist, expediente=expediente, stage="clearance", reason="Minuta lista")
    with pytest.raises(Incomplete) as missing:
        advance_stage(actor=archivist, expediente=expediente, stage="drafting", reason=" ")
    assert missing.value.missing == ("reason",)
    advance_stage(actor=archivist, expediente=expediente, stage="drafting", reason="Planeación devolvió la minuta")
    expediente.refresh_from_db()
    assert expediente.stage == "drafting"


@pytest.mark.requirement("P3")
def test_a_step_names_the_piece_that_shows_it_and_never_its_prose(cast: dict[str, Any], expediente: Expediente) -> None:
    shown = lives.piece(cast, expediente)
    advance_stage(actor=cast["archivista"], expediente=expediente, stage="clearance", reason="Secreto a voces",
                  evidence=shown)  # fmt: skip
    event = LedgerEvent.objects.get(action="expediente.staged")
    assert str(shown.pk) in event.payload
    assert "voces" not in event.payload
    (step,) = (step for step in transitions_of(expediente) if step.machine == "Stage")
    assert step.evidence["document"] == str(shown.pk)
    elsewhere = lives.piece(cast, factories.make_expediente(cast["archivista"]))
    with pytest.raises(RuleViolation) as refusal:
        advance_stage(actor=cast["archivista"], expediente=expediente, stage="ready_to_sign", reason="x",
                      evidence=elsewhere)  # fmt: skip
    assert refusal.value.code == "evidence_elsewhere"
    reserved = lives.piece(cast, expediente, Level.RESERVED)
    with pytest.raises(NotFound):
        advance_stage(actor=cast["archivista"], expediente=expediente, stage="ready_to_sign", reason="x",
                      evidence=reserved)  # fmt: skip


def test_stages_are_moved_by_the_contracts_group(cast: dict[str, Any], expediente: Expediente) -> None:
    for login, refusal in (("jefatura", AccessDenied), ("ajeno", NotFound), ("supervisor.cd001", NotFound)):
        with pytest.raises(refusal):
            advance_stage(actor=cast[login], expediente=expediente, stage="clearance", reason="x")


@pytest.mark.rule("C10")
def test_the_support_of_an_expediente_may_change_while_it_is_open(cast: dict[str, Any], expediente: Expediente) -> None:
    with pytest.raises(Incomplete) as refusal:
        describe_expediente(actor=cast["archivista"], expediente=expediente, format="hybrid", physical_place=" ")
    assert refusal.value.missing == ("physical_place",)
    describe_expediente(actor=cast["archivista"], expediente=expediente, format="hybrid", physical_place="Caja 4")
    expediente.refresh_from_db()
    assert (expediente.format, expediente.physical_place) == ("hybrid", "Caja 4")
    assert "Caja 4" not in LedgerEvent.objects.get(action="expediente.described").payload


@pytest.mark.requirement("P3")
def test_every_machine_writes_who_when_why_and_what_shows_it(cast: dict[str, Any], expediente: Expediente) -> None:
    """Each step of each machine is taken through its service; the re-sentencing of schedules has its own proof."""
    first = factories.file_piece(cast["custodia"], expediente)
    act = factories.classification.propose_level(
        actor=cast["archivista"], document=first, level=Level.PUBLIC, grounds=None
    )
    factories.classification.return_act(actor=cast["jefatura"], act=act, observations="Precise")
    factories.give_level(first, Level.PUBLIC, cast["archivista"], cast["jefatura"])
    lives.registration.register_document(actor=cast["archivista"], document=first)
    second = lives.piece(cast, expediente)
    correction.annul_document(actor=cast["archivista"], document=second, reason="Repetida")
    closing.close_expediente(actor=cast["custodia"], expediente=expediente, reason="Terminó")
    closing.reopen_expediente(actor=cast["jefatura"], expediente=expediente, cause="Fallo 12")
    told = [*transitions_of(first), *transitions_of(second), *transitions_of(expediente)]
    for act in first.classification_acts.all():
        told += transitions_of(act)
    met = {step.machine for step in told}
    assert met == set(MACHINES) - {"Resentencing"}
    assert [step.target for step in transitions_of(first)] == ["filed", "classified", "registered", "sealed"]
    assert transitions_of(first)[0].source == "draft"
    assert transitions_of(first)[0].actor == "custodia"
    assert all(step.actor and step.at for step in told)
    assert {step.reason for step in told} >= {"Precise", "Repetida", "Terminó", "Fallo 12"}
    assert all(change.event.action for change in StateChange.objects.select_related("event"))
    assert ActState.REFUSED in {step.target for step in told}
