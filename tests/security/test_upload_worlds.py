"""A file that somebody else already filed where its sender may not look is received and filed as a new one.

Two worlds: in the second one a reserved piece has the very bytes that are sent. What the sender is told, from the
announcement to the receipt, and what it costs of their quota, is the same to the byte. Ids that each act makes at
random are blanked.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from records import clock
from records.models import Document
from records.vocabulary import Level
from tests import factories
from tests.integration.desk.test_uploads import announce, patch
from tests.security import house as houses
from tests.security.conftest import undone
from tests.security.house import House

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2027, 10, 20, 15, tzinfo=datetime.UTC)
CONTENT = b"Anexo reservado que alguien mas ya radico.\n"
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
#: A signature is over the ids: it differs as they do.
SIGNED = re.compile(rb'("signature": "|receipt-signature">)[^"<]*')
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
HIDDEN = {"other bytes": None, "the same bytes, reserved": Level.RESERVED}


def build(level: str | None) -> House:
    """The house, an empty expediente to file in, and a hidden piece with the bytes to be sent or with others."""
    house = houses.build()
    houses.add_place(house, "D", trd=factories.make_trd())
    text = CONTENT.decode() if level else "Anexo reservado que nadie mas conoce.....\n"
    houses.add_piece(house, "B.R9", order=9, text=text, title="oculto")
    return house


def said(response: Any) -> bytes:
    head = "".join(f"{name}: {value}\n" for name, value in sorted(response.items()) if name != "Content-Length")
    told = f"{response.status_code}\n{head}".encode() + response.content
    return TOKEN.sub(rb"\1", SIGNED.sub(rb"\1", UUID.sub(b"ID", told)))


def journey(client: Client, house: House) -> Iterator[bytes]:
    """Everything a sender is told, step by step; the quota holds exactly two files like this one."""
    place = house.expedientes["D"]
    created = announce(client, place, len(CONTENT), "anexo.txt")
    address = created["Location"]
    yield said(created)
    yield said(patch(client, address, CONTENT[:9]))
    yield said(client.head(address))
    yield said(patch(client, address, CONTENT[9:], 9))
    yield said(client.get(address))
    for page in (f"{address}radicar/", "/custodia/cargas/", "/custodia/", f"/custodia/expedientes/{place.pk}/cargas/"):
        yield said(client.get(page))
    yield said(announce(client, place, len(CONTENT), "segundo.txt"))
    yield said(announce(client, place, 1, "tercero.txt"))
    form = {"tipo": "anexo_del_convenio", "date": "10/06/2026"}
    filed = client.post(f"{address}radicar/", form, headers={"accept": "application/json"})
    yield said(filed)
    yield said(client.get(f"{filed.json()['url']}recibo/"))
    yield said(client.get(f"/custodia/expedientes/{place.pk}/"))


def told(level: str | None, settings: Any, folder: Path) -> list[bytes]:
    records, engine = (
        settings.RECORDS,
        {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": folder}},
    )
    settings.SEARCH = {"ENGINE": engine}
    settings.RECORDS = {
        **records,
        "ARRIVALS": folder / "arrivals",
        "STORE": {**records["STORE"], "OPTIONS": {"root": folder / "store"}},
        "DRAFTS": {**records["DRAFTS"], "MOST_BYTES": 2 * len(CONTENT)},
    }
    (folder / "arrivals").mkdir()
    with undone(), clock.at(NOW):
        house, client = build(level), Client()
        client.force_login(house.cast["archivista"])
        steps = list(journey(client, house))
        twins = Document.objects.filter(blob=Document.objects.get(title="anexo").blob_id)
        assert twins.count() == (2 if level else 1), "the worlds differ in what they hide, and in nothing else"
    settings.RECORDS = records
    return steps


@pytest.mark.rule("C8")
@pytest.mark.criterion(22, 2)
def test_a_foreign_duplicate_is_received_and_filed_as_a_new_file(settings: Any, tmp_path: Path) -> None:
    worlds: dict[str, list[bytes]] = {}
    for name, level in HIDDEN.items():
        folder = tmp_path / str(len(worlds))
        folder.mkdir()
        worlds[name] = told(level, settings, folder)
    one, other = worlds.values()
    assert len(one) == len(other)
    for step, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        assert mine == theirs, f"step {step}"
    assert any(b"too_many_draft_bytes" in step for step in one)


@pytest.mark.rule("C8")
def test_a_twin_that_may_be_seen_is_told(settings: Any, tmp_path: Path) -> None:
    """Otherwise the proof above would compare a desk that never looks."""
    steps = []
    settings.RECORDS = {**settings.RECORDS, "ARRIVALS": tmp_path}
    with undone(), clock.at(NOW):
        house, client = build(Level.RESERVED), Client()
        Document.objects.filter(title="oculto").update(level=Level.RESTRICTED)
        client.force_login(house.cast["archivista"])
        address = announce(client, house.expedientes["D"], len(CONTENT))["Location"]
        patch(client, address, CONTENT)
        steps = client.get(address).json()
    assert steps["twin"]["title"] == "oculto"
