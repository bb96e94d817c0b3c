"""The signature of a cover: XAdES, enveloped, by signxml; with an RFC 3161 stamp over it where there is an authority.

What is signed is told by what was verified, never by what lies beside it.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from records import clock
from records.indexes import covers
from records.indexes.certificates import Credential, fingerprint_of
from records.indexes.checking import IndexFault

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
#: What verifiers apply to a reference that names no transform, as that to the signed properties (XMLDSig §4.3.3.2).
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SIGNATURE = f"{{{DS}}}Signature"


@dataclass(frozen=True)
class Signed:
    """What a signature that holds says: `cover` is the element that it covers, `chain` the certificates it carries,
    the signer's first, `token` the DER of its stamp, empty without one, over the SHA-256 digest `imprint`."""

    cover: Any
    chain: tuple[x509.Certificate, ...]
    token: bytes
    imprint: bytes

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.chain[0])


def sign(cover: Any, held: Credential) -> Any:
    """The cover with its signature inside."""
    from signxml.xades.xades import XAdESDataObjectFormat  # noqa: PLC0415 - a tenth of a second for who signs

    kind = XAdESDataObjectFormat(Description="Índice electrónico de expediente", MimeType="text/xml")
    algorithm = "ecdsa-sha256" if isinstance(held.key, ec.EllipticCurvePrivateKey) else "rsa-sha256"
    signer = dated_signer()(
        data_object_format=kind, signature_algorithm=algorithm, digest_algorithm="sha256", c14n_algorithm=INCLUSIVE
    )
    return signer.sign(cover, key=held.key, cert=list(held.chain), always_add_key_value=False)


def dated_signer() -> Any:
    """signxml's signer, which dates what it signs by the house's clock."""
    from signxml.xades.xades import XAdESSigner  # noqa: PLC0415 - as above

    class DatedSigner(XAdESSigner):
        def add_signing_time(self, signed_signature_properties: Any, *_args: Any, **_rest: Any) -> None:
            told = etree.SubElement(signed_signature_properties, f"{{{XADES}}}SigningTime", nsmap=self.namespaces)
            told.text = clock.now().astimezone(datetime.UTC).isoformat(timespec="seconds")

    return DatedSigner


def imprint_of(signed: Any) -> bytes:
    """SHA-256 of what a stamp covers: the signature's value, canonical (ETSI EN 319 132-1 §5.3)."""
    value = signed.find(f"{SIGNATURE}/{{{DS}}}SignatureValue")
    canonical: bytes = etree.tostring(value, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    return hashlib.sha256(canonical).digest()


def add_stamp(signed: Any, token: bytes) -> None:
    """Put an RFC 3161 token, with the chain it brings, beside the signature that it dates."""
    properties = signed.find(f"{SIGNATURE}/{{{DS}}}Object/{{{XADES}}}QualifyingProperties")
    place = properties
    for name in ("UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"):
        place = etree.SubElement(place, f"{{{XADES}}}{name}")
    etree.SubElement(place, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXCLUSIVE)
    kept = etree.SubElement(place, f"{{{XADES}}}EncapsulatedTimeStamp")
    kept.text = base64.b64encode(token).decode()


def as_bytes(signed: Any) -> bytes:
    data: bytes = etree.tostring(signed, xml_declaration=True, encoding="utf-8")
    return data


def verify(data: bytes) -> Signed:
    """Check the signature of a cover, offline. That its signer is ours is for whoever asks.

    Raises IndexFault: "cover_schema", "unsigned", or "signature" when it does not hold or covers something else.
    """
    from signxml.exceptions import InvalidInput, SignXMLException  # noqa: PLC0415 - as above

    root = covers.parsed(data)
    chain = certificates_in(root)
    token, imprint = token_in(root), imprint_of(root)
    try:
        covered = verified(data, chain[0])
    except (SignXMLException, InvalidInput, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise IndexFault("signature") from fault
    if covered.tag != covers.ROOT or covered.find(SIGNATURE) is not None:
        raise IndexFault("signature")
    return Signed(covered, chain, token, imprint)


def verified(data: bytes, certificate: x509.Certificate) -> Any:
    """The cover that the signature by this certificate covers, from what was verified."""
    from signxml.algorithms import DigestAlgorithm, SignatureMethod  # noqa: PLC0415 - as above
    from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier  # noqa: PLC0415 - as above

    middle = certificate.not_valid_before_utc + (certificate.not_valid_after_utc - certificate.not_valid_before_utc) / 2
    accepted = XAdESSignatureConfiguration(
        location="./",
        signature_methods=frozenset({SignatureMethod.ECDSA_SHA256, SignatureMethod.RSA_SHA256}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        verification_time=middle,  # whether it was in force when it signed is asked apart
    )
    verifier: Any = XAdESVerifier()
    results: Sequence[Any] = verifier.verify(data, x509_cert=certificate, expect_config=accepted)
    return results[0].signed_xml


def certificates_in(root: Any) -> tuple[x509.Certificate, ...]:
    told = root.findall(f"{SIGNATURE}/{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    if not told:
        raise IndexFault("unsigned")
    try:
        return tuple(x509.load_der_x509_certificate(base64.b64decode(one.text or "")) for one in told)
    except ValueError as fault:
        raise IndexFault("signature") from fault


def token_in(root: Any) -> bytes:
    told = root.findtext(f".//{{{XADES}}}SignatureTimeStamp/{{{XADES}}}EncapsulatedTimeStamp")
    try:
        return base64.b64decode(told, validate=True) if told else b""
    except ValueError as fault:
        raise IndexFault("stamp") from fault
