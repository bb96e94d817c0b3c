"""What the engine does when its servers, or somebody else, do wrong: nothing partial, foreign or doubtful is shown, and
nothing that was acknowledged is lost."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from search.engines import elastic_control, elastic_link
from search.engines.elastic import ElasticEngine
from search.errors import EngineUnavailable
from search.types import IndexEntry
from tests.contracts.conftest import cleared, elastic_engine
from tests.contracts.proxy import Answer, Proxy, proxied
from tests.services.elastic import Cluster
from tests.unit.search.entries import PARTITIONS, ask, entry, keys, put

pytestmark = pytest.mark.elastic


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rests are short here; how often is tried stays."""
    monkeypatch.setattr(elastic_link, "_REST_SECONDS", 0.002)


@pytest.fixture
def between(elastic_server: Cluster) -> Iterator[Proxy]:
    with proxied(elastic_server.nodes[0].port) as proxy:
        yield proxy


@pytest.fixture
def prefix(elastic_server: Cluster) -> Iterator[str]:
    with cleared(elastic_server) as made:
        yield made


@pytest.fixture
def direct(elastic_server: Cluster, prefix: str) -> ElasticEngine:
    """An engine of this test with one entry in each partition."""
    made = elastic_engine(elastic_server, prefix)
    made.rebuild([entry(name, "Acta", partition=name) for name in PARTITIONS])
    return made


@pytest.fixture
def engine(direct: ElasticEngine, elastic_server: Cluster, between: Proxy, prefix: str) -> ElasticEngine:
    """The same indexes, reached through the stand between."""
    return elastic_engine(elastic_server, prefix, hosts=[between.address], timeout=5.0)


def refused(engine: ElasticEngine, text: str = "acta") -> str:
    with pytest.raises(EngineUnavailable) as fault:
        ask(engine, text, facets=True)
    assert text not in repr(fault.value.facts)
    return fault.value.code


def serving(server: Cluster, prefix: str) -> dict[str, str]:
    """Partition → the index behind its alias."""
    _status, told = server.ask("GET", f"/_alias/{prefix}-*")
    return {alias.removeprefix(f"{prefix}-"): index for index, one in told.items() for alias in one["aliases"]}


# Answers that are not whole -------------------------------------------------------------------------------


def searched(change: dict[str, Any]) -> Any:
    def after(_method: str, path: str, answer: Answer) -> Answer:
        status, told = answer
        return (status, {**told, **change}) if path.endswith("/_search") and status == 200 else answer

    return after


