"""`kill -9` in the middle of copying and of a sweep: the next one goes on where it was, and reads nothing twice.

CRASH_REPEATS says how often (1; `make soak` repeats more). Each repetition ends at another moment.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.installation import Installation, prepared, run_folder

REPEATS = int(os.environ.get("CRASH_REPEATS", "1"))
#: Digests: some slices of a sweep, and many of copying.
PIECES = 1_500
LONG_AGO = "2020-01-01 00:00:00"
#: Bytes with their rows, as filings would leave them; only that they lie there matters here.
FILL = f"""
import hashlib
from records import clock, storage
from records.models import Blob
made = []
for number in range({PIECES}):
    content = str(number).encode() * 2000
    digest = hashlib.sha256(content).hexdigest()
    path = storage.store().path_of(digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
    made.append(Blob(digest=digest, size=len(content), stored_at=clock.now()))
Blob.objects.bulk_create(made, batch_size=500)
"""
CHECKS = "SELECT place, blob_id, at FROM records_storedcheck WHERE result = '' AND at > ?"
Proved = dict[tuple[str, str], str]


def proved(home: Installation) -> Proved:
    """Moment of each check that was made, by place and digest."""
    return {(place, digest): at for place, digest, at in home.rows(CHECKS, LONG_AGO)}


def swept(home: Installation) -> list[int]:
    """How many checks each sweep that came to its end tells."""
    events = home.rows("SELECT payload FROM records_ledgerevent WHERE action = 'custody.swept' ORDER BY \"index\"")
    return [json.loads(payload)["facts"]["checked"] for (payload,) in events]


def killed_after(home: Installation, some: int) -> Proved:
    """Let a sweep note so many checks, and end it at once; what it had noted."""
    process = home.popen("sweep_custody", "--json", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(proved(home)) < some and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert process.poll() is None, "the sweep ended before it could be interrupted"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return proved(home)


def finished(home: Installation) -> Proved:
    """Let a sweep come to its end: everything is proved in both places."""
    answer = home.command("sweep_custody")
    assert answer["lost"] == []
    counts = {row["place"]: [row[name] for name in ("proved", "damaged", "uncopied")] for row in answer["places"]}
    assert counts == {"store": [PIECES, 0, 0], "copies": [PIECES, 0, 0]}
    return proved(home)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Installation:
    made = prepared(run_folder(tmp_path_factory), tmp_path / "home")
    assert made.popen("shell", "-v", "0", "-c", FILL).wait(timeout=120) == 0
    return made


@pytest.mark.rule("K1", "K2", "K8")
@pytest.mark.criterion(10)
@pytest.mark.parametrize("repetition", range(REPEATS))
def test_a_sweep_killed_in_the_middle_goes_on_where_it_was(home: Installation, repetition: int) -> None:
    before = killed_after(home, random.randint(1, PIECES // 3))
    copied = {digest for place, digest in before if place == "copies"}
    assert 0 < len(copied) < PIECES
    whole = finished(home)
    assert {key: whole[key] for key in before if key[1] in copied} == {
        key: at for key, at in before.items() if key[1] in copied
    }, "what was copied and proved is neither copied nor read again"

    home.rewrite("UPDATE records_storedcheck SET at = ?", LONG_AGO)
    ended = len(swept(home))
    before = killed_after(home, random.randint(1, PIECES // 2))
    assert 0 < len(before) < 2 * PIECES
    assert len(swept(home)) == ended, "a sweep that was cut tells no end"
    after = finished(home)
    assert {key: after[key] for key in before} == before, "what was proved is not read again"
    assert swept(home)[ended:] == [2 * PIECES - len(before)], "the rest, and nothing else"
