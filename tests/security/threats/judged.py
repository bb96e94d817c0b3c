"""What must become of a hostile file, and the asking of it: the answer, and that nobody else paid for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from records import parsing
from records.parsing import cell as cell_module
from records.parsing import formats, front
from records.parsing.limits import MIB, CellLimits
from tests.unit.parsing import makers

#: The least a bomb needs to go off, and enough for a file that only looks like one.
TIGHT = CellLimits(address_space=512 * MIB, cpu_seconds=5, wall_seconds=60)
#: What the calling process may grow by, at its peak, over any one file.
CALLER_GROWS = 96 * MIB
NOT_INSPECTED = frozenset({"damaged", "limits"})

Build = Callable[[], bytes]


@dataclass(frozen=True)
class Expected:
    """What an inspection must answer. ``flags``: all of these; ``either``: at least one of these.

    ``inspected`` is None where a slow machine reaches the limit of time first, which is as good."""

    refusals: tuple[str, ...] = ()
    inspected: bool | None = True
    flags: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()

    def check(self, found: parsing.Inspection) -> None:
        """Fail, telling all of what was found."""
        assert set(found.refusals) == set(self.refusals), found
        assert self.inspected in (None, found.inspected), found
        assert self.flags <= set(found.flags), found
        assert not self.either or self.either & set(found.flags), found


def refused(*codes: str, inspected: bool = True) -> Expected:
    """Not filed, for exactly these reasons."""
    return Expected(refusals=codes, inspected=inspected)


def left(*flags: str) -> Expected:
    """Filed as *not inspected*: beyond the limits or damaged, or what ``flags`` name."""
    return Expected(inspected=False, either=frozenset(flags) or NOT_INSPECTED)


def accepted(*flags: str) -> Expected:
    """Filed and inspected, with what was noticed said."""
    return Expected(flags=frozenset(flags))


def accepted_or_left(flag: str) -> Expected:
    """Inspected, with that said, or filed as *not inspected* where it took too long."""
    return Expected(inspected=None, either=frozenset({flag, "limits"}))


@contextlib.contextmanager
def tight_cell() -> Iterator[cell_module.Cell]:
    """The house asks a cell with tight limits."""
    ordinary, made = front._cell, cell_module.Cell(TIGHT)
    front._cell = made
    try:
        yield made
    finally:
        front._cell = ordinary
        made.close()


def judge(folder: Path, name: str, given: bytes | Path, expected: Expected) -> None:
    """Inspect, read and draw a hostile file; what was asked of the cell holds, and it is as well as before."""
    path = given if isinstance(given, Path) else makers.saved(folder, name, given)
    preloaded, whole = front._cell.running().process.pid, makers.saved(folder, "sano", makers.text_pdf("Custodia"))
    with growing_no_more_than(CALLER_GROWS):
        found = parsing.inspect(path, name)
        use(path, found)
    expected.check(found)
    assert front._cell.running().process.pid == preloaded, "the preloaded parent lives on"
    after = parsing.inspect(whole, "sano.pdf")
    assert (after.inspected, after.pages) == (True, 1), "the next file is looked into"


def use(path: Path, found: parsing.Inspection) -> None:
    """All that is ever asked about a filed file; whatever happens is an answer."""
    reading = parsing.read(path, found.media_type)
    assert reading.outcome in ("read", "no_text", "partial", "unreadable")
    if formats.BY_MEDIA_TYPE.get(found.media_type):
        with contextlib.suppress(parsing.PageUnavailable):
            parsing.render(path, found.media_type, 1)


@contextlib.contextmanager
def growing_no_more_than(limit: int) -> Iterator[None]:
    """This process's peak of resident memory stays within ``limit`` bytes of what it has now."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _resident("VmRSS")
    yield
    assert _resident("VmHWM") - before < limit


def _resident(what: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what + ":"))
