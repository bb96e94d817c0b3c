"""Access asked for by reference, and doors broken open by two people for minutes."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from records import clock, permissions
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation, SelfApproval
from records.explain import explain
from records.models import (
    AccessRequest,
    BreakGlass,
    BreakGlassConfirmation,
    Document,
    Expediente,
    Grant,
    LedgerEvent,
)
from records.services import access, break_glass, recusals, requests, viewing
from records.vocabulary import Level
from tests import factories

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def reserved(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)


def fresh(person: Any) -> Any:
    return type(person).objects.get(pk=person.pk)


def reads(person: Any, piece: Document) -> bool:
    return permissions.allows(fresh(person), "view", piece)


# Asking for access --------------------------------------------------------------------------------------------


def ask(person: Any, reference: str) -> AccessRequest:
    return requests.ask_access(actor=person, reference=reference, purpose="Caso 117")


@pytest.mark.requirement("I8")
def test_asking_lands_with_the_custodian_and_tells_nobody_else(
    cast: dict[str, Any], expediente: Expediente, reserved: Document
) -> None:
    for reference in (reserved.radicado, str(reserved.pk), expediente.code.lower(), str(expediente.pk)):
        ask(cast["revisora"], reference)
    ask(cast["revisora"], "2026-000000")
    ask(cast["revisora"], str(uuid.uuid4()))
    assert requests.list_requests_for(cast["custodia"]).count() == 4
    for login in ("archivista", "jefatura", "revisora", "administracion"):
        assert not requests.list_requests_for(cast[login]).exists()
    assert requests.list_own_requests(cast["revisora"]).count() == 6
    told = LedgerEvent.objects.filter(action="access.requested").values_list("payload", flat=True)
    assert len(told) == 6
    assert not any(reserved.radicado in payload or "Caso 117" in payload for payload in told)


@pytest.mark.requirement("I8")
def test_what_is_not_there_costs_and_answers_the_same(cast: dict[str, Any], reserved: Document) -> None:
    ask(cast["revisora"], "la primera vez se pregunta por sus roles")
    counts = []
    for reference in (reserved.radicado, "2026-999999"):
        with CaptureQueriesContext(connection) as captured:
            made = ask(cast["revisora"], reference)
        counts.append(len(captured))
        assert (made.reference, made.purpose) == (reference, "Caso 117")
    assert counts[0] == counts[1]


def test_a_request_is_granted_once_or_declined(cast: dict[str, Any], reserved: Document) -> None:
    first, second = ask(cast["revisora"], reserved.radicado), ask(cast["ajeno"], reserved.radicado)
    grant = requests.grant_request(actor=cast["custodia"], request=first, until=factories.FAR)
    assert (grant.person, grant.reason) == (cast["revisora"], "Caso 117")
    assert reads(cast["revisora"], reserved)
    requests.decline_request(actor=cast["custodia"], request=second, reason="No corresponde")
    assert not reads(cast["ajeno"], reserved)
    for made in (first, second):
        with pytest.raises(RuleViolation):
            requests.decline_request(actor=cast["custodia"], request=made, reason="Otra vez")
    assert not requests.list_requests_for(cast["custodia"]).exists()


def test_requests_that_lack_something_or_are_too_many_are_refused(cast: dict[str, Any], reserved: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        requests.ask_access(actor=cast["revisora"], reference=" ", purpose="")
    assert refusal.value.missing == ("reference", "purpose")
    made = ask(cast["revisora"], reserved.radicado)
    for login in ("archivista", "revisora", "ajeno"):
        with pytest.raises(NotFound):
            requests.get_request_for(cast[login], made.pk)
    with pytest.raises(AccessDenied):
        requests.grant_request(actor=cast["archivista"], request=made, until=factories.FAR)
    for number in range(requests.MOST - 1):
        ask(cast["revisora"], f"2026-{number}")
    with pytest.raises(RuleViolation):
        ask(cast["revisora"], "una más")


# Break-glass --------------------------------------------------------------------------------------------------


def emergency(cast: dict[str, Any], piece: Document, login: str = "archivista", **changes: Any) -> BreakGlass:
    facts = {"reason": "Incendio en el archivo", "minutes": 30, **changes}
    return break_glass.ask_to_break(actor=cast[login], document=piece, **facts)


@pytest.mark.beyond(16)
@pytest.mark.criterion(30)
def test_a_door_opens_by_two_people_for_minutes_and_shuts_by_itself(cast: dict[str, Any], reserved: Document) -> None:
    asked, start = emergency(cast, reserved), clock.now()
    assert not reads(cast["archivista"], reserved)
    assert list(break_glass.list_to_confirm(cast["jefatura"])) == [asked]
    with pytest.raises(AccessDenied):
        break_glass.confirm_break(actor=cast["archivista"], emergency=asked)
    break_glass.confirm_break(actor=cast["jefatura"], emergency=asked)
    assert reads(cast["archivista"], reserved)
    told = explain(fresh(cast["archivista"]), reserved)
    assert [because.rule for because in told.because] == ["break_glass"]
    assert {login for login in cast if reads(cast[login], reserved)} == {"archivista", "custodia"}
    with clock.at(start + 29 * MINUTE):
        assert reads(cast["archivista"], reserved)
    with clock.at(start + 31 * MINUTE):
        assert not reads(cast["archivista"], reserved)
    with pytest.raises(RuleViolation):
        break_glass.confirm_break(actor=cast["secretaria.general"], emergency=asked)


@pytest.mark.beyond(16)
def test_the_custodian_is_told_at_once_sees_what_was_read_and_reviews_it(
    cast: dict[str, Any], reserved: Document
) -> None:
    asked, start = emergency(cast, reserved), clock.now()
    assert not break_glass.list_to_review(cast["custodia"]).exists()
    break_glass.confirm_break(actor=cast["jefatura"], emergency=asked)
    assert list(break_glass.list_to_review(cast["custodia"])) == [asked]
    reader = fresh(cast["archivista"])
    viewing.view_document(actor=reader, document=reserved)
    viewing.open_original(actor=reader, document=reserved).close()
    assert [event.action for event in break_glass.reads_under(asked)] == ["document.viewed", "document.downloaded"]
    with pytest.raises(RuleViolation) as refusal:
        break_glass.review_break(actor=cast["custodia"], emergency=asked, observations="Justificado")
    assert refusal.value.code == "glass_open"
    with clock.at(start + 40 * MINUTE):
        with pytest.raises(Incomplete):
            break_glass.review_break(actor=cast["custodia"], emergency=asked, observations=" ")
        with pytest.raises(AccessDenied):
            break_glass.review_break(actor=cast["jefatura"], emergency=asked, observations="x")
        break_glass.review_break(actor=cast["custodia"], emergency=asked, observations="Justificado")
        assert not break_glass.list_to_review(cast["custodia"]).exists()


@pytest.mark.beyond(16)
@pytest.mark.criterion(30)
def test_one_person_alone_opens_nothing(cast: dict[str, Any], reserved: Document) -> None:
    asked = emergency(cast, reserved, "jefatura")
    with pytest.raises(SelfApproval):
        break_glass.confirm_break(actor=cast["jefatura"], emergency=asked)
    grant = Grant.objects.create(
        person=cast["revisora"], document=reserved, until=factories.FAR, reason="x", granted_by=cast["custodia"],
        granted_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlassConfirmation.objects.create(
            emergency=asked, grant=grant, asked_by=cast["jefatura"], confirmed_by=cast["jefatura"],
            confirmed_at=clock.now(),
        )  # fmt: skip


@pytest.mark.beyond(16)
def test_emergencies_that_make_no_sense_are_refused(
    cast: dict[str, Any], expediente: Expediente, reserved: Document
) -> None:
    for login in ("ajeno", "revisora", "proveedor", "auditoria", "administracion"):
        with pytest.raises(NotFound):
            emergency(cast, reserved, login)
    with pytest.raises(Incomplete) as refusal:
        emergency(cast, reserved, reason=" ", minutes=61)
    assert refusal.value.missing == ("reason", "minutes")
    with pytest.raises(RuleViolation):
        emergency(cast, reserved, "custodia")
    late = emergency(cast, reserved)
    with clock.at(clock.now() + 61 * MINUTE), pytest.raises(RuleViolation):
        break_glass.confirm_break(actor=cast["jefatura"], emergency=late)
    recusals.recuse(actor=None, person=cast["archivista"], subject=reserved, act="Acta 1")
    with pytest.raises(RuleViolation):
        break_glass.confirm_break(actor=cast["jefatura"], emergency=late)
    with pytest.raises(NotFound):
        emergency(cast, reserved)


@pytest.mark.beyond(16)
def test_the_custodian_shuts_the_door_and_a_grant_may_follow(cast: dict[str, Any], reserved: Document) -> None:
    confirmation = break_glass.confirm_break(actor=cast["jefatura"], emergency=emergency(cast, reserved))
    access.revoke_grant(actor=cast["custodia"], grant=confirmation.grant)
    assert not reads(cast["archivista"], reserved)
    again = break_glass.confirm_break(actor=cast["jefatura"], emergency=emergency(cast, reserved))
    made = access.grant_access(
        actor=cast["custodia"], target=reserved, person=cast["archivista"], until=factories.FAR, reason="Tarea"
    )
    assert (made.renews, Grant.objects.get(pk=again.grant_id).withdrawal.reason) == (None, access.RENEWED)
    with clock.at(clock.now() + 90 * MINUTE):
        assert reads(cast["archivista"], reserved)
