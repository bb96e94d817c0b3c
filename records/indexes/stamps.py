"""RFC 3161 time-stamps over signatures: asked of the configured authority, checked offline by their own chain (K5).

pyHanko speaks the protocol and reads the tokens; nothing but the configured authority is ever asked.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import cms, pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from records import conf
from records.errors import IndexRefused

#: What an authority's answer may weigh.
MOST = 256 * 1024
TRUSTED, UNTRUSTED, UNKNOWN = "trusted", "untrusted", "unknown"


@dataclass(frozen=True)
class Stamp:
    """What a token tells: its moment, who gave it, whether it is of this signature (`holds`), and whether a root that
    the installation trusts stands behind it (TRUSTED, UNTRUSTED; UNKNOWN where none is configured)."""

    at: datetime.datetime | None
    authority: str
    holds: bool
    trust: str


BROKEN = Stamp(None, "", False, UNKNOWN)


def obtain(imprint: bytes) -> bytes:
    """A token (DER) over this SHA-256 digest, from the configured authority; empty where there is none.

    Raises IndexRefused "index_stamp_unavailable": no answer in time, a refusal, or a token that is not over this.
    """
    asked = conf.index_signing()
    if not asked.authority:
        return b""
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper  # noqa: PLC0415 - for who stamps

    client: Any = RequestsHTTPTimeStamper
    service = client(asked.authority, timeout=asked.seconds)
    try:
        token: bytes = asyncio.run(service.async_timestamp(imprint, "sha256")).dump()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:  # the last: pyHanko, of a foreign nonce
        raise IndexRefused("index_stamp_unavailable") from fault
    if len(token) > MOST or not read(token, imprint).holds:
        raise IndexRefused("index_stamp_unavailable")
    return token


def read(token: bytes, imprint: bytes) -> Stamp:
    """What a token tells of this digest; BROKEN for what is no token. Nothing is fetched."""
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        told = signed["encap_content_info"]["content"].parsed
        moment = told["gen_time"].native
        return asyncio.run(judged(signed, imprint, moment))
    except (ValueError, TypeError, KeyError, AttributeError, OSError):
        return BROKEN


async def judged(signed: cms.SignedData, imprint: bytes, moment: datetime.datetime) -> Stamp:
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415 - as above
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data  # noqa: PLC0415 - as above
    from pyhanko.sign.validation.status import TimestampSignatureStatus  # noqa: PLC0415 - as above

    try:
        expected = {"sha256": imprint}
        facts = await validate_tst_signed_data(signed, context(moment), lambda name: expected.get(name, b""))
        status = TimestampSignatureStatus(**facts)
    except SignatureValidationError:
        return BROKEN
    name = status.signing_cert.subject.native.get("common_name", "")
    holds = status.intact and status.valid and may_stamp(status.signing_cert, moment)
    return Stamp(moment, str(name), holds, trust_told(trusted=status.trusted))


def may_stamp(certificate: asn1.Certificate, moment: datetime.datetime) -> bool:
    """In force at that moment and made for stamping (RFC 3161 §2.3), whether or not anybody vouches for it."""
    usage = certificate.extended_key_usage_value
    in_force = certificate.not_valid_before <= moment <= certificate.not_valid_after
    return in_force and usage is not None and usage.native == ["time_stamping"]


def trust_told(*, trusted: bool) -> str:
    if trusted:
        return TRUSTED
    return UNTRUSTED if conf.signature_roots() else UNKNOWN


def context(moment: datetime.datetime) -> Any:
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - as above

    return ValidationContext(trust_roots=roots(), moment=moment, allow_fetching=False, revocation_mode="soft-fail")


def roots() -> list[asn1.Certificate]:
    """The authorities that the installation trusts (SIGNATURE_ROOTS)."""
    file = conf.signature_roots()
    if file is None:
        return []
    return [asn1.Certificate.load(der) for _kind, _head, der in pem.unarmor(Path(file).read_bytes(), multiple=True)]


def trust_of(chain: Sequence[x509.Certificate], moment: datetime.datetime) -> str:
    """Does a root that the installation trusts stand behind these certificates at that moment?"""
    from pyhanko_certvalidator import CertificateValidator  # noqa: PLC0415 - as above
    from pyhanko_certvalidator.errors import PathError, ValidationError  # noqa: PLC0415 - as above

    leaf, *others = (asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in chain)
    validator: Any = CertificateValidator(leaf, intermediate_certs=others, validation_context=context(moment))
    try:
        asyncio.run(validator.async_validate_usage(set()))
    except (PathError, ValidationError, ValueError):
        return trust_told(trusted=False)
    return TRUSTED
