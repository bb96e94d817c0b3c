"""Every declared package does real work in product code, and product code imports nothing undeclared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("cms", "records", "search")
#: Used without an import of ours: what names it in our code.
BY_NAME = {
    # Compresses what whitenoise serves in production, beside gzip.
    "brotli": ("cms/settings/production.py", "whitenoise.storage.CompressedManifestStaticFilesStorage"),
    "django-htmx": ("cms/settings/base.py", "django_htmx"),
    "granian": ("cms/demo/serving.py", '"granian"'),
    "psycopg": ("cms/settings/env.py", "django.db.backends.postgresql"),
    "whitenoise": ("cms/settings/base.py", "whitenoise.middleware"),
}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [normalised(re.split(r"[\[<>=;! ]", line, maxsplit=1)[0]) for line in project["dependencies"]]


def product_files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (file for file in (ROOT / room).rglob("*.py") if "migrations" not in file.parts)


def imported_modules() -> set[str]:
    """Top-level names of the third-party modules that product code imports."""
    found: set[str] = set()
    for file in product_files():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - set(ROOMS)


@cache
def imported_distributions() -> set[str]:
    providers = packages_distributions()
    return {normalised(name) for module in imported_modules() for name in providers.get(module, [module])}


@pytest.mark.requirement("A2")
@pytest.mark.parametrize("name", declared())
def test_a_declared_package_works_in_product_code(name: str) -> None:
    if name in BY_NAME:
        file, word = BY_NAME[name]
        assert word in (ROOT / file).read_text()
    else:
        assert name in imported_distributions()


@pytest.mark.requirement("A2")
def test_the_packages_the_product_is_made_of_are_declared() -> None:
    assert {"wagtail", "django", "python-docx", "pikepdf", "django-guardian"} <= set(declared())


def test_nothing_undeclared_is_imported() -> None:
    assert imported_distributions() - set(declared()) == set()


@pytest.mark.requirement("A1")
def test_the_layout_has_its_names() -> None:
    for name in ("cms", "records", "search", "templates", "fixtures", "tests", "manage.py", "pyproject.toml"):
        assert (ROOT / name).exists(), name


@pytest.mark.requirement("A1")
@pytest.mark.django_db
def test_migrations_are_complete_and_the_checks_clean(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True)
    call_command("check", fail_level="WARNING")
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.parametrize("file", ["base.txt", "dev.txt"])
def test_requirement_files_are_hashed_and_name_no_place(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text()
    pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*(?:\n    --hash[^\n]*)*", text, re.MULTILINE)
    assert len(pins) > 40
    assert all("--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"https?:|--(extra-)?index|--find-links|--trusted", text)
