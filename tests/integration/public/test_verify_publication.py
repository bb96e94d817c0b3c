"""`verify_publication`: what citizens read held against custody, and mended; again and again the same."""

from __future__ import annotations

import datetime
import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from cms.core import generation
from cms.core.bootstrap import ensure_site
from cms.publication.models import PublicChange, PublishedConvenio, PublishedDocument, PublishedProject, WithheldNotice
from records.convenios.api import Convenio, Project, PublicationDecision
from records.models import Document
from records.vocabulary import Level
from tests.integration.public.custody import PUBLIC, RESTRICTED, Case, make_case
from tests.integration.public.reading import read
from tests.people import make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.rule("P8"), pytest.mark.requirement("A5")]
DERIVED, MARCO = "CD-2026-001", "CM-2026-001"
NOTHING = {"projects": 0, "convenios": 0, "documents": 0, "notices": 0, "states": 0, "emptied": 0}
TABLES = (PublicChange, PublishedConvenio, PublishedDocument, PublishedProject, WithheldNotice)


@pytest.fixture
def case(db: None, settings: Any, tmp_path: Path) -> Case:
    """A shown project with everything that is told beside it."""
    settings.PUBLISHED_FILES = tmp_path / "published"
    ensure_site(8000)
    made = make_case(make_cast())
    made.piece(PUBLIC, title="Plan de formación")
    made.piece(RESTRICTED, title="Oferta")
    made.publish()
    return made


def ran(*words: str) -> tuple[int, dict[str, Any]]:
    said, code = io.StringIO(), 0
    try:
        call_command("verify_publication", *words, "--json", stdout=said)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(said.getvalue())


def rows() -> list[list[Any]]:
    return [list(table._default_manager.order_by("pk").values_list()) for table in TABLES]


def assert_same_again(page_of: Client) -> None:
    """Once mended there is nothing to mend, nothing is written and no page is made anew."""
    before, mark = rows(), generation.current()
    code, told = ran("--mend")
    assert (code, told["differing"], told["mended"]) == (0, NOTHING, False)
    assert (rows(), generation.current()) == (before, mark)
    assert page_of.get("/banco/").status_code == 200


def test_what_is_as_it_must_be_is_left_alone(case: Case, client: Client) -> None:
    case.another("P-002", "otro").publish()
    assert ran() == (0, {"rows": 2, "withdrawn": 0, "lost": [], "doubtful": [], "differing": NOTHING, "mended": False})
    assert_same_again(client)


@pytest.mark.beyond(19)
def test_a_convenio_that_was_told_before_it_was_signed_is_told_nowhere_nor_in_the_past(
    case: Case, client: Client
) -> None:
    """As rows of a version that told every convenio, with one that is still being negotiated."""
    Convenio.objects.filter(number=DERIVED).update(signed_on=None)
    before = rows()

    code, told = ran()
    assert (code, told["mended"]) == (1, False)
    assert told["differing"] == {"projects": 1, "convenios": 0, "documents": 1, "notices": 1, "states": 1, "emptied": 1}
    assert rows() == before, "it only looked"

    code, again = ran("--mend")
    assert (code, again["mended"], again["differing"]) == (0, True, told["differing"])
    addresses = ("", "historia/", "historia.json", "historia.csv", "historia/2/")
    words = "".join(client.get(f"/banco/taller/{path}").content.decode() for path in addresses)
    assert (DERIVED in words, MARCO in words) == (False, True)
    assert (
        client.get("/convenios/cd-2026-001/").status_code == client.get("/banco/taller/historia/1/").status_code == 404
    )
    assert_same_again(client)


def test_a_convenio_that_was_signed_behind_the_services_is_told(case: Case, client: Client) -> None:
    Convenio.objects.filter(number=DERIVED).update(signed_on=None)
    ran("--mend")
    Convenio.objects.filter(number=DERIVED).update(signed_on="2026-07-01", title="Objeto nuevo")

    code, told = ran("--mend")

    assert (code, told["differing"]["projects"], told["differing"]["convenios"]) == (0, 1, 1)
    assert (told["differing"]["documents"], told["differing"]["notices"]) == (1, 1)
    assert "Objeto nuevo" in read(client.get("/convenios/cd-2026-001/")).text
    assert DERIVED in read(client.get("/banco/taller/")).text
    assert_same_again(client)


