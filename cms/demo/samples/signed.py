"""A PDF signed by an invented person: nobody vouches for the certificate, and its key lives for that one signature."""

from __future__ import annotations

import datetime
import io
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers import pdf_signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cms.demo.samples import page
from cms.demo.samples.markup import Sheet

SIGNER = "Sara Hipotética (inventada)"
YEAR = datetime.timedelta(days=365)
#: Half past seven in Bogotá: the acts of a day start at eight.
EARLY = datetime.time(12, 30, tzinfo=datetime.UTC)


def make(sheet: Sheet, title: str, day: datetime.date) -> bytes:
    """The PDF of `page`, with one signature over the whole of it; unlike the others, new bytes each time."""
    moment = datetime.datetime.combine(day, EARLY)
    settings = signers.PdfSignatureMetadata(
        field_name="Firma", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(page.make(sheet, title, day)))
    Dated(settings, moment).sign_pdf(writer, output=out)
    return out.getvalue()


class Dated(signers.PdfSigner):
    """Signs as of the day of the play, and not of the day on which the demo is loaded."""

    def __init__(self, settings: signers.PdfSignatureMetadata, moment: datetime.datetime) -> None:
        super().__init__(settings, signer=holder(moment))
        self.moment = moment

    def init_signing_session(self, *args: Any, **kwargs: Any) -> pdf_signer.PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.moment
        return session


def holder(moment: datetime.datetime) -> signers.SimpleSigner:
    key = ec.generate_private_key(ec.SECP256R1())
    der = certificate(key, moment).public_bytes(serialization.Encoding.DER)
    plain = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private = asn1_keys.PrivateKeyInfo.load(key.private_bytes(*plain))
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko leaves it without types
    return signers.SimpleSigner(asn1_x509.Certificate.load(der), private, known)


def certificate(key: ec.EllipticCurvePrivateKey, moment: datetime.datetime) -> x509.Certificate:
    """Issued by the signer to herself, as of a year before the signature and for two after it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)])
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - YEAR)
        .not_valid_after(moment + 2 * YEAR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
