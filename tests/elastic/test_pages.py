"""What people see of a search on servers: whole answers, or a calm page that says there is none now; never a part."""

from __future__ import annotations

import io
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from cms import checks, search_health
from records.models import Document, LedgerEvent, PageText
from search import api as search
from search import conf
from search.engines import elastic_health, elastic_link
from tests import factories
from tests.contracts.proxy import Proxy, proxied
from tests.integration.desk.conftest import Browse, browse, cast, expediente, piece  # noqa: F401 fixtures
from tests.services import elastic
from tests.services.elastic import Cluster
from tests.unit.search.entries import entry, put

pytestmark = [pytest.mark.elastic, pytest.mark.criterion(25), pytest.mark.requirement("J7")]

WORDS = "controlador"
CALM = "La búsqueda no responde en este momento"


@pytest.fixture
def between(server: Cluster) -> Iterator[Proxy]:
    with proxied(server.nodes[0].port) as proxy:
        yield proxy


@pytest.fixture
def prefix(server: Cluster, between: Proxy, settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[str]:
    """The search of this installation is on the shared server, reached through the stand between."""
    name = f"paginas{secrets.token_hex(4)}"
    monkeypatch.setattr(elastic_link, "_REST_SECONDS", 0.002)
    use(settings, server, name, hosts=[between.address])
    search.rebuild()
    yield name
    conf.forget_engines()
    server.ask("DELETE", f"/{name}-*,{name}.control?expand_wildcards=all")


def use(settings: Any, server: Cluster, name: str, **others: Any) -> None:
    given = {key.lower(): value for key, value in server.settings().items()}
    options = {**given, "prefix": name, "timeout": 5.0, **others}
    engine = {"BACKEND": "search.engines.elastic.ElasticEngine", "OPTIONS": options}
    settings.SEARCH = {"ENGINE": engine, "ELASTIC": server.settings(PREFIX=name)}
    conf.forget_engines()


def findable(document: Document, text: str = f"licencia del {WORDS}") -> None:
    PageText.objects.create(document=document, number=1, text=text)
    search.enqueue("custody", [str(document.pk)])
    assert search.drain()["failed"] == 0


def desk(browse: Browse, login: str = "custodia") -> tuple[int, str]:  # noqa: F811
    response = browse(login).get("/custodia/buscar/", {"q": WORDS})
    return response.status_code, response.content.decode()


# Faults: how each is made, and how it is mended ---------------------------------------------------------------------


def busy(between: Proxy) -> None:
    between.before = lambda _method, _path: (429, {"error": {"type": "circuit_breaking_exception"}, "status": 429})


def closed(server: Cluster, prefix: str, index: str) -> None:
    server.ask("POST", f"/{index}/_close")


def unnamed(server: Cluster, prefix: str, index: str) -> None:
    server.ask("DELETE", f"/{index}/_alias/{prefix}-restricted")


def named_twice(server: Cluster, prefix: str, index: str) -> None:
    other = next(iter(server.ask("GET", f"/_alias/{prefix}-public")[1]))
    server.ask("PUT", f"/{other}/_alias/{prefix}-restricted")


def changed(server: Cluster, prefix: str, index: str) -> None:
    server.ask("PUT", f"/{index}/_mapping", {"properties": {"otro": {"type": "keyword"}}})


@pytest.mark.parametrize("fault", [closed, unnamed, named_twice, changed])
def test_an_index_that_is_not_as_it_should_be_answers_nothing_and_is_rebuilt(
    prefix: str,
    server: Cluster,
    browse: Browse,  # noqa: F811
    piece: Document,  # noqa: F811
    cast: dict[str, Any],  # noqa: F811
    fault: Callable[[Cluster, str, str], None],
) -> None:
    findable(piece)
    index = next(iter(server.ask("GET", f"/_alias/{prefix}-restricted")[1]))
    fault(server, prefix, index)
    conf.forget_engines()
    status, body = desk(browse)
    assert (status, CALM in body, piece.title in body) == (503, True, False)
    assert not search_health.check(cast["custodia"]).well or fault is closed
    search.rebuild()
    status, body = desk(browse)
    assert (status, "<h2>1 documento</h2>" in body) == (200, True)


@pytest.mark.requirement("J4")
def test_what_the_database_does_not_confirm_is_counted_nowhere(
    prefix: str,
    browse: Browse,  # noqa: F811
    piece: Document,  # noqa: F811
    cast: dict[str, Any],  # noqa: F811
) -> None:
    """Rows of a piece that nobody holds, and of one whose grant ended with no change of the index."""
    findable(piece)
    put(conf.get_engine(), entry(str(uuid4()), WORDS, WORDS, partition="restricted", container="nadie"))
    assert "<h2>1 documento</h2>" in desk(browse)[1]
    assert LedgerEvent.objects.filter(action="search.mismatch").exists()
    grant = factories.access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="caso"
    )
    assert "<h2>1 documento</h2>" in desk(browse, "revisora")[1]
    factories.access.revoke_grant(actor=cast["custodia"], grant=grant)
    assert "<h2>0 documentos</h2>" in desk(browse, "revisora")[1]


