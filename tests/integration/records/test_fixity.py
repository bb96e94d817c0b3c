"""Stored bytes in two places: copied and proved on a cycle, mended from the good one, refused when none is left."""

from __future__ import annotations

import datetime
import errno
import logging
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from records import clock, storage
from records.checks import entangled_copies
from records.errors import IntegrityFailure, StoreUnavailable
from records.fixity import care, checks, healing, litter, replication, sweep
from records.fixity.places import MARK, STORE, Place, copies, store
from records.models import Blob, Document, Expediente, LedgerEvent, Reading, StoredCheck
from records.services import fixity, viewing
from records.storage.filesystem import FilesystemStore
from records.vocabulary import DocumentState, Level
from tests import factories

DAYS = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    """A store and one copy of this test alone."""
    backend = "records.storage.filesystem.FilesystemStore"
    settings.RECORDS = {
        **settings.RECORDS,
        "STORE": {"BACKEND": backend, "OPTIONS": {"root": tmp_path / "store"}},
        "COPIES": {"copies": {"BACKEND": backend, "OPTIONS": {"root": tmp_path / "copies"}}},
        "FIXITY": {"DAYS": 90, "SEALED_DAYS": 30, "BYTES_PER_SECOND": 0},
    }


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.tell_filing(factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED))


@pytest.fixture
def copied(piece: Document) -> Document:
    care.care_now()
    return piece


def the_copy() -> Place:
    (place,) = copies()
    return place


def file_of(place: Place, document: Document) -> Path:
    return place.store.path_of(document.blob_id)


def damage(path: Path, content: bytes = b"otra cosa") -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def flip(path: Path) -> None:
    """One bit of the first byte: the size stays."""
    whole = path.read_bytes()
    damage(path, bytes([whole[0] ^ 1]) + whole[1:])


def told(action: str) -> int:
    return LedgerEvent.objects.filter(action=action).count()


HARM = {
    "gone": Path.unlink,
    "flipped": flip,
    "truncated": lambda path: damage(path, path.read_bytes()[:-1]),
    "empty": lambda path: damage(path, b""),
}


# Copying ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("K2")
@pytest.mark.criterion(37)
@pytest.mark.parametrize("way", ["same", "dots", "link"])
def test_the_stores_own_folder_is_no_copy_of_it(settings: Any, piece: Document, tmp_path: Path, way: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "store")
    root = {"same": tmp_path / "store", "dots": tmp_path / "x" / ".." / "store", "link": tmp_path / "link"}[way]
    options = {"BACKEND": "records.storage.filesystem.FilesystemStore", "OPTIONS": {"root": root}}
    settings.RECORDS = {**settings.RECORDS, "COPIES": {"copies": options}}
    care.care_now()
    assert not StoredCheck.objects.filter(place="copies").exists()
    assert not (tmp_path / "store" / MARK).exists()
    assert "copies" in " ".join(entangled_copies())


@pytest.mark.rule("K2")
def test_what_is_stored_gets_a_copy_elsewhere_that_was_read_after_writing(copied: Document) -> None:
    assert file_of(the_copy(), copied).read_bytes() == file_of(store(), copied).read_bytes()
    assert checks.noted("copies", [copied.blob_id]) == {copied.blob_id: ""}
    row = StoredCheck.objects.get(blob=copied.blob, place=STORE)
    assert (row.algorithm, row.result) == ("sha256", "")
    assert told("custody.copied") == 1
    assert care.care_now() == 0, "nothing is copied twice"


@pytest.mark.rule("K2")
def test_damaged_bytes_are_never_copied(piece: Document) -> None:
    flip(file_of(store(), piece))
    care.care_now()
    assert not file_of(the_copy(), piece).exists()
    assert list(checks.lost().values_list("blob_id", "result")) == [(piece.blob_id, "altered")]
    assert told("custody.damaged") == 1


