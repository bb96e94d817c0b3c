"""`verify_ledger`: is every event as it was written, in its place, under every head that was ever signed (U2)?

The database may be the attacker's. What its rows say of themselves is compared with their own leaves, the leaves with
the copy outside, and both with the signed heads: the first entry that is wrong is named by its index.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from records import triggers
from records.ledger import heads, merkle, sound, stamping, witness
from records.ledger.heads import Head
from records.ledger.merkle import Frontier
from records.models import Checkpoint, LedgerEvent, SigningKey

#: Findings listed; any more are of the same making.
MOST = 100
#: SQLite's driver would read the moment by itself, and stop at one that an intruder wrote.
COLUMNS = {
    "sqlite": '"index", CAST("at" AS TEXT), "action", "actor", "object_type", "object_id", "payload", "leaf", "result"',
    "postgresql": '"index", "at", "action", "actor", "object_type", "object_id", "payload", "leaf", "result"',
}
EVERY = 10_000


@dataclass
class LedgerReport:
    """`events` read, the `root` over them in hex, and `findings` in order: `{"index": …, "problem": …}`, at most MOST.

    `index` is the first event that is wrong, or the first one that a head no longer covers; -1 where the fault is of
    no event (a switched-off trigger, a head signed by nobody known).
    """

    events: int = 0
    root: str = merkle.EMPTY.hex()
    heads: int = 0
    stamps: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)

    def find(self, index: int, problem: str) -> None:
        if len(self.findings) < MOST and {"index": index, "problem": problem} not in self.findings:
            self.findings.append({"index": index, "problem": problem})


def verify_ledger(kept: Path | None = None, progress: Callable[[int, int], None] | None = None) -> LedgerReport:
    """Read the whole ledger and say what is wrong with it. `kept`: heads that somebody outside kept, as JSON lines.

    Nothing is written and nothing repaired. Raises OSError or ValueError when that file cannot be understood.
    """
    report = LedgerReport()
    signed = known_heads(report, kept)
    report.heads = sum(map(len, signed.values()))
    walk(report, signed, progress)
    uncovered(report, signed)
    report.stamps = stamping.check(report.find)
    if set(triggers.present(connection)) != triggers.EXPECTED[connection.vendor]:
        report.find(-1, "triggers")
    return report


def known_heads(report: LedgerReport, kept: Path | None) -> dict[int, set[str]]:
    """Roots by size of every head that is rightly signed: the database's, those outside, and the ones given."""
    keys = dict(SigningKey.objects.values_list("pk", "public_key"))
    told = [heads.head_of(row, keys.get(row.key, "")) for row in Checkpoint.objects.order_by("size").iterator()]
    outside = outside_heads(report)
    if missing := {head.size for head in outside} - {head.size for head in told}:
        report.find(min(missing), "head_removed")
    given = witness.kept_heads(kept) if kept else []
    found: dict[int, set[str]] = {}
    for head in (*told, *outside, *given):
        if keys.get(head.key) == head.public_key and head.is_signed():
            found.setdefault(head.size, set()).add(head.root)
        else:
            report.find(-1, "head_signature")
    return found


def outside_heads(report: LedgerReport) -> list[Head]:
    try:
        outside = witness.kept_heads()
    except (OSError, ValueError):
        report.find(-1, "witness_unreadable")
        return []
    if not outside and Checkpoint.objects.exists():
        report.find(-1, "witness_missing")
    return outside


def walk(report: LedgerReport, signed: dict[int, set[str]], progress: Callable[[int, int], None] | None) -> None:
    """The quick pass, which is enough where nothing is wrong; else the one that names what is."""
    total = LedgerEvent.objects.count()
    show = progress or (lambda _done, _total: None)
    tree = sound.sound_tree(rows(), signed, says_its_payload, lambda size: show(size, total))
    tree = tree or named(report, signed, lambda size: show(size, total))
    report.events, report.root = tree.size, tree.root().hex()


def named(report: LedgerReport, signed: dict[int, set[str]], told: Callable[[int], None]) -> Frontier:
    """Every row: its place, its leaf, its columns, its leaf outside; and at each signed size, the root."""
    tree, good, copies = Frontier(), 0, trusted_copies(report, signed)
    with witness.opened_leaves() as outside:
        for row in rows():
            check_place(report, tree.size, row[0])
            leaf = leaf_of(row)
            check_row(report, row, leaf)
            if row[0] < copies and outside(row[0]) != leaf:
                report.find(row[0], "rewritten")
            tree.append(leaf)
            if tree.size in signed:
                good = check_root(report, tree, signed, good)
            if tree.size % EVERY == 0:
                told(tree.size)
    return tree


def rows() -> Iterator[tuple[Any, ...]]:
    """The table as the database gives it, some at a time: what an intruder wrote there may be no date and no text."""
    names = COLUMNS[connection.vendor]
    # PostgreSQL reads in parts within a transaction alone; SQLite's would keep every writer waiting meanwhile.
    reading = transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext()
    with reading, connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "records_ledgerevent" ORDER BY "index"')  # noqa: S608 - our own names
        while some := cursor.fetchmany(5_000):
            yield from some


def leaf_of(row: tuple[Any, ...]) -> bytes:
    return merkle.leaf_hash(str(row[6]).encode("utf-8", "surrogateescape"))


def trusted_copies(report: LedgerReport, signed: dict[int, set[str]]) -> int:
    """How many leaf hashes outside a signed head covers: a copy that was altered itself names nobody."""
    tree, covered = Frontier(), 0
    for leaf in witness.kept_leaves():
        tree.append(leaf)
        if tree.size in signed:
            if signed[tree.size] != {tree.root().hex()}:
                report.find(-1, "witness_altered")
                break
            covered = tree.size
    return covered


def check_place(report: LedgerReport, expected: int, index: int) -> None:
    """Indexes are gapless: after something was taken out only the first hole is told."""
    if index != expected and not any(found["problem"] == "missing" for found in report.findings):
        report.find(expected, "missing")


def check_row(report: LedgerReport, row: tuple[Any, ...], leaf: bytes) -> None:
    if row[7] != leaf.hex():
        report.find(row[0], "altered")
    elif not says_its_payload(row):
        report.find(row[0], "columns")


def says_its_payload(row: tuple[Any, ...]) -> bool:
    """The columns that lists are made from tell the same as the hashed payload."""
    try:
        told = json.loads(row[6])
        moments = datetime.datetime.fromisoformat(told["at"]), moment_of(row[1])
    except (ValueError, KeyError, TypeError):
        return False
    same = tuple(told.get(name) for name in ("index", "action", "actor", "object_type", "object_id"))
    results = told.get("result", ""), row[8]  # events older than results tell none
    return same == (row[0], *row[2:6]) and moments[0] == moments[1] and results[0] == results[1]


def moment_of(value: Any) -> datetime.datetime:
    """A moment as SQLite (text, in UTC) or PostgreSQL gives it. Raises ValueError or TypeError for anything else."""
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)


def check_root(report: LedgerReport, tree: Frontier, signed: dict[int, set[str]], good: int) -> int:
    """A head that does not fit, and no row before it that is wrong by itself, says from where on it may be."""
    if signed[tree.size] == {tree.root().hex()}:
        return tree.size
    if not any(good <= found["index"] < tree.size for found in report.findings):
        report.find(good, "root")
    return good


def uncovered(report: LedgerReport, signed: dict[int, set[str]]) -> None:
    """A head over more events than there are: the last ones were cut off, or an earlier database was restored."""
    if signed and max(signed) > report.events:
        report.find(report.events, "truncated")
