"""What there is to judge a signature by, without any network: roots given, revocation the file brings, proved times.

Heavy: pyHanko is imported here, in the workroom's preloaded parent or in a child, never in a web process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto import crl, ocsp, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, REQUIRE_REVINFO, CertRevTrustPolicy

Result = TypeVar("Result")


@dataclass
class Evidence:
    """Certificates, revocation lists and answers, and ``stamps``: (revision, moment) of trusted document time-stamps.

    ``at``: the moment of judging, to which nothing in the file can add.
    """

    roots: list[x509.Certificate]
    at: datetime
    certificates: list[x509.Certificate] = field(default_factory=list)
    crls: list[crl.CertificateList] = field(default_factory=list)
    ocsps: list[ocsp.OCSPResponse] = field(default_factory=list)
    stamps: list[tuple[int, datetime]] = field(default_factory=list)
    stamped_revisions: list[int] = field(default_factory=list)

    def context(self, moment: datetime, with_revocation: bool) -> ValidationContext:
        """A context that trusts in the roots alone and asks nobody."""
        policy = CertRevTrustPolicy(REQUIRE_REVINFO if with_revocation else NO_REVOCATION, retroactive_revinfo=True)
        return ValidationContext(
            trust_roots=self.roots,
            other_certs=self.certificates,
            moment=moment,
            crls=self.crls,
            ocsps=self.ocsps,
            revinfo_policy=policy,
        )

    def proved_before(self, revision: int) -> datetime:
        """The earliest moment at which what ``revision`` holds is proved to have stood; at worst the present one."""
        return min([moment for number, moment in self.stamps if number > revision], default=self.at)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that wakes nobody from outside: the cell gives no sockets."""

    _ssock = _csock = None

    def _make_self_pipe(self) -> None:
        """There is no pipe."""

    def _close_self_pipe(self) -> None:
        """There is none to close."""


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of pyHanko's own coroutine, which waits for nothing."""
    loop = _Loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def roots_of(text: str) -> list[x509.Certificate]:
    """Certificates of a PEM text; raises ValueError."""
    if not text.strip():
        return []
    return [x509.Certificate.load(der) for kind, _, der in pem.unarmor(text.encode(), multiple=True)]


def gather(reader: PdfFileReader, signatures: list[EmbeddedPdfSignature], evidence: Evidence) -> None:
    """Add what the file brings; what cannot be read of it is left out."""
    _take_store(reader, evidence)
    for signature in signatures:
        _take_archived(signature, evidence)
    _take_stamps(signatures, evidence)


def _take_store(reader: PdfFileReader, evidence: Evidence) -> None:
    try:
        store = DocumentSecurityStore.read_dss(reader)
        evidence.certificates += list(store.load_certs())
        evidence.crls += [crl.CertificateList.load(item.get_object().data) for item in store.crls]
        evidence.ocsps += [ocsp.OCSPResponse.load(item.get_object().data) for item in store.ocsps]
    except Exception:  # noqa: BLE001 - evidence that cannot be read proves nothing
        return


def _take_archived(signature: EmbeddedPdfSignature, evidence: Evidence) -> None:
    """Revocation data that older signatures carry within themselves."""
    try:
        attributes = signature.signer_info["signed_attrs"]
        archived = find_unique_cms_attribute(attributes, "adobe_revocation_info_archival")
        evidence.crls += list(archived["crl"] or ())
        evidence.ocsps += list(archived["ocsp"] or ())
    except Exception:  # noqa: BLE001 - most have none
        return


def _take_stamps(signatures: list[EmbeddedPdfSignature], evidence: Evidence) -> None:
    """Judge document time-stamps from the newest back, each at the moment that the next newer one proves."""
    stamps = [item for item in signatures if item.sig_object_type == "/DocTimeStamp"]
    for stamp in sorted(stamps, key=lambda item: -int(item.signed_revision)):
        evidence.stamped_revisions.append(int(stamp.signed_revision))
        try:
            moment = evidence.proved_before(int(stamp.signed_revision))
            status = finished(async_validate_pdf_timestamp(stamp, evidence.context(moment, with_revocation=False)))
        except Exception:  # noqa: BLE001, S112 - a stamp that cannot be judged proves no time
            continue
        if status.trusted:
            evidence.stamps.append((int(stamp.signed_revision), status.timestamp))
