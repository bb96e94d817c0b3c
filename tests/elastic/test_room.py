"""The search room on Elasticsearch: the queue, the rights of the moment, comparison and repair, and moving there from
the embedded engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from search import api, conf, indexing, observers, sources
from search.models import OutboxEntry
from tests.contracts.conftest import cleared
from tests.integration.search.shelf import ALL, NOBODY, PUBLIC, Shelf
from tests.services.elastic import Cluster

pytestmark = [pytest.mark.elastic, pytest.mark.django_db]


@pytest.fixture
def profile(server: Cluster, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """SEARCH with the embedded engine serving and Elasticsearch known."""
    with cleared(server) as prefix:
        options = {name.lower(): value for name, value in server.settings(PREFIX=prefix).items()}
        embedded = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": tmp_path / "index"}}
        elastic = {"BACKEND": "search.engines.elastic.ElasticEngine", "OPTIONS": options}
        yield {"embedded": embedded, "elastic": elastic}


@pytest.fixture
def shelf(settings, profile: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A room on Elasticsearch, without documents."""
    settings.SEARCH = {"ENGINE": profile["elastic"]}
    monkeypatch.setattr(sources, "_registry", {})
    for name in ("_on_answer", "_on_mismatch", "_on_audit"):
        monkeypatch.setattr(observers, name, [])
    monkeypatch.setattr(indexing, "_rebuilding", indexing._Patience())
    made = Shelf()
    sources.register_source(made)
    yield made
    conf.forget_engines()


def found(viewer: str, text: str) -> list[str]:
    return sorted(hit.key for hit in api.search(viewer, text).hits)


@pytest.mark.requirement("J2", "J7")
@pytest.mark.criterion(8)
def test_what_is_filed_is_found_by_who_may_and_gone_when_it_is_withdrawn(shelf: Shelf) -> None:
    shelf.file("k1", "Acta", "texto del acta de inicio")
    shelf.file("k2", "Acta", "otro texto", partition="reserved")
    assert api.drain() == {"done": 2, "failed": 0, "left": 0}
    assert [found(viewer, "acta texto") for viewer in (ALL, PUBLIC, NOBODY)] == [["k1", "k2"], ["k1"], []]
    (hit,) = api.search(PUBLIC, '"acta de inicio"').hits
    assert "<mark>acta de inicio</mark>" in hit.snippet
    assert api.search(PUBLIC, "actx").suggestions == ("acta",)
    # Withdrawn a moment ago: the index still holds it, and nobody is shown it.
    shelf.withdraw("k1")
    assert (found(ALL, "acta"), api.search(PUBLIC, "acta").total) == (["k2"], 0)
    api.drain()
    assert found(ALL, "acta") == ["k2"]


@pytest.mark.requirement("J7")
def test_a_row_that_the_index_refuses_waits_with_its_reason_and_the_others_are_found(shelf: Shelf) -> None:
    shelf.file("k1", "Acta")
    shelf.file("bad", "Acta", facets={"tipo": "x" * 40_000})
    assert api.drain() == {"done": 1, "failed": 1, "left": 0}
    (row,) = OutboxEntry.objects.all()
    assert (row.key, row.attempts) == ("bad", 1)
    assert row.last_error
    assert "xxx" not in row.last_error
    assert found(ALL, "acta") == ["k1"]
    shelf.file("bad", "Acta", facets={"tipo": "Acta"})
    api.drain()
    assert found(ALL, "acta") == ["bad", "k1"]


@pytest.mark.requirement("J7")
@pytest.mark.criterion(26)
def test_what_drifted_is_told_and_repaired(shelf: Shelf) -> None:
    for key in ("k1", "k2", "k3"):
        shelf.file(key, "Acta")
    api.drain()
    shelf.held["k4"] = shelf.held.pop("k1")
    shelf.held["k4"] = type(shelf.held["k4"])(**{**as_fields(shelf.held["k4"]), "key": "k4"})
    shelf.held["k2"] = type(shelf.held["k2"])(**{**as_fields(shelf.held["k2"]), "title": "Informe"})
    drift = api.audit(repair=True)
    assert [[key for _source, key in names] for names in drift.findings] == [["k4"], ["k1"], ["k2"]]
    assert not api.audit()
    assert (found(ALL, "acta"), found(ALL, "informe")) == (["k3", "k4"], ["k2"])


def as_fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__slots__}


def test_servers_that_are_away_lose_nothing_and_are_told(shelf: Shelf, settings, profile: dict[str, Any]) -> None:
    shelf.file("k1", "Acta")
    api.drain()
    options = {**profile["elastic"]["OPTIONS"], "hosts": ["http://127.0.0.1:9"], "timeout": 1.0}
    settings.SEARCH = {"ENGINE": {**profile["elastic"], "OPTIONS": options}}
    shelf.file("k2", "Acta")
    assert api.drain()["done"] == 0
    assert (api.status().state, api.status().queue.length) == ("unreachable", 1)
    with pytest.raises(api.EngineUnavailable):
        api.search(ALL, "acta")
    settings.SEARCH = {"ENGINE": profile["elastic"]}
    OutboxEntry.objects.update(due_at="2020-01-01T00:00:00Z")
    api.drain()
    assert found(ALL, "acta") == ["k1", "k2"]


@pytest.mark.requirement("A8", "J7")
def test_an_installation_moves_by_one_command_while_the_other_engine_serves(
    shelf: Shelf, settings, profile: dict[str, Any]
) -> None:
    settings.SEARCH = {"ENGINE": profile["embedded"], "ENGINES": {"elastic": profile["elastic"]}}
    for number in range(50):
        shelf.file(f"k{number}", "Acta", "texto")
    api.drain()
    before = [hit.key for hit in api.search(ALL, "acta", page_size=50).hits]
    told = StringIO()
    call_command("search_index", "rebuild", "--engine", "elastic", "--json", stdout=told)
    assert json.loads(told.getvalue())["done"] == 50
    settings.SEARCH = {"ENGINE": profile["elastic"], "ENGINES": {"embedded": profile["embedded"]}}
    assert [hit.key for hit in api.search(ALL, "acta", page_size=50).hits] == before
    assert not api.audit()
