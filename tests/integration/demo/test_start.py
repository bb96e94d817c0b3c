"""`demo` as an operator runs it: real processes, a folder of their own, a port of their own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

PASSWORD = "clave-elegida-para-la-prueba"
#: Seconds: on a machine that is busy with other work the migrations alone take more than a minute.
PATIENCE = 240
WORKER = b"manage.py\0worker"


def environment(home: Path, port: int = 8000, /, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CUSTODIA_", "DJANGO_"))}
    return {**kept, "CUSTODIA_HOME": str(home), "CUSTODIA_PORT": str(port), **more}


def manage(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.ROOT, env={**environment(home), **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """A folder loaded after a first run was killed: what the second run answered, and where the first stopped."""

    home: Path
    answer: Any
    cut: int


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    home = tmp_path_factory.mktemp("installations") / "home"
    arguments = ("demo", "--load-only", "--json")
    first = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.ROOT, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: played(home) > 60 or first.poll() is not None)
    finally:
        first.kill()
        first.wait()
    cut = played(home)
    ran = manage(home, *arguments, DEMO_PASSWORD=PASSWORD)
    assert ran.returncode == 0, ran.stderr
    return Loaded(home, json.loads(ran.stdout), cut)


@pytest.fixture
def installation(loaded: Loaded, tmp_path: Path) -> Path:
    """A copy of it to do things to."""
    home = tmp_path / "home"
    shutil.copytree(loaded.home, home)
    return home


def asked(home: Path, question: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(f"file:{home}/custodia.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(question).fetchall()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.requirement("A7")
def test_loading_answers_address_password_people_and_expedientes(loaded: Loaded) -> None:
    answer = loaded.answer

    assert set(answer) == {"address", "password", "users", "expedientes"}
    assert (answer["address"], answer["password"]) == ("http://127.0.0.1:8000/", PASSWORD)
    assert {"login": "revisora", "role": "reviewer"} in answer["users"]
    assert len(answer["users"]) == 15
    assert "GC-130-CD-2026-001" in {row["code"] for row in answer["expedientes"]}


@pytest.mark.requirement("A7")
def test_a_second_load_changes_nothing_but_the_passwords(installation: Path) -> None:
    everything = "SELECT (SELECT count(*) FROM records_document), (SELECT count(*) FROM records_ledgerevent)"
    clock, before = (installation / "clock.json").read_bytes(), asked(installation, everything)
    passwords = asked(installation, "SELECT username, password FROM users_user ORDER BY 1")

    ran = manage(installation, "demo", "--load-only", "--json")

    assert (ran.returncode, json.loads(ran.stdout)["password"] != PASSWORD) == (0, True)
    assert (installation / "clock.json").read_bytes() == clock
    assert asked(installation, everything) == before
    renewed = asked(installation, "SELECT username, password FROM users_user ORDER BY 1")
    assert all(old != new for old, new in zip(passwords, renewed, strict=True))
    assert len({encoded for _login, encoded in renewed}) == 15


def test_a_load_cut_short_goes_on_where_it_stopped(loaded: Loaded) -> None:
    pieces, bytes_of_their_own = asked(loaded.home, "SELECT count(*), count(DISTINCT blob_id) FROM records_document")[0]

    assert 60 < loaded.cut < played(loaded.home)
    assert pieces == bytes_of_their_own == 81
    assert asked(loaded.home, "SELECT until, finished FROM demo_demoload") == [("2027-10-20", 1)]
    assert asked(loaded.home, "SELECT count(*) FROM publication_publishedproject") == [(2,)]
    assert asked(loaded.home, "SELECT count(*) FROM search_outboxentry") == [(0,)]


def played(home: Path) -> int:
    try:
        return int(asked(home, "SELECT count(*) FROM demo_playedstep")[0][0])
    except sqlite3.OperationalError:
        return 0


def test_another_date_is_refused_with_what_to_do(installation: Path) -> None:
    ran = manage(installation, "demo", "--load-only", "--on", "2028-06-01", "--json")

    error = json.loads(ran.stdout)["error"]
    assert (ran.returncode, error["code"]) == (1, "other_date")
    assert "2027-10-20" in error["message"]
    assert "demo-reset" in error["message"]


def test_a_busy_port_is_told_before_anything_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        ran = manage(home, "demo", "--json", CUSTODIA_PORT=str(port))

    assert (ran.returncode, json.loads(ran.stdout)["error"]["code"]) == (1, "port_busy")
    assert not (home / "clock.json").exists()


def test_a_usage_fault_ends_with_two_and_one_document(tmp_path: Path) -> None:
    ran = manage(tmp_path / "home", "demo", "--on", "nunca", "--json")

    assert ran.returncode == 2
    assert json.loads(ran.stdout)["error"]["code"] == "usage"


@pytest.fixture
def serving(installation: Path) -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--json"], cwd=settings.ROOT, env=environment(installation, port),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process, port, installation
    process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


@pytest.mark.requirement("A7")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_it_serves_works_and_ends_all_it_started(
    serving: tuple[subprocess.Popen[str], int, Path], number: signal.Signals
) -> None:
    process, port, home = serving
    assert process.stdout is not None
    answer = json.loads(process.stdout.readline())
    pages = [status_of(port, path) for path in ("/", "/banco/", "/salud/")]
    wait_until(lambda: children_of(home, WORKER))

    process.send_signal(number)
    process.wait(PATIENCE)
    wait_until(lambda: not children_of(home))

    assert answer["address"] == f"http://127.0.0.1:{port}/"
    assert pages == [200, 200, 200]
    assert process.stdout.read() == ""
    assert number is signal.SIGKILL or process.returncode == 0


def test_a_worker_that_is_killed_is_replaced_and_a_second_demo_refused(
    serving: tuple[subprocess.Popen[str], int, Path],
) -> None:
    process, _port, home = serving
    assert process.stdout is not None
    process.stdout.readline()
    wait_until(lambda: children_of(home, WORKER))
    (first,) = children_of(home, WORKER)

    os.kill(first, signal.SIGKILL)
    wait_until(lambda: [pid for pid in children_of(home, WORKER) if pid != first])
    second = manage(home, "demo", "--load-only", "--json")

    running = process.poll() is None
    process.terminate()

    assert running
    assert process.wait(PATIENCE) == 0
    assert (second.returncode, json.loads(second.stdout)["error"]["code"]) == (1, "already_running")


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def children_of(home: Path, word: bytes = b"") -> list[int]:
    """Processes of this installation other than the command itself, by their environment."""
    wanted = f"CUSTODIA_HOME={home}".encode()
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if is_child(folder, wanted, word)]


def is_child(folder: Path, wanted: bytes, word: bytes) -> bool:
    try:
        line = (folder / "cmdline").read_bytes()
        return (
            wanted in (folder / "environ").read_bytes().split(b"\0")
            and b"demo" not in line.split(b"\0")
            and word in line
        )
    except OSError:
        return False


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
