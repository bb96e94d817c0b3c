"""Holds: set and lifted by two people, and stronger than every path by which something could go (R5, beyond 14)."""

from __future__ import annotations

import contextlib
import datetime
import gc
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from records import clock, hold_triggers, triggers
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation, SelfApproval, UnderHold
from records.fixity import litter
from records.fixity.places import store
from records.holds import acts, standing
from records.models import (
    Document,
    Draft,
    Expediente,
    Hold,
    HoldLift,
    LedgerEvent,
    PageText,
    Quarantined,
)
from records.services import drafts, fixity, page_cache, quarantine, reading, viewing
from records.vocabulary import DraftState, HoldKind, Level
from tests import factories

TOLD = {"kind": HoldKind.LITIGATION, "authority": "Auto 12 del Juzgado 3.º", "reason": "Proceso en curso"}
LIFTED = {"authority": "Auto 40 del Juzgado 3.º", "reason": "Terminó el proceso"}


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    made = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    factories.insert_what_is_said_of(made, cast["archivista"])
    PageText.objects.create(document=made, number=1, text="texto", words=b"")
    days = {"created_at": made.filed_at, "updated_at": made.filed_at}
    Draft.objects.create(**draft_facts(cast, expediente), **days)
    Quarantined.objects.create(**refused_facts(cast, expediente))
    return made


def draft_facts(cast: dict[str, Any], expediente: Expediente) -> dict[str, Any]:
    return {
        "expediente": expediente, "person": cast["archivista"], "original_name": "x.txt", "size": 1,
        "state": DraftState.WAITING, "batch": uuid.uuid4(),
    }  # fmt: skip


def refused_facts(cast: dict[str, Any], expediente: Expediente) -> dict[str, Any]:
    return {
        "expediente": expediente, "person": cast["archivista"], "original_name": "x.txt", "size": 1, "kept": True,
        "reasons": ["malware"], "at": clock.now(), "digest": "0" * 64,
    }  # fmt: skip


def placed(cast: dict[str, Any], target: Document | Expediente) -> Hold:
    return acts.place_hold(actor=cast["custodia"], target=target, **TOLD)


# Placing and lifting ------------------------------------------------------------------------------------------


@pytest.mark.requirement("B11")
@pytest.mark.rule("R5")
@pytest.mark.parametrize("over", ["piece", "expediente"])
def test_the_custodian_places_a_hold_and_the_head_of_office_lifts_it(
    cast: dict[str, Any], piece: Document, over: str
) -> None:
    target: Document | Expediente = piece if over == "piece" else piece.expediente
    hold = placed(cast, target)
    assert standing.over_document(piece.pk)
    assert standing.over_expediente(piece.expediente_id)
    acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)
    assert not standing.over_document(piece.pk)
    told = LedgerEvent.objects.filter(action__startswith="hold.").order_by("index")
    assert [(event.action, event.actor, event.object_id) for event in told] == [
        ("hold.placed", "custodia", str(target.pk)),
        ("hold.lifted", "jefatura", str(target.pk)),
    ]
    assert "Proceso en curso" not in "".join(event.payload for event in told), "prose stays out of the ledger"


@pytest.mark.rule("R5")
def test_nobody_else_places_or_lifts(cast: dict[str, Any], piece: Document) -> None:
    for login, refusal in {"archivista": AccessDenied, "jefatura": AccessDenied, "revisora": NotFound}.items():
        with pytest.raises(refusal):
            acts.place_hold(actor=cast[login], target=piece, **TOLD)
    hold = placed(cast, piece)
    for login, refusal in {"custodia": AccessDenied, "archivista": AccessDenied, "revisora": NotFound}.items():
        with pytest.raises(refusal):
            acts.lift_hold(actor=cast[login], hold=hold, **LIFTED)
    cast["custodia"].groups.set(cast["jefatura"].groups.all())
    with pytest.raises(SelfApproval):
        acts.lift_hold(actor=cast["custodia"], hold=hold, **LIFTED)
    acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)
    with pytest.raises(RuleViolation, match="already_lifted"):
        acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)


