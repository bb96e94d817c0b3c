"""The folder of the embedded engine: generations of indexes, which one is current, and the writer's lock.

<path>/CURRENT              name of the generation in use, replaced in one step
<path>/writer.lock          flock of the one writer (never deleted: the lock goes with its process)
<path>/<generation>/generation.json   schema and analysis versions, partitions that must exist
<path>/<generation>/<partition>/      one tantivy index each, with its manifest (embedded_manifest)
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import RLock
from typing import Generic, TypeVar
from uuid import uuid4

import tantivy

from search import analysis, ranking
from search.engines import embedded_manifest as manifest
from search.engines.base import EngineState
from search.errors import EngineUnavailable

SCHEMA_VERSION = 3
"""Raised with every change of fields; an index of another version must be rebuilt."""

DAMAGED = "DAMAGED"
"""Lies in a generation in which a file was found that is not as written: nobody searches it any more."""

VERSIONS = {"schema": SCHEMA_VERSION, "analysis": analysis.VERSION, "ranking": ranking.VERSION}

_POLL_SECONDS = 0.02


def schema() -> tantivy.Schema:
    """Fields of entries (uid … fingerprint) and of their pages (uid, page_*), told apart by who has which."""
    builder = tantivy.SchemaBuilder()
    # Deleting goes by `uid`, a raw text field: on unsigned fields delete_documents_by_term deletes nothing.
    builder.add_text_field("uid", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("key", "container"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("title", "words", "page_words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("keys", "levels", "page_keys"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("facets", "page_of"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("sort", "leaf", "entry", "page_number", "folio_first", "folio_last"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_unsigned_field("page_count", stored=True)
    builder.add_bytes_field("fingerprint", stored=True)
    return builder.build()


@contextmanager
def tantivy_faults(code: str = "index_damaged") -> Iterator[None]:
    """Turns what tantivy raises for bad files, full disks and held locks into EngineUnavailable."""
    try:
        yield
    except (ValueError, OSError) as fault:
        busy = "Lock" in str(fault) and "Busy" in str(fault)
        raise EngineUnavailable("index_busy" if busy else code) from fault
    except BaseException as fault:
        # A Rust panic over damaged bytes arrives as a BaseException that pyo3 does not let us import.
        if type(fault).__name__ != "PanicException":
            raise
        raise EngineUnavailable(code) from fault


class IndexFolder:
    """Opens, makes and swaps generations. Opened indexes are kept per process and shared by its threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: dict[tuple[str, str], tantivy.Index] = {}
        self._searchers: dict[tuple[str, str], tuple[_Version, tantivy.Searcher]] = {}
        self._current = _SmallFile(path / "CURRENT", self._named_generation)
        self._facts: _SmallFile[list[str]] | None = None
        self._guard = RLock()

    def state(self) -> EngineState:
        """Whether the current generation can be opened whole."""
        try:
            for partition in self.partitions(self.current()):
                self.searcher(self.current(), partition)
        except EngineUnavailable as fault:
            states: dict[str, EngineState] = {"index_missing": "missing", "index_outdated": "outdated"}
            return states.get(fault.code, "damaged")
        return "ready"

    def current(self) -> str:
        """Name of the generation in use. Raises EngineUnavailable("index_missing") before the first rebuild."""
        try:
            return self._current.read()
        except (OSError, ValueError) as fault:
            raise EngineUnavailable("index_missing") from fault

    def _named_generation(self, text: str) -> str:
        if not text.startswith("g-") or not (self.path / text).is_dir():
            raise ValueError("CURRENT")
        return text

    def partitions(self, generation: str) -> list[str]:
        """Partitions the generation holds. Raises EngineUnavailable when it is of another version."""
        with self._guard:
            if self._facts is None or self._facts.path.parent.name != generation:
                self._facts = _SmallFile(self.path / generation / "generation.json", _partitions_in)
            facts = self._facts
        if (self.path / generation / DAMAGED).exists():
            raise EngineUnavailable("index_damaged")
        with tantivy_faults():
            return list(facts.read())

    def searcher(self, generation: str, partition: str) -> tantivy.Searcher:
        """A searcher over all that is committed to the partition now; the same one until something is."""
        with tantivy_faults():
            index = self._open(generation, partition)
            # Looked at before the reload: what is committed meanwhile is seen by the next request.
            version = _version_of(self.path / generation / partition / "meta.json")
            kept = self._searchers.get((generation, partition))
            if kept is None or kept[0] != version:
                index.reload()
                kept = self._searchers[generation, partition] = (version, index.searcher())
            return kept[1]

    def _open(self, generation: str, partition: str) -> tantivy.Index:
        with self._guard:
            if (generation, partition) not in self._opened:
                self.prove(generation, partition)
                index = tantivy.Index.open(str(self.path / generation / partition))
                index.config_reader("manual")
                # Older generations are gone from disk: keeping them open would keep their bytes.
                self._opened = {at: kept for at, kept in self._opened.items() if at[0] == generation}
                self._searchers = {at: kept for at, kept in self._searchers.items() if at[0] == generation}
                self._opened[generation, partition] = index
            return self._opened[generation, partition]

    def index_for_writing(self, generation: str, partition: str) -> tantivy.Index:
        """The partition's index, made and entered in generation.json first when it is new."""
        folder = self.path / generation / partition
        with tantivy_faults("index_unwritable"):
            known = self.partitions(generation)
            if partition not in known:
                folder.mkdir(exist_ok=True)
                tantivy.Index(schema(), str(folder))
                manifest.begin(folder)
                self._write_facts(generation, [*known, partition])
            self.prove(generation, partition)
            manifest.begin(folder)
            return tantivy.Index.open(str(folder))

    def prove(self, generation: str, partition: str, *, anew: bool = False) -> None:
        """Raises EngineUnavailable("index_damaged"), now and for every process, unless each file is as written."""
        if not manifest.faults(self.path / generation / partition, anew=anew):
            return
        with contextlib.suppress(OSError):  # a process that may only read tells it of itself alone
            (self.path / generation / DAMAGED).touch()
        raise EngineUnavailable("index_damaged")

    def make_generation(self) -> str:
        """An empty generation, not in use yet."""
        name = f"g-{uuid4().hex}"
        with tantivy_faults("index_unwritable"):
            (self.path / name).mkdir(parents=True)
            self._write_facts(name, [])
        return name

    def make_next(self, file: str) -> str:
        """An empty generation that is going to be built, named in a file of the folder."""
        name = self.make_generation()
        with tantivy_faults("index_unwritable"):
            _replace(self.path / file, name)
        return name

    def named_current(self) -> str:
        """As `current`, and nothing where there is none."""
        try:
            return self.current()
        except EngineUnavailable:
            return ""

    def _write_facts(self, generation: str, partitions: list[str]) -> None:
        facts = json.dumps({**VERSIONS, "partitions": sorted(partitions)})
        _replace(self.path / generation / "generation.json", facts)

    def put_in_use(self, generation: str) -> None:
        """Makes the generation the current one in one durable step, then drops all others."""
        with tantivy_faults("index_unwritable"):
            _replace(self.path / "CURRENT", generation)
        self.sweep(generation)

    def sweep(self, *keep: str | None) -> None:
        """Deletes every generation but these, with what interrupted rebuilds left."""
        for folder in self.path.glob("g-*"):
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)

    def write_lock(self, wait_seconds: float) -> AbstractContextManager[None]:
        """The writer's lock, see `lock`."""
        return self.lock("writer.lock", wait_seconds)

    @contextmanager
    def lock(self, file: str, wait_seconds: float) -> Iterator[None]:
        """Holds a lock; raises EngineUnavailable("index_busy") after waiting that long."""
        with tantivy_faults("index_unwritable"):
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path / file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(handle, time.monotonic() + wait_seconds)
            yield
        finally:
            os.close(handle)


