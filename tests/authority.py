"""A time-stamping authority of the test's own, on this machine: RFC 3161 over HTTP, its tokens made by pyHanko.

`behaves` says what it answers: "well", "refuses", "another" (a token over another digest), "page" (no answer of the
protocol).
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

REPLY = "application/timestamp-reply"
DAY = datetime.timedelta(days=1)


@dataclass
class Pki:
    """A root, and an authority that it stands behind."""

    root: x509.Certificate
    root_key: rsa.RSAPrivateKey
    leaf: x509.Certificate
    leaf_key: rsa.RSAPrivateKey

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)


def make_pki(at: datetime.datetime, usage: Any = ExtendedKeyUsageOID.TIME_STAMPING) -> Pki:
    root_key, leaf_key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _two in "ab")
    root = certificate("Raíz de prueba", root_key, None, root_key, at)
    leaf = certificate("Estampado de prueba", leaf_key, root, root_key, at, usage)
    return Pki(root, root_key, leaf, leaf_key)


def certificate(
    name: str, key: Any, issuer: x509.Certificate | None, signer: Any, at: datetime.datetime, usage: Any = None
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    built = built.not_valid_before(at - 400 * DAY).not_valid_after(at + 400 * DAY)
    built = built.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    if usage is not None:
        built = built.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return built.sign(signer, hashes.SHA256())


@dataclass
class Authority:
    pki: Pki
    address: str = ""
    behaves: str = "well"
    asked: list[bytes] = field(default_factory=list)

    def answer(self, body: bytes) -> tuple[str, bytes]:
        request = tsp.TimeStampReq.load(body)
        self.asked.append(request["message_imprint"]["hashed_message"].native)
        return ANSWERS[self.behaves](self, request)

    def stamped(self, request: tsp.TimeStampReq) -> tuple[str, bytes]:
        key = self.pki.leaf_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        store = SimpleCertificateStore()
        store.register(loaded(self.pki.root))
        stamper = DummyTimeStamper(loaded(self.pki.leaf), keys.PrivateKeyInfo.load(key), certs_to_embed=store)
        return REPLY, stamper.request_tsa_response(request).dump()

    def stamped_another(self, request: tsp.TimeStampReq) -> tuple[str, bytes]:
        request["message_imprint"]["hashed_message"] = hashlib.sha256(b"otra cosa").digest()
        return self.stamped(request)

    def refused(self, _request: tsp.TimeStampReq) -> tuple[str, bytes]:
        return REPLY, tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "rejection"})}).dump()

    def page(self, _request: tsp.TimeStampReq) -> tuple[str, bytes]:
        return "text/html", b"<p>En mantenimiento</p>"


ANSWERS: Mapping[str, Callable[[Authority, tsp.TimeStampReq], tuple[str, bytes]]] = {
    "well": Authority.stamped,
    "another": Authority.stamped_another,
    "refuses": Authority.refused,
    "page": Authority.page,
}


def loaded(one: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(one.public_bytes(Encoding.DER))


@contextlib.contextmanager
def serving(at: datetime.datetime) -> Iterator[Authority]:
    """An authority whose certificates are in force at that moment, listening as long as the block lasts."""
    authority = Authority(make_pki(at))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kind, body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.address = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
