"""What the rest of the house calls. It opens the path for reading, asks the cell and makes sense of any answer."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import formats, names, wire
from .answers import CellStatus, Inspection, Outcome, PageContent, PageUnavailable, Reading
from .cell import Cell, CellLost, CellUnavailable, opened
from .limits import CellLimits
from .words import BYTES_PER_WORD, Boxes, fit

DEFAULT_DPI = 110
MAX_DPI = 400
#: A PDF smaller than this is read by one child.
SHARED_BYTES = 30_000

#: Of one answer, so that no file makes its caller hold more: messages, characters of text, and words with a box.
MAX_FRAMES, MAX_CHARS, MAX_WORDS = 250_000, 32_000_000, 2_000_000
#: What a child that a file has taken over may say instead of an answer.
_NONSENSE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
_CODE = re.compile(r"[a-z_]{1,40}\Z")

_cell = Cell()
#: Cells for other work, which end with this one.
beside: list[Cell] = []


@dataclass
class Answer:
    """All a child said about one order: facts, pages, parts, raw bytes, and how it ended.

    ``fault``: empty when it ended well, else ``damaged``, ``limits``, ``encrypted``, ``no_such_page``,
    ``cell_unavailable`` or ``unreachable`` (the file itself could not be opened).
    """

    facts: dict[str, Any] = field(default_factory=dict)
    pages: list[PageContent] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    blob: bytes = b""
    fault: str = ""
    detail: str = ""
    chars_left: int = field(default_factory=lambda: MAX_CHARS)
    box_bytes_left: int = field(default_factory=lambda: MAX_WORDS * BYTES_PER_WORD)

    def number(self, name: str) -> int:
        """A fact that is a whole number, 0 when it was not told or is none."""
        value = self.facts.get(name, 0)
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0

    def codes(self, name: str, known: Container[str]) -> tuple[str, ...]:
        """A fact that is a list of codes, without any that the house does not know."""
        value = self.facts.get(name)
        told = value if isinstance(value, list) else []
        return tuple(code for code in told if isinstance(code, str) and code in known)

    def text(self, name: str) -> str:
        """A fact that is text, empty when it was not told or is none."""
        value = self.facts.get(name)
        return value if isinstance(value, str) else ""

    @property
    def died(self) -> bool:
        """Whether the child ended without a word, killed by a limit or by the file."""
        return self.detail in ("ended", "timeout")


def cell_limits() -> CellLimits:
    """The limits under which this process's cell works."""
    return _cell.limits


def close() -> None:
    """End this process's cell and those beside it; the next call starts another."""
    for cell in (_cell, *beside):
        cell.close()


def inspect(path: Path | str, name: str) -> Inspection:
    """What the file at ``path``, received as ``name``, is; see `Inspection`. Never raises for what a file holds."""
    extension = names.extension_of(name)
    answer = asked(path, {"op": "inspect", "kind": "", "extension": extension})
    flags = [*answer.codes("flags", formats.FLAGS), *names.name_flags(name)]
    flags += [answer.fault] if answer.fault in formats.FLAGS else []
    told = "refusals" in answer.facts
    return Inspection(
        media_type=_media_type(answer, extension),
        extension=extension,
        pages=answer.number("pages"),
        inspected=answer.facts.get("inspected") is True and not answer.fault,
        flags=tuple(dict.fromkeys(flags)),
        refusals=answer.codes("refusals", formats.REFUSALS) if told else formats.extension_refusals(extension),
    )


def inspect_many(files: Iterable[tuple[Path | str, str]]) -> Iterator[Inspection]:
    """`inspect` of many files (path, name), as many at once as the cell has room for; in their order."""
    with ThreadPoolExecutor(_cell.limits.slots, "cell-inspect") as pool:
        yield from pool.map(lambda file: inspect(*file), files)


def _media_type(answer: Answer, extension: str) -> str:
    """What the child found, if it is of the table; else what the extension promises."""
    found = answer.text("media_type")
    return found if found in formats.MEDIA_TYPES else formats.media_type_for(extension, formats.kind_for(extension))