@pytest.mark.requirement("J7")
@pytest.mark.parametrize(
    "change",
    [
        {"timed_out": True},
        {"terminated_early": True},
        {"_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 1}},
        {"_shards": {"total": 3, "successful": 2, "skipped": 0, "failed": 0}},
        {"_shards": {"total": 2, "successful": 2, "skipped": 0, "failed": 0}},
    ],
)
def test_part_of_an_answer_is_no_answer(engine: ElasticEngine, between: Proxy, change: dict[str, Any]) -> None:
    assert ask(engine, "acta").total == 3
    between.after = searched(change)
    assert refused(engine) == "index_partial"
    between.after = searched({})
    assert ask(engine, "acta").total == 3


def test_a_hit_of_an_index_that_was_not_asked_is_refused(engine: ElasticEngine, between: Proxy) -> None:
    def after(_method: str, path: str, answer: Answer) -> Answer:
        if path.endswith("/_search"):
            for row in answer[1]["hits"]["hits"]:
                row["_index"] = "de-otros"
        return answer

    between.after = after
    assert refused(engine) == "index_foreign"


def test_shards_that_are_nowhere_make_no_answer(direct: ElasticEngine, elastic_server: Cluster, prefix: str) -> None:
    index = serving(elastic_server, prefix)["public"]
    elastic_server.ask("POST", f"/{index}/_close")
    assert refused(direct) in {"index_unreachable", "index_partial"}
    elastic_server.ask("POST", f"/{index}/_open?wait_for_active_shards=1")
    assert ask(direct, "acta").total == 3


# Servers that are away, slow, busy or others ---------------------------------------------------------------


def test_a_server_that_is_down_is_said_at_once_and_found_again(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str, between: Proxy
) -> None:
    away = elastic_engine(elastic_server, prefix, hosts=["http://127.0.0.1:9"], timeout=1.0)
    assert away.state() == "unreachable"
    for _time in range(4):
        assert refused(away) == "index_unreachable"
    with pytest.raises(EngineUnavailable), away.writer():
        pass
    assert ask(direct, "acta").total == 3


def test_the_breaker_lets_one_look_and_closes_again(engine: ElasticEngine, between: Proxy) -> None:
    assert ask(engine, "acta").total == 3
    between.before = lambda _method, _path: (503, {"error": {"type": "unavailable"}, "status": 503})
    for _time in range(6):
        assert refused(engine) == "index_unreachable"
    asked = len(between.asked)
    assert refused(engine) == "index_unreachable"
    assert len(between.asked) == asked
    between.before = lambda _method, _path: None
    limit = time.monotonic() + 60
    while time.monotonic() < limit and engine.state() != "ready":
        time.sleep(0.1)
    assert ask(engine, "acta").total == 3


def test_a_slow_server_is_given_up_in_time(
    engine: ElasticEngine, between: Proxy, elastic_server: Cluster, prefix: str
) -> None:
    hasty = elastic_engine(elastic_server, prefix, hosts=[between.address], timeout=0.3)
    assert ask(hasty, "acta").total == 3

    def before(_method: str, path: str) -> Answer | None:
        if path.endswith("/_search"):
            time.sleep(1.0)
        return None

    between.before = before
    assert refused(hasty) == "index_unreachable"


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_moment_of_busy_servers_is_waited_for(engine: ElasticEngine, between: Proxy, status: int) -> None:
    left = [2]

    def before(_method: str, path: str) -> Answer | None:
        if path.endswith("/_search") and left[0]:
            left[0] -= 1
            return status, {"error": {"type": "es_rejected_execution_exception"}, "status": status}
        return None

    between.before = before
    assert ask(engine, "acta").total == 3
    assert left == [0]


def test_servers_of_another_version_are_refused(engine: ElasticEngine, between: Proxy) -> None:
    def after(_method: str, path: str, answer: Answer) -> Answer:
        return (200, {**answer[1], "version": {**answer[1]["version"], "number": "9.1.0"}}) if path == "/" else answer

    between.after = after
    assert refused(engine) == "index_foreign"
    assert engine.state() == "foreign"


def test_who_is_not_let_in_is_told_so(direct: ElasticEngine, elastic_server: Cluster, prefix: str) -> None:
    stranger = elastic_engine(elastic_server, prefix, password="otra")
    assert refused(stranger) == "index_forbidden"
    assert stranger.state() == "unreachable"


# Indexes that are not what they should be ------------------------------------------------------------------


def test_an_alias_of_nothing_or_of_two_answers_nothing(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str
) -> None:
    index = serving(elastic_server, prefix)["public"]
    elastic_server.ask("DELETE", f"/{index}/_alias/{prefix}-public")
    assert (direct.state(), refused(direct)) == ("missing", "index_missing")
    two = [{"add": {"index": one, "alias": f"{prefix}-public"}} for one in serving(elastic_server, prefix).values()]
    elastic_server.ask("POST", "/_aliases", {"actions": [*two, {"add": {"index": index, "alias": f"{prefix}-public"}}]})
    assert (direct.state(), refused(direct)) == ("damaged", "index_ambiguous")


@pytest.mark.parametrize("whose", ["theirs", "nobody"])
def test_an_index_of_somebody_else_is_neither_read_nor_touched(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str, whose: str
) -> None:
    index = serving(elastic_server, prefix)["public"]
    if whose == "theirs":
        mine = elastic_engine(elastic_server, prefix, mark="otra instalación")
    else:
        mine = direct
        other = f"{prefix}-public-gotro"
        elastic_server.ask("PUT", f"/{other}", {"mappings": {"properties": {"uid": {"type": "keyword"}}}})
        move = [{"remove": {"index": index, "alias": f"{prefix}-public"}}]
        move.append({"add": {"index": other, "alias": f"{prefix}-public"}})
        elastic_server.ask("POST", "/_aliases", {"actions": move})
    assert (mine.state(), refused(mine)) == ("foreign", "index_foreign")
    with pytest.raises(EngineUnavailable, match="index_foreign"):
        mine.rebuild([entry("k1", "Acta")])
    assert index in elastic_server.ask("GET", f"/{prefix}-*/_settings")[1]


def test_the_mark_of_an_index_is_made_with_a_key_for_marks_alone(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str
) -> None:
    """What the servers hold is no digest made with the secret itself: that one is used elsewhere too."""
    index = serving(elastic_server, prefix)["public"]
    _status, told = elastic_server.ask("GET", f"/{index}")
    about = told[index]["mappings"]["_meta"]["custodia"]
    uuid = told[index]["settings"]["index"]["uuid"]
    said = json.dumps(["search index", prefix, "public", about["generation"], uuid]).encode()
    bare = hmac.new(b"prueba", said, sha256).hexdigest()
    assert bare != about["mark"]
    elastic_server.ask("PUT", f"/{index}/_mapping", {"_meta": {"custodia": {**about, "mark": bare}}})
    assert (direct.state(), refused(direct)) == ("foreign", "index_foreign")


def test_processes_with_different_secrets_share_a_mark_or_each_others_former_one(
    elastic_server: Cluster, prefix: str, settings: Any
) -> None:
    def engine(secret: str, *former: str, mark: str = "") -> ElasticEngine:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = secret, list(former)
        return elastic_engine(elastic_server, prefix, mark=mark)

    engine("uno").rebuild([])
    assert [made.state() for made in (engine("dos"), engine("dos", "uno"))] == ["foreign", "ready"]
    # Who learns of it late sets the mark and rebuilds: what it made before is still its own.
    assert engine("uno", mark="de todos").state() == "ready"
    engine("uno", mark="de todos").rebuild([])
    assert [made.state() for made in (engine("dos", mark="de todos"), engine("uno"))] == ["ready", "foreign"]


def test_a_mapping_that_somebody_changed_is_outdated_and_rebuilt(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str
) -> None:
    index = serving(elastic_server, prefix)["reserved"]
    elastic_server.ask("PUT", f"/{index}/_mapping", {"properties": {"more": {"type": "keyword"}}})
    assert (direct.state(), refused(direct)) == ("outdated", "index_outdated")
    direct.rebuild([entry("k1", "Acta")])
    assert keys(ask(direct, "acta")) == ["k1"]


def test_indexes_of_another_version_are_outdated(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search.engines import elastic_indexes

    monkeypatch.setattr(elastic_indexes, "VERSIONS", {**elastic_indexes.VERSIONS, "schema": 99})
    assert (direct.state(), refused(direct)) == ("outdated", "index_outdated")


# Writing ---------------------------------------------------------------------------------------------------


@pytest.mark.requirement("J7")
def test_an_entry_that_is_refused_holds_nobody_up_and_is_named(direct: ElasticEngine) -> None:
    bad = replace(entry("k2", "Acta"), facets={"tipo": "x" * 40_000})
    with direct.writer() as writer:
        writer.put([entry("k1", "Acta"), bad, entry("k3", "Acta"), entry("k\ud800", "Acta")])
        writer.commit()
    assert set(writer.refused) == {("custody", "k2"), ("custody", "k\ud800")}
    assert "Acta" not in repr(writer.refused)
    assert set(keys(ask(direct, "acta"))) == {"k1", "k3", *PARTITIONS}


def test_items_that_busy_servers_put_back_are_sent_again(engine: ElasticEngine, between: Proxy) -> None:
    left = [2]

    def after(_method: str, path: str, answer: Answer) -> Answer:
        # The server took all; we say that it put back every second one.
        if path.endswith("/_bulk") and "control" not in path and left[0]:
            left[0] -= 1
            for one in answer[1]["items"][::2]:
                one["index"] = {"status": 429, "error": {"type": "es_rejected_execution_exception"}}
            answer[1]["errors"] = True
        return answer

    between.after = after
    put(engine, *(entry(f"k{n}", "Acta") for n in range(10)))
    assert ask(engine, "acta").total == 13
    assert left == [0]


def test_a_disk_that_is_full_ends_the_work_and_readers_go_on(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str
) -> None:
    index = serving(elastic_server, prefix)["public"]
    for block, expected in ((True, 0), (None, 1)):
        setting = {"index.blocks.read_only_allow_delete": block}
        elastic_server.ask("PUT", f"/{index}/_settings", setting)
        if block:
            with pytest.raises(EngineUnavailable, match="index_unwritable"):
                put(direct, entry("k1", "Acta", "nuevo"))
        else:
            put(direct, entry("k1", "Acta", "nuevo"))
        assert (ask(direct, "nuevo").total, ask(direct, "acta").total) == (expected, 3 + expected)


def test_long_names_and_an_entry_larger_than_a_request(direct: ElasticEngine) -> None:
    long = replace(entry("k" * 700, "Acta"), source="otra")
    large = entry("large", "Acta", *(f"pagina {n} " + "texto largo " * 400 for n in range(1_200)), "final señalado")
    put(direct, long, large)
    assert [(hit.key, hit.page) for hit in ask(direct, "señalado").hits] == [("large", 1_201)]
    with direct.writer() as writer:
        writer.remove([("otra", "k" * 700)])
        writer.commit()
    assert set(keys(ask(direct, "acta"))) == {"large", *PARTITIONS}


def test_one_writer_at_a_time_and_who_was_killed_holds_nobody_up(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = elastic_engine(elastic_server, prefix, lock_wait_seconds=0.2)
    with direct.writer(), pytest.raises(EngineUnavailable, match="index_busy"), other.writer():
        pass
    # Of a machine that nobody hears of any more: its beat stands still.
    elastic_server.ask("POST", f"/{prefix}.control/_update/lock:writer", {"doc": {"holder": "0" * 32}})
    monkeypatch.setattr(elastic_control, "LASTS_SECONDS", 0.1)
    with other.writer() as writer:
        writer.put([entry("k1", "Acta")])
        writer.commit()
    assert ask(direct, "acta").total == 4


def test_who_lost_the_lock_without_knowing_changes_nothing_that_came_after(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str
) -> None:
    other = elastic_engine(elastic_server, prefix)
    with direct.writer() as slow:
        slow.put([entry("k1", "Acta vieja")])
        elastic_server.ask("POST", f"/{prefix}.control/_update/lock:writer", {"doc": {"holder": ""}})
        put(other, entry("k1", "Acta nueva"))
        with pytest.raises(EngineUnavailable, match="index_busy"):
            slow.commit()
    assert (ask(direct, "vieja").total, ask(direct, "nueva").total) == (0, 1)


# Rebuilding ------------------------------------------------------------------------------------------------


class Living:
    """What should stand in the index while it changes."""

    def __init__(self, *rows: IndexEntry) -> None:
        self.rows = {row.key: row for row in rows}
        self.aside: list[tuple[str, str]] = []
        self.halfway = lambda: None

    @property
    def total(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[IndexEntry]:
        return self.besides(())

    def besides(self, uids: Any) -> Iterator[IndexEntry]:
        for number, key in enumerate(sorted(self.rows)):
            if number == len(self.rows) // 2:
                self.halfway()
            if f"custody:{key}" not in uids and key in self.rows:
                yield self.rows[key]

    def now(self, names: Any) -> list[IndexEntry]:
        return [self.rows[key] for _source, key in names if key in self.rows]

    def set_aside(self, names: Any) -> None:
        self.aside += names


@pytest.mark.requirement("J7")
@pytest.mark.criterion(27)
def test_writes_go_on_while_a_new_index_is_built_and_none_is_lost_or_doubled(
    direct: ElasticEngine, elastic_server: Cluster, prefix: str
) -> None:
    stock = Living(*(entry(f"k{n:04}", "Acta", f"texto {n}") for n in range(1_500)))
    direct.rebuild(stock)
    stop, written = threading.Event(), [0]

    def write() -> None:
        engine = elastic_engine(elastic_server, prefix)
        while not stop.is_set():
            n = written[0]
            fresh = entry(f"n{n}", "Acta", "nueva", partition=PARTITIONS[n % 3])
            moved = entry(f"k{n * 7 % 1_500:04}", "Acta", "movida", partition=PARTITIONS[n % 3])
            stock.rows |= {fresh.key: fresh, moved.key: moved}
            put(engine, fresh, moved)
            written[0] += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _time in range(2):
            direct.rebuild(stock)
            assert ask(direct, "acta").total >= 1_500
    finally:
        stop.set()
        thread.join()
    expected = {(row.key, row.partition) for row in stock.rows.values()}
    held = [(one.key, one.partition) for one in direct.indexed()]
    assert (len(held), set(held)) == (len(expected), expected)
    assert written[0] > 5
    assert direct.progress() is None
    assert len(elastic_server.ask("GET", f"/{prefix}-*/_settings")[1]) == 3


def test_a_rebuild_that_was_cut_is_gone_on_with(direct: ElasticEngine) -> None:
    stock = Living(*(entry(f"k{n:04}", "Acta", partition=PARTITIONS[n % 3]) for n in range(900)))

    def cut() -> None:
        raise KeyboardInterrupt

    stock.halfway = cut
    with pytest.raises(KeyboardInterrupt):
        direct.rebuild(stock)
    assert direct.progress() is not None
    assert ask(direct, "acta").total == 3
    put(direct, entry("k0001", "Otra cosa"))
    stock.rows["k0001"] = entry("k0001", "Otra cosa")
    stock.halfway = lambda: None
    assert direct.rebuild(stock) == 900
    assert (ask(direct, "acta").total, ask(direct, "cosa").total) == (899, 1)
    assert direct.progress() is None


def test_what_is_refused_is_set_aside_and_the_rest_serves(direct: ElasticEngine) -> None:
    bad = replace(entry("bad", "Acta"), facets={"tipo": "x" * 40_000})
    stock = Living(entry("k1", "Acta"), bad)
    assert direct.rebuild(stock) == 1
    assert (keys(ask(direct, "acta")), stock.aside) == (["k1"], [("custody", "bad")])


@pytest.mark.beyond(20)
def test_an_index_that_holds_less_than_was_brought_never_serves(
    direct: ElasticEngine, engine: ElasticEngine, between: Proxy
) -> None:
    def after(_method: str, path: str, answer: Answer) -> Answer:
        return (200, {**answer[1], "count": answer[1]["count"] - 1}) if path.endswith("/_count") else answer

    between.after = after
    with pytest.raises(EngineUnavailable, match="index_incomplete"):
        engine.rebuild(Living(entry("k1", "Acta"), entry("k2", "Acta")))
    assert set(keys(ask(direct, "acta"))) == set(PARTITIONS)
    assert direct.progress() is None
