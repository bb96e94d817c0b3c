"""The probe table: each nonsense word is found by whom it may be found, and exists for nobody else (J2, I3, I4, J4)."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pypdfium2
import pytest
from django.test import Client

from cms.demo import fixtures, texts
from cms.demo.stage import Stage
from records.models import Document, LedgerEvent
from records.services.access import get_grant_for, revoke_grant
from search import api as search
from tests.integration.demo.conftest import command

pytestmark = pytest.mark.django_db

NOWHERE = "palabrainexistente9999"
IP, DEFENCE, PUBLIC = "zarzaluna7741", "quimbaya5520", "guayacan1188"
#: Hits of each person for IP, DEFENCE and PUBLIC; "" is a citizen.
TABLE = {
    "": (0, 0, 1),
    "archivista": (1, 0, 1),
    "custodia": (1, 1, 1),
    "jefatura": (1, 0, 1),
    "secretaria.general": (1, 0, 1),
    "supervisor.cd001": (0, 1, 1),
    "supervisor.cd002": (1, 0, 1),
    "revisora": (1, 0, 1),
    "proveedor": (0, 0, 1),
    "otro.proveedor": (0, 0, 1),
    "auditoria": (0, 0, 1),
    "administracion": (0, 0, 1),
    "ajeno": (0, 0, 1),
    "editora": (0, 0, 1),
    "aprobadora": (0, 0, 1),
    "inactivo": (0, 0, 1),
}
#: A word of custody that no citizen may know of → one of the same length that exists nowhere.
SAME_LENGTH = {IP: "brumelina9402", DEFENCE: "velcarod8316"}
#: What is asked of a word, and how many of its last letters are left out.
ASKED = (
    *(("{}", 0), ("{}*", 0), ("{}*", 4), ("{}", 1), ("{}", 4), ("taller {}", 4), ("-{} taller", 0), ('"{}"', 0)),
    *(("taller OR {}", 0), ("tipo:{}", 0), ("({} taller", 0)),
)
CASES = [
    (login, word, hits) for login, row in TABLE.items() for word, hits in zip((IP, DEFENCE, PUBLIC), row, strict=True)
]


def asked(login: str, word: str) -> str:
    who = ("--as", login) if login else ("--anonymous",)
    return command("search", word, *who, "--facets").output


@pytest.mark.requirement("J2", "I3", "I4", "J9")
@pytest.mark.parametrize(("login", "word", "hits"), CASES)
def test_a_probe_word_is_found_by_whom_it_may_be_found(stage: Stage, login: str, word: str, hits: int) -> None:
    answer = json.loads(asked(login, word))

    assert answer["total"] == len(answer["hits"]) == hits
    assert all(word in hit["snippet"] for hit in answer["hits"])


@pytest.mark.requirement("J2", "J3", "I8")
@pytest.mark.parametrize(("login", "word"), [(login, word) for login, word, hits in CASES if not hits])
def test_for_everybody_else_the_answer_is_that_of_a_word_that_exists_nowhere(
    stage: Stage, login: str, word: str
) -> None:
    assert asked(login, word) == asked(login, NOWHERE)


@pytest.mark.requirement("J1", "J2")
@pytest.mark.parametrize(
    ("login", "word", "key"), [("revisora", IP, "cd002.pi-a2.1"), ("supervisor.cd001", DEFENCE, "cd001.sd-a1.1")]
)
def test_the_hit_stands_on_the_page_that_holds_the_word(stage: Stage, login: str, word: str, key: str) -> None:
    (hit,) = json.loads(asked(login, word))["hits"]

    assert hit["document"] == str(stage.document(key).pk)
    assert hit["page"] > 1


@pytest.mark.requirement("J9")
def test_a_citizen_is_led_to_the_public_page_alone(stage: Stage) -> None:
    (hit,) = json.loads(asked("", PUBLIC))["hits"]

    assert hit["document"] is None
    assert hit["url"] == "/banco/taller-regional-de-aeropartes-en-compuestos/"


@pytest.mark.criterion(9)
@pytest.mark.beyond(5)
@pytest.mark.requirement("J2", "J3", "J9")
@pytest.mark.parametrize("login", ["", "custodia"])
@pytest.mark.parametrize("path", ["/buscar/", "/buscar/atom/", "/buscar/sugerencias/"])
def test_each_public_address_answers_as_for_a_word_that_exists_nowhere(
    stage: Stage, client: Client, path: str, login: str
) -> None:
    """The same bytes and headers but for the echo of the word, and the id of a feed, which is that of its question."""
    if login:
        client.force_login(stage.people[login])
    for word, nonsense in SAME_LENGTH.items():
        for asked, cut in ASKED:
            real, none = (said_publicly(client, path, asked, one[: len(one) - cut]) for one in (word, nonsense))
            assert real == none


def said_publicly(client: Client, path: str, asked: str, word: str) -> tuple[bytes, dict[str, str]]:
    response = client.get(path, {"q": asked.format(word)})
    assert response.status_code == 200
    said = re.sub(rb"urn:uuid:[0-9a-f-]{36}", b"", response.content.replace(word.encode(), b""))
    return said, {**response.headers, "ETag": ""}


@pytest.mark.requirement("J4")
def test_withdrawing_the_grant_empties_the_answer_with_the_indexer_stopped(stage: Stage) -> None:
    grant = stage.document("cd002.pi-a2.1").grants.get()
    custodian = stage.people["custodia"]
    assert search.search(stage.people["revisora"], IP).total == 1

    revoke_grant(actor=custodian, grant=get_grant_for(custodian, grant.pk))

    assert search.search(stage.people["revisora"], IP).total == 0
    assert asked("revisora", IP) == asked("revisora", NOWHERE)


@pytest.mark.requirement("I9")
def test_a_search_that_shows_a_reserved_piece_names_it_in_the_ledger(stage: Stage) -> None:
    asked("supervisor.cd001", DEFENCE)

    event = LedgerEvent.objects.filter(action="search.run", actor="supervisor.cd001").latest("index")
    assert str(stage.document("cd001.sd-a1.1").pk) in event.payload
    assert DEFENCE not in event.payload


@pytest.mark.requirement("A7", "J2")
@pytest.mark.parametrize("word", [IP, DEFENCE, PUBLIC])
def test_each_probe_word_stands_in_one_place_of_all_fixtures_and_made_files(word: str) -> None:
    sources = [path for path in fixtures.folder().rglob("*") if path.is_file()]
    written = sum(path.read_text(encoding="utf-8").count(word) for path in sources)
    made = [row["key"] for row in fixtures.documents() if word in readable(*texts.piece(row))]

    assert written == 1
    assert made == {IP: ["cd002.pi-a2.1"], DEFENCE: ["cd001.sd-a1.1"], PUBLIC: []}[word]


def readable(name: str, content: bytes) -> str:
    """Every letter a reader of any kind could find in a made file."""
    if name.endswith(".pdf"):
        pages = pypdfium2.PdfDocument(content)
        return name + "".join(page.get_textpage().get_text_bounded() for page in pages)
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return name + "".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
    return name + content.decode()


@pytest.mark.requirement("A7")
def test_no_title_or_name_carries_a_probe_word(stage: Stage) -> None:
    said = " ".join(" ".join(row) for row in Document.objects.values_list("title", "original_name"))

    assert not any(word in said for word in (IP, DEFENCE, PUBLIC))
