"""`kill -9` at each numbered step of filing, classification, closing, certificates and the care of stored bytes.

A step is a run of calls that write, sync, name or remove in one place (`tests.crash.steps.driver`). After each kill
another process opens what is left: all or nothing of the act; whatever was acknowledged is read with its digest and
told by the ledger; ledger and custody verify; the act can be done again; the sweeps leave no litter.

CRASH_REPEATS says how often each step is killed (1), CRASH_STEPS how many steps of each act, spread at random (8; 0 for
every one), CRASH_SEED which. `make soak` kills every step at least fifty times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.steps.acts import ACTS
from tests.installation import ROOT, prepared, run_folder
from tests.security.disk import shim

REPEATS = int(os.environ.get("CRASH_REPEATS", "1"))
STEPS = int(os.environ.get("CRASH_STEPS", "8"))
SEED = os.environ.get("CRASH_SEED", "") or str(int.from_bytes(os.urandom(3)))
#: In memory where there is such a place: a kill loses nothing that the system took, so the medium tells nothing.
MEMORY = Path("/dev/shm")
LONGEST = 12 * 3600
pytestmark = [pytest.mark.criterion(10), pytest.mark.rule("K8"), pytest.mark.requirement("J7")]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as made:
        yield Path(made)


@pytest.fixture
def killed(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Any:
    """One act, killed at so many of its steps, so often each; what was found."""
    try:
        library = shim.compiled(run_folder(tmp_path_factory))
    except shim.NoCompiler:
        pytest.skip("there is no C compiler here")
    home = prepared(run_folder(tmp_path_factory), folder / "home")

    def run(act: str, steps: int, repeats: int) -> dict[str, Any]:
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_ROLE")},
            "CUSTODIA_HOME": str(home.home), "DJANGO_SETTINGS_MODULE": "cms.settings.demo", "LD_PRELOAD": str(library),
        }  # fmt: skip
        words = [sys.executable, "-m", "tests.crash.steps.driver", act, str(steps), str(repeats), SEED]
        done = subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout))

    return run


def check(found: dict[str, Any], steps: int, repeats: int) -> None:
    assert not found["problems"], f"seed {SEED}: {found['problems']}"
    wanted = min(steps or len(found["steps"]), len(found["steps"]))
    kills = sum(found["killed"].values())
    assert len(found["steps"]) > 5, "hardly a call was met: the library was not there"
    assert kills + found["ended"] == wanted * repeats
    assert len(found["killed"]) + found["ended"] >= wanted, "a step at which it was never killed"
    assert found["acknowledged"] + found["ended"] > 0, "no kill fell after an answer"


@pytest.mark.parametrize("act", ["file-package", "approve", "close", "certify", "tend"])
def test_an_act_killed_at_some_of_its_steps_is_whole_or_nothing(killed: Any, act: str) -> None:
    check(killed(act, 4, 1), 4, 1)


@pytest.mark.services
@pytest.mark.parametrize("act", sorted(ACTS))
def test_each_act_killed_at_its_steps(killed: Any, act: str) -> None:
    check(killed(act, STEPS, REPEATS), STEPS, REPEATS)


@pytest.mark.soak
@pytest.mark.parametrize("act", sorted(ACTS))
def test_each_act_killed_again_and_again_at_each_step(killed: Any, act: str) -> None:
    check(killed(act, 0, max(REPEATS, 50)), 0, max(REPEATS, 50))
