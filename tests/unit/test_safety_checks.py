"""A signing key or a scanner that cannot be trusted: production does not start, the demo tells (criterion 37)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from records import checks, scanning, signing
from records.models import SigningKey
from records.services import keys
from tests import factories
from tests.people import make_cast

pytestmark = [pytest.mark.criterion(37), pytest.mark.django_db]


def said(check: Callable[[], Iterator[str]]) -> str:
    return " | ".join(check())


@pytest.fixture
def key(settings: Any, tmp_path: Path) -> Path:
    """Production, with a key in order that no other test signs with."""
    settings.PROFILE, settings.SITE_ROLE = "production", "desk"
    file = tmp_path / "llaves" / "llave.pem"
    settings.RECORDS = {**settings.RECORDS, "SIGNING_KEY": file}
    signing.ensure_key()
    assert said(checks.unready_key) == ""
    return file


def test_a_missing_or_damaged_key_is_refused(key: Path) -> None:
    key.write_text("-----BEGIN PRIVATE KEY-----\nnada\n-----END PRIVATE KEY-----\n")
    assert "falta o está dañada" in said(checks.unready_key)
    key.unlink()
    assert str(key) in said(checks.unready_key)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o700, 0o666])
def test_a_key_that_others_may_read_is_refused(key: Path, mode: int) -> None:
    key.chmod(mode)
    assert "0600" in said(checks.unready_key)


def test_an_open_folder_of_keys_is_refused(key: Path) -> None:
    key.parent.chmod(0o750)
    assert "0700" in said(checks.unready_key)


def test_a_key_that_is_not_the_one_of_the_last_receipt_is_refused(key: Path, tmp_path: Path) -> None:
    cast = make_cast()
    piece = factories.file_piece(cast["archivista"], factories.make_expediente(cast["archivista"]))
    assert said(checks.foreign_key) == ""
    kept = shutil.copy2(key, tmp_path / "respaldo.pem")
    key.unlink()
    signing.ensure_key()  # what a migration does when it finds none
    assert said(checks.unready_key) == ""
    assert piece.receipt_key in said(checks.foreign_key)
    shutil.copy2(kept, key)
    assert said(checks.foreign_key) == ""


def test_after_a_rotation_the_new_key_is_right_and_the_old_one_wrong(key: Path, tmp_path: Path) -> None:
    cast = make_cast()
    factories.file_piece(cast["archivista"], factories.make_expediente(cast["archivista"]))
    old = shutil.copy2(key, tmp_path / "respaldo.pem")
    rotation = keys.rotate()
    assert said(checks.foreign_key) == ""
    shutil.copy2(old, key)  # yesterday's backup over today's key
    assert rotation.new in said(checks.foreign_key)


def test_a_lost_key_is_replaced_by_rotation(key: Path) -> None:
    cast = make_cast()
    piece = factories.file_piece(cast["archivista"], factories.make_expediente(cast["archivista"]))
    key.unlink()
    assert keys.rotate().old == piece.receipt_key
    assert said(checks.unready_key) == said(checks.foreign_key) == ""
    assert SigningKey.objects.filter(pk=piece.receipt_key).exists()


def test_the_demo_starts_and_its_page_of_health_tells(key: Path, settings: Any) -> None:
    settings.PROFILE = "demo"
    key.chmod(0o644)
    assert said(checks.unready_key) == ""
    client = Client()
    client.force_login(make_cast()["archivista"])
    body = client.get("/custodia/salud/").content.decode()
    assert "está abierta a otros" in body


@pytest.mark.parametrize("role", ["public", "editor"])
def test_a_process_that_signs_nothing_needs_no_key(key: Path, settings: Any, role: str) -> None:
    settings.SITE_ROLE = role
    key.unlink()
    assert said(checks.unready_key) == said(checks.foreign_key) == said(checks.undecided_scanner) == ""


# The scanner ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("not_configured", "MALWARE_SCANNER"), ("blind", "EICAR"), ("silent", "AlertExceedsMax"),
        ("ready", ""), ("declared_off", ""), ("unreachable", ""),
    ],
)  # fmt: skip
def test_production_says_where_its_scanner_is_and_takes_none_that_lets_things_by(
    settings: Any, monkeypatch: Any, state: str, told: str
) -> None:
    settings.PROFILE, settings.SITE_ROLE = "production", "desk"
    monkeypatch.setattr(scanning, "status", lambda: scanning.ScannerStatus(state))
    assert told in said(checks.undecided_scanner)
    assert bool(told) == bool(said(checks.undecided_scanner))
    settings.PROFILE = "demo"
    assert said(checks.undecided_scanner) == ""


def test_an_undecided_scanner_is_told_on_the_page_of_health(settings: Any) -> None:
    client = Client()
    client.force_login(make_cast()["archivista"])
    assert "se radica sin revisar" in client.get("/custodia/salud/").content.decode()
    settings.RECORDS = {**settings.RECORDS, "SCANNER": "none"}
    assert "funciona sin antivirus" in client.get("/custodia/salud/").content.decode()


@pytest.mark.parametrize("name", ["ARRIVALS", "QUARANTINE"])
def test_an_open_folder_of_files_on_their_way_is_refused(settings: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "abierta").mkdir(mode=0o755)
    (tmp_path / "abierta").chmod(0o755)
    settings.RECORDS = {**settings.RECORDS, name: tmp_path / "abierta"}
    assert str(tmp_path / "abierta") in said(checks.open_store)
