"""The PostgreSQL of the tests is a real one, is nobody's superuser, and ends with whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.services import postgres

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.services, pytest.mark.criterion(39)]


def test_it_serves_a_plain_role_and_leaves_nothing() -> None:
    with postgres.cluster() as address, psycopg.connect(address) as connection:
        role = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert role.fetchone() == (False, False)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        ordered = connection.execute("SELECT string_agg(x, '' ORDER BY x) FROM unnest('{o,ñ,n}'::text[]) x")
        assert ordered.fetchone() == ("nño",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=2)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_when_its_starter_is_ended(ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.services.postgres"]
    starter = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    address = starter.stdout.readline().strip().removeprefix("DATABASE_URL=")
    psycopg.connect(address).close()
    starter.send_signal(ending)
    starter.wait()
    starter.stdout.close()
    assert refuses_soon(address)


def refuses_soon(address: str) -> bool:
    """Whether the server stops answering; a fast shutdown takes a moment."""
    for _attempt in range(100):
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return True
        time.sleep(0.1)
    return False
