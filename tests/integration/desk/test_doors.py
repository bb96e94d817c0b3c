"""What a person may not know answers as what does not exist: every address, every verb, the same bytes."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from records.models import Document, Expediente
from records.services import classification
from records.vocabulary import Level
from tests import factories
from tests.security.matrix import listed

UNKNOWN = str(uuid.UUID(int=7, version=4))
ROUTES = sorted(str(route.pattern) for route in get_resolver("records.desk.urls").url_patterns)


def routes_of(thing: str) -> tuple[str, ...]:
    """Every address of a thing that the desk has, with a blank for its id."""
    named = f"{thing}/<uuid:key>/"
    return tuple(
        route.replace("<uuid:key>", "{}").replace("<int:number>", "1") for route in ROUTES if route.startswith(named)
    )


OF_A_DOCUMENT, OF_AN_EXPEDIENTE = routes_of("documentos"), routes_of("expedientes")
VERBS = ("get", "head", "post", "put", "delete", "options")
#: The worst case for a reserved piece: who must not read it, whatever else he is.
OUTSIDERS = ("ajeno", "revisora", "proveedor", "supervisor.cd002", "administracion", "auditoria", "jefatura")


def answer(client: Client, verb: str, address: str) -> tuple[int, bytes, dict[str, str]]:
    response = getattr(client, verb)(f"/custodia/{address}")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, body, dict(response.headers)


@pytest.fixture
def reserved(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, batch=uuid.uuid4())


@pytest.mark.requirement("I8")
@pytest.mark.rule("A8")
@pytest.mark.criterion(21)
@pytest.mark.parametrize("login", OUTSIDERS)
def test_a_hidden_piece_answers_as_an_unknown_one(browse: Any, reserved: Document, login: str) -> None:
    client = browse(login)
    for address, verb in itertools.product(OF_A_DOCUMENT, VERBS):
        hidden = answer(client, verb, address.format(reserved.pk))
        assert hidden == answer(client, verb, address.format(UNKNOWN)), (address, verb)
        assert hidden[0] in {404, 405}


@pytest.mark.requirement("I8")
@pytest.mark.criterion(21)
@pytest.mark.parametrize("login", ["ajeno", "revisora", "proveedor", "administracion", "auditoria"])
def test_a_strangers_expediente_answers_as_an_unknown_one(browse: Any, reserved: Document, login: str) -> None:
    client = browse(login)
    for address, verb in itertools.product(OF_AN_EXPEDIENTE, VERBS):
        strangers = answer(client, verb, address.format(reserved.expediente_id))
        assert strangers == answer(client, verb, address.format(UNKNOWN)), (address, verb)


@pytest.mark.requirement("I8")
@pytest.mark.criterion(21)
def test_acts_grants_and_batches_of_hidden_pieces_are_unknown(
    browse: Any, cast: dict[str, Any], reserved: Document
) -> None:
    act = classification.propose_level(
        actor=cast["custodia"],
        document=reserved,
        level=Level.RESTRICTED,
        grounds=factories.grounds_for(Level.RESTRICTED),
    )
    grant = factories.access.grant_access(
        actor=cast["custodia"], target=reserved, person=cast["proveedor"], until=factories.FAR, reason="caso"
    )
    for address, key in (
        ("aprobaciones/{}/", act.pk),
        ("accesos/{}/retirar/", grant.pk),
        ("recibos/{}/", reserved.batch),
        ("recibos/{}.json", reserved.batch),
    ):
        for login in ("ajeno", "archivista"):
            for verb in ("get", "post"):
                client = browse(login)
                assert answer(client, verb, address.format(key)) == answer(client, verb, address.format(UNKNOWN))


STRANGE = (
    "documentos/1/", "documentos/no-es-un-id/", "documentos/x/original", "documentos/x/pagina/1.png",
    "documentos/DDDDDDDD-DDDD-4DDD-8DDD-DDDDDDDDDDDD/", "recibos/x.json", "no-hay/", "aprobaciones/%00/",
    "documentos/../expedientes/x/", f"documentos/{UNKNOWN}/pagina/99999999999999999999.png",
)  # fmt: skip


@pytest.mark.criterion(21)
def test_malformed_ids_and_unclaimed_addresses_answer_alike(browse: Any) -> None:
    client = browse("archivista")
    unknown = answer(client, "get", f"documentos/{UNKNOWN}/")
    assert unknown[0] == 404
    for address in STRANGE:
        assert answer(client, "get", address) == unknown, address


def test_the_neutral_page_tells_nothing_of_its_reader(browse: Any) -> None:
    bodies = {login: answer(browse(login), "get", f"documentos/{UNKNOWN}/") for login in ("archivista", "ajeno")}
    assert bodies["archivista"] == bodies["ajeno"]
    assert b"archivista" not in bodies["archivista"][1]
    assert b"csrfmiddlewaretoken" not in bodies["archivista"][1]


def test_a_page_that_does_not_exist_of_a_read_piece_is_absent(browse: Any, piece: Document) -> None:
    assert browse("archivista").get(f"/custodia/documentos/{piece.pk}/pagina/2.png").status_code == 404


@pytest.mark.parametrize(
    ("address", "office"), [("bitacora/", "Auditoría"), ("aprobaciones/", "Jefatura de Contratos")]
)
def test_a_page_of_another_office_says_whose_it_is(browse: Any, address: str, office: str) -> None:
    response = browse("archivista").get(f"/custodia/{address}")
    assert response.status_code == 403
    assert f"Esta página es de {office}." in response.content.decode()


def test_a_visible_piece_with_anothers_act_says_so(browse: Any, piece: Document) -> None:
    response = browse("archivista").get(f"/custodia/documentos/{piece.pk}/accesos/")
    assert response.status_code == 403
    assert "no tiene a su cargo" in response.content.decode()


LISTS = ("", "expedientes/", "buscar/", "accesos/", "salud/", "ayuda/", "proyectos/", "convenios/")


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("login", ["archivista", "ajeno", "auditoria", "revisora", "administracion"])
def test_every_staff_member_finds_calm_pages_where_nothing_is_theirs(browse: Any, login: str) -> None:
    for address in LISTS:
        response = browse(login).get(f"/custodia/{address}")
        body = response.content.decode()
        assert response.status_code == 200, address
        assert body.count("<h1") == 1, address
        assert "Error" not in body, address


def test_who_has_no_desk_or_is_disabled_never_enters(browse: Any, client: Client) -> None:
    assert browse("editora").get("/custodia/").status_code == 404
    assert browse("inactivo").get("/custodia/").status_code == 302
    assert client.get("/custodia/expedientes/").status_code == 302


def test_each_route_with_a_key_is_asked_here_or_has_its_row_in_the_matrix() -> None:
    """Otherwise its refusals would not be proved; what the rows say is proved by `tests.security.test_urls`."""
    asked = {route for route in ROUTES if route.startswith(("documentos/<uuid:key>/", "expedientes/<uuid:key>/"))}
    keyed = {route for route in ROUTES if "uuid:" in route}
    assert len(OF_A_DOCUMENT) > 20
    assert len(OF_AN_EXPEDIENTE) > 20
    assert keyed - asked <= {pattern.removeprefix("custodia/") for pattern in listed()}
