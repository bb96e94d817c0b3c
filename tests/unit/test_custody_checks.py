"""What signs indexes and where the copies lie: production does not start with what would fail later (criterion 37)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cms.checks import SETTINGS_CHECKS, served_custody, warn_before_deploying
from records import checks, clock
from records.indexes import certificates

pytestmark = [pytest.mark.criterion(37)]


def said(check: Callable[[], Iterator[str]]) -> str:
    return " | ".join(check())


# The key of indexes -------------------------------------------------------------------------------------------


def pair() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, certificates.self_signed(key).public_bytes(Encoding.PEM)


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> tuple[Path, Path]:
    """Production with a key and a certificate of their own files, both in order."""
    settings.PROFILE, settings.SITE_ROLE = "production", "desk"
    key, certificate = tmp_path / "llave.pem", tmp_path / "certificado.pem"
    for file, pem in zip((key, certificate), pair(), strict=True):
        file.touch(mode=0o600)
        file.write_bytes(pem)
    signing = {**settings.RECORDS["INDEX_SIGNING"], "KEY": key, "CERTIFICATE": certificate, "SELF_SIGNED": False}
    settings.RECORDS = {**settings.RECORDS, "INDEX_SIGNING": signing}
    assert checks.unready_index_key in SETTINGS_CHECKS
    assert said(checks.unready_index_key) == ""
    return key, certificate


@pytest.mark.rule("E6")
@pytest.mark.parametrize("lost", [0, 1])
def test_a_key_or_a_certificate_that_cannot_be_read_is_refused(files: tuple[Path, Path], lost: int) -> None:
    files[lost].write_text("nada")
    assert "no se pueden leer" in said(checks.unready_index_key)
    files[lost].unlink()
    assert "no se pueden leer" in said(checks.unready_index_key)


@pytest.mark.rule("E6")
def test_a_certificate_of_another_key_is_refused(files: tuple[Path, Path]) -> None:
    files[1].write_bytes(pair()[1])
    assert "no es el certificado de la llave" in said(checks.unready_index_key)


@pytest.mark.rule("E6")
def test_a_certificate_out_of_its_time_is_warned_of_and_keeps_nobody_from_starting(files: tuple[Path, Path]) -> None:
    held = certificates.credential().certificate
    days = {"venció": held.not_valid_after_utc, "aún no rige": held.not_valid_before_utc}
    for (word, moment), step in zip(days.items(), (1, -1), strict=True):
        with clock.at(moment + datetime.timedelta(days=step)):
            assert said(checks.unready_index_key) == ""
            assert word in said(checks.unsigned_indexes)
    assert said(checks.unsigned_indexes) == ""


def test_a_key_of_indexes_that_others_may_read_is_refused(files: tuple[Path, Path]) -> None:
    files[0].chmod(0o604)
    assert str(files[0]) in said(checks.unready_index_key)


def test_who_signs_no_index_needs_no_key_and_who_named_none_is_only_warned(
    files: tuple[Path, Path], settings: Any, tmp_path: Path
) -> None:
    files[0].unlink()
    for profile, role in (("production", "public"), ("production", "editor"), ("demo", "all")):
        settings.PROFILE, settings.SITE_ROLE = profile, role
        assert said(checks.unready_index_key) == said(checks.unsigned_indexes) == ""
    settings.PROFILE, settings.SITE_ROLE, settings.CUSTODIA_HOME = "production", "worker", tmp_path
    usual = dict.fromkeys(("KEY", "CERTIFICATE"), tmp_path / "keys" / "indice.pem")
    settings.RECORDS = {**settings.RECORDS, "INDEX_SIGNING": {**settings.RECORDS["INDEX_SIGNING"], **usual}}
    assert said(checks.unready_index_key) == ""
    assert "INDEX_KEY" in said(checks.unsigned_indexes)
    usual["KEY"].parent.mkdir()
    usual["KEY"].write_text("nada")  # somebody put it there: it must serve
    assert "no se pueden leer" in said(checks.unready_index_key)
    assert said(checks.unsigned_indexes) == ""


# Where the copies lie -----------------------------------------------------------------------------------------


@pytest.fixture
def lying(settings: Any, tmp_path: Path) -> Callable[[str], Path]:
    """The store in `almacen/bytes` of a folder of the test, and the second copy where it says."""

    def at(where: str) -> Path:
        store, copy = ({"BACKEND": settings.RECORDS["STORE"]["BACKEND"], "OPTIONS": {"root": tmp_path / place}}
                       for place in ("almacen/bytes", where))  # fmt: skip
        settings.RECORDS = {**settings.RECORDS, "STORE": store, "COPIES": {"copies": copy}}
        return tmp_path / where

    (tmp_path / "almacen" / "bytes").mkdir(mode=0o700, parents=True)
    return at


@pytest.mark.rule("K2")
@pytest.mark.parametrize("where", ["almacen/bytes", "almacen/bytes/copia", "almacen", ".", "enlace"])
def test_a_copy_in_around_or_the_same_as_the_store_is_refused(
    lying: Callable[[str], Path], tmp_path: Path, where: str
) -> None:
    (tmp_path / "enlace").symlink_to(tmp_path / "almacen" / "bytes")
    lying(where)
    assert checks.entangled_copies in SETTINGS_CHECKS
    assert "la copia «copies»" in said(checks.entangled_copies)


@pytest.mark.rule("K2")
def test_a_copy_on_the_disk_of_the_store_is_told_before_deploying(lying: Callable[[str], Path], settings: Any) -> None:
    lying("copia").mkdir(mode=0o700)
    assert said(checks.entangled_copies) == ""
    assert said(checks.copies_beside_store) == "", "the demo is one folder, and its page of integrity says so"
    settings.PROFILE = "production"
    assert any("mismo disco" in told.msg for told in warn_before_deploying())


def test_a_copy_that_others_may_enter_or_that_is_served_is_refused(lying: Callable[[str], Path], settings: Any) -> None:
    copy = lying("copia")
    copy.mkdir(mode=0o755)
    copy.chmod(0o755)
    assert str(copy) in said(checks.open_store)
    settings.MEDIA_ROOT = copy.parent
    assert str(copy) in said(served_custody)