@pytest.mark.rule("R5")
def test_authority_reason_and_cause_are_demanded_together(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        acts.place_hold(actor=cast["custodia"], target=piece, kind="x", authority=" ", reason="")
    assert refusal.value.missing == ("hold_kind", "authority", "reason")
    with pytest.raises(Incomplete):
        acts.lift_hold(actor=cast["jefatura"], hold=placed(cast, piece), authority="Auto", reason=" ")


@pytest.mark.rule("R5")
def test_a_second_hold_stands_when_the_first_is_lifted(cast: dict[str, Any], piece: Document) -> None:
    first = placed(cast, piece)
    placed(cast, piece.expediente)
    acts.lift_hold(actor=cast["jefatura"], hold=first, **LIFTED)
    assert standing.over_document(piece.pk)


# Below the code -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def as_disposal_will_find_it() -> Iterator[None]:
    """The database with the triggers of holds alone, as the disposal to come will have it for the rows it may take."""
    connection.check_constraints()
    gc.collect()
    with connection.cursor() as cursor:
        for table in triggers.HELD:
            for act in (*triggers.ACTS, "truncate"):
                drop = triggers.DROP[connection.vendor]
                cursor.execute(drop.format(name=triggers.name_of(table, act), table=table))
    yield
    connection.check_constraints()
    triggers.install(connection)


WAYS = {
    "sqlite": ('DELETE FROM "{table}"', 'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'),
    "postgresql": ('DELETE FROM "{table}"', 'TRUNCATE "{table}" CASCADE'),
}
#: Tables whose rows rest on the expediente itself, which a hold over one piece does not freeze.
OF_PLACE = ("records_annex", "records_draft", "records_quarantined")
REACHED = [
    (table, over)
    for table in sorted(hold_triggers.GUARDS)
    for over in ("piece", "expediente")
    if over == "expediente" or table not in OF_PLACE
]


@pytest.mark.rule("R5", "K4")
@pytest.mark.beyond(14)
@pytest.mark.parametrize(("table", "over"), REACHED)
def test_the_database_lets_nothing_of_a_held_piece_go(
    cast: dict[str, Any], piece: Document, table: str, over: str
) -> None:
    placed(cast, piece if over == "piece" else piece.expediente)
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    assert model.objects.exists(), "a table without rows would prove nothing"
    with as_disposal_will_find_it():
        for statement in WAYS[connection.vendor]:
            with pytest.raises(DatabaseError, match="suspendida"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement.format(table=table))
        with pytest.raises(DatabaseError, match="suspendida"), transaction.atomic():
            model.objects.all()._raw_delete("default")
    with pytest.raises(Exception, match=r"suspendida|no se modifica|Cannot delete|protected"), transaction.atomic():
        model.objects.all().delete()


@pytest.mark.rule("R5")
@pytest.mark.beyond(14)
@pytest.mark.parametrize("table", ["records_part", "records_pagetext", "records_signaturereport", "records_annex"])
def test_once_lifted_the_holds_triggers_refuse_nothing(cast: dict[str, Any], piece: Document, table: str) -> None:
    acts.lift_hold(actor=cast["jefatura"], hold=placed(cast, piece.expediente), **LIFTED)
    with as_disposal_will_find_it(), connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}"')
        assert cursor.rowcount >= 1


@pytest.mark.rule("R5")
def test_holds_of_others_leave_a_piece_free(cast: dict[str, Any], piece: Document) -> None:
    elsewhere = factories.make_expediente(cast["custodia"])
    factories.appoint_custodian(elsewhere, cast["custodia"])
    placed(cast, elsewhere)
    assert not standing.over_document(piece.pk)
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM "records_pagetext"')


