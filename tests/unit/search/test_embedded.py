"""What only the embedded engine has: files, locks, damage, processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tantivy

from search.engines import embedded_manifest, embedded_query
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded_writer import EmbeddedWriter
from search.errors import EngineUnavailable
from search.types import PartitionScope, Scope
from tests.unit.search.entries import ask, entry, keys, put

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the index lies."""
    return tmp_path / "index"


@pytest.fixture
def engine(path: Path) -> EmbeddedEngine:
    """Thirty documents in two partitions."""
    made = EmbeddedEngine(path, lock_wait_seconds=0.1)
    made.rebuild(entry(f"k{n}", "Acta", "texto " * 20, partition=("public", "reserved")[n % 2]) for n in range(30))
    return made


def generation(path: Path) -> Path:
    """Folder of the generation in use."""
    return path / (path / "CURRENT").read_text()


def code_of(fault: pytest.ExceptionInfo[EngineUnavailable]) -> str:
    return fault.value.code


def test_before_the_first_build_nothing_is_answered(path: Path) -> None:
    fresh = EmbeddedEngine(path)
    assert fresh.state() == "missing"
    for question in (lambda: ask(fresh, "acta"), lambda: list(fresh.indexed()), lambda: put(fresh, entry("k1"))):
        with pytest.raises(EngineUnavailable) as fault:
            question()
        assert code_of(fault) == "index_missing"


def test_another_engine_sees_each_commit_at_once(engine: EmbeddedEngine, path: Path) -> None:
    reader = EmbeddedEngine(path)
    assert ask(reader, "acta").total == 30
    put(engine, entry("new", "Acta"))
    assert ask(reader, "acta").total == 31
    engine.rebuild([entry("only", "Acta")])
    assert keys(ask(reader, "acta")) == ["only"]
    assert [folder.name for folder in path.glob("g-*")] == [generation(path).name]


def test_one_writer_at_a_time(engine: EmbeddedEngine, path: Path) -> None:
    other = EmbeddedEngine(path, lock_wait_seconds=0.1)
    with engine.writer():
        for attempt in (lambda: put(other, entry("k1")), lambda: other.rebuild([])):
            with pytest.raises(EngineUnavailable) as fault:
                attempt()
            assert code_of(fault) == "index_busy"
    put(other, entry("new", "Acta"))
    assert ask(engine, "acta").total == 31


def test_a_foreign_writer_of_one_partition_is_told(engine: EmbeddedEngine, path: Path) -> None:
    held = tantivy.Index.open(str(generation(path) / "public")).writer(15_000_000, num_threads=1)
    with pytest.raises(EngineUnavailable) as fault:
        put(engine, entry("new", "Acta"))
    assert code_of(fault) == "index_busy"
    del held


