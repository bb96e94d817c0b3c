"""An installation of the first version is brought to this one with what it holds."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-06-10 08:00:00"


def manage(home: Path, *words: str) -> str:
    given = {**os.environ, "CUSTODIA_HOME": str(home), "DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
    given.pop("DATABASE_URL", None)
    words = (sys.executable, "manage.py", *words)
    ran = subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def insert(database: sqlite3.Connection, table: str, **values: object) -> None:
    columns = ", ".join(values)
    marks = ", ".join("?" for _value in values)
    database.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))


def fill(database: sqlite3.Connection) -> None:
    """One piece of one tipo in one expediente, as the first version wrote them, past the triggers of this one."""
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    user, expediente, subserie, serie = (uuid.uuid4().hex for _each in range(4))
    insert(database, "users_user", id=user, username="ana", **what_it_demands(database, "users_user", "id", "username"))
    insert(database, "records_trdversion", number=3, in_force_from="2025-01-01")
    insert(database, "records_serie", id=serie, trd_id=3, code="130", name="Convenios")
    insert(database, "records_subserie", id=subserie, serie_id=serie, code="130.1", name="Convenios", kind="derived")
    insert(database, "records_tipodocumental", code="anexo_del_convenio", name="Anexo", kinds='["derived"]', stage="",
           producer="", default_level="", default_reasons="[]", template="", formats="")  # fmt: skip
    insert(database, "records_expediente", id=expediente, code="GC-130-CD-1", title="t", kind="derived", office="x",
           state="open", opened_on="2026-06-10", convenio_number="", created_at=DAY, last_order=1, last_folio=1,
           opened_by_id=user, subserie_id=subserie)  # fmt: skip
    insert(database, "records_blob", digest="a" * 64, algorithm="sha256", size=1, stored_at=DAY)
    insert(database, "records_document", id=uuid.uuid4().hex, expediente_id=expediente, folio_first=1, folio_last=1,
           radicado="2026-000001", tipo_id="anexo_del_convenio", title="t", date="2026-06-10", author="a",
           origin="electronico", annex_key="", filed_by_id=user, filed_at=DAY, blob_id="a" * 64, original_name="a",
           media_type="text/plain", extension=".txt", pages=1, inspected=1, flags="[]", duplicate_reason="",
           level="restricted", **{'"order"': 1})  # fmt: skip


def what_it_demands(database: sqlite3.Connection, table: str, *given: str) -> dict[str, object]:
    """A value for each column that must have one and that the test does not care about."""
    columns = database.execute('SELECT name, type FROM pragma_table_info(?) WHERE "notnull"', [table]).fetchall()
    fillers: dict[str, object] = {"bool": 0, "datetime": DAY}
    return {name: fillers.get(kind, "") for name, kind in columns if name not in given}


@pytest.mark.rule("R1", "R2")
def test_pieces_keep_their_tipo_and_expedientes_take_their_version(tmp_path: Path) -> None:
    manage(tmp_path, "migrate", "--verbosity", "0", "records", "0001")
    manage(tmp_path, "migrate", "--verbosity", "0", "users")
    (file,) = tmp_path.glob("*.sqlite3")
    with sqlite3.connect(file) as database:
        fill(database)
    manage(tmp_path, "migrate", "--verbosity", "0")
    with sqlite3.connect(file) as database:
        piece = database.execute(
            "SELECT t.code, t.trd_id, d.state, e.trd_id FROM records_document d"
            " JOIN records_tipodocumental t ON t.id = d.tipo_id JOIN records_expediente e ON e.id = d.expediente_id"
        ).fetchall()
        office = database.execute("SELECT office_code FROM records_trdversion").fetchone()
    assert piece == [("anexo_del_convenio", 3, "classified", 3)]
    assert office == ("GC",)
