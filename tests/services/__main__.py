"""`make test-services`: the database tests on a real PostgreSQL, the search on a real Elasticsearch, the corpus of real
files, whole systems killed.

A suite that ran nothing is a failure: nothing was proved by it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping

from tests.services import elastic, postgres

PYTEST = (sys.executable, "-m", "pytest")
DATABASE = ("-n", "2", "--dist", "worksteal", "--database-only", "-m", "not (corpus or elastic or e2e or soak)")
# Each file on one process: what a file was read for once serves all its tests.
CORPUS = ("-n", "2", "--dist", "loadfile", "-m", "corpus", "tests/corpus", "tests/quality")
# One server for all; a test that ends nodes makes its own.
ELASTIC = ("-n", "2", "--dist", "loadfile", "-m", "elastic", "tests/elastic", "tests/contracts")
SYSTEMS = ("-n", "2", "--dist", "worksteal", "-m", "services", "tests/crash")


def suite(title: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> bool:
    print(f"== {title}", flush=True)
    code = subprocess.run((*PYTEST, *arguments), env={**os.environ, **environment}, check=False).returncode
    if code == 5:
        print(f"== {title}: no test was found, so nothing is proved", flush=True)
    return code == 0


def on_postgres(extra: list[str]) -> bool:
    with postgres.cluster(forgetful=True) as address:
        return suite("database tests on PostgreSQL", (*DATABASE, *extra), {"DATABASE_URL": address})


def on_elasticsearch(extra: list[str]) -> bool:
    with elastic.cluster(security=True) as made:
        return suite("search on Elasticsearch", (*ELASTIC, *extra), elastic.sharing(made))


def on_real_files(extra: list[str]) -> bool:
    return suite("real files", (*CORPUS, *extra), {})


def on_whole_systems(extra: list[str]) -> bool:
    return suite("whole systems, killed", (*SYSTEMS, *extra), {})


SUITES: tuple[Callable[[list[str]], bool], ...] = (on_postgres, on_elasticsearch, on_real_files, on_whole_systems)


def holds(run: Callable[[list[str]], bool], extra: list[str]) -> bool:
    """Whether it held; a server that cannot start is a suite that did not."""
    try:
        return run(extra)
    except (elastic.Unavailable, postgres.Unavailable) as reason:
        print(f"== {run.__name__}: {reason}", flush=True)
        return False


def main(extra: list[str]) -> int:
    signal.signal(signal.SIGTERM, postgres.end_by_exception)
    signal.signal(signal.SIGHUP, postgres.end_by_exception)
    held = [holds(run, extra) for run in SUITES]
    return int(not all(held))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
