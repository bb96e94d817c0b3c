"""`python -m benchmarks.page`: writes docs/benchmarks/search.md from the last figures of search in var/bench.

What the figures mean is told by the files that measure; the page keeps them with the size they were measured at.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.report import ROOT, Row

PAGE = ROOT / "docs" / "benchmarks" / "search.md"
#: File of figures → what it is called on the page.
PARTS = {
    "search-*": "In one process, beside other tools",
    "search_http": "Over HTTP, by readers who entered",
    "findable": "Filed → findable",
}
HEAD = """# What search costs

Made by `python -m benchmarks.page` from the last runs; do not write here. Read ratios, not milliseconds: each figure
stands beside what other tools needed for the same work in the same run, on the same machine.
The archive is invented from the Spanish texts of Debian packages by seed: 60/30/10 % of levels, 500 readers, 120
questions in ten classes. `make bench BENCH=search`, with `BENCH_PAGES` for the size and `BENCH_ARCHIVE` for a folder
that is kept, measures again.
"""


def lines(folder: Path) -> Iterator[str]:
    yield HEAD
    for name, title in PARTS.items():
        for file in sorted(folder.glob(f"{name}.json")):
            yield f"## {title}\n"
            yield from table(json.loads(file.read_text("utf-8")))
            yield ""


def table(rows: Iterable[Row]) -> Iterator[str]:
    yield "| | value | floor | ratio | target | |"
    yield "|---|---|---|---|---|---|"
    for one in rows:
        value = f"{one['value']:,.2f} {one['unit']}".strip()
        holds = {True: "holds", False: "**missed**", None: ""}[one["holds"]]
        cells = (one["name"], value, told(one["floor"]), told(one["ratio"]), told(one["target"]), holds)
        yield f"| {' | '.join(cells)} |"


def told(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def main() -> int:
    folder = Path(os.environ.get("CUSTODIA_HOME", ROOT / "var")) / "bench"
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join(lines(folder)).rstrip() + "\n", "utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
