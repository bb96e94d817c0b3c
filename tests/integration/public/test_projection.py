"""What custody's acts make public, in their own transaction, and take back in their own (D2, P8)."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.core import generation
from cms.core.bootstrap import ensure_site
from cms.publication import files, pieces
from cms.publication.copies import path_of
from cms.publication.models import PublishedConvenio, PublishedDocument, WithheldNotice
from records.api import Incomplete, NotFound, PiecesLooked
from records.convenios.models import Convenio
from records.services.public_bytes import open_public_bytes
from search import api as search
from tests.integration.public.cards import P002, WHOLE, publish
from tests.integration.public.custody import PUBLIC, RESERVED, RESTRICTED, Case, make_case
from tests.integration.public.reading import read
from tests.people import make_cast

pytestmark = pytest.mark.django_db
#: What a public address may ask the database of: the pages, the projection, and nothing else of the house.
PUBLIC_TABLES = re.compile(
    r"^(wagtail\w+|home_\w+|banco_\w+|norms_\w+|programmes_\w+|calls_\w+|transparency_\w+|publication_\w+"
    r"|taggit_\w+|core_identity|core_publicgeneration|django_content_type|django_session|custodia_search_\w+|search_\w+)$"
)


@pytest.fixture
def case(db: None, settings: Any, tmp_path: Path) -> Case:
    settings.PUBLISHED_FILES = tmp_path / "published"
    ensure_site(8000)
    return make_case(make_cast())


def shown() -> set[str]:
    return set(PublishedDocument.objects.values_list("title", flat=True))


@pytest.mark.requirement("L5", "A5")
@pytest.mark.rule("P8")
def test_publishing_a_project_shows_its_signed_convenios_and_its_public_pieces_and_no_other(case: Case) -> None:
    case.piece(PUBLIC, title="Plan de formación")
    case.piece(RESTRICTED, title="Secreto comercial")
    case.piece(RESERVED, title="Nombre reservado")
    case.piece(title="Sin nivel")

    case.publish()

    assert shown() == {"Plan de formación"}
    assert {row.number: row.credits_executed for row in PublishedConvenio.objects.all()} == {
        "CM-2026-001": case.project.credits_executed,
        "CD-2026-001": case.project.credits_executed,
    }


@pytest.mark.requirement("L2", "L5")
@pytest.mark.rule("P8")
def test_a_convenio_tells_of_the_projects_that_are_shown_and_no_sum_betrays_another(case: Case, client: Client) -> None:
    other = case.another("P-002", "otro", recipient="Receptor quimbaya5520", credits_executed=Decimal("31416.27"))
    case.publish()

    def told() -> dict[str, str]:
        addresses = ("/convenios/cd-2026-001/", "/convenios/cm-2026-001/", "/banco/taller/historia.json")
        return {path: client.get(path).content.decode() for path in addresses}

    before = told()
    assert "750.000,00" in before["/convenios/cd-2026-001/"]
    assert "781.416,27" not in "".join(before.values())

    other.publish()
    assert all("781.416,27" in told()[path] for path in ("/convenios/cd-2026-001/", "/convenios/cm-2026-001/"))
    other.withdraw()

    assert told() == before


@pytest.mark.requirement("I5", "J9")
@pytest.mark.rule("P8")
def test_a_piece_is_shown_by_its_level_and_gone_with_it_in_the_same_transaction(case: Case, client: Client) -> None:
    case.publish()
    piece = case.piece(title="Acta pública")
    assert shown() == set()

    case.give(piece, PUBLIC)
    address = PublishedDocument.objects.get().url
    assert client.get(address).status_code == 200
    with transaction.atomic():
        case.give(piece, RESTRICTED)
        assert shown() == set()
        transaction.set_rollback(True)
    piece.refresh_from_db()
    assert shown() == {"Acta pública"}

    case.give(piece, RESTRICTED)
    assert client.get(address).status_code == client.get(f"{address}archivo/").status_code == 404
    assert client.get(address).content == client.get("/documentos/00000000-0000-4000-8000-000000000009/").content


@pytest.mark.rule("P8")
def test_what_is_still_negotiated_or_not_shown_publishes_nothing(case: Case) -> None:
    case.piece(PUBLIC, title="Visto bueno")
    assert shown() == set()

    Convenio.objects.update(signed_on=None)
    case.project.refresh_from_db()
    case.publish()

    assert shown() == set()
    assert not PublishedConvenio.objects.exists()


#: Where what is published of a project, of its convenio and of its history is told.
TOLD = (
    "/", "/banco/", "/banco/taller/", "/banco/taller/historia/", "/banco/taller/historia/1/", "/convenios/",
    "/banco/taller/historia.json", "/banco/taller/historia.csv", "/documentos/", "/datos/", "/datos/proyectos.csv",
    "/datos/proyectos.json", "/datos/convenios.json", "/datos/reservas.json", "/api/v1/proyectos",
    "/api/v1/proyectos/P-001", "/api/v1/convenios", "/atom/proyectos/", "/sitemap.xml",
    "/buscar/?q=taller", "/convenios/cm-2026-001/",
)  # fmt: skip


def told_everywhere(client: Client) -> str:
    search.rebuild()
    search.drain()
    pages = [client.get(path) for path in TOLD]
    return "".join(b"".join(page).decode() for page in pages if page.status_code == 200)


@pytest.mark.requirement("L5")
@pytest.mark.rule("P8")
def test_nothing_of_a_convenio_is_told_before_it_is_signed_also_where_its_marco_is(case: Case, client: Client) -> None:
    Convenio.objects.filter(number="CD-2026-001").update(signed_on=None)
    case.project.refresh_from_db()
    case.piece(RESTRICTED, title="Oferta")
    case.publish()

    told = told_everywhere(client)

    assert "CM-2026-001" in told
    assert [words for words in ("CD-2026-001", "cd-2026-001", "7140000", "7.140.000") if words in told] == []
    assert not WithheldNotice.objects.exists()
    assert {row.number for row in PublishedConvenio.objects.all()} == {"CM-2026-001"}


@pytest.mark.requirement("L5")
def test_a_marco_that_is_not_signed_is_not_told_by_its_convenio(case: Case, client: Client) -> None:
    Convenio.objects.filter(number="CM-2026-001").update(signed_on=None)
    case.project.refresh_from_db()
    case.publish()

    told = told_everywhere(client)

    assert "CD-2026-001" in told
    assert "CM-2026-001" not in told


@pytest.mark.beyond(11)
@pytest.mark.requirement("L6")
@pytest.mark.rule("P6")
def test_what_is_withheld_is_counted_by_ground_and_what_is_reserved_is_not(case: Case, client: Client) -> None:
    case.publish()
    for number in range(3):
        case.piece(RESTRICTED, title=f"Clasificado {number}")
    case.piece(RESERVED, title="Reservado quimbaya5520")
    case.piece(title="Por clasificar")

    notice = WithheldNotice.objects.get()
    page = read(client.get("/banco/taller/")).text

    assert (notice.count, notice.article, notice.norm) == (3, "18", "Ley 1712 de 2014")
    assert "3 documentos no se publican" in page
    assert "Clasificado" not in page.replace("Clasificados", "")
    assert "quimbaya" not in page


@pytest.mark.beyond(11)
def test_a_piece_that_becomes_reserved_is_no_longer_counted_and_no_history_says_it_was(
    case: Case, client: Client
) -> None:
    piece = case.piece(RESTRICTED, title="Anexo zarzaluna7741")
    case.publish()
    assert WithheldNotice.objects.get().count == 1

    case.give(piece, RESERVED)

    assert not WithheldNotice.objects.exists()
    told = [client.get(f"/banco/taller/{path}").content for path in ("", "historia/", "historia/1/")]
    assert not [page for page in told if b"zarzaluna" in page or b"no se publica" in page]


@pytest.mark.requirement("J9")
def test_the_pace_of_custody_is_not_told_by_when_public_pages_are_made_anew(case: Case) -> None:
    case.piece(RESTRICTED, title="Clasificado")
    case.publish()
    before = generation.current()

    case.piece(title="Por clasificar")
    case.piece(RESERVED, title="Reservado")
    assert generation.current() == before

    case.piece(RESTRICTED, title="Otro clasificado")
    assert WithheldNotice.objects.get().count == 2
    assert generation.current() != before


@pytest.mark.requirement("L2")
def test_a_withdrawn_project_takes_its_convenios_documents_and_bytes_with_it(
    case: Case, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    case.piece(PUBLIC, title="Plan de formación")
    case.publish()
    files.settle()
    row = PublishedDocument.objects.get()
    assert path_of(row.digest).is_file()

    with django_capture_on_commit_callbacks(execute=True):
        case.withdraw()

    gone = [
        "/banco/taller/",
        "/banco/taller/historia/",
        "/banco/taller/historia/1/",
        "/convenios/cd-2026-001/",
        row.url,
    ]
    assert {client.get(path).status_code for path in gone} == {404}
    assert {client.get(path).content for path in gone} == {client.get("/banco/nunca/").content}
    assert not path_of(row.digest).exists()


@pytest.mark.requirement("A5")
@pytest.mark.criterion(3)
def test_citizens_download_from_a_copy_and_the_store_may_be_away(case: Case, client: Client) -> None:
    piece = case.piece(PUBLIC, title="Plan de formación", extension=".txt")
    case.publish()
    row = PublishedDocument.objects.get()
    waiting = client.get(row.download_url)
    assert (waiting.status_code, waiting["Retry-After"]) == (503, "10")

    assert files.settle() == 1
    with store_away():
        answer = client.get(row.download_url)
        body = b"".join(answer.streaming_content)
        page = read(client.get(row.url)).text

    assert (answer.status_code, len(body)) == (200, piece.blob.size)
    assert '"plan-de-formacion.txt"' in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "public, no-cache"
    assert row.digest[:8] in page


@contextlib.contextmanager
def store_away() -> Iterator[None]:
    store = Path(conf.RECORDS["STORE"]["OPTIONS"]["root"])
    hidden = store.with_name(f"{store.name}-away")
    shutil.move(store, hidden)
    try:
        yield
    finally:
        shutil.rmtree(store, ignore_errors=True)
        shutil.move(hidden, store)


@pytest.mark.requirement("A5")
def test_custody_gives_no_bytes_of_what_is_not_public(case: Case) -> None:
    for level in (RESTRICTED, RESERVED, ""):
        with pytest.raises(NotFound):
            open_public_bytes(case.piece(level).pk)


def test_a_copy_that_no_row_names_is_removed_and_one_that_lacks_is_made_again(case: Case) -> None:
    case.piece(PUBLIC)
    case.publish()
    stray = path_of("ab" * 32)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"de nadie")

    assert files.settle() == 1
    assert not stray.exists()
    path_of(PublishedDocument.objects.get().digest).unlink()
    assert files.settle() == 1


@pytest.mark.requirement("A5", "L2")
@pytest.mark.criterion(1, 3)
def test_public_addresses_ask_nothing_of_custodys_tables(case: Case, client: Client) -> None:
    case.piece(PUBLIC, title="Plan de formación")
    case.publish()
    document = PublishedDocument.objects.get()
    addresses = (
        "/", "/banco/", "/banco/?fase=execution", "/banco/taller/", "/banco/taller/historia/", "/convenios/",
        "/convenios/cd-2026-001/", "/documentos/", document.url, "/datos/", "/datos/proyectos.json", "/sitemap.xml",
    )  # fmt: skip

    with CaptureQueriesContext(
        connection,
    ) as asked:
        statuses = {path: client.get(path).status_code for path in addresses}

    assert set(statuses.values()) == {200}, statuses
    tables = {name for query in asked for name in re.findall(r'(?:FROM|JOIN|INTO|UPDATE)\s+"(\w+)"', query["sql"])}
    assert {name for name in tables if not PUBLIC_TABLES.match(name)} == set()


@pytest.mark.requirement("L4")
def test_without_the_committees_entry_a_project_is_shown_only_where_the_setting_says_so(
    case: Case, client: Client, settings: Any
) -> None:
    with pytest.raises(Incomplete) as refused:
        case.publish(code="P-003", slug="p-003", bank_entry_approved_on=None)
    assert tuple(refused.value.missing) == ("bank_entry",)
    assert client.get("/banco/p-003/").status_code == 404

    settings.RECORDS = {**conf.RECORDS, "BANK_ENTRY_FIRST": False}
    case.publish()
    assert client.get("/banco/p-003/").status_code == 200


@pytest.mark.requirement("A5", "L2")
def test_no_address_of_a_document_tells_the_identity_of_its_piece(case: Case, client: Client) -> None:
    piece = case.piece(PUBLIC, title="Plan de formación")
    case.publish()
    row = PublishedDocument.objects.get()

    page = client.get(row.url).content.decode()

    assert not [key for key in (piece.pk, piece.expediente_id, row.decision_id) if str(key) in page]
    assert client.get(f"/documentos/{piece.pk}/").status_code == 404


@pytest.mark.requirement("L5")
def test_a_convenios_page_tells_its_parties_and_credits_and_no_value_of_an_activity(
    site_of_whole: None, client: Client
) -> None:
    marco, derived = (read(client.get(f"/convenios/{number}/")).text for number in ("cm-2026-001", "cd-2026-001"))

    told = ("12.500.000,00", "11.690.000,00", "810.000,00", "93,52 %", "20 de abril de 2026", "USD", "CD-2026-001")
    assert [words for words in told if words not in marco] == []
    assert "7.140.000,00" in derived
    assert "Compuestos Andinos de Ejemplo S.A.S. (inventada)" in derived
    assert "Plan de formación de técnicos" in derived
    assert "Plan de formación de técnicos" not in marco


@pytest.mark.requirement("L5")
def test_verifying_a_published_document_says_which_it_is(site_of_whole: None, client: Client) -> None:
    row = PublishedDocument.objects.get()
    PublishedDocument.objects.update(digest=hashlib.sha256(b"el plan").hexdigest())

    same = client.post("/verificar/", {"certificado": SimpleUploadedFile("copia.pdf", b"el plan")})
    other = client.post("/verificar/", {"certificado": SimpleUploadedFile("copia.pdf", b"el plan.")})

    assert "Es un documento publicado" in read(same).text
    assert row.url in same.content.decode()
    assert "ni un documento publicado" in read(other).text
    assert row.url not in other.content.decode()


@pytest.mark.requirement("J9")
def test_a_published_document_is_found_by_its_text_and_not_once_it_is_closed(
    site_of_whole: None, client: Client
) -> None:
    search.rebuild()
    search.drain()
    assert "Plan de formación de técnicos" in read(client.get("/buscar/?q=módulos+reparación")).text

    with transaction.atomic():
        pieces.follow(PiecesLooked((WHOLE.pieces[0].document_id,), (), {}))

    assert "Plan de formación" not in read(client.get("/buscar/?q=módulos+reparación")).text


@pytest.fixture
def site_of_whole(site: Any) -> None:
    publish(WHOLE, P002)
