"""Closing: administrative, definitive, and reopening with cause; what is closed does not change in between."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import clock
from records.errors import AccessDenied, ClosedExpediente, Incomplete, NotFound, NotReady, RuleViolation
from records.models import Document, Draft, Expediente, StateChange
from records.selectors.history import transitions_of
from records.sentences import sentence_for
from records.services import batches, correction, filing, placements, registration
from records.services.annexes import list_annex
from records.services.closing import close_expediente, close_for_good, reopen_expediente
from records.services.expedientes import advance_stage, describe_expediente
from records.vocabulary import DocumentState, ExpedienteState, Level
from tests import factories, lives

LATER = datetime.timedelta(days=400)


@pytest.fixture
def ready(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    """An expediente with a registered piece and an annulled one."""
    lives.registered(cast, expediente, Level.RESERVED)
    lives.piece(cast, expediente, state=DocumentState.ANNULLED)
    return expediente


def close(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    return close_expediente(actor=cast["custodia"], expediente=expediente, reason="Terminó el trámite")


@pytest.mark.rule("E7")
def test_closing_seals_what_is_registered_and_tells_its_day(cast: dict[str, Any], ready: Expediente) -> None:
    close(cast, ready)
    ready.refresh_from_db()
    assert (ready.state, ready.closed_on) == (ExpedienteState.CLOSED_ADMINISTRATIVE, clock.today())
    assert sorted(ready.documents.values_list("state", flat=True)) == ["annulled", "sealed"]
    *_before, step = transitions_of(ready)
    assert (step.source, step.target, step.actor, step.reason) == (
        "open", "closed_administrative", "custodia", "Terminó el trámite"
    )  # fmt: skip
    assert step.evidence == {"pieces": 2, "folios": 2, "sealed": 1, "index": 1}


@pytest.mark.rule("E7")
def test_everything_that_keeps_it_open_is_named(cast: dict[str, Any], ready: Expediente) -> None:
    filed = lives.piece(cast, ready, Level.UNCLASSIFIED, title="Acta sin nivel")
    lives.classified(cast, ready, title="Acta clasificada")
    foreign = lives.piece(cast, factories.make_expediente(cast["archivista"]), Level.RESERVED, title="Secreta de otro")
    placements.place_document(actor=appointed(cast, foreign), document=foreign, expediente=ready, reason="Soporte")
    Draft.objects.create(
        expediente=ready, person=cast["archivista"], batch=ready.pk, original_name="a.pdf", size=1, state="waiting",
        created_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(NotReady) as refusal:
        close_expediente(actor=cast["custodia"], expediente=ready, reason=" ")
    assert refusal.value.missing == ("reason", "unsettled", "drafts")
    assert refusal.value.facts["pieces"] == ((3, "Acta sin nivel"), (4, "Acta clasificada"), (5, "")), (
        "the custodian of this expediente does not read the reserved piece of the other"
    )
    said = sentence_for(refusal.value)
    assert "el orden 3, 4 y 5" in said
    assert "Secreta" not in said
    ready.refresh_from_db()
    filed.refresh_from_db()
    assert (ready.state, filed.state) == ("open", "filed")
    assert ready.documents.filter(state="sealed").count() == 0


def appointed(cast: dict[str, Any], piece: Document) -> Any:
    """Somebody of the group who keeps the expediente of this piece and reads all of it."""
    factories.appoint_custodian(piece.expediente, cast["archivista"])
    return cast["archivista"]


@pytest.mark.rule("E7")
def test_the_custodian_closes_and_the_head_reopens(cast: dict[str, Any], ready: Expediente) -> None:
    for login, expected in (("archivista", AccessDenied), ("jefatura", AccessDenied), ("ajeno", NotFound)):
        with pytest.raises(expected):
            close_expediente(actor=cast[login], expediente=ready, reason="x")
    close(cast, ready)
    for login, expected in (("archivista", AccessDenied), ("custodia", AccessDenied), ("ajeno", NotFound)):
        with pytest.raises(expected):
            reopen_expediente(actor=cast[login], expediente=ready, cause="x")
    with pytest.raises(Incomplete) as refusal:
        reopen_expediente(actor=cast["jefatura"], expediente=ready, cause=" ")
    assert refusal.value.missing == ("cause",)
    reopened = reopen_expediente(actor=cast["jefatura"], expediente=ready, cause="Fallo 12 de 2027")
    reopened.refresh_from_db()
    assert (reopened.state, reopened.closed_on) == (ExpedienteState.OPEN, None)
    assert transitions_of(ready)[-1].reason == "Fallo 12 de 2027"
    assert ready.documents.filter(state="sealed").count() == 1, "what was sealed stays sealed"
    factories.file_piece(cast["archivista"], ready)


@pytest.mark.rule("E7")
def test_the_definitive_closing_comes_on_a_later_day(cast: dict[str, Any], ready: Expediente) -> None:
    def for_good() -> Expediente:
        return close_for_good(actor=cast["custodia"], expediente=ready, reason="Prescribieron las acciones")

    with pytest.raises(RuleViolation) as refusal:
        for_good()
    assert refusal.value.code == "wrong_state", "administrative first"
    close(cast, ready)
    with pytest.raises(RuleViolation) as refusal:
        for_good()
    assert refusal.value.code == "closed_today"
    first = clock.today()
    with clock.at(clock.now() + LATER):
        closed = for_good()
        closed.refresh_from_db()
        assert (closed.state, closed.closed_on) == (ExpedienteState.CLOSED_DEFINITIVE, first)
        assert closed.closed_definitively_on == clock.today()
        with pytest.raises(RuleViolation):
            for_good()
        with pytest.raises(RuleViolation):
            close(cast, ready)
        reopened = reopen_expediente(actor=cast["jefatura"], expediente=ready, cause="Orden judicial")
        assert (reopened.state, reopened.closed_on, reopened.closed_definitively_on) == ("open", None, None)
        assert transitions_of(ready)[-1].evidence["closed"] == first.isoformat()


#: Everything that would add to a closed expediente or change it.
Act = Callable[[dict[str, Any], Expediente, Document, Document], object]
CHANGES: dict[str, Act] = {
    "filing": lambda cast, place, _in, _out: factories.file_piece(cast["archivista"], place),
    "batch": lambda cast, place, _in, _out: batches.file_batch(
        actor=cast["archivista"], expediente=place, items=[batches.Item(factories.upload(), factories.metadata())]
    ),
    "annex": lambda cast, place, _in, _out: list_annex(
        actor=cast["archivista"], expediente=place, key="A-1", label="Anexo 1"
    ),
    "placement": lambda cast, place, _in, out: placements.place_document(
        actor=cast["archivista"], document=out, expediente=place, reason="x"
    ),
    "annulment": lambda cast, _place, inside, _out: correction.annul_document(
        actor=cast["archivista"], document=inside, reason="x"
    ),
    "replacement": lambda cast, _place, inside, _out: correction.replace_document(
        actor=cast["archivista"], document=inside, upload=factories.upload(), metadata=factories.metadata(), reason="x"
    ),
    "version": lambda cast, _place, inside, _out: correction.file_version(
        actor=cast["archivista"], document=inside, upload=factories.upload(), metadata=factories.metadata()
    ),
    "registration": lambda cast, _place, inside, _out: registration.register_document(
        actor=cast["archivista"], document=inside
    ),
    "registration of all": lambda cast, place, _in, _out: registration.register_complete(
        actor=cast["archivista"], expediente=place
    ),
    "stage": lambda cast, place, _in, _out: advance_stage(
        actor=cast["archivista"], expediente=place, stage="clearance", reason="x"
    ),
    "support": lambda cast, place, _in, _out: describe_expediente(
        actor=cast["archivista"], expediente=place, format="hybrid", physical_place="Caja 1"
    ),
}


@pytest.mark.rule("E7")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("definitive", [False, True])
def test_what_is_closed_does_not_change(
    cast: dict[str, Any], expediente: Expediente, change: str, *, definitive: bool
) -> None:
    inside = lives.registered(cast, expediente)
    outside = lives.piece(cast, factories.make_expediente(cast["archivista"]))
    close(cast, expediente)
    later = clock.now() + LATER
    if definitive:
        with clock.at(later):
            close_for_good(actor=cast["custodia"], expediente=expediente, reason="Fin")
    before, steps = counted(expediente), StateChange.objects.count()
    expediente.refresh_from_db()
    inside.refresh_from_db()
    with clock.at(later), pytest.raises((ClosedExpediente, batches.RefusedBatch)) as refusal:
        CHANGES[change](cast, expediente, inside, outside)
    faults = [fault for _index, fault in getattr(refusal.value, "faults", [(0, refusal.value)])]
    assert [type(fault) for fault in faults] == [ClosedExpediente]
    assert counted(expediente) == before
    assert StateChange.objects.count() == steps


def counted(expediente: Expediente) -> dict[str, Any]:
    row = Expediente.objects.filter(pk=expediente.pk).values().get()
    held = sorted(expediente.documents.values_list("pk", "state"))
    return {**row, "documents": held, "annexes": expediente.annexes.count(), "placed": expediente.placements.count()}


@pytest.mark.rule("E7")
def test_all_of_that_is_possible_while_it_is_open(cast: dict[str, Any], expediente: Expediente) -> None:
    """Otherwise the table above would prove nothing."""
    outside = lives.piece(cast, factories.make_expediente(cast["archivista"]))
    for change, act in CHANGES.items():
        inside = lives.classified(cast, expediente)
        act(cast, expediente, inside, outside)
        assert change


@pytest.mark.rule("C10", "E7")
def test_paper_may_move_after_the_closing(cast: dict[str, Any], ready: Expediente) -> None:
    piece = lives.registered(cast, ready)
    close(cast, ready)
    piece.refresh_from_db()
    placements.locate_document(
        actor=cast["archivista"], document=piece, archive="Archivo central", cross_reference="FUID 3"
    )
    assert piece.physical_places.count() == 1


@pytest.mark.rule("E7")
def test_closing_costs_the_same_statements_for_many_pieces(cast: dict[str, Any]) -> None:
    def cost(pieces: int) -> int:
        place = factories.make_expediente(cast["archivista"])
        factories.appoint_custodian(place, cast["custodia"])
        for _number in range(pieces):
            lives.piece(cast, place, Level.PUBLIC, state=DocumentState.REGISTERED)
        with CaptureQueriesContext(connection) as captured:
            close(cast, place)
        assert place.documents.filter(state="sealed").count() == pieces
        return len(captured)

    assert cost(2) == cost(30)


@pytest.mark.rule("E7", "E2")
def test_an_expediente_closed_while_a_file_arrives_takes_nothing(cast: dict[str, Any], ready: Expediente) -> None:
    class Slow(filing.Upload):
        def stage(self) -> Any:
            close(cast, ready)
            return super().stage()

    late = factories.upload()
    with pytest.raises(ClosedExpediente):
        filing.file_document(
            actor=cast["archivista"], expediente=ready, upload=Slow(late.name, late.stream),
            metadata=factories.metadata(),
        )  # fmt: skip
    assert ready.documents.count() == 2
