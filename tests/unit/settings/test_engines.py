"""Which engine serves is one variable; where the servers are and who asks are checked before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cms.settings import engines, env

URL = {"ELASTIC_URL": "https://uno.ejemplo.co:9200, https://dos.ejemplo.co:9200/"}


def told(**variables: str) -> tuple[dict[str, Any], list[str]]:
    environment = env.Environment(variables)
    return engines.search(environment, Path("/srv/custodia")), environment.faults


def test_without_variables_the_embedded_engine_serves_alone() -> None:
    search, faults = told()
    assert search["ENGINE"]["BACKEND"] == "search.engines.embedded.EmbeddedEngine"
    assert (search["ENGINES"], faults) == ({}, [])


@pytest.mark.requirement("A8")
@pytest.mark.parametrize(
    ("chosen", "serves", "beside"), [("", "embedded", "elastic"), ("elastic", "elastic", "embedded")]
)
def test_one_variable_switches_and_the_other_engine_stays_known(chosen: str, serves: str, beside: str) -> None:
    search, faults = told(**URL, ELASTIC_API_KEY="llave", **({"CUSTODIA_SEARCH_ENGINE": chosen} if chosen else {}))
    assert serves in search["ENGINE"]["BACKEND"]
    assert list(search["ENGINES"]) == [beside]
    assert search["ELASTIC"]["HOSTS"] == ["https://uno.ejemplo.co:9200", "https://dos.ejemplo.co:9200"]
    assert faults == []


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"CUSTODIA_SEARCH_ENGINE": "solr"}, "CUSTODIA_SEARCH_ENGINE"),
        ({"CUSTODIA_SEARCH_ENGINE": "elastic"}, "ELASTIC_URL"),
        ({"ELASTIC_URL": "http://uno.ejemplo.co:9200"}, "ELASTIC_URL"),
        ({"ELASTIC_URL": "https://uno.ejemplo.co/ruta"}, "ELASTIC_URL"),
        ({"ELASTIC_URL": "https://quien:clave@uno.ejemplo.co"}, "ELASTIC_URL"),
        ({**URL, "ELASTIC_USER": "custodia"}, "ELASTIC_PASSWORD"),
        ({**URL, "ELASTIC_PREFIX": "*"}, "ELASTIC_PREFIX"),
        ({**URL, "ELASTIC_TIMEOUT": "0"}, "ELASTIC_TIMEOUT"),
        ({**URL, "ELASTIC_MARK": "corta"}, "ELASTIC_MARK"),
    ],
)
def test_what_is_wrong_is_named(variables: dict[str, str], name: str) -> None:
    _search, faults = told(**variables)
    assert [fault.partition(":")[0] for fault in faults] == [name]


@pytest.mark.parametrize(
    ("given", "meant"), [("https://uno.co", "https://uno.co:443"), ("http://[::1]:92", "http://[::1]:92")]
)
def test_an_address_has_its_port(given: str, meant: str) -> None:
    assert told(ELASTIC_URL=given)[0]["ELASTIC"]["HOSTS"] == [meant]
