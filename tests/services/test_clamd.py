"""Filing with a real ClamAV daemon: what it misses alone, what it finds, and what happens when it dies (C5)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from records import scanning
from records.errors import QuarantinedUpload, ScannerUnavailable
from records.models import Document, Expediente, Quarantined
from tests import factories
from tests.people import make_cast
from tests.services import clamd
from tests.services.clamd import EICAR, Daemon
from tests.unit.scanning.test_scanning import MAIL, NESTED, PDF, mail_with, pdf_with

pytestmark = [pytest.mark.services, pytest.mark.rule("C5")]
CLEAN = b"Acta de recibo a satisfaccion.\n"


@pytest.fixture(scope="module")
def running() -> Iterator[Daemon]:
    with clamd.daemon() as daemon:
        yield daemon


@pytest.fixture
def scanner(running: Daemon, settings: Any) -> Daemon:
    settings.RECORDS = {**settings.RECORDS, "SCANNER": running.address}
    return running


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    return factories.make_expediente(cast["archivista"])


def scan(content: bytes, tmp_path: Path, media_type: str = "text/plain", **options: Any) -> scanning.Verdict:
    file = tmp_path / f"archivo-{threading.get_ident()}"
    file.write_bytes(content)
    return scanning.scan(file, media_type, **options)


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return out.getvalue()


def test_the_daemon_is_ready_and_says_its_version(scanner: Daemon) -> None:
    found = scanning.status()
    assert found.state == "ready"
    assert found.version.startswith("ClamAV ")


def test_clean_and_infected_are_told_apart(scanner: Daemon, tmp_path: Path) -> None:
    assert scan(CLEAN, tmp_path).clean
    for infected in (EICAR, CLEAN + EICAR + CLEAN, zipped("a.txt", EICAR)):
        assert scan(infected, tmp_path).state == "infected"


@pytest.mark.parametrize("name", NESTED)
def test_an_infected_file_inside_another_is_found(scanner: Daemon, tmp_path: Path, name: str) -> None:
    content, media_type, part = NESTED[name]
    verdict = scan(content, tmp_path, media_type)
    assert verdict.state == "infected"
    assert verdict.part in ("", part)  # of a message the daemon unpacks one layer by itself


def test_alone_the_daemon_misses_the_compressed_attachment_of_a_pdf(scanner: Daemon, tmp_path: Path) -> None:
    """Why what lies inside is taken out and sent by itself."""
    assert scan(NESTED["pdf"][0], tmp_path, PDF, inside=False).clean


def test_a_bomb_is_not_clean(scanner: Daemon, tmp_path: Path) -> None:
    for content, media_type in (
        (zipped("bomba", bytes(500_000_000)), "application/octet-stream"),
        (pdf_with({"bomba.txt": bytes(300_000_000)}), PDF),
        (mail_with(zipped("bomba", bytes(500_000_000)), "b.bin"), MAIL),
    ):
        verdict = scan(content, tmp_path, media_type)
        assert (verdict.state, verdict.name) == ("unavailable", "limits")


def test_two_hundred_megabytes_are_sent_whole_with_little_memory(scanner: Daemon, tmp_path: Path) -> None:
    """The bad bytes are the last ones. The scan runs in a process of its own, whose peak memory is asked."""
    file = tmp_path / "grande.bin"
    with file.open("wb") as out:
        for _ in range(200):
            out.write(os.urandom(1024 * 1024))
        out.write(EICAR)
    said = subprocess.run(
        [sys.executable, "-c", MEASURED, str(file), scanner.address], capture_output=True, text=True, check=True
    ).stdout.split()
    assert said[0] == "infected"
    assert int(said[1]) < 32 * 1024  # KiB more than before the scan


MEASURED = """
import os, resource, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
import django
django.setup()
from pathlib import Path
from django.conf import settings
from records import scanning
settings.RECORDS["SCANNER"] = sys.argv[2]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
verdict = scanning.scan(Path(sys.argv[1]), "application/octet-stream")
print(verdict.state, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_many_at_once_have_each_their_own_answer(scanner: Daemon, tmp_path: Path) -> None:
    contents = [EICAR if number % 3 == 0 else CLEAN * (number + 1) for number in range(30)]
    files = [tmp_path / str(number) for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    with ThreadPoolExecutor(10) as pool:
        states = list(pool.map(lambda file: scanning.scan(file, "text/plain").state, files))
    assert states == ["infected" if number % 3 == 0 else "clean" for number in range(30)]


def test_one_that_dies_in_the_middle_of_a_scan_leaves_nothing_judged(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "grande.bin"
    file.write_bytes(os.urandom(100 * 1024 * 1024))
    with clamd.daemon() as daemon:
        settings.RECORDS = {**settings.RECORDS, "SCANNER": daemon.address}
        verdicts: list[scanning.Verdict] = []
        asking = threading.Thread(target=lambda: verdicts.append(scanning.scan(file, "text/plain")))
        asking.start()
        wait_until_it_reads(daemon)
        daemon.kill()
        asking.join(60)
    assert [verdict.state for verdict in verdicts] == ["unavailable"]


def wait_until_it_reads(daemon: Daemon) -> None:
    """Its temporary file of the stream grows."""
    for _ in range(3000):
        if any(file.is_file() and file.stat().st_size > 0 for file in (daemon.folder / "tmp").rglob("*")):
            return
        threading.Event().wait(0.01)
    raise AssertionError("the daemon never began")


@pytest.mark.parametrize(
    ("option", "content"), [("StreamMaxLength", b"a" * 3_000_000), ("MaxFileSize", b"a" * 3_000_000)]
)
def test_a_file_beyond_what_it_takes_is_not_clean(settings: Any, tmp_path: Path, option: str, content: bytes) -> None:
    with clamd.daemon(**{option: "1M"}) as daemon:
        settings.RECORDS = {**settings.RECORDS, "SCANNER": daemon.address}
        assert scan(content, tmp_path) == scanning.Verdict("unavailable", "limits")


def test_one_that_calls_clean_what_it_did_not_finish_is_known(settings: Any) -> None:
    with clamd.daemon(AlertExceedsMax="no") as daemon:
        settings.RECORDS = {**settings.RECORDS, "SCANNER": daemon.address}
        assert scanning.status().state == "silent"


# Filing ---------------------------------------------------------------------------------------------------


def test_filing_takes_the_clean_sets_apart_the_infected_and_waits_for_the_scanner(
    cast: dict[str, Any], expediente: Expediente, settings: Any
) -> None:
    with clamd.daemon() as daemon:
        settings.RECORDS = {**settings.RECORDS, "SCANNER": daemon.address}
        filed = factories.file_piece(cast["archivista"], expediente, CLEAN)
        assert scanning.NOT_SCANNED not in filed.flags
        with pytest.raises(QuarantinedUpload) as refusal:
            factories.file_piece(cast["archivista"], expediente, NESTED["pdf"][0], "acta.pdf")
        assert refusal.value.reasons == ("malware",)
    with pytest.raises(ScannerUnavailable):
        factories.file_piece(cast["archivista"], expediente, b"otro texto\n")
    assert [piece.pk for piece in Document.objects.all()] == [filed.pk]
    reasons = [row.reasons for row in Quarantined.objects.order_by("at")]
    assert reasons == [["malware"], ["scanner_unavailable"]]


def test_no_daemon_outlives_its_test() -> None:
    with clamd.daemon() as daemon:
        pid = daemon.process.pid
    assert not Path(f"/proc/{pid}").exists()
