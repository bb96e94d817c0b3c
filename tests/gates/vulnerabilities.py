"""Known vulnerabilities of what is installed: the auditor asks, this judges (criterion 38).

A known vulnerability fails always. An audit that could not be made, even of one dependency, says "not checked":
`make check` goes on, `make release-check` (`--release`) fails. The auditor's own word is not enough: where the
advisory data is out of reach it may end with 0 and "No known vulnerabilities found" having skipped everything; and
its --strict stops at the first dependency without an answer, which would hide what is known of the others.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILES = ("requirements/base.txt", "requirements/dev.txt")
SECONDS = 300
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """`known` are sentences on vulnerabilities, `unanswered` the reasons why something was not checked."""

    known: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()

    def passes(self, *, release: bool) -> bool:
        return not self.known and not (release and self.unanswered)

    def lines(self) -> Iterable[str]:
        yield from (f"known vulnerability: {sentence}" for sentence in self.known)
        if self.unanswered:
            yield f"not checked: {len(self.unanswered)} without an answer, e.g. {self.unanswered[0]}"
        if not self.known and not self.unanswered:
            yield "no known vulnerabilities"


def judge(answer: str, pins: Mapping[str, str]) -> Verdict:
    """The verdict on the auditor's JSON, for the pinned packages (normalised name → version)."""
    try:
        rows: list[dict[str, Any]] = json.loads(answer)["dependencies"]
        known = tuple(sentence for row in rows for sentence in vulnerabilities(row))
        answered = {normalised(row["name"]): str(row["version"]) for row in rows if "vulns" in row}
    except (ValueError, KeyError, TypeError, AttributeError):
        return Verdict(unanswered=("the auditor gave no usable answer",))
    silent = [f"{name} {version}" for name, version in pins.items() if answered.get(name) != version]
    return Verdict(known, tuple(silent))


def vulnerabilities(row: Mapping[str, Any]) -> Iterable[str]:
    for one in row.get("vulns", ()):
        fixed = ", ".join(one.get("fix_versions", ())) or "no version yet"
        yield f"{row['name']} {row['version']}: {one['id']} (fixed in {fixed})"


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> dict[str, str]:
    return {normalised(name): version for name, version in PIN.findall(text)}


def ask(auditor: tuple[str, ...], file: str, seconds: int = SECONDS) -> str:
    """What the auditor says of one requirement file, "" if it cannot be had; its exit code proves nothing."""
    flags = ("--require-hashes", "--disable-pip", "--format=json", "--progress-spinner=off", "-r", file)
    try:
        done = subprocess.run(
            (*auditor, *flags), cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def audit(auditor: tuple[str, ...], files: Iterable[str] = FILES, seconds: int = SECONDS) -> Verdict:
    verdicts = [judge(ask(auditor, file, seconds), pinned((ROOT / file).read_text())) for file in files]
    return Verdict(
        tuple(dict.fromkeys(known for verdict in verdicts for known in verdict.known)),
        tuple(dict.fromkeys(reason for verdict in verdicts for reason in verdict.unanswered)),
    )


def main(arguments: list[str]) -> int:
    verdict = audit((sys.executable, "-m", "pip_audit"))
    print("\n".join(verdict.lines()))
    return int(not verdict.passes(release="--release" in arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
