"""The signatures of a PDF judged by pyHanko inside the cell: intact, valid, trusted, since when, and what is wrong.

Nothing is fetched. Document time-stamps are no signatures of a person: they are evidence, and show in the level.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.version import __version__

from .contents import Contents, Damaged, Sink
from .names import visible_line
from .signature_codes import BY_INDICATION
from .signature_evidence import Evidence, finished, gather, roots_of

ENGINE = "pyHanko"
MAX_SIGNATURES = 60
MAX_CHAIN = 12
MAX_NAME = 200
_PADES = "/ETSI.CAdES.detached"
#: Certificates of people carry either, often both.
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
_HARMLESS = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
_LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


def prepare() -> None:
    """Loading this module is all that is needed."""


def read(contents: Contents, sink: Sink) -> None:
    """Send one ``part`` per signature; raises Damaged (``encrypted``, ``limits`` for a flood of signatures)."""
    sink.say(engine=ENGINE, version=__version__)
    try:
        reader = _opened(contents)
        found = list(_embedded(reader))
    except (PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError) as fault:
        raise Damaged from fault
    evidence = _evidence(contents)
    gather(reader, [item for item in found if isinstance(item, EmbeddedPdfSignature)], evidence)
    names = {item if isinstance(item, str) else str(item.fq_name) for item in found}
    for item in found:
        if isinstance(item, str):
            sink.say(part={"field": _shown(item), "problems": ["malformed"]})
        elif item.sig_object_type != "/DocTimeStamp":
            sink.say(part=_Judged(item, evidence, names, contents.size).facts())


def _evidence(contents: Contents) -> Evidence:
    try:
        return Evidence(roots_of(contents.order["roots"]), datetime.fromisoformat(contents.order["at"]))
    except ValueError as fault:
        raise Damaged("bad_roots") from fault


def _opened(contents: Contents) -> PdfFileReader:
    reader = PdfFileReader(contents.stream(), strict=False)
    if reader.encrypted:
        reader.decrypt(b"")
        if not reader.security_handler.is_authenticated():
            raise Damaged("encrypted")
    return reader


def _embedded(reader: PdfFileReader) -> Iterator[EmbeddedPdfSignature | str]:
    """Every filled signature field; its name alone where what fills it cannot be read."""
    for number, (name, _, field) in enumerate(enumerate_sig_fields(reader, filled_status=True)):
        if number >= MAX_SIGNATURES:
            raise Damaged("limits")
        try:
            signature = EmbeddedPdfSignature(reader, field, name)
            signature.signer_cert  # noqa: B018 - read now, so that one that cannot be read is known
            yield signature
        except Exception:  # noqa: BLE001 - pyHanko raises much; the signature is malformed whatever it was
            yield str(name)


class _Judged:
    """One signature under judgement."""

    def __init__(self, signature: EmbeddedPdfSignature, evidence: Evidence, fields: set[str], total: int) -> None:
        self.signature = signature
        self.evidence = evidence
        self.fields = fields
        self.total = total
        self.problems: list[str] = []

    def facts(self) -> dict[str, Any]:
        """All that is known of it, as `answers.Signature` names it."""
        certificate = self.signature.signer_cert
        known = {
            "field": _shown(str(self.signature.fq_name)),
            "signer": _common_name(certificate.subject),
            "issuer": _common_name(certificate.issuer),
            "serial": format(certificate.serial_number, "x"),
            "signed_bytes": _signed_bytes(self.signature),
            "total_bytes": self.total,
            "level": self._level(),
        }
        try:
            status = self._status(self.evidence.at, with_revocation=False, first=True)
        except SignatureValidationError:
            return {**known, "problems": ["unsupported"]}
        except Exception:  # noqa: BLE001 - pyHanko raises much on what was made to break it
            return {**known, "problems": ["malformed"]}
        return {**known, **self._integrity(status), **self._time(status), **self._trust(status)}

    def _status(self, moment: datetime, with_revocation: bool, first: bool = False) -> PdfSignatureStatus:
        """pyHanko's own judgement as of ``moment``; what changed later is looked into the first time only."""
        return finished(
            async_validate_pdf_signature(
                self.signature,
                signer_validation_context=self.evidence.context(moment, with_revocation),
                ts_validation_context=self.evidence.context(self._proved(), with_revocation=False),
                key_usage_settings=_USAGE,
                skip_diff=not first,
            )
        )

    def _proved(self) -> datetime:
        return self.evidence.proved_before(int(self.signature.signed_revision) - 1)

    def _integrity(self, status: PdfSignatureStatus) -> dict[str, Any]:
        changed = _changed_after(status, self.fields)
        covered = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        self._note(not status.intact, "altered")
        self._note(status.intact and not status.valid, "forged")
        self._note(status.coverage < SignatureCoverageLevel.ENTIRE_REVISION, "partial_coverage")
        self._note(status.docmdp_ok is False or changed, "changed_after")
        return {
            "intact": status.intact,
            "valid": status.intact and status.valid and status.docmdp_ok is not False,
            "coverage": "whole" if covered else "part",
            "changed_after": changed,
        }

    def _time(self, status: PdfSignatureStatus) -> dict[str, Any]:
        stamp = status.timestamp_validity
        if stamp is not None and stamp.intact and stamp.valid:
            self._note(not stamp.trusted, "timestamp_untrusted")
            return {"signed_at": stamp.timestamp.isoformat(), "time_source": "timestamp"}
        self._note(stamp is not None, "timestamp_altered")
        self._note(stamp is None, "time_unproved")
        claimed = status.signer_reported_dt
        return {"signed_at": claimed.isoformat() if claimed else "", "time_source": "claimed" if claimed else ""}

    def _trust(self, status: PdfSignatureStatus) -> dict[str, Any]:
        """Trust and revocation as of the earliest moment that is proved."""
        stamp = status.timestamp_validity
        moment = stamp.timestamp if stamp is not None and stamp.trusted else self._proved()
        strict = self._status(moment, with_revocation=True)
        revocation = "revoked" if strict.revoked else ("good" if strict.trusted else "unknown")
        lenient = strict if strict.trusted or strict.revoked else self._status(moment, with_revocation=False)
        self._note(not self.evidence.roots, "no_roots")
        self._note(revocation == "unknown", "revocation_unknown")
        self._note(self.signature.signer_cert.not_valid_before > moment, "not_yet_valid")
        if not lenient.trusted and self.evidence.roots and lenient.trust_problem_indic is not None:
            self._note(True, BY_INDICATION.get(getattr(lenient.trust_problem_indic, "name", ""), "untrusted_chain"))
        return {
            "trusted": lenient.trusted,
            "revocation": revocation,
            "chain": self._chain(lenient),
            "problems": list(dict.fromkeys(self.problems)),
        }

    def _chain(self, status: PdfSignatureStatus) -> list[str]:
        """Subjects from the signer's up: of the validated path, else as far as the file's certificates lead."""
        if status.validation_path is not None:
            path = [item for item in status.validation_path if isinstance(item, x509.Certificate)]
            return [_common_name(item.subject) for item in reversed(path)][:MAX_CHAIN]
        known = {item.subject.dump(): item for item in self._known()}
        chain = [self.signature.signer_cert]
        while len(chain) < MAX_CHAIN and chain[-1].issuer.dump() != chain[-1].subject.dump():
            above = known.get(chain[-1].issuer.dump())
            if above is None:
                break
            chain.append(above)
        return [_common_name(item.subject) for item in chain]

    def _known(self) -> list[x509.Certificate]:
        with contextlib.suppress(Exception):
            return [*self.evidence.certificates, *self.signature.other_embedded_certs]
        return []

    def _level(self) -> str:
        """Level of PAdES by what the file holds; whether it holds true is said elsewhere."""
        if str(self.signature.sig_object.get("/SubFilter", "")) != _PADES:
            return "unknown"
        stamped = _has(self.signature.signer_info["unsigned_attrs"], "signature_time_stamp_token")
        lasting = bool(self.evidence.crls or self.evidence.ocsps)
        archived = any(number > int(self.signature.signed_revision) for number in self.evidence.stamped_revisions)
        if lasting and archived:
            return "B-LTA"
        if stamped or archived:
            return "B-LT" if lasting else "B-T"
        return "B-B"

    def _note(self, holds: bool, problem: str) -> None:
        if holds:
            self.problems.append(problem)


def _changed_after(status: PdfSignatureStatus, signature_fields: set[str]) -> bool:
    """Whether later revisions did anything but add signatures and what sustains them."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return False
    if not isinstance(status.diff_result, DiffResult):
        return True
    level = status.diff_result.modification_level
    if level == ModificationLevel.FORM_FILLING:
        return bool(set(status.diff_result.changed_form_fields) - signature_fields)
    return level not in _HARMLESS


def _has(attributes: Any, name: str) -> bool:
    try:
        return any(attribute["type"].native == name for attribute in attributes)
    except (TypeError, ValueError, KeyError):
        return False


def _signed_bytes(signature: EmbeddedPdfSignature) -> int:
    return sum(int(length) for length in list(signature.byte_range)[1::2])


def _common_name(name: x509.Name) -> str:
    """The common name, or all of the name where it has none."""
    try:
        native = name.native
        common = native.get("common_name") or name.human_friendly
        return _shown(common if isinstance(common, str) else ", ".join(map(str, common)))
    except (ValueError, TypeError, KeyError):
        return ""


def _shown(text: str) -> str:
    return visible_line(text)[:MAX_NAME]
