"""The law of reading in the viewer: nothing that is not public is seen without an event that came first (D10).

A viewing is one event with the pages it shows; whatever it does not tell leaves its own.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client

from records import audit, clock
from records.models import Document, Expediente, LedgerEvent
from records.services import classification, viewing
from records.services.told import COVERS
from records.vocabulary import Level
from tests import factories
from tests.integration.desk.conftest import Browse
from tests.integration.desk.test_filing import pdf


@pytest.fixture
def long(cast: dict[str, Any], expediente: Expediente) -> Document:
    """A restricted piece of thirty pages."""
    piece = factories.file_piece(cast["archivista"], expediente, pdf(30, object_stream_mode=1), "largo.pdf")
    return factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])


def readings() -> list[tuple[str, str, Any, Any]]:
    """(action, who, page, window) of each reading told, in order."""
    events = LedgerEvent.objects.filter(action__startswith="document.").filter(action__endswith="viewed")
    facts = [(event, json.loads(event.payload)["facts"]) for event in events.order_by("index")]
    return [(event.action, event.actor, told.get("page"), told.get("shown")) for event, told in facts]


def image(client: Client, piece: Document, number: int, kind: str = "pagina", query: str = "") -> int:
    return int(client.get(f"/custodia/documentos/{piece.pk}/{kind}/{number}.png{query}").status_code)


@pytest.mark.requirement("B6")
@pytest.mark.rule("U1")
def test_a_viewing_is_one_event_with_its_window_and_its_images_leave_no_other(browse: Browse, long: Document) -> None:
    client = browse("archivista")
    assert client.get(f"/custodia/documentos/{long.pk}/?pagina=10").status_code == 200
    assert [image(client, long, number, "miniatura") for number in range(6, 15)] == [200] * 9
    assert [image(client, long, number) for number in (10, 11)] == [200, 200]
    assert image(client, long, 10, query="?nitida=1") == 200
    assert readings() == [("document.viewed", "archivista", 10, [6, 14])]


@pytest.mark.requirement("B6")
@pytest.mark.rule("U1")
@pytest.mark.parametrize("kind", ["pagina", "miniatura"])
def test_a_page_asked_for_by_its_address_alone_leaves_its_own_event(browse: Browse, long: Document, kind: str) -> None:
    client = browse("archivista")
    assert image(client, long, 3, kind) == 200
    assert image(client, long, 3, kind) == 200, "told once for as long as the telling covers"
    client.get(f"/custodia/documentos/{long.pk}/?pagina=10")
    assert image(client, long, 20, kind) == 200
    assert readings() == [
        ("document.page_viewed", "archivista", 3, None),
        ("document.viewed", "archivista", 10, [6, 14]),
        ("document.page_viewed", "archivista", 20, None),
    ]


@pytest.mark.rule("U1")
def test_what_was_told_of_one_person_one_piece_or_another_time_covers_nothing_else(
    browse: Browse, cast: dict[str, Any], expediente: Expediente, long: Document
) -> None:
    twin = factories.file_piece(cast["archivista"], expediente, pdf(2), "otro.pdf")
    client = browse("archivista")
    client.get(f"/custodia/documentos/{long.pk}/")
    assert image(browse("jefatura"), long, 1) == 200
    assert image(client, twin, 1) == 200
    with clock.at(clock.now() + COVERS + datetime.timedelta(seconds=1)):
        assert image(client, long, 1) == 200
    told = readings()[1:]
    assert told == [
        ("document.page_viewed", "jefatura", 1, None),
        ("document.page_viewed", "archivista", 1, None),
        ("document.page_viewed", "archivista", 1, None),
    ]


@pytest.mark.rule("U1")
def test_a_level_that_was_raised_since_is_told_anew(browse: Browse, cast: dict[str, Any], long: Document) -> None:
    client = browse("custodia")
    client.get(f"/custodia/documentos/{long.pk}/")
    classification.propose_level(
        actor=cast["custodia"],
        document=Document.objects.get(pk=long.pk),
        level=Level.RESERVED,
        grounds=factories.grounds_for(Level.RESERVED),
    )
    assert image(client, long, 1) == 200
    last = json.loads(LedgerEvent.objects.filter(action="document.page_viewed").get().payload)
    assert last["facts"] == {"level": "reserved", "page": 1}


@pytest.mark.rule("U1")
def test_a_search_covers_the_thumbnails_of_what_it_showed_and_no_page(
    browse: Browse, cast: dict[str, Any], long: Document
) -> None:
    audit.record("search.run", actor=cast["archivista"], subject="custody", words="x", shown=[str(long.pk)])
    client = browse("archivista")
    assert image(client, long, 4, "miniatura") == 200
    assert readings() == []
    assert image(client, long, 4) == 200
    assert readings() == [("document.page_viewed", "archivista", 4, None)]


@pytest.mark.requirement("B6")
def test_a_public_piece_leaves_no_event(browse: Browse, cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, pdf(1), "publica.pdf")
    piece = factories.give_level(piece, Level.PUBLIC, cast["custodia"], cast["jefatura"])
    client = browse("ajeno")
    assert (image(client, piece, 1), image(client, piece, 1, "miniatura")) == (200, 200)
    assert readings() == []


@pytest.mark.criterion(14)
@pytest.mark.parametrize("kind", ["pagina", "miniatura"])
def test_no_byte_leaves_when_the_ledger_cannot_be_written(
    browse: Browse, long: Document, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def broken(*_given: Any, **_more: Any) -> None:
        raise OSError("no space")

    client = browse("archivista")
    client.raise_request_exception = False
    image(client, long, 5, kind)  # made and kept, so that nothing but the telling is left
    LedgerEvent.objects.count()
    monkeypatch.setattr(audit, "record", broken)
    response = client.get(f"/custodia/documentos/{long.pk}/{kind}/6.png")
    assert response.status_code == 500
    assert b"PNG" not in response.content
    assert client.get(f"/custodia/documentos/{long.pk}/").status_code == 500


@pytest.mark.requirement("B6")
def test_the_printed_sheet_tells_names_of_parts_and_so_is_a_reading(browse: Browse, long: Document) -> None:
    assert browse("archivista").get(f"/custodia/documentos/{long.pk}/ficha/").status_code == 200
    assert readings() == [("document.viewed", "archivista", None, None)]


def test_an_unknown_page_tells_nothing(browse: Browse, long: Document) -> None:
    client = browse("archivista")
    assert [image(client, long, number, kind) for number in (0, 31) for kind in ("pagina", "miniatura")] == [404] * 4
    assert readings() == []
    assert not viewing.page_file(long.pk, 31).exists()
