"""A NUL in an address is text like any other to SQLite and refused by PostgreSQL; to a reader it is nothing at all."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.people import make_person

PUBLIC = (
    "/{n}/", "/banco/{n}/", "/banco/?fase={n}", "/banco/?despues={n}", "/banco/?criterio={n}", "/buscar/?q={n}",
    "/buscar/?q=acta&despues={n}", "/convenios/?despues={n}", "/datos/{n}.csv", "/normas/{n}/", "/documentos/{n}/",
    "/cuenta/entrar/?next={n}", "/editor/{n}/", "/salud/{n}", "/archivos/1/{n}", "/imagenes/{n}",
    "/api/v1/proyectos/{n}", "/atom/{n}/", "/convenios/{n}/", "/buscar/sugerencias/?q={n}", "/buscar/atom/?q={n}",
)  # fmt: skip
DESK = (
    "/custodia/{n}/", "/custodia/?q={n}", "/custodia/buscar/?q={n}", "/custodia/buscar/?q=acta&despues={n}",
    "/custodia/expedientes/?q={n}", "/custodia/expedientes/?despues={n}&orden={n}&estado={n}&clase={n}",
    "/custodia/convenios/?q={n}&despues={n}", "/custodia/proyectos/{n}/", "/custodia/bitacora/?q={n}&despues={n}",
    "/custodia/bitacora/?persona={n}&documento={n}", "/custodia/accesos/?q={n}&persona={n}",
    "/custodia/aprobaciones/?despues={n}", "/custodia/ayuda/{n}/",
)  # fmt: skip
NULS = ("%00", "a%00b", "%EF%BF%BD%00")


@pytest.fixture
def archivist(client: Client) -> Client:
    client.force_login(make_person("archivista"))
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("nul", NULS)
@pytest.mark.parametrize("address", PUBLIC)
def test_a_nul_on_the_public_site_is_no_failure(client: Client, address: str, nul: str) -> None:
    assert client.get(address.format(n=nul)).status_code != 500  # an index that nobody built yet is calmly unavailable


@pytest.mark.django_db
@pytest.mark.parametrize("nul", NULS)
@pytest.mark.parametrize("address", DESK)
def test_a_nul_at_the_desk_is_no_failure(archivist: Client, address: str, nul: str) -> None:
    assert (
        archivist.get(address.format(n=nul)).status_code != 500
    )  # an index that nobody built yet is calmly unavailable


@pytest.mark.django_db
def test_a_nul_in_a_login_is_a_wrong_login(client: Client) -> None:
    answer = client.post("/cuenta/entrar/", {"username": "archivista\x00", "password": "x\x00"})
    assert answer.status_code == 200
