"""An account that servers refuse, and what an operator who mistypes is told: no word of theirs, no secret of ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from search.engines.elastic_credentials import Account, Key, end, make
from search.engines.elastic_link import Address
from search.errors import EngineUnavailable

SECRET = "quimbaya5520"
WHO = Account("operadora", SECRET)


class Refusing(BaseHTTPRequestHandler):
    """Refuses every request, and quotes in its answer what was asked."""

    def do_GET(self) -> None:
        body = b'{"error": {"type": "security_exception", "reason": "zarzaluna7741"}, "status": 401}'
        self.send_response(401)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_said: Any) -> None:
        """Says nothing."""


@pytest.fixture
def refusing(settings: Any) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SEARCH = {**settings.SEARCH, "ELASTIC": {"HOSTS": [f"http://127.0.0.1:{server.server_port}"]}}
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("refusing")
def test_an_account_that_is_refused_is_told_calmly_and_without_the_servers_words() -> None:
    for ask in (lambda: make("reader", "custodia-public", ["published"], WHO), lambda: end("custodia-public", "", WHO)):
        with pytest.raises(EngineUnavailable) as fault:
            ask()
        assert fault.value.code == "index_forbidden"
        assert "zarzaluna" not in f"{fault.value!r}{fault.value.facts}"


@pytest.mark.parametrize(
    "told",
    [WHO, Key("1", "custodia-public", SECRET), Address(["https://es:9200"], api_key=SECRET, password=SECRET)],
)
def test_what_holds_a_secret_does_not_say_it(told: object) -> None:
    assert SECRET not in repr(told)
