"""What the key of each process really reaches, asked of a real server that keeps rights (criteria 3 and 39)."""

from __future__ import annotations

import io
import json
import secrets
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.management import call_command
from elasticsearch import AuthorizationException, Elasticsearch

from cms import checks
from cms import search_credentials as rules
from search.api import EngineUnavailable, credentials
from search.engines import elastic_rights
from search.types import PartitionScope, Scope
from tests.contracts.conftest import cleared, elastic_engine
from tests.services.elastic import Cluster, cluster
from tests.unit.search.entries import ask, entry, put

pytestmark = [pytest.mark.elastic, pytest.mark.criterion(3, 39), pytest.mark.beyond(6)]

ROLES = ("public", "editor", "desk", "worker")
LEVELS = {*rules.EVERY_PARTITION}


@pytest.fixture(scope="module")
def indexes(server: Cluster) -> str:
    """An installation's indexes on the shared server, one document in each; their prefix."""
    name = f"llaves{secrets.token_hex(4)}"
    for part in LEVELS:
        made = {"settings": {"number_of_replicas": 0}, "aliases": {f"{name}-{part}": {}}}
        assert server.ask("PUT", f"/{name}-{part}-g1", made)[0] == 200
        server.ask("PUT", f"/{name}-{part}-g1/_doc/1?refresh=true", {"texto": part})
    return name


@pytest.fixture
def prefix(server: Cluster, indexes: str, settings: Any) -> str:
    settings.SEARCH = {**settings.SEARCH, "ELASTIC": server.settings(PREFIX=indexes)}
    return indexes


