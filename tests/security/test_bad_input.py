"""A medium that refuses, and two people at once: nothing half-filed, nothing acknowledged that is not kept.

Each test has an installation of its own and drives it from outside, with real processes on a database file.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ground import EXPEDIENTE
from tests.installation import Installation, prepared, run_folder


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Installation:
    return prepared(run_folder(tmp_path_factory), tmp_path / "home")


def texts(folder: Path, name: str, count: int, size: int = 0) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}{number:02d}.txt" for number in range(count)]
    for path in paths:
        path.write_text(f"Anexo {path.name}\n" + "relleno del anexo\n" * (size // 18))
    return [str(path) for path in paths]


def filing(*paths: str, login: str = "archivista") -> list[str]:
    return ["file_documents", *paths, "--expediente", EXPEDIENTE, "--as", login,
            "--tipo", "anexo_del_convenio", "--date", "2026-06-10"]  # fmt: skip


def orders(home: Installation) -> list[int]:
    return [row[0] for row in home.rows('SELECT "order" FROM records_document ORDER BY "order"')]


# Two at once ----------------------------------------------------------------------------------------------


@pytest.mark.rule("E2")
@pytest.mark.requirement("B12")
def test_two_archivists_at_once_lose_nothing_and_leave_no_gap(home: Installation, tmp_path: Path) -> None:
    batches = {login: texts(tmp_path / login, login, 15) for login in ("archivista", "custodia")}
    running = [home.popen(*filing(*paths, login=login), "--json") for login, paths in batches.items()]
    rows = [row for process in running for row in json.loads(process.communicate(timeout=120)[0])]
    assert [row["error"] for row in rows if not row["ok"]] == []
    assert orders(home) == list(range(1, 31))
    folios = sorted(row["folios"][0] for row in rows)
    assert folios == list(range(1, 31))
    assert len({row["radicado"] for row in rows}) == 30
    events = home.rows('SELECT "index" FROM records_ledgerevent ORDER BY "index"')
    assert [row[0] for row in events] == list(range(len(events)))


# A medium that refuses ------------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of that size on the folder."""
    folder.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "custodia", str(folder)],
                             capture_output=True, text=True, check=False)  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=False)


@pytest.mark.criterion(11)
def test_a_full_store_acknowledges_only_what_it_holds(home: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shutil.move(home.home / "store", kept)
    with small_disk(home.home / "store", "2m"):
        shutil.copytree(kept, home.home / "store", dirs_exist_ok=True)
        rows = home.command(*filing(*texts(tmp_path / "grandes", "grande", 8, 400_000)), allowed=(1,))
        filed = [row for row in rows if row["ok"]]
        assert 0 < len(filed) < 8
        assert {row["error"]["code"] for row in rows if not row["ok"]} == {"store_unavailable"}
        assert orders(home) == list(range(1, len(filed) + 1))
        report = home.command("verify_custody", "--expediente", EXPEDIENTE)
        assert (report["checked"], report["findings"]) == (len(filed), [])
        assert list((home.home / "store" / "incoming").iterdir()) == []


@pytest.mark.criterion(11)
def test_a_full_disk_under_the_database_undoes_the_act_and_still_reads(home: Installation, tmp_path: Path) -> None:
    """The whole installation on a small disk: filing ends in refusals, the database is sound, searching goes on."""
    first = home.command(*filing(*texts(tmp_path / "primeros", "primero", 2)))
    home.command("worker", "--once")
    small = Installation(tmp_path / "small")
    size = sum(file.stat().st_size for file in home.home.rglob("*") if file.is_file())
    with small_disk(small.home, str(size + 1_200_000)):
        small.home.chmod(0o700)
        shutil.copytree(home.home, small.home, dirs_exist_ok=True)
        process = small.popen(*filing(*texts(tmp_path / "muchos", "mucho", 40, 60_000)), "--json")
        said, _words = process.communicate(timeout=120)
        assert process.returncode == 1
        assert small.rows("PRAGMA integrity_check") == [("ok",)]
        found = small.command("search", "anexo", "--as", "archivista", "--page-size", "100")
        assert {row["document"] for row in first} <= {hit["document"] for hit in found["hits"]}
        acknowledged = [row for row in json.loads(said) if row["ok"]] if said.startswith("[") else []
        assert len(orders(small)) >= len(first) + len(acknowledged)


@pytest.mark.criterion(11)
def test_a_store_that_cannot_be_written_refuses_and_still_reads(home: Installation, tmp_path: Path) -> None:
    before = home.command(*filing(*texts(tmp_path / "antes", "antes", 1)))
    with read_only(home.home / "store"):
        (row,) = home.command(*filing(*texts(tmp_path / "despues", "despues", 1)), allowed=(1,))
        assert row["error"]["code"] == "store_unavailable"
        assert "No se radicó nada" in row["error"]["message"]
        assert home.command("verify_custody", "--expediente", EXPEDIENTE)["findings"] == []
    assert orders(home) == [1]
    assert before[0]["ok"]


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder mounted read-only: permissions alone would not stop root."""
    for words in (["--bind", str(folder), str(folder)], ["-o", "remount,ro,bind", str(folder)]):
        mounted = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
        if mounted.returncode:
            pytest.skip(f"a read-only mount cannot be made here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=False)


@pytest.mark.rule("K8")
def test_a_database_that_others_hold_is_waited_for(home: Installation, tmp_path: Path) -> None:
    """A writer keeps the database for a while: the filing waits and succeeds."""
    with contextlib.closing(sqlite3.connect(home.home / "custodia.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        process = home.popen(*filing(*texts(tmp_path / "en espera", "espera", 1)), "--json")
        time.sleep(4)
        assert process.poll() is None, "it did not wait"
        other.execute("ROLLBACK")
        (row,) = json.loads(process.communicate(timeout=60)[0])
    assert row["ok"]
    assert orders(home) == [1]


@pytest.mark.services  # it waits for as long as the product does
@pytest.mark.rule("K8")
def test_a_database_that_is_never_free_is_a_refusal_that_leaves_nothing(home: Installation, tmp_path: Path) -> None:
    """Held for longer than the product waits: told in one sentence, nothing filed, no bytes acknowledged."""
    (path,) = texts(tmp_path / "nunca", "nunca", 1)
    with contextlib.closing(sqlite3.connect(home.home / "custodia.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = home.command(*filing(path), allowed=(1,))
        other.execute("ROLLBACK")
    refusal = said if isinstance(said, dict) else said[0]
    assert not refusal["ok"]
    assert refusal["error"]["code"] in ("database", "store_unavailable")
    assert orders(home) == []
    assert home.command(*filing(path))[0]["ok"]


@pytest.mark.requirement("B12")
def test_paths_that_are_no_files_are_named_and_the_rest_is_filed(home: Installation, tmp_path: Path) -> None:
    good = texts(tmp_path / "buenos", "bueno", 2)
    rows = home.command(*filing(good[0], str(tmp_path), str(tmp_path / "no existe.txt"), good[1]), allowed=(1,))
    assert [row["ok"] for row in rows] == [True, False, False, True]
    assert {row["error"]["code"] for row in rows[1:3]} == {"unreadable_path"}
    assert orders(home) == [1, 2]
