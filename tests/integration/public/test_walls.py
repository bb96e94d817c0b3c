"""The wall between citizens and custody, read from the source itself (D1, D2)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[3]
CMS = ROOT / "cms"
#: The only places of cms that may open custody's front door: they copy out what a decision published. Certificates are
#: checked by the very program that goes inside them, which knows nothing but the file it is given.
MAY_ENTER = (
    "cms/wiring.py", "cms/custody_source.py", "cms/publication/service.py", "cms/publication/certificates.py",
    "cms/publication/pieces.py", "cms/publication/files.py", "cms/publication/contracts.py",
    "cms/publication/states.py", "cms/publication/following.py",
    "cms/demo/", "cms/checks.py", "cms/desk_search/", "cms/worker/", "cms/management/", "cms/guides/", "cms/settings/",
)  # fmt: skip
PUBLIC_APPS = ("core", "home", "banco", "norms", "programmes", "calls", "transparency", "publication")
#: Pages of the desk that cms serves: they manage people, who are cms's own table.
DESK_TEMPLATES = ROOT / "templates/cms/people"
PUBLIC_TEMPLATES = ("templates/cms", "templates/components", "templates/search/public.html")
#: Pages of the desk that cms has: people are managed there.
DESK_TEMPLATES = ROOT / "templates/cms/people"


def imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def public_modules() -> list[Path]:
    return [file for name in PUBLIC_APPS for file in sorted((CMS / name).rglob("*.py"))]


@pytest.mark.requirement("A5")
def test_public_modules_do_not_know_custody():
    entering = {
        str(file.relative_to(ROOT))
        for file in public_modules()
        if any(name.split(".")[0] == "records" for name in imports(file))
    }

    assert len(public_modules()) > 40
    assert {path for path in entering if not path.startswith(MAY_ENTER)} == set()


@pytest.mark.requirement("A5")
def test_nobody_in_the_public_site_imports_models_of_custody():
    inside = {
        str(file.relative_to(ROOT)): sorted(name for name in imports(file) if name.startswith("records."))
        for file in public_modules()
    }

    assert {path: names for path, names in inside.items() if any(not n.startswith("records.api") for n in names)} == {}


@pytest.mark.requirement("A5")
@pytest.mark.parametrize("app", [*PUBLIC_APPS])
def test_no_public_row_points_into_custody(app):
    fields = [field for model in apps.get_app_config(app).get_models() for field in model._meta.get_fields()]
    related = {
        field.related_model._meta.app_label
        for field in fields
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.related_model
    }

    assert not related & {"records", "convenios", "guardian"}


@pytest.mark.requirement("A5")
def test_public_templates_load_no_library_of_custody():
    files = [
        file
        for place in PUBLIC_TEMPLATES
        for file in ([ROOT / place] if place.endswith(".html") else sorted((ROOT / place).rglob("*.html")))
    ]
    said = {file.name: file.read_text() for file in files if DESK_TEMPLATES not in file.parents}

    assert len(said) > 40
    assert not [name for name, text in said.items() if "records/" in text or "{% load records" in text]
