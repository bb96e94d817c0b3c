"""The restore drill: a backup made while people file opens on an empty host, whole, with its rights; and what is not
whole is named (P5). The recipe is that of `docs/reference/maintaining.md`, step by step."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from records import triggers
from tests.crash.test_kill import acknowledged, file_batch, make_batch
from tests.ground import EXPEDIENTE
from tests.installation import Installation, prepared, run_folder

pytestmark = [pytest.mark.requirement("P5"), pytest.mark.services]

#: Pieces of three kinds: granted, granted and withdrawn, and reserved; the installation's life so far.
SCENE = """
from records.models import Expediente
from records.services import access
from tests import factories
from tests.crash.steps.acts import person
held = Expediente.objects.get(code="GC-130-CD-2026-900")
pieces = [factories.file_piece(person("archivista"), held, b"Pieza %d restaurada" % n) for n in range(4)]
for piece, level in zip(pieces, ("restricted", "restricted", "reserved", "public")):
    factories.give_level(piece, level, person("custodia"), person("jefatura"))
grants = [
    access.grant_access(actor=person("custodia"), target=piece, person=person("revisora"), until=factories.FAR,
                        reason="Revisión técnica")
    for piece in pieces[:2]
]
access.revoke_grant(actor=person("custodia"), grant=grants[1], reason="Terminó la revisión")
"""
#: What each person may do with each piece, by the decision and by the door.
PROBES = """
import json
from django.test import Client
from records.explain import explain
from records.models import Document
from tests.crash.steps.acts import person
from tests.people import CAST
found = {}
pieces = list(Document.objects.filter(title__startswith="anexo").exclude(level="unclassified").order_by("order"))
for login in CAST:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person(login))
    for piece in pieces:
        door = client.get(f"/custodia/documentos/{piece.pk}/original").status_code
        found[f"{login} {piece.order}"] = [door, dict(explain(person(login), piece).allowed)]
print(json.dumps(found))
"""


def inside(home: Installation, script: str) -> str:
    process = home.popen("shell", "-v", "0", "-c", script)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-2000:]
    return out


def probes(home: Installation) -> dict[str, Any]:
    return dict(json.loads(inside(home, PROBES)))


def opened(backup: Path, at: Path) -> Installation:
    """The recipe: its files in an empty folder, and the index made again."""
    shutil.copytree(backup, at)
    home = Installation(at)
    home.command("search_index", "rebuild")
    return home


def findings(home: Installation, *words: str) -> list[dict[str, Any]]:
    return list(home.command("check_restored", *words, allowed=(0, 1))["findings"])


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    home = prepared(run_folder(tmp_path_factory), tmp_path_factory.mktemp("lived") / "home")
    inside(home, SCENE)
    home.command("checkpoint_ledger")
    return home


@pytest.fixture(scope="module")
def backup(lived: Installation, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[str]]:
    """Made in the middle of a batch: the folder, what it told, and digests that were acknowledged before it began."""
    folder = tmp_path_factory.mktemp("backup")
    receipts = folder / "receipts.jsonl"
    filing = file_batch(lived, make_batch(folder / "lote", 24), receipts, EXPEDIENTE)
    while len(acknowledged(receipts)) < 4 and filing.poll() is None:
        pass
    before = [one["sha256"] for one in acknowledged(receipts)]
    told = lived.command("back_up", str(folder / "respaldo"))
    assert filing.wait(timeout=120) == 0
    return folder / "respaldo", told, before


@pytest.mark.criterion(32)
def test_a_backup_opens_on_an_empty_host_whole_and_with_its_rights(
    lived: Installation, backup: tuple[Path, dict[str, Any], list[str]], tmp_path: Path
) -> None:
    folder, told, before = backup
    home = opened(folder, tmp_path / "home")
    assert findings(home, "--backup", str(folder / "respaldo.json")) == []
    assert home.command("verify_custody")["findings"] == []
    assert home.command("verify_ledger")["findings"] == []
    kept = {row[0] for row in home.rows("SELECT blob_id FROM records_document")}
    assert set(before) <= kept
    assert told["damaged"] == []
    assert len(kept) >= told["documents"]
    names = {row[0] for row in home.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert names >= triggers.EXPECTED["sqlite"]
    expected = probes(lived)
    assert {tuple(seen) for seen in (row[:1] for row in expected.values())} >= {(200,), (404,)}, "the probes tell apart"
    assert probes(home) == expected
    filed = file_batch(home, make_batch(tmp_path / "nuevo", 1), tmp_path / "receipts.jsonl", EXPEDIENTE)
    assert filed.wait(timeout=60) in (0, 1), "the batch of before may have brought the same file"
    tally = home.command("worker", "--once")
    assert (tally["failed"], tally["left"]) == (0, 0), "what waited for the worker goes on"
    assert home.command("search", "loteinterrumpido", "--as", "archivista")["total"] >= len(before)


@pytest.mark.criterion(13)
def test_an_older_database_under_the_surviving_heads_is_told_and_closes_the_desk(
    lived: Installation, backup: tuple[Path, dict[str, Any], list[str]], tmp_path: Path
) -> None:
    inside(lived, "from tests.crash.steps.acts import filed; filed(b'Despues del respaldo')")
    lived.command("checkpoint_ledger")
    home = opened(backup[0], tmp_path / "home")
    shutil.rmtree(home.home / "witness")
    shutil.copytree(lived.home / "witness", home.home / "witness")
    assert "rolled_back" in {one["problem"] for one in findings(home)}
    paths = make_batch(tmp_path / "lote", 1)
    words = ("file_documents", str(paths[0]), "--expediente", EXPEDIENTE, "--as", "archivista")
    facts = ("--tipo", "anexo_del_convenio", "--date", "2026-06-10")
    assert home.command(*words, *facts, allowed=(1,))["error"]["code"] == "ledger_diverged"
    home.command("acknowledge_rollback", "--as", "jefatura", "--reason", "Se dañó el disco de la base de datos.")
    assert findings(home) == []


@pytest.mark.requirement("B5")
def test_what_a_restored_installation_lacks_is_named(
    backup: tuple[Path, dict[str, Any], list[str]], tmp_path: Path
) -> None:
    home = opened(backup[0], tmp_path / "home")
    rows = home.rows('SELECT d.id, d.blob_id FROM records_document d ORDER BY "order" LIMIT 2')
    gone, flipped = (home.home / "store" / digest[:2] / digest for _key, digest in rows)
    gone.unlink()
    content = flipped.read_bytes()
    flipped.chmod(0o600)
    flipped.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with contextlib.closing(sqlite3.connect(home.home / "custodia.sqlite3")) as database:
        database.execute("DROP TRIGGER held_records_blob_delete")
        database.execute("DROP TRIGGER held_records_grantwithdrawal_delete")
        database.execute("DELETE FROM records_grantwithdrawal")
        database.commit()
    found = findings(home, "--backup", str(backup[0] / "respaldo.json"))
    named = {(one["problem"], one.get("sha256") or one.get("name") or one.get("found")) for one in found}
    assert named == {
        ("missing", rows[0][1]), ("altered", rows[1][1]), ("trigger_missing", "held_records_blob_delete"),
        ("trigger_missing", "held_records_grantwithdrawal_delete"), ("ledger", "triggers"), ("fewer", "withdrawals"),
    }  # fmt: skip


def test_a_backup_that_is_there_is_never_written_over(
    lived: Installation, backup: tuple[Path, dict[str, Any], list[str]]
) -> None:
    assert lived.command("back_up", str(backup[0]), allowed=(1,))["error"]["code"] == "backup_exists"
