"""A batch: all of it or nothing, each fault named, order and folios without a gap."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from records import conf, storage
from records.errors import AccessDenied, DuplicateFiling, Incomplete, NotFound, RecordsError, RejectedUpload
from records.models import Blob, Document, Expediente, LedgerEvent
from records.services.batches import Item, RefusedBatch, file_batch
from records.services.filing import file_document
from records.services.receiving import DuplicateDecision, Upload
from search.models import OutboxEntry
from tests import factories


def items(count: int = 3, **changes: Any) -> list[Item]:
    return [
        Item(factories.upload(name=f"anexo-{number}.txt"), factories.metadata(**changes)) for number in range(count)
    ]


@pytest.mark.rule("K8", "E2")
def test_all_are_filed_in_their_order_with_all_that_a_filing_writes(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    batch = uuid.uuid4()
    receipts = file_batch(actor=cast["archivista"], expediente=expediente, items=items(5), batch=batch)
    pieces = list(Document.objects.filter(batch=batch).order_by("order"))
    assert [receipt.document for receipt in receipts] == [piece.pk for piece in pieces]
    assert [piece.order for piece in pieces] == [1, 2, 3, 4, 5]
    assert [(piece.folio_first, piece.folio_last) for piece in pieces] == [(n, n) for n in range(1, 6)]
    assert LedgerEvent.objects.filter(action="document.filed").count() == 5
    assert OutboxEntry.objects.filter(key__in=[str(piece.pk) for piece in pieces]).count() == 5
    assert all(storage.store().verify(piece.blob_id, piece.blob.size) == "" for piece in pieces)


@pytest.mark.rule("C9", "K8")
def test_one_bad_item_and_nothing_is_filed_and_every_fault_is_named(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    given = items(3)
    given[1] = Item(factories.upload(b"MZ\0\0programa", "malo.exe"), factories.metadata())
    given.append(Item(factories.upload(), factories.metadata(date=datetime.date(2999, 1, 1), tipo="ninguno")))
    with pytest.raises(RefusedBatch) as refused:
        file_batch(actor=cast["archivista"], expediente=expediente, items=given)
    (first, rejected), (second, incomplete) = refused.value.faults
    assert (first, second) == (1, 3)
    assert isinstance(rejected, RejectedUpload)
    assert isinstance(incomplete, Incomplete)
    assert set(incomplete.missing) == {"unknown_tipo", "date_in_future"}
    assert not Document.objects.exists()
    assert not Blob.objects.exists()
    expediente.refresh_from_db()
    assert (expediente.last_order, expediente.last_folio) == (0, 0)


@pytest.mark.rule("C8")
def test_the_same_bytes_twice_in_a_batch_need_a_decision(cast: dict[str, Any], expediente: Expediente) -> None:
    twice = [Item(factories.upload(b"lo mismo", f"{name}.txt"), factories.metadata()) for name in "ab"]
    with pytest.raises(RefusedBatch) as refused:
        file_batch(actor=cast["archivista"], expediente=expediente, items=twice)
    ((index, fault),) = refused.value.faults
    assert index == 1
    assert isinstance(fault, DuplicateFiling)
    decided = [
        Item(factories.upload(b"lo mismo", "a.txt"), factories.metadata()),
        Item(factories.upload(b"lo mismo", "b.txt"), factories.metadata(), DuplicateDecision("keep", "Dos ejemplares")),
    ]
    assert len(file_batch(actor=cast["archivista"], expediente=expediente, items=decided)) == 2


def test_who_may_not_file_sends_nothing(cast: dict[str, Any], expediente: Expediente) -> None:
    before = set(conf.arrivals().glob("*"))
    for person, refusal in (("ajeno", NotFound), ("jefatura", AccessDenied)):
        with pytest.raises(refusal):
            file_batch(actor=cast[person], expediente=expediente, items=items(1))
    assert set(conf.arrivals().glob("*")) == before


def test_an_empty_batch_says_so(cast: dict[str, Any], expediente: Expediente) -> None:
    with pytest.raises(Incomplete):
        file_batch(actor=cast["archivista"], expediente=expediente, items=[])


class Losing(io.BytesIO):
    """A file that while it arrives outlasts its sender's office."""

    def __init__(self, lose: Callable[[], object]) -> None:
        super().__init__(b"lo que tarda en llegar\n")
        self.lose = lose

    def read(self, size: int | None = -1) -> bytes:
        self.lose()
        return super().read(size)


class Late(list[Item]):
    """Files that are taken up when their sender's office is over."""

    def __init__(self, given: list[Item], lose: Callable[[], object]) -> None:
        super().__init__(given)
        self.lose = lose

    def __iter__(self) -> Iterator[Item]:
        self.lose()
        return super().__iter__()


def leave(person: Any) -> None:
    person.groups.clear()


def be_disabled(person: Any) -> None:
    get_user_model().objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.requirement("A3")
@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("lose", [leave, be_disabled])
def test_a_right_lost_while_the_files_arrive_files_nothing(
    cast: dict[str, Any], expediente: Expediente, lose: Callable[[Any], None], many: bool
) -> None:
    person = cast["archivista"]
    late = Upload("tarda.txt", Losing(lambda: lose(person)))
    one: dict[str, Any] = {"upload": late, "metadata": factories.metadata()}
    whole: dict[str, Any] = {"items": Late(items(3), lambda: lose(person))} if many else one
    file: Callable[..., Any] = file_batch if many else file_document
    with pytest.raises(RecordsError) as refusal:
        file(actor=person, expediente=expediente, **whole)
    assert refusal.value.code in ("access_denied", "not_found")
    expediente.refresh_from_db()
    assert (Document.objects.count(), expediente.last_order) == (0, 0)
    assert not LedgerEvent.objects.filter(action="document.filed").exists()


@pytest.mark.rule("K8")
def test_a_batch_costs_the_same_statements_for_any_number(
    cast: dict[str, Any], expediente: Expediente, django_assert_max_num_queries: Any
) -> None:
    for count in (2, 20):
        with django_assert_max_num_queries(30):
            file_batch(actor=cast["archivista"], expediente=expediente, items=items(count))
