"""The cell under attack: what a file, or a kill, can and cannot do (D8; criteria 16, 17 and 18)."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from records import parsing
from records.parsing import cell as cell_module
from records.parsing import front, launch, zygote
from records.parsing.limits import CellLimits, limits_from
from tests.unit.parsing import makers

REPOSITORY = Path(__file__).resolve().parents[2]
needs_bubblewrap = pytest.mark.skipif(not launch.has_bubblewrap(), reason="bubblewrap is not installed here")


@pytest.fixture
def pdf(tmp_path):
    return makers.saved(tmp_path, "a", makers.text_pdf("Custodia"))


@pytest.fixture
def other_cell(monkeypatch):
    """Use a cell with other limits for the length of a test."""
    with contextlib.ExitStack() as stack:

        def use(**limits):
            made = cell_module.Cell(CellLimits(**limits))
            stack.callback(made.close)
            monkeypatch.setattr(front, "_cell", made)
            return made

        yield use


def works(path):
    found = parsing.inspect(path, "a.pdf")
    return found.inspected and found.pages == 1


# -- isolation -----------------------------------------------------------------------------------------------------


@needs_bubblewrap
@pytest.mark.criterion(17)
def test_nothing_a_parser_must_not_do_is_possible_inside(tmp_path):
    key = tmp_path / "secret_key"
    key.write_text("secreto")
    key.chmod(0o644)
    status = parsing.status((str(key), str(REPOSITORY / "manage.py"), "/etc/hostname"))
    assert status.isolated, status.detail
    assert {"bubblewrap", "rlimits", "no_new_privs"} <= set(status.layers)


@pytest.mark.criterion(17)
def test_without_bubblewrap_it_still_works_and_says_that_it_is_not_isolated(other_cell, pdf, tmp_path):
    key = tmp_path / "secret_key"
    key.write_text("secreto")
    other_cell(use_bubblewrap=False)
    assert works(pdf)
    status = parsing.status((str(key),))
    assert not status.isolated
    assert "sin aislamiento completo" in status.detail
    assert "bubblewrap" not in status.layers
    if {"seccomp", "landlock"} <= set(status.layers):
        assert status.detail.endswith("falta bubblewrap"), "the other walls deny all the same"


@pytest.mark.criterion(17)
def test_where_isolation_is_required_and_absent_nothing_is_opened(other_cell, pdf):
    other_cell(use_bubblewrap=False, require_isolation=True)
    found = parsing.inspect(pdf, "a.pdf")
    assert (found.inspected, found.refusals) == (False, ())
    assert "cell_unavailable" in found.flags
    assert parsing.read(pdf, "application/pdf").outcome == "unreadable"
    with pytest.raises(parsing.PageUnavailable) as refusal:
        parsing.render(pdf, "application/pdf", 1)
    assert refusal.value.code == "cell_unavailable"
    assert not parsing.status().isolated


def test_a_bubblewrap_that_does_not_work_is_not_believed(other_cell, pdf, monkeypatch):
    monkeypatch.setattr(launch, "bubblewrap_command", lambda fd: ["/bin/false"])
    other_cell()
    assert works(pdf)
    assert not parsing.status().isolated


@needs_bubblewrap
def test_no_variable_of_the_caller_reaches_the_cell(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secreto")
    front.close()
    answer = front.asked("/dev/null", {"op": "probe", "kind": ""})
    assert set(answer.facts["env"]) <= {"LANG", "PWD", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}


def test_the_file_is_handed_over_for_reading_only(pdf):
    with cell_module.opened(pdf) as file, pytest.raises(OSError, match="descriptor"):
        os.write(file, b"x")


# -- hostile files -------------------------------------------------------------------------------------------------


HOSTILE = {
    "flate bomb": ("a.pdf", makers.flate_bomb_pdf),
    "two layers of flate": ("a.pdf", makers.nested_flate_pdf),
    "page tree loop": ("a.pdf", makers.looping_pages_pdf),
    "nested half a million deep": ("a.pdf", makers.deep_pdf),
    "zip bomb": ("a.docx", lambda: makers.zip_bomb_docx(300_000_000)),
    "a directory that lies": ("a.docx", makers.lying_docx),
    "a body nested too deep": ("a.docx", lambda: makers.docx("<w:p>" * 100_000)),
    "a million entries": ("a.docx", lambda: _many_entries(1_000_000)),
    "flood of pixels": ("a.png", makers.flood_png),
    "a truncated PDF": ("a.pdf", lambda: makers.text_pdf("x" * 3_000)[:1_500]),
}


def _many_entries(count):
    """A package of one part whose directory repeats itself until it promises ``count`` entries."""
    one = makers.docx(makers.paragraphs("x"))
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    row = one[start : one.index(b"PK\x01\x02", start + 4)]
    directory = row * count
    sizes = (count & 0xFFFF).to_bytes(2, "little") * 2 + len(directory).to_bytes(4, "little")
    return one[:start] + directory + one[end : end + 8] + sizes + one[end + 16 :]


@pytest.mark.criterion(16)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_not_inspected_and_costs_nothing_but_its_child(tmp_path, pdf, what):
    name, make = HOSTILE[what]
    path = makers.saved(tmp_path, "hostil", make())
    before = front._cell.running().process.pid
    found = parsing.inspect(path, name)
    assert (found.inspected, found.refusals) == (False, ())
    assert parsing.read(path, found.media_type).outcome in ("unreadable", "partial", "no_text", "read")
    assert front._cell.running().process.pid == before, "the preloaded parent lives on"
    assert works(pdf)


@pytest.mark.criterion(16)
def test_a_child_never_holds_more_memory_than_its_limit(tmp_path, other_cell):
    made = other_cell(address_space=300 * 1024 * 1024)
    path = makers.saved(tmp_path, "bomba", makers.flate_bomb_pdf())
    peak = _peak_of_children(made, lambda: parsing.read(path, "application/pdf"))
    assert 0 < peak < 400 * 1024


def _peak_of_children(made, act):
    """Largest resident set, in KiB, seen of any process below the cell's while ``act`` runs."""
    top, peak, done = made.running().process.pid, [0], threading.Event()

    def watch():
        while not done.is_set():
            peak[0] = max([peak[0], *map(_resident, _below(top))])
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    act()
    done.set()
    watcher.join()
    return peak[0]


