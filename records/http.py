"""The one place where a refusal becomes an HTTP status (ARCHITECTURE §6)."""

from __future__ import annotations

from records import errors

STATUSES: tuple[tuple[type[errors.RecordsError], int], ...] = (
    (errors.NotFound, 404),
    (errors.RenditionUnavailable, 404),
    (errors.AccessDenied, 403),
    (errors.ReadingTooFast, 429),
    (errors.RuleViolation, 409),
    (errors.RejectedUpload, 422),
    (errors.IntegrityFailure, 500),
    (errors.StoreUnavailable, 503),
    (errors.LedgerUnavailable, 503),
    (errors.LedgerDiverged, 503),
    (errors.ClockBehind, 503),
    (errors.CellUnavailable, 503),
    (errors.SigningKeyUnavailable, 503),
    (errors.ScannerUnavailable, 503),
)


def status_for(error: errors.RecordsError) -> int:
    """HTTP status of a refusal; 500 for one that has no row."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
