"""The checklist of an expediente follows its stage, and tells nobody of pieces she may not know (B7)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import stages
from records.models import Document, Expediente, TipoDocumental
from records.selectors.checklist import Line, checklist_for
from records.selectors.resentencing import list_targets
from records.services.correction import annul_document
from records.services.expedientes import advance_stage
from records.services.placements import place_document
from records.services.resentencing import approve_resentencing, propose_resentencing
from records.services.schedules import load_schedule
from records.vocabulary import ExpedienteKind, Level
from tests import factories
from tests.unit.schedules import files

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B7")]

DAY = datetime.date(2026, 5, 4)
#: What article 18 asks for, by its letter.
A, B, C, D = (
    "estudios_previos_del_convenio_derivado",
    "minuta_de_convenio_derivado",
    "acta_de_recibo_a_satisfaccion",
    "acta_de_liquidacion_suscrita",
)


@pytest.fixture
def place(cast: dict[str, Any]) -> Expediente:
    load_schedule(actor=cast["archivista"], content=files.fixture(), name="trd.json")
    opened = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", opened_on=DAY)
    factories.appoint_custodian(opened, cast["custodia"])
    return opened


def put(cast: dict[str, Any], place: Expediente, tipo: str, level: str = Level.PUBLIC, **fields: Any) -> Document:
    """A piece of a tipo as rows only."""
    found = TipoDocumental.objects.get(trd=place.trd_id, code=tipo)
    return factories.insert_piece(cast["archivista"], place, level, tipo=found, **fields)


def take(cast: dict[str, Any], place: Expediente, stage: str) -> None:
    """Take the expediente there step by step."""
    for step in stages.codes(place.kind)[1 : stages.position_of(place.kind, stage) + 1]:
        place = advance_stage(actor=cast["archivista"], expediente=place, stage=step, reason="Se cumplió")


def found(cast: dict[str, Any], place: Expediente, login: str = "archivista") -> tuple[set[str], set[str], set[str]]:
    """Codes due now, due later and present."""
    told = checklist_for(cast[login], Expediente.objects.get(pk=place.pk))
    return codes(told.now), codes(told.later), codes(told.present)


def codes(lines: Iterable[Line]) -> set[str]:
    return {line.tipo_code for line in lines}


def line(cast: dict[str, Any], place: Expediente, tipo: str, login: str = "archivista") -> Line:
    told = checklist_for(cast[login], Expediente.objects.get(pk=place.pk))
    return next(each for each in (*told.now, *told.later, *told.present) if each.tipo_code == tipo)


def test_a_derivado_at_signature_asks_for_a_and_b_and_not_yet_for_c_and_d(
    cast: dict[str, Any], place: Expediente
) -> None:
    take(cast, place, "ready_to_sign")
    now, later, present = found(cast, place)
    assert {A, B} <= now
    assert {C, D} <= later
    assert present == set()
    assert line(cast, place, A).article == "art. 18.a"
    assert line(cast, place, B).article == "art. 18.b"
    assert line(cast, place, C).article == "arts. 7, 18.c"
    assert line(cast, place, D).article == "art. 18.d"


def test_what_is_due_grows_with_the_stage_and_shrinks_with_what_is_filed(
    cast: dict[str, Any], place: Expediente
) -> None:
    before = found(cast, place)[0]
    assert before == {A, B, "ficha_de_valoracion", "compromiso_de_confidencialidad"}
    put(cast, place, A)
    now, _later, present = found(cast, place)
    assert (now, present) == (before - {A}, {A})
    take(cast, place, "executing")
    assert C in found(cast, place)[0]
    put(cast, place, C)
    assert C in found(cast, place)[2]


def test_each_line_says_its_article_and_the_act_that_would_supply_it(cast: dict[str, Any], place: Expediente) -> None:
    told = checklist_for(cast["archivista"], place)
    assert all(each.article and each.act and each.stage_label for each in (*told.now, *told.later))
    assert line(cast, place, "concepto_juridico").act == "La oficina jurídica emite concepto favorable"


def test_what_is_due_in_a_case_only_is_not_counted_as_missing(cast: dict[str, Any], place: Expediente) -> None:
    told = checklist_for(cast["archivista"], place)
    assert codes(told.conditional) == {"compromiso_de_confidencialidad"}
    assert codes(told.missing) == {A, B, "ficha_de_valoracion"}


def test_what_repeats_is_told_as_such_and_no_number_is_invented(cast: dict[str, Any], place: Expediente) -> None:
    put(cast, place, C)
    put(cast, place, C)
    told = line(cast, place, C)
    assert (told.duty, told.note, told.count) == ("each", "por cada actividad o entregable", 2)


def test_an_annulled_piece_supplies_nothing(cast: dict[str, Any], place: Expediente) -> None:
    piece = put(cast, place, A)
    assert line(cast, place, A).document == piece.pk
    annul_document(actor=cast["custodia"], document=piece, reason="Se radicó por error")
    assert A in found(cast, place)[0]


def test_a_later_piece_is_the_one_opened(cast: dict[str, Any], place: Expediente) -> None:
    put(cast, place, A)
    last = put(cast, place, A, filed_at=place.created_at + datetime.timedelta(hours=1))
    assert (line(cast, place, A).document, line(cast, place, A).count) == (last.pk, 2)


# -- what each person may know -------------------------------------------------------------------------------------


@pytest.mark.criterion(22)
def test_a_piece_that_staff_do_not_read_is_as_absent_and_told_in_general(
    cast: dict[str, Any], place: Expediente
) -> None:
    before = checklist_for(cast["archivista"], place)
    assert not before.unread
    piece = put(cast, place, A, Level.RESERVED)
    told = checklist_for(cast["archivista"], place)
    assert (told.now, told.later, told.present) == (before.now, before.later, before.present)
    assert told.unread
    assert line(cast, place, A, "custodia").document == piece.pk
    assert not checklist_for(cast["custodia"], place).unread
    annul_document(actor=cast["custodia"], document=piece, reason="Se radicó por error")
    assert not checklist_for(cast["archivista"], place).unread


@pytest.mark.parametrize("hidden", [Level.RESERVED, Level.RESTRICTED, Level.UNCLASSIFIED])
def test_who_is_no_staff_finds_the_same_with_and_without_what_she_may_not_know(
    cast: dict[str, Any], place: Expediente, hidden: str
) -> None:
    shown = put(cast, place, B, Level.PUBLIC)
    before = checklist_for(cast["revisora"], place)
    piece = put(cast, place, A, hidden)
    assert checklist_for(cast["revisora"], place) == before
    assert not before.whole
    assert [each.document for each in before.present] == [shown.pk]
    if hidden != Level.UNCLASSIFIED:
        factories.access.grant_access(
            actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
        )
        assert codes(checklist_for(cast["revisora"], place).present) == {A, B}


def test_a_piece_placed_here_counts_for_who_may_know_of_it(cast: dict[str, Any], place: Expediente) -> None:
    other = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-002", opened_on=DAY)
    factories.appoint_supervisor(place, cast["supervisor.cd001"])
    piece = put(cast, other, A, Level.RESTRICTED)
    place_document(actor=cast["archivista"], document=piece, expediente=place, reason="Sirve a los dos")
    assert A in found(cast, place)[2]
    assert A in found(cast, place, "supervisor.cd001")[0], "a placement widens no access"


def test_the_settlement_of_a_convenio_is_looked_for_in_the_expediente_below(
    cast: dict[str, Any], place: Expediente
) -> None:
    below = factories.make_expediente(
        cast["archivista"], "GC-170-CD-2026-001-LI", kind=ExpedienteKind.SETTLEMENT, opened_on=DAY, parent=place
    )
    put(cast, place, C)
    piece = put(cast, below, D)
    assert line(cast, place, D).document == piece.pk
    assert C in found(cast, below)[2], "and what the liquidation needs of the convenio, in the one above"
    assert "convenio_derivado_suscrito" in found(cast, below)[0]


def test_pieces_of_another_kind_of_expediente_around_do_not_count(cast: dict[str, Any], place: Expediente) -> None:
    below = factories.make_expediente(
        cast["archivista"], "GC-130-CD-2026-003", kind=ExpedienteKind.DERIVED, opened_on=DAY, parent=place
    )
    put(cast, below, A)
    assert A in found(cast, place)[0]


def test_after_a_change_of_version_the_pieces_kept_still_count(cast: dict[str, Any], place: Expediente) -> None:
    put(cast, place, A)

    def change(content: dict[str, Any]) -> None:
        content["header"].update(number=None, in_force_from="2026-06-01")

    load_schedule(actor=cast["archivista"], content=files.as_json(change), name="trd.json")
    act = propose_resentencing(
        actor=cast["archivista"], expediente=place, subserie=list_targets(place)[0], reason="Reforma"
    )
    approve_resentencing(actor=cast["jefatura"], act=act)
    assert A in found(cast, place)[2]


def test_the_cost_does_not_grow_with_the_pieces(cast: dict[str, Any], place: Expediente) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            checklist_for(cast["archivista"], place)
        return len(captured)

    put(cast, place, A)
    few = queries()
    for number in range(40):
        put(cast, place, (A, B, C)[number % 3], (Level.PUBLIC, Level.RESERVED)[number % 2])
    assert queries() == few


@pytest.mark.parametrize("kind", ExpedienteKind.values)
def test_every_kind_has_a_course_and_something_due_along_it(
    cast: dict[str, Any], place: Expediente, kind: ExpedienteKind
) -> None:
    opened = factories.make_expediente(cast["archivista"], kind=kind, opened_on=DAY)
    assert opened.stage == stages.first_of(kind)
    told = checklist_for(cast["archivista"], opened)
    assert told.now or told.later
    Expediente.objects.filter(pk=opened.pk).update(stage=stages.codes(kind)[-1])
    assert checklist_for(cast["archivista"], Expediente.objects.get(pk=opened.pk)).later == ()


def test_an_expediente_without_a_schedule_has_an_empty_list(cast: dict[str, Any], place: Expediente) -> None:
    Expediente.objects.filter(pk=place.pk).update(trd=None, subserie=None)
    told = checklist_for(cast["archivista"], Expediente.objects.get(pk=place.pk))
    assert (told.now, told.later, told.present) == ((), (), ())
