"""Ways around a decision that somebody would try: what each is refused, and what of it is told."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest

from records import clock, permissions
from records.errors import Incomplete, NotFound, RuleViolation
from records.explain_others import what_could
from records.holds.acts import place_hold
from records.holds.selectors import count_over, list_holds_for
from records.models import Annex, BreakGlassConfirmation, Document, Expediente, Grant, Package
from records.selectors.annexes import annex_rows
from records.selectors.checklist import checklist_for
from records.selectors.people import list_grants_over, list_recusals_over
from records.selectors.worklists import list_grants_for
from records.services import access, break_glass, correction, recusals, rehearsal, requests
from records.services.index_copies import open_issue
from records.services.indexes import issue_index
from records.vocabulary import GrantBasis, Level
from tests import factories, lives

DAY = datetime.timedelta(days=1)


def fresh(person: Any) -> Any:
    return type(person).objects.get(pk=person.pk)


def reads(person: Any, piece: Document) -> bool:
    return permissions.allows(fresh(person), "view", Document.objects.get(pk=piece.pk))


def grant(cast: dict[str, Any], target: Any, login: str = "revisora") -> Grant:
    return access.grant_access(
        actor=cast["custodia"], target=target, person=cast[login], until=clock.today() + 9 * DAY, reason="Caso 117"
    )


@pytest.fixture
def reserved(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)


# Grants that would reach further than whoever gives them ---------------------------------------------------------


@pytest.mark.requirement("I3", "I6")
def test_a_package_that_lies_in_two_expedientes_opens_what_its_granter_keeps(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    """An inventory files one batch in the expediente that each row names."""
    other, batch = factories.make_expediente(cast["archivista"]), uuid.uuid4()
    own, foreign = (
        factories.insert_piece(cast["archivista"], place, Level.RESTRICTED, batch=batch)
        for place in (expediente, other)
    )
    told = rehearsal.rehearse_grant(
        actor=cast["custodia"], target=Package.objects.create(pk=batch, expediente=expediente),
        person=cast["revisora"], office=None, until=clock.today(), reason="x",
    )  # fmt: skip
    made = grant(cast, access.get_package_for(cast["custodia"], batch))
    assert (told.gained.documents, reads(cast["revisora"], own), reads(cast["revisora"], foreign)) == (1, True, False)
    Document.objects.filter(pk=foreign.pk).update(level=Level.RESERVED)  # nor is it told of by its level
    assert reads(cast["revisora"], own)
    assert list(list_grants_over(cast["custodia"], own)) == [made]
    assert not list_grants_over(cast["custodia"], foreign).exists()


@pytest.mark.beyond(16)
@pytest.mark.criterion(30)
def test_no_custodian_makes_an_emergency_last(cast: dict[str, Any], reserved: Document) -> None:
    asked = break_glass.ask_to_break(actor=cast["archivista"], document=reserved, reason="Incendio")
    opened: BreakGlassConfirmation = break_glass.confirm_break(actor=cast["jefatura"], emergency=asked)
    later: dict[str, Any] = {"actor": cast["custodia"], "until": clock.today() + 300 * DAY, "reason": "Sigue"}
    for hours in (0, 2):
        with clock.at(clock.now() + hours * DAY / 24), pytest.raises(RuleViolation) as refusal:
            access.renew_grant(grant=opened.grant, **later)
        assert refusal.value.code == "emergency_by_two"
    with pytest.raises(RuleViolation):
        access.grant_for_case(
            pieces=[reserved], person=cast["revisora"], basis=GrantBasis.BREAK_GLASS, case_number="1", **later
        )
    assert Grant.objects.count() == 1


@pytest.mark.beyond(16)
def test_an_emergency_takes_no_standing_grant_away_and_is_not_drawn_out(
    cast: dict[str, Any], reserved: Document
) -> None:
    first, second = (
        break_glass.ask_to_break(actor=cast["archivista"], document=reserved, reason="Incendio", minutes=10)
        for _each in range(2)
    )

    def refused() -> str:
        with pytest.raises(RuleViolation) as refusal:
            break_glass.confirm_break(actor=cast["jefatura"], emergency=second)
        return refusal.value.code

    opened = break_glass.confirm_break(actor=cast["jefatura"], emergency=first)
    told = [refused()]
    access.revoke_grant(actor=cast["custodia"], grant=opened.grant)
    made = grant(cast, reserved, "archivista")
    assert [*told, refused()] == ["glass_needless"] * 2
    assert reads(cast["archivista"], reserved)
    assert not hasattr(Grant.objects.get(pk=made.pk), "withdrawal")


# Recusals ------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("I11")
@pytest.mark.parametrize("days", [0, 1])
def test_nobody_ends_her_own_recusal_not_even_before_it_begins(
    cast: dict[str, Any], expediente: Expediente, days: int
) -> None:
    begins = clock.today() + days * DAY
    made = recusals.recuse(actor=None, person=cast["custodia"], subject=expediente, act="Acta 1", starts_on=begins)
    with pytest.raises((Incomplete, NotFound)):
        recusals.end_recusal(actor=fresh(cast["custodia"]), recusal=made, act="Yo misma")
    assert not hasattr(type(made).objects.get(pk=made.pk), "end")


@pytest.mark.requirement("I11", "I8")
def test_who_keeps_the_papers_is_told_nothing_of_a_piece_that_is_shut_to_her(
    cast: dict[str, Any], expediente: Expediente, reserved: Document
) -> None:
    asked = break_glass.ask_to_break(actor=cast["archivista"], document=reserved, reason="Incendio")
    break_glass.confirm_break(actor=cast["jefatura"], emergency=asked)
    grant(cast, reserved)
    requests.ask_access(actor=cast["supervisor.cd001"], reference=reserved.radicado, purpose="Caso 2")
    place_hold(actor=cast["custodia"], target=reserved, kind="audit", authority="Auto 1", reason="Indagación")

    def told(person: Any) -> list[int]:
        lists: tuple[Any, ...] = (
            what_could(person, cast["revisora"]).pieces, break_glass.list_to_review(person),
            requests.list_requests_for(person), list_grants_for(person), list_grants_over(person, expediente),
            list_holds_for(person), list_recusals_over(person, expediente),
        )  # fmt: skip
        return [*map(len, lists), count_over(permissions.rights_of(person), expediente)]

    recusals.recuse(actor=cast["custodia"], person=cast["ajeno"], subject=reserved, act="Acta 1")
    assert all(told(fresh(cast["custodia"])))
    recusals.recuse(actor=None, person=cast["custodia"], subject=reserved, act="Acta 2")
    assert not any(told(fresh(cast["custodia"])))


@pytest.mark.requirement("I11")
def test_what_is_shut_of_a_piece_is_shut_of_its_versions_and_of_what_takes_its_place(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    first = factories.file_piece(cast["archivista"], expediente)
    stands: dict[str, Any] = {"actor": cast["archivista"], "metadata": factories.metadata()}
    second = correction.file_version(document=first, upload=factories.upload(), **stands).document
    third = correction.replace_document(
        document=Document.objects.get(pk=second), upload=factories.upload(), reason="Ilegible", **stands
    ).document
    for shut in (first.pk, second, third):
        act: dict[str, Any] = {
            "actor": cast["custodia"], "person": cast["archivista"], "subject": Document.objects.get(pk=shut),
            "act": "Acta 1",
        }  # fmt: skip
        assert rehearsal.rehearse_recusal(**act).lost.documents == 3
        made = recusals.recuse(**act)
        assert not permissions.visible_to(fresh(cast["archivista"])).filter(expediente=expediente).exists()
        assert not any(reads(cast["archivista"], piece) for piece in expediente.documents.all())
        recusals.end_recusal(actor=cast["custodia"], recusal=made, act="Acta 2")
        assert reads(cast["archivista"], first)


# Rehearsals ----------------------------------------------------------------------------------------------------


@pytest.mark.beyond(2)
@pytest.mark.requirement("I8")
def test_who_reads_a_piece_by_name_is_not_to_be_found_out_by_rehearsing(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente)
    grant(cast, expediente)
    given: dict[str, Any] = {
        "document": piece, "level": Level.RESTRICTED, "grounds": factories.grounds_for(Level.RESTRICTED),
    }  # fmt: skip
    group = factories.get_user_model().objects.create_user(username="otra.del.grupo", desk_access=True)
    group.groups.add(cast["archivista"].groups.get())
    kept = rehearsal.rehearse_level(actor=cast["custodia"], **given)
    others = rehearsal.rehearse_level(actor=fresh(group), **given)
    assert cast["revisora"] in kept.gained.named
    assert (others.gained.people, others.gained.named) == (kept.gained.people, ())


@pytest.mark.requirement("I11", "I8")
def test_a_piece_that_is_shut_is_counted_nowhere_of_its_expediente(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    """Staff who do not read a piece know its place; to who is recused from it there is none."""
    annex = Annex.objects.create(
        expediente=expediente, key="A-1", label="Anexo 1", title="Fórmula", listed_by=cast["archivista"],
        listed_at=clock.now(),
    )  # fmt: skip
    piece = lives.registered(cast, expediente, Level.RESERVED, title="Fórmula secreta", annex=annex)
    issue = issue_index(actor=cast["archivista"], expediente=expediente)

    def told(person: Any) -> tuple[bool, int, str, int]:
        with open_issue(actor=person, issue=issue) as copy:
            lines = copy.read().count(b"<Orden_Documento_Expediente>")
        row = annex_rows(person, [annex])[0]
        return checklist_for(person, expediente).unread, row.hidden, row.title, lines

    assert told(fresh(cast["archivista"])) == (True, 1, "", 1)
    recusals.recuse(actor=cast["custodia"], person=cast["archivista"], subject=piece, act="Acta 1")
    assert told(fresh(cast["archivista"])) == (False, 0, "Fórmula", 0)
