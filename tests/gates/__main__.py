"""`make check`: every gate of the table runs, two at a time; the ones that fail show what they said.

`--release` is `make release-check`; `--only NAME` runs one. Exit 0 only when all hold.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PYTHON = sys.executable
#: Enough for production's settings to load; no server of that name is asked anything by these checks.
ROLES = ("all", "public", "editor", "desk", "worker")


@dataclass(frozen=True)
class Gate:
    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    talks: bool = False  # its words are shown when it passes too


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


def manage(*arguments: str) -> tuple[str, ...]:
    return (PYTHON, "manage.py", *arguments)


def gates(release: bool) -> list[Gate]:
    """Longest first, so that two at a time end together."""
    test = {"DJANGO_SETTINGS_MODULE": "cms.settings.test"}
    flags = ("--release",) if release else ()
    return [
        Gate("types", tool("mypy")),
        Gate("vulnerabilities", (PYTHON, "-m", "tests.gates.vulnerabilities", *flags), talks=True),
        Gate("format", tool("ruff", "format", "--check", "--output-format=concise", ".")),
        Gate("lint", tool("ruff", "check", "--quiet", "--output-format=concise", ".")),
        Gate("imports", tool("lint-imports")),
        Gate("house rules", (PYTHON, "-m", "tests.gates.house")),
        Gate("template form", tool("djlint", "templates", "--lint", "--quiet")),
        Gate("template walls", (PYTHON, "-m", "tests.gates.templates")),
        Gate("migrations", manage("makemigrations", "--check", "--dry-run"), test),
        *(
            Gate(f"settings test/{role}", manage("check", "--fail-level=WARNING"), {**test, "SITE_ROLE": role})
            for role in ROLES
        ),
        *(Gate(f"settings production/{role}", (PYTHON, "-m", "tests.gates.production", role)) for role in ROLES),
        Gate("installed packages agree", (PYTHON, "-m", "pip", "--disable-pip-version-check", "check")),
    ]


def run(gate: Gate) -> tuple[Gate, bool, float, str]:
    started = time.monotonic()
    done = subprocess.run(
        gate.command, cwd=ROOT, env={**os.environ, **gate.environment}, capture_output=True, text=True, check=False
    )
    words = (done.stdout + done.stderr).strip()
    return gate, done.returncode == 0, time.monotonic() - started, words


def report(gate: Gate, holds: bool, seconds: float, words: str) -> None:
    print(f"{'ok    ' if holds else 'FAILED'} {gate.name} ({seconds:.1f} s)", flush=True)
    if words and (gate.talks or not holds):
        print("       " + words.replace("\n", "\n       "), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check")
    parser.add_argument("--release", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    chosen = [gate for gate in gates(options.release) if gate.name.startswith(options.only)]
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for gate, holds, seconds, words in pool.map(run, chosen):
            report(gate, holds, seconds, words)
            failed += [] if holds else [gate.name]
    print(
        f"{len(chosen) - len(failed)} of {len(chosen)} gates hold" + (f"; not: {', '.join(failed)}" if failed else "")
    )
    return int(bool(failed) or not chosen)


if __name__ == "__main__":
    sys.exit(main())
