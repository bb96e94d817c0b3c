"""A time-stamping authority that nobody here wrote: certomancer's, in a process of its own, on loopback, with keys and
certificates made for the occasion. One label stamps well (`/tsa/vigente`), one with a certificate that expired
(`/tsa/vencida`).

`altered` stands between: it hands the authority another request than the one it was sent, as a tampered line would.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import tsp
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.services.postgres import free_port

READY_SECONDS = 60
ROOT, GOOD, EXPIRED = "raiz", "vigente", "vencida"
CONFIG = f"""
keysets:
  prueba:
    keys:
      {ROOT}: {{path: {ROOT}.pem}}
      {GOOD}: {{path: {GOOD}.pem}}
      {EXPIRED}: {{path: {EXPIRED}.pem}}
pki-architectures:
  prueba:
    keyset: prueba
    entities:
      {ROOT}: {{common-name: Raíz de prueba}}
      {GOOD}: {{common-name: Estampado de prueba}}
      {EXPIRED}: {{common-name: Estampado vencido}}
    certs:
      {ROOT}:
        issuer: {ROOT}
        validity: {{valid-from: "2000-01-01T00:00:00+0000", valid-to: "2099-01-01T00:00:00+0000"}}
        extensions:
          - {{id: basic_constraints, critical: true, value: {{ca: true}}}}
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [key_cert_sign]}}}}
      {GOOD}:
        issuer: {ROOT}
        validity: {{valid-from: "2000-01-01T00:00:00+0000", valid-to: "2099-01-01T00:00:00+0000"}}
        extensions:
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [digital_signature]}}}}
          - {{id: extended_key_usage, critical: true, value: [time_stamping]}}
      {EXPIRED}:
        template: {GOOD}
        issuer: {ROOT}
        validity: {{valid-from: "2000-01-01T00:00:00+0000", valid-to: "2020-01-01T00:00:00+0000"}}
    services:
      cert-repo:
        {ROOT}: {{for-issuer: {ROOT}}}
      time-stamping:
        {GOOD}: {{signing-cert: {GOOD}, certs-to-embed: [{ROOT}]}}
        {EXPIRED}: {{signing-cert: {EXPIRED}, certs-to-embed: [{ROOT}]}}
"""


class Unavailable(RuntimeError):
    """It did not start; the message says why."""


@dataclass
class Authority:
    """`address` is what TIMESTAMP_AUTHORITY takes, for a label."""

    base: str

    def address(self, label: str = GOOD) -> str:
        return f"{self.base}/prueba/tsa/{label}"

    def root(self) -> bytes:
        """The certificate of its root, in PEM."""
        with urllib.request.urlopen(f"{self.base}/prueba/certs/{ROOT}/ca.crt.pem", timeout=10) as answer:
            return bytes(answer.read())


@contextlib.contextmanager
def authority() -> Iterator[Authority]:
    with tempfile.TemporaryDirectory(prefix="custodia-tsa-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), free_port()
        (folder / "pki.yml").write_text(CONFIG)
        for label in (ROOT, GOOD, EXPIRED):
            (folder / f"{label}.pem").write_bytes(new_key())
        command = [sys.executable, "-m", "certomancer", "--config", str(folder / "pki.yml"), "animate", "--no-web-ui"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*command, "--port", str(port)], cwd=folder, stdout=log, stderr=log)
        try:
            made = Authority(f"http://127.0.0.1:{port}")
            wait_ready(made, process, folder / "log")
            yield made
        finally:
            process.terminate()
            process.wait(30)


def new_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def wait_ready(made: Authority, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit and process.poll() is None:
        with contextlib.suppress(OSError):
            made.root()
            return
        time.sleep(0.1)
    raise Unavailable(f"certomancer did not start:\n{log.read_text(errors='replace')[-2000:]}")


# What a tampered line asks ----------------------------------------------------------------------------------------


def with_imprint(asked: dict[str, Any]) -> None:
    asked["message_imprint"] = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}


def with_nonce(asked: dict[str, Any]) -> None:
    asked["nonce"] ^= 1


def without_nonce(asked: dict[str, Any]) -> None:
    del asked["nonce"]


@dataclass
class Line:
    """Its address, and how many true answers of the authority it brought."""

    address: str = ""
    brought: int = 0


@contextlib.contextmanager
def altered(target: str, change: Callable[[dict[str, Any]], None]) -> Iterator[Line]:
    """Somebody who passes requests on, changed, and brings the authority's true answer."""
    line = Line()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"]))).native
            asked = {name: came[name] for name in ("version", "message_imprint", "nonce", "cert_req")}
            change(asked)
            headers = {"Content-Type": "application/timestamp-query"}
            passed = urllib.request.Request(target, tsp.TimeStampReq(asked).dump(), headers)
            with urllib.request.urlopen(passed, timeout=10) as answer:
                body = answer.read()
            line.brought += tsp.TimeStampResp.load(body)["status"]["status"].native == "granted"
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    line.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
