"""A small certification authority of the tests and PDFs that it signs, in memory: whole, twice, changed, revoked."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pikepdf
from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.validation import dss
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.unit.parsing import makers

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
SIGNED = datetime(2026, 11, 10, 13, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate alone, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        """The certificate as pyHanko takes it."""
        return asn1_x509.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        """The key as pyHanko takes it."""
        form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return asn1_keys.PrivateKeyInfo.load(self.key.private_bytes(*form))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CO"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def issue(
    common: str,
    issuer: Holder | None = None,
    days: tuple[int, int] = (-365, 365),
    purpose: x509.ObjectIdentifier | None = None,
    authority: bool = False,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
) -> Holder:
    """A certificate valid from and to so many days around `NOW`; its own issuer when none is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    by = issuer.certificate.subject if issuer else _name(common)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(_usage(authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    signer = issuer.key if issuer else key
    return Holder(builder.sign(signer, hashes.SHA256()), key)


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not authority, not authority, False, False, False, authority, authority, False, False)


@cache
def authority() -> Holder:
    """The root."""
    return issue("Entidad de Certificación de Prueba", days=(-3650, 3650), authority=True)


@cache
def person() -> Holder:
    """Who signs: valid, issued by the root."""
    return issue("Ana Peña Gómez", authority())


@cache
def another_person() -> Holder:
    """A second signer."""
    return issue("Luis Ruiz", authority())


@cache
def time_authority() -> Holder:
    """Who stamps the time."""
    key = rsa.generate_private_key(65537, 2048)
    return issue("Estampador de Prueba", authority(), purpose=ExtendedKeyUsageOID.TIME_STAMPING, key=key)


@cache
def unknown_time_authority() -> Holder:
    """One whom nobody trusts."""
    key = rsa.generate_private_key(65537, 2048)
    root = issue("Raíz ajena", days=(-3650, 3650), authority=True)
    return issue("Estampador ajeno", root, purpose=ExtendedKeyUsageOID.TIME_STAMPING, key=key)


@cache
def certificate_of_an_authority() -> Holder:
    """A certificate that may sign certificates, not documents."""
    return issue("Subordinada", authority(), authority=True)


def revocation_list(
    *revoked: tuple[Holder, datetime], by: Holder | None = None, at: datetime = NOW - timedelta(days=1)
) -> bytes:
    """A list of revoked certificates, DER, of the root unless ``by`` says otherwise, issued ``at``."""
    issuer = by or authority()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + timedelta(days=90))
    )
    for holder, moment in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(holder.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(moment).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def plain_pdf(*pages: str) -> bytes:
    """An unsigned PDF."""
    return makers.text_pdf(*(pages or ("Acta de liquidación",)))


def sign(
    data: bytes,
    holder: Holder | None = None,
    field: str = "Firma1",
    stamped: bool = False,
    pades: bool = True,
    crls: Iterable[bytes] = (),
    archival: bool = False,
    clock: Holder | None = None,
    **meta: Any,
) -> bytes:
    """``data`` with one more signature: ``stamped`` with the time, ``crls`` embedded, ``archival`` B-LTA."""
    by = holder or person()
    lists = [asn1_crl.CertificateList.load(each) for each in crls]
    settings = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES if pades else fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
        embed_validation_info=bool(lists),
        use_pades_lta=archival,
        validation_context=_context(lists) if lists else None,
        **meta,
    )
    signer = signers.PdfSigner(
        settings, signer=_signer(by), timestamper=_stamper(clock) if stamped or archival else None
    )
    out = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out)
    return out.getvalue()


def _signer(holder: Holder) -> signers.SimpleSigner:
    known = SimpleCertificateStore()
    known.register(authority().asn1)
    return signers.SimpleSigner(holder.asn1, holder.asn1_key, known)


def _stamper(clock: Holder | None) -> timestamps.DummyTimeStamper:
    known = SimpleCertificateStore()
    known.register(authority().asn1)
    by = clock or time_authority()
    return timestamps.DummyTimeStamper(by.asn1, by.asn1_key, certs_to_embed=known, fixed_dt=SIGNED)


def _context(lists: list[asn1_crl.CertificateList]) -> ValidationContext:
    return ValidationContext(
        trust_roots=[authority().asn1], crls=lists, moment=SIGNED, revocation_mode="soft-fail", retroactive_revinfo=True
    )


def with_lists(data: bytes, *revoked: tuple[Holder, datetime], by: Holder | None = None) -> bytes:
    """The file with a later revision that adds a list of revoked certificates to its evidence."""
    out = io.BytesIO(data)
    fresh = asn1_crl.CertificateList.load(revocation_list(*revoked, by=by))
    dss.DocumentSecurityStore.add_dss(out, sig_contents=None, crls=[fresh])
    return out.getvalue()


def flipped(data: bytes, within: bytes) -> bytes:
    """``data`` with one bit turned where ``within`` stands."""
    at = data.index(within)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def rewritten(data: bytes) -> bytes:
    """What a PDF library makes of the file when it saves it anew."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out)
    return out.getvalue()


def changed_later(data: bytes) -> bytes:
    """The file with a later revision that puts another page in place of the first one's content."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    from pyhanko.pdf_utils import generic

    page[generic.pdf_name("/Contents")] = writer.add_object(
        generic.StreamObject(stream_data=b"BT /F1 24 Tf 72 700 Td (Otra cifra) Tj ET")
    )
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
