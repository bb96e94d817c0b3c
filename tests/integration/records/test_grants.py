"""Grants of every kind: over a piece, an expediente, a convenio, a package; to a person, to an office, for a case."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from records import clock, permissions
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation
from records.explain import explain
from records.models import Document, Expediente, Grant, LedgerEvent
from records.services import access, roles
from records.services.access import get_convenio_for, get_package_for
from records.vocabulary import GrantBasis, Level, Role
from tests import factories

DAY = datetime.timedelta(days=1)
BATCH = uuid.UUID(int=77, version=4)


@pytest.fixture
def pieces(cast: dict[str, Any], expediente: Expediente) -> dict[str, Document]:
    return {level: factories.insert_piece(cast["archivista"], expediente, level) for level in Level.values}


def grant(cast: dict[str, Any], target: Any, login: str | None = "revisora", **changes: Any) -> Grant:
    facts = {"actor": cast["custodia"], "until": factories.FAR, "reason": "Caso 117", **changes}
    return access.grant_access(target=target, person=cast[login] if login else None, **facts)


def office(code: str) -> Group:
    return Group.objects.get_or_create(name=code)[0]


def reads(person: Any) -> set[Any]:
    known = type(person).objects.get(pk=person.pk)
    seen = set(permissions.visible_to(known).exclude(level=Level.PUBLIC).values_list("pk", flat=True))
    told = {one.pk for one in Document.objects.exclude(level=Level.PUBLIC) if explain(known, one).allowed["view"]}
    assert seen == told, "the list and the explanation are one decision"
    return seen


# Over what ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("I3", "I4")
def test_a_grant_on_a_convenio_opens_its_expedientes_those_to_come_too(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document]
) -> None:
    grant(cast, get_convenio_for(cast["custodia"], "CD-2026-001"))
    assert reads(cast["revisora"]) == {pieces[Level.RESTRICTED].pk}
    later = factories.make_expediente(cast["archivista"], convenio_number="CD-2026-001")
    other = factories.make_expediente(cast["archivista"], convenio_number="CD-2026-002")
    inside = factories.insert_piece(cast["archivista"], later, Level.RESTRICTED)
    factories.insert_piece(cast["archivista"], later, Level.RESERVED)
    factories.insert_piece(cast["archivista"], other, Level.RESTRICTED)
    assert reads(cast["revisora"]) == {pieces[Level.RESTRICTED].pk, inside.pk}
    assert permissions.sees(cast["revisora"], later)
    assert not permissions.sees(cast["revisora"], other)


def test_a_convenio_is_opened_by_who_keeps_all_of_it(cast: dict[str, Any], expediente: Expediente) -> None:
    second = factories.make_expediente(cast["archivista"], convenio_number="CD-2026-001")
    for actor, refusal in (("custodia", NotFound), ("ajeno", NotFound)):
        with pytest.raises(refusal):
            get_convenio_for(cast[actor], "CD-2026-001")
    with pytest.raises(NotFound):
        get_convenio_for(cast["custodia"], "CD-2099-999")
    factories.appoint_custodian(second, cast["custodia"])
    assert grant(cast, get_convenio_for(cast["custodia"], "CD-2026-001")).convenio is not None


@pytest.mark.requirement("I6")
def test_a_package_is_as_strict_as_its_strictest_part(cast: dict[str, Any], expediente: Expediente) -> None:
    first, second = (
        factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED, batch=BATCH) for _each in range(2)
    )
    package = get_package_for(cast["custodia"], BATCH)
    grant(cast, package)
    assert reads(cast["revisora"]) == {first.pk, second.pk}
    for level in (Level.RESERVED, Level.UNCLASSIFIED):
        Document.objects.filter(pk=second.pk).update(level=level)
        assert reads(cast["revisora"]) == set()
        with pytest.raises(Incomplete) as refusal:
            grant(cast, package, "ajeno")
        assert refusal.value.missing == ("package_strict",)
    Document.objects.filter(pk=second.pk).update(level=Level.RESTRICTED)
    assert reads(cast["revisora"]) == {first.pk, second.pk}


def test_a_package_of_others_is_as_one_that_is_not(cast: dict[str, Any], expediente: Expediente) -> None:
    factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED, batch=BATCH)
    for actor, batch in (("archivista", BATCH), ("ajeno", BATCH), ("custodia", uuid.uuid4())):
        with pytest.raises(NotFound):
            get_package_for(cast[actor], batch)


# To whom ------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("I3", "I4")
@pytest.mark.parametrize("over", ["document", "expediente", "convenio"])
def test_an_office_reads_by_its_grant_while_one_belongs_to_it_and_never_what_is_reserved(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document], over: str
) -> None:
    target: Any = {
        "document": lambda: pieces[Level.RESTRICTED],
        "expediente": lambda: expediente,
        "convenio": lambda: get_convenio_for(cast["custodia"], "CD-2026-001"),
    }[over]()
    grant(cast, target, None, office=office(Role.PLANNING_LEGAL))
    assert reads(cast["ajeno"]) == set()
    roles.assign_role(actor=None, person=cast["ajeno"], role=Role.PLANNING_LEGAL, act="Resolución 1")
    assert reads(cast["ajeno"]) == {pieces[Level.RESTRICTED].pk}
    told = explain(type(cast["ajeno"]).objects.get(pk=cast["ajeno"].pk), pieces[Level.RESTRICTED])
    assert told.because[0].rule == f"grant_office_{over}"
    assert "Planeación" in told.because[0].sentence
    roles.end_role(actor=None, person=cast["ajeno"], role=Role.PLANNING_LEGAL, act="Resolución 2")
    assert reads(cast["ajeno"]) == set()


@pytest.mark.requirement("I4")
def test_what_became_reserved_closes_for_the_office_and_not_for_the_name(
    cast: dict[str, Any], pieces: dict[str, Document]
) -> None:
    piece = pieces[Level.RESTRICTED]
    grant(cast, piece, None, office=office(Role.REVIEWER))
    grant(cast, piece, "ajeno")
    Document.objects.filter(pk=piece.pk).update(level=Level.RESERVED)
    assert reads(cast["revisora"]) == set()
    assert reads(cast["ajeno"]) == {piece.pk}


def test_an_office_with_grants_is_not_deleted(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    group = office(Role.LIAISON)
    grant(cast, pieces[Level.RESTRICTED], None, office=group)
    with pytest.raises(ProtectedError):
        group.delete()
    assert Group.objects.filter(pk=group.pk).exists()


# When ---------------------------------------------------------------------------------------------------------


def test_a_grant_opens_from_its_first_day_to_its_last(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    today = clock.today()
    grant(cast, pieces[Level.RESERVED], starts_on=today + 2 * DAY, until=today + 3 * DAY)
    for days, opened in ((0, False), (1, False), (2, True), (3, True), (4, False)):
        with clock.at(clock.now() + days * DAY):
            assert bool(reads(cast["revisora"])) is opened, days


@pytest.mark.rule("U4")
def test_a_past_moment_is_told_by_what_stood_then(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente)
    factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    roles.assign_role(actor=None, person=cast["ajeno"], role=Role.LIAISON, act="Resolución 1")
    start, hour = clock.now(), datetime.timedelta(hours=1)
    with clock.at(start + hour):
        made = grant(cast, piece, None, office=office(Role.LIAISON))
    with clock.at(start + 3 * hour):
        access.revoke_grant(actor=cast["custodia"], grant=made)
        person = type(cast["ajeno"]).objects.get(pk=cast["ajeno"].pk)
        read = [explain(person, piece, at=start + hours * hour).allowed["view"] for hours in (0, 2)]
        assert read == [False, True]
        assert not explain(person, piece).allowed["view"]


# Refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "changes", "faults"),
    [
        (None, {"until": None, "reason": " "}, {"holder", "grant_until", "reason"}),
        ("inactivo", {"until": datetime.date(2020, 1, 1)}, {"person_disabled", "until_passed"}),
        ("custodia", {"reason": ""}, {"grant_to_oneself", "reason"}),
        ("administracion", {}, {"person_no_custody"}),
        ("revisora", {"starts_on": factories.FAR, "until": factories.FAR - DAY}, {"until_before_start"}),
        ("revisora", {"until": datetime.date(2199, 1, 1)}, {"until_beyond_most"}),
    ],
)
def test_everything_wrong_is_told_at_once(
    cast: dict[str, Any], pieces: dict[str, Document], login: str | None, changes: dict[str, Any], faults: set[str]
) -> None:
    with pytest.raises(Incomplete) as refusal:
        grant(cast, pieces[Level.RESTRICTED], login, **changes)
    assert set(refusal.value.missing) == faults
    assert not Grant.objects.exists()


def test_what_an_office_may_not_receive_is_refused(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    gone = Group(pk=999_999, name=Role.LIAISON)
    for group, level, fault in (
        (office(Role.LIAISON), Level.RESERVED, "reserved_by_name"),
        (office(Role.ADMINISTRATOR), Level.RESTRICTED, "office_unknown"),
        (office("cualquiera"), Level.RESTRICTED, "office_unknown"),
        (gone, Level.RESTRICTED, "office_unknown"),
    ):
        with pytest.raises(Incomplete) as refusal:
            grant(cast, pieces[level], None, office=group)
        assert refusal.value.missing == (fault,)
    with pytest.raises(Incomplete) as refusal:
        grant(cast, pieces[Level.RESTRICTED], office=office(Role.LIAISON))
    assert refusal.value.missing == ("one_holder",)


def test_who_manages_people_opens_nothing_to_anybody(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    for person in ("administracion", "revisora"):
        with pytest.raises((NotFound, AccessDenied)):
            grant(cast, pieces[Level.RESTRICTED], person, actor=cast["administracion"])


def test_the_database_refuses_what_no_service_writes(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    piece, now = pieces[Level.RESTRICTED], clock.now()
    whole = {
        "person": cast["revisora"], "document": piece, "until": factories.FAR, "reason": "x",
        "granted_by": cast["custodia"], "granted_at": now,
    }  # fmt: skip
    for wrong in (
        {"person": cast["custodia"]},
        {"person": None},
        {"office": office(Role.LIAISON)},
        {"expediente": piece.expediente},
        {"starts_on": factories.FAR + DAY},
        {"basis": GrantBasis.AUDIT},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(**{**whole, **wrong})
    made = Grant.objects.create(**whole)
    with pytest.raises(DatabaseError), transaction.atomic():
        Grant.objects.filter(pk=made.pk).update(until=factories.DAY)


# Renewals -----------------------------------------------------------------------------------------------------


def test_a_renewal_is_a_new_act_tied_to_the_former(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    first = grant(cast, pieces[Level.RESERVED], until=clock.today(), case_number="C-9")
    second = access.renew_grant(actor=cast["custodia"], grant=first, until=factories.FAR, reason="Sigue el caso")
    assert (second.renews, second.case_number, second.person) == (first, "C-9", first.person)
    assert Grant.objects.get(pk=first.pk).withdrawal.reason == access.RENEWED
    assert reads(cast["revisora"]) == {pieces[Level.RESERVED].pk}
    facts = json.loads(LedgerEvent.objects.filter(action="access.granted").last().payload)["facts"]  # type: ignore[union-attr]
    assert facts["renews"] == str(first.pk)
    assert "caso" not in str(facts).lower(), "what it is for is no fact of the ledger"


def test_two_changes_of_one_grant_at_once_are_not_both_done(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    first = grant(cast, pieces[Level.RESERVED])
    seen = Grant.objects.get(pk=first.pk)
    access.renew_grant(actor=cast["custodia"], grant=first, until=factories.FAR, reason="Una")
    with pytest.raises(RuleViolation) as refusal:
        access.renew_grant(actor=cast["custodia"], grant=seen, until=factories.FAR, reason="Otra")
    assert refusal.value.code == "grant_changed"
    access.revoke_grant(actor=cast["custodia"], grant=Grant.objects.get(reason="Una"))
    with pytest.raises(RuleViolation) as refusal:
        access.renew_grant(actor=cast["custodia"], grant=seen, until=factories.FAR, reason="Otra")
    assert refusal.value.code == "grant_over"


def test_what_is_in_force_is_not_renewed_from_a_later_day(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    grant(cast, pieces[Level.RESTRICTED])
    with pytest.raises(Incomplete) as refusal:
        grant(cast, pieces[Level.RESTRICTED], starts_on=clock.today() + 5 * DAY)
    assert refusal.value.missing == ("renewal_later",)


# For a case (A9) ----------------------------------------------------------------------------------------------


@pytest.mark.rule("A9")
@pytest.mark.parametrize("basis", [GrantBasis.AUDIT, GrantBasis.COURT_ORDER, GrantBasis.AUTHORITY])
def test_a_case_opens_its_list_of_pieces_and_ends_by_itself(
    cast: dict[str, Any], pieces: dict[str, Document], basis: str
) -> None:
    listed = [pieces[Level.RESTRICTED], pieces[Level.RESERVED]]
    until = clock.today() + 10 * DAY
    made = access.grant_for_case(
        actor=cast["custodia"], pieces=listed, person=cast["auditoria"], basis=basis, case_number="2026-31",
        until=until, reason="Control fiscal",
    )  # fmt: skip
    assert len({grant.bundle for grant in made}) == 1
    assert reads(cast["auditoria"]) == {piece.pk for piece in listed}
    told = explain(type(cast["auditoria"]).objects.get(pk=cast["auditoria"].pk), listed[0]).because[0]
    assert told.rule == f"grant_{basis}"
    assert "2026-31" in told.sentence
    with clock.at(clock.now() + 11 * DAY):
        assert reads(cast["auditoria"]) == set()


@pytest.mark.rule("A9")
def test_a_case_without_number_pieces_or_a_near_end_is_refused_whole(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document]
) -> None:
    usual: dict[str, Any] = {
        "actor": cast["custodia"], "pieces": [pieces[Level.RESTRICTED]], "person": cast["auditoria"],
        "basis": GrantBasis.AUDIT, "case_number": "1", "until": clock.today(), "reason": "x",
    }  # fmt: skip
    for wrong, faults in (
        ({"case_number": " "}, {"case_number"}),
        ({"pieces": []}, {"pieces_by_name"}),
        ({"pieces": [expediente]}, {"pieces_by_name"}),
        ({"until": clock.today() + 500 * DAY}, {"until_beyond_most"}),
        ({"basis": GrantBasis.ORDINARY}, {"pieces_by_name"}),
    ):
        with pytest.raises(Incomplete) as refusal:
            access.grant_for_case(**{**usual, **wrong})
        assert set(refusal.value.missing) == faults
    foreign = factories.insert_piece(cast["archivista"], factories.make_expediente(cast["archivista"]), Level.RESERVED)
    with pytest.raises((NotFound, AccessDenied)):
        access.grant_for_case(**{**usual, "pieces": [*usual["pieces"], foreign]})
    assert not Grant.objects.exists()


# Cost ---------------------------------------------------------------------------------------------------------


def test_deciding_costs_the_same_for_any_number_and_kind_of_grants(
    cast: dict[str, Any], expediente: Expediente, django_assert_max_num_queries: Any
) -> None:
    convenio = get_convenio_for(cast["custodia"], "CD-2026-001")
    batches = [uuid.uuid4() for _each in range(4)]
    listed = [
        factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED, batch=batch) for batch in batches * 3
    ]
    packages = [get_package_for(cast["custodia"], batch) for batch in batches]
    for target in (expediente, convenio, *packages, *listed):
        grant(cast, target)
        grant(cast, target, None, office=office(Role.REVIEWER))
    person = type(cast["revisora"]).objects.get(pk=cast["revisora"].pk)
    with django_assert_max_num_queries(9):
        grounds = permissions.grounds_for(person)
    assert sum(ground.rule in permissions.GRANT_RULES for ground in grounds) == 2 * (2 + 4 + 12)


def test_deciding_many_pieces_for_many_people_asks_as_often_as_deciding_few(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    listed = [factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED) for _each in range(30)]
    for piece in listed[:6]:
        grant(cast, piece)
    counts = {}
    for people, pieces in ((["revisora"], 3), (["revisora"], 30), ([*cast][:4], 30), ([*cast], 3), ([*cast], 30)):
        fresh = [type(cast[login]).objects.get(pk=cast[login].pk) for login in people]
        with CaptureQueriesContext(connection) as captured:
            each = permissions.rights_of_each(fresh)
            read = [rights.reads(piece) for rights in each.values() for piece in listed[:pieces]]
        assert any(read)
        counts[len(people), pieces] = len(captured)
    everybody = len(cast)
    assert counts[1, 3] == counts[1, 30]
    assert counts[everybody, 3] == counts[everybody, 30] <= 9, (
        "whatever they are, one statement for each kind of ground"
    )
