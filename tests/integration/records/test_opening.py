"""Opening an expediente: nine kinds, each with its own tipos documentales, its code, its course and its custodian."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from records import clock, permissions, stages
from records.errors import AccessDenied, Incomplete, NotFound
from records.models import Appointment, Expediente, LedgerEvent, TipoDocumental
from records.sentences import sentence_for
from records.services.expedientes import Custody, open_expediente
from records.vocabulary import Action, ExpedienteFormat, ExpedienteKind, Role
from tests import factories

KINDS = tuple(ExpedienteKind.values)


def facts(kind: str = ExpedienteKind.DERIVED, **given: Any) -> dict[str, Any]:
    code = f"GC-{factories.SERIES[kind]}-NUEVO" if kind in factories.SERIES else "GC-130-NUEVO"
    return {"code": code, "title": "Uno", "kind": kind, "opened_on": factories.DAY, **given}


def custody(cast: Mapping[str, Any], **given: Any) -> Custody:
    return Custody(**{"person": cast["custodia"], "act": "Resolución 12 de 2026", "until": factories.FAR, **given})


@pytest.fixture
def schedule(cast: dict[str, Any]) -> dict[str, TipoDocumental]:
    """One tipo documental of each kind alone."""
    return {kind: factories.make_tipo(f"propio_de_{kind}", kinds=(kind,)) for kind in KINDS}


@pytest.mark.requirement("B1")
@pytest.mark.rule("E1")
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_opens_and_takes_its_own_tipos_alone(
    cast: dict[str, Any], schedule: dict[str, TipoDocumental], kind: str
) -> None:
    opened = open_expediente(actor=cast["archivista"], **facts(kind), custody=custody(cast))
    opened.refresh_from_db()
    assert (opened.kind, opened.stage, opened.office) == (kind, stages.first_of(kind), Role.CONTRACTS_GROUP)
    assert opened.subserie is not None
    assert opened.subserie.kind == kind
    assert opened.trd == opened.subserie.serie.trd
    for owner, tipo in schedule.items():
        if owner != kind:
            with pytest.raises(Incomplete) as refusal:
                factories.file_piece(cast["archivista"], opened, tipo=tipo.code)
            assert refusal.value.missing == ("tipo_not_in_expediente",)
    factories.file_piece(cast["archivista"], opened, tipo=schedule[kind].code)
    assert [piece.tipo for piece in opened.documents.all()] == [schedule[kind]]


@pytest.mark.requirement("B1")
def test_the_custodian_is_appointed_with_the_opening(cast: dict[str, Any]) -> None:
    factories.make_trd()
    until = clock.today() + datetime.timedelta(days=30)
    opened = open_expediente(actor=cast["archivista"], **facts(), custody=custody(cast, until=until))
    appointed = Appointment.objects.get(expediente=opened)
    assert (appointed.person, appointed.act, appointed.ends_on) == (cast["custodia"], "Resolución 12 de 2026", until)
    assert appointed.starts_on == clock.today()
    assert permissions.allows(cast["custodia"], Action.CLOSE_EXPEDIENTE, opened)
    assert not permissions.allows(cast["archivista"], Action.CLOSE_EXPEDIENTE, opened)
    acts = LedgerEvent.objects.filter(object_id=str(opened.pk)).order_by("index").values_list("action", flat=True)
    assert list(acts) == ["expediente.opened", "person.appointed"]


@pytest.mark.rule("E1")
def test_everything_an_opening_lacks_is_told_at_once_and_nothing_is_left(cast: dict[str, Any]) -> None:
    factories.make_trd()
    tomorrow = clock.today() + datetime.timedelta(days=1)
    wrong = facts(code="GC-999-X", title=" ", opened_on=tomorrow, office="", format=ExpedienteFormat.HYBRID)
    nobody = custody(cast, person=cast["editora"], act=" ", until=datetime.date(2020, 1, 1))
    with pytest.raises(Incomplete) as refusal:
        open_expediente(actor=cast["archivista"], **wrong, custody=nobody)
    assert set(refusal.value.missing) == {
        "title", "office", "date_in_future", "physical_place", "code_of_ccd", "custodian", "custodian_act",
        "custodian_until",
    }  # fmt: skip
    said = sentence_for(refusal.value)
    for words in ("GC-130-", "la ubicación física", "el acto que designa", "una persona activa"):
        assert words in said
    assert not Expediente.objects.exists()
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "login", ["administracion", "auditoria", "proveedor", "revisora", "ajeno", "inactivo", "editora"]
)
def test_custody_goes_to_who_can_hold_it(cast: dict[str, Any], login: str) -> None:
    factories.make_trd()
    with pytest.raises(Incomplete) as refusal:
        open_expediente(actor=cast["archivista"], **facts(), custody=custody(cast, person=cast[login]))
    assert refusal.value.missing == ("custodian",)
    assert "ni proveedores ni auditoría" in sentence_for(refusal.value)


@pytest.mark.parametrize("login", ["custodia", "jefatura", "secretaria.general", "supervisor.cd001"])
def test_staff_may_be_given_custody(cast: dict[str, Any], login: str) -> None:
    factories.make_trd()
    opened = open_expediente(actor=cast["archivista"], **facts(), custody=custody(cast, person=cast[login]))
    assert permissions.is_custodian_of(cast[login], opened)


def test_nobody_opens_an_expediente_to_keep_its_secrets(cast: dict[str, Any]) -> None:
    factories.make_trd()
    with pytest.raises(Incomplete) as refusal:
        open_expediente(actor=cast["archivista"], **facts(), custody=custody(cast, person=cast["archivista"]))
    assert refusal.value.missing == ("custodian_oneself",)


@pytest.mark.rule("E1")
@pytest.mark.parametrize("code", ["GC-130-", "GC-120-CD-1", "CD-2026-001", ""])
def test_a_code_follows_the_scheme(cast: dict[str, Any], code: str) -> None:
    factories.make_trd()
    with pytest.raises(Incomplete) as refusal:
        open_expediente(actor=cast["archivista"], **facts(code=code))
    assert refusal.value.missing == (("code_of_ccd",) if code else ("code",))


def test_a_code_is_used_once_and_a_day_needs_its_schedule(cast: dict[str, Any]) -> None:
    factories.make_trd(since=datetime.date(2020, 1, 1))
    open_expediente(actor=cast["archivista"], **facts())
    with pytest.raises(Incomplete) as refusal:
        open_expediente(actor=cast["archivista"], **facts())
    assert refusal.value.missing == ("code_taken",)
    with pytest.raises(Incomplete) as refusal:
        open_expediente(actor=cast["archivista"], **facts(opened_on=datetime.date(2019, 1, 1), code="X-1"))
    assert refusal.value.missing == ("trd",)


def test_an_expediente_hangs_only_from_one_its_opener_knows(cast: dict[str, Any]) -> None:
    parent = factories.make_expediente(cast["archivista"], kind=ExpedienteKind.FRAMEWORK)
    opened = open_expediente(actor=cast["archivista"], **facts(), parent=parent)
    assert opened.parent == parent
    with pytest.raises(NotFound):
        open_expediente(actor=cast["ajeno"], **facts(code="GC-130-OTRO"), parent=parent)
    with pytest.raises(AccessDenied):
        open_expediente(actor=cast["jefatura"], **facts(code="GC-130-OTRO"))


@pytest.mark.rule("C10")
def test_a_hybrid_expediente_says_where_its_paper_is(cast: dict[str, Any]) -> None:
    factories.make_trd()
    hybrid = {"format": ExpedienteFormat.HYBRID, "physical_place": "Archivo de gestión, estante 4"}
    opened = open_expediente(actor=cast["archivista"], **facts(**hybrid))
    opened.refresh_from_db()
    assert (opened.format, opened.physical_place) == ("hybrid", "Archivo de gestión, estante 4")
