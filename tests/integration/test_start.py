"""The whole way: a real installation, opened or altered, does not start, whoever starts it (criterion 37)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ("-c", "import cms.wsgi")
WORKER = ("manage.py", "worker", "--once")

pytestmark = [pytest.mark.criterion(37)]


def start(home: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "CUSTODIA_HOME": str(home), **variables}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("instalacion") / "casa"
    done = start(home, "manage.py", "migrate", "--verbosity=0")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(migrated: Path, tmp_path: Path) -> Path:
    """A copy of the installation, modes included."""
    return Path(shutil.copytree(migrated, tmp_path / "casa"))


def altered(sql: str) -> Callable[[Path], None]:
    def act(home: Path) -> None:
        with sqlite3.connect(home / "custodia.sqlite3") as database:
            database.execute("PRAGMA ignore_check_constraints = ON")
            database.execute(sql)
        database.close()

    return act


def opened(name: str, mode: int) -> Callable[[Path], None]:
    return lambda home: (home / name).chmod(mode)


PERSON = (
    "INSERT INTO users_user (id, password, is_superuser, username, full_name, email, is_active, is_staff, "
    "desk_access, date_joined) VALUES ('{id}', '!', {superuser}, '{login}', '', '', 1, 0, 0, '2026-01-01')"
)
DANGERS = {
    "an opened folder": (opened(".", 0o755), "queda abierto"),
    "a readable database": (opened("custodia.sqlite3", 0o644), "custodia.sqlite3"),
    "a readable secret": (opened("secret_key", 0o604), "secret_key"),
    "an opened store": (opened("store", 0o755), "store"),
    "a missing trigger": (altered("DROP TRIGGER held_records_ledgerevent_delete"), "held_records_ledgerevent_delete"),
    "guardian's anonymous": (altered(PERSON.format(id="a" * 32, superuser=0, login="AnonymousUser")), "AnonymousUser"),
    "a superuser": (altered(PERSON.format(id="b" * 32, superuser=1, login="raiz")), "superusuario"),
    "no tables": (lambda home: (home / "custodia.sqlite3").write_bytes(b""), "manage.py migrate"),
}


@pytest.mark.parametrize("command", [SITE, WORKER], ids=["site", "worker"])
def test_a_sound_installation_starts(home: Path, command: tuple[str, ...]) -> None:
    done = start(home, *command)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("danger", DANGERS)
def test_a_dangerous_installation_is_not_served(home: Path, danger: str) -> None:
    act, word = DANGERS[danger]
    act(home)
    done = start(home, *SITE)
    assert done.returncode != 0
    assert "Custodia no arranca" in done.stderr
    assert word in done.stderr


def test_check_tells_what_would_not_be_served_and_other_commands_go_on(home: Path) -> None:
    """An operator asks before she starts anything; what is there to mend is not refused for what it mends."""
    assert start(home, "manage.py", "check", "--database", "default").returncode == 0
    home.chmod(0o755)
    altered("DROP TRIGGER held_records_ledgerevent_delete")(home)
    asked = start(home, "manage.py", "check", "--database", "default")
    assert asked.returncode != 0
    for word in ("queda abierto", "held_records_ledgerevent_delete"):
        assert word in asked.stderr
    assert start(home, "manage.py", "rotate_signing_key", "--json").returncode == 0


def test_the_worker_refuses_what_the_site_refuses(home: Path) -> None:
    home.chmod(0o755)
    done = start(home, *WORKER)
    assert done.returncode != 0
    assert "queda abierto" in done.stdout + done.stderr


def test_all_dangers_are_named_at_once(home: Path) -> None:
    for danger in ("an opened folder", "a missing trigger", "a superuser"):
        DANGERS[danger][0](home)
    done = start(home, *SITE)
    for word in ("queda abierto", "held_records_ledgerevent_delete", "superusuario"):
        assert word in done.stderr
