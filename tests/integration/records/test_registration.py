"""Registration: no stage is skipped, and nothing incomplete is ever called registered."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.errors import AccessDenied, ClosedExpediente, Incomplete, NotFound, RuleViolation
from records.models import Document, Expediente, StateChange
from records.sentences import sentence_for
from records.services import states
from records.services.annexes import list_annex
from records.services.placements import locate_document
from records.services.registration import lacking, register_complete, register_document
from records.transitions import DOCUMENT
from records.vocabulary import DocumentState, ExpedienteFormat, ExpedienteState, Level, Origin
from tests import factories, lives

PAIRS = list(itertools.product(DocumentState.values, repeat=2))


@pytest.mark.requirement("B9")
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_piece_moves_only_along_its_machine(
    cast: dict[str, Any], expediente: Expediente, source: str, target: str
) -> None:
    piece = lives.piece(cast, expediente, state=source)
    if target in DOCUMENT.next[source]:
        states.move(piece, target, actor=cast["archivista"])
        assert Document.objects.get(pk=piece.pk).state == target
        return
    with pytest.raises(RuleViolation) as refusal:
        states.move(piece, target, actor=cast["archivista"])
    assert refusal.value.code == "wrong_state"
    assert Document.objects.get(pk=piece.pk).state == source
    assert not StateChange.objects.exists()


@pytest.mark.requirement("B9")
def test_the_stages_are_those_of_the_norm() -> None:
    """The table itself: what each state may become."""
    forward = {"filed": "classified", "classified": "registered", "registered": "sealed", "sealed": "", "annulled": ""}
    assert {source: "".join(sorted(after - {"annulled"})) for source, after in DOCUMENT.next.items()} == forward
    assert all("annulled" in after for source, after in DOCUMENT.next.items() if source != "annulled")


@pytest.mark.requirement("B9")
def test_filing_approval_and_registration_are_three_steps(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["custodia"], expediente)
    with pytest.raises(RuleViolation) as refusal:
        register_document(actor=cast["archivista"], document=piece)
    assert refusal.value.code == "wrong_state"
    factories.give_level(piece, Level.PUBLIC, cast["archivista"], cast["jefatura"])
    assert piece.state == DocumentState.CLASSIFIED
    assert register_document(actor=cast["archivista"], document=piece).state == DocumentState.REGISTERED
    with pytest.raises(RuleViolation):
        register_document(actor=cast["archivista"], document=piece)


@pytest.fixture
def demanding(cast: dict[str, Any]) -> Any:
    """A tipo documental that demands all that one may demand."""
    return factories.make_tipo("anexo_exigente", requires=["annex", "template_version", "physical_place"])


@pytest.mark.rule("C1")
def test_everything_a_piece_lacks_is_named_at_once(
    cast: dict[str, Any], expediente: Expediente, demanding: Any
) -> None:
    faults = {"author": "  ", "title": "", "origin": "otro", "tipo": demanding}
    piece = lives.piece(cast, expediente, state=DocumentState.CLASSIFIED, **faults)
    with pytest.raises(Incomplete) as refusal:
        register_document(actor=cast["archivista"], document=piece)
    assert refusal.value.missing == (
        "title", "author", "origin", "level_in_force", "annex", "template_version", "physical_place"
    )  # fmt: skip
    said = sentence_for(refusal.value)
    for words in ("el autor", "un nivel de acceso aprobado", "el anexo del registro", "la versión del modelo"):
        assert words in said
    piece.refresh_from_db()
    assert (piece.state, piece.annex) == (DocumentState.CLASSIFIED, None)


@pytest.mark.rule("C1")
@pytest.mark.requirement("B8")
def test_what_was_missing_is_given_and_the_piece_is_registered(
    cast: dict[str, Any], expediente: Expediente, demanding: Any
) -> None:
    list_annex(actor=cast["archivista"], expediente=expediente, key="A-1", label="Anexo 1", template="iii",
               template_version="2026")  # fmt: skip
    piece = lives.classified(cast, expediente, tipo=demanding)
    with pytest.raises(Incomplete) as refusal:
        register_document(actor=cast["archivista"], document=piece, annex="A-9")
    assert "annex_unknown" in refusal.value.missing
    locate_document(actor=cast["archivista"], document=piece, archive="Depósito 1", cross_reference="Testigo 4")
    done = register_document(actor=cast["archivista"], document=piece, annex="A-1")
    done.refresh_from_db()
    assert done.annex is not None
    assert (done.state, done.annex.key, done.template_version) == ("registered", "A-1", "2026")


@pytest.mark.rule("C1")
def test_a_level_counts_only_by_an_act_in_force_that_says_the_same(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    said_otherwise = lives.classified(cast, expediente)
    Document.objects.filter(pk=said_otherwise.pk).update(level=Level.RESTRICTED)
    said_otherwise.refresh_from_db()
    assert lacking([said_otherwise], expediente)[said_otherwise.pk] == ("level_in_force",)


@pytest.mark.rule("C1")
def test_a_tipo_that_does_not_rule_here_is_no_tipo(cast: dict[str, Any], expediente: Expediente) -> None:
    stray = lives.classified(cast, expediente, tipo=factories.make_tipo("acta_de_comite", kinds=("session",)))
    assert lacking([stray], expediente)[stray.pk] == ("tipo_in_version",)
    later = factories.make_trd(2)
    factories.TipoDocumental.objects.create(trd=later, code="anexo_del_convenio", name="Anexo", kinds=["derived"])
    moved = lives.classified(cast, expediente)
    Expediente.objects.filter(pk=expediente.pk).update(trd=later)
    moved.refresh_from_db()
    held = Expediente.objects.get(pk=expediente.pk)
    assert lacking([moved], held)[moved.pk] == (), "the same tipo in the version the expediente was moved to"


@pytest.mark.rule("C10")
def test_what_was_digitised_for_a_hybrid_expediente_needs_its_place(cast: dict[str, Any]) -> None:
    hybrid = factories.make_expediente(
        cast["archivista"], format=ExpedienteFormat.HYBRID, physical_place="Archivo de gestión"
    )
    born, scanned = lives.classified(cast, hybrid), lives.classified(cast, hybrid, origin=Origin.DIGITISED)
    register_document(actor=cast["archivista"], document=born)
    with pytest.raises(Incomplete) as refusal:
        register_document(actor=cast["archivista"], document=scanned)
    assert refusal.value.missing == ("physical_place",)
    with pytest.raises(Incomplete) as told:
        locate_document(actor=cast["archivista"], document=scanned, archive=" ", cross_reference="")
    assert told.value.missing == ("archive", "cross_reference")
    for box in ("7", "8"):
        locate_document(actor=cast["archivista"], document=scanned, archive="Depósito", box=box, cross_reference="T 4")
    present = scanned.physical_places.first()
    assert present is not None
    assert present.box == "8", "the newest note is the present place"
    assert register_document(actor=cast["archivista"], document=scanned).state == DocumentState.REGISTERED


@pytest.mark.requirement("B9")
def test_who_does_not_read_a_piece_does_not_register_it(cast: dict[str, Any], expediente: Expediente) -> None:
    reserved = lives.classified(cast, expediente, Level.RESERVED)
    for login in ("archivista", "ajeno", "jefatura"):
        with pytest.raises(NotFound):
            register_document(actor=cast[login], document=reserved)
    public = lives.classified(cast, expediente)
    with pytest.raises(AccessDenied):
        register_document(actor=cast["jefatura"], document=public)
    assert register_document(actor=cast["custodia"], document=reserved).state == DocumentState.REGISTERED


def test_a_closed_expediente_registers_nothing(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = lives.classified(cast, expediente)
    Expediente.objects.filter(pk=expediente.pk).update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
    with pytest.raises(ClosedExpediente):
        register_document(actor=cast["archivista"], document=piece)
    with pytest.raises(ClosedExpediente):
        register_complete(actor=cast["archivista"], expediente=expediente)


@pytest.mark.requirement("B9")
@pytest.mark.rule("C1")
def test_the_complete_ones_are_registered_and_each_other_is_told(
    cast: dict[str, Any], expediente: Expediente, demanding: Any
) -> None:
    good = [lives.classified(cast, expediente) for _number in range(3)]
    lacks = lives.classified(cast, expediente, tipo=demanding)
    filed, reserved = lives.piece(cast, expediente), lives.classified(cast, expediente, Level.RESERVED)
    outcomes = register_complete(actor=cast["archivista"], expediente=expediente)
    assert {row.document.pk for row in outcomes if row.done} == {piece.pk for piece in good}
    (left,) = [row for row in outcomes if not row.done]
    assert (left.document.pk, left.missing) == (lacks.pk, ("annex", "template_version", "physical_place"))
    states_now = dict(Document.objects.values_list("pk", "state"))
    assert [states_now[piece.pk] for piece in good] == ["registered"] * 3
    assert (states_now[filed.pk], states_now[reserved.pk]) == ("filed", "classified")
    with pytest.raises(AccessDenied):  # it holds public pieces, so she knows it
        register_complete(actor=cast["ajeno"], expediente=expediente)


def test_telling_what_is_lacking_costs_the_same_for_many(cast: dict[str, Any], expediente: Expediente) -> None:
    pieces = [lives.classified(cast, expediente) for _number in range(12)]
    with CaptureQueriesContext(connection) as few:
        lacking(pieces[:2], expediente)
    with CaptureQueriesContext(connection) as many:
        lacking(pieces, expediente)
    assert len(few) == len(many)
