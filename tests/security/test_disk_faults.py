"""A disk that fails at each of its calls in turn: nothing acknowledged that is not kept (criterion 11).

Each series is a process of its own over an installation of its own, with a small library loaded before the C
library that makes the n-th write, sync or naming fail (`tests.security.disk`). Where no C compiler is, the small and
read-only disks of `test_bad_input` are what remains.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.installation import ROOT, prepared, run_folder
from tests.security.disk import shim

pytestmark = pytest.mark.criterion(11)
#: Sentences that may be told: each says that nothing was done and what to do.
TOLD = ("vuelva a intentarlo más tarde", "avise a soporte")
LONGEST = 900


@pytest.fixture
def told(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Any:
    """The JSON that a module of ours prints, run with the library in an installation of its own."""
    try:
        library = shim.compiled(run_folder(tmp_path_factory))
    except shim.NoCompiler:
        pytest.skip("there is no C compiler here")
    home = prepared(run_folder(tmp_path_factory), tmp_path / "home")

    def run(module: str, *words: str) -> Any:
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_ROLE")},
            "CUSTODIA_HOME": str(home.home), "DJANGO_SETTINGS_MODULE": "cms.settings.demo", "LD_PRELOAD": str(library),
        }  # fmt: skip
        command = [sys.executable, "-m", f"tests.security.disk.{module}", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    return run


@pytest.fixture
def series(told: Any) -> Any:
    def run(act: str, error: str, kinds: str = "any", stride: int = 1, *sticky: str) -> list[dict[str, Any]]:
        return list(told("driver", act, error, kinds, str(stride), *sticky))

    return run


def check(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nothing is wrong after any step, every refusal is told, and the last act met no fault; the steps that did."""
    wrong = {step["n"]: step["problems"] for step in steps if step["problems"]}
    assert not wrong
    *failing, last = steps
    assert last["met"] < last["n"], "the series never came to its end"
    assert last["status"] < 400
    assert failing, "no call was met: the disk that fails was not there"
    refused = [step for step in failing if step["status"] >= 400]
    assert refused
    for step in refused:
        assert step["filed"] == 0
        assert any(words in step["sentence"].lower() for words in TOLD), step["sentence"]
    return failing


def test_a_sync_that_fails_is_never_acknowledged(series: Any) -> None:
    """Each of the syncs of a filing: bytes, their folder, and the database's own."""
    failing = check(series("form", "EIO", "syncs"))
    assert len(failing) >= 3
    assert all(step["status"] == 503 for step in failing)


@pytest.mark.criterion(14)
def test_no_byte_is_given_while_its_event_cannot_be_written(series: Any) -> None:
    failing = check(series("download", "ENOSPC", "any", 1, "sticky"))
    assert all(step["status"] == 503 for step in failing)


@pytest.mark.criterion(15)
@pytest.mark.rule("K1", "K2")
@pytest.mark.parametrize("harm", ["gone", "altered", "truncated"])
def test_a_store_that_takes_no_bytes_is_read_from_the_good_copy(told: Any, harm: str) -> None:
    """Wrong bytes are never given, right ones always are; the store is mended at the first reading after it can be."""
    found = told("readonly", harm)
    assert found["met"] > 0, "nothing tried to mend the store"
    assert found["meanwhile"]["original"] == [200, found["digest"]]
    assert found["meanwhile"]["page"][0] == 200
    assert (found["told"], found["read"]) == (1, "read")
    assert {status for status, _digest in found["lost"].values()} == {500}, "bytes that no place has right are refused"
    assert found["damaged"] == found["expected"]
    assert (found["still"] != "", found["copy"]) == (True, "")
    assert (found["afterwards"], found["mended"]) == ([200, found["digest"]], "")


@pytest.mark.services  # every call of every act; minutes
@pytest.mark.rule("K8")
@pytest.mark.parametrize("act", ["form", "upload", "batch", "refused", "page", "reading", "key"])
def test_each_call_of_each_act_may_fail_once(series: Any, act: str) -> None:
    check(series(act, "EIO"))


@pytest.mark.services
@pytest.mark.rule("K8")
@pytest.mark.parametrize(
    ("act", "error", "stride"),
    [("form", "ENOSPC", 2), ("form", "EDQUOT", 5), ("upload", "ENOSPC", 4), ("upload", "EDQUOT", 9),
     ("batch", "ENOSPC", 4), ("batch", "EDQUOT", 9), ("refused", "ENOSPC", 1), ("page", "ENOSPC", 2),
     ("reading", "EDQUOT", 2), ("key", "ENOSPC", 1)],
)  # fmt: skip
def test_a_disk_that_stays_full_is_told_and_read_from_all_the_while(
    series: Any, act: str, error: str, stride: int
) -> None:
    check(series(act, error, "any", stride, "sticky"))


@pytest.mark.soak
@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EDQUOT"])
@pytest.mark.parametrize("act", ["form", "upload", "batch", "refused", "page", "reading", "download", "key"])
@pytest.mark.parametrize("lasting", [(), ("sticky",)], ids=["once", "lasting"])
def test_each_call_of_each_act_with_each_fault(series: Any, act: str, error: str, lasting: tuple[str, ...]) -> None:
    check(series(act, error, "any", 1, *lasting))
