"""The malware scan of what arrives: the file itself, then every file inside it, one by one (C5).

It fails closed. Only a scanner's plain "clean" about all of it is clean: a scanner that is away, slow, odd or that
stopped before the end leaves a file that nobody has judged. "Clean" is not "safe": the file is still opened in the
cell alone. What lies inside is taken out in the cell and sent by itself, because the daemon does not unpack all
that readers do (a compressed attachment of a PDF, for one).
"""

from __future__ import annotations

import contextlib
import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from records import conf, parsing
from records.scanning import clamav

State = Literal["clean", "infected", "unavailable", "not_configured"]
CHUNK = 1024 * 1024
#: Of a piece filed where there was no scanner.
NOT_SCANNED = "not_scanned"
#: Files inside files are followed so deep; what lies deeper is not judged.
DEEPEST = 4
#: What the daemon calls its own limits, when it is told to say so (AlertExceedsMax).
OWN_LIMITS = "Heuristics.Limits.Exceeded"
HOLDERS = frozenset({"application/pdf", "message/rfc822"})


@dataclass(frozen=True)
class Verdict:
    """What the scan of a file gave.

    `name`: the signature, when infected; why, when unavailable: "limits" (too big, too much inside, or inside what
    cannot be taken out: trying again will not help), or "unreachable", "timeout", "odd_answer", "cell_unavailable".
    `part`: the inner file it is about, fit for a screen; empty for the file itself.
    """

    state: State
    name: str = ""
    part: str = ""

    @property
    def clean(self) -> bool:
        return self.state == "clean"


@dataclass(frozen=True)
class ScannerStatus:
    """`state`: "ready", "not_configured", "declared_off", "unreachable", "blind" (it does not find the test file) or
    "silent" (it calls clean what it did not look at to the end). `version`: as it says."""

    state: str
    version: str = ""


CLEAN = Verdict("clean")


class Stopped(Exception):
    """The scan of an inner file ended the scan of the whole."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.state)
        self.verdict = verdict


def is_configured() -> bool:
    return conf.scanner() not in ("", conf.NO_SCANNER)


def scan(path: Path, media_type: str, *, inside: bool = True) -> Verdict:
    """Judge the file at `path`, and with `inside` every file that a PDF or a message brings. Never raises."""
    if not is_configured():
        return Verdict("not_configured")
    try:
        with path.open("rb") as stream:
            judge(stream, os.fstat(stream.fileno()).st_size)
        if inside:
            Insides().judge_all(path, media_type, 1)
    except Stopped as stop:
        return stop.verdict
    except OSError:
        return Verdict("unavailable", "unreachable")
    return CLEAN


def judge(stream: BinaryIO, size: int, part: str = "") -> None:
    """Raises Stopped unless the daemon says that these bytes, to the last one, are clean."""
    try:
        seconds = clamav.seconds_for(size, conf.scanner_seconds())
        found = clamav.scan_stream(conf.scanner(), chunks(stream), seconds)
    except clamav.Fault as fault:
        raise Stopped(Verdict("unavailable", fault.code, part)) from fault
    if found.startswith(OWN_LIMITS):
        raise Stopped(Verdict("unavailable", "limits", part))
    if found:
        raise Stopped(Verdict("infected", found, part))


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(CHUNK):
        yield block


class Insides:
    """The files inside one file, with what all of them together may cost."""

    def __init__(self) -> None:
        self.files, self.bytes = conf.scanned_insides()

    def judge_all(self, path: Path, media_type: str, depth: int) -> None:
        """Every file inside this one, and inside those. Raises Stopped."""
        found = parsing.attachments(path, media_type)
        if found.fault:
            raise Stopped(Verdict("unavailable", why(found.fault)))
        if found.parts and depth > DEEPEST:
            raise Stopped(Verdict("unavailable", "limits", found.parts[0].name))
        for part in found.parts:
            self.judge_part(path, media_type, part, depth)

    def judge_part(self, path: Path, media_type: str, part: parsing.MailPart, depth: int) -> None:
        self.files, self.bytes = self.files - 1, self.bytes - part.size
        if self.files < 0 or self.bytes < 0 or not part.digest:  # without a digest it was listed unseen
            raise Stopped(Verdict("unavailable", "limits", part.name))
        with held(bytes_of(path, media_type, part)) as (stream, place):
            judge(stream, part.size, part.name)
            if part.media_type in HOLDERS:
                self.judge_all(place, part.media_type, depth + 1)


def bytes_of(path: Path, media_type: str, part: parsing.MailPart) -> bytes:
    try:
        return parsing.part_bytes(path, media_type, part.index)
    except parsing.PartUnavailable as fault:
        raise Stopped(Verdict("unavailable", why(fault.code), part.name)) from fault


def why(fault: str) -> str:
    """A fault of the cell is waited out; one of the file is its own, and stays."""
    return fault if fault in ("cell_unavailable", "unreachable") else "limits"


@contextlib.contextmanager
def held(data: bytes) -> Iterator[tuple[BinaryIO, Path]]:
    """Bytes as a file of memory that has a path for as long as it is open, and leaves nothing behind."""
    with os.fdopen(os.memfd_create("part", os.MFD_CLOEXEC), "w+b") as stream:
        stream.write(data)
        stream.flush()
        stream.seek(0)
        yield stream, Path(f"/proc/self/fd/{stream.fileno()}")


# How the scanner stands --------------------------------------------------------------------------------------

#: The test file that every scanner must find (eicar.org), in pieces, so that none takes this source for it.
TEST_FILE = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS", "-TEST-FILE!$H+H*")
#: Nested deeper than the daemon follows: it must say so, not "clean".
NESTING = 120
PATIENCE = 5.0


def status() -> ScannerStatus:
    """Ask the scanner itself, with a file it must find and with one it cannot see to the end. Never raises."""
    address = conf.scanner()
    if not is_configured():
        return ScannerStatus("declared_off" if address else "not_configured")
    try:
        version = clamav.command(address, "VERSION", PATIENCE)
        finds = asked(address, "".join(TEST_FILE).encode())
        tells = asked(address, nested())
    except clamav.Fault:
        return ScannerStatus("unreachable")
    if not finds:
        return ScannerStatus("blind", version)
    return ScannerStatus("ready" if tells else "silent", version)


def asked(address: str, data: bytes) -> str:
    try:
        return clamav.scan_stream(address, [data], PATIENCE)
    except clamav.Fault as fault:
        if fault.code == "limits":
            return fault.code
        raise


def nested() -> bytes:
    data = b"prueba"
    for _ in range(NESTING):
        data = gzip.compress(data, mtime=0)
    return data
