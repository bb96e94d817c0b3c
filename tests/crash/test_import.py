"""`kill -9` in the middle of an import: what was filed stays, the rest follows, no row twice and none lost.

CRASH_REPEATS says how often (1; `make soak` repeats more). Each repetition ends at another moment.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.crash.test_kill import check_rows
from tests.ground import EXPEDIENTE
from tests.installation import Installation, prepared, run_folder

REPEATS = int(os.environ.get("CRASH_REPEATS", "1"))
FILES = 60
FILED = """
SELECT COUNT(*) FROM records_document d JOIN records_expediente e ON e.id = d.expediente_id WHERE e.code = ?
"""


def make_inventory(folder: Path) -> Path:
    """Files in three boxes and the table that lists them."""
    lines = ["Archivo;Tipo documental;Fecha;Título;Caja"]
    for number in range(FILES):
        box = folder / f"caja {number % 3}"
        box.mkdir(parents=True, exist_ok=True)
        (box / f"pieza {number}.txt").write_text(f"Pieza heredada número {number}\n")
        lines.append(f"{box.name}/pieza {number}.txt;anexo_del_convenio;10/06/2026;Pieza {number};{number % 3}")
    inventory = folder / "inventario.csv"
    inventory.write_text("\n".join(lines), encoding="utf-8")
    return inventory


def asking(inventory: Path) -> tuple[str, ...]:
    where = ("--folder", str(inventory.parent), "--expediente", EXPEDIENTE, "--as", "archivista")
    return ("import_inventory", str(inventory), *where)


def filed(home: Installation) -> int:
    return int(home.rows(FILED, EXPEDIENTE)[0][0])


def kill_after(home: Installation, process: subprocess.Popen[str], at: int) -> None:
    """Let it file so many, run on for a moment, and end it at once."""
    deadline = time.monotonic() + 120
    while filed(home) < at and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(random.random() * 0.03)
    assert process.poll() is None, "the import ended before it could be interrupted"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def check_all_there(home: Installation, answer: dict[str, Any], before: int) -> None:
    """Every row made one piece, none twice, and the job says so."""
    assert (answer["ok"], answer["total"], answer["failed"], answer["pending"]) == (True, FILES, 0, 0)
    assert len({row["document"] for row in answer["rows"]}) == FILES
    assert filed(home) == FILES
    places = home.rows("SELECT COUNT(*), COUNT(DISTINCT document_id) FROM records_physicalplace")
    assert places == [(FILES, FILES)]
    documents = {str(uuid.UUID(row["document"])) for row in answer["rows"]}
    check_rows(home, [], EXPEDIENTE, documents)
    assert home.command("verify_custody", "--expediente", EXPEDIENTE)["findings"] == []
    assert 0 < before < FILES


@pytest.mark.requirement("B12", "J7")
@pytest.mark.rule("K8")
@pytest.mark.parametrize("goes_on", ["resume", "again"])
@pytest.mark.parametrize("repetition", range(REPEATS))
def test_an_import_killed_in_the_middle_goes_on_where_it_was(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, goes_on: str, repetition: int
) -> None:
    home = prepared(run_folder(tmp_path_factory), tmp_path / "home")
    inventory = make_inventory(tmp_path / "legado")
    process = home.popen(*asking(inventory), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kill_after(home, process, random.randint(1, FILES // 2))
    before = filed(home)
    ((job,),) = home.rows("SELECT id FROM records_job")
    words = ("import_inventory", "--resume", str(uuid.UUID(job)), "--as", "archivista")
    answer = home.command(*(words if goes_on == "resume" else asking(inventory)))
    assert answer["already"] == (0 if goes_on == "resume" else before)
    check_all_there(home, answer, before)


@pytest.mark.requirement("J7")
def test_a_job_of_a_killed_worker_is_taken_up_by_the_next(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """The command's job is left to the worker, which dies in the middle too; another worker ends it."""
    home = prepared(run_folder(tmp_path_factory), tmp_path / "home")
    inventory = make_inventory(tmp_path / "legado")
    given = [str(word) for word in (inventory, inventory.parent, EXPEDIENTE)]
    queued = home.popen("shell", "-v", "0", "-c", QUEUE.format(*given))
    assert queued.wait(timeout=120) == 0
    worker = home.popen("worker", "--once", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kill_after(home, worker, 5)
    before = filed(home)
    tally = home.command("worker", "--once")
    assert (tally["failed"], tally["left"]) == (0, 0)
    ((job,),) = home.rows("SELECT id FROM records_job")
    answer = home.command("import_inventory", "--resume", str(uuid.UUID(job)), "--as", "archivista")
    check_all_there(home, answer, before)


QUEUE = """
from pathlib import Path
from django.contrib.auth import get_user_model
from records.models import Expediente
from records.services.folders import anywhere
from records.services.importing import in_folder, start_import
from records.services.inventories import plan_import, read_inventory
actor = get_user_model().objects.get(username="archivista")
place = Expediente.objects.get(code="{2}")
plan = plan_import(actor, read_inventory(anywhere("{0}"), place), place, in_folder(Path("{1}")))
start_import(actor=actor, plan=plan, folder=Path("{1}"))
"""
