"""The key and the certificate that sign electronic indexes: files of the installation, the key of its owner alone.

They come from configuration. The demo and the tests make a pair of their own at set-up, signed by itself: the
signature holds, and that nobody vouches for it is told.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from records import clock, conf
from records.errors import IndexRefused

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----\n?", re.S)
#: Years for which the certificate that signs itself holds, from the one before it was made: the demo moves its clock.
YEARS = 15
WEAKEST = 2048


@dataclass(frozen=True)
class Credential:
    """A key with its certificate and what vouches for it, the signer's first."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.certificate)


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER, in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def credential() -> Credential:
    """What signs now. Raises IndexRefused: there is none, it is damaged, its parts are not of each other, or the
    certificate is not in force."""
    files = conf.index_signing()
    try:
        marks = [(file, file.stat().st_mtime_ns, file.stat().st_ino) for file in (files.key, files.certificate)]
        held = _loaded(*marks)
    except (OSError, ValueError, TypeError) as fault:
        raise IndexRefused("index_key_unavailable") from fault
    check_pair(held)
    check_in_force(held.certificate)
    return held


@lru_cache(maxsize=4)
def _loaded(key: tuple[Path, int, int], certificate: tuple[Path, int, int]) -> Credential:
    """Read once for each pair of files that ever lay there."""
    private = load_pem_private_key(blocks(key[0], b"PRIVATE KEY")[0], password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or private.key_size < weakest(private):
        raise ValueError("neither RSA of 2048 bits nor an elliptic curve of 256")
    chain = tuple(x509.load_pem_x509_certificate(one) for one in blocks(certificate[0], b"CERTIFICATE"))
    return Credential(private, chain)


def weakest(key: PrivateKey) -> int:
    return 256 if isinstance(key, ec.EllipticCurvePrivateKey) else WEAKEST


def blocks(file: Path, label: bytes) -> list[bytes]:
    """The PEM blocks of a kind; ValueError where there is none."""
    found = [match[0] for match in BLOCK.finditer(file.read_bytes()) if match[1].endswith(label)]
    if not found:
        raise ValueError(f"no {label.decode()} in the file")
    return found


def check_pair(held: Credential) -> None:
    if spki(held.key.public_key()) != spki(held.certificate.public_key()):
        raise IndexRefused("index_key_foreign")


def spki(key: object) -> bytes:
    raw: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return raw


def check_in_force(certificate: x509.Certificate) -> None:
    now = clock.now()
    if now > certificate.not_valid_after_utc:
        raise IndexRefused("index_certificate_expired", until=told_day(certificate.not_valid_after_utc))
    if now < certificate.not_valid_before_utc:
        raise IndexRefused("index_certificate_early", since=told_day(certificate.not_valid_before_utc))


def told_day(moment: datetime.datetime) -> str:
    return f"{moment:%d/%m/%Y}"


# The pair that set-up makes -----------------------------------------------------------------------------------


def ensure_self_signed() -> None:
    """Make the pair at set-up where the installation makes its own and there is none; safe to run again."""
    files = conf.index_signing()
    if not files.self_signed or files.key != files.certificate or files.key.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place(files.key, pem + self_signed(key).public_bytes(Encoding.PEM))


def self_signed(key: PrivateKey) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Custodia"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Custodia, firma de índices (demostración)"),
        ]
    )
    since = datetime.datetime(clock.now().year - 1, 1, 1, tzinfo=datetime.UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).not_valid_before(since)
    built = built.not_valid_after(since.replace(year=since.year + YEARS))
    built = built.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    built = built.add_extension(usage(), critical=True)
    return built.sign(key, hashes.SHA256())


def usage() -> x509.KeyUsage:
    """Signing and standing by what was signed, nothing else."""
    refused = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    return x509.KeyUsage(digital_signature=True, content_commitment=True, **refused)


def place(file: Path, pem: bytes) -> None:
    """The file whole and durable, 0600; of two set-ups at once the first one's stays."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
            sink.write(pem)
            sink.flush()
            os.fsync(sink.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
