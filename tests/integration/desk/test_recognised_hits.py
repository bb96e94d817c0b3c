"""A hit on a recognised page says so in the list of results, and its thumbnail is told by the search that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from records.models import Document, Expediente, LedgerEvent, PageText
from records.services.words import packed
from records.vocabulary import Level, TextSource
from search import api as search
from search import conf
from tests import factories
from tests.integration.desk.conftest import Browse
from tests.integration.desk.test_filing import pdf


@pytest.fixture
def scan(
    settings: Any, tmp_path: Path, cast: dict[str, Any], expediente: Expediente
) -> Iterator[Document]:  # fmt: skip
    """A restricted scan of two pages, the second recognised, in the index."""
    engine = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": tmp_path / "index"}}
    settings.SEARCH = {"ENGINE": engine}
    conf.forget_engines()
    piece = factories.file_piece(cast["archivista"], expediente, pdf(2), "escaneo.pdf")
    piece = factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    words = packed([("guayacán", 0.1, 0.2, 0.3, 0.25)])
    PageText.objects.create(
        document=piece, number=2, text="guayacán", words=words, source=TextSource.OCR, confidence=92.6
    )
    PageText.objects.create(document=piece, number=1, text="portada escrita")
    conf.get_engine().rebuild([])
    search.enqueue("custody", [str(piece.pk)])
    search.drain()
    yield piece
    conf.forget_engines()


@pytest.mark.requirement("J8", "J1")
def test_the_result_says_how_sure_the_text_is_and_the_page_marks_it(browse: Browse, scan: Document) -> None:
    client = browse("archivista")
    body = " ".join(client.get("/custodia/buscar/?q=guayacan").content.decode().split())
    assert "Texto reconocido, confianza 93 %" in body
    page = client.get(f"/custodia/documentos/{scan.pk}/?pagina=2&q=guayacan").content.decode()
    assert '<rect x="0.1" y="0.2"' in page
    written = client.get("/custodia/buscar/?q=portada").content.decode()
    assert "confianza" not in written


@pytest.mark.requirement("B6")
@pytest.mark.rule("U1")
def test_the_thumbnail_of_a_result_is_told_by_its_search(browse: Browse, scan: Document) -> None:
    client = browse("archivista")
    address = f"/custodia/documentos/{scan.pk}/miniatura/2.png"
    assert address in client.get("/custodia/buscar/?q=guayacan").content.decode()
    assert client.get(address).status_code == 200
    assert LedgerEvent.objects.filter(action="search.run").count() == 1
    assert not LedgerEvent.objects.filter(action="document.page_viewed").exists()