T = TypeVar("T")
_Version = tuple[int, int, int]


def _version_of(path: Path) -> _Version:
    """What is another for every file put in the place of this one."""
    about = os.stat(path)  # noqa: PTH116 twice as fast as its Path twin, on every request
    return about.st_ino, about.st_mtime_ns, about.st_size


class _SmallFile(Generic[T]):
    """What a small file means, read anew whenever the file was replaced: searches look at each request."""

    def __init__(self, path: Path, understood: Callable[[str], T]) -> None:
        self.path = path
        self._understood = understood
        self._kept: tuple[_Version, T] | None = None

    def read(self) -> T:
        """What it means now. Raises OSError without the file, ValueError when it makes no sense."""
        version = _version_of(self.path)
        if self._kept is None or self._kept[0] != version:
            self._kept = (version, self._understood(self.path.read_text("utf-8").strip()))
        return self._kept[1]


def _partitions_in(text: str) -> list[str]:
    facts = json.loads(text)
    if not isinstance(facts, dict) or not isinstance(facts.get("partitions"), list):
        raise ValueError("generation.json")  # noqa: TRY004 what is wrong is the file's content
    if {name: facts.get(name) for name in VERSIONS} != VERSIONS:
        raise EngineUnavailable("index_outdated")
    return [str(name) for name in facts["partitions"]]


def _lock(handle: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            if time.monotonic() >= deadline:
                raise EngineUnavailable("index_busy") from held
            time.sleep(_POLL_SECONDS)
        else:
            return


def _replace(path: Path, text: str) -> None:
    """Writes a small file so that a crash leaves the old one or the new one."""
    draft = path.with_name(path.name + ".new")
    with draft.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
