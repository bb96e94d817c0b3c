"""A stand between an engine and a real server, that delays, refuses or changes what the server answers."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]

Change = Callable[[str, str, Answer], Answer]
"""(method, path, what the server answered) → what is answered."""


def as_it_is(_method: str, _path: str, answer: Answer) -> Answer:
    return answer


@dataclass
class Proxy:
    """`before` may answer without asking the server, `after` changes its answer; both may be set at any time."""

    port: int = 0
    address: str = ""
    before: Callable[[str, str], Answer | None] = lambda _method, _path: None
    after: Change = as_it_is
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def proxied(server_port: int) -> Iterator[Proxy]:
    made = Proxy(server_port)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            path = self.path.partition("?")[0]
            made.asked.append((self.command, path))
            status, told = made.before(self.command, path) or made.after(self.command, path, self.forwarded(body))
            content = json.dumps(told).encode() if not isinstance(told, bytes) else told
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def forwarded(self, body: bytes | None) -> Answer:
            connection = http.client.HTTPConnection("127.0.0.1", server_port, timeout=60)
            try:
                kept = {
                    k: v for k, v in self.headers.items() if k.lower() in {"authorization", "content-type", "accept"}
                }
                connection.request(self.command, self.path, body, kept)
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            return answer.status, json.loads(content) if content.strip().startswith((b"{", b"[")) else content

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_one  # noqa: N815 names of the library

        def log_message(self, *_args: Any) -> None:
            return

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    made.address = f"http://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