def issue(server: Cluster, role: str, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """As an operator does it; the password comes by standard input."""
    return ran(monkeypatch, server, "issue", role, "--as", server.user)


def ran(monkeypatch: pytest.MonkeyPatch, server: Cluster, *arguments: str) -> Mapping[str, Any]:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{server.password}\n"))
    call_command("search_credentials", *arguments, "--json", stdout=out, stderr=io.StringIO())
    told: Mapping[str, Any] = json.loads(out.getvalue())
    return told


def become(settings: Any, role: str, key: str = "", **account: str) -> None:
    """A production process of that role, with that credential."""
    given = {name: value for name, value in settings.SEARCH["ELASTIC"].items() if name not in {"USER", "PASSWORD"}}
    settings.SEARCH = {**settings.SEARCH, "ELASTIC": {**given, "API_KEY": key, **account}}
    settings.PROFILE, settings.SITE_ROLE = "production", role


@pytest.mark.parametrize("role", ROLES)
def test_the_key_of_each_process_is_taken_and_reaches_what_it_needs_alone(
    server: Cluster, prefix: str, settings: Any, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    become(settings, role, issue(server, role, monkeypatch)["api_key"])
    assert list(rules.faults()) == []
    reach = credentials.reach(rules.EVERY_PARTITION)
    assert reach.reads == frozenset(rules.partitions_of(role))
    assert {index for index in reach.finds if index.startswith(prefix)} == {
        f"{prefix}-{part}-g1" for part in rules.partitions_of(role)
    }
    assert reach.writes == (LEVELS if role == "worker" else frozenset())
    assert ran(monkeypatch, server, "check")["ok"]


TELLING = ("/_cluster/state", "/_cluster/settings", "/_nodes/stats", "/_tasks", "/_cat/indices", "/_index_template")
"""What tells of a cluster more than whether it is well: indexes, settings and work of whoever shares it."""


@pytest.mark.parametrize("role", [*ROLES, "operator"])
def test_no_key_looks_at_the_whole_cluster(
    server: Cluster, prefix: str, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    client = Elasticsearch(server.hosts, api_key=issue(server, role, monkeypatch)["api_key"])
    for path in TELLING:
        with pytest.raises(AuthorizationException):
            client.perform_request("GET", path, headers={"accept": "application/json"})


def test_the_operators_key_sees_how_all_is_and_no_document(
    server: Cluster, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Elasticsearch(server.hosts, api_key=issue(server, "operator", monkeypatch)["api_key"])
    assert client.cluster.health(index=f"{prefix}-*", level="shards")["indices"].keys() == {
        f"{prefix}-{part}-g1" for part in LEVELS
    }
    assert client.indices.stats(index=f"{prefix}-*")["_shards"]["failed"] == 0
    assert client.indices.recovery(index=f"{prefix}-*").keys()
    assert client.indices.get(index=f"{prefix}-*").keys()
    with pytest.raises(AuthorizationException):
        client.search(index=f"{prefix}-published")


def test_with_the_keys_of_its_processes_the_search_does_all_it_must(
    server: Cluster, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Not what a key may do by its words, but the engine at work with it."""
    with cleared(server) as name:
        settings.SEARCH = {**settings.SEARCH, "ELASTIC": server.settings(PREFIX=name)}
        engines = {
            role: elastic_engine(
                server,
                name,
                user="",
                password="",
                api_key=issue(server, role, monkeypatch)["api_key"],
                partitions=rules.partitions_of(role),
            )
            for role in ROLES
        }
        engines["worker"].rebuild([])
        put(engines["worker"], *(entry(f"k{n}", "Acta", partition=part) for n, part in enumerate(sorted(LEVELS))))
        assert {role: ask(one, "acta", reading(role)).total for role, one in engines.items()} == {
            role: len(rules.partitions_of(role)) for role in ROLES
        }
        assert {engines[role].servers().nodes for role in ("worker", "desk")} == {1}


def reading(role: str) -> Scope:
    return Scope({part: PartitionScope(whole=True) for part in rules.partitions_of(role)})


@pytest.mark.parametrize("power", sorted({"monitor", "cluster:monitor/state", *elastic_rights.POWERS}))
def test_a_public_key_with_any_power_over_the_cluster_is_refused(
    server: Cluster, prefix: str, settings: Any, power: str
) -> None:
    own = elastic_rights.reader(prefix, ["published"])
    rights = {"public": {**own, "cluster": [*own["cluster"], power]}}
    status, key = server.ask("POST", "/_security/api_key", {"name": "poderosa", "role_descriptors": rights})
    assert status == 200
    become(settings, "public", key["encoded"])
    (told,) = rules.faults()
    assert power in told.partition("tiene poderes sobre el clúster: ")[2].split(", ")


@pytest.mark.parametrize("role", ["desk", "worker"])
def test_a_public_process_with_the_key_of_another_does_not_start(
    server: Cluster, prefix: str, settings: Any, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    become(settings, "public", issue(server, role, monkeypatch)["api_key"])
    monkeypatch.setattr(checks, "database_faults", list)
    with pytest.raises(checks.DangerousStart) as refusal:
        checks.refuse_dangerous_start()
    (told,) = (fault for fault in refusal.value.faults if "puede leer" in fault)
    assert "proceso public" in told
    assert "reserved, restricted" in told


def test_a_superuser_is_refused_to_every_process(server: Cluster, prefix: str, settings: Any) -> None:
    for role in ROLES:
        become(settings, role, USER=server.user, PASSWORD=server.password)
        told = " | ".join(rules.faults())
        assert "manage_security" in told
        assert f"le corresponde: {elastic_rights.EVERYTHING}" in told


@pytest.mark.parametrize(
    ("indices", "found"),
    [
        ([{"names": ["{prefix}-reserved"], "privileges": ["read"]}], "reserved"),
        ([{"names": ["/{prefix}-reserved-g.+/"], "privileges": ["read"]}], "reserved"),
        ([{"names": ["*1"], "privileges": ["read"]}], "{prefix}-reserved-g1"),
        ([{"names": ["{prefix}-published-g1"], "privileges": ["delete_index"]}], "puede cambiar"),
        ([{"names": ["{prefix}-published"], "privileges": ["read"]}], ""),
        ([{"names": ["{prefix}-published*"], "privileges": ["write"]}], "puede cambiar"),
    ],
)
def test_whatever_way_a_key_reaches_more_is_seen(
    server: Cluster, prefix: str, settings: Any, indices: list[dict[str, Any]], found: str
) -> None:
    given = [{**one, "names": [name.format(prefix=prefix) for name in one["names"]]} for one in indices]
    own = elastic_rights.reader(prefix, ["published"])
    rights = {"public": {**own, "indices": [*own["indices"], *given]}}
    status, key = server.ask("POST", "/_security/api_key", {"name": "ancha", "role_descriptors": rights})
    assert status == 200
    become(settings, "public", key["encoded"])
    told = " | ".join(rules.faults())
    assert found.format(prefix=prefix) in told
    assert bool(told) == bool(found), told


def test_what_the_public_key_may_not_the_server_refuses(
    server: Cluster, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Elasticsearch(server.hosts, api_key=issue(server, "public", monkeypatch)["api_key"])
    assert client.search(index=f"{prefix}-published")["hits"]["total"]["value"] == 1
    for part in LEVELS - {"published"}:
        for name in (f"{prefix}-{part}", f"{prefix}-{part}-g1"):
            with pytest.raises(AuthorizationException):
                client.search(index=name)
    with pytest.raises(AuthorizationException):
        client.index(index=f"{prefix}-published-g1", document={"texto": "otro"})


def test_a_key_that_was_ended_opens_nothing_and_the_kept_one_goes_on(
    server: Cluster, prefix: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = issue(server, "public", monkeypatch), issue(server, "public", monkeypatch)
    ended = ran(monkeypatch, server, "end", "public", "--as", server.user, "--keep", new["id"])
    assert old["id"] in ended["ended"]
    assert new["id"] not in ended["ended"]
    become(settings, "public", new["api_key"])
    assert list(rules.faults()) == []
    become(settings, "public", old["api_key"])
    with pytest.raises(EngineUnavailable, match="index_forbidden"):
        credentials.reach(rules.EVERY_PARTITION)
    assert "index_forbidden" in " ".join(rules.unasked())


def test_servers_that_keep_no_rights_or_are_away_are_told(settings: Any) -> None:
    with cluster() as open_server:
        settings.SEARCH = {**settings.SEARCH, "ELASTIC": open_server.settings(PREFIX="abierto")}
        for role in ROLES:
            become(settings, role)
            assert "xpack.security.enabled" in " ".join(rules.faults())
    assert list(rules.faults()) == []
    assert "index_unreachable" in " ".join(rules.unasked())
