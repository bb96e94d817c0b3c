"""Reading in bulk: beyond the pace of a person she waits, and who answers for the pieces is told (criterion 35)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client

from records import clock
from records.models import Document, LedgerEvent
from records.services import viewing
from records.vocabulary import Level
from tests import factories
from tests.people import make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(35)]


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def pieces(cast: dict[str, Any]) -> list[Document]:
    place = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(place, cast["custodia"])
    return [
        factories.file_piece(cast["archivista"], place, content=f"anexo {n} ".encode() * 40, name=f"a{n}.txt")
        for n in range(5)
    ]


@pytest.fixture(autouse=True)
def pace(settings: Any) -> None:
    set_pace(settings, pieces=3, size=1024**3)


def set_pace(settings: Any, *, pieces: int, size: int) -> None:
    settings.RECORDS = {**settings.RECORDS, "BULK_READING": {"PIECES": pieces, "BYTES": size, "SECONDS": 3600}}


def browse(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def view(client: Client, piece: Document) -> int:
    return int(client.get(f"/custodia/documentos/{piece.pk}/").status_code)


def test_beyond_the_pace_one_waits_with_a_sentence(cast: dict[str, Any], pieces: list[Document]) -> None:
    client = browse(cast["archivista"])
    assert [view(client, piece) for piece in pieces[:3]] == [200] * 3
    for ask in (f"documentos/{pieces[3].pk}/", f"documentos/{pieces[3].pk}/original"):
        answer = client.get(f"/custodia/{ask}")
        assert answer.status_code == 429
        assert "Usted ha leído mucho en poco tiempo" in answer.content.decode()
        assert pieces[3].title not in answer.content.decode()
    assert view(client, pieces[0]) == 200  # what was read already is not read anew
    read = LedgerEvent.objects.filter(action__startswith="document.", object_id=str(pieces[3].pk))
    assert not read.filter(action__in=("document.viewed", "document.downloaded")).exists()


def test_it_is_one_s_own_and_ends_with_the_hour(cast: dict[str, Any], pieces: list[Document]) -> None:
    client, other = browse(cast["archivista"]), browse(cast["custodia"])
    for piece in pieces[:4]:
        view(client, piece)
    assert view(other, pieces[3]) == 200
    with clock.at(clock.now() + datetime.timedelta(minutes=61)):
        assert view(client, pieces[3]) == 200


def test_bytes_count_each_time_they_leave(cast: dict[str, Any], pieces: list[Document], settings: Any) -> None:
    set_pace(settings, pieces=200, size=pieces[0].blob.size * 3)
    client = browse(cast["archivista"])
    statuses = [client.get(f"/custodia/documentos/{pieces[0].pk}/original").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert view(client, pieces[1]) == 200  # the viewer takes no bytes of the original


def test_who_keeps_the_expediente_is_told_once(cast: dict[str, Any], pieces: list[Document]) -> None:
    client = browse(cast["archivista"])
    for piece in (*pieces, *pieces):
        view(client, piece)
    assert LedgerEvent.objects.filter(action="reading.throttled").count() == 1
    keeper = browse(cast["custodia"]).get("/custodia/").content.decode()
    assert "Lecturas en masa" in keeper
    assert "leyó demasiado en una hora" in keeper
    assert "leyó demasiado en una hora" not in client.get("/custodia/").content.decode()


def test_public_pieces_and_commands_have_no_pace(cast: dict[str, Any], pieces: list[Document]) -> None:
    with factories.behind_the_product():
        Document.objects.filter(pk__in=[piece.pk for piece in pieces]).update(level=Level.PUBLIC)
    client = browse(cast["archivista"])
    assert [view(client, piece) for piece in pieces] == [200] * 5
    with factories.behind_the_product():
        Document.objects.update(level=Level.UNCLASSIFIED)
    for piece in Document.objects.all():
        viewing.view_document(actor=cast["archivista"], document=piece)
