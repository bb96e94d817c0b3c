"""Certificates from the desk: who is offered one, what it will hold in numbers, and how it leaves."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from records.certificates import keeping, verify
from records.models import Certificate, Document, Expediente, Job, LedgerEvent
from records.services import jobs
from records.services.recusals import recuse
from tests.factories import behind_the_product
from tests.integration.certificates.tampering import apart, blamed

pytestmark = [pytest.mark.beyond(12), pytest.mark.usefixtures("own_witness", "own_folder")]
Browse = Callable[[str], Client]


@pytest.fixture
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.RECORDS = {**settings.RECORDS, "CERTIFICATES": tmp_path / "certificates"}
    return tmp_path / "certificates"


@pytest.fixture
def browse(cast: dict[str, Any]) -> Browse:
    def by(login: str) -> Client:
        client = Client()
        client.force_login(cast[login])
        return client

    return by


def asked(client: Client, piece: Document, scope: str = "document", contents: str = "bytes") -> Any:
    address = f"/custodia/documentos/{piece.pk}/certificado/"
    return client.post(address, {"scope": scope, "contents": contents}, follow=True)


@pytest.mark.requirement("B6")
def test_from_the_piece_to_the_file(browse: Browse, pieces: list[Document]) -> None:
    custodian = browse("custodia")
    page = custodian.get(f"/custodia/documentos/{pieces[2].pk}/certificado/").content.decode()
    assert "Este documento: 1 pieza" in page
    assert "Todo el expediente: 3 piezas" in page
    told = asked(custodian, pieces[2]).content.decode()
    made = Certificate.objects.get()
    assert str(made.pk) in told
    before = LedgerEvent.objects.filter(action="certificate.downloaded").count()
    address = f"/custodia/certificados/{made.pk}/certificado.zip"
    headers = custodian.head(address)
    assert (headers.status_code, headers.content) == (200, b"")
    assert LedgerEvent.objects.filter(action="certificate.downloaded").count() == before, "nothing left, nothing told"
    answer = custodian.get(address)
    assert dict(answer.headers) == dict(headers.headers)
    content = b"".join(answer.streaming_content)
    assert not blamed(content)
    assert dict(apart(content))[f"documentos/000003-{pieces[2].radicado}.txt"] == "Pieza 2: «texto»\n".encode()
    assert LedgerEvent.objects.filter(action="certificate.downloaded").count() == before + 1


@pytest.mark.rule("U5")
def test_digests_alone_tell_no_title_that_is_not_public(browse: Browse, pieces: list[Document]) -> None:
    asked(browse("custodia"), pieces[0], "expediente", "digests")
    content = keeping.file_of(Certificate.objects.get().pk).read_bytes()
    assert not blamed(content)
    for piece in pieces:
        assert piece.title.encode() not in content
        assert piece.original_name.encode() not in content
        assert piece.blob_id.encode() in content


@pytest.mark.parametrize(("login", "status"), [("archivista", 403), ("jefatura", 404), ("ajeno", 404)])
def test_only_the_custodian(browse: Browse, pieces: list[Document], login: str, status: int) -> None:
    client, reserved = browse(login), pieces[2]
    if login == "archivista":
        reserved = pieces[1]
    assert asked(client, reserved).status_code == status
    assert not Certificate.objects.exists()
    assert not LedgerEvent.objects.filter(action="certificate.issued").exists()


def test_a_certificate_is_of_whoever_may_issue_it(browse: Browse, pieces: list[Document]) -> None:
    asked(browse("custodia"), pieces[0])
    made = Certificate.objects.get()
    for login in ("archivista", "jefatura", "ajeno", "auditoria"):
        assert browse(login).get(f"/custodia/certificados/{made.pk}/").status_code == 404
        assert browse(login).get(f"/custodia/certificados/{made.pk}/certificado.zip").status_code == 404


@pytest.mark.requirement("I11")
@pytest.mark.parametrize("scope", ["package", "expediente"])
def test_a_file_made_before_a_recusal_leaves_no_more(
    cast: dict[str, Any], browse: Browse, pieces: list[Document], scope: str
) -> None:
    """It holds the piece that is shut to her since; one that she has issued afterwards does not."""
    batch = uuid.uuid4()
    with behind_the_product():
        Document.objects.filter(pk__in=[piece.pk for piece in pieces]).update(batch=batch)
    asked(browse("custodia"), pieces[0], scope)
    before = Certificate.objects.get()
    recuse(actor=None, person=cast["custodia"], subject=pieces[2], act="Acta 1")
    asked(browse("custodia"), pieces[0], scope)
    after = Certificate.objects.exclude(pk=before.pk).get()
    for made, status in ((before, 404), (after, 200)):
        for address in (f"/custodia/certificados/{made.pk}/", f"/custodia/certificados/{made.pk}/certificado.zip"):
            assert browse("custodia").get(address).status_code == status
    assert (before.pieces, after.pieces) == (3, 2)


def test_the_file_is_hashed_again_before_it_leaves(browse: Browse, pieces: list[Document]) -> None:
    custodian = browse("custodia")
    asked(custodian, pieces[0])
    made = Certificate.objects.get()
    file = keeping.file_of(made.pk)
    file.write_bytes(file.read_bytes() + b"x")
    address = f"/custodia/certificados/{made.pk}/certificado.zip"
    assert custodian.get(address).status_code == 500
    file.unlink()
    assert [ask(address).status_code for ask in (custodian.get, custodian.head)] == [409, 409]
    assert not LedgerEvent.objects.filter(action="certificate.downloaded").exists()


def test_a_heavy_one_is_the_workers(browse: Browse, pieces: list[Document], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LIGHT", 0)
    custodian = browse("custodia")
    page = asked(custodian, pieces[0], "expediente").content.decode()
    assert not Certificate.objects.exists()
    job = Job.objects.get()
    assert jobs.run_job(job.pk, seconds=60) == "done"
    made = Certificate.objects.get()
    assert f"/custodia/certificados/{made.pk}/" in custodian.get(f"/custodia/trabajos/{job.pk}/").content.decode()
    assert (
        f"/custodia/certificados/{made.pk}/"
        not in browse("jefatura").get(f"/custodia/trabajos/{job.pk}/").content.decode()
    )
    assert "Certificado de custodia" in page


def test_bytes_that_are_not_the_filed_ones_are_never_certified(
    browse: Browse, pieces: list[Document], own_folder: Path
) -> None:
    from records import storage

    stored = storage.store().path_of(pieces[0].blob_id)
    kept = stored.read_bytes()
    stored.chmod(0o600)
    stored.write_bytes(kept[:-1] + b"?")
    try:
        page = asked(browse("custodia"), pieces[0], "expediente").content.decode()
    finally:
        stored.write_bytes(kept)
    assert "no coinciden con los radicados" in page
    assert not Certificate.objects.exists()
    assert not list(own_folder.iterdir())
    assert not LedgerEvent.objects.filter(action="certificate.issued").exists()


@pytest.mark.rule("K7")
def test_each_piece_tells_that_it_left(browse: Browse, pieces: list[Document], expediente: Expediente) -> None:
    asked(browse("custodia"), pieces[0], "expediente")
    issued = LedgerEvent.objects.get(action="certificate.issued")
    assert issued.object_id == str(expediente.pk)
    left = LedgerEvent.objects.filter(action="document.exported", object_id__in=[str(piece.pk) for piece in pieces])
    assert left.count() == 3
    made = Certificate.objects.get()
    facts = json.loads(issued.payload)["facts"]
    assert (facts["certificate"], facts["manifest"]) == (str(made.pk), made.manifest)
    report = verify.check(io.BytesIO(keeping.file_of(made.pk).read_bytes()))
    assert report.summary["certificate"] == str(made.pk)


def test_files_go_after_their_days(browse: Browse, pieces: list[Document], own_folder: Path, settings: Any) -> None:
    asked(browse("custodia"), pieces[0])
    (own_folder / "interrumpido.part").write_bytes(b"x")
    assert keeping.sweep_certificates() == 0
    settings.RECORDS = {**settings.RECORDS, "CERTIFICATE_DAYS": -1}
    assert keeping.sweep_certificates() == 1
    assert [file.name for file in own_folder.iterdir()] == ["interrumpido.part"]


def test_the_receipts_lead_the_custodian_to_a_certificate_and_nobody_else(
    browse: Browse, pieces: list[Document]
) -> None:
    piece, batch = pieces[1], uuid.uuid4()
    with behind_the_product():
        Document.objects.filter(pk=piece.pk).update(batch=batch)
    pages = {
        f"/custodia/documentos/{piece.pk}/recibo/": f"/custodia/documentos/{piece.pk}/certificado/",
        f"/custodia/lotes/{batch}/recibo/": f"/custodia/lotes/{batch}/certificado/",
    }
    for login, offered in (("custodia", True), ("archivista", False)):
        client = browse(login)
        for page, link in pages.items():
            answer = client.get(page)
            assert answer.status_code == 200
            assert (f'href="{link}"' in answer.content.decode()) is offered
            assert client.get(link).status_code == (200 if offered else 403)
