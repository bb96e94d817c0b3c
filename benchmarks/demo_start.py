"""From the command to the first page: an empty folder, and the same folder again.

Floor: the time that Python needs to load Django with all the product's apps, which no start can leave out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.ground import limited
from benchmarks.report import ROOT, Row, publish
from tests.installation import Installation

FIRST, AGAIN = 60.0, 5.0


def seconds_to_first_page(home: Installation) -> float:
    """From the command until the home page is had, whole."""
    began = time.perf_counter()
    home.process = home.popen("demo", "--json", stderr=subprocess.DEVNULL)
    while True:
        try:
            status, _body = home.get("/")
        except OSError:
            status = 0
        if status == 200:
            return time.perf_counter() - began
        if home.process.poll() is not None:
            raise RuntimeError("the demo ended before its first page")
        time.sleep(0.02)


def bare_start(folder: Path) -> float:
    given = os.environ | {"CUSTODIA_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import django; django.setup()"], cwd=ROOT, env=given, check=True)
    return time.perf_counter() - began


def measure(folder: Path) -> list[Row]:
    floor, home = bare_start(folder / "floor"), Installation(folder / "home")
    first = seconds_to_first_page(home)
    home.stop()
    again = min(one_more(home) for _time in range(3))
    return [
        limited("demo, first page from an empty folder", first, "s", limit=FIRST, floor=floor),
        limited("demo, first page of a second start", again, "s", limit=AGAIN, floor=floor),
    ]


def one_more(home: Installation) -> float:
    taken = seconds_to_first_page(home)
    home.stop()
    return taken


def main() -> int:
    """Exit status 1 when a limit is passed."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder))
    return 0 if publish("demo_start", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
