"""Settings of the records room, read at use so that tests may override them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings


def setting(name: str) -> Any:
    return settings.RECORDS[name]


def copies() -> dict[str, Any]:
    """Further stores of the same bytes, by name; each is described as STORE is."""
    return dict(settings.RECORDS.get("COPIES", {}))


@dataclass(frozen=True)
class FixityPlan:
    """Days in which every stored byte is proved, sealed pieces sooner; bytes read a second at most (0: no limit)."""

    days: int
    sealed_days: int
    bytes_per_second: int


def fixity() -> FixityPlan:
    given = setting("FIXITY")
    return FixityPlan(given["DAYS"], given["SEALED_DAYS"], given["BYTES_PER_SECOND"])


@dataclass(frozen=True)
class ReadingPace:
    """Pieces and bytes that one person reads in so many seconds at most; no pieces: there is no limit."""

    pieces: int
    size: int
    seconds: int


def bulk_reading() -> ReadingPace:
    given = setting("BULK_READING")
    return ReadingPace(given["PIECES"], given["BYTES"], given["SECONDS"])


def max_upload_bytes() -> int:
    return int(setting("MAX_UPLOAD_BYTES"))


def page_cache() -> Path:
    return Path(setting("PAGE_CACHE"))


def page_cache_bytes() -> int:
    """What the images of pages may take; beyond it those longest unused are made again when asked for."""
    return int(setting("PAGE_CACHE_BYTES"))


def signing_key() -> Path:
    """The file of the system's private key (PEM, mode 0600)."""
    return Path(setting("SIGNING_KEY"))


def witness() -> Path:
    """Where the ledger's heads are kept outside the database."""
    return Path(setting("WITNESS"))


def look_seconds() -> float:
    """How often a process that serves the desk compares the database with the ledger's copy outside."""
    return float(setting("LOOK_SECONDS"))


def ledger_addresses() -> str:
    """What the ledger keeps of the address somebody acts from: "none", "network" or "whole"."""
    return str(setting("LEDGER_ADDRESSES"))


@dataclass(frozen=True)
class GrantTerms:
    """The longest that a grant may last, in days: by a custodian's word, and for a case."""

    ordinary: int
    case: int


def grant_terms() -> GrantTerms:
    given = setting("GRANT_DAYS")
    return GrantTerms(given["ORDINARY"], given["CASE"])


def confirm_identity() -> str:
    """Dotted path of a view decorator that asks again who one is before a grave act; empty for none."""
    return str(settings.RECORDS.get("CONFIRM_IDENTITY") or "")


def certificates() -> Path:
    """Where certificates wait for whoever asked for them."""
    return Path(setting("CERTIFICATES"))


def certificate_days() -> int:
    """Days after which a certificate's file is taken away; the same can be issued again."""
    return int(setting("CERTIFICATE_DAYS"))


def arrivals() -> Path:
    """Where files lie while they arrive, and until they are filed: on the store's own file system."""
    return Path(setting("ARRIVALS"))


@dataclass(frozen=True)
class DraftLimits:
    """Of one person: open drafts and their announced bytes; days until one that does not arrive, and one that
    waits, is dropped."""

    most: int
    most_bytes: int
    days: int
    waiting_days: int


def draft_limits() -> DraftLimits:
    given = setting("DRAFTS")
    return DraftLimits(given["MOST"], given["MOST_BYTES"], given["DAYS"], given["WAITING_DAYS"])


def quarantine() -> Path:
    """Where refused files are set apart."""
    return Path(setting("QUARANTINE"))


def quarantine_bytes() -> int:
    """What all that is set apart may take; beyond it only digests and reasons are kept."""
    return int(setting("QUARANTINE_BYTES"))


def quarantine_days() -> int:
    """Days after which what nobody attended to is discarded."""
    return int(setting("QUARANTINE_DAYS"))


#: Said of an installation that is meant to have no malware scanner.
NO_SCANNER = "none"


def scanner() -> str:
    """Address of the malware scanner ("unix:/path", "tcp:127.0.0.1:3310"), NO_SCANNER, or empty: nobody said."""
    return str(setting("SCANNER"))


def scanner_seconds() -> float:
    """The least that one scan may take; large files have more."""
    return float(setting("SCANNER_SECONDS"))


def scanned_insides() -> tuple[int, int]:
    """How many files inside one file are scanned, and how many bytes of them in all."""
    given = setting("SCANNED_INSIDES")
    return int(given["FILES"]), int(given["BYTES"])


def signature_roots() -> Path | None:
    """PEM file of the authorities whose signatures are trusted; None where the installation names none."""
    file = settings.RECORDS.get("SIGNATURE_ROOTS")
    return Path(file) if file else None


@dataclass(frozen=True)
class IndexSigning:
    """PEM files of the key and of the certificate, with its chain, that sign electronic indexes; they may be the same
    file. `self_signed`: set-up makes both where there are none, vouched for by nobody. `authority`: address of the
    RFC 3161 service that stamps each signature, empty for none; `seconds`: how long it may take."""

    key: Path
    certificate: Path
    self_signed: bool
    authority: str
    seconds: float


def index_signing() -> IndexSigning:
    given = setting("INDEX_SIGNING")
    return IndexSigning(
        Path(given["KEY"]), Path(given["CERTIFICATE"]), given["SELF_SIGNED"], given["AUTHORITY"], given["SECONDS"]
    )
