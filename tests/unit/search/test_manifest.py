"""A byte of an index that changed by itself is told before anything is answered from it, in whichever file it lies."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from search.engines import embedded_manifest
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded_writer import EmbeddedWriter
from search.errors import EngineUnavailable
from tests.unit.search.entries import ask, entry, put

KINDS = ("*.idx", "*.pos", "*.term", "*.store", "*.fast", "*.fieldnorm", "*.del", "meta.json", "manifest.json")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def engine(path: Path) -> EmbeddedEngine:
    """Thirty documents, and one of them gone again: a file of deletions too."""
    made = EmbeddedEngine(path, lock_wait_seconds=0.1)
    made.rebuild(entry(f"k{n}", "Acta", "texto " * 20) for n in range(30))
    with made.writer() as writer:
        writer.remove([("custody", "k7")])
        writer.commit()
    return made


def partition(path: Path) -> Path:
    return path / (path / "CURRENT").read_text() / "public"


def flip(file: Path, at: int) -> None:
    """One bit of one byte; size and time stay as they were, as on a disk that decays."""
    about, content = file.stat(), bytearray(file.read_bytes())
    content[at % len(content)] ^= 1
    with file.open("r+b") as there:
        there.write(content)
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))


@pytest.mark.requirement("J7")
@pytest.mark.parametrize("place", [0, 0.5, 1], ids=["first", "middle", "last"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_flipped_bit_of_any_file_stops_the_answers(
    engine: EmbeddedEngine, path: Path, kind: str, place: float
) -> None:
    (file,) = partition(path).glob(kind)
    flip(file, int((file.stat().st_size - 1) * place))
    restarted = EmbeddedEngine(path)
    embedded_manifest._proved.clear()
    with pytest.raises(EngineUnavailable) as fault:
        ask(restarted, "acta")
    assert fault.value.code == "index_damaged"
    assert restarted.state() == "damaged"
    with pytest.raises(EngineUnavailable):
        put(restarted, entry("new", "Acta"))
    restarted.rebuild([entry("k1", "Acta")])
    assert (restarted.state(), ask(restarted, "acta").total) == ("ready", 1)


@pytest.mark.requirement("J7")
def test_what_decays_under_a_running_service_is_found_by_reading_it_again(engine: EmbeddedEngine, path: Path) -> None:
    serving = EmbeddedEngine(path)
    assert ask(serving, "acta").total == 29
    (file,) = partition(path).glob("*.store")
    flip(file, 3)
    with pytest.raises(EngineUnavailable):
        engine.verify()
    with pytest.raises(EngineUnavailable):  # every process, though it had the files open
        ask(serving, "acta")


def test_a_file_that_is_gone_is_damage(engine: EmbeddedEngine, path: Path) -> None:
    next(partition(path).glob("*.fast")).unlink()
    assert EmbeddedEngine(path).state() == "damaged"


def test_an_index_without_its_manifest_is_not_believed(engine: EmbeddedEngine, path: Path) -> None:
    (partition(path) / "manifest.json").unlink()
    assert EmbeddedEngine(path).state() == "damaged"


def never(*_args: object) -> None:
    raise OSError("the process ended here")


@pytest.mark.criterion(26)
@pytest.mark.parametrize("step", ["note", "end"])
def test_a_writer_killed_before_its_manifest_leaves_an_index_that_is_believed(
    engine: EmbeddedEngine, path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(f"search.engines.embedded_writer.manifest.{step}", never)
        with pytest.raises(EngineUnavailable):
            put(engine, entry("new", "Acta"))
    restarted = EmbeddedEngine(path)
    assert restarted.state() == "ready"
    put(restarted, entry("newer", "Acta"))
    assert not embedded_manifest.faults(partition(path), anew=True)
    assert ask(EmbeddedEngine(path), "acta").total == 31


def test_only_new_files_are_read_for_the_manifest(
    engine: EmbeddedEngine, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former: set[str] = {file.name for file in partition(path).iterdir()}
    read: list[str] = []
    digest: Callable[[Path], str] = embedded_manifest._digest
    EmbeddedEngine(path).state()

    def noted(file: Path) -> str:
        read.append(file.name)
        return digest(file)

    monkeypatch.setattr(embedded_manifest, "_digest", noted)
    put(engine, entry("new", "Acta"))
    assert read
    assert not former & set(read)


@pytest.mark.criterion(26)
def test_readers_beside_a_writer_never_take_its_work_for_damage(engine: EmbeddedEngine, path: Path) -> None:
    with engine.writer() as writer:
        assert isinstance(writer, EmbeddedWriter)
        for number in range(12):
            writer.put([entry(f"new{number}", "Acta", "texto")])
            writer.commit()
            assert ask(EmbeddedEngine(path), "acta").total == 30 + number
    assert EmbeddedEngine(path).state() == "ready"
