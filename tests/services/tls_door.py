"""A door with TLS before a server without it, and an authority that vouches for the door. Loopback only."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import selectors
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
DAY = datetime.timedelta(days=1)
SILENCE = 60.0
"""Seconds after which a connection on which nobody says anything is over."""


def authority(folder: Path, address: str = HERE) -> tuple[Path, Path]:
    """Files of a new authority's certificate, and of the key and certificate of a server at `address`."""
    folder.mkdir(parents=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Autoridad de prueba", root_key, None, root_key)
    leaf = certificate("Servidor de prueba", key, root, root_key, address)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    roots, served = folder / "autoridad.pem", folder / "servidor.pem"
    roots.write_bytes(root.public_bytes(Encoding.PEM))
    served.write_bytes(secret + leaf.public_bytes(Encoding.PEM))
    return roots, served


def certificate(name: str, key: Any, issuer: Any, signer: Any, address: str = "") -> x509.Certificate:
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    built = built.not_valid_before(now - DAY).not_valid_after(now + DAY)
    built = built.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    if address:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        built = built.add_extension(names, critical=False)
    return built.sign(signer, hashes.SHA256())


class _Through(socketserver.BaseRequestHandler):
    server: _Door

    def handle(self) -> None:
        with (
            contextlib.suppress(OSError),
            self.server.context.wrap_socket(self.request, server_side=True) as outside,
            socket.create_connection((HERE, self.server.behind)) as inside,
        ):
            pass_on(outside, inside)


class _Door(socketserver.ThreadingTCPServer):
    daemon_threads = True
    context: ssl.SSLContext
    behind: int


def pass_on(outside: ssl.SSLSocket, inside: socket.socket) -> None:
    """What either says, to the other, until one of them ends or both are silent."""
    with selectors.DefaultSelector() as both:
        both.register(outside, selectors.EVENT_READ, inside)
        both.register(inside, selectors.EVENT_READ, outside)
        while ready := both.select(SILENCE):
            for key, _events in ready:
                said = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                while isinstance(key.fileobj, ssl.SSLSocket) and key.fileobj.pending():
                    said += key.fileobj.recv(65_536)
                if not said:
                    return
                key.data.sendall(said)


@contextlib.contextmanager
def door(behind: int, served: Path) -> Iterator[str]:
    """The address of a door before that port of this machine; shut when the block is left."""
    with _Door((HERE, 0), _Through) as made:
        made.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.context.load_cert_chain(served)
        made.behind = behind
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        try:
            yield f"https://{HERE}:{made.server_address[1]}"
        finally:
            made.shutdown()
            thread.join()
