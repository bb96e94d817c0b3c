"""The cell on files nobody here wrote: each is inspected, or refused, or said not to be inspected; text is found."""

from __future__ import annotations

import re
import statistics
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from records import parsing
from records.parsing import formats, front
from tests.corpus.sources import real_files

pytestmark = pytest.mark.corpus

#: From how many words on `pdftotext`'s answer counts as text (below it stray marks and single letters prevail).
SUBSTANTIAL = 20
#: Fonts here map their letters to wrong characters; both readers give the same nonsense, cut differently.
NONSENSE = frozenset({"cmyk.pdf"})
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Seen:
    """All the cell answered about one file."""

    path: Path
    inspection: parsing.Inspection
    reading: parsing.Reading
    image: bytes
    unavailable: str

    @property
    def accepted(self) -> bool:
        """Whether it would be filed."""
        return not self.inspection.refusals


@cache
def seen() -> tuple[Seen, ...]:
    """Every file, asked once."""
    return tuple(_see(path) for path in real_files())


def _see(path: Path) -> Seen:
    inspection = parsing.inspect(path, path.name)
    image, unavailable = b"", ""
    try:
        image = parsing.render(path, inspection.media_type, 1)
    except parsing.PageUnavailable as refusal:
        unavailable = refusal.code
    return Seen(path, inspection, parsing.read(path, inspection.media_type), image, unavailable)


@cache
def words_of_pdftotext(path: Path) -> tuple[str, ...]:
    done = subprocess.run(["pdftotext", "-q", str(path), "-"], capture_output=True, timeout=120, check=False)
    return tuple(WORD.findall(done.stdout.decode("utf-8", "replace").lower()))


def words_of_cell(one: Seen) -> set[str]:
    return set(WORD.findall("\n".join(page.text for page in one.reading.pages).lower()))


def test_there_are_files_of_both_kinds():
    endings = [one.path.suffix for one in seen()]
    assert endings.count(".pdf") >= 60
    assert endings.count(".docx") >= 30


def test_every_file_is_inspected_or_refused_with_a_reason_or_said_not_to_be_inspected():
    for one in seen():
        found = one.inspection
        assert set(found.refusals) <= set(formats.REFUSALS), one.path
        assert found.inspected or found.refusals or set(found.flags) & {"damaged", "limits"}, one.path
        assert found.pages > 0 or not found.inspected or found.refusals, one.path


def test_the_cell_survives_them_all():
    before = front._cell.running().process.pid
    assert len(seen()) > 100
    for one in seen()[:5]:
        parsing.inspect(one.path, one.path.name)
    assert front._cell.running().process.pid == before


def test_only_files_that_must_be_are_refused():
    refused = {one.path.name: set(one.inspection.refusals) for one in seen() if not one.accepted}
    assert refused == {
        "form_210966.pdf": {"pdf_javascript", "pdf_xfa"},
        "form_dd0293.pdf": {"pdf_javascript", "pdf_xfa"},
        "livecycle.pdf": {"pdf_xfa"},
        "graph-encrypted.pdf": {"encrypted"},
    }


def test_text_is_found_where_pdftotext_finds_text():
    recalls = {}
    for one in seen():
        expected = words_of_pdftotext(one.path) if one.path.suffix == ".pdf" else ()
        if not one.accepted or not expected:
            continue
        found = words_of_cell(one)
        recalls[one.path.name] = sum(word in found for word in expected) / len(expected)
        assert found or len(expected) < SUBSTANTIAL, one.path
        assert recalls[one.path.name] >= 0.9 or one.path.name in NONSENSE, (one.path, recalls[one.path.name])
    assert len(recalls) >= 25
    assert statistics.median(recalls.values()) >= 0.9


def test_outcomes_agree_with_the_text():
    for one in seen():
        written = bool(words_of_cell(one))
        assert one.reading.outcome in (("read", "partial") if written else ("no_text", "partial", "unreadable", "read"))
        assert one.reading.outcome != "no_text" or one.reading.engine, one.path


def test_every_word_has_its_box_on_the_page():
    for one in seen():
        for page in one.reading.pages:
            assert all(0 <= x0 <= x1 <= 1 and 0 <= y0 <= y1 <= 1 for _, x0, y0, x1, y1 in page.words), one.path


def test_every_accepted_sound_pdf_has_a_page_image():
    for one in seen():
        if one.path.suffix == ".docx":
            assert one.unavailable == "no_page_images", one.path
        elif one.accepted and one.inspection.inspected:
            assert one.image.startswith(b"\x89PNG"), (one.path, one.unavailable)
