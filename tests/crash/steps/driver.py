"""`python -m tests.crash.steps.driver ACT STEPS REPEATS SEED`: an act killed at its calls that write, one by one.

Runs in an installation of its own (CUSTODIA_HOME), with the library of faults loaded. Each kill is a child of this
process over a fresh copy of the installation: its n-th write, sync, naming or removal does not happen, and it ends by
SIGKILL. Another child opens what is left. A numbered step of the act is a run of such calls of one kind in one place
(the pages of one commit are one step); each repetition falls on another call of it. STEPS: how many different steps,
spread at random by SEED; 0 for every one. Prints one JSON document: the steps, the kills, and every problem.

A kill loses nothing that the system had taken: that each sync is where it must be is for `tests.security.disk`.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import pickle
import random
import re
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import django

from tests.crash.steps.acts import ACTS, Keys
from tests.crash.steps.checks import problems_of
from tests.security.disk import shim

#: No act makes as many calls; an unarmed count.
NEVER = 1_000_000
Told = list[Any]
Work = Callable[[Callable[[object], None]], None]
KINDS = {"1": "write", "2": "sync", "4": "name", "8": "remove"}


@dataclass
class Series:
    """`steps`: the numbered steps of one whole act, with the calls of each; `killed`: kills by step; `acknowledged`:
    those that fell after the answer; `ended`: where the act ended before its n-th call; `problems` by call."""

    act: str
    steps: list[tuple[str, int]] = field(default_factory=list)
    killed: dict[int, int] = field(default_factory=dict)
    acknowledged: int = 0
    ended: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)


def apart(work: Work) -> tuple[int, Told, str]:
    """Do it in a child that is given a way to tell; the status it ended with, what it told, and its error output."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as noise:
        child = os.fork()
        if child == 0:
            os._exit(child_of(work, told, noise))
        _pid, status = os.waitpid(child, 0)
        told.seek(0)
        noise.seek(0)
        return status, list(spoken(told)), noise.read().decode("utf-8", "replace")


def child_of(work: Work, told: IO[bytes], noise: IO[bytes]) -> int:
    os.dup2(noise.fileno(), 2)

    def tell(said: object) -> None:
        pickle.dump(said, told)
        told.flush()

    try:
        work(tell)
    except BaseException:  # noqa: BLE001 - told as the child's status
        traceback.print_exc()
        sys.stderr.flush()
        return 70
    return 0


def spoken(told: IO[bytes]) -> Iterator[Any]:
    """What a child told whole; it may have ended in the middle of a word."""
    while True:
        try:
            yield pickle.load(told)  # noqa: S301 - our own child's words
        except (EOFError, pickle.UnpicklingError):
            return


def whole(work: Work) -> Any:
    """As `apart`, of what must not fail; the one thing it told."""
    status, told, words = apart(work)
    assert status == 0, words[-3000:]
    return told[0]


def calls_in(words: str) -> list[str]:
    """The calls that a child named: what they do, and where, without the names that differ each time."""
    named = re.findall(r"^call (\d+) (.*)$", words, re.MULTILINE)
    return [
        f"{KINDS[kind]} {re.sub(r'[0-9a-f]{8}[0-9a-f-]*|(?<=/)[0-9a-f]{2}(?=/|$)', '*', path)}" for kind, path in named
    ]


def alike(model: Path, folder: Path) -> None:
    """Make a folder what its model is, touching only what differs by size or by the moment of its last change."""
    wanted, there = ({entry.name: entry for entry in os.scandir(place)} for place in (model, folder))
    for name, entry in there.items():
        if name not in wanted or wanted[name].is_dir() != entry.is_dir():
            shutil.rmtree(entry.path) if entry.is_dir() else Path(entry.path).unlink()
    for name, entry in wanted.items():
        target = folder / name
        if entry.is_dir():
            target.mkdir(exist_ok=True)
            alike(Path(entry.path), target)
        elif name not in there or mark_of(entry) != mark_of(there[name]):
            target.unlink(missing_ok=True)
            shutil.copy2(entry.path, target)


def mark_of(entry: os.DirEntry[str]) -> tuple[int, int]:
    told = entry.stat(follow_symlinks=False)
    return told.st_size, told.st_mtime_ns


class Killing:
    """One act over copies of one installation."""

    def __init__(self, name: str, home: Path) -> None:
        self.act, self.home, self.series = ACTS[name], home, Series(name)
        self.ground = home.with_name(f"{home.name}.ground")
        self.keys: Keys = whole(self.prepare)
        shutil.copytree(home, self.ground, symlinks=True)
        status, _told, words = apart(self.acting(NEVER))
        assert status == 0, words[-3000:]
        runs = itertools.groupby(calls_in(words))
        self.series.steps = [(name, len(list(calls))) for name, calls in runs]

    def prepare(self, tell: Callable[[object], None]) -> None:
        from django.db import connections

        from records.ledger import checkpoints
        from records.models import Document

        keys = self.act.needs()
        checkpoints.issue(checkpoints.REQUEST)
        tell({**keys, "before": [str(key) for key in Document.objects.values_list("pk", flat=True)]})
        connections.close_all()

    def acting(self, nth: int) -> Work:
        """The act, its acknowledgment, and what a process does before it ends."""

        def work(tell: Callable[[object], None]) -> None:
            from django.db import connections

            disk = shim.Disk(self.home)
            disk.kill(nth)
            tell(self.act.act(self.keys))
            connections.close_all()
            disk.heal()

        return work

    def again(self, step: int, nth: int) -> None:
        """One kill, and what is there afterwards."""
        alike(self.ground, self.home)
        status, told, words = apart(self.acting(nth))
        acknowledged = told[0] if told else None
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.series.killed[step] = self.series.killed.get(step, 0) + 1
            self.series.acknowledged += acknowledged is not None
        elif status == 0:
            self.series.ended += 1
        else:
            self.fault(nth, f"the act failed: {words[-800:]}")
        status, found, words = apart(lambda tell: tell(list(problems_of(self.home, self.act, self.keys, acknowledged))))
        for problem in found[0] if status == 0 else [f"it does not open: {words[-1500:]}"]:
            self.fault(nth, problem)

    def fault(self, nth: int, problem: str) -> None:
        self.series.problems.setdefault(str(nth), []).append(problem)


def chosen(steps: int, wanted: int, chance: random.Random) -> list[int]:
    """Numbers of the steps to kill at: every one, or so many of them, the first and the last always among them."""
    every = list(range(steps))
    if not wanted or wanted >= steps:
        return every
    return sorted({0, steps - 1, *chance.sample(every[1:-1], max(wanted - 2, 0))})


def main(name: str, steps: str, repeats: str, seed: str) -> int:
    logging.disable(logging.CRITICAL)
    django.setup()
    killing, chance = Killing(name, Path(os.environ["CUSTODIA_HOME"])), random.Random(seed)
    sizes = [calls for _name, calls in killing.series.steps]
    for step in chosen(len(sizes), int(steps), chance):
        for repetition in range(int(repeats)):
            within = chance.randrange(sizes[step]) if repetition else 0
            killing.again(step, sum(sizes[:step]) + within + 1)
    sys.stdout.write(json.dumps(asdict(killing.series), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
