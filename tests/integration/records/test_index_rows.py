"""Every act that changes what is searchable of a piece leaves its row for the index in its own transaction.

The tables that the index is read from are listed with who answers for their changes; one that is read and not listed
fails, and so does a place of the code that writes one and is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.custody_source import CustodySource
from records import triggers
from records.models import Document, Expediente, PageText
from records.services import correction, reading, recognition
from records.vocabulary import Level
from search.engines.base import fingerprint_of
from search.models import OutboxEntry
from tests import factories

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]

Act = Callable[[dict[str, Any], Document], object]


def classify(cast: dict[str, Any], piece: Document) -> None:
    factories.give_level(piece, Level.PUBLIC, cast["custodia"], cast["jefatura"])


def tighten(cast: dict[str, Any], piece: Document) -> None:
    factories.give_level(piece, Level.RESERVED, cast["custodia"], cast["jefatura"])


def file_another(cast: dict[str, Any], piece: Document) -> None:
    factories.file_piece(cast["archivista"], piece.expediente, b"Otra")


def annul(cast: dict[str, Any], piece: Document) -> None:
    correction.annul_document(actor=cast["custodia"], document=piece, reason="Equivocada")


def replace(cast: dict[str, Any], piece: Document) -> None:
    correction.replace_document(
        actor=cast["custodia"], document=piece, upload=factories.upload(b"La que era"), metadata=factories.metadata(),
        reason="Equivocada",
    )  # fmt: skip


def next_version(cast: dict[str, Any], piece: Document) -> None:
    metadata = factories.metadata(tipo=piece.tipo.code)
    correction.file_version(
        actor=cast["archivista"], document=piece, upload=factories.upload(b"La nueva"), metadata=metadata
    )


def read(_cast: dict[str, Any], piece: Document) -> None:
    reading.read_document(piece.pk)


def recognise(_cast: dict[str, Any], piece: Document) -> None:
    """As the recogniser ends, whatever it read."""
    with transaction.atomic():
        PageText.objects.create(document=piece, number=1, text="reconocido", source="ocr", confidence=99)
    recognition.finish(piece)


ACTS: Mapping[str, Act] = {
    act.__name__: act for act in (classify, tighten, file_another, annul, replace, next_version, read, recognise)
}


def projection() -> dict[str, str]:
    """Piece → all that the index should hold of it."""
    source = CustodySource()
    return {one.key: one.partition + fingerprint_of(one) for one in source.load(list(source.iter_keys()))}


@pytest.mark.requirement("J7")
@pytest.mark.criterion(26)
@pytest.mark.parametrize("name", ACTS)
def test_what_an_act_changes_is_in_the_outbox_in_its_transaction(
    cast: dict[str, Any], expediente: Expediente, name: str
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, b"Una pieza que se lee")
    OutboxEntry.objects.all().delete()
    before = projection()
    with transaction.atomic():
        ACTS[name](cast, piece)
        changed = {key for key, held in projection().items() if before.get(key) != held}
        rows = set(OutboxEntry.objects.filter(source="custody").values_list("key", flat=True))
        assert changed <= rows
        assert rows, "an act that the table names tells the index nothing"
        transaction.set_rollback(True)
    assert not OutboxEntry.objects.exists(), "the row outlives its act"


#: Table of custody that the index is read from → the files that write it.
WRITERS: Mapping[str, frozenset[str]] = {
    "PageText": frozenset({"services/reading.py", "services/recognition.py"}),
    "Document": frozenset({"services/filing.py"}),
}
#: Where a row is made that is never written: to name a piece in its event, and a piece that is not there.
UNWRITTEN = {"certificates/issue.py", "permissions/absent.py"}
#: `document.level` is set here, as it enters and by an act, and nowhere else.
LEVEL_WRITERS = frozenset({"services/classification.py", "services/filing.py"})
MADE = r"\b{0}(?:\.objects\.(?:create|bulk_create|update_or_create)\(|\(\s*[a-z_]+=)"
MAKES = {name: re.compile(MADE.format(name)) for name in WRITERS}
SETS_LEVEL = re.compile(r"^\s*\w+\.level = |Document\.objects\b[^\n]*\.update\([^\n]*level=", re.MULTILINE)


def writers_of(pattern: re.Pattern[str]) -> set[str]:
    files = [file for file in (ROOT / "records").rglob("*.py") if "migrations" not in file.parts]
    return {str(file.relative_to(ROOT / "records")) for file in files if pattern.search(file.read_text("utf-8"))}


@pytest.mark.requirement("J7")
@pytest.mark.parametrize("name", WRITERS)
def test_rows_that_are_searched_are_made_only_where_the_index_is_told(name: str) -> None:
    assert writers_of(MAKES[name]) - UNWRITTEN == WRITERS[name], (
        "a new writer needs an act in ACTS, and announces DocumentsChanged"
    )


@pytest.mark.requirement("J7")
def test_the_level_is_set_only_where_the_index_is_told() -> None:
    assert writers_of(SETS_LEVEL) == LEVEL_WRITERS


#: Tables that the index is read from → columns that may change, each with who tells the index.
CHANGING: Mapping[str, Mapping[str, str]] = {
    "records_document": {
        "level": "classify, tighten",
        "state": "told by the card, not by the index",
        "annex_id": "not in the index",
        "template_version": "not in the index",
    },
    "records_tipodocumental": {},
}


@pytest.mark.requirement("J7")
def test_no_column_of_a_piece_may_change_that_nobody_answers_for() -> None:
    """The database holds every other column: see `records.triggers.HELD`."""
    for table, columns in CHANGING.items():
        assert set(triggers.HELD[table]) == set(columns), table


#: Tables read for an entry, and why their changes reach the index.
READ: Mapping[str, str] = {
    "records_document": "CHANGING",
    "records_pagetext": "WRITERS",
    "records_tipodocumental": "never changes: held by the database",
    "records_expediente": "a step of its course announces its pieces: test_search_facts; code and office never change",
    "convenios_convenio": "a convenio that is noted anew announces its pieces: test_search_facts",
}


@pytest.mark.requirement("J7")
def test_the_index_is_read_from_no_table_that_nobody_answers_for(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, b"Una pieza")
    with CaptureQueriesContext(connection) as asked:
        CustodySource().load([str(piece.pk)])
    tables = {model._meta.db_table for model in apps.get_models()}
    read = {table for table in tables for one in asked.captured_queries if f'"{table}"' in one["sql"]}
    assert read == set(READ)