def test_rows_that_were_written_by_hand_are_mended(case: Case, client: Client) -> None:
    PublishedConvenio.objects.filter(number=MARCO).update(title="Otro objeto", credits_agreed=1)
    PublishedDocument.objects.update(title="Otro título")
    WithheldNotice.objects.update(count=7)
    PublishedProject.objects.update(credits_agreed=3)

    code, told = ran("--mend")

    assert (code, told["differing"]) == (0, NOTHING | {"projects": 1, "convenios": 1, "documents": 1, "notices": 1})
    assert PublishedConvenio.objects.get(number=MARCO).title == "Marco"
    assert PublishedDocument.objects.get().title == "Plan de formación"
    assert_same_again(client)


def test_a_piece_that_was_closed_behind_the_services_is_gone(case: Case, client: Client) -> None:
    address = PublishedDocument.objects.get().url
    Document.objects.filter(title="Plan de formación").update(level=Level.RESERVED)

    assert ran("--mend")[1]["differing"] == NOTHING | {"documents": 1}
    assert client.get(address).status_code == 404
    assert_same_again(client)


def test_what_no_decision_shows_is_withdrawn_with_its_past(case: Case, client: Client) -> None:
    other = case.another("P-002", "otro")
    other.publish()
    PublicationDecision.objects.create(
        project=other.project, published=False, reason="A mano", decided_by=case.cast["jefatura"],
        decided_at="2099-01-01T00:00:00Z",
    )  # fmt: skip

    code, told = ran("--mend")

    assert (code, told["withdrawn"], told["differing"]) == (0, 1, NOTHING)
    assert client.get("/banco/otro/").content == client.get("/banco/nunca/").content
    assert not PublicChange.objects.filter(project_id=other.project.pk).exclude(card={}).exists()
    assert_same_again(client)


def test_a_project_that_lost_its_row_is_told_and_published_by_nobody_but_who_decides(
    case: Case, client: Client
) -> None:
    Project.objects.update(objective="Sin decidir")
    PublishedProject.objects.all().delete()

    code, told = ran("--mend")

    assert (code, told["lost"], told["rows"]) == (1, ["P-001"], 0)
    assert told["differing"] == NOTHING | {"convenios": 2, "documents": 1}
    assert client.get("/banco/taller/").status_code == 404
    assert PublicChange.objects.exclude(card={}).count() == 1, "its past waits for the decision"


def forge(case: Case, **facts: Any) -> None:
    """A state that no decision made, as who owns the database can add one."""
    last = PublicChange.objects.get()
    made = {name: getattr(last, name) for name in ("project_id", "decision_id", "published", "card", "digest")}
    PublicChange.objects.create(**{**made, "decided_at": last.decided_at - datetime.timedelta(days=1), **facts})


def empty_the_last(case: Case) -> None:
    PublicChange.objects.update(card={}, digest="", note="")


@pytest.mark.beyond(19)
@pytest.mark.parametrize(
    "written",
    [
        empty_the_last,
        lambda case: forge(case, card={"name": "Otro"}),
        lambda case: forge(case, decision_id=uuid.uuid4()),
        lambda case: forge(case, decided_at="2099-01-01T00:00:00Z"),
    ],
    ids=["emptied", "another card", "of no decision", "of a later day"],
)
def test_a_past_that_no_decision_left_is_told_and_not_mended(case: Case, written: Callable[[Case], None]) -> None:
    written(case)
    before = rows()

    code, told = ran("--mend")

    assert (code, told["doubtful"], told["mended"], told["differing"]) == (1, ["P-001"], False, NOTHING)
    assert rows() == before


def test_people_are_told_in_sentences(case: Case) -> None:
    said, wrong = io.StringIO(), io.StringIO()
    call_command("verify_publication", stdout=said)
    assert "Todo lo que se lee es lo que la custodia muestra hoy." in said.getvalue()
    PublishedDocument.objects.all().delete()

    with pytest.raises(SystemExit):
        call_command("verify_publication", stdout=said, stderr=wrong)

    assert "1 documentos faltan, sobran o difieren" in wrong.getvalue()
