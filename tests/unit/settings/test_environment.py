"""The environment is read strictly: every missing or malformed variable is named, and all at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings import env

ROOT = Path(__file__).resolve().parents[3]
SOUND = {
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "custodia.example",
    "DATABASE_URL": "postgresql://desk:word@db.example/custodia",
    "SITE_ROLE": "desk",
}


def load(profile: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Load a profile in a process of its own, with nothing in its environment but these variables."""
    environment = {"PATH": os.environ["PATH"], "CUSTODIA_HOME": str(home), **variables}
    command = [sys.executable, "-c", f"import cms.settings.{profile} as s; print(s.SITE_ROLE, s.ROOT_URLCONF)"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_all_faults_are_named_in_one_refusal() -> None:
    environment = env.Environment({"CUSTODIA_PORT": "ochenta", "SITE_ROLE": "jefe", "DATABASE_URL": "mysql://x"})
    environment.read("CUSTODIA_PORT", env.port, 8000)
    environment.read("SITE_ROLE", env.role, "all")
    environment.read("DATABASE_URL", env.database)
    environment.read("SECRET_KEY", env.secret)
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.finish()
    for name in ("CUSTODIA_PORT", "SITE_ROLE", "DATABASE_URL", "SECRET_KEY"):
        assert str(refusal.value).count(f"{name}: ") == 1


def test_production_names_everything_it_lacks(tmp_path: Path) -> None:
    done = load("production", tmp_path, CUSTODIA_PORT="70000", SITE_ROLE="root")
    assert done.returncode == 1
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "CUSTODIA_PORT", "SITE_ROLE"):
        assert f"{name}: " in done.stderr


def test_production_refuses_the_demo_password(tmp_path: Path) -> None:
    done = load("production", tmp_path, **SOUND, DEMO_PASSWORD="la-de-la-demo")
    assert done.returncode == 1
    assert "DEMO_PASSWORD: es solo de la demostración" in done.stderr
    assert "la-de-la-demo" not in done.stderr


def test_a_refusal_does_not_repeat_the_value(tmp_path: Path) -> None:
    done = load("production", tmp_path, **{**SOUND, "SECRET_KEY": "corta-y-secreta"})
    assert "SECRET_KEY: " in done.stderr
    assert "corta-y-secreta" not in done.stderr


@pytest.mark.parametrize(
    ("role", "urls"),
    [("public", "public"), ("editor", "editor"), ("desk", "desk"), ("worker", "all"), ("all", "all")],
)
def test_the_role_picks_the_addresses(tmp_path: Path, role: str, urls: str) -> None:
    done = load("production", tmp_path, **{**SOUND, "SITE_ROLE": role})
    assert done.stdout.split() == [role, f"cms.urls.{urls}"], done.stderr


def test_production_has_no_clock_to_move_and_speaks_only_https(tmp_path: Path) -> None:
    command = "import cms.settings.production as s; print(s.CLOCK_OFFSET_ALLOWED, s.SECURE_SSL_REDIRECT, s.DEBUG)"
    environment = {"PATH": os.environ["PATH"], "CUSTODIA_HOME": str(tmp_path), **SOUND}
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["False", "True", "False"], done.stderr


@pytest.mark.parametrize(
    ("parse", "raw"),
    [
        (env.port, "0"),
        (env.port, "65536"),
        (env.port, "\uff18\uff10"),
        (env.role, "Public"),
        (env.secret, "x" * 60),
        (env.hosts, "*"),
        (env.hosts, " , "),
        (env.database, "postgresql://host/"),
        (env.database, "sqlite"),
    ],
)
def test_malformed_values_are_refused(parse: Callable[[str], Any], raw: str) -> None:
    environment = env.Environment({"NAME": raw})
    environment.read("NAME", parse)
    assert environment.faults, raw


def test_a_database_address_is_read_with_its_escapes() -> None:
    entry = env.database("postgresql://ana%40x:p%2Fw@db.example:5433/custodia?sslmode=require")
    assert (entry["USER"], entry["PASSWORD"], entry["PORT"]) == ("ana@x", "p/w", "5433")
    assert entry["OPTIONS"] == {"sslmode": "require"}


def test_the_embedded_database_asks_for_what_custody_leans_on() -> None:
    command = env.sqlite(Path("x.sqlite3"))["OPTIONS"]["init_command"]
    for wanted in ("journal_mode=WAL", "synchronous=FULL", "recursive_triggers=ON", "foreign_keys=ON"):
        assert wanted in command
