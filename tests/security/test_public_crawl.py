"""The whole public site walked by a stranger, in a house where every secret of custody has a word of its own: no byte
of any page, header, picture, feed, file or answer of the API has one (criterion 36, rule P8)."""

from __future__ import annotations

import dataclasses
import html
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from django.core.files.base import ContentFile
from django.test.utils import override_settings
from PIL import Image as Pixels
from wagtail.images.models import Image

from cms.banco.models import BancoPage, ProjectPage
from cms.core.models import Identity
from search import api as search
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.people import ANONYMOUS
from tests.security.asking import Said, Visitor
from tests.security.test_urls import Town, built, quiet

pytestmark = [
    pytest.mark.django_db, pytest.mark.criterion(1, 36), pytest.mark.rule("P8"), pytest.mark.requirement("J9"),
    pytest.mark.beyond(6),
]  # fmt: skip
__all__ = ["quiet"]

#: Where the walk begins: what no page leads to is named.
START = (
    "/", "/sitemap.xml", "/robots.txt", "/buscar/?q=taller", "/buscar/sugerencias/?q=tal", "/buscar/atom/?q=taller",
    "/atom/proyectos/", "/atom/normas/", "/atom/convocatorias/", "/datos/proyectos.xlsx", "/datos/reservas.csv",
    "/api/v1/openapi.json", "/api/v1/proyectos", "/api/v1/proyectos/P-001", "/no-existe/", "/verificar/verify.py",
)  # fmt: skip
#: Rooms that are not the public site's.
NOT_HERE = ("/cuenta/", "/custodia/", "/editor/")
LINK = re.compile(r'(?:href|src|action|content|"url"|<loc>)[=:]?\s*"?((?:http://testserver)?/[^"<>\s]*)')
MOST = 600
#: Told by an editor of a published project, and of one that was withdrawn.
TOLD, TAKEN_BACK = "palabracontada", "canariorelato"
GONE = dataclasses.replace(P002, project_id=uuid.UUID(int=9), code="P-009", slug="p-009", convenio_number="")


@pytest.fixture(scope="module")
def walked(lasting_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, dict[str, Said]]]:
    folder = tmp_path_factory.mktemp("public")
    engine = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": folder / "index"}}
    with override_settings(SEARCH={"ENGINE": engine}, MEDIA_ROOT=folder / "media"):
        town = built()
        publish(P001, P002)
        sign()
        tell()
        search.drain()
        yield town, walk(Visitor(town.house, ANONYMOUS))


def sign() -> None:
    """A sign of the house, so that a picture is on every page."""
    made = io.BytesIO()
    Pixels.new("RGB", (64, 64), "#0b5351").save(made, "PNG")
    picture = Image.objects.create(title="Signo", file=ContentFile(made.getvalue(), "signo.png"))
    Identity.objects.update_or_create(pk=1, defaults={"logo": picture})


def tell() -> None:
    """A story of a project that is shown, and one of a project that was withdrawn since."""
    publish(GONE)
    for code, word in ((P001.code, TOLD), (GONE.code, TAKEN_BACK)):
        value = {"title": word, "teller": "Rosa", "place": "", "picture": [], "text": f"<p>{word}</p>"}
        stories = json.dumps([{"type": "story", "value": value}])
        BancoPage.objects.get().add_child(instance=ProjectPage(project_code=code, intro=word, stories=stories))
    withdraw(GONE)


def walk(visitor: Visitor) -> dict[str, Said]:
    waiting: list[str] = list(START)
    met: dict[str, Said] = {}
    while waiting and len(met) < MOST:
        path = waiting.pop(0).partition("#")[0]
        if path in met or path.startswith(NOT_HERE):
            continue
        met[path] = visitor.ask("GET", path)
        waiting += links(path, met[path])
    return met


def links(path: str, said: Said) -> list[str]:
    if b"\x00" in said.body[:1000]:
        return []
    found = LINK.findall(said.body.decode("utf-8", "replace"))
    return [urljoin(path, html.unescape(one).removeprefix("http://testserver")) for one in found]


def bytes_of(said: Said) -> bytes:
    """Head and body; of a packed file also what is inside."""
    inside = b""
    if said.body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(said.body)) as book:
            inside = b"".join(name.encode() + book.read(name) for name in book.namelist())
    return (said.head + said.body + inside).lower()


def test_no_word_of_custody_is_in_any_byte_of_the_public_site(walked: tuple[Town, dict[str, Said]]) -> None:
    town, met = walked
    words = [word.lower().encode() for word in town.canaries]

    found = [(path, word) for path, said in met.items() for word in words if word in bytes_of(said)]

    assert len(words) > 20
    assert found == []


def test_what_was_told_of_a_project_is_at_its_address_alone_and_nowhere_once_it_was_withdrawn(
    walked: tuple[Town, dict[str, Said]],
) -> None:
    _town, met = walked

    said_at = {word: word.encode() for word in (TOLD, TAKEN_BACK)}
    places = {word: {path for path, said in met.items() if sent in bytes_of(said)} for word, sent in said_at.items()}

    assert places == {TOLD: {f"/banco/{P001.slug}/"}, TAKEN_BACK: set()}


def test_the_walk_met_every_kind_of_thing_and_no_fault(walked: tuple[Town, dict[str, Said]]) -> None:
    _town, met = walked
    kinds = {re.sub(rb"(?s).*Content-Type: ([\w/.+-]+).*", rb"\1", said.head) for said in met.values()}

    assert len(met) > 60
    assert {path: said.status for path, said in met.items() if said.status >= 500} == {}
    assert {b"text/html", b"application/atom+xml", b"text/csv", b"application/json", b"image/png"} <= kinds
    assert sum(path.startswith("/banco/") for path in met) >= 3
    assert any(path.startswith("/imagenes/") for path in met)


def test_the_same_walk_finds_a_word_that_was_published(walked: tuple[Town, dict[str, Said]]) -> None:
    """The proof can fail: what is public is met in many places, the packed file among them."""
    _town, met = walked
    places = [path for path, said in met.items() if P001.name.lower().encode() in bytes_of(said)]

    assert {"/datos/proyectos.xlsx", "/atom/proyectos/", "/api/v1/proyectos", "/"} <= set(places)
