"""What is made again when lost: bounded, the longest unused first, and no litter of what ended halfway."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from cms import worker
from records import conf
from records.models import Document, Expediente
from records.services import attached, page_cache, viewing
from tests import factories, specimens

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.RECORDS = {**settings.RECORDS, "PAGE_CACHE": tmp_path / "renditions", "PAGE_CACHE_BYTES": 1_000}
    (tmp_path / "renditions").mkdir()
    return tmp_path / "renditions"


def image(number: int = 1, size: int = 400, hours: float = 0.0) -> Path:
    """An image of some piece, last used so many hours ago."""
    file = viewing.page_file(uuid.uuid4(), number)
    viewing.keep_image(file, b"\0" * size)
    os.utime(file, (time.time() - hours * 3600,) * 2)
    return file


@pytest.mark.criterion(16)
def test_images_beyond_the_limit_go_and_those_longest_unused_go_first() -> None:
    oldest, old, new = image(hours=3), image(hours=2), image(hours=1)
    assert page_cache.sweep() == 1
    assert [file.exists() for file in (oldest, old, new)] == [False, True, True]
    assert page_cache.sweep() == 0


def test_an_image_that_is_shown_is_used(cast: dict[str, Any], expediente: Expediente, settings: Any) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")
    made = viewing.page_image(actor=cast["archivista"], document=piece, number=1)
    shown, other = viewing.page_file(piece.pk, 1), image(size=len(made), hours=1)
    os.utime(shown, (time.time() - 7200,) * 2)
    assert viewing.page_image(actor=cast["archivista"], document=piece, number=1) == made
    settings.RECORDS = {**settings.RECORDS, "PAGE_CACHE_BYTES": len(made)}
    worker.drain_once()
    assert (shown.exists(), other.exists()) == (True, False)


def test_an_image_that_went_is_made_again(cast: dict[str, Any], expediente: Expediente, settings: Any) -> None:
    piece: Document = factories.file_piece(cast["archivista"], expediente, specimens.report(), "informe.pdf")
    made = viewing.page_image(actor=cast["archivista"], document=piece, number=1)
    settings.RECORDS = {**settings.RECORDS, "PAGE_CACHE_BYTES": 0}
    assert page_cache.sweep() == 1
    assert not viewing.page_file(piece.pk, 1).exists()
    assert viewing.page_image(actor=cast["archivista"], document=piece, number=1) == made


def test_parts_and_half_images_of_what_ended_halfway_go_once_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = image(size=10)
    half = sound.with_suffix(f".{uuid.uuid4().hex}")
    half.write_bytes(b"PNG")
    with attached.set_down(b"en claro") as part:
        page_cache.sweep()
        assert (part.exists(), half.exists()) == (True, True), "somebody may be at it just now"
        monkeypatch.setattr(page_cache, "LITTER_AGE", -1.0)
        page_cache.sweep()
        assert [file for file in conf.page_cache().rglob("*") if file.is_file()] == [sound]


def test_without_a_folder_there_is_nothing_to_sweep(own_folder: Path) -> None:
    own_folder.rmdir()
    assert page_cache.sweep() == 0