@pytest.mark.rule("R5")
@pytest.mark.beyond(14)
def test_a_piece_incorporated_in_a_held_expediente_is_held(cast: dict[str, Any], piece: Document) -> None:
    other = piece.placements.get().expediente
    factories.appoint_custodian(other, cast["custodia"])
    placed(cast, other)
    assert standing.over_document(piece.pk)
    with pytest.raises(DatabaseError, match="suspendida"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute('DELETE FROM "records_pagetext"')


@pytest.mark.rule("R5", "K4")
def test_a_hold_and_its_lifting_are_never_changed_nor_deleted(cast: dict[str, Any], piece: Document) -> None:
    acts.lift_hold(actor=cast["jefatura"], hold=placed(cast, piece), **LIFTED)
    for table, column in (("records_hold", "reason"), ("records_holdlift", "reason")):
        for statement in (f'DELETE FROM "{table}"', f'UPDATE "{table}" SET "{column}" = \'x\''):
            with pytest.raises(DatabaseError, match="custodia"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert HoldLift.objects.count() == Hold.objects.filter(lift__isnull=False).count()


@pytest.mark.rule("R5")
@pytest.mark.beyond(14)
def test_no_administration_of_another_kind_reaches_custody() -> None:
    """No Django admin is there, and Wagtail's snippets hold no model of custody: there is no other delete button."""
    from wagtail.snippets.models import get_snippet_models

    assert not apps.is_installed("django.contrib.admin")
    assert not [model for model in get_snippet_models() if model._meta.app_label in ("records", "convenios")]


# In the code --------------------------------------------------------------------------------------------------


@pytest.mark.rule("R5")
@pytest.mark.beyond(14)
def test_a_file_on_its_way_to_a_held_expediente_is_not_dropped(
    cast: dict[str, Any], piece: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = Draft.objects.get(expediente=piece.expediente)
    hold = placed(cast, piece.expediente)
    with pytest.raises(UnderHold):
        drafts.discard_draft(actor=cast["archivista"], draft=draft)
    with pytest.raises(DatabaseError, match="suspendida"), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(state=DraftState.DISCARDED)
    monkeypatch.setattr("records.services.arrivals.sweep_is_due", lambda: True)
    with clock.at(clock.now() + datetime.timedelta(days=400)):
        assert drafts.sweep_drafts() == 0
        acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)
        assert drafts.sweep_drafts() == 1


@pytest.mark.rule("R5")
@pytest.mark.beyond(14)
def test_what_was_set_apart_in_a_held_expediente_keeps_its_bytes(cast: dict[str, Any], piece: Document) -> None:
    row = Quarantined.objects.get(expediente=piece.expediente)
    hold = placed(cast, piece.expediente)
    with pytest.raises(UnderHold):
        quarantine.settle(actor=cast["archivista"], quarantined=row, reason="x")
    with pytest.raises(DatabaseError, match="suspendida"), transaction.atomic():
        Quarantined.objects.filter(pk=row.pk).update(kept=False)
    with clock.at(clock.now() + datetime.timedelta(days=400)):
        assert quarantine.sweep() == 0
        acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)
        assert quarantine.sweep() == 1


@pytest.mark.rule("R5")
@pytest.mark.beyond(14)
def test_images_of_a_held_piece_stay_and_others_make_room(
    cast: dict[str, Any], piece: Document, settings: Any, tmp_path: Path
) -> None:
    settings.RECORDS = {**settings.RECORDS, "PAGE_CACHE": tmp_path / "images", "PAGE_CACHE_BYTES": 100}
    free = factories.insert_piece(cast["archivista"], piece.expediente)
    for one in (piece, free):
        viewing.keep_image(viewing.page_file(one.pk, 1), b"x" * 400)
    hold = placed(cast, piece)
    assert page_cache.sweep() == 1
    assert [viewing.page_file(one.pk, 1).exists() for one in (piece, free)] == [True, False]
    acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)
    assert page_cache.sweep() == 1


@pytest.mark.rule("R5")
@pytest.mark.beyond(14)
def test_damaged_bytes_of_a_held_piece_stay_as_evidence(cast: dict[str, Any], piece: Document) -> None:
    aside = store().root / "damaged" / f"{piece.blob_id}.x"
    aside.write_bytes(b"otra cosa")
    hold = placed(cast, piece)
    assert piece.blob_id in litter.sweep_litter(discard_damaged=True).held
    assert aside.exists()
    acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)
    assert litter.sweep_litter(discard_damaged=True).discarded >= 1
    assert not aside.exists()


@pytest.mark.rule("R5")
def test_what_was_read_of_a_held_piece_stays_when_it_is_read_again(cast: dict[str, Any], piece: Document) -> None:
    hold = placed(cast, piece)
    with transaction.atomic():
        reading.store_pages(piece, [])
    assert PageText.objects.filter(document=piece).count() == 1
    acts.lift_hold(actor=cast["jefatura"], hold=hold, **LIFTED)
    with transaction.atomic():
        reading.store_pages(piece, [])
    assert not PageText.objects.filter(document=piece).exists()


@pytest.mark.rule("R5")
def test_asking_for_holds_costs_the_same_for_any_number_of_pieces(
    cast: dict[str, Any], piece: Document, django_assert_num_queries: Any
) -> None:
    placed(cast, piece)
    with django_assert_num_queries(2):
        assert standing.held_documents([str(piece.pk), str(uuid.uuid4())]) == {str(piece.pk)}


@pytest.mark.rule("R5")
@pytest.mark.criterion(12)
def test_a_hold_lifted_behind_the_ledger_is_named(cast: dict[str, Any], expediente: Expediente) -> None:
    first, second = (acts.place_hold(actor=cast["custodia"], target=expediente, **TOLD) for _time in range(2))
    acts.lift_hold(actor=cast["jefatura"], hold=first, **LIFTED)
    assert fixity.verify_custody().holds == []
    HoldLift.objects.create(hold=second, **LIFTED, lifted_by=cast["jefatura"], lifted_at=clock.now())
    false = Hold.objects.create(expediente=expediente, **TOLD, placed_by=cast["custodia"], placed_at=clock.now())
    assert fixity.verify_custody().holds == sorted([str(second.pk), str(false.pk)])


@pytest.mark.rule("R5")
def test_who_placed_a_hold_lifts_it_by_no_door(cast: dict[str, Any], expediente: Expediente) -> None:
    hold = acts.place_hold(actor=cast["custodia"], target=expediente, **TOLD)
    with pytest.raises(DatabaseError, match="no levanta"), transaction.atomic():
        HoldLift.objects.create(hold=hold, **LIFTED, lifted_by=cast["custodia"], lifted_at=clock.now())
    assert standing.over_expediente(expediente.pk)
