"""Roles by data: given and ended by an act, with a history that answers for any past day; the matrix, row by row."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import DatabaseError, transaction

from records import clock, permissions
from records.errors import AccessDenied, Incomplete, RuleViolation
from records.explain import explain
from records.models import Document, Expediente, LedgerEvent, RoleAssignment
from records.permissions.kinds import KINDS
from records.permissions.role_matrix import GRANT
from records.services import roles
from records.vocabulary import Level, Role
from tests import factories

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    made = factories.insert_piece(cast["archivista"], expediente)
    return factories.give_level(made, Level.RESTRICTED, cast["custodia"], cast["jefatura"])


def fresh(person: Any) -> Any:
    return type(person).objects.get(pk=person.pk)


def reads(person: Any, piece: Document, at: datetime.datetime | None = None) -> bool:
    return explain(fresh(person), piece, at=at).allowed["view"]


def give(cast: dict[str, Any], login: str, role: str = Role.CONTRACTS_HEAD, **changes: Any) -> RoleAssignment:
    facts = {"actor": cast["administracion"], "second": cast["secretaria.general"], "act": "Resolución 9", **changes}
    return roles.assign_role(person=cast[login], role=role, **facts)


# Given and ended ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("P2")
def test_a_role_opens_from_the_next_question_and_its_end_closes(cast: dict[str, Any], piece: Document) -> None:
    assert not reads(cast["ajeno"], piece)
    give(cast, "ajeno")
    assert reads(cast["ajeno"], piece)
    roles.end_role(actor=cast["administracion"], person=cast["ajeno"], role=Role.CONTRACTS_HEAD, act="Resolución 10")
    assert not reads(cast["ajeno"], piece)
    told = [json.loads(event.payload) for event in LedgerEvent.objects.filter(action__startswith="person.role_")]
    assert [event["action"] for event in told] == ["person.role_assigned", "person.role_ended"]
    assert [event["actor"] for event in told] == ["secretaria.general", "administracion"]
    assert "Resolución" not in str(told), "what an act says is no fact of the ledger"


def test_a_role_rules_between_its_dates_alone(cast: dict[str, Any], piece: Document) -> None:
    today = clock.today()
    give(cast, "ajeno", starts_on=today + 2 * DAY, until=today + 3 * DAY)
    for days, ruling in ((0, False), (1, False), (2, True), (3, True), (4, False)):
        with clock.at(clock.now() + days * DAY):
            assert reads(cast["ajeno"], piece) is ruling, days
            assert (Role.CONTRACTS_HEAD in permissions.roles_of(fresh(cast["ajeno"]))) is ruling
    assert [str(row) for row in RoleAssignment.objects.filter(person=cast["ajeno"]).values_list("act", flat=True)] == [
        "Resolución 9"
    ]


def test_who_answers_for_pieces_is_asked_of_the_dates_too(cast: dict[str, Any]) -> None:
    from records.selectors.people import list_answering

    give(cast, "ajeno", Role.CONTRACTS_GROUP, until=clock.today())
    assert cast["ajeno"] in list_answering()
    with clock.at(clock.now() + DAY):
        assert cast["ajeno"] not in list_answering()
        assert not permissions.may_answer(fresh(cast["ajeno"]))


def test_giving_again_is_another_act(cast: dict[str, Any]) -> None:
    first, second = give(cast, "ajeno"), give(cast, "ajeno", act="Resolución 11")
    held = RoleAssignment.objects.filter(person=cast["ajeno"], end=None)
    assert [row.pk for row in held] == [second.pk]
    assert RoleAssignment.objects.get(pk=first.pk).end.act == "Resolución 11"


@pytest.mark.parametrize(
    ("login", "changes", "faults"),
    [
        ("inactivo", {"act": " "}, {"act", "person_disabled"}),
        ("ajeno", {"role": "superuser"}, {"unknown_role"}),
        ("administracion", {}, {"role_to_oneself"}),
        ("ajeno", {"until": datetime.date(2020, 1, 1)}, {"until_passed", "until_before_start"}),
        ("ajeno", {"starts_on": factories.FAR, "until": factories.FAR - DAY}, {"until_before_start"}),
    ],
)
def test_everything_wrong_with_an_assignment_is_told_at_once(
    cast: dict[str, Any], login: str, changes: dict[str, Any], faults: set[str]
) -> None:
    before = RoleAssignment.objects.count()
    with pytest.raises(Incomplete) as refusal:
        give(cast, login, **changes)
    assert set(refusal.value.missing) == faults
    assert RoleAssignment.objects.count() == before


def test_only_who_manages_people_gives_roles_and_holds_no_custody(cast: dict[str, Any], piece: Document) -> None:
    for login in ("archivista", "jefatura", "auditoria", "ajeno"):
        with pytest.raises(AccessDenied):
            give(cast, "revisora", actor=cast[login])
    give(cast, "revisora", Role.ADMINISTRATOR)
    give(cast, "revisora", Role.CONTRACTS_HEAD)
    assert not reads(cast["revisora"], piece)
    with pytest.raises(RuleViolation):
        roles.end_role(actor=cast["administracion"], person=cast["ajeno"], role=Role.REVIEWER, act="x")


def test_an_appointment_ends_before_its_day(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    held, before = expediente.appointments.get(), clock.now()
    with clock.at(before + HOUR):
        roles.end_appointment(actor=cast["administracion"], appointment=held, act="Resolución 12")
        assert not reads(cast["custodia"], piece)
        assert reads(cast["custodia"], piece, before)
        with pytest.raises(RuleViolation):
            roles.end_appointment(actor=None, appointment=held, act="otra")


# History ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("U4")
def test_a_past_day_is_answered_with_the_roles_of_that_day(cast: dict[str, Any], piece: Document) -> None:
    start = clock.now()
    with clock.at(start + HOUR):
        give(cast, "ajeno")
    with clock.at(start + 3 * HOUR):
        roles.end_role(actor=None, person=cast["ajeno"], role=Role.CONTRACTS_HEAD, act="Renuncia")
    with clock.at(start + 5 * HOUR):
        answers = [reads(cast["ajeno"], piece, start + hours * HOUR) for hours in (0, 2, 4)]
        told = explain(fresh(cast["ajeno"]), piece, at=start + 2 * HOUR)
    assert answers == [False, True, False]
    assert [because.rule for because in told.because] == ["office"]


@pytest.mark.rule("U4")
@pytest.mark.parametrize("way", ["person", "group", "set", "clear", "gone"])
def test_whatever_changes_a_membership_leaves_its_history(cast: dict[str, Any], piece: Document, way: str) -> None:
    person, group, start = cast["ajeno"], Group.objects.get(name=Role.CONTRACTS_HEAD), clock.now()
    with clock.at(start + HOUR):
        group.user_set.add(person) if way == "group" else person.groups.add(group)
    ways: dict[str, Any] = {
        "person": lambda: person.groups.remove(group),
        "group": lambda: group.user_set.remove(person),
        "set": lambda: person.groups.set([Group.objects.get(name=Role.REVIEWER)]),
        "clear": person.groups.clear,
        "gone": group.delete,
    }
    with clock.at(start + 3 * HOUR):
        ways[way]()
    assert [reads(person, piece, start + hours * HOUR) for hours in (0, 2, 4)] == [False, True, False]


@pytest.mark.rule("U4")
def test_an_account_that_was_disabled_since_read_while_it_was_not(cast: dict[str, Any], piece: Document) -> None:
    start = clock.now()
    with clock.at(start + HOUR):
        cast["archivista"].is_active = False
        cast["archivista"].save()
    assert [reads(cast["archivista"], piece, start + hours * HOUR) for hours in (0, 2)] == [True, False]
    assert not reads(cast["archivista"], piece)


def test_the_history_is_never_changed(cast: dict[str, Any]) -> None:
    made = give(cast, "ajeno")
    for act in (
        lambda: RoleAssignment.objects.filter(pk=made.pk).update(until=factories.DAY),
        lambda: RoleAssignment.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


# The matrix ---------------------------------------------------------------------------------------------------


@pytest.mark.requirement("P2")
def test_every_role_has_its_row_and_every_cell_a_ground_that_exists_or_none_yet() -> None:
    known = {rule for kind in KINDS for rule in kind.rules} | {GRANT, permissions.NONE_YET}
    assert set(permissions.MATRIX) == set(Role.values)
    for role, column, cell in permissions.cells():
        assert cell.rests in known, (role, column)
        assert column in permissions.COLUMNS
        assert set(cell.letters) <= set("VMFCA")
    assert all(cell.rests != "office" for _role, column, cell in permissions.cells() if column == Level.RESERVED)


@pytest.mark.requirement("P2", "I4")
@pytest.mark.parametrize("role", Role.values)
def test_a_role_alone_reads_what_its_row_says(cast: dict[str, Any], expediente: Expediente, role: str) -> None:
    """Of everything that is not its own: nothing that rests on a name, a tie or an appointment."""
    pieces = {level: factories.insert_piece(cast["archivista"], expediente, level) for level in Level.values}
    give(cast, "ajeno", role)
    row = permissions.MATRIX[role]
    said = {level for level in Level.values if level in row and row[level].rests in ("office", "public_by_law")}
    if role in (Role.PAGE_EDITOR, Role.PAGE_APPROVER):
        said = {Level.PUBLIC}  # she enters the desk only where somebody lets her, and then as everybody
    assert {level for level, piece in pieces.items() if reads(cast["ajeno"], piece)} == said


@pytest.mark.requirement("P2")
def test_the_responsible_office_reads_its_own_expedientes(cast: dict[str, Any]) -> None:
    own = factories.make_expediente(cast["archivista"], office=Role.VDE_DEPENDENCY)
    other = factories.make_expediente(cast["archivista"])
    give(cast, "ajeno", Role.VDE_DEPENDENCY)
    person = fresh(cast["ajeno"])
    seen = {
        (place.pk, level): reads(person, factories.insert_piece(cast["archivista"], place, level))
        for place in (own, other)
        for level in Level.values
    }
    assert {key for key, read in seen.items() if read} == {
        (own.pk, Level.PUBLIC), (own.pk, Level.RESTRICTED), (other.pk, Level.PUBLIC)
    }  # fmt: skip
    assert permissions.rights_of(person).is_staff_of(own)
    assert not permissions.rights_of(person).is_staff_of(other)


@pytest.mark.requirement("P2")
def test_sync_roles_makes_what_lacks_puts_right_what_strayed_and_then_changes_nothing(
    cast: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> dict[str, int]:
        call_command("sync_roles", "--json")
        return dict(json.loads(capsys.readouterr().out))

    there = Group.objects.filter(name__in=Role.values).count()
    assert run() == {"created": len(Role.values) - there, "changed": 0, "unchanged": there}
    assert run() == {"created": 0, "changed": 0, "unchanged": len(Role.values)}
    Group.objects.get(name=Role.REVIEWER).permissions.add(
        *Permission.objects.filter(content_type__app_label="records", codename="view_document")
    )
    give(cast, "ajeno", until=clock.today())
    with clock.at(clock.now() + DAY):
        assert run() == {"created": 0, "changed": 2, "unchanged": len(Role.values) - 2}
        assert not cast["ajeno"].groups.exists()
        assert run()["changed"] == 0