def _below(pid):
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *_below(child)]
    return found


def _resident(pid):
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
    return 0


@pytest.mark.criterion(16)
def test_a_child_that_takes_too_long_is_killed(tmp_path, other_cell, pdf):
    other_cell(wall_seconds=1)
    slow = makers.saved(tmp_path, "lento", makers.flate_bomb_pdf(100_000_000))
    with pytest.raises(parsing.PageUnavailable) as refusal:
        parsing.render(slow, "application/pdf", 1)
    assert refusal.value.code == "limits"
    assert works(pdf)


def test_a_sparse_file_of_ten_gigabytes_is_not_read_whole(tmp_path):
    path = tmp_path / "enorme"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(10 * 1024**3)
    found = parsing.inspect(path, "a.pdf")
    assert (found.inspected, found.refusals) == (False, ())


def test_a_child_that_says_too_much_is_cut_off(tmp_path, other_cell):
    other_cell(answer_bytes=40_000)
    path = makers.saved(tmp_path, "largo", makers.text_pdf(*["palabra " * 300] * 20))
    reading = parsing.read(path, "application/pdf")
    assert (reading.outcome, reading.detail) == ("partial", "limits")
    assert 0 < len(reading.pages) < 20


# -- life and death of the cell ------------------------------------------------------------------------------------


def _inside(running):
    """The preloaded parent's own process: under bubblewrap, the Python below it."""
    below = _below(running.process.pid)
    return below[1] if "bubblewrap" in running.layers else running.process.pid


@pytest.mark.parametrize("whom", ["outer", "inner"])
def test_a_killed_cell_is_replaced_without_anybody_noticing(pdf, whom):
    running = front._cell.running()
    os.kill(running.process.pid if whom == "outer" else _inside(running), signal.SIGKILL)
    assert works(pdf)
    _until(lambda: front._cell.running().process.pid != running.process.pid)
    assert front._cell.running().process.pid != running.process.pid
    assert works(pdf)


def test_a_cell_killed_in_the_middle_of_a_file_begins_it_again(tmp_path):
    path = makers.saved(tmp_path, "largo", makers.text_pdf(*["palabra " * 300] * 60))
    running = front._cell.running()
    killer = threading.Timer(0.03, os.kill, (running.process.pid, signal.SIGKILL))
    killer.start()
    readings = [parsing.read(path, "application/pdf") for _ in range(4)]
    killer.join()
    assert [(reading.outcome, len(reading.pages)) for reading in readings] == [("read", 60)] * 4


