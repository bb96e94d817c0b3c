"""A download that goes on while the right to it ends is stopped, against the real server (criterion 4)."""

from __future__ import annotations

import http.client
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from tests import factories
from tests.ground import EXPEDIENTE
from tests.installation import prepared, run_folder
from tests.serving import Person, Site, served, token_in

pytestmark = pytest.mark.criterion(4)
MIB = 1024**2
SIZE = 96 * MIB
UNTIL = factories.FAR.isoformat()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = prepared(run_folder(tmp_path_factory), tmp_path_factory.mktemp("stopped") / "home")
    with served(home) as running:
        yield running


@pytest.fixture(scope="module")
def piece(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A long text that custody keeps."""
    file = tmp_path_factory.mktemp("largo") / "largo.txt"
    file.write_bytes((os.urandom(512).hex().encode() + b"\n") * (SIZE // 1025))
    words = ("--expediente", EXPEDIENTE, "--as", "archivista", "--tipo", "anexo_del_convenio", "--date", "2026-06-10")
    (row,) = site.home.command("file_documents", str(file), *words)
    assert row["ok"], row
    return str(row["document"])


class Reader(Person):
    """Somebody who entered and has no expediente of her own to file in."""

    def __init__(self, site: Site, login: str) -> None:
        self.port, self.cookies = site.home.port, SimpleCookie()
        self.enter(login)


class Download:
    """Bytes that its reader takes as slowly as it likes."""

    def __init__(self, person: Person, piece: str) -> None:
        self.wire = person.connect()
        self.wire.request("GET", f"/custodia/documentos/{piece}/original", headers=person.headers())
        self.answer = self.wire.getresponse()
        assert self.answer.status == 200, self.answer.read()[:400]
        self.promised = int(self.answer.headers["Content-Length"])
        self.taken = 0

    def take(self, size: int) -> None:
        self.taken += len(self.answer.read(size))

    def rest(self) -> bool:
        """Take all that still comes; whether it was all that was promised."""
        deadline = time.monotonic() + 120
        try:
            while self.taken < self.promised and time.monotonic() < deadline:
                data = self.answer.read(MIB)
                if not data:
                    break
                self.taken += len(data)
        except (http.client.IncompleteRead, ConnectionError, TimeoutError) as cut:
            self.taken += len(getattr(cut, "partial", b""))
        finally:
            self.wire.close()
        return self.taken == self.promised


def change(site: Site, statement: str, *values: object) -> None:
    """What an administrator's screen would write, past the product."""
    with closing(sqlite3.connect(site.home.home / "custodia.sqlite3", timeout=30)) as database, database:
        assert database.execute(statement, values).rowcount == 1


def disable(site: Site, person: Person) -> None:
    change(site, "UPDATE users_user SET is_active = 0 WHERE username = ?", "archivista")


def leave(site: Site, person: Person) -> None:
    """The same person signs out in another window."""
    token = person.ask("GET", "/cuenta/salir/")
    form = f"csrfmiddlewaretoken={token_in(token)}"
    done = person.ask("POST", "/cuenta/salir/", form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert done.status == 302


def other_password(site: Site, person: Person) -> None:
    change(site, "UPDATE users_user SET password = 'x' || password WHERE username = ?", "archivista")


@pytest.fixture
def restored(site: Site) -> Iterator[None]:
    (held,) = site.home.rows("SELECT password FROM users_user WHERE username = 'archivista'")
    yield
    change(site, "UPDATE users_user SET is_active = 1, password = ? WHERE username = 'archivista'", held[0])


@pytest.mark.parametrize("end", [disable, leave, other_password])
def test_bytes_stop_when_the_session_or_the_account_ends(
    site: Site, piece: str, restored: None, end: Callable[[Site, Person], None]
) -> None:
    person = Person(site.home, "archivista")
    download = Download(person, piece)
    download.take(MIB)
    end(site, person)
    whole = download.rest()
    assert not whole
    assert download.taken < SIZE / 2
    assert person.ask("GET", "/custodia/").status == 302
    (told,) = site.home.rows("SELECT count(*) FROM records_ledgerevent WHERE action = 'download.stopped'")
    assert told[0] >= 1


def test_bytes_stop_when_a_grant_is_withdrawn(site: Site, piece: str, tmp_path: Path) -> None:
    grounds = tmp_path / "grounds.json"
    grounds.write_text(json.dumps(factories.grounds_for("restricted")))
    level = ("--document", piece, "--level", "restricted", "--as", "custodia", "--grounds", str(grounds))
    act = site.home.command("classify", *level)["act"]
    site.home.command("approve", "--act", act, "--as", "jefatura")
    given = ("--document", piece, "--to", "revisora", "--until", UNTIL, "--reason", "Revisa", "--as", "custodia")
    grant = site.home.command("grant", *given)["grant"]
    reader = Reader(site, "revisora")
    download = Download(reader, piece)
    download.take(MIB)
    site.home.command("revoke", "--grant", grant, "--as", "custodia")
    assert not download.rest()
    assert download.taken < SIZE / 2
    assert reader.ask("GET", f"/custodia/documentos/{piece}/original").status == 404


def test_who_still_may_gets_every_byte(site: Site, piece: str) -> None:
    download = Download(Person(site.home, "archivista"), piece)
    download.take(MIB)
    time.sleep(1.5)
    assert download.rest()
