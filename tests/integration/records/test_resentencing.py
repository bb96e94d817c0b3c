"""An expediente moves to a later version only by two people, and its pieces keep the tipo they were filed with (R2)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from records import clock
from records.errors import AccessDenied, Incomplete, NotFound, RecordsError, RuleViolation, SelfApproval
from records.models import Expediente, LedgerEvent, Resentencing, StateChange, Subserie, TrdVersion
from records.selectors.resentencing import (
    effect_of,
    get_resentencing_for,
    list_resentencings_for,
    list_resentencings_of,
    list_targets,
)
from records.services.resentencing import approve_resentencing, propose_resentencing, return_resentencing
from records.services.schedules import load_schedule
from tests import factories
from tests.unit.schedules import files

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R2")]

OPENED = datetime.date(2026, 5, 4)


def load(actor: Any, since: str, change: Any = lambda _content: None) -> TrdVersion:
    def both(content: dict[str, Any]) -> None:
        content["header"].update(number=None, in_force_from=since)
        change(content)

    return load_schedule(actor=actor, content=files.as_json(both), name="trd.json")


def reformed(content: dict[str, Any]) -> None:
    """Twenty years in central archive, one tipo less, one more."""
    content["series"][2]["subseries"][0].update(years_central=20)
    model = next(tipo for tipo in content["tipos"] if tipo["code"] == "visto_bueno")
    content["tipos"] = [tipo for tipo in content["tipos"] if tipo["code"] != "anexo_del_convenio"]
    content["tipos"].append({**model, "code": "acta_nueva", "name": "Acta nueva"})


@pytest.fixture
def place(cast: dict[str, Any]) -> Expediente:
    load_schedule(actor=cast["archivista"], content=files.fixture(), name="trd.json")
    with clock.at(datetime.datetime(2026, 5, 4, 15, tzinfo=datetime.UTC)):
        opened = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", opened_on=OPENED)
        factories.appoint_custodian(opened, cast["custodia"])
        factories.file_piece(cast["archivista"], opened, date=OPENED)
    return opened


@pytest.fixture
def target(cast: dict[str, Any], place: Expediente) -> Subserie:
    load(cast["archivista"], "2026-06-01", reformed)
    (found,) = list_targets(place)
    return found


def propose(cast: dict[str, Any], place: Expediente, target: Subserie, login: str = "archivista") -> Resentencing:
    return propose_resentencing(actor=cast[login], expediente=place, subserie=target, reason="Lo pide la reforma")


def test_what_would_change_is_told_before(cast: dict[str, Any], place: Expediente, target: Subserie) -> None:
    assert place.subserie
    effect = effect_of(cast["archivista"], place, place.subserie, target)
    assert effect.changed == {"years_central"}
    assert [(gone.name, gone.pieces) for gone in effect.vanishing] == [("Anexo del convenio", 1)]
    assert effect.coming == ("Acta nueva",)
    assert Resentencing.objects.count() == 0


def test_one_proposes_another_approves_and_the_pieces_keep_their_tipo(
    cast: dict[str, Any], place: Expediente, target: Subserie
) -> None:
    piece = place.documents.get()
    act = propose(cast, place, target)
    place.refresh_from_db()
    assert place.trd_id == 3, "a proposal moves nothing"
    assert list(list_resentencings_for(cast["jefatura"])) == [act]
    approve_resentencing(actor=cast["jefatura"], act=act)
    place.refresh_from_db()
    assert (place.trd_id, place.subserie) == (4, target)
    piece.refresh_from_db()
    assert (piece.tipo.trd_id, piece.tipo.code) == (3, "anexo_del_convenio")
    told = LedgerEvent.objects.filter(object_id=str(place.pk), action__startswith="retention.").order_by("index")
    assert [(event.action, event.actor) for event in told] == [
        ("retention.proposed", "archivista"),
        ("retention.approved", "jefatura"),
    ]
    assert not any("reforma" in event.payload for event in told), "prose stays out of the ledger"
    steps = StateChange.objects.filter(subject=act.pk).order_by("at", "target")
    assert [(step.source, step.target, step.reason) for step in steps] == [
        ("", "proposed", "Lo pide la reforma"),
        ("proposed", "in_force", ""),
    ]


def test_from_then_on_the_expediente_takes_the_tipos_of_its_new_version(
    cast: dict[str, Any], place: Expediente, target: Subserie
) -> None:
    approve_resentencing(actor=cast["jefatura"], act=propose(cast, place, target))
    place.refresh_from_db()
    with pytest.raises(Incomplete):
        factories.file_piece(cast["archivista"], place, date=OPENED)
    piece = factories.file_piece(cast["archivista"], place, tipo="acta_nueva", date=OPENED)
    assert piece.tipo.trd_id == 4


def test_a_proposal_sent_back_changes_nothing_and_says_why(
    cast: dict[str, Any], place: Expediente, target: Subserie
) -> None:
    act = propose(cast, place, target)
    with pytest.raises(Incomplete):
        return_resentencing(actor=cast["jefatura"], act=act, observations=" ")
    return_resentencing(actor=cast["jefatura"], act=act, observations="Falta el acto de reforma")
    act.refresh_from_db()
    place.refresh_from_db()
    assert (act.state, act.observations, place.trd_id) == ("refused", "Falta el acto de reforma", 3)
    with pytest.raises(RuleViolation, match="act_decided"):
        approve_resentencing(actor=cast["jefatura"], act=act)
    assert propose(cast, place, target).state == "proposed", "it may be proposed again"


def test_who_proposed_cannot_approve_whatever_offices_she_holds(
    cast: dict[str, Any], place: Expediente, target: Subserie
) -> None:
    cast["jefatura"].groups.add(*cast["archivista"].groups.all())
    act = propose(cast, place, target, "jefatura")
    assert list(list_resentencings_for(cast["jefatura"])) == []
    for decide in (
        lambda: approve_resentencing(actor=cast["jefatura"], act=act),
        lambda: return_resentencing(actor=cast["jefatura"], act=act, observations="x"),
    ):
        with pytest.raises(SelfApproval):
            decide()
    with pytest.raises(IntegrityError), transaction.atomic():
        Resentencing.objects.filter(pk=act.pk).update(decided_by=cast["jefatura"])


WRONG = (
    ("archivista", AccessDenied, "approve"),
    ("custodia", AccessDenied, "approve"),
    ("revisora", NotFound, "approve"),
    ("supervisor.cd001", NotFound, "approve"),
    ("jefatura", AccessDenied, "propose"),
    ("secretaria.general", AccessDenied, "propose"),
    ("ajeno", NotFound, "propose"),
    ("revisora", NotFound, "propose"),
)


@pytest.mark.parametrize(("login", "refusal", "act"), WRONG)
def test_who_may_not_learns_no_more_than_she_may_know(
    cast: dict[str, Any], place: Expediente, target: Subserie, login: str, refusal: type[RecordsError], act: str
) -> None:
    attempts = {
        "approve": lambda: approve_resentencing(actor=cast[login], act=propose(cast, place, target, "custodia")),
        "propose": lambda: propose(cast, place, target, login),
    }
    with pytest.raises(refusal):
        attempts[act]()


def test_proposals_are_read_by_staff_of_the_expediente_alone(
    cast: dict[str, Any], place: Expediente, target: Subserie
) -> None:
    act = propose(cast, place, target)
    piece = place.documents.get()
    factories.give_level(piece, "public", cast["custodia"], cast["jefatura"])
    assert list_resentencings_of(cast["jefatura"], place) == [act]
    assert list_resentencings_of(cast["revisora"], place) == []
    assert get_resentencing_for(cast["secretaria.general"], act.pk) == act
    with pytest.raises(NotFound):
        get_resentencing_for(cast["revisora"], act.pk)


def test_only_a_later_version_that_rules_and_a_subserie_of_the_kind_will_do(
    cast: dict[str, Any], place: Expediente, target: Subserie
) -> None:
    with clock.at(datetime.datetime(2026, 6, 2, 15, tzinfo=datetime.UTC)):
        future = load(cast["archivista"], "2026-12-01")
        coming = Subserie.objects.get(serie__trd=future, kind="derived")
        assert coming not in list_targets(place)
        for subserie, code in (
            (place.subserie, "resentencing_same"),
            (Subserie.objects.get(serie__trd=4, kind="project"), "resentencing_kind"),
            (coming, "resentencing_not_begun"),
        ):
            assert subserie
            with pytest.raises(RuleViolation, match=code):
                propose(cast, place, subserie)
    with pytest.raises(Incomplete):
        propose_resentencing(actor=cast["archivista"], expediente=place, subserie=target, reason=" ")
    approve_resentencing(actor=cast["jefatura"], act=propose(cast, place, target))
    old = Subserie.objects.get(serie__trd=3, kind="derived")
    with pytest.raises(RuleViolation, match="resentencing_not_later"):
        propose(cast, place, old)


def test_one_waits_at_a_time_and_one_overtaken_is_told(
    cast: dict[str, Any], place: Expediente, target: Subserie
) -> None:
    act = propose(cast, place, target)
    with pytest.raises(RuleViolation, match="resentencing_pending"):
        propose(cast, place, target, "custodia")
    Expediente.objects.filter(pk=place.pk).update(subserie=target, trd=4)
    with pytest.raises(RuleViolation, match="resentencing_overtaken"):
        approve_resentencing(actor=cast["jefatura"], act=act)