def test_many_threads_use_it_at_once(tmp_path):
    paths = [makers.saved(tmp_path, f"{n}", makers.text_pdf(f"palabra{n}")) for n in range(12)]

    def use(n):
        reading = parsing.read(paths[n % 12], "application/pdf")
        return reading.pages[0].text.strip() == f"palabra{n % 12}" and works(paths[n % 12])

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(use, range(60)))


@pytest.mark.criterion(16)
def test_files_read_side_by_side_with_hostile_ones_are_read_as_if_they_came_alone(tmp_path):
    """A memory bomb kills its child, a damaged file is refused: none changes a word, or a box, of its neighbours."""
    good = [makers.saved(tmp_path, f"{n}", makers.text_pdf(f"palabra{n}", f"otra{n}")) for n in range(8)]
    bomb, torn = (tmp_path / name for name in ("bomba", "roto"))
    bomb.write_bytes(makers.flate_bomb_pdf())
    torn.write_bytes(b"%PDF-1.7\nnada")
    alone = [parsing.read(path, "application/pdf") for path in good]
    order = [good[0], bomb, *good[1:3], torn, *good[3:5], bomb, torn, *good[5:]]
    with ThreadPoolExecutor(4) as readers:
        found = dict(zip(order, readers.map(lambda path: parsing.read(path, "application/pdf"), order), strict=True))
    assert [found[path] for path in good] == alone
    assert [page.text.strip() for page in found[good[3]].pages] == ["palabra3", "otra3"]
    assert (found[bomb].outcome, found[torn].outcome) == ("unreadable", "unreadable")


def test_many_files_are_inspected_in_their_order(tmp_path):
    files = [(makers.saved(tmp_path, f"{n}", makers.text_pdf(*["x"] * n)), f"{n}.pdf") for n in range(1, 12)]
    files[5] = (files[5][0], "6.docx")
    found = list(parsing.inspect_many(iter(files)))
    assert [inspection.pages for inspection in found] == list(range(1, 12))
    assert [n for n, inspection in enumerate(found) if inspection.refusals] == [5]
    assert list(parsing.inspect_many([])) == []


def test_a_thread_that_ends_does_not_take_the_cell_with_it(pdf):
    front.close()
    first = threading.Thread(target=works, args=(pdf,))
    first.start()
    first.join()
    pid = front._cell.running().process.pid
    time.sleep(0.2)
    assert works(pdf)
    assert front._cell.running().process.pid == pid


def test_children_wait_forked_ahead_and_live_until_they_are_needed(pdf):
    assert works(pdf)
    running = front._cell.running()
    time.sleep(1)
    waiting = _waiting(running)
    assert len(waiting) == zygote.WAITING
    time.sleep(1)
    assert _waiting(running) == waiting, "nobody died and nobody was added while nothing was asked"
    assert works(pdf)
    _until(lambda: len(_waiting(running) - waiting) == 1 and len(_waiting(running)) == zygote.WAITING)
    assert len(_waiting(running) - waiting) == 1, "the child that took the order was replaced"


def _waiting(running):
    return set(_below(_inside(running)))


def _until(holds):
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)


PROGRAM = """
import json, os, sys
from records import parsing
from records.parsing import front
path = sys.argv[1]
def pid(): return front._cell.running().process.pid
parsing.inspect(path, "a.pdf")
mine = pid()
reader, writer = os.pipe()
child = os.fork()
if child == 0:
    found = parsing.inspect(path, "a.pdf")
    os.write(writer, json.dumps([found.inspected, pid()]).encode())
    os._exit(0)
os.waitpid(child, 0)
inspected, theirs = json.loads(os.read(reader, 1000))
after = parsing.inspect(path, "a.pdf")
print(json.dumps([mine, theirs, inspected, after.inspected, pid() == mine]), flush=True)
{end}
"""


def _run(pdf, end):
    command = [sys.executable, "-c", PROGRAM.replace("{end}", end), str(pdf)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout)


def _gone(pid):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("end", ["", "os._exit(1)", "os.kill(os.getpid(), 9)"])
def test_a_fork_has_a_cell_of_its_own_and_every_cell_ends_with_its_process(pdf, end):
    mine, theirs, inspected, after, same = _run(pdf, end)
    assert mine != theirs
    assert inspected
    assert after
    assert same, "the fork left its parent's cell alone"
    assert _gone(mine)
    assert _gone(theirs)


def test_the_cell_loads_no_django():
    code = "import sys; import records.parsing; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_a_misspelt_limit_is_refused():
    with pytest.raises(ValueError, match="WALL_SECOND"):
        limits_from({"WALL_SECOND": 3})
    assert limits_from({"WALL_SECONDS": 3}).wall_seconds == 3
