"""pytest plugin: refuses marks of unknown ids and remembers the last result of every marked test.

Results go to `var/conformance.json` of this checkout, `{node id: outcome}`, merged with earlier runs, so that
the suites of one machine (unit, services, browser) add up. Under xdist the controller alone writes.
With `--conformance-marks FILE` the collected marks are written as `{node id: [[mark, id], …]}`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.lists import LISTS, unknown

RESULTS = Path(__file__).resolve().parents[2] / "var" / "conformance.json"
#: The worst of setup, call and teardown is the outcome of the test.
WORST = {"passed": 0, "skipped": 1, "failed": 2}


def marks_of(item: pytest.Item) -> Iterator[tuple[str, tuple[object, ...]]]:
    for name in LISTS:
        for mark in item.iter_markers(name):
            yield name, mark.args


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance-marks", default="", help="write the marks of the collected tests to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Recorder(config), "conformance-recorder")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    faults = sorted(
        f"{item.nodeid}: {name}({one}) is in no list"
        for item in items
        for name, ids in marks_of(item)
        for one in unknown(name, ids)
    )
    if faults:
        raise pytest.UsageError("\n".join(faults))


class Recorder:
    """Keeps outcomes of the tests that ran and writes them when the session ends."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.outcomes: dict[str, str] = {}
        self.marks: dict[str, list[tuple[str, str]]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            pairs = [(name, str(one)) for name, ids in marks_of(item) for one in ids]
            if pairs:
                self.marks[item.nodeid] = pairs

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        before = self.outcomes.get(report.nodeid, "passed")
        self.outcomes[report.nodeid] = max(before, report.outcome, key=lambda outcome: WORST[outcome])

    def pytest_sessionfinish(self) -> None:
        if hasattr(self.config, "workerinput"):
            return
        if target := self.config.getoption("--conformance-marks"):
            Path(target).write_text(json.dumps(self.marks, indent=1, sort_keys=True))
        if self.outcomes:
            write(self.outcomes)


def write(outcomes: dict[str, str], file: Path = RESULTS) -> None:
    """Merge with what earlier runs left, and replace the file in one step."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    merged = read(file) | outcomes
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(merged, indent=0, sort_keys=True))
    draft.replace(file)


def read(file: Path = RESULTS) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found
