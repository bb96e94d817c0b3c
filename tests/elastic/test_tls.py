"""Over TLS with an authority of one's own: served by whom it vouches for, and nothing said to anybody else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.elastic import ElasticEngine
from search.errors import EngineUnavailable
from tests.contracts.conftest import elastic_engine
from tests.services.elastic import Cluster
from tests.services.tls_door import authority, door
from tests.unit.search.entries import ask, entry, keys, put

pytestmark = [pytest.mark.elastic, pytest.mark.criterion(39)]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def ours(places: Path) -> tuple[Path, Path]:
    return authority(places / "propia")


@pytest.fixture(scope="module")
def https(server: Cluster, ours: tuple[Path, Path]) -> Iterator[str]:
    with door(server.nodes[0].port, ours[1]) as address:
        yield address


def engine(server: Cluster, address: str, authority_file: Path | str) -> ElasticEngine:
    name = f"tls{secrets.token_hex(4)}"
    return elastic_engine(server, name, hosts=[address], ca=str(authority_file), timeout=20)


@pytest.mark.requirement("J7")
def test_a_server_that_our_authority_vouches_for_serves(server, https, ours):
    made = engine(server, https, ours[0])

    made.rebuild([])
    put(made, entry("uno", "Acta de inicio"), entry("dos", "Resolución"))

    assert keys(ask(made, "acta")) == ["uno"]


def test_a_server_of_another_authority_is_told_nothing(server, https, places):
    with pytest.raises(EngineUnavailable):
        engine(server, https, authority(places / "ajena")[0]).rebuild([])


def test_without_an_authority_of_ours_the_system_does_not_vouch_for_it(server, https):
    with pytest.raises(EngineUnavailable):
        engine(server, https, "").rebuild([])


def test_a_certificate_of_another_machine_is_no_certificate(server, places):
    roots, served = authority(places / "vecina", address="127.0.0.2")
    with door(server.nodes[0].port, served) as address, pytest.raises(EngineUnavailable):
        engine(server, address, roots).rebuild([])
