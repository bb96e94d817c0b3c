"""`make test-services`: the database tests on a real PostgreSQL, the corpus of real files, whole systems killed.

A suite that ran nothing is a failure: nothing was proved by it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from tests.services import postgres

PYTEST = (sys.executable, "-m", "pytest")
DATABASE = ("-n", "2", "--dist", "worksteal", "--database-only", "-m", "not (corpus or e2e or soak)")
CORPUS = ("-m", "corpus")
SYSTEMS = ("-m", "services", "tests/crash")


def suite(title: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> bool:
    print(f"== {title}", flush=True)
    code = subprocess.run((*PYTEST, *arguments), env={**os.environ, **environment}, check=False).returncode
    if code == 5:
        print(f"== {title}: no test was found, so nothing is proved", flush=True)
    return code == 0


def main(extra: list[str]) -> int:
    signal.signal(signal.SIGTERM, postgres.end_by_exception)
    signal.signal(signal.SIGHUP, postgres.end_by_exception)
    try:
        with postgres.cluster() as address:
            database = suite("database tests on PostgreSQL", (*DATABASE, *extra), {"DATABASE_URL": address})
    except postgres.Unavailable as reason:
        print(f"== database tests on PostgreSQL: {reason}", flush=True)
        database = False
    corpus = suite("real files", (*CORPUS, *extra), {})
    systems = suite("whole systems, killed", (*SYSTEMS, *extra), {})
    return int(not (database and corpus and systems))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
