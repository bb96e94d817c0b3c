"""House rules see what they forbid."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gates import house


def found(rule: Callable[[ast.AST, str], Iterator[tuple[int, str]]], text: str) -> list[int]:
    return [line for line, _what in rule(ast.parse(text), text)]


@pytest.mark.parametrize(
    "text",
    [
        "user.has_perm('x', obj)",
        "from guardian.shortcuts import get_objects_for_user as g\ng\nget_objects_for_user(u)",
        "checker = ObjectPermissionChecker(user)",
    ],
)
def test_other_answers_to_who_may_are_banned(text: str) -> None:
    assert found(house.banned_calls, text)


def test_unfinished_work_is_seen() -> None:
    assert found(house.unfinished, "x = 1\n# TO" + "DO later\nraise NotImplemented" + "Error") == [2, 3]


def test_long_files_and_functions_are_seen() -> None:
    assert list(house.long_file(Path("records/x.py"), "x = 1\n" * 451))
    assert not list(house.long_file(Path("records/certificates/verify.py"), "x = 1\n" * 451))
    assert list(house.long_file(Path("records/certificates/verify.py"), "x = 1\n" * 641))
    assert found(house.long_code, "def f():\n" + "    x = 1\n" * 60) == [1]
    assert found(house.long_code, "def f():\n" + "    x = 1\n" * 59) == []


def test_a_silenced_rule_needs_a_reason() -> None:
    assert found(house.silenced_without_reason, "x = 1  # no" + "qa: E501") == [1]
    assert found(house.silenced_without_reason, "x = 1  # no" + "qa") == [1]
    assert found(house.silenced_without_reason, "x = 1  # no" + "qa: E501 - one long address") == []


@pytest.mark.parametrize(
    "text",
    ["see https://" + "pypi.example/simple", "cd /ro" + "ot/x", "open('/ho" + "me/ana/x')"],
)
def test_places_of_one_machine_are_seen(text: str) -> None:
    assert list(house.places(text))


def test_the_gate_reads_the_tracked_files() -> None:
    assert {Path("manage.py"), Path("cms/checks.py")} <= set(house.tracked())
