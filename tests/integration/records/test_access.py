"""Grants: one piece to one person until a day; withdrawn or ended, nothing is left of it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from records import clock, permissions
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation
from records.explain import explain, unknown
from records.models import Document, DocumentUserPermission, Expediente, Grant, LedgerEvent
from records.services import access
from records.vocabulary import Level
from tests import factories


@pytest.fixture
def pieces(cast: dict[str, Any], expediente: Expediente) -> dict[str, Document]:
    return {level: factories.insert_piece(cast["archivista"], expediente, level) for level in Level.values}


def grant(cast: dict[str, Any], target: Any, login: str = "revisora", **changes: Any) -> Grant:
    return access.grant_access(
        actor=changes.get("actor", cast["custodia"]),
        target=target,
        person=cast[login],
        until=changes.get("until", factories.FAR),
        reason=changes.get("reason", "Revisión del caso 117"),
    )


def levels_read(person: Any) -> set[str]:
    return set(permissions.visible_to(person).values_list("level", flat=True))


@pytest.mark.requirement("I3")
def test_a_grant_opens_one_piece_and_not_its_siblings(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    other = factories.insert_piece(cast["archivista"], pieces[Level.RESTRICTED].expediente, Level.RESTRICTED)
    grant(cast, pieces[Level.RESTRICTED])
    assert permissions.allows(cast["revisora"], "view", pieces[Level.RESTRICTED])
    assert not permissions.allows(cast["revisora"], "view", other)


@pytest.mark.requirement("I3")
def test_expiry_closes_it(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    until = clock.today() + datetime.timedelta(days=3)
    grant(cast, pieces[Level.RESERVED], until=until)
    last_moment = datetime.datetime.combine(
        until, datetime.time(23, 59), tzinfo=datetime.timezone(-datetime.timedelta(hours=5))
    )
    with clock.at(last_moment):
        assert permissions.allows(cast["revisora"], "view", pieces[Level.RESERVED])
    with clock.at(last_moment + datetime.timedelta(minutes=2)):
        assert not permissions.allows(cast["revisora"], "view", pieces[Level.RESERVED])


@pytest.mark.requirement("I4")
def test_reserved_is_opened_by_name_only(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    reserved = pieces[Level.RESERVED]
    readers = {login for login, person in cast.items() if permissions.allows(person, "view", reserved)}
    assert readers == {"custodia"}
    grant(cast, reserved.expediente, "supervisor.cd001")
    assert not permissions.allows(cast["supervisor.cd001"], "view", reserved)
    grant(cast, reserved, "supervisor.cd001")
    assert permissions.allows(cast["supervisor.cd001"], "view", reserved)


def test_a_grant_on_an_expediente_opens_what_is_not_reserved_nor_unclassified(
    cast: dict[str, Any], pieces: dict[str, Document]
) -> None:
    grant(cast, pieces[Level.PUBLIC].expediente)
    assert levels_read(cast["revisora"]) == {Level.PUBLIC, Level.RESTRICTED}


def test_who_was_granted_an_expediente_knows_it_even_while_it_shows_her_nothing(cast: dict[str, Any]) -> None:
    empty = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(empty, cast["custodia"])
    assert not permissions.sees(cast["revisora"], empty)
    grant(cast, empty)
    assert permissions.sees(cast["revisora"], empty)
    assert list(permissions.expedientes_visible_to(cast["revisora"])) == [empty]


def test_a_grant_opens_nothing_before_the_piece_has_a_level(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    grant(cast, pieces[Level.UNCLASSIFIED])
    assert levels_read(cast["revisora"]) == {Level.PUBLIC}


def test_withdrawing_closes_it_at_once_and_keeps_the_act(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    made = grant(cast, pieces[Level.RESTRICTED])
    access.revoke_grant(actor=cast["custodia"], grant=made)
    assert not permissions.allows(cast["revisora"], "view", pieces[Level.RESTRICTED])
    assert Grant.objects.filter(pk=made.pk, withdrawal__isnull=False).exists()
    with pytest.raises(RuleViolation):
        access.revoke_grant(actor=cast["custodia"], grant=made)


def test_granting_again_renews(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    first = grant(cast, pieces[Level.RESTRICTED], until=clock.today())
    second = grant(cast, pieces[Level.RESTRICTED])
    assert DocumentUserPermission.objects.get().grant_id == second.pk
    assert Grant.objects.get(pk=first.pk).withdrawal.reason == "renovada"


@pytest.mark.parametrize(
    ("login", "changes", "fault"),
    [
        ("inactivo", {}, "person_disabled"),
        ("custodia", {}, "grant_to_oneself"),
        ("revisora", {"until": datetime.date(2020, 1, 1)}, "incomplete"),
        ("revisora", {"reason": "  "}, "incomplete"),
    ],
)
def test_grants_that_make_no_sense_are_refused(
    cast: dict[str, Any], pieces: dict[str, Document], login: str, changes: dict[str, Any], fault: str
) -> None:
    with pytest.raises((RuleViolation, Incomplete)) as refusal:
        grant(cast, pieces[Level.RESTRICTED], login, **changes)
    assert refusal.value.code == fault
    assert not Grant.objects.exists()


def test_only_the_named_custodian_grants(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    with pytest.raises(AccessDenied):
        grant(cast, pieces[Level.RESTRICTED], actor=cast["archivista"])
    with pytest.raises(NotFound):
        grant(cast, pieces[Level.RESTRICTED], actor=cast["revisora"])


def test_a_custodian_whose_dates_ended_is_one_no_more(cast: dict[str, Any]) -> None:
    old = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(old, cast["custodia"], starts_on=factories.DAY, ends_on=factories.DAY)
    piece = factories.insert_piece(cast["archivista"], old, Level.RESERVED)
    assert not permissions.allows(cast["custodia"], "view", piece)


@pytest.mark.beyond(1)
@pytest.mark.rule("A12")
def test_the_explanation_names_the_act_it_rests_on(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    made = grant(cast, pieces[Level.RESERVED])
    told = explain(cast["revisora"], pieces[Level.RESERVED])
    assert told.allowed["view"]
    assert [because.act for because in told.because] == [made.pk]
    assert "caso 117" in told.because[0].sentence


@pytest.mark.requirement("I8")
def test_forbidden_is_explained_as_unknown(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    assert explain(cast["revisora"], pieces[Level.RESERVED]) == explain(cast["revisora"], None) == unknown()


@pytest.mark.rule("U4")
def test_the_explanation_of_a_past_date_is_that_date_s(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    made = grant(cast, pieces[Level.RESTRICTED])
    access.revoke_grant(actor=cast["custodia"], grant=made)
    piece = pieces[Level.RESTRICTED]
    before = made.granted_at - datetime.timedelta(seconds=1)
    assert not explain(cast["revisora"], piece, at=before).allowed["view"]
    assert not explain(cast["revisora"], piece).allowed["view"]
    assert LedgerEvent.objects.filter(action="access.withdrawn").count() == 1


@pytest.mark.criterion(5)
def test_who_manages_people_reads_no_custody(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    assert levels_read(cast["administracion"]) == set()
    cast["administracion"].groups.add(*cast["archivista"].groups.all())
    assert levels_read(cast["administracion"]) == set()


def test_nobody_disabled_or_without_the_desk_reads(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    grant(cast, pieces[Level.RESTRICTED])
    cast["revisora"].is_active = False
    assert levels_read(cast["revisora"]) == set()
    assert levels_read(cast["editora"]) == set()
    assert levels_read(cast["inactivo"]) == set()


def test_deciding_costs_the_same_for_any_number_of_pieces(
    cast: dict[str, Any], pieces: dict[str, Document], django_assert_max_num_queries: Any
) -> None:
    for _piece in range(10):
        grant(cast, factories.insert_piece(cast["archivista"], pieces["public"].expediente, Level.RESTRICTED))
    person = type(cast["revisora"]).objects.get(pk=cast["revisora"].pk)
    with django_assert_max_num_queries(6):
        grounds = permissions.grounds_for(person)
    assert sum(1 for ground in grounds if ground.rule == "grant_document") == 10
