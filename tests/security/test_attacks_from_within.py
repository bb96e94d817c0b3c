"""What somebody with an account tries: each of these once worked."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from records.errors import AccessDenied, Incomplete, NotFound
from records.models import ClassificationAct, Document, Expediente, LedgerEvent
from records.selectors.worklists import list_grants_for, list_own_grants
from records.services import access, classification
from records.vocabulary import Level, Role
from tests import factories
from tests.people import make_cast


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    made = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(made, cast["custodia"])
    return made


def browse(person: Any, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(person)
    return client


def grant(cast: dict[str, Any], target: Any, login: str = "revisora") -> Any:
    return access.grant_access(
        actor=cast["custodia"], target=target, person=cast[login], until=factories.FAR, reason="Caso 7"
    )


# Reading without leaving a trace ------------------------------------------------------------------
@pytest.mark.criterion(14)
@pytest.mark.requirement("I2")
def test_asking_where_a_word_stands_in_a_reserved_piece_is_reading_it(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    grant(cast, piece)
    browse(cast["revisora"]).get(f"/custodia/documentos/{piece.pk}/coincidencia/?q=secreto&pagina=1")
    event = LedgerEvent.objects.get(action="document.viewed")
    assert (event.actor, event.object_id) == ("revisora", str(piece.pk))


# Titles told by lists of rights --------------------------------------------------------------------
@pytest.mark.criterion(1)
def test_a_grant_over_a_piece_without_level_does_not_tell_its_title(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, title="Canario del título")
    grant(cast, piece)
    reader = browse(cast["revisora"])
    assert reader.get(f"/custodia/documentos/{piece.pk}/").status_code == 404
    assert "Canario" not in reader.get("/custodia/accesos/").content.decode()
    Document.objects.filter(pk=piece.pk).update(level=Level.RESTRICTED)
    assert "Canario" in reader.get("/custodia/accesos/").content.decode()


@pytest.mark.criterion(1, 4)
def test_who_becomes_administrator_meets_no_title_in_her_old_grants_nor_in_those_she_made(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED, title="Canario del título")
    grant(cast, piece)
    assert list_own_grants(cast["revisora"]).exists()
    assert list_grants_for(cast["custodia"]).exists()
    administrator = Group.objects.get_or_create(name=Role.ADMINISTRATOR)[0]
    for login in ("revisora", "custodia"):
        cast[login].groups.add(administrator)
        assert "Canario" not in browse(cast[login]).get("/custodia/accesos/").content.decode()


# Deciding on what is no longer so -------------------------------------------------------------------
@pytest.mark.criterion(23)
def test_a_reserve_made_meanwhile_is_not_lifted_by_a_proposal_begun_before_it(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    """The archivist opens a restricted piece; before she sends her proposal the custodian reserves it."""
    piece = factories.insert_piece(cast["jefatura"], expediente, Level.RESTRICTED)
    stale = Document.objects.select_related("expediente").get(pk=piece.pk)
    factories.give_level(piece, Level.RESERVED, cast["custodia"], cast["jefatura"])
    with pytest.raises((AccessDenied, NotFound)):
        classification.propose_level(actor=cast["archivista"], document=stale, level=Level.PUBLIC, grounds={})
    assert not ClassificationAct.objects.filter(state="proposed").exists()


@pytest.mark.rule("A3")
@pytest.mark.parametrize(("generated", "until"), [("2098-01-01", "2112-12-31"), ("9990-01-01", "9999-12-31")])
def test_a_reserve_is_not_stretched_by_a_day_that_has_not_come(
    cast: dict[str, Any], expediente: Expediente, generated: str, until: str
) -> None:
    """Fifteen years at most from the day the information was generated (Ley 1712, art. 22)."""
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    grounds = {**factories.grounds_for(Level.RESERVED), "generated": generated, "until": until}
    with pytest.raises(Incomplete) as refusal:
        classification.propose_level(actor=cast["custodia"], document=piece, level=Level.RESERVED, grounds=grounds)
    assert refusal.value.missing == ("generated_in_future",)


@pytest.mark.requirement("K6")
def test_a_cursor_with_a_nul_counts_as_none(cast: dict[str, Any], expediente: Expediente) -> None:
    """PostgreSQL refuses such a text with a fault of its own."""
    cursor = base64.urlsafe_b64encode(json.dumps(["\x00"]).encode()).decode().rstrip("=")
    response = browse(cast["archivista"]).get("/custodia/expedientes/", {"despues": cursor})
    assert response.status_code == 200
    assert expediente.code in response.content.decode()


# Receipts and titles that say something else --------------------------------------------------------------
def send(person: Any, expediente: Expediente, **fields: str) -> Document:
    """A piece filed as the drop zone files it."""
    facts = {"tipo": "anexo_del_convenio", "date": "10/06/2026", **fields}
    file = SimpleUploadedFile("anexo.txt", str(fields).encode())
    address = f"/custodia/expedientes/{expediente.pk}/radicar/"
    answer = browse(person).post(address, {**facts, "file": file}, headers={"Accept": "application/json"})
    return Document.objects.get(pk=answer.json()["document"])


@pytest.mark.rule("C2")
def test_nobody_adds_a_piece_to_another_s_receipt(cast: dict[str, Any], expediente: Expediente) -> None:
    batch = "6f1c5c1e-8f1d-4c43-8b1c-5b6a1f0f7a11"
    other = factories.make_expediente(cast["archivista"])
    first, second = (send(cast["archivista"], expediente, batch=batch, title=title) for title in ("Uno", "Dos"))
    send(cast["custodia"], expediente, batch=batch, title="De otra persona")
    send(cast["archivista"], other, batch=batch, title="De otro expediente")
    told = browse(cast["archivista"]).get(f"/custodia/recibos/{batch}.json").json()["receipt"]
    assert told["filed"] == 2
    assert [one["receipt"]["document"] for one in told["receipts"]] == [str(first.pk), str(second.pk)]


@pytest.mark.criterion(19)
def test_a_title_cannot_turn_the_line_it_stands_in(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = send(cast["archivista"], expediente, title="Acta \u202efdp.exe\u2066 del\n 4\x07\u200b")
    assert piece.title == "Acta fdp.exe del 4"


# Filling the disk -------------------------------------------------------------------------------------
LARGE = 21 * 1024**2


@pytest.mark.requirement("K6")
@pytest.mark.parametrize(("login", "status"), [("ajeno", 404), ("auditoria", 404), ("jefatura", 403)])
def test_who_may_not_file_gets_not_one_byte_written(
    cast: dict[str, Any], expediente: Expediente, settings: Any, tmp_path: Path, login: str, status: int
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "gone"  # a byte that tried to be written would be told as a 503
    file = SimpleUploadedFile("grande.bin", b"0" * LARGE)
    sender = browse(cast[login], enforce_csrf_checks=True)
    sender.cookies["csrftoken"] = "a" * 32  # so that the form is read for its token
    response = sender.post(f"/custodia/expedientes/{expediente.pk}/radicar/", {"file": file})
    assert response.status_code == status


@pytest.mark.requirement("K6")
def test_a_form_that_is_not_filing_is_left_without_files_that_are_large(settings: Any) -> None:
    """Django reads the files of any form, the login's too, before anybody looks at who sends it."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    before = set(folder.iterdir())
    parts = [SimpleUploadedFile(f"{number}.bin", b"0" * (LARGE // 3)) for number in range(3)]
    request = RequestFactory().post("/cuenta/entrar/", {"file": parts})
    assert len(request.FILES.getlist("file")) < len(parts)
    request.close()
    assert set(folder.iterdir()) == before
    small = RequestFactory().post("/cuenta/entrar/", {"file": SimpleUploadedFile("a.bin", b"0" * 1000)})
    assert [file.size for file in small.FILES.getlist("file")] == [1000]


# Wagtail's own doors ------------------------------------------------------------------------------------
def test_a_link_to_the_editor_does_not_end_a_session_nor_send_its_reader_in_circles(cast: dict[str, Any]) -> None:
    reader = browse(cast["revisora"])
    assert reader.get("/editor/logout/").status_code == 200
    response = reader.get("/editor/", follow=True)
    assert response.request["PATH_INFO"] == "/custodia/"
    assert response.status_code == 200


def test_the_editor_s_login_is_the_house_s(cast: dict[str, Any]) -> None:
    response = Client().get("/editor/login/", {"next": "/editor/"})
    assert response.status_code == 302
    assert response["Location"] == "/cuenta/entrar/?next=%2Feditor%2F"
