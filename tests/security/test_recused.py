"""A recused person who asks by every road: her piece is as absent, and no answer holds a word of it (I11).

Staff of the expediente, who keep, filed, approved and read the piece before the conflict was told, are recused from the
piece alone, and then every address of the desk is asked with every id that they may still have.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import Client, override_settings

from records import clock
from records.certificates import keeping
from records.models import Certificate, Document, PageText
from records.services import batches, cases, correction, filing, indexes, placements, recusals
from records.services.filing import FilingMetadata
from records.vocabulary import GrantBasis, Level
from search import api as search
from tests import factories
from tests.people import make_cast
from tests.security.asking import Said
from tests.security.matrix import ROWS, path_of
from tests.security.shares import share

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("I11")]
RECUSED = ("archivista", "custodia", "jefatura", "auditoria")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


def item(name: str, text: str, title: str) -> batches.Item:
    metadata = FilingMetadata(tipo="anexo_del_convenio", date=factories.DAY, title=title)
    return batches.Item(filing.Upload(name, io.BytesIO(text.encode())), metadata)


class Scene:
    """An expediente with a piece that all know and one from which all are recused; it lies in another one too."""

    def __init__(self, cast: dict[str, Any]) -> None:
        self.cast, clerk, keeper = cast, cast["archivista"], cast["custodia"]
        self.home, self.other = (factories.make_expediente(clerk) for _each in range(2))
        for place in (self.home, self.other):
            factories.appoint_custodian(place, keeper)
        receipts = batches.file_batch(
            actor=clerk,
            expediente=self.home,
            items=[item("abierta.txt", "palabraabierta\n", "Anexo abierto"),
                   item("canarioarchivo.txt", "canariopalabra radar\n", "canariotitulo")],
        )  # fmt: skip
        self.open, self.shut = (Document.objects.get(pk=receipt.document) for receipt in receipts)
        for piece in (self.open, self.shut):
            factories.give_level(piece, Level.RESTRICTED, keeper, cast["jefatura"])
        PageText.objects.create(document=self.shut, number=1, text="canariopalabra radar")
        placements.place_document(actor=clerk, document=self.shut, expediente=self.other, reason="canarioantecedente")
        version = correction.file_version(
            actor=clerk, document=self.open, metadata=factories.metadata(title="Segunda versión"),
            upload=factories.upload(b"palabra de la segunda\n"),
        )  # fmt: skip
        self.version = Document.objects.get(pk=version.document)
        indexes.issue_index(actor=clerk, expediente=self.home)
        keeping.ask_certificate(
            actor=keeper, scope=keeping.scope_of(keeper, "expediente", self.home.pk), with_bytes=True
        )
        asked = cases.Instrument(GrantBasis.AUDIT, "Contraloría", "Quien firma", "Oficio 1", clock.today(), "7")
        self.case = cases.open_case(
            actor=keeper, expediente=self.home, person=cast["revisora"], asked=asked, until=clock.today(), reason="x",
        )  # fmt: skip
        for login in RECUSED:
            recusals.recuse(actor=None, person=cast[login], subject=self.shut, act="Acta del comité")

    def words(self) -> list[bytes]:
        """What nobody of them may meet again."""
        told = (self.shut.radicado, self.shut.blob_id, str(self.shut.pk))
        return [word.encode() for word in ("canario", *told)]

    def ids(self) -> list[Any]:
        """Every id that an address may be asked with."""
        certificates = Certificate.objects.values_list("pk", flat=True)
        return [self.home.pk, self.other.pk, self.shut.pk, self.open.pk, self.version.pk, self.shut.batch,
                self.case.pk, *certificates]  # fmt: skip


def paths(scene: Scene) -> list[str]:
    found = ["/custodia/buscar/?q=canariopalabra", "/custodia/buscar/?q=radar", "/custodia/buscar/?q=canariotitulo"]
    found += [f"/custodia/expedientes/{place.pk}/indice/?completo" for place in (scene.home, scene.other)]
    found += [f"/custodia/expedientes/{scene.home.pk}/historia/?sistema=mostrar"]
    found += [f"/custodia/bitacora/?objeto={scene.shut.pk}", f"/custodia/expedientes/{scene.home.pk}/?tipo=anexo"]
    for row in ROWS:
        of_people = row.about in ("person", "organisation", "member")  # theirs or not, whatever the id
        if row.pattern.startswith("custodia/") and row.get and not of_people:
            keys = scene.ids() if "<uuid" in row.pattern else [""]
            found += [path_of(row, key) for key in keys]
    return list(dict.fromkeys(found))


def whole(body: bytes) -> bytes:
    """An answer with what its packed parts hold."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return body + b"".join(name.encode() + packed.read(name) for name in packed.namelist())
    if body.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(body)) as pdf:
            streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
            return body + b"".join(one.read_bytes() for one in streams)
    return body


def ask(client: Client, path: str) -> Said:
    response = client.get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    head = "".join(f"{name}: {value}\n" for name, value in response.items())
    return Said(response.status_code, head.encode(), whole(body))


def test_no_road_leads_to_what_one_is_recused_from(cast: dict[str, Any], tmp_path: Path) -> None:
    engine = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": tmp_path}}
    with override_settings(SEARCH={"ENGINE": engine}):
        scene = Scene(cast)
        search.rebuild()
        asked = paths(scene)
        found = []
        for place, login in enumerate(RECUSED):
            client = Client(raise_request_exception=False)
            client.force_login(cast[login])
            for path in share(asked, place):
                said = ask(client, path)
                clue = [word for word in scene.words() if word in said.head + said.body]
                # The words that she looked for herself come back to her.
                clue = [word for word in clue if not ("?" in path and word.decode() in path)]
                if clue or (str(scene.shut.pk) in path.split("?")[0] and said.status not in (404, 405)):
                    found.append((login, path, said.status, clue))
        assert not found, "\n".join(map(str, found))
        assert len(asked) > 300
