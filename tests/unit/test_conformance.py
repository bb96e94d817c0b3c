"""Marks name rows that exist, and the report says what is proved and what is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance import __main__ as report
from tests.conformance import plugin
from tests.conformance.lists import LISTS, sentences, unknown

ROOT = Path(__file__).resolve().parents[2]


def collect(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    file = folder / "test_given.py"
    file.write_text(text)
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    return subprocess.run(
        [*command, str(file), f"--rootdir={ROOT}"], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("mark", "rows", "first", "last"),
    [
        ("requirement", 148, "A1", "P6"),
        ("rule", 68, "C1", "P8"),
        ("criterion", 40, "1", "40"),
        ("beyond", 20, "1", "20"),
    ],
)
def test_the_lists_are_whole(mark: str, rows: int, first: str, last: str) -> None:
    known = sentences(mark)
    assert (len(known), next(iter(known)), list(known)[-1]) == (rows, first, last)
    assert all(sentence.strip() for sentence in known.values())


def test_unknown_and_empty_marks_are_told() -> None:
    assert unknown("requirement", ("B5", "Z9")) == ["Z9"]
    assert unknown("criterion", (37,)) == []
    assert unknown("beyond", ()) == ["(no id)"]


@pytest.mark.parametrize("mark", ['requirement("Z9")', "criterion(41)", "beyond()", 'rules("C1")'])
def test_an_unknown_id_or_mark_fails_the_collection(tmp_path: Path, mark: str) -> None:
    text = f"import pytest\n@pytest.mark.{mark}\ndef test_x():\n    assert True\n"
    conftest = 'pytest_plugins = ["tests.conformance.plugin"]\n'
    (tmp_path / "conftest.py").write_text(conftest)
    done = collect(tmp_path, text)
    assert done.returncode not in (0, 5), done.stdout
    assert mark.split("(", maxsplit=1)[0] in done.stdout + done.stderr


def test_results_of_several_runs_add_up(tmp_path: Path) -> None:
    file = tmp_path / "conformance.json"
    plugin.write({"a": "passed", "b": "failed"}, file)
    plugin.write({"b": "passed"}, file)
    assert plugin.read(file) == {"a": "passed", "b": "passed"}


def test_a_row_is_as_good_as_its_worst_test_and_not_run_until_all_ran() -> None:
    assert report.result_of(["a", "b"], {"a": "passed", "b": "failed"}) == "failed"
    assert report.result_of(["a", "b"], {"a": "passed"}) == report.NEVER
    assert report.result_of(["a", "b"], {"a": "passed", "b": "passed"}) == "passed"


def test_the_table_names_what_nobody_proves() -> None:
    text = "\n".join(report.table("beyond", {("beyond", "3"): ["t.py::test_x[1]", "t.py::test_x[2]"]}, {}))
    assert "1 of 20 proved" in text
    assert "`t.py::test_x` ×2 | not run" in text
    assert "Nobody proves yet: 1, 2, 4," in text
    assert set(LISTS) == {"requirement", "rule", "criterion", "beyond"}
