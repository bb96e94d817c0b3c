"""A convenio is told once it is signed, in the transaction that signs it, and no longer when it is not (D2, P8)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from cms.core import generation
from cms.core.bootstrap import ensure_site
from cms.publication.models import PublicChange, PublishedConvenio, PublishedDocument, PublishedProject, WithheldNotice
from records.api import advance_stage
from records.convenios.api import Convenio, Project, note_convenio
from records.models import Expediente
from tests import factories
from tests.integration.public.custody import PUBLIC, RESTRICTED, Case, make_case
from tests.integration.public.reading import read
from tests.people import make_cast

pytestmark = pytest.mark.django_db
DERIVED, MARCO = "CD-2026-001", "CM-2026-001"
SIGNED = datetime.date(2026, 7, 1)


@pytest.fixture
def case(db: None, settings: Any, tmp_path: Path) -> Case:
    settings.PUBLISHED_FILES = tmp_path / "published"
    ensure_site(8000)
    return make_case(make_cast())


@pytest.fixture
def negotiated(case: Case) -> Case:
    """Its project is shown while the convenio is being negotiated under a signed marco."""
    unsigned(DERIVED)
    case.project.refresh_from_db()
    case.piece(PUBLIC, title="Plan de formación")
    case.piece(RESTRICTED, title="Oferta")
    case.publish()
    return case


def unsigned(*numbers: str) -> None:
    """As they were before anybody noted a signature."""
    Convenio.objects.filter(number__in=numbers).update(signed_on=None)


def sign(number: str, **facts: Any) -> None:
    note_convenio(number=number, signed_on=SIGNED, **facts)


def named() -> dict[str, tuple[str, str, Decimal]]:
    rows = PublishedProject.objects.values_list("code", "convenio_number", "framework_number", "credits_agreed")
    return {code: (own, marco, agreed) for code, own, marco, agreed in rows}


def executed() -> dict[str, Decimal]:
    return dict(PublishedConvenio.objects.values_list("number", "credits_executed"))


def shown() -> set[str]:
    return set(PublishedDocument.objects.values_list("title", flat=True))


@pytest.mark.requirement("L2", "L5", "L6")
@pytest.mark.rule("P8")
@pytest.mark.beyond(19)
def test_a_convenio_signed_after_its_project_was_published_is_told_at_once(negotiated: Case, client: Client) -> None:
    assert named() == {"P-001": ("", MARCO, negotiated.project.credits_executed)}
    assert client.get("/banco/taller/").status_code == 200

    sign(DERIVED)

    page = read(client.get("/banco/taller/")).text
    assert [words for words in (DERIVED, "1 documento no se publica", "7.140.000,00") if words not in page] == []
    assert client.get("/convenios/cd-2026-001/").status_code == 200
    assert named() == {"P-001": (DERIVED, MARCO, Decimal("7140000.00"))}
    assert (shown(), WithheldNotice.objects.get().count) == ({"Plan de formación"}, 1)
    history = read(client.get("/banco/taller/historia/")).text
    assert "2 estados" in history
    assert f"Ahora: {DERIVED}" in history
    assert client.get("/banco/taller/historia/2/").status_code == 200
    assert list(PublicChange.objects.order_by("decided_at").values_list("decision_id", flat=True))[1] is None
    assert PublishedProject.objects.get().decision_id == negotiated.project.decisions.get().pk


@pytest.mark.rule("P8")
def test_a_signature_that_is_undone_tells_nothing(negotiated: Case) -> None:
    before, mark = named(), generation.current()

    with transaction.atomic():
        sign(DERIVED)
        assert named() != before
        transaction.set_rollback(True)

    assert (named(), generation.current(), shown(), PublicChange.objects.count()) == (before, mark, set(), 1)


@pytest.mark.rule("P8")
def test_what_custody_notes_of_the_project_meanwhile_waits_for_its_decision(negotiated: Case, client: Client) -> None:
    Project.objects.update(
        objective="Objetivo quimbaya5520", recipient="Receptor quimbaya5520", credits_executed=Decimal("31416.27")
    )

    sign(DERIVED)

    addresses = ("/banco/taller/", "/banco/taller/historia.json", "/convenios/cd-2026-001/", "/convenios/cm-2026-001/")
    told = "".join(client.get(path).content.decode() for path in addresses)
    assert [words for words in ("quimbaya5520", "31416.27", "31.416,27") if words in told] == []
    assert executed() == {DERIVED: negotiated.project.credits_executed, MARCO: negotiated.project.credits_executed}


@pytest.mark.rule("P8")
def test_another_convenio_that_custody_ties_a_project_to_waits_for_its_decision(case: Case, client: Client) -> None:
    """No act of the marco that both have, nor of either of them, tells of a tie that nobody has published."""
    case.publish()
    place = factories.make_expediente(case.cast["archivista"], convenio_number="CD-2026-077")
    marco = Convenio.objects.get(number=MARCO)
    other = {"expediente": place, "framework": marco, "supplier": "Otro", "signed_on": SIGNED, "title": "Otro"}
    Project.objects.update(convenio=Convenio.objects.create(number="CD-2026-077", **other))
    before = named()

    for number in (MARCO, DERIVED, "CD-2026-077"):
        note_convenio(number=number, title=f"{number}, dicho de nuevo")

    assert named() == before
    assert "CD-2026-077" not in client.get("/banco/taller/").content.decode()
    case.project.refresh_from_db()
    case.publish()
    assert named()["P-001"][0] == "CD-2026-077"


@pytest.mark.requirement("L5")
def test_a_marco_signed_after_its_convenio_is_told_at_once(case: Case, client: Client) -> None:
    unsigned(MARCO)
    case.project.refresh_from_db()
    factories.give_level(in_marco(case), PUBLIC, case.cast["custodia"], case.cast["jefatura"])
    case.publish()
    assert (set(executed()), shown()) == ({DERIVED}, set())

    sign(MARCO)

    assert named()["P-001"][:2] == (DERIVED, MARCO)
    assert PublishedConvenio.objects.get(number=DERIVED).framework_number == MARCO
    assert shown() == {"Acta del marco"}
    assert client.get("/convenios/cm-2026-001/").status_code == 200
    assert executed() == dict.fromkeys((DERIVED, MARCO), case.project.credits_executed)


def in_marco(case: Case) -> Any:
    place = Expediente.objects.get(convenio_number=MARCO)
    factories.appoint_custodian(place, case.cast["custodia"])
    return factories.insert_piece(case.cast["archivista"], place, title="Acta del marco")


@pytest.mark.requirement("L2", "L5")
@pytest.mark.rule("P8")
def test_of_several_projects_those_that_are_shown_follow_and_are_counted_once(negotiated: Case, client: Client) -> None:
    other = negotiated.another("P-002", "otro", credits_executed=Decimal("100.00"))
    hidden = negotiated.another("P-003", "oculto", credits_executed=Decimal("31416.27"))
    taken = negotiated.another("P-004", "retirado", credits_executed=Decimal("27182.81"))
    for one in (other, taken):
        one.publish()
    taken.withdraw()
    kept = list(PublicChange.objects.filter(project_id=taken.project.pk).order_by("id").values())

    sign(DERIVED)
    sign(DERIVED)

    assert {code: own for code, (own, _marco, _agreed) in named().items()} == {"P-001": DERIVED, "P-002": DERIVED}
    assert executed() == dict.fromkeys((DERIVED, MARCO), Decimal("750100.00"))
    assert PublicChange.objects.filter(published=True).exclude(card={}).count() == 4
    assert list(PublicChange.objects.filter(project_id=taken.project.pk).order_by("id").values()) == kept
    assert not PublicChange.objects.filter(project_id=hidden.project.pk).exists()
    for slug in ("oculto", "retirado"):
        assert client.get(f"/banco/{slug}/").content == client.get("/banco/nunca/").content


@pytest.mark.requirement("J9")
@pytest.mark.rule("P8")
def test_an_act_that_changes_nothing_that_is_told_makes_no_page_anew(negotiated: Case) -> None:
    before = (named(), generation.current(), PublicChange.objects.count())

    note_convenio(number=DERIVED, title="Taller quimbaya5520", credits_agreed=Decimal("1.00"))
    move_on(negotiated, "clearance")
    note_convenio(number=MARCO, title="Marco")

    assert (named(), generation.current(), PublicChange.objects.count()) == before


def move_on(case: Case, *stages: str) -> None:
    for stage in stages:
        case.place.refresh_from_db()
        advance_stage(actor=case.cast["custodia"], expediente=case.place, stage=stage, reason="Se cumplió el paso")


@pytest.mark.requirement("L5")
@pytest.mark.beyond(19)
def test_a_convenio_further_in_its_course_or_noted_anew_is_told_so(case: Case, client: Client) -> None:
    case.publish()
    move_on(case, "clearance")
    note_convenio(number=DERIVED, title="Taller de aeropartes", supplier="Otro proveedor")

    page = read(client.get("/convenios/cd-2026-001/")).text
    history = read(client.get("/banco/taller/historia/")).text

    assert [words for words in ("Vistos buenos", "Taller de aeropartes", "Otro proveedor") if words not in page] == []
    assert "3 estados" in history
    assert "Estado del convenio Antes: Estudios previos y minuta Ahora: Vistos buenos" in history.replace("→", "")
    assert "Objeto del convenio Antes: Taller Ahora: Taller de aeropartes" in history.replace("→", "")


@pytest.mark.requirement("L5")
@pytest.mark.rule("P8")
@pytest.mark.beyond(19)
def test_a_convenio_that_is_no_longer_signed_is_told_nowhere_nor_in_the_past(case: Case, client: Client) -> None:
    case.piece(PUBLIC, title="Plan de formación")
    case.piece(RESTRICTED, title="Oferta")
    case.publish()
    document = PublishedDocument.objects.get().url

    note_convenio(number=DERIVED, signed_on=None)

    gone = ("/convenios/cd-2026-001/", document, "/banco/taller/historia/1/")
    assert {client.get(path).content for path in gone} == {client.get("/banco/nunca/").content}
    told = "".join(client.get(f"/banco/taller/{path}").content.decode() for path in ("", "historia/", "historia.json"))
    assert [words for words in (DERIVED, "7140000", "7.140.000") if words in told] == []
    assert not WithheldNotice.objects.exists()
    assert client.get("/banco/taller/historia/2/").status_code == 200, "what is shown now has an address"
    assert named() == {"P-001": ("", MARCO, case.project.credits_executed)}


def test_a_project_is_published_with_its_convenio_as_it_is_and_not_as_somebody_once_read_it(case: Case) -> None:
    assert case.project.convenio is not None
    assert case.project.convenio.signed_on
    unsigned(DERIVED)

    case.publish()

    assert named()["P-001"][:2] == ("", MARCO)