@pytest.mark.rule("K2")
def test_a_copy_medium_that_is_full_leaves_the_copies_waiting(piece: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    real = FilesystemStore._copy

    def full(self: FilesystemStore, stream: Any, path: Path, limit: int) -> Any:
        if self.root.name == "copies":
            raise OSError(errno.ENOSPC, "lleno")
        return real(self, stream, path, limit)

    monkeypatch.setattr(FilesystemStore, "_copy", full)
    assert replication.replicate() == 0
    viewing.open_original(actor=piece.filed_by, document=piece).close()
    monkeypatch.undo()
    assert replication.replicate() == 1


@pytest.mark.rule("K2")
def test_an_unmounted_copy_is_not_begun_again_by_itself(copied: Document, cast: dict[str, Any]) -> None:
    shutil.rmtree(the_copy().root)
    later = factories.tell_filing(factories.insert_piece(cast["archivista"], copied.expediente))
    care.care_now()
    assert not the_copy().root.exists()
    assert not checks.damaged("copies").exists(), "the medium is away: no piece is told as lost one by one"
    assert fixity.verify_custody().findings == [{"document": str(copied.pk), "problem": "copy_missing"}]
    replication.begin_again(the_copy())
    care.care_now()
    assert {file_of(the_copy(), one).is_file() for one in (copied, later)} == {True}
    assert fixity.verify_custody().findings == []


# Proving ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("B5")
@pytest.mark.rule("K2", "K3")
@pytest.mark.parametrize("harm", sorted(HARM))
@pytest.mark.parametrize("where", ["store", "copies"])
def test_verification_names_the_piece_with_any_bad_copy_and_no_other(
    copied: Document, cast: dict[str, Any], harm: str, where: str
) -> None:
    factories.tell_filing(factories.insert_piece(cast["archivista"], copied.expediente))
    care.care_now()
    place = store() if where == "store" else the_copy()
    HARM[harm](file_of(place, copied))
    before = sorted(path.name for path in place.root.rglob("*"))
    problem = "missing" if harm == "gone" else "altered"
    expected = problem if where == "store" else f"copy_{problem}"
    assert fixity.verify_custody().findings == [{"document": str(copied.pk), "problem": expected}]
    assert sorted(path.name for path in place.root.rglob("*")) == before, "it repairs nothing"


@pytest.mark.requirement("B5")
def test_bytes_swapped_between_two_pieces_name_both(copied: Document, cast: dict[str, Any]) -> None:
    other = factories.insert_piece(cast["archivista"], copied.expediente)
    care.care_now()
    one, two = file_of(store(), copied), file_of(store(), other)
    first, second = one.read_bytes(), two.read_bytes()
    damage(one, second)
    damage(two, first)
    named = {finding["document"] for finding in fixity.verify_custody().findings}
    assert named == {str(copied.pk), str(other.pk)}
    assert [viewing.open_original(actor=copied.filed_by, document=p).read() for p in (copied, other)] == [first, second]


@pytest.mark.rule("K1")
@pytest.mark.criterion(15)
@pytest.mark.parametrize("where", ["store", "copies"])
def test_a_flipped_byte_is_found_within_the_cycle_and_mended_from_the_other_place(copied: Document, where: str) -> None:
    place = store() if where == "store" else the_copy()
    right = file_of(place, copied).read_bytes()
    flip(file_of(place, copied))
    care.care_now()
    assert file_of(place, copied).read_bytes() != right, "it was proved today"
    with clock.at(clock.now() + 91 * DAYS):
        care.care_now()
    assert file_of(place, copied).read_bytes() == right
    assert place.store.set_aside() == [copied.blob_id]
    assert (told("custody.mended"), told("custody.damaged")) == (1, 0)
    assert not checks.damaged(place.name).exists()


@pytest.mark.rule("K1")
def test_sealed_pieces_are_proved_sooner(copied: Document) -> None:
    with clock.at(clock.now() + 31 * DAYS):
        assert not checks.due(store()).exists()
        Document.objects.filter(pk=copied.pk).update(state=DocumentState.SEALED)
        assert [blob.pk for blob in checks.due(store())] == [copied.blob_id]


@pytest.mark.rule("K1")
def test_a_clock_that_went_back_makes_no_check_younger(copied: Document) -> None:
    with clock.at(clock.now() - 400 * DAYS):
        assert [blob.pk for blob in checks.due(store())] == [copied.blob_id]
        care.care_now()
        assert not checks.due(store()).exists()


@pytest.mark.rule("K1")
def test_a_sweep_that_was_killed_goes_on_where_it_was(
    copied: Document, cast: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _time in range(3):
        factories.insert_piece(cast["archivista"], copied.expediente)
    care.care_now()
    monkeypatch.setattr(sweep, "AT_ONCE", 2)
    with clock.at(clock.now() + 91 * DAYS):
        assert sweep.Sweeper().slice().checked == 2
        assert checks.due(store()).count() == 2, "what was proved before the end stays proved"
        assert checks.coverage_of(store()).percent == 50
        assert sweep.Sweeper().slice().checked == 2
        assert checks.coverage_of(store()).percent == 100


@pytest.mark.rule("K1")
def test_a_second_sweep_lets_the_first_one_work(piece: Document) -> None:
    with store().store.alone(care.LOCK, wait=False) as mine:
        assert mine
        assert care.care_now() == 0
    assert care.care_now() > 0


def test_the_throttle_holds_the_pace_and_ends_when_told() -> None:
    start, pace = time.monotonic(), care.Throttle(10_000_000)
    for _time in range(10):
        pace(100_000)
    assert time.monotonic() - start >= 0.08
    ended = threading.Event()
    ended.set()
    with pytest.raises(care.Ended):
        care.Throttle(0, ended.is_set)(1)


# Mending and refusing ----------------------------------------------------------------------------------------


@pytest.mark.rule("K1")
@pytest.mark.criterion(15)
@pytest.mark.parametrize("harm", sorted(HARM))
def test_a_download_of_damaged_bytes_gives_the_right_ones_from_the_copy(copied: Document, harm: str) -> None:
    right = file_of(store(), copied).read_bytes()
    HARM[harm](file_of(store(), copied))
    with viewing.open_original(actor=copied.filed_by, document=copied) as stream:
        assert stream.read() == right
    assert file_of(store(), copied).read_bytes() == right
    assert store().store.set_aside() == ([] if harm == "gone" else [copied.blob_id])
    event = LedgerEvent.objects.get(action="custody.mended")
    assert event.object_id == str(copied.pk)


@pytest.mark.rule("K1")
@pytest.mark.criterion(15)
def test_what_takes_the_name_after_the_proof_is_not_what_leaves(
    copied: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, tell = file_of(store(), copied), viewing.told.note_reading
    right, other = file.read_bytes(), file.with_name("otro")
    other.write_bytes(b"x" * len(right))

    def swapping(*given: Any, **facts: Any) -> None:
        tell(*given, **facts)
        other.replace(file)

    monkeypatch.setattr(viewing.told, "note_reading", swapping)
    with viewing.open_original(actor=copied.filed_by, document=copied) as stream:
        assert stream.read() == right
    assert file.read_bytes() != right


@pytest.mark.rule("K1")
@pytest.mark.criterion(15)
def test_with_both_copies_bad_nothing_leaves_and_an_alarm_stands(
    copied: Document, caplog: pytest.LogCaptureFixture
) -> None:
    flip(file_of(store(), copied))
    flip(file_of(the_copy(), copied))
    with caplog.at_level(logging.CRITICAL), pytest.raises(IntegrityFailure):
        viewing.open_original(actor=copied.filed_by, document=copied)
    assert copied.blob_id in caplog.text
    for _time in range(2):
        with pytest.raises(IntegrityFailure):
            viewing.open_original(actor=copied.filed_by, document=copied)
    assert told("custody.damaged") == 2, "each place is told once, not at each attempt"
    with clock.at(clock.now() + 91 * DAYS):
        care.care_now()
    assert list(checks.lost().values_list("blob_id", flat=True)) == [copied.blob_id]
    assert not LedgerEvent.objects.filter(action="document.downloaded").exists()


@pytest.mark.rule("K1")
def test_an_alarm_ends_when_the_right_bytes_come_back(copied: Document) -> None:
    right = file_of(store(), copied).read_bytes()
    for place in (store(), the_copy()):
        flip(file_of(place, copied))
    assert healing.fault_of(copied.blob_id, copied.blob.size) == "altered"
    damage(file_of(the_copy(), copied), right)
    with clock.at(clock.now() + 2 * checks.AGAIN):
        care.care_now()
    assert not checks.damaged().exists()
    assert file_of(store(), copied).read_bytes() == right


def test_verify_now_says_that_it_mended(copied: Document, cast: dict[str, Any]) -> None:
    assert fixity.verify_document(actor=cast["archivista"], document=copied) == ""
    flip(file_of(the_copy(), copied))
    assert fixity.verify_document(actor=cast["archivista"], document=copied) == fixity.MENDED
    assert fixity.verify_document(actor=cast["archivista"], document=copied) == ""


# Litter -----------------------------------------------------------------------------------------------------


def make_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies there now is older than a day: the age is told by the kernel, which takes no other time."""
    monkeypatch.setattr(litter, "AGE", -5.0)


@pytest.mark.rule("K8")
@pytest.mark.criterion(10)
def test_litter_of_a_killed_filing_goes_once_it_is_old_and_nothing_else(
    copied: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = factories.upload(b"a medias").stage()
    assert litter.sweep_litter().removed == 0
    assert staged.path.exists()
    make_old(monkeypatch)
    assert litter.sweep_litter().removed == 1
    assert not staged.path.exists()
    assert fixity.verify_custody().findings == []
    assert told("custody.litter") == 1


@pytest.mark.rule("K8")
@pytest.mark.criterion(10)
def test_bytes_without_a_row_are_listed_and_set_aside_only_when_asked(
    copied: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = factories.upload(b"sin fila").stage()
    storage.store().keep(staged)
    assert litter.sweep_litter().orphans == {}, "its act may go on"
    make_old(monkeypatch)
    assert litter.sweep_litter().orphans == {STORE: [staged.digest]}
    assert storage.store().verify(staged.digest, staged.size) == ""
    assert litter.sweep_litter(set_orphans_aside=True).set_aside == 1
    assert (store().root / litter.ORPHANS / staged.digest).read_bytes() == b"sin fila"
    assert Blob.objects.filter(pk=copied.blob_id).exists()
    assert file_of(store(), copied).is_file()
    assert litter.sweep_litter().orphans == {}


@pytest.mark.rule("K8")
def test_bytes_that_the_ledger_names_are_never_taken_for_litter(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who owns the database takes a piece's rows away, and the operator asks to set orphans aside."""
    filed = factories.file_piece(cast["archivista"], expediente, b"lo que la bitacora cuenta")
    nobodys = factories.upload(b"de nadie").stage()
    storage.store().keep(nobodys)
    make_old(monkeypatch)
    digest, size = filed.blob_id, filed.blob.size
    taken_away(filed)
    found = litter.sweep_litter(set_orphans_aside=True)
    assert sorted(found.orphans[STORE]) == sorted([digest, nobodys.digest]), "no row names either"
    assert found.set_aside == 1
    assert (store().root / litter.ORPHANS / nobodys.digest).is_file()
    assert storage.store().verify(digest, size) == "", "what was filed stays where it can be found"


def taken_away(piece: Document) -> None:
    """Every row of a piece and of its bytes, deleted as the owner of a database can; the ledger's events stay."""
    with factories.behind_the_product():
        StoredCheck.objects.filter(blob=piece.blob_id).delete()
        Reading.objects.filter(document=piece).delete()
        Document.objects.filter(pk=piece.pk).delete()
        Blob.objects.filter(pk=piece.blob_id).delete()


def test_a_medium_that_cannot_be_marked_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable):
        Place("x", FilesystemStore(tmp_path / "file" / "copies")).begin()
    assert not (tmp_path / "file" / MARK).exists()