def read(path: Path | str, media_type: str) -> Reading:
    """The text of the file, page by page; formats without a reader are ``unreadable`` with detail ``no_reader``."""
    row = formats.BY_MEDIA_TYPE.get(media_type)
    if row is None:
        return Reading("unreadable", "", "", detail="no_reader")
    answer = _read_shared(path, row.kind)
    return Reading(
        outcome=_outcome(answer),
        engine=answer.text("engine"),
        engine_version=answer.text("version"),
        pages=answer.pages,
        detail=answer.fault or answer.text("partial"),
    )


def render(path: Path | str, media_type: str, number: int, dpi: int = DEFAULT_DPI, mark: str = "") -> bytes:
    """PNG of page ``number`` (from 1) at ``dpi`` dots per inch, fewer where the page is huge, with ``mark`` across it.

    Raises PageUnavailable.
    """
    row = formats.BY_MEDIA_TYPE.get(media_type)
    if row is None or not row.page_images:
        raise PageUnavailable("no_page_images")
    order = {"op": "render", "kind": row.kind, "number": number, "dpi": max(1, min(dpi, MAX_DPI)), "mark": mark}
    answer = asked(path, order)
    if answer.fault or not answer.blob:
        raise PageUnavailable(answer.fault or "damaged")
    return answer.blob


def status(paths: tuple[str, ...] = ()) -> CellStatus:
    """Try from inside the cell what no parser may do, and say whether all was denied.

    ``paths``: more files that must not be readable there (a key, the database).
    """
    try:
        layers = _cell.running().layers
    except CellUnavailable as fault:
        return CellStatus(False, (), f"sin celda de lectura: {fault}")
    answer = asked("/dev/null", {"op": "probe", "kind": "", "paths": list(paths)})
    allowed = answer.facts.get("allowed")
    if answer.fault or not isinstance(allowed, list):
        return CellStatus(False, layers, f"sin aislamiento completo: la prueba no terminó ({answer.fault})")
    if allowed:
        return CellStatus(False, layers, "sin aislamiento completo: se pudo " + ", ".join(allowed))
    if "bubblewrap" not in layers:
        return CellStatus(False, layers, "sin aislamiento completo: falta bubblewrap")
    return CellStatus(True, layers, f"{len(answer.facts['tried'])} intentos negados")


def asked(path: Path | str, order: dict[str, Any], cell: Cell | None = None) -> Answer:
    """What a child says to ``order`` about the file at ``path``; its ``fault`` says what went wrong, nothing raises.

    ``cell``: another one than the ordinary.
    """
    answer = Answer()
    try:
        with opened(path) as file:
            _gather(cell or _cell, order, file, answer)
    except OSError as fault:
        answer.fault, answer.detail = "unreachable", type(fault).__name__
    return answer


def _gather(cell: Cell, order: dict[str, Any], file: int, answer: Answer, attempts: int = 2) -> None:
    """Ask and gather; what a cell that dies has begun is asked once more, from the start."""
    started = time.monotonic()
    try:
        with contextlib.closing(cell.ask(order, file)) as frames:
            _take(frames, answer)
    except CellLost:
        answer.facts, answer.pages, answer.parts = {}, [], []
        if attempts > 1:
            _gather(cell, order, file, answer, attempts - 1)
        else:
            answer.fault = "cell_unavailable"
    except CellUnavailable:
        answer.fault = "cell_unavailable"
    except wire.WireError as fault:
        answer.fault, answer.detail = _limit_or_damage(cell, fault.code, started), fault.code
    except _NONSENSE:
        answer.fault, answer.detail = "damaged", "nonsense"


def _limit_or_damage(cell: Cell, code: str, started: float) -> str:
    """A child that vanished was killed by a limit or by the file; both are the file's doing."""
    late = time.monotonic() - started >= cell.limits.wall_seconds
    return "limits" if late or code in ("limits", "timeout", "ended") else "damaged"


