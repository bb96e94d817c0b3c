"""Refusals. Facts are attributes; the Spanish sentence is made at the edge by `records.sentences`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class RecordsError(Exception):
    """A refusal with a stable code and facts; never holds what its reader may not know."""

    code = "records"

    def __init__(self, code: str = "", **facts: Any) -> None:
        self.code = code or type(self).code
        self.facts = facts
        super().__init__(self.code)


class NotFound(RecordsError):
    """Absent, or not for this person: the two are the same answer (D11)."""

    code = "not_found"


class AccessDenied(RecordsError):
    """The object is visible to this person; the act is not theirs."""

    code = "access_denied"


class RuleViolation(RecordsError):
    """The state of things does not allow the act."""

    code = "rule_violation"


class ClosedExpediente(RuleViolation):
    code = "closed_expediente"


class SelfApproval(RuleViolation):
    code = "self_approval"


class DuplicateFiling(RuleViolation):
    """The same bytes are already filed where the filer may see them; a decision is needed (C8)."""

    code = "duplicate"


class UnderHold(RuleViolation):
    """A hold stands over it: nothing of it is removed, by nobody."""

    code = "under_hold"


class Incomplete(RuleViolation):
    """Something is missing; `missing` lists all of it, as codes or (code, fact) pairs."""

    code = "incomplete"

    def __init__(self, missing: Iterable[str], **facts: Any) -> None:
        self.missing = tuple(missing)
        super().__init__(self.code, missing=self.missing, **facts)


class NotReady(Incomplete):
    """An expediente cannot be closed yet; `pieces` in the facts names, as far as the person may know, every piece
    that lacks registration: (order, title or "")."""

    code = "not_ready"


class RejectedUpload(RecordsError):
    """The file cannot be filed; `reasons` lists every cause."""

    code = "rejected_upload"

    def __init__(self, reasons: Iterable[str], **facts: Any) -> None:
        self.reasons = tuple(reasons)
        super().__init__(self.reasons[0] if self.reasons else self.code, reasons=self.reasons, **facts)


class IntegrityFailure(RecordsError):
    """Stored bytes are not the filed ones: nothing leaves, an alarm is raised."""

    code = "integrity_failure"


class StoreUnavailable(RecordsError):
    """The store cannot keep or give bytes now (full, read-only, gone)."""

    code = "store_unavailable"


class LedgerDiverged(RecordsError):
    """The database's ledger is not the one whose heads are kept outside: restored from an earlier day, or rewritten."""

    code = "ledger_diverged"


class ReadingTooFast(RecordsError):
    """More than a person reads in an hour: the rest waits, and who answers for the pieces is told."""

    code = "reading_too_fast"


class LedgerUnavailable(RecordsError):
    """The event of an act or a reading could not be written: neither the act nor the reading takes place."""

    code = "ledger_unavailable"


class ClockBehind(RecordsError):
    """The last event is later than now: the machine's clock went back, and nothing can be dated rightly."""

    code = "clock_behind"


class CellUnavailable(RecordsError):
    """The parsing cell could not be used just now: whoever asked tries again later."""

    code = "cell_unavailable"


class RenditionUnavailable(RecordsError):
    """What was asked to be made from a piece, or taken out of it, is not there."""

    code = "no_rendition"


class PageImageUnavailable(RenditionUnavailable):
    """The piece has no image of that page."""

    code = "no_page_image"


class SigningKeyUnavailable(RecordsError):
    """The system's key is missing or damaged: nothing can be signed, so nothing is acknowledged."""

    code = "signing_key_unavailable"


class QuarantinedUpload(RejectedUpload):
    """The file was set apart: it is malicious, or it could not be scanned to its end and nobody knows."""

    code = "quarantined"


class ScannerUnavailable(RecordsError):
    """The malware scanner does not answer: nothing is filed unscanned, and trying again later is right."""

    code = "scanner_unavailable"


class IndexRefused(RuleViolation):
    """An electronic index cannot be issued: nothing was changed. `pieces` in the facts, where bytes do not match, names
    as far as the person may know each of them: (order, title or "")."""

    code = "index_refused"
