"""The engines on files nobody here wrote, and recognition at full size: what is only proved where they are installed.

Here nothing is skipped: a machine that runs this suite has tesseract with its Spanish model, LibreOffice Writer and
the free fonts of common widths.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from pathlib import Path

import pytest

from records import parsing
from records.parsing import formats, office
from tests.corpus.sources import real_files
from tests.unit.parsing import makers, scans

pytestmark = pytest.mark.corpus

PDF = "application/pdf"
ALLOWED = {"", *"encrypted damaged limits not_conformant text_differs".split()}


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def copies(ending: str, media_type: str, each: int = 1) -> dict[Path, parsing.Converted]:
    files = [path for path in real_files() if path.suffix.lower() == ending][::each]
    return {path: parsing.to_pdfa(path, media_type) for path in files}


@pytest.mark.requirement("J8")
def test_recognition_reads_nearly_every_word_of_scanned_pages() -> None:
    assert parsing.ocr_engine(), "this suite needs tesseract with its Spanish model"
    chance = list(range(0, len(scans.TEXT), 97))
    shares = []
    for start in chance[:6]:
        text = scans.TEXT[start:] + " " + scans.TEXT[:start]
        wanted = words(text)
        page = parsing.ocr(_saved(scans.scanned(text)), PDF, 1)
        shares.append(sum((wanted & words(page.text)).values()) / sum(wanted.values()))
    assert statistics.mean(shares) > 0.985
    assert min(shares) > 0.95


def _saved(data: bytes) -> Path:
    import tempfile

    return makers.saved(Path(tempfile.mkdtemp()), "escaneado", data)


@pytest.mark.rule("C4")
def test_most_real_word_documents_have_a_copy_that_says_the_same() -> None:
    assert office.engine_version(), "this suite needs LibreOffice Writer"
    made = copies(".docx", formats.DOCX, each=3)
    assert {copy.fault for copy in made.values()} <= ALLOWED
    assert all(copy.same_text == bool(copy.data) == (not copy.fault) for copy in made.values())
    kept = [path for path, copy in made.items() if not copy.fault]
    assert len(kept) >= 0.8 * len(made)


@pytest.mark.rule("C4")
def test_many_real_pdfs_have_a_copy_that_says_the_same_and_no_other_is_kept() -> None:
    made = copies(".pdf", PDF)
    assert {copy.fault for copy in made.values()} <= ALLOWED
    assert all(copy.same_text == bool(copy.data) == (not copy.fault) for copy in made.values())
    kept = [path for path, copy in made.items() if not copy.fault]
    assert len(kept) >= 0.5 * len(made)


@pytest.mark.rule("C5", "C7")
def test_parts_and_signatures_of_real_pdfs_are_answered() -> None:
    for path in real_files():
        if path.suffix.lower() == ".pdf":
            assert parsing.attachments(path, PDF).fault in ALLOWED
            report = parsing.signatures(path)
            assert report.fault in ALLOWED
            assert not any(signature.trusted for signature in report.signatures)
