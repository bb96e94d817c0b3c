"""The tables of the tests, made once per set of migrations: making them costs half a minute, a copy a second.

Only SQLite in memory is begun from a copy. Migrations run all the same and find themselves applied; what follows
each of them (rights, triggers, the signing keys of this very run) is made anew. A copy is named by what its tables
come from, so that another migration or another package makes another.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).parents[1]
COPIES = ROOT / "var" / "test-database"
MIGRATIONS = ("*/migrations/*.py", "*/*/migrations/*.py")
#: Rows that belong to keys on the disk of the run that made them.
KEYS = ("records_signingkey",)


def made_from() -> Iterable[Path]:
    return sorted(path for pattern in MIGRATIONS for path in ROOT.glob(pattern) if ".venv" not in path.parts)


def name() -> str:
    """Hexadecimal digest of the migrations, of the settings and of the versions of every package."""
    whole = hashlib.sha256()
    settings = sorted((ROOT / "cms" / "settings").glob("*.py"))
    for path in (*made_from(), *settings, ROOT / "requirements" / "base.txt"):
        whole.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:24]


def in_memory(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "sqlite" and not connection.settings_dict["TEST"]["NAME"]


def begin_with_copy(connection: BaseDatabaseWrapper) -> sqlite3.Connection | None:
    """What keeps the copy in memory until the first connection of the tests holds it; nothing where none was kept."""
    copy = COPIES / f"{name()}.sqlite3"
    if not in_memory(connection) or not copy.exists():
        return None
    held = sqlite3.connect(connection.creation._get_test_db_name(), uri=True)
    with closing(sqlite3.connect(copy)) as source:
        source.backup(held)
    return held


def keep_copy(connection: BaseDatabaseWrapper) -> None:
    """Written beside and then named: parallel runs never read half of one."""
    copy = COPIES / f"{name()}.sqlite3"
    if not in_memory(connection) or copy.exists():
        return
    COPIES.mkdir(parents=True, exist_ok=True)
    partial = copy.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(partial)) as target:
        connection.connection.backup(target)
        forget_keys(target)
    partial.rename(copy)


def forget_keys(target: sqlite3.Connection) -> None:
    """Triggers hold these rows; they are installed again with every migration."""
    for (trigger,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        target.execute(f'DROP TRIGGER "{trigger}"')
    for table in KEYS:
        target.execute(f"DELETE FROM {table}")
    target.commit()
