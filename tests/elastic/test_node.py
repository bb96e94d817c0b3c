"""The server of the tests itself: real, of the version we serve, on loopback, without root, kept by its disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services import elastic, elastic_program

pytestmark = pytest.mark.elastic


def test_it_is_the_official_server_with_its_rights_on(server: elastic.Cluster) -> None:
    status, told = server.ask("GET", "/")
    assert (status, told["version"]["number"]) == (200, elastic_program.VERSION)
    stranger = elastic.Cluster(server.nodes)
    assert stranger.ask("GET", "/")[0] == 401


def test_what_was_acknowledged_survives_an_end_without_warning_and_nothing_survives_the_block() -> None:
    with elastic.cluster() as made:
        (node,) = made.nodes
        assert node.process is not None
        assert Path(f"/proc/{node.process.pid}").stat().st_uid != 0
        made.ask("PUT", "/prueba", {"settings": {"number_of_replicas": 0}})
        assert made.ask("PUT", "/prueba/_doc/1", {"texto": "uno"})[0] == 201
        node.kill()
        assert not made.health()
        node.start()
        made.wait()
        assert made.ask("GET", "/prueba/_doc/1")[1]["_source"] == {"texto": "uno"}
    assert not node.folder.exists()
    assert not node.listens()


def test_another_program_than_the_known_one_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / f"elasticsearch-{elastic_program.VERSION}"
    (place / "lib").mkdir(parents=True)
    (place / elastic_program.SERVER_JAR).write_bytes(b"otro")
    monkeypatch.setenv("CUSTODIA_ELASTIC_CACHE", str(tmp_path))
    with pytest.raises(elastic.Unavailable, match="SHA-256"), elastic.cluster():
        pass


def test_a_program_that_cannot_be_had_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTODIA_ELASTIC_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(elastic.Unavailable, match="maven"), elastic.cluster():
        pass