def _take(frames: Iterator[tuple[bytes, bytes]], answer: Answer) -> None:
    """Gather frames until the child says it is done; raises WireError("ended") when it never says so."""
    for count, (letter, payload) in enumerate(frames):
        facts = wire.decoded(payload) if letter == b"J" else {}
        if count > MAX_FRAMES:
            raise wire.WireError("limits")
        if letter == b"B":
            answer.blob = payload
        elif "page" in facts:
            answer.pages.append(_page(facts, frames, answer))
        elif "part" in facts:
            answer.parts.append(facts["part"])
        else:
            answer.facts.update(facts)
            if "fault" in facts:
                answer.fault, answer.detail = _code(facts["fault"]), str(facts.get("detail", ""))
            if "fault" in facts or "end" in facts:
                return
    raise wire.WireError("ended")


def _code(told: object) -> str:
    return told if isinstance(told, str) and _CODE.match(told) else "damaged"


def _page(facts: dict[str, Any], frames: Iterator[tuple[bytes, bytes]], answer: Answer) -> PageContent:
    number, raw = int(facts["page"]), str(facts["text"])
    answer.chars_left -= len(raw)
    if answer.chars_left < 0:
        raise wire.WireError("limits")
    if "matrix" not in facts:
        return PageContent(number, fit(raw))
    _, corners = next(frames, (b"", b""))
    answer.box_bytes_left -= len(corners)
    return PageContent(
        number, fit(raw), Boxes.of(raw, corners, facts["matrix"]) if answer.box_bytes_left >= 0 else None
    )


def _read_shared(path: Path | str, kind: str) -> Answer:
    """Read; a PDF that may be long by two children at once, each its half of the pages."""
    order = {"op": "read", "kind": kind}
    if kind != "pdf" or _size(path) < SHARED_BYTES or _cell.limits.slots < 2:
        return _read_on(path, order)
    with ThreadPoolExecutor(1, "cell-read") as pool:
        second = pool.submit(_read_on, path, {**order, "part": 1, "parts": 2})
        answer = _read_on(path, {**order, "part": 0, "parts": 2})
        rest = second.result()
    answer.facts = {**rest.facts, **answer.facts}
    answer.pages += rest.pages
    answer.fault, answer.detail = answer.fault or rest.fault, answer.detail or rest.detail
    return answer


def _size(path: Path | str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _read_on(path: Path | str, order: dict[str, Any]) -> Answer:
    """Read; where a child dies midway, go on with a fresh child, a few times and no longer than one file may take.

    A page on which a child died after reading others is tried again, as it may have paid for them; one on which a
    child died at once is left empty.
    """
    answer, until = Answer(), time.monotonic() + _cell.limits.wall_seconds
    for _ in range(_cell.limits.read_restarts + 1):
        first = max(answer.number("start"), 1) + len(answer.pages)
        latest = asked(path, {**order, "first": first} if answer.pages else order)
        _add(answer, latest)
        if not latest.died or "stop" not in answer.facts or time.monotonic() > until:
            break
        if not latest.pages:
            _leave_empty(answer)
        if answer.number("start") + len(answer.pages) >= answer.number("stop"):
            answer.fault = ""
            break
    return answer


def _add(answer: Answer, latest: Answer) -> None:
    """What a later child said after what was read before, within what one answer may hold."""
    answer.facts.update(latest.facts)
    answer.pages += latest.pages
    answer.fault, answer.detail = latest.fault, latest.detail
    answer.chars_left -= MAX_CHARS - latest.chars_left
    if answer.chars_left < 0:
        answer.fault = answer.detail = latest.detail = "limits"


def _leave_empty(answer: Answer) -> None:
    """Stand an empty page for one that killed its child."""
    number = answer.number("start") + len(answer.pages)
    answer.pages.append(PageContent(number, ""))
    answer.facts["partial"] = "pages"


def _outcome(answer: Answer) -> Outcome:
    written = any(page.text.strip() for page in answer.pages)
    if answer.fault or "partial" in answer.facts:
        return "partial" if written else "unreadable"
    return "read" if written else "no_text"
