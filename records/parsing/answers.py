"""What the cell answers: plain, frozen values that carry no open file and no user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .words import Boxes, Word

Outcome = Literal["read", "no_text", "partial", "unreadable"]


class PageUnavailable(Exception):
    """A page image cannot be given; ``code`` says why.

    Codes: ``no_page_images`` (the format has none), ``no_such_page``, ``encrypted``, ``damaged``, ``limits``
    (time, memory or size), ``cell_unavailable``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PartUnavailable(Exception):
    """A part of a file cannot be given; ``code`` says why.

    Codes: ``no_such_part``, ``encrypted``, ``damaged``, ``limits``, ``cell_unavailable``, ``unreachable``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Inspection:
    """What a received file is.

    ``refusals`` holds *all* reasons (codes of `formats.REFUSALS`) why it must not be filed; empty means it may be.
    ``inspected`` is False when the cell could not look inside: damaged, or beyond its limits.
    ``pages`` is 0 when the cell could not count them. ``flags`` are codes of `formats.FLAGS`.
    """

    media_type: str
    extension: str
    pages: int
    inspected: bool
    flags: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageContent:
    """Text of one page, numbered from 1, and where its words stand (nothing where the format has no image)."""

    number: int
    text: str
    boxes: Boxes | None = None

    @property
    def words(self) -> list[Word]:
        """The words with their boxes, made anew each time: a long document's are not all held at once."""
        return self.boxes.words(self.text) if self.boxes else []


@dataclass(frozen=True)
class Reading:
    """The text of a file. ``no_text`` (nothing written in it) is never confused with ``unreadable`` (failed)."""

    outcome: Outcome
    engine: str
    engine_version: str
    pages: list[PageContent] = field(default_factory=list)
    detail: str = ""

    @property
    def chars(self) -> int:
        """Number of characters of all pages."""
        return sum(len(page.text) for page in self.pages)


@dataclass(frozen=True)
class CellStatus:
    """Whether uploaded files are opened in full isolation, and by which layers (proved by probes, not by belief)."""

    isolated: bool
    layers: tuple[str, ...]
    detail: str


@dataclass(frozen=True)
class OcrPage:
    """What a recogniser read on the image of a page (from 1). It stands beside the image and never replaces it.

    ``confidence``: mean of the words', 0..100, 0 where none was found. ``engine``: name and version.
    ``fault``: ``no_ocr`` where no recogniser is installed, else a code of `PageUnavailable`.
    """

    number: int
    text: str = ""
    words: list[Word] = field(default_factory=list)
    confidence: float = 0.0
    engine: str = ""
    fault: str = ""


PartRole = Literal["headers", "body", "attachment"]


@dataclass(frozen=True)
class MailPart:
    """One part of a message, or one file embedded in a PDF.

    ``digest``: SHA-256 in hex of the decoded bytes (of the raw header block for the headers); ``size`` in bytes.
    ``flags`` and ``refusals`` are those of the table of files (`formats`) for an attachment.
    """

    index: int
    role: PartRole
    name: str
    media_type: str
    size: int
    digest: str
    flags: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mail:
    """A message as one unit: its main headers, decoded and fit for a screen, and every part with its digest.

    ``fault``: empty, else ``damaged``, ``limits``, ``cell_unavailable`` or ``unreachable``.
    """

    headers: tuple[tuple[str, str], ...] = ()
    parts: tuple[MailPart, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Attachments:
    """The files that a PDF embeds or a message brings; ``fault`` as in `Mail`, and ``encrypted``.

    With a fault, ``parts`` may lack some: what was not listed was not seen.
    """

    parts: tuple[MailPart, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Signature:
    """One signature of a PDF, judged without any network.

    ``intact``: the signed bytes are those that were signed. ``valid``: intact, rightly made, and nothing but
    permitted was changed later. ``trusted``: the chain ends in one of the given roots and held when it was made.
    ``signed_at``: ISO 8601, empty if unknown; ``time_source``: ``timestamp``, ``claimed`` or empty.
    ``level``: ``B-B``, ``B-T``, ``B-LT``, ``B-LTA`` or ``unknown`` (no PAdES). ``coverage``: ``whole`` or ``part``;
    ``changed_after``: whether a later revision changed what a reader sees or could see.
    ``revocation``: ``good``, ``revoked`` or ``unknown``, by what the file itself brings. ``chain``: subjects, from
    the signer's up. ``problems``: codes of `signature_codes.PROBLEMS`.
    """

    field: str
    signer: str = ""
    issuer: str = ""
    serial: str = ""
    signed_at: str = ""
    time_source: Literal["timestamp", "claimed", ""] = ""
    level: str = "unknown"
    intact: bool = False
    valid: bool = False
    trusted: bool = False
    coverage: Literal["whole", "part"] = "part"
    signed_bytes: int = 0
    total_bytes: int = 0
    changed_after: bool = False
    revocation: Literal["good", "revoked", "unknown"] = "unknown"
    chain: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignatureReport:
    """What was found of a file's signatures; none when it has none. ``fault`` as in `Attachments`.

    Also ``no_validator``: the machine lacks what judges signatures; ``bad_roots``: the given roots are no certificates.
    Document time-stamps are not listed: they are evidence for the signatures before them and show in their level.
    """

    engine: str = ""
    engine_version: str = ""
    signatures: tuple[Signature, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Converted:
    """A PDF/A copy, kept only when its extracted text equals the original's (``same_text``); else no ``data``.

    ``profile``: ``2b``. ``fault``: ``no_converter``, ``text_differs``, ``limits``, ``damaged``, ``encrypted``,
    ``cell_unavailable`` or ``unreachable``.
    """

    data: bytes = b""
    engine: str = ""
    engine_version: str = ""
    profile: str = ""
    fault: str = ""
    same_text: bool = False
