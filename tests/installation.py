"""A whole installation in a folder of its own, driven from outside: its commands, its running demo, its end."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cms.demo.serving import die_with

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "clave-de-recorrido-7"
#: What of the caller's environment a child of ours must not meet: it would point to another installation.
FOREIGN = ("DATABASE_URL", "SITE_ROLE", "DJANGO_SETTINGS_MODULE", "CUSTODIA_TEST_WORKER", "PYTEST_XDIST_WORKER")
PATIENCE = 180.0


class Installation:
    """One folder, one port. `command` runs an operator's command; `start` and `stop` the whole demo."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.home, self.port = home, port or free_port()
        self.process: subprocess.Popen[str] | None = None
        self.announced: dict[str, Any] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        own = {"CUSTODIA_HOME": str(self.home), "CUSTODIA_PORT": str(self.port), "DEMO_PASSWORD": PASSWORD}
        return kept | own

    def popen(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """A command as the leader of its own process group, its words on pipes or where `options` say."""
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        ending = die_with(os.getpid())  # a test run that is ended leaves nothing running
        return subprocess.Popen(
            command,
            env=self.environment(),
            text=True,
            start_new_session=True,
            preexec_fn=ending,  # noqa: PLW1509  it only asks the kernel
            **given,
        )

    def command(self, *words: str, allowed: tuple[int, ...] = (0,)) -> Any:
        """The JSON document that a command prints; its exit status must be one of `allowed`."""
        process = self.popen(*words, "--json")
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode in allowed, f"{words}: {process.returncode}\n{out[-2000:]}\n{err[-2000:]}"
        return json.loads(out)

    def load(self) -> Any:
        return self.command("demo", "--load-only")

    def prepare(self) -> None:
        """The least that one needs to file, instead of the whole demo: see `tests.ground`."""
        given = self.environment() | {"DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
        command = [sys.executable, "-m", "tests.ground"]
        done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database file says, read past the product."""
        with contextlib.closing(sqlite3.connect(self.home / "custodia.sqlite3")) as database:
            return database.execute(statement, values).fetchall()

    def rewrite(self, statement: str, *values: object) -> None:
        """The database file as its owner may write it, past the product."""
        with contextlib.closing(sqlite3.connect(self.home / "custodia.sqlite3")) as database, database:
            database.execute(statement, values)

    def start(self) -> None:
        """Serve and work; returns when the demo has announced itself."""
        with tempfile.TemporaryFile("w+") as said:
            self.process = self.popen("demo", "--json", stderr=said)
            assert self.process.stdout is not None
            line = self.process.stdout.readline()
            said.seek(0)
            assert line, f"the demo did not start: {said.read()[-2000:]}"
        self.announced = json.loads(line)

    def stop(self) -> int:
        """Ask the demo to end, and wait until it has; its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self.process = None
        return status

    def kill(self) -> None:
        """End everything of this installation at once, as a power cut would: kill -9 for every process of it."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=60)
            self.process = None
        deadline = time.monotonic() + 30
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.02)

    def processes(self) -> list[int]:
        """Ids of the living processes that were started for this installation, told by their environment."""
        mark = f"CUSTODIA_HOME={self.home}".encode()
        return [pid for pid in all_processes() if pid != os.getpid() and mark in environment_of(pid)]

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page as a stranger gets it."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()


def run_folder(factory: Any) -> Path:
    """The folder that all processes of one test run share: under xdist, the parent of each worker's own."""
    own: Path = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def prepared(shared: Path, to: Path) -> Installation:
    """A prepared installation at `to`, copied from the one that all processes of a test run share under `shared`."""
    ground = Installation(shared / "custodia-ground")
    with (shared / "custodia-ground.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (ground.home / "prepared").exists():
            ground.prepare()
            (ground.home / "prepared").touch()
    shutil.copytree(ground.home, to)
    return Installation(to)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def all_processes() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def environment_of(pid: int) -> list[bytes]:
    """Variables of a living process; empty for one that ended or is not ours."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
