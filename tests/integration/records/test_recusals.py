"""Recusals and what is a supplier's or a receptor's own: written by acts, kept for ever, asked as of any day."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from records import clock, permissions
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation
from records.explain import explain, unknown
from records.models import ClassificationAct, Document, Expediente, Recusal, Tie
from records.services import access, organisations, placements, recusals
from records.vocabulary import Action, ExpedienteKind, Level, OrganisationKind, Reason, Role, TieKind
from tests import factories

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    made = factories.insert_piece(cast["archivista"], expediente)
    return factories.give_level(made, Level.RESTRICTED, cast["custodia"], cast["jefatura"])


def fresh(person: Any) -> Any:
    return type(person).objects.get(pk=person.pk)


def reads(person: Any, piece: Document, at: datetime.datetime | None = None) -> bool:
    return explain(fresh(person), piece, at=at).allowed["view"]


def recuse(cast: dict[str, Any], login: str, subject: Any, **changes: Any) -> Recusal:
    facts = {"actor": cast["custodia"], "act": "Declaración 3", **changes}
    return recusals.recuse(person=cast[login], subject=subject, **facts)


# Recusals -----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("I11")
def test_what_is_shut_is_as_absent_and_nothing_can_be_done_there(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    recuse(cast, "archivista", expediente)
    person = fresh(cast["archivista"])
    assert explain(person, piece) == unknown()
    for action in (Action.FILE, Action.REGISTER, Action.PROPOSE_LEVEL, Action.GRANT):
        for subject in (piece, expediente):
            with pytest.raises(NotFound):
                permissions.check(person, action, subject)
    assert expediente not in permissions.expedientes_visible_to(person)
    assert not permissions.rights_of(person).reads_new(expediente, Level.PUBLIC)


@pytest.mark.requirement("I11")
def test_what_was_incorporated_from_elsewhere_is_shut_too(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    other = factories.make_expediente(cast["archivista"])
    placements.place_document(actor=cast["archivista"], document=piece, expediente=other, reason="Antecedente")
    recusals.recuse(actor=None, person=cast["jefatura"], subject=other, act="Acta 1")
    assert not reads(cast["jefatura"], piece)
    assert permissions.sees(fresh(cast["jefatura"]), expediente)


@pytest.mark.requirement("I11")
@pytest.mark.rule("U4")
def test_a_past_day_knows_the_recusals_of_that_day(cast: dict[str, Any], piece: Document) -> None:
    start = clock.now()
    with clock.at(start + HOUR):
        made = recuse(cast, "jefatura", piece)
    with clock.at(start + 3 * HOUR):
        recusals.end_recusal(actor=cast["custodia"], recusal=made, act="Acta 2")
        assert [reads(cast["jefatura"], piece, start + hours * HOUR) for hours in (0, 2)] == [True, False]
        assert reads(cast["jefatura"], piece)
        with pytest.raises(RuleViolation):
            recusals.end_recusal(actor=cast["custodia"], recusal=made, act="Acta 3")


def test_who_writes_a_recusal_keeps_the_papers_and_is_somebody_else(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    for actor, refusal in (("archivista", AccessDenied), ("ajeno", NotFound), ("administracion", NotFound)):
        with pytest.raises(refusal):
            recuse(cast, "jefatura", piece, actor=cast[actor])
    with pytest.raises(Incomplete) as fault:
        recuse(cast, "custodia", piece, act=" ", until=clock.today() - DAY)
    assert set(fault.value.missing) == {"act", "recusal_of_oneself", "until_before_start"}
    made = recuse(cast, "jefatura", piece)
    assert recusals.get_recusal_for(cast["custodia"], made.pk) == made
    for login in ("archivista", "jefatura", "ajeno"):
        with pytest.raises(NotFound):
            recusals.get_recusal_for(fresh(cast[login]), made.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Recusal.objects.filter(pk=made.pk).delete()


# Own material -------------------------------------------------------------------------------------------------


def company(cast: dict[str, Any], login: str, kind: str = OrganisationKind.SUPPLIER, **dates: Any) -> Any:
    made = organisations.note_organisation(actor=cast["administracion"], kind=kind, name=f"Empresa de {login}")
    member = organisations.join_organisation(
        actor=cast["administracion"], organisation=made, person=cast[login], act="Poder 3",
        starts_on=dates.get("starts_on", clock.today()), until=dates.get("until"),
    )  # fmt: skip
    return made, member


@pytest.mark.requirement("I7")
def test_a_supplier_reads_its_own_and_nothing_else_of_its_convenio(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    other = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    supplier, _member = company(cast, "proveedor")
    company(cast, "otro.proveedor")
    organisations.tie(actor=cast["custodia"], organisation=supplier, subject=piece, kind=TieKind.SIGNS)
    assert [reads(cast["proveedor"], one) for one in (piece, other)] == [True, False]
    assert not reads(cast["otro.proveedor"], piece)
    assert not permissions.rights_of(fresh(cast["proveedor"])).is_staff_of(expediente)
    told = explain(fresh(cast["proveedor"]), piece).because
    assert [because.rule for because in told] == ["own_supplier"]
    assert "Empresa de proveedor" in told[0].sentence


@pytest.mark.requirement("I7")
def test_what_somebody_filed_for_a_supplier_is_its_people_s(cast: dict[str, Any], expediente: Expediente) -> None:
    supplier, _member = company(cast, "proveedor", starts_on=factories.DAY)
    organisations.join_organisation(
        actor=None, organisation=supplier, person=cast["otro.proveedor"], act="Poder 4", starts_on=factories.DAY
    )
    filed = factories.insert_piece(cast["proveedor"], expediente, Level.RESTRICTED)
    assert reads(cast["otro.proveedor"], filed)
    reserved = factories.insert_piece(cast["proveedor"], expediente, Level.RESERVED)
    assert not reads(cast["proveedor"], reserved)
    access.grant_access(
        actor=cast["custodia"], target=reserved, person=cast["proveedor"], until=factories.FAR, reason="Suyo"
    )
    assert reads(cast["proveedor"], reserved)


@pytest.mark.requirement("I7")
@pytest.mark.rule("U4")
def test_who_left_the_company_reads_no_more_and_did_then(cast: dict[str, Any], piece: Document) -> None:
    supplier, member = company(cast, "proveedor")
    made = organisations.tie(actor=None, organisation=supplier, subject=piece, kind=TieKind.PRODUCED)
    start = clock.now()
    with clock.at(start + HOUR):
        organisations.leave_organisation(actor=cast["administracion"], member=member, act="Renuncia")
    with clock.at(start + 2 * HOUR):
        assert not reads(cast["proveedor"], piece)
        assert reads(cast["proveedor"], piece, start)
        organisations.join_organisation(
            actor=None, organisation=supplier, person=cast["proveedor"], act="Poder 9", starts_on=clock.today()
        )
        assert reads(cast["proveedor"], piece)
        organisations.untie(actor=cast["custodia"], held=made, act="No lo produjo")
        assert not reads(cast["proveedor"], piece)


@pytest.mark.requirement("I7")
def test_a_receptor_reads_its_project_but_not_the_property_of_others(cast: dict[str, Any]) -> None:
    project = factories.make_expediente(cast["archivista"], kind=ExpedienteKind.PROJECT)
    factories.appoint_custodian(project, cast["custodia"])
    theirs, know_how, unargued = (factories.insert_piece(cast["archivista"], project) for _each in range(3))
    for made in (theirs, know_how):
        factories.give_level(made, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    Document.objects.filter(pk=unargued.pk).update(level=Level.RESTRICTED)
    with factories.behind_the_product():
        ClassificationAct.objects.filter(document=theirs).update(reason=Reason.CONTRACT_CONFIDENTIALITY)
        ClassificationAct.objects.filter(document=know_how).update(reason=Reason.TRADE_SECRET)
    cast["ajeno"].groups.add(*factories_group(Role.RECEPTOR))
    receptor, _member = company(cast, "ajeno", OrganisationKind.RECEPTOR)
    organisations.tie(actor=cast["custodia"], organisation=receptor, subject=project, kind=TieKind.RECEIVES)
    assert [reads(cast["ajeno"], one) for one in (theirs, know_how, unargued)] == [True, False, False]
    assert [reads(cast["ajeno"], one, clock.now()) for one in (theirs, know_how)] == [True, False]


def factories_group(role: str) -> list[Any]:
    from django.contrib.auth.models import Group

    return [Group.objects.get_or_create(name=role)[0]]


def test_ties_that_do_not_fit_are_refused(cast: dict[str, Any], expediente: Expediente, piece: Document) -> None:
    supplier, _member = company(cast, "proveedor")
    for subject, kind in ((piece, TieKind.RECEIVES), (expediente, TieKind.PRODUCED), (expediente, TieKind.RECEIVES)):
        with pytest.raises(Incomplete):
            organisations.tie(actor=cast["custodia"], organisation=supplier, subject=subject, kind=kind)
    for actor, refusal in (("archivista", AccessDenied), ("proveedor", NotFound)):
        with pytest.raises(refusal):
            organisations.tie(actor=cast[actor], organisation=supplier, subject=piece, kind=TieKind.SIGNS)
    with pytest.raises(AccessDenied):
        organisations.note_organisation(actor=cast["custodia"], kind=OrganisationKind.SUPPLIER, name="Otra")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.objects.create(
            kind=TieKind.SIGNS, organisation=supplier, expediente=expediente, tied_at=clock.now()
        )  # fmt: skip
