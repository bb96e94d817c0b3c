"""`python -m benchmarks NAME`, or `all`: each in a process of its own; exit status 1 when a target is missed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NOT_ONE = {
    "__init__", "__main__", "report", "ground", "page", "spanish", "archive", "questions", "floors", "site",
    "site_urls",
}  # fmt: skip


def names() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_ONE)


def main(wanted: str) -> int:
    if wanted not in ("all", *names()):
        print(f"no benchmark {wanted}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    missed = []
    for name in names() if wanted == "all" else [wanted]:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False).returncode:
            missed.append(name)
    if missed:
        print(f"missed: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
