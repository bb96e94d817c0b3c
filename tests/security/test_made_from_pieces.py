"""Whatever is made from a piece, or lies in it, is opened by the right to the piece alone, and closes with it (I3, C4).

A message, a scan and a signed act are granted to a reviewer, who opens every address of theirs; the grant is
withdrawn, and each address answers as one of a piece that does not exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from records import parsing
from records.models import Document
from records.services import access, renditions
from records.services.parts import list_parts
from records.services.reading import read_document
from records.services.signatures import check_signatures
from records.vocabulary import Level
from tests import factories, specimens
from tests.people import make_cast
from tests.unit.parsing import signing

UNKNOWN = uuid.UUID("5b0a1c9e-2f4d-4a53-9c3e-000000000000")
#: Addresses of what is made from a piece, and which of the pieces has it.
ADDRESSES = (
    ("", "act"),
    ("?pagina=1&q=acta", "act"),
    ("ficha/", "act"),
    ("pagina/1.png", "act"),
    ("pagina/1.png?nitida=1", "act"),
    ("miniatura/1.png", "act"),
    ("copias/pdfa.pdf", "act"),
    ("original", "act"),
    ("lectura/", "act"),
    ("partes/0", "message"),
    ("partes/1", "message"),
    ("partes/2", "message"),
    ("?pagina=2", "message"),
)


@pytest.fixture
def pieces(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Document]:
    """A message and a signed act, reserved, with everything made from them."""
    cast = make_cast()
    place = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(place, cast["custodia"])
    letter = specimens.letter(("informe.pdf", specimens.report(), "application/pdf"))
    made = {
        "message": factories.file_piece(cast["archivista"], place, letter, "correo.eml"),
        "act": factories.file_piece(cast["archivista"], place, signing.sign(signing.plain_pdf()), "acta.pdf"),
    }
    copy = parsing.Converted(f"%PDF-1.7 {uuid.uuid4()}".encode(), "pikepdf", "10", "2b", "", same_text=True)
    monkeypatch.setattr(parsing, "to_pdfa", lambda *_given: copy)
    for piece in made.values():
        factories.give_level(piece, Level.RESERVED, cast["custodia"], cast["jefatura"])
        read_document(piece.pk)
    list_parts(made["message"].pk)
    check_signatures(made["act"].pk)
    renditions.make_pdfa(made["act"].pk)
    return made


@pytest.fixture
def reviewer(pieces: dict[str, Document]) -> Any:
    users = type(pieces["act"].filed_by)._default_manager
    return users.get(username="revisora")


@pytest.fixture
def grants(pieces: dict[str, Document], reviewer: Any) -> list[Any]:
    custodian = type(reviewer)._default_manager.get(username="custodia")
    return [
        access.grant_access(
            actor=custodian, target=piece, person=reviewer, until=factories.FAR, reason="Caso 117"
        )
        for piece in pieces.values()
    ]  # fmt: skip


def answers(client: Client, pieces: dict[str, Document]) -> Iterator[tuple[str, Any]]:
    for address, name in ADDRESSES:
        yield f"{name} {address}", client.get(f"/custodia/documentos/{pieces[name].pk}/{address}")


@pytest.mark.requirement("I3", "J4")
@pytest.mark.rule("C4", "C6")
@pytest.mark.criterion(4)
def test_everything_opens_with_the_grant_and_closes_with_it(
    pieces: dict[str, Document], reviewer: Any, grants: list[Any]
) -> None:
    client = Client()
    client.force_login(reviewer)
    wrong = [f"{what}: {said.status_code}" for what, said in answers(client, pieces) if said.status_code != 200]
    assert not wrong, wrong
    custodian = type(reviewer)._default_manager.get(username="custodia")
    for grant in grants:
        access.revoke_grant(actor=custodian, grant=grant)
    absent = client.get(f"/custodia/documentos/{UNKNOWN}/")
    for what, said in answers(client, pieces):
        assert (said.status_code, said.content) == (404, absent.content), what
        assert dict(said.items()) == dict(absent.items()), what


@pytest.mark.requirement("I3")
@pytest.mark.parametrize("act", ["leer", "firmas", "copias/pdfa", "verificar"])
def test_no_work_is_asked_upon_a_piece_one_does_not_read(pieces: dict[str, Document], reviewer: Any, act: str) -> None:
    client = Client()
    client.force_login(reviewer)
    said = client.post(f"/custodia/documentos/{pieces['act'].pk}/{act}/")
    absent = client.post(f"/custodia/documentos/{UNKNOWN}/{act}/")
    assert (said.status_code, said.content) == (404, absent.content)
