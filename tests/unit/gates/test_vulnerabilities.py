"""A known vulnerability stops the build; an audit without an answer is never taken for a pass (criterion 38).

The auditor's answers are recorded in its own JSON format; a stand-in prints them in place of the program, and the
gate itself runs as `make check` and `make release-check` run it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates.vulnerabilities import Verdict, ask, audit, judge, pinned

ROOT = Path(__file__).resolve().parents[3]
RECORDED = Path(__file__).parent / "recorded"
#: Answers as the auditor does: by default "nothing known" of every pin of the file it was given.
STAND_IN = """
import json, re, sys
text = open(sys.argv[sys.argv.index("-r") + 1]).read()
pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\\s;\\\\]+)", text, re.M)
answer = {"dependencies": [{"name": n, "version": v, "vulns": []} for n, v in pins], "fixes": []}
"""

pytestmark = [pytest.mark.criterion(38)]


def recorded(name: str) -> str:
    return (RECORDED / name).read_text()


def gate(folder: Path, behaviour: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the gate with an auditor that answers so."""
    package = folder / "pip_audit"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STAND_IN + behaviour)
    environment = {**os.environ, "PYTHONPATH": str(folder), "RECORDED": str(RECORDED)}
    command = [sys.executable, "-m", "tests.gates.vulnerabilities", *flags]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


CLEAN = "print(json.dumps(answer))"
VULNERABLE = """
import os
answer["dependencies"] += json.load(open(os.environ["RECORDED"] + "/django-5.2.1.json"))["dependencies"]
print(json.dumps(answer)); sys.exit(1)
"""
SKIPPED = """
print(json.dumps({"dependencies": [{"name": n, "skip_reason": "not found and could not be audited"} for n, v in pins]}))
"""
OFFLINE = "print('Max retries exceeded: name resolution failed', file=sys.stderr); sys.exit(1)"
GARBAGE = "print('<html>sign in to the network</html>')"
NO_ROWS = "print(json.dumps({'dependencies': [], 'fixes': []}))"


@pytest.mark.parametrize("flags", [(), ("--release",)])
def test_nothing_known_passes_both(tmp_path: Path, flags: tuple[str, ...]) -> None:
    done = gate(tmp_path, CLEAN, *flags)
    assert (done.returncode, done.stdout.strip()) == (0, "no known vulnerabilities")


@pytest.mark.parametrize("flags", [(), ("--release",)])
def test_a_known_vulnerability_fails_both_and_is_named(tmp_path: Path, flags: tuple[str, ...]) -> None:
    done = gate(tmp_path, VULNERABLE, *flags)
    assert done.returncode == 1
    assert "known vulnerability: django 5.2.1: CVE-2025-48432 (fixed in 4.2.22, 5.1.10, 5.2.2)" in done.stdout


WITHOUT_ANSWER = pytest.mark.parametrize(
    "behaviour", [SKIPPED, OFFLINE, GARBAGE, NO_ROWS], ids=["skipped", "offline", "garbage", "no rows"]
)


@WITHOUT_ANSWER
def test_without_an_answer_the_check_goes_on_and_says_so(tmp_path: Path, behaviour: str) -> None:
    done = gate(tmp_path, behaviour)
    assert done.returncode == 0
    assert done.stdout.startswith("not checked: ")


@WITHOUT_ANSWER
def test_without_an_answer_the_release_fails(tmp_path: Path, behaviour: str) -> None:
    done = gate(tmp_path, behaviour, "--release")
    assert done.returncode == 1
    assert done.stdout.startswith("not checked: ")


def test_a_vulnerability_is_not_hidden_by_another_package_without_an_answer() -> None:
    verdict = judge(recorded("partial.json"), {"django": "5.2.1", "pillow": "13.0.0"})
    assert len(verdict.known) == 1
    assert verdict.unanswered == ("pillow 13.0.0",)
    assert not verdict.passes(release=False)


def test_an_answer_on_another_version_is_no_answer() -> None:
    answer = json.dumps({"dependencies": [{"name": "Django", "version": "5.2.18", "vulns": []}]})
    assert judge(answer, {"django": "5.2.19"}).unanswered == ("django 5.2.19",)


def test_an_auditor_that_hangs_is_left(tmp_path: Path) -> None:
    script = tmp_path / "hangs.py"
    script.write_text("import time; time.sleep(600)")
    verdict = audit((sys.executable, str(script)), seconds=1)
    assert verdict.unanswered
    assert not verdict.known


def test_an_auditor_that_is_not_there_is_no_answer() -> None:
    assert ask(("/no/such/auditor",), "requirements/base.txt") == ""
    assert judge("", {"django": "5.2.19"}) == Verdict(unanswered=("the auditor gave no usable answer",))


def test_every_pin_of_the_requirement_files_is_asked_for() -> None:
    pins = pinned((ROOT / "requirements" / "base.txt").read_text())
    assert pins["django"].startswith("5.2.")
    assert {"wagtail", "tantivy", "pikepdf", "django-guardian"} <= pins.keys()
