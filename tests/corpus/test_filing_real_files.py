"""Real files nobody here wrote, through the whole path: filed and hashed or refused with a reason, read, searchable."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from cms import worker
from records.errors import RejectedUpload
from records.models import Document, PageText
from records.sentences import sentence_for
from records.services import filing, fixity
from search import api as search
from tests import factories
from tests.corpus.sources import real_files
from tests.people import make_cast
from tests.security.conftest import undone

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]

#: From how many words on `pdftotext`'s answer counts as text.
SUBSTANTIAL = 20
WORD = re.compile(r"[a-záéíóúñü]{5,}", re.IGNORECASE)
#: Their fonts map letters to wrong characters: what is read is no language.
NONSENSE = frozenset({"cmyk.pdf"})


class Filed:
    """What became of every file."""

    def __init__(self, actor: Any, expediente: Any) -> None:
        self.actor, self.expediente = actor, expediente
        self.receipts: dict[Path, filing.FilingReceipt] = {}
        self.refusals: dict[Path, RejectedUpload] = {}

    def file(self, path: Path) -> None:
        with path.open("rb") as stream:
            try:
                self.receipts[path] = filing.file_document(
                    actor=self.actor, expediente=self.expediente, upload=filing.Upload(path.name, stream),
                    metadata=factories.metadata(), duplicate=filing.DuplicateDecision("keep", "muestra"),
                )  # fmt: skip
            except RejectedUpload as refusal:
                self.refusals[path] = refusal


@pytest.fixture(scope="module")
def filed(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filed]:
    options = {"path": tmp_path_factory.mktemp("index")}
    engine = {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": options}
    with django_db_blocker.unblock(), undone(), override_settings(SEARCH={"ENGINE": engine}):
        cast = make_cast()
        made = Filed(cast["archivista"], factories.make_expediente(cast["archivista"]))
        for path in real_files():
            made.file(path)
        worker.drain_once()
        yield made


@pytest.mark.requirement("B5", "K6")
def test_every_file_is_filed_and_hashed_or_refused_with_its_reason(filed: Filed) -> None:
    assert len(filed.receipts) + len(filed.refusals) == len(real_files())
    assert len(filed.receipts) > len(real_files()) * 0.8
    for path, receipt in filed.receipts.items():
        assert receipt.sha256 == hashlib.sha256(path.read_bytes()).hexdigest(), path
        assert receipt.bytes == path.stat().st_size
    for path, refusal in filed.refusals.items():
        assert refusal.reasons, path
        assert sentence_for(refusal).startswith("No se radicó."), path


@pytest.mark.requirement("B5")
def test_what_is_kept_is_what_was_filed(filed: Filed) -> None:
    report = fixity.verify_custody(filed.expediente.code)
    assert (report.checked, report.findings) == (len(filed.receipts), [])


@pytest.mark.requirement("J8")
@pytest.mark.criterion(16)
def test_the_worker_survives_them_all_and_every_piece_has_an_outcome(filed: Filed) -> None:
    pieces = Document.objects.filter(expediente=filed.expediente)
    assert pieces.count() == len(filed.receipts)
    assert not pieces.filter(reading__state="pending").exists()
    orders = list(pieces.order_by("order").values_list("order", flat=True))
    assert orders == list(range(1, len(orders) + 1))


@pytest.mark.requirement("J1")
def test_text_is_found_where_pdftotext_finds_text(filed: Filed) -> None:
    missed = [
        path.name
        for path, receipt in filed.receipts.items()
        if path.suffix == ".pdf" and receipt.inspected and path.name not in NONSENSE
        and substantial(path) and not text_of(receipt)
    ]  # fmt: skip
    assert missed == []


def substantial(path: Path) -> bool:
    told = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=False, timeout=60)
    return len(WORD.findall(told.stdout.decode("utf-8", "replace"))) >= SUBSTANTIAL


def text_of(receipt: filing.FilingReceipt) -> str:
    return " ".join(PageText.objects.filter(document=receipt.document).values_list("text", flat=True)).strip()


@pytest.mark.requirement("J1")
def test_what_was_read_is_found_by_its_own_words(filed: Filed) -> None:
    """Five of a piece's longest words together find it; asked of every piece with text, by somebody of the office."""
    lost = []
    for path, receipt in filed.receipts.items():
        words = sorted(set(WORD.findall(text_of(receipt))), key=lambda word: (-len(word), word))[:5]
        if not words:
            continue
        answer = search.search(filed.actor, " ".join(words), page_size=1000)
        if str(receipt.document) not in {hit.document for hit in answer.hits}:
            lost.append(f"{path.name}: {words}")
    assert lost == []