def test_writers_wait_for_each_other(engine: EmbeddedEngine, path: Path) -> None:
    engines = [EmbeddedEngine(path, lock_wait_seconds=20) for _ in range(4)]
    threads = [threading.Thread(target=put, args=(e, entry(f"t{n}", "Acta"))) for n, e in enumerate(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ask(engine, "acta").total == 34


def test_uncommitted_changes_are_dropped(engine: EmbeddedEngine) -> None:
    def dies() -> None:
        with engine.writer() as writer:
            writer.put([entry("new", "Acta")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        dies()
    assert ask(engine, "acta").total == 30


@pytest.mark.criterion(24)
def test_an_entry_on_the_move_is_nowhere_rather_than_twice(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(EmbeddedWriter, "_add", dies)
    with pytest.raises(ZeroDivisionError), engine.writer() as writer:
        writer.put([entry("k0", "Acta", partition="reserved")])
    assert "k0" not in keys(ask(engine, "acta", limit=50))


def test_a_rebuild_that_fails_leaves_the_old_index(engine: EmbeddedEngine, path: Path) -> None:
    def entries():
        yield entry("k1", "Acta")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        engine.rebuild(entries())
    assert ask(engine, "acta").total == 30
    assert len(list(path.glob("g-*"))) == 1


@pytest.mark.requirement("J7")
@pytest.mark.parametrize("ending", ["store", "term", "fieldnorm", "idx", "pos", "fast", "meta.json", "generation.json"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_damage_is_said_and_rebuilt(path: Path, engine: EmbeddedEngine, ending: str, harm: str) -> None:
    for file in [*generation(path).glob(f"*/*{ending}"), *generation(path).glob(ending)]:
        file.unlink() if harm == "gone" else file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    damaged = EmbeddedEngine(path)

    def use() -> None:
        ask(damaged, '"acta texto" -nada', facets=True)
        list(damaged.indexed())

    with pytest.raises(EngineUnavailable) as fault:
        use()
    assert code_of(fault) in {"index_damaged", "index_missing"}
    damaged.rebuild([entry("k1", "Acta")])
    assert (damaged.state(), ask(damaged, "acta").total) == ("ready", 1)


def test_a_lost_partition_is_damage_and_no_short_answer(engine: EmbeddedEngine, path: Path) -> None:
    for file in (generation(path) / "reserved").iterdir():
        file.unlink()
    (generation(path) / "reserved").rmdir()
    fresh = EmbeddedEngine(path)
    assert fresh.state() == "damaged"
    with pytest.raises(EngineUnavailable):
        ask(fresh, "acta")


@pytest.mark.parametrize("version", ["schema", "analysis"])
def test_an_index_of_another_version_is_not_searched(engine: EmbeddedEngine, path: Path, version: str) -> None:
    facts = generation(path) / "generation.json"
    facts.write_text(json.dumps({**json.loads(facts.read_text()), version: 0}))
    fresh = EmbeddedEngine(path)
    assert fresh.state() == "outdated"
    with pytest.raises(EngineUnavailable) as fault:
        ask(fresh, "acta")
    assert code_of(fault) == "index_outdated"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineUnavailable) as fault:
        EmbeddedEngine(tmp_path / "file" / "index").rebuild([])
    assert code_of(fault) == "index_unwritable"


def test_pages_that_were_lost_are_found_by_the_comparison(engine: EmbeddedEngine, path: Path) -> None:
    partition = generation(path) / "public"
    writer = tantivy.Index.open(str(partition)).writer(15_000_000, num_threads=1)
    embedded_manifest.begin(partition)
    writer.delete_documents_by_term("page_of", "custody:k0")
    writer.commit()
    writer.wait_merging_threads()
    embedded_manifest.end(partition)
    odd = [held.key for held in EmbeddedEngine(path).indexed() if held.fingerprint == "pages missing"]
    assert odd == ["k0"]


KILLED = """
import sys
from search.engines.embedded import EmbeddedEngine
from tests.unit.search.entries import entry
engine = EmbeddedEngine(sys.argv[1])
number = 0
while True:
    with engine.writer() as writer:
        writer.put([entry(f"new{number}", "Acta", "texto", partition=("public", "reserved")[number % 2])])
        writer.commit()
    print(number, flush=True)
    number += 1
"""


@pytest.mark.criterion(26)
def test_a_killed_writer_loses_nothing_it_acknowledged(engine: EmbeddedEngine, path: Path) -> None:
    for _trial in range(3):
        with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, cwd=ROOT) as child:
            assert child.stdout
            acknowledged = [int(child.stdout.readline()) for _ in range(4)]
            os.kill(child.pid, signal.SIGKILL)
            acknowledged += [int(line) for line in child.stdout if line.endswith(b"\n")]
        fresh = EmbeddedEngine(path, lock_wait_seconds=5)
        held = {held.key for held in fresh.indexed()}
        assert {f"new{number}" for number in acknowledged} <= held
        put(fresh, entry("after", "Acta"))


@pytest.mark.beyond(5)
def test_of_what_waits_nothing_is_kept(engine: EmbeddedEngine) -> None:
    """With every drain it is another set, of many thousand keys when much is filed: kept, they filled a process."""
    before = embedded_query._kept_one_of.cache_info().currsize
    for number in range(5):
        hidden = frozenset({f"k{number}", f"waits{number}"})
        assert ask(engine, "acta", hidden={"public": hidden, "reserved": hidden}).total == 29
    assert embedded_query._kept_one_of.cache_info().currsize == before


def test_of_a_scope_of_very_many_pieces_nothing_is_kept(engine: EmbeddedEngine) -> None:
    """Who files all day has another one after each piece."""
    before = embedded_query._kept_one_of.cache_info().currsize
    filed = frozenset({f"k{number}" for number in range(20)} | {f"other{number}" for number in range(1_000)})
    assert ask(engine, "acta", Scope({"public": PartitionScope(items=filed)})).total == 10
    assert embedded_query._kept_one_of.cache_info().currsize == before
