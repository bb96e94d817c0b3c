"""`kill -9` of everything in the middle of a batch: what was acknowledged is kept, verified and findable; no halves.

CRASH_REPEATS says how often (1; `make soak` repeats more). Each repetition ends at another moment of the batch.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.files import pdf_of
from tests.ground import EXPEDIENTE
from tests.installation import Installation, prepared, run_folder

REPEATS = int(os.environ.get("CRASH_REPEATS", "1"))
COMMON = "loteinterrumpido"
Receipts = list[dict[str, Any]]


def make_batch(folder: Path, count: int) -> list[Path]:
    """Texts, and a PDF in every eight; each says COMMON and its own name."""
    folder.mkdir(parents=True)
    paths = [folder / f"anexo{number:03d}.{'pdf' if number % 8 == 0 else 'txt'}" for number in range(count)]
    for path in paths:
        words = f"{COMMON} {path.stem}unico"
        path.write_bytes(pdf_of(words) if path.suffix == ".pdf" else f"{words}\n".encode())
    return paths


def file_batch(home: Installation, paths: list[Path], receipts: Path, expediente: str) -> subprocess.Popen[str]:
    return home.popen(
        "file_documents", *map(str, paths), "--expediente", expediente, "--as", "archivista",
        "--tipo", "anexo_del_convenio", "--date", "2026-06-10", "--receipts", str(receipts), "--json",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def acknowledged(receipts: Path) -> Receipts:
    """Receipts whose line is whole; a torn last line acknowledges nothing."""
    text = receipts.read_text() if receipts.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def kill_in_the_middle(home: Installation, filing: subprocess.Popen[str], receipts: Path, at: int) -> Receipts:
    """Wait for so many receipts, let it run on for a moment, and end everything at once."""
    deadline = time.monotonic() + 120
    while len(acknowledged(receipts)) < at and filing.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(random.random() * 0.03)
    assert filing.poll() is None, "the batch ended before it could be interrupted"
    os.killpg(filing.pid, signal.SIGKILL)
    home.kill()
    filing.wait()
    return acknowledged(receipts)


def check_after(home: Installation, kept: Receipts, expediente: str) -> None:
    """Start again, let the worker drain, and hold the installation against its receipts."""
    assert home.rows("PRAGMA integrity_check") == [("ok",)]
    assert home.rows("PRAGMA foreign_key_check") == []
    report = home.command("verify_custody", "--expediente", expediente)
    tally = home.command("worker", "--once")
    assert (tally["failed"], tally["left"]) == (0, 0)
    found = home.command("search", COMMON, "--as", "archivista", "--page-size", "1000")
    documents = {hit["document"] for hit in found["hits"]}
    assert report["findings"] == []
    assert {receipt["document"] for receipt in kept} <= documents, "an acknowledged file is not findable"
    assert len(documents) == found["total"] <= len(kept) + 1, "more is visible than was acknowledged and one in flight"
    for receipt in random.sample(kept, 1):
        word = Path(receipt["path"]).stem + "unico"
        (hit,) = home.command("search", word, "--as", "archivista")["hits"]
        assert hit["document"] == receipt["document"]
    check_rows(home, kept, expediente, documents)


WHOLE_ROWS = """
SELECT d.id, d."order", d.folio_first, d.folio_last, d.blob_id, r.document_id
FROM records_document d JOIN records_expediente e ON e.id = d.expediente_id
LEFT JOIN records_reading r ON r.document_id = d.id WHERE e.code = ? ORDER BY d."order"
"""


def check_rows(home: Installation, kept: Receipts, expediente: str, documents: set[str]) -> None:
    """Past the product, in the database file: every row whole, orders, folios and radicados without a gap."""
    rows = home.rows(WHOLE_ROWS, expediente)
    by_id = {str(row[0]).replace("-", ""): row for row in rows}
    assert {key.replace("-", "") for key in documents} <= set(by_id)
    assert all(by_id[receipt["document"].replace("-", "")][4] == receipt["sha256"] for receipt in kept)
    assert all(row[5] for row in rows), "a piece without its reading's row"
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
    assert all(before[3] + 1 == after[2] for before, after in itertools.pairwise(rows))
    radicados = [row[0] for row in home.rows("SELECT radicado FROM records_document")]
    years = {radicado.split("-")[0] for radicado in radicados}
    for year in years:
        numbers = sorted(int(radicado.split("-")[1]) for radicado in radicados if radicado.startswith(year))
        assert numbers == list(range(1, len(numbers) + 1))
    (events,) = home.rows("SELECT COUNT(*) FROM records_ledgerevent WHERE action = 'document.filed'")[0]
    assert events == len(radicados)


def check_rest_can_follow(home: Installation, paths: list[Path], receipts: Path, expediente: str) -> None:
    """The same command again files what is missing and refuses, as duplicates, what is there."""
    second = file_batch(home, paths, receipts, expediente)
    assert second.wait(timeout=300) == 1  # the duplicates are refusals
    home.command("worker", "--once")
    found = home.command("search", COMMON, "--as", "archivista", "--page-size", "1")
    assert found["total"] == len(paths)


@pytest.mark.requirement("J7")
@pytest.mark.rule("K8")
@pytest.mark.criterion(10)
def test_a_batch_killed_in_the_middle_keeps_what_it_acknowledged(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    home = prepared(run_folder(tmp_path_factory), tmp_path / "home")
    paths, receipts = make_batch(tmp_path / "lote", 40), tmp_path / "receipts.jsonl"
    filing = file_batch(home, paths, receipts, EXPEDIENTE)
    kept = kill_in_the_middle(home, filing, receipts, at=random.randint(1, 30))
    check_after(home, kept, EXPEDIENTE)
    check_rest_can_follow(home, paths, receipts, EXPEDIENTE)


def whole_system(folder: Path, files: int) -> None:
    """The demo serves and its worker reads while a batch is filed; all of it dies at once, and is started again."""
    home = Installation(folder / "home")
    try:
        live_and_die(home, folder, files, "GC-130-CD-2026-002")
    finally:
        home.kill()


def live_and_die(home: Installation, folder: Path, files: int, expediente: str) -> None:
    home.load()
    home.command("worker", "--once", allowed=(0, 1))
    home.start()
    paths, receipts = make_batch(folder / "lote", files), folder / "receipts.jsonl"
    filing = file_batch(home, paths, receipts, expediente)
    kept = kill_in_the_middle(home, filing, receipts, at=random.randint(1, int(files * 0.9)))
    assert home.processes() == []
    home.start()
    status, _body = home.get("/salud/listo/")
    assert status == 200
    found_while_running(home, kept)
    assert home.stop() == 0
    check_after(home, kept, expediente)


def found_while_running(home: Installation, kept: Receipts) -> None:
    """The running worker, not a command, brings the acknowledged files into the index."""
    deadline = time.monotonic() + 120
    found: set[str] = set()
    while not {receipt["document"] for receipt in kept} <= found:
        assert time.monotonic() < deadline, f"{len(kept)} acknowledged, {len(found)} found"
        answer = home.command("search", COMMON, "--as", "archivista", "--page-size", "1000")
        found = {hit["document"] for hit in answer["hits"]}
        time.sleep(0.5)


@pytest.mark.services
@pytest.mark.criterion(10)
@pytest.mark.parametrize("repetition", range(REPEATS))
def test_the_running_system_killed_during_200_files(tmp_path: Path, repetition: int) -> None:
    whole_system(tmp_path, 200)


@pytest.mark.soak
@pytest.mark.criterion(10)
@pytest.mark.parametrize("repetition", range(max(REPEATS, 20)))
def test_the_running_system_killed_again_and_again(tmp_path: Path, repetition: int) -> None:
    whole_system(tmp_path, 200)


@pytest.mark.criterion(26)
@pytest.mark.requirement("J7")
def test_what_a_killed_worker_held_is_taken_up_at_once(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """What a worker was bringing in when it died waits for no lease to end: the next one brings it."""
    home = prepared(run_folder(tmp_path_factory), tmp_path / "home")
    paths = make_batch(tmp_path / "lote", 3)
    file_batch(home, paths, tmp_path / "receipts.jsonl", EXPEDIENTE).wait(timeout=60)
    claimer = home.popen("shell", "-v", "0", "-c", TAKE_AND_HANG)
    assert claimer.stdout is not None
    assert claimer.stdout.readline() == "3\n"
    os.killpg(claimer.pid, signal.SIGKILL)
    claimer.wait()
    tally = home.command("worker", "--once")
    assert (tally["failed"], tally["left"]) == (0, 0)
    assert home.command("search", COMMON, "--as", "archivista")["total"] == 3


TAKE_AND_HANG = """
import time
from search import leases, outbox
turn = leases.take()
rows = outbox.due(10)
turn.beat(len(rows))
print(len(rows), flush=True)
time.sleep(600)
"""


INDEXER_KILLS = int(os.environ.get("INDEXER_KILLS", "2"))
"""How often the worker is killed while it indexes; `make soak` kills it a hundred times."""


def found_at_last(home: Installation, wanted: set[str]) -> set[str]:
    """What is found of them; a row over which workers were lost steps back for minutes."""
    deadline, found = time.monotonic() + 300, set[str]()
    while not found >= wanted and time.monotonic() < deadline:
        home.command("worker", "--once")
        answer = home.command("search", COMMON, "--as", "archivista", "--page-size", "1000")
        found = {hit["document"] for hit in answer["hits"]}
    return found


def killed_while_indexing(home: Installation, folder: Path, kills: int) -> None:
    """Files are filed and acknowledged while the worker that indexes them is killed again and again."""
    paths, receipts = make_batch(folder / "lote", kills * 2), folder / "receipts.jsonl"
    filing = file_batch(home, paths, receipts, EXPEDIENTE)
    for _kill in range(kills):
        worker = home.popen("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1.5 + random.random() * 2)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert filing.wait(timeout=600) == 0
    kept = {receipt["document"] for receipt in acknowledged(receipts)}
    assert kept == found_at_last(home, kept), "an acknowledged file is not findable, or one that was not filed is"
    assert home.command("search_index", "audit")["done"] >= len(kept)


@pytest.mark.services
@pytest.mark.criterion(26)
@pytest.mark.requirement("J7")
def test_a_worker_killed_while_it_indexes_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    killed_while_indexing(prepared(run_folder(tmp_path_factory), tmp_path / "home"), tmp_path, INDEXER_KILLS)


@pytest.mark.soak
@pytest.mark.criterion(26)
@pytest.mark.requirement("J7")
def test_a_hundred_kills_of_the_worker_lose_nothing(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    home = prepared(run_folder(tmp_path_factory), tmp_path / "home")
    killed_while_indexing(home, tmp_path, max(INDEXER_KILLS, 100))
