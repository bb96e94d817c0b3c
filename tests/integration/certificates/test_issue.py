"""Certificates as they are issued: what they hold, to whom, and that they prove themselves without the server."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from records.certificates import verify
from records.certificates.issue import Issued

VERIFY = Path(verify.__file__)


def checked(path: Path) -> verify.Report:
    with path.open("rb") as source:
        return verify.check(source)


@pytest.mark.beyond(12)
@pytest.mark.requirement("B6")
def test_a_certificate_proves_itself_offline(issued: tuple[Path, Issued]) -> None:
    path, told = issued
    report = checked(path)
    assert not report.faults, report.faults
    assert told.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
        print(opened.namelist())
