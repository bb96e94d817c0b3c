"""SIGNATURE_ROOTS names a file of certificates, or the process says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cms.settings import env
from tests.unit.parsing import signing


def told(path: Path) -> tuple[object, list[str]]:
    environment = env.Environment({"SIGNATURE_ROOTS": str(path)})
    return environment.read("SIGNATURE_ROOTS", env.certificates, None), environment.faults


@pytest.mark.rule("C7")
def test_a_file_of_certificates_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "raices.pem"
    file.write_bytes(signing.authority().pem)
    assert told(file) == (file, [])
    assert env.Environment({}).read("SIGNATURE_ROOTS", env.certificates, None) is None


@pytest.mark.parametrize(
    "content", [b"", b"no es PEM", b"-----BEGIN CERTIFICATE-----\n\xff", b"-----BEGIN CERTIFICATE-----\n" * 6000]
)
def test_what_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "raices.pem"
    file.write_bytes(content)
    value, faults = told(file)
    assert value is None
    assert faults == ["SIGNATURE_ROOTS: debe ser un archivo PEM de certificados, de 120 KiB como máximo"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert told(tmp_path / "nada.pem")[1] == ["SIGNATURE_ROOTS: debe ser un archivo que se pueda leer"]
