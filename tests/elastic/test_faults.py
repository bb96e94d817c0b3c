"""Servers that misbehave, at the level of pages: who searches is told calmly that there is no answer now, with 503 and
nothing of one; filing goes on, and what was filed is found when they are well again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from django.test import Client

from cms.core.bootstrap import ensure_site
from records.models import Expediente
from search import api as search
from search import conf
from search.models import OutboxEntry
from tests import factories
from tests.contracts.proxy import Answer, Proxy
from tests.elastic.test_pages import CALM, WORDS, between, findable, prefix  # noqa: F401 fixtures
from tests.integration.desk.conftest import Browse, browse, cast, expediente  # noqa: F401 fixtures

pytestmark = [pytest.mark.elastic, pytest.mark.criterion(25), pytest.mark.requirement("J7", "A8")]

PATIENCE = 0.3
"""Seconds that a search may take while servers are slow."""

PUBLISHED = "clasificada reservada"
"""Words of a page that everybody may read."""


def is_search(path: str) -> bool:
    return path.endswith("/_search")


def refusing(status: int, kind: str) -> Callable[[Proxy], None]:
    """Every request, whatever it asks."""

    def make(between: Proxy) -> None:  # noqa: F811
        between.before = lambda _method, _path: (status, {"error": {"type": kind}, "status": status})

    return make


def slow(between: Proxy) -> None:  # noqa: F811
    def before(_method: str, path: str) -> Answer | None:
        if is_search(path):
            time.sleep(2 * PATIENCE)
        return None

    between.before = before


def red(between: Proxy) -> None:  # noqa: F811
    fault = {"error": {"type": "search_phase_execution_exception", "reason": WORDS}, "status": 503}
    between.before = lambda _method, path: (503, fault) if is_search(path) else None


def garbled(between: Proxy) -> None:  # noqa: F811
    between.after = lambda _method, path, answer: (200, b'{"hits": {"total"') if is_search(path) else answer


def answering(change: Callable[[dict[str, Any]], None]) -> Callable[[Proxy], None]:
    """Every search is answered, and something of the answer is wrong."""

    def make(between: Proxy) -> None:  # noqa: F811
        def after(_method: str, path: str, answer: Answer) -> Answer:
            if is_search(path) and answer[0] == 200:
                change(answer[1])
            return answer

        between.after = after

    return make


def without_a_shard(told: dict[str, Any]) -> None:
    told["_shards"] |= {"failed": 1, "successful": told["_shards"]["total"] - 1}


def of_another_index(told: dict[str, Any]) -> None:
    for row in told["hits"]["hits"]:
        row["_index"] = "ajeno-public-g1"


def another_cluster(between: Proxy) -> None:  # noqa: F811
    """The same names, and indexes that another cluster made: their uuids are others."""

    def after(_method: str, _path: str, answer: Answer) -> Answer:
        for one in answer[1].values() if isinstance(answer[1], dict) else ():
            if isinstance(one, dict) and "mappings" in one:
                one["settings"]["index"]["uuid"] = "de-otro-cluster"
        return answer

    between.after = after


FAULTS: Mapping[str, Callable[[Proxy], None]] = {
    "down": refusing(502, "bad_gateway"),
    "busy": refusing(429, "circuit_breaking_exception"),
    "not let in": refusing(401, "security_exception"),
    "slow": slow,
    "red": red,
    "garbled": garbled,
    "a shard is missing": answering(without_a_shard),
    "timed out": answering(lambda told: told.update(timed_out=True)),
    "foreign hits": answering(of_another_index),
    "another cluster": another_cluster,
}


def well(between: Proxy) -> None:  # noqa: F811
    """The servers as they are, and a process that does not remember that they were otherwise."""
    between.before, between.after = Proxy().before, Proxy().after
    conf.forget_engines()


class Seen(NamedTuple):
    """What a page is to who looks at it."""

    status: int
    calm: bool
    """It says that there is no answer now."""
    found: bool
    """It shows a piece of a text with what was asked in it."""


def seen(response: Any) -> Seen:
    body = response.content.decode()
    return Seen(response.status_code, CALM in body, "<mark>" in body)


NO_ANSWER, ANSWER = Seen(503, calm=True, found=False), Seen(200, calm=False, found=True)


@pytest.fixture
def doors(browse: Browse, prefix: str) -> Callable[[], set[Seen]]:  # noqa: F811
    """What the desk and the public room show of what is found in each."""
    ensure_site(8000)
    search.drain()
    hers, anybody = browse("custodia"), Client()
    return lambda: {
        seen(hers.get("/custodia/buscar/", {"q": WORDS})),
        seen(anybody.get("/buscar/", {"q": PUBLISHED})),
    }


def test_servers_that_misbehave_answer_nothing_and_hold_no_filing_up(
    between: Proxy,  # noqa: F811
    settings: Any,
    doors: Callable[[], set[Seen]],
    expediente: Expediente,  # noqa: F811
    cast: dict[str, Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    findable(factories.file_piece(cast["archivista"], expediente))
    assert doors() == {ANSWER}
    for name, fault in FAULTS.items():
        fault(between)
        conf.forget_engines()
        with monkeypatch.context() as hurried:
            if fault is slow:
                hurried.setitem(settings.SEARCH["ENGINE"]["OPTIONS"], "timeout", PATIENCE)
            assert doors() == {NO_ANSWER}, name
            filed = factories.file_piece(cast["archivista"], expediente)
        assert OutboxEntry.objects.filter(key=str(filed.pk)).exists(), name
        well(between)
        assert search.drain()["failed"] == 0
        assert (OutboxEntry.objects.count(), doors()) == (0, {ANSWER}), name
