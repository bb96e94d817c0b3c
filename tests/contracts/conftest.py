"""The Elasticsearch of the contract: one server and one set of indexes for the run, emptied before each test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from search.batches import batched
from search.engines.base import SearchEngine
from search.engines.elastic import ElasticEngine
from tests.services.elastic import Cluster, shared
from tests.unit.search.entries import PARTITIONS


@pytest.fixture(scope="session")
def elastic_server() -> Iterator[Cluster]:
    """A real server; where none can be had this fails."""
    with shared() as server:
        yield server


@pytest.fixture(scope="session")
def kept_elastic(elastic_server: Cluster) -> Iterator[ElasticEngine]:
    """An engine on indexes of this run."""
    with cleared(elastic_server) as prefix:
        made = elastic_engine(elastic_server, prefix)
        made.rebuild([])
        yield made


@contextmanager
def cleared(server: Cluster) -> Iterator[str]:
    """A prefix of one's own, of which nothing is left."""
    prefix = f"contrato{secrets.token_hex(4)}"
    yield prefix
    _status, held = server.ask("GET", f"/{prefix}*/_settings?filter_path=*.settings.index.uuid")
    for index in held or ():
        server.ask("DELETE", f"/{index}")
    server.ask("DELETE", f"/_index_template/{prefix}-entries")


@pytest.fixture
def elastic(kept_elastic: ElasticEngine) -> ElasticEngine:
    """The engine, holding nothing."""
    emptied(kept_elastic)
    return kept_elastic


def elastic_engine(server: Cluster, prefix: str, **others: object) -> ElasticEngine:
    """An engine on that server, under a prefix of its own."""
    given = {name.lower(): value for name, value in server.settings().items()}
    made = {"prefix": prefix, "mark": "prueba", "partitions": PARTITIONS, **others}
    return ElasticEngine(**{**given, **made})


def emptied(engine: SearchEngine) -> None:
    """Removes all that the engine holds."""
    for held in batched(list(engine.indexed()), 1_000):
        with engine.writer() as writer:
            writer.remove((one.source, one.key) for one in held)
            writer.commit()
