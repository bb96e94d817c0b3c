"""Saved searches at the desk: kept as typed, run again, changed and removed by their owner, and hers alone."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from search import saved as room
from search.models import SavedSearch
from tests.integration.notices.conftest import Browse, File

LIST = "/custodia/buscar/guardadas/"
NEW = f"{LIST}nueva/"
ASKED = [
    ("q", 'radar "acta de recibo" -motor'),
    ("tipo", "Anexo del convenio"),
    ("tipo", "Acta"),
    ("orden", "recientes"),
]


def save(browse: Browse, login: str, asked: Any = "radar", name: str = "Radares", alert: str = "never") -> Any:
    query = urlencode([("q", asked)] if isinstance(asked, str) else asked)
    return browse(login).post(f"{NEW}?{query}", {"name": name, "alert": alert})


def shown(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.mark.beyond(18)
def test_what_was_asked_is_kept_as_typed_and_run_again(browse: Browse, cast: dict[str, Any]) -> None:
    client = browse("revisora")
    assert save(browse, "revisora", ASKED, "Radares").status_code == 302
    page = client.get(LIST)
    assert "Radares" in shown(page)
    again = re.search(r'href="(/custodia/buscar/\?[^"]+)"', page.content.decode())
    assert again
    assert html.unescape(again[1]) == f"/custodia/buscar/?{urlencode([ASKED[0], ASKED[2], ASKED[1], ASKED[3]])}"
    assert client.get(html.unescape(again[1])).status_code == 200


def test_the_form_offers_a_name_and_tells_what_is_not_understood(browse: Browse, cast: dict[str, Any]) -> None:
    page = browse("revisora").get(NEW, {"q": 'radar "sin cerrar'})
    assert 'value="radar &quot;sin cerrar"' in page.content.decode()
    assert "comilla" in shown(page).lower()


@pytest.mark.beyond(18)
def test_nobody_else_sees_them(browse: Browse, cast: dict[str, Any]) -> None:
    save(browse, "revisora", "canariobusqueda", "canarionombre")
    key = SavedSearch.objects.get().pk
    absent = "5b0a1c9e-2f4d-4a53-9c3e-000000000000"
    for login in cast.keys() - {"revisora", "inactivo", "editora"}:
        client = browse(login)
        for path in (LIST, "/custodia/", f"{LIST}{key}/", f"{LIST}{key}/cambiar/", f"{LIST}{key}/borrar/"):
            body = client.get(path).content
            assert b"canariobusqueda" not in body
            assert b"canarionombre" not in body
        for act in ("", "cambiar/", "borrar/", "vistas/"):
            hidden, unknown = (client.post(f"{LIST}{one}/{act}", {"name": "x"}) for one in (key, absent))
            assert hidden.status_code == unknown.status_code
            assert hidden.content == unknown.content
    assert SavedSearch.objects.get().name == "canarionombre"


def test_two_alike_are_one(browse: Browse, cast: dict[str, Any]) -> None:
    save(browse, "revisora", "radar", "Radares")
    again = save(browse, "revisora", "radar ", "Otra vez")
    assert again.status_code == 422
    assert "Ya guardó esta misma búsqueda con el nombre «Radares»." in shown(again)
    named = save(browse, "revisora", "sonar", "RADARES")
    assert "Ya tiene una con el nombre «RADARES»: escriba otro." in shown(named)
    assert 'value="RADARES"' in named.content.decode()
    assert browse("revisora").get(NEW, {"q": "radar"})["Location"].endswith("/cambiar/")
    assert save(browse, "archivista", "radar", "Radares").status_code == 302


@pytest.mark.parametrize(
    ("asked", "name", "told"),
    [
        ("", "Vacía", "Escriba algo que buscar, o elija un filtro, antes de guardar."),
        ("-radar", "Solo excluye", "Escriba algo que buscar, o elija un filtro, antes de guardar."),
        ("radar", " \u202e ", "Escriba un nombre para reconocerla después."),
        ("radar", "n" * 81, "El nombre admite hasta 80 caracteres."),
        ("r" * 1501, "Larga", "Es demasiado larga para guardarla: admite hasta 1.500 caracteres."),
        ([("tipo", str(number)) for number in range(41)], "Muchos", "Es demasiado larga para guardarla"),
    ],
)
def test_what_cannot_be_kept_is_told(browse: Browse, cast: dict[str, Any], asked: Any, name: str, told: str) -> None:
    response = save(browse, "revisora", asked, name)
    assert response.status_code == 422
    assert told in shown(response)
    assert not SavedSearch.objects.exists()


def test_a_person_keeps_so_many(browse: Browse, cast: dict[str, Any]) -> None:
    for number in range(room.MOST_SAVED):
        assert save(browse, "revisora", f"radar{number}", f"Número {number}").status_code == 302
    over = save(browse, "revisora", "sonar", "Una más")
    assert over.status_code == 422
    assert "Ya tiene 30 guardadas, que es lo más que se puede: borre alguna antes." in shown(over)


def test_names_are_shown_and_never_obeyed(browse: Browse, cast: dict[str, Any]) -> None:
    save(browse, "revisora", "<script>alert(1)</script>", "<b onmouseover=x>Yo</b>\r\nBcc: todos@x")
    body = browse("revisora").get(LIST).content.decode()
    assert "<b onmouseover" not in body
    assert "<script>alert" not in body
    assert "&lt;b onmouseover=x&gt;Yo&lt;/b&gt; Bcc: todos@x" in body


def test_renamed_told_and_removed_in_two_tabs(browse: Browse, cast: dict[str, Any]) -> None:
    save(browse, "revisora")
    key, client = SavedSearch.objects.get().pk, browse("revisora")
    assert client.post(f"{LIST}{key}/cambiar/", {"name": "Otros", "alert": "daily"}).status_code == 302
    kept = SavedSearch.objects.get()
    assert (kept.name, kept.alert) == ("Otros", "daily")
    assert client.post(f"{LIST}{key}/cambiar/", {"name": "Otros", "alert": "siempre"}).status_code == 422
    assert "¿Borrar «Otros»?" in shown(client.get(f"{LIST}{key}/borrar/"))
    assert client.post(f"{LIST}{key}/borrar/").status_code == 302
    assert client.post(f"{LIST}{key}/borrar/").status_code == 404
    assert client.post(f"{LIST}{key}/cambiar/", {"name": "Otros", "alert": "desk"}).status_code == 404


def test_what_has_become_wrong_says_so(browse: Browse, cast: dict[str, Any], file: File) -> None:
    save(browse, "archivista")
    SavedSearch.objects.update(narrowed={"familia": ["x"]}, text='radar "', fault="too_broad")
    told = shown(browse("archivista").get(LIST))
    assert "El filtro «familia» ya no existe." in told
    assert "Encuentra más de mil documentos: no avisa." in told


def test_mail_is_offered_where_there_is_mail(browse: Browse, cast: dict[str, Any], settings: Any) -> None:
    assert "por correo" in shown(browse("revisora").get(NEW, {"q": "radar"}))
    settings.MAIL_ON = False
    page = shown(browse("revisora").get(NEW, {"q": "radar"}))
    assert "Esta instalación no envía correo: los avisos quedan en la bandeja." in page
    assert save(browse, "revisora", alert="daily").status_code == 422
    assert "Correo Bien Esta instalación no envía correo" in shown(browse("revisora").get("/custodia/salud/"))
