"""A search room of its own for each test: its engine, its one source, its observers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search import conf, indexing, observers, sources
from tests.integration.search.shelf import Shelf

BACKENDS = {"embedded": "search.engines.embedded.EmbeddedEngine", "memory": "search.engines.memory.MemoryEngine"}


@pytest.fixture
def backend() -> str:
    """The engine behind the room; tests that must hold for both name both."""
    return "embedded"


@pytest.fixture
def shelf(backend: str, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A registered source without documents, over an empty index."""
    options = {"path": tmp_path / "index", "lock_wait_seconds": 0.2} if backend == "embedded" else {}
    settings.SEARCH = {"ENGINE": {"BACKEND": BACKENDS[backend], "OPTIONS": options}}
    monkeypatch.setattr(sources, "_registry", {})
    monkeypatch.setattr(observers, "_on_answer", [])
    monkeypatch.setattr(observers, "_on_mismatch", [])
    monkeypatch.setattr(observers, "_on_audit", [])
    monkeypatch.setattr(indexing, "_rebuilding", indexing._Patience())
    made = Shelf()
    sources.register_source(made)
    conf.get_engine().rebuild([])
    yield made
    conf.forget_engines()