# Health --------------------------------------------------------------------------------------------------------------


def test_the_state_of_the_service_tells_of_its_servers(
    prefix: str,
    server: Cluster,
    between: Proxy,
    cast: dict[str, Any],  # noqa: F811
) -> None:
    check = search_health.check(cast["custodia"])
    assert (check.well, "1 servidor; todas las copias están." in check.sentence) == (True, True)
    server.ask("PUT", f"/{prefix}-restricted/_settings", {"index.search.slowlog.threshold.query.debug": "0ms"})
    check = search_health.check(cast["custodia"])
    assert (check.well, "guarda lo que se busca" in check.sentence) == (False, True)
    server.ask("PUT", f"/{prefix}-restricted/_settings", {"index.search.slowlog.threshold.query.debug": None})
    # A second copy of which there can be none on one server.
    server.ask(
        "PUT", f"/{prefix}-public/_settings", {"index": {"auto_expand_replicas": False, "number_of_replicas": 1}}
    )
    check = search_health.check(cast["custodia"])
    assert (check.well, "falta una copia" in check.sentence) == (False, True)
    busy(between)
    for _time in range(6):
        check = search_health.check(cast["custodia"])
    assert (check.well, "se les deja descansar" in check.sentence) == (False, True)


def test_a_process_that_lacks_the_mark_of_the_others_is_told_before_deploying(
    prefix: str, server: Cluster, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def warned() -> list[str]:
        return [told.msg for told in checks.warn_before_deploying() if "ELASTIC_MARK" in told.msg]

    assert warned() == []
    settings.SECRET_KEY = "de-otro-proceso" * 4
    conf.forget_engines()
    assert len(warned()) == 1
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("search_credentials", "check", "--json", stdout=out, stderr=io.StringIO())
    assert "ELASTIC_MARK" in out.getvalue()


def test_a_credential_that_was_widened_after_the_start_is_told(
    prefix: str,
    settings: Any,
    cast: dict[str, Any],  # noqa: F811
) -> None:
    """Here the superuser of the server itself; its name and what it reaches are for `search_credentials check`."""
    assert search_health.check(cast["custodia"]).well
    settings.PROFILE, settings.SITE_ROLE = "production", "desk"
    check = search_health.check(cast["custodia"])
    assert (check.well, "alcanza más de lo que le corresponde" in check.sentence) == (False, True)
    assert "manage_security" not in check.sentence


def test_a_slow_search_is_noted_without_its_words(
    prefix: str,
    browse: Browse,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(elastic_health, "SLOW_MS", -1)
    with caplog.at_level(logging.DEBUG):
        desk(browse)
    noted = [record.getMessage() for record in caplog.records if record.name == elastic_health.__name__]
    assert noted
    told = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("elastic_transport")
    )
    assert WORDS not in told
    assert prefix not in "\n".join(noted)


def test_the_servers_write_no_word_of_a_question_down(settings: Any, db: None) -> None:
    """As our indexes are made, whatever their own log says; read on a node of our own."""
    with elastic.cluster() as made:
        use(settings, made, "callado")
        search.rebuild()
        engine = conf.get_engine()
        put(engine, entry("k1", "Palabrasecreta", partition="restricted"))
        for _time in range(3):
            search.search(None, "palabrasecreta")
        search.servers()
        logs: list[Path] = [made.nodes[0].folder / "log", *(made.nodes[0].folder / "logs").glob("*")]
        assert not any("palabrasecreta" in place.read_text(errors="replace").lower() for place in logs)
    conf.forget_engines()
