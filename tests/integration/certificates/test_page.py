"""/verificar/: anybody checks a certificate in the browser; nothing is kept, and whose key sealed it is said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.core import generation
from cms.core.uploads import MOST
from cms.publication.models import PublishedKey
from records import canonical, signing
from records.certificates import verify
from records.certificates.issue import Issued
from tests.integration.certificates.tampering import apart, changed, flipped, report_of, strangers_seal, together

pytestmark = [pytest.mark.django_db, pytest.mark.beyond(12)]


@pytest.fixture
def public(settings: Any) -> Client:
    settings.ROOT_URLCONF = "cms.urls.public"
    return Client()


def sent(public: Client, content: bytes) -> Any:
    return public.post("/verificar/", {"certificado": SimpleUploadedFile("certificado.zip", content)})


def test_a_good_certificate(public: Client, issued: tuple[Path, Issued]) -> None:
    answer = sent(public, issued[0].read_bytes())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Todo coincide" in page
    assert "Lo selló una llave de esta entidad" in page
    assert "GC-130-CD-2026-001" in page
    assert "firmas que los documentos llevan por dentro" in page, "what is not checked is never told as good"
    assert not answer.cookies


def test_a_changed_one_is_named(public: Client, issued: tuple[Path, Issued]) -> None:
    entries = apart(issued[0].read_bytes())
    name = next(one for one, _content in entries if one.startswith("documentos/"))
    page = sent(public, together(changed(entries, name, flipped))).content.decode()
    assert name in page
    assert "No coincide: 1 hallazgo" in page
    assert "Todo coincide" not in page


def test_the_key_of_another_house_is_not_ours(public: Client, issued: tuple[Path, Issued]) -> None:
    PublishedKey.objects.all().delete()
    PublishedKey.objects.create(fingerprint="0" * 64, since="2026-01-01T00:00Z")
    page = sent(public, issued[0].read_bytes()).content.decode()
    assert "no es de las que publica esta entidad" in page
    assert "Todo coincide" not in page


@pytest.mark.parametrize("content", [b"x", b"PK\5\6" + b"\0" * 18, b"<script>alert(1)</script>" * 200])
def test_what_is_no_certificate(public: Client, db: None, content: bytes) -> None:
    page = sent(public, content).content.decode()
    assert "No coincide: no es un certificado de custodia" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("at", ["ayer", 7, ["x"], "0001-01-01T00:00:00+00:00", "2026-01-01T00:00:00"])
def test_a_stranger_dates_her_seal_as_she_likes_and_it_is_not_told(public: Client, db: None, at: Any) -> None:
    seal = together([(verify.SEAL, canonical.dumps(strangers_seal(at)))])
    assert not any(item == verify.SEAL for _mark, item, _sentence in report_of(seal).faults), "the seal itself holds"
    answer = sent(public, seal)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "no es de las que publica esta entidad" in page
    assert "Sellado" not in page


def test_a_small_file_is_not_answered_with_a_large_page(public: Client, db: None) -> None:
    directory = b"".join(verify.directory_record(b"\xff" * 65_000 + b"%d" % n, 1, 0, 0) for n in range(40))
    answer = sent(public, directory + verify.ending(40, len(directory), 0))
    assert "No coincide" in answer.content.decode()
    assert len(answer.content) < 100_000


def test_nothing_sent(public: Client, db: None) -> None:
    answer = public.post("/verificar/")
    assert answer.status_code == 422
    assert "No llegó ningún archivo" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "El archivo está vacío"), (b"x" * (MOST + 1), "El archivo pesa más de 21\u00a0MB")]
)
def test_what_is_sent_and_is_not_read_is_told_for_what_it_is(
    public: Client, db: None, content: bytes, told: str
) -> None:
    answer = sent(public, content)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "No llegó ningún archivo" not in answer.content.decode()


def test_the_verifier_and_the_keys_are_published(public: Client, db: None) -> None:
    assert b"".join(public.get("/verificar/verify.py").streaming_content) == Path(verify.__file__).read_bytes()
    told = signing.fingerprint_of(signing.ensure_key().public_key)
    assert told in public.get("/verificar/").content.decode().replace(" ", "")


def test_checking_asks_custody_nothing(
    public: Client, issued: tuple[Path, Issued], django_assert_max_num_queries: Any
) -> None:
    content = issued[0].read_bytes()
    generation.advance()  # as in every site that has published something
    with django_assert_max_num_queries(6) as asked:  # three of them only whether anything public changed meanwhile
        sent(public, content)
    tables = {name for one in asked for name in re.findall(r'FROM "(\w+)"', one["sql"])}
    # The published fingerprints, what is published with these bytes, and how the site is called.
    assert tables == {"publication_publishedkey", "publication_publisheddocument", "core_identity"}
