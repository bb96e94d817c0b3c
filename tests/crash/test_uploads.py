"""Uploads against a served installation: many hands at once, and kill -9 in the middle of an upload and of a batch."""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.installation import prepared, run_folder
from tests.serving import Answer, Person, Site, served

MIB = 1024**2
REPEATS = int(os.environ.get("CRASH_REPEATS", "1"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = prepared(run_folder(tmp_path_factory), tmp_path_factory.mktemp("uploads") / "home")
    with served(home) as running:
        yield running


@pytest.fixture
def archivist(site: Site) -> Person:
    return Person(site.home, "archivista")


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """The answers of acts begun together."""
    gate = threading.Barrier(len(acts))

    def act(one: Callable[[], Answer]) -> Answer:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def arrive(person: Person, content: bytes, name: str = "anexo.txt", batch: str = "") -> str:
    address = person.announce(len(content), name, batch)
    assert person.patch(address, content, 0).status == 204
    return address


def noise(size: int) -> bytes:
    """A text like no other."""
    return os.urandom(size // 2).hex().encode()


def unlike(number: int = 0) -> bytes:
    return f"anexo {number} {uuid.uuid4()}\n".encode()


def waiting_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def bytes_of(site: Site, address: str) -> Path:
    return site.home.home / "arrivals" / address.split("/")[3]


# At once ------------------------------------------------------------------------------------------


@pytest.mark.rule("K8")
@pytest.mark.requirement("K6")
def test_one_writes_a_draft_at_a_time(site: Site, archivist: Person) -> None:
    content = noise(3 * MIB)
    address = archivist.announce(len(content), "datos.txt")
    wire = archivist.begin_patch(address, len(content))
    wire.sendall(content[:MIB])
    waiting_until(lambda: bytes_of(site, address).stat().st_size > 0)
    second = archivist.patch(address, b"x" * 10, 0)
    assert second.status in (423, 409)
    assert second.json()["code"] == "draft_busy"
    wire.sendall(content[MIB:])
    assert wire.recv(100).startswith(b"HTTP/1.1 204")
    assert archivist.offset(address) == len(content)
    assert archivist.ask("GET", address).json()["digest"] == hashlib.sha256(content).hexdigest()


def test_a_draft_discarded_while_it_is_written_leaves_nothing(site: Site, archivist: Person) -> None:
    address = archivist.announce(64 * MIB, "datos.txt")
    wire = archivist.begin_patch(address, 64 * MIB)
    wire.sendall(bytes(2 * MIB))
    waiting_until(lambda: bytes_of(site, address).stat().st_size > 0)
    assert archivist.ask("DELETE", address, None, {"Tus-Resumable": "1.0.0"}).status == 204
    wire.sendall(bytes(4 * MIB))
    assert wire.recv(100).startswith(b"HTTP/1.1 404")
    assert not bytes_of(site, address).exists()
    assert archivist.ask("GET", address).status == 404


@pytest.mark.rule("K8", "C2")
@pytest.mark.beyond(13)
def test_a_draft_filed_twice_at_once_is_one_piece_with_one_receipt(site: Site, archivist: Person) -> None:
    for number in range(5):
        address = arrive(archivist, unlike(number))
        told = [answer.json() for answer in at_once(*[lambda: archivist.file(address)] * 3)]  # noqa: B023 - at once
        assert {one["ok"] for one in told} == {True}
        assert len({(one["document"], one["radicado"], one["signature"]) for one in told}) == 1
        digest = told[0]["sha256"]
        assert site.home.rows("SELECT COUNT(*) FROM records_document WHERE blob_id = ?", digest) == [(1,)]


@pytest.mark.rule("C8")
def test_the_same_file_from_two_people_at_once_asks_one_of_them(site: Site, archivist: Person) -> None:
    colleague = Person(site.home, "custodia")
    for number in range(5):
        content = unlike(number)
        first, second = arrive(archivist, content), arrive(colleague, content)
        answers = at_once(lambda: archivist.file(first), lambda: colleague.file(second))  # noqa: B023 - at once
        assert sorted(answer.status for answer in answers) == [201, 409]
        (asked,) = [answer.json() for answer in answers if answer.status == 409]
        (filed,) = [answer.json() for answer in answers if answer.status == 201]
        assert (asked["code"], asked["draft"]["twin"]["radicado"]) == ("duplicate", filed["radicado"])


def test_a_draft_discarded_while_it_is_filed_is_one_or_the_other(site: Site, archivist: Person) -> None:
    for number in range(5):
        content = unlike(number)
        address = arrive(archivist, content)
        filed, dropped = at_once(
            lambda: archivist.file(address),  # noqa: B023 - at once
            lambda: archivist.ask("DELETE", address, None, {"Tus-Resumable": "1.0.0"}),  # noqa: B023 - at once
        )
        held = site.home.rows(
            "SELECT COUNT(*) FROM records_document WHERE blob_id = ?", hashlib.sha256(content).hexdigest()
        )
        assert ((filed.status, dropped.status), held) in (((201, 409), [(1,)]), ((404, 204), [(0,)])), filed.body


# kill -9 ------------------------------------------------------------------------------------------


@pytest.mark.beyond(13)
@pytest.mark.criterion(10)
@pytest.mark.requirement("K6")
def test_an_upload_killed_in_the_middle_goes_on_where_it_was(site: Site, archivist: Person) -> None:
    content = noise(24 * MIB)
    address = archivist.announce(len(content), "datos.txt")
    assert archivist.patch(address, content[: 8 * MIB], 0).status == 204
    wire = archivist.begin_patch(address, 16 * MIB, 8 * MIB)
    wire.sendall(content[8 * MIB : 13 * MIB])
    waiting_until(lambda: bytes_of(site, address).stat().st_size > 8 * MIB)
    site.kill()
    wire.close()
    site.start()
    reached = archivist.offset(address)
    assert 8 * MIB < reached <= 13 * MIB
    assert bytes_of(site, address).read_bytes() == content[:reached]
    assert archivist.patch(address, content[reached:], reached).status == 204
    assert archivist.file(address).json()["sha256"] == hashlib.sha256(content).hexdigest()


def file_all(archivist: Person, addresses: list[str], receipts: dict[str, dict[str, str]]) -> None:
    """File one after the other and keep what was answered; a killed server ends it."""
    for address in addresses:
        try:
            answer = archivist.file(address)
        except (OSError, http.client.HTTPException):  # cut before the answer, or in the middle of it
            return
        if answer.status == 201:
            receipts[address] = answer.json()


def killed_in_a_batch(site: Site, archivist: Person, count: int) -> None:
    batch = str(uuid.uuid4())
    contents = {arrive(archivist, unlike(n), f"anexo {n}.txt", batch): n for n in range(count)}
    addresses, receipts = list(contents), {}  # type: ignore[var-annotated]
    hands = [threading.Thread(target=file_all, args=(archivist, addresses[side::2], receipts)) for side in (0, 1)]
    for hand in hands:
        hand.start()
    waiting_until(lambda: len(receipts) >= random.randint(3, count - 8))
    time.sleep(random.random() * 0.05)
    site.kill()
    for hand in hands:
        hand.join()
    site.start()
    check_receipts(site, archivist, addresses, receipts, batch)


def check_receipts(
    site: Site, archivist: Person, addresses: list[str], receipts: dict[str, dict[str, str]], batch: str
) -> None:
    """What was acknowledged is there and the same; the rest can follow; nothing is there twice."""
    assert len(receipts) < len(addresses)
    for address in addresses:
        state = archivist.ask("GET", address).json()
        assert state["state"] == "filed" if address in receipts else state["state"] in ("filed", "waiting")
        again = archivist.file(address)
        assert again.status == 201, again.body
        if address in receipts:
            assert again.json() == receipts[address]
    rows = site.home.rows(
        "SELECT radicado, blob_id FROM records_document WHERE batch = ? ORDER BY 1", uuid.UUID(batch).hex
    )
    told = {one["radicado"]: one["sha256"] for one in archivist.ask("GET", f"/custodia/recibos/{batch}.json").json()
            ["receipt"]["receipts"] for one in [one["receipt"]]}  # fmt: skip
    assert len(rows) == len(addresses)
    assert dict(rows) == told
    assert site.home.command("verify_custody")["findings"] == []
    assert [path.name for path in (site.home.home / "arrivals").iterdir() if path.name in contents_of(addresses)] == []


def contents_of(addresses: list[str]) -> set[str]:
    return {address.split("/")[3] for address in addresses}


@pytest.mark.beyond(13)
@pytest.mark.rule("K8", "C2")
@pytest.mark.criterion(10)
def test_receipts_match_what_is_stored_after_a_kill_in_the_middle_of_a_batch(site: Site, archivist: Person) -> None:
    killed_in_a_batch(site, archivist, 24)


@pytest.mark.soak
@pytest.mark.beyond(13)
@pytest.mark.parametrize("repetition", range(max(REPEATS, 10)))
def test_again_and_again(site: Site, archivist: Person, repetition: int) -> None:
    killed_in_a_batch(site, archivist, 60)
