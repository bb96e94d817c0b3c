"""`make conformance`: what is proved, by which tests, with which last result, and what nobody proves yet.

Collects the suite (runs nothing), joins the marks with the last results, prints the tables and writes
docs/reference/conformance.md. Ends with 1 when a test that proves something last failed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.conformance.lists import LISTS, sentences
from tests.conformance.plugin import WORST, read

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "reference" / "conformance.md"
NEVER = "not run"

Proofs = Mapping[tuple[str, str], list[str]]


def collected_proofs() -> Proofs:
    """(mark, id) → node ids, from a collection of every suite whatever its marks."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "marks.json"
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", "-p", "no:cacheprovider"]
        command.append(f"--conformance-marks={target}")
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 5):
            sys.exit(f"the suite does not collect:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        marks: dict[str, list[list[str]]] = json.loads(target.read_text())
    proofs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for node, pairs in marks.items():
        for mark, one in pairs:
            proofs[mark, one].append(node)
    return proofs


def result_of(nodes: list[str], outcomes: Mapping[str, str]) -> str:
    """One word for several tests: the worst result; `not run` unless all of them ran."""
    known = [outcomes[node] for node in nodes if node in outcomes]
    if len(known) < len(nodes) and "failed" not in known:
        return NEVER
    return max(known, key=lambda outcome: WORST[outcome])


def shown(nodes: list[str]) -> str:
    """Test functions without their parameters, with a count where one runs in several cases."""
    counted = Counter(node.split("[")[0] for node in nodes)
    return ", ".join(f"`{name}`" + (f" ×{times}" if times > 1 else "") for name, times in sorted(counted.items()))


def table(mark: str, proofs: Proofs, outcomes: Mapping[str, str]) -> Iterator[str]:
    known = sentences(mark)
    proved = {one: proofs[mark, one] for one in known if (mark, one) in proofs}
    yield f"## {LISTS[mark][1]}: {len(proved)} of {len(known)} proved"
    yield ""
    yield "| id | what | tests | last result |\n|---|---|---|---|"
    for one, nodes in proved.items():
        yield f"| {one} | {known[one]} | {shown(nodes)} | {result_of(nodes, outcomes)} |"
    yield ""
    yield "Nobody proves yet: " + (", ".join(one for one in known if one not in proved) or "none") + "."
    yield ""


def main() -> int:
    proofs, outcomes = collected_proofs(), read()
    lines = [
        "# Conformance",
        "",
        "Written by `make conformance` from the marks of the tests and their last results.",
        "",
    ]
    for mark in LISTS:
        lines += table(mark, proofs, outcomes)
    text = "\n".join(lines)
    REPORT.write_text(text, encoding="utf-8")
    print(text)
    return int(any(result_of(nodes, outcomes) == "failed" for nodes in proofs.values()))


if __name__ == "__main__":
    sys.exit(main())
