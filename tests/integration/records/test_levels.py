"""Levels: three people, complete grounds, and effect at the right moment."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from records import audit, permissions
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation, SelfApproval
from records.models import ClassificationAct, Document, Expediente, LedgerEvent
from records.services import classification
from records.transitions import CLASSIFICATION, MACHINES, OWNER
from records.vocabulary import ActState, Level
from tests import factories


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente)


def propose(cast: dict[str, Any], piece: Document, level: str, **changes: Any) -> ClassificationAct:
    return classification.propose_level(
        actor=changes.pop("actor", cast["custodia"]),
        document=piece,
        level=level,
        grounds={**factories.grounds_for(level), **changes},
    )


@pytest.mark.requirement("I5")
def test_a_first_level_waits_for_approval(cast: dict[str, Any], piece: Document) -> None:
    act = propose(cast, piece, Level.RESTRICTED)
    piece.refresh_from_db()
    assert (act.state, piece.level) == (ActState.PROPOSED, Level.UNCLASSIFIED)
    classification.approve_act(actor=cast["jefatura"], act=act)
    piece.refresh_from_db()
    assert piece.level == Level.RESTRICTED


@pytest.mark.requirement("I5")
def test_raising_acts_at_once_and_lowering_waits(cast: dict[str, Any], piece: Document) -> None:
    factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    raised = propose(cast, piece, Level.RESERVED)
    piece.refresh_from_db()
    assert (raised.state, piece.level) == (ActState.IN_FORCE, Level.RESERVED)
    lowered = propose(cast, piece, Level.RESTRICTED)
    piece.refresh_from_db()
    assert (lowered.state, piece.level) == (ActState.PROPOSED, Level.RESERVED)


@pytest.mark.rule("A5")
def test_who_proposed_or_filed_cannot_approve(cast: dict[str, Any], piece: Document) -> None:
    cast["custodia"].groups.add(*cast["jefatura"].groups.all())
    cast["archivista"].groups.add(*cast["jefatura"].groups.all())
    act = propose(cast, piece, Level.RESTRICTED)
    for person in ("custodia", "archivista"):
        with pytest.raises(SelfApproval):
            classification.approve_act(actor=cast[person], act=act)


@pytest.mark.rule("A5")
@pytest.mark.criterion(7)
def test_the_database_refuses_one_person_as_both(cast: dict[str, Any], piece: Document) -> None:
    act = propose(cast, piece, Level.RESTRICTED)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassificationAct.objects.filter(pk=act.pk).update(decided_by=cast["custodia"])


def test_the_filer_cannot_propose_a_restriction(cast: dict[str, Any], expediente: Expediente) -> None:
    own = factories.insert_piece(cast["custodia"], expediente)
    with pytest.raises(SelfApproval):
        propose(cast, own, Level.RESTRICTED)


@pytest.mark.rule("A2")
def test_everything_missing_from_the_grounds_is_named(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        classification.propose_level(actor=cast["custodia"], document=piece, level=Level.RESERVED, grounds={})
    assert {"norm", "article", "literal", "harm_present", "harm_probable", "harm_specific", "balance", "extent",
            "generated", "until", "responsible", "safe_title"} <= set(refusal.value.missing)  # fmt: skip
    assert not ClassificationAct.objects.exists()


@pytest.mark.rule("A3")
def test_a_reserve_lasts_fifteen_years_at_most(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        propose(cast, piece, Level.RESERVED, generated="2016-06-10", until="2031-06-11")
    assert refusal.value.missing == ("reserve_over_15_years",)
    assert propose(cast, piece, Level.RESERVED, generated="2016-06-10", until="2031-06-10").state == ActState.PROPOSED


def test_the_article_must_be_that_of_the_level(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        propose(cast, piece, Level.RESTRICTED, article="19")
    assert refusal.value.missing == ("article_of_level",)


def test_a_malformed_date_or_unknown_person_is_missing(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        propose(cast, piece, Level.RESTRICTED, until="mañana", responsible="nadie")
    assert set(refusal.value.missing) == {"until", "responsible"}


def test_only_the_custodian_touches_a_reserve(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["custodia"], expediente)
    with pytest.raises(AccessDenied):
        propose(cast, piece, Level.RESERVED, actor=cast["archivista"])


def test_one_proposal_at_a_time(cast: dict[str, Any], piece: Document) -> None:
    propose(cast, piece, Level.RESTRICTED)
    with pytest.raises(RuleViolation) as refusal:
        propose(cast, piece, Level.PUBLIC)
    assert refusal.value.code == "already_proposed"


@pytest.mark.requirement("I5")
def test_a_waiting_proposal_does_not_hold_back_a_stricter_level(cast: dict[str, Any], piece: Document) -> None:
    factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    waiting = propose(cast, piece, Level.PUBLIC)
    assert propose(cast, piece, Level.RESERVED).state == ActState.IN_FORCE
    waiting.refresh_from_db()
    piece.refresh_from_db()
    assert (waiting.state, piece.level) == (ActState.SUPERSEDED, Level.RESERVED)
    with pytest.raises(RuleViolation):
        classification.approve_act(actor=cast["jefatura"], act=waiting)


def test_a_term_that_has_passed_restricts_nothing(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        propose(cast, piece, Level.RESTRICTED, generated="2016-06-10", until="2020-06-10")
    assert refusal.value.missing == ("until_passed",)


def test_a_level_that_does_not_exist_is_refused(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(RuleViolation) as refusal:
        classification.propose_level(actor=cast["custodia"], document=piece, level="secreta", grounds={})
    assert refusal.value.code == "unknown_level"


def test_an_act_is_decided_once(cast: dict[str, Any], piece: Document) -> None:
    act = propose(cast, piece, Level.RESTRICTED)
    classification.approve_act(actor=cast["jefatura"], act=act)
    with pytest.raises(RuleViolation):
        classification.return_act(actor=cast["jefatura"], act=act, observations="tarde")


def test_a_returned_proposal_leaves_the_piece_as_it_was(cast: dict[str, Any], piece: Document) -> None:
    act = propose(cast, piece, Level.RESTRICTED)
    with pytest.raises(Incomplete):
        classification.return_act(actor=cast["jefatura"], act=act, observations=" ")
    classification.return_act(actor=cast["jefatura"], act=act, observations="Falta ponderar.")
    piece.refresh_from_db()
    assert piece.level == Level.UNCLASSIFIED
    assert propose(cast, piece, Level.PUBLIC).state == ActState.PROPOSED


def test_the_approver_reads_the_piece_only_while_it_waits(cast: dict[str, Any], piece: Document) -> None:
    assert not permissions.allows(cast["jefatura"], "view", piece)
    act = propose(cast, piece, Level.RESERVED)
    assert permissions.allows(cast["jefatura"], "view", piece)
    classification.approve_act(actor=cast["jefatura"], act=act)
    piece.refresh_from_db()
    assert not permissions.allows(cast["jefatura"], "view", piece)


def test_strangers_cannot_propose_nor_approve(cast: dict[str, Any], piece: Document) -> None:
    act = propose(cast, piece, Level.RESTRICTED)
    with pytest.raises(NotFound):
        propose(cast, piece, Level.PUBLIC, actor=cast["revisora"])
    with pytest.raises(NotFound):
        classification.approve_act(actor=cast["revisora"], act=act)


@pytest.mark.rule("U1")
def test_each_step_leaves_its_event(cast: dict[str, Any], piece: Document) -> None:
    factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    actions = list(LedgerEvent.objects.filter(object_id=str(piece.pk)).values_list("action", flat=True))
    assert actions == ["level.proposed", "level.approved", "document.classified"]


def test_every_state_has_an_owner_and_a_way_on() -> None:
    assert set(CLASSIFICATION.next) == set(ActState.values) == set(OWNER)


@pytest.mark.requirement("P3")
@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_step_of_every_machine_leads_to_a_known_state_and_leaves_an_event(name: str) -> None:
    machine = MACHINES[name]
    reached = {target for targets in machine.next.values() for target in targets}
    assert reached <= set(machine.next)
    assert set(machine.event) >= reached
    assert set(machine.event.values()) <= set(audit.ACTIONS)


def test_a_leap_day_reserve_ends_on_the_first_of_march(cast: dict[str, Any], piece: Document) -> None:
    until = datetime.date(2031, 3, 1)
    act = propose(cast, piece, Level.RESERVED, generated="2016-02-29", until=until.isoformat())
    assert act.until == until


@pytest.mark.parametrize("login", ["proveedor", "auditoria", "administracion", "ajeno", "inactivo"])
def test_a_reserve_is_answered_for_by_staff(cast: dict[str, Any], piece: Document, login: str) -> None:
    for named in (login, cast[login]):
        with pytest.raises(Incomplete) as refusal:
            propose(cast, piece, Level.RESERVED, responsible=named)
        assert refusal.value.missing == ("responsible",)
