"""What follows or replaces a closed piece enters at least as closed, until its own level is approved (ADR 16)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from records import permissions
from records.errors import AccessDenied, RuleViolation, SelfApproval
from records.explain import explain
from records.models import ClassificationAct, Document, Expediente, LedgerEvent, StateChange
from records.permissions import level_at
from records.selectors.documents import current_act, list_documents_for
from records.selectors.worklists import bandeja_for
from records.services import classification, registration
from records.services.correction import file_version, replace_document
from records.vocabulary import Action, ActState, DocumentState, Level
from tests import factories

FOLLOWING = ("version", "replacement")


@pytest.fixture
def kept(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    """An expediente with a second custodian: who files a piece does not propose its level."""
    factories.appoint_custodian(expediente, cast["archivista"])
    return expediente


def closed(cast: dict[str, Any], expediente: Expediente, level: str) -> Document:
    piece = factories.file_piece(cast["archivista"], expediente, title="La anterior")
    return factories.give_level(piece, level, cast["custodia"], cast["jefatura"])


def follow(how: str, actor: Any, piece: Document) -> Document:
    given = {"actor": actor, "document": piece, "upload": factories.upload(), "metadata": factories.metadata()}
    receipt = file_version(**given) if how == "version" else replace_document(**given, reason="Mal")
    return Document.objects.get(pk=receipt.document)


def waiting(person: Any, group: str = "to_classify") -> list[Document]:
    return next(found.items for found in bandeja_for(person) if found.code == group)


@pytest.mark.requirement("B10", "I5")
@pytest.mark.parametrize("how", FOLLOWING)
@pytest.mark.parametrize("level", [Level.RESTRICTED, Level.RESERVED])
def test_it_enters_with_the_level_of_the_closed_one(
    cast: dict[str, Any], expediente: Expediente, how: str, level: str
) -> None:
    former = closed(cast, expediente, level)
    ruling = current_act(former)
    new = follow(how, cast["custodia"], former)
    assert (new.level, new.state) == (level, DocumentState.FILED)
    act = current_act(new)
    assert act is not None
    assert ruling is not None
    assert (act.proposed_by, act.decided_by, act.inherited_from, act.level) == (None, None, former, level)
    for column in classification.COLUMNS:
        assert getattr(act, column) == getattr(ruling, column), column
    assert act.safe_title == "Anexo técnico"
    event = LedgerEvent.objects.get(action="level.inherited")
    for part in (new.pk, former.pk, act.pk, ruling.pk):
        assert str(part) in event.payload
    step = StateChange.objects.get(subject=act.pk)
    assert (step.machine, step.source, step.target, step.event) == ("ClassificationAct", "", "in_force", event)


@pytest.mark.requirement("B10")
@pytest.mark.criterion(7)
@pytest.mark.parametrize("how", FOLLOWING)
@pytest.mark.parametrize("level", [Level.RESTRICTED, Level.RESERVED])
def test_its_readers_are_never_more_than_those_of_the_former(
    cast: dict[str, Any], expediente: Expediente, how: str, level: str
) -> None:
    former = closed(cast, expediente, level)
    factories.access.grant_access(
        actor=cast["custodia"], target=former, person=cast["revisora"], until=factories.FAR, reason="Caso"
    )
    before = readers_of(cast, former)
    new = follow(how, cast["custodia"], former)
    assert readers_of(cast, new) == before - {"revisora"}, "a grant is upon the piece it names"
    assert {"custodia", "revisora"} <= before
    for login, person in cast.items():
        seen = login in readers_of(cast, new)
        assert permissions.allows(person, Action.DOWNLOAD, new) == seen
        assert list_documents_for(person).filter(pk=new.pk).exists() == seen
        assert explain(person, new).allowed[Action.VIEW] == seen


def readers_of(cast: dict[str, Any], piece: Document) -> set[str]:
    return {login for login, person in cast.items() if permissions.allows(person, Action.VIEW, piece)}


@pytest.mark.requirement("B10")
def test_an_explanation_tells_the_level_it_stands_at_now_and_then(cast: dict[str, Any], expediente: Expediente) -> None:
    former = closed(cast, expediente, Level.RESERVED)
    new = follow("version", cast["custodia"], former)
    for moment in (None, new.filed_at):
        assert explain(cast["archivista"], new, at=moment).because[0].sentence.startswith("Es reservada")
        told = explain(cast["custodia"], new, at=moment)
        assert told.because[0].rule == "appointment_custodian"
        assert told.because[0].act is not None
    assert level_at(new, new.filed_at) == Level.RESERVED
    assert level_at(new, new.filed_at - datetime.timedelta(seconds=1)) is None


@pytest.mark.requirement("B10")
@pytest.mark.parametrize("how", FOLLOWING)
@pytest.mark.parametrize("level", [Level.UNCLASSIFIED, Level.PUBLIC])
def test_what_follows_an_open_one_enters_without_a_level(
    cast: dict[str, Any], expediente: Expediente, how: str, level: str
) -> None:
    former = factories.file_piece(cast["archivista"], expediente)
    if level == Level.PUBLIC:
        factories.give_level(former, level, cast["custodia"], cast["jefatura"])
    new = follow(how, cast["archivista"], former)
    assert new.level == Level.UNCLASSIFIED
    assert not new.classification_acts.exists()
    assert not LedgerEvent.objects.filter(action="level.inherited").exists()


@pytest.mark.requirement("B10")
def test_a_level_that_waits_upon_the_former_is_not_yet_its_level(cast: dict[str, Any], expediente: Expediente) -> None:
    """A first level waits, so it is not inherited; a stricter one rules at once, so it is."""
    grounds = factories.grounds_for(Level.RESERVED)
    former = factories.file_piece(cast["archivista"], expediente)
    classification.propose_level(actor=cast["custodia"], document=former, level=Level.RESERVED, grounds=grounds)
    assert follow("version", cast["archivista"], former).level == Level.UNCLASSIFIED
    raised = closed(cast, expediente, Level.RESTRICTED)
    classification.propose_level(actor=cast["custodia"], document=raised, level=Level.RESERVED, grounds=grounds)
    raised.refresh_from_db()
    assert follow("version", cast["custodia"], raised).level == Level.RESERVED


@pytest.mark.requirement("B10")
def test_the_level_of_the_moment_of_filing_counts(cast: dict[str, Any], expediente: Expediente) -> None:
    """The former is raised while the file of its next version arrives."""
    former = closed(cast, expediente, Level.RESTRICTED)

    class Slow(factories.filing.Upload):
        def stage(self) -> Any:
            factories.give_level(former, Level.RESERVED, cast["custodia"], cast["jefatura"])
            return super().stage()

    late = factories.upload()
    stale = Document.objects.get(pk=former.pk)
    receipt = file_version(actor=cast["archivista"], document=stale, upload=Slow(late.name, late.stream),
                           metadata=factories.metadata())  # fmt: skip
    assert Document.objects.get(pk=receipt.document).level == Level.RESERVED


@pytest.mark.requirement("B10")
def test_a_chain_keeps_the_level(cast: dict[str, Any], expediente: Expediente) -> None:
    second = follow("version", cast["custodia"], closed(cast, expediente, Level.RESERVED))
    third = follow("replacement", cast["custodia"], second)
    act = current_act(third)
    assert act is not None
    assert (third.level, act.inherited_from, act.safe_title) == (Level.RESERVED, second, "Anexo técnico")


@pytest.mark.requirement("B10", "I5")
@pytest.mark.rule("A5")
def test_its_own_level_is_proposed_and_approved_by_others(cast: dict[str, Any], kept: Expediente) -> None:
    new = follow("version", cast["custodia"], closed(cast, kept, Level.RESERVED))
    assert new in waiting(cast["archivista"])
    with pytest.raises(RuleViolation) as refusal:
        registration.register_document(actor=cast["custodia"], document=new)
    assert refusal.value.code == "wrong_state"
    given: dict[str, Any] = {"document": new, "level": Level.RESERVED}
    with pytest.raises(SelfApproval):
        classification.propose_level(actor=cast["custodia"], grounds=factories.grounds_for(Level.RESERVED), **given)
    act = classification.propose_level(actor=cast["archivista"], grounds=factories.grounds_for(Level.RESERVED), **given)
    new.refresh_from_db()
    assert (act.state, act.previous_level, new.state) == (ActState.PROPOSED, Level.RESERVED, DocumentState.FILED)
    assert new not in waiting(cast["archivista"])
    entered = new.classification_acts.get(state=ActState.IN_FORCE)
    classification.approve_act(actor=cast["jefatura"], act=act)
    entered.refresh_from_db()
    new.refresh_from_db()
    assert (entered.state, new.level, new.state) == (ActState.SUPERSEDED, Level.RESERVED, DocumentState.CLASSIFIED)
    with pytest.raises(RuleViolation) as same:
        classification.propose_level(
            actor=cast["archivista"], document=new, level=Level.RESERVED, grounds=factories.grounds_for(Level.RESERVED)
        )
    assert same.value.code == "same_level"
    assert level_at(new, entered.proposed_at) == Level.RESERVED


@pytest.mark.requirement("B10")
def test_a_returned_proposal_leaves_it_as_closed_as_it_entered(cast: dict[str, Any], kept: Expediente) -> None:
    new = follow("version", cast["custodia"], closed(cast, kept, Level.RESERVED))
    act = classification.propose_level(actor=cast["archivista"], document=new, level=Level.PUBLIC)
    classification.return_act(actor=cast["jefatura"], act=act, observations="No procede.")
    new.refresh_from_db()
    assert (new.level, new.state) == (Level.RESERVED, DocumentState.FILED)
    assert not permissions.allows(cast["jefatura"], Action.VIEW, new)
    assert new in waiting(cast["archivista"])


@pytest.mark.requirement("B10", "I5")
def test_a_stricter_level_rules_at_once_and_is_still_to_be_approved(cast: dict[str, Any], kept: Expediente) -> None:
    new = follow("version", cast["custodia"], closed(cast, kept, Level.RESTRICTED))
    given: dict[str, Any] = {"actor": cast["archivista"], "level": Level.RESERVED, "document": new}
    raised = classification.propose_level(**given, grounds=factories.grounds_for(Level.RESERVED))
    new.refresh_from_db()
    assert (raised.state, new.level, new.state) == (ActState.IN_FORCE, Level.RESERVED, DocumentState.FILED)
    assert new in waiting(cast["archivista"])
    act = classification.propose_level(**given, grounds=factories.grounds_for(Level.RESERVED))
    classification.approve_act(actor=cast["jefatura"], act=act)
    new.refresh_from_db()
    assert (new.level, new.state) == (Level.RESERVED, DocumentState.CLASSIFIED)


@pytest.mark.requirement("B10")
def test_a_reserved_one_waits_for_its_custodian_alone(cast: dict[str, Any], expediente: Expediente) -> None:
    """Who reads it by grant cannot classify it, and its line in her bandeja would lead nowhere."""
    new = follow("version", cast["custodia"], closed(cast, expediente, Level.RESERVED))
    factories.access.grant_access(
        actor=cast["custodia"], target=new, person=cast["archivista"], until=factories.FAR, reason="Caso"
    )
    assert permissions.allows(cast["archivista"], Action.VIEW, new)
    assert new not in waiting(cast["archivista"])
    assert new in waiting(cast["custodia"])
    with pytest.raises(AccessDenied):
        classification.propose_level(actor=cast["archivista"], document=new, level=Level.PUBLIC)


@pytest.mark.criterion(7)
def test_the_database_takes_no_level_that_nobody_proposed_nor_another_piece_gave(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente)
    facts: dict[str, Any] = {"document": piece, "level": Level.RESTRICTED, "previous_level": Level.UNCLASSIFIED,
                             "proposed_at": piece.filed_at}  # fmt: skip
    wrong: list[dict[str, Any]] = [
        {"state": ActState.IN_FORCE},
        {"state": ActState.PROPOSED, "inherited_from": piece},
        {"state": ActState.IN_FORCE, "inherited_from": piece, "proposed_by": cast["custodia"]},
        {"state": ActState.IN_FORCE, "inherited_from": piece, "decided_by": cast["jefatura"]},
        {"state": ActState.IN_FORCE, "inherited_from": piece, "level": Level.PUBLIC},
    ]
    for given in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            ClassificationAct.objects.create(**{**facts, **given})


@pytest.mark.requirement("I5")
def test_a_proposal_that_was_overtaken_never_ruled(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = closed(cast, expediente, Level.RESTRICTED)
    loose = classification.propose_level(actor=cast["custodia"], document=piece, level=Level.PUBLIC)
    strict = classification.propose_level(
        actor=cast["custodia"], document=piece, level=Level.RESERVED, grounds=factories.grounds_for(Level.RESERVED)
    )
    assert level_at(piece, loose.proposed_at) == Level.RESTRICTED
    assert level_at(piece, strict.proposed_at) == Level.RESERVED
