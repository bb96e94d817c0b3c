"""Access for a case (A8, A9): opened by an instrument, marked, told, and over by itself or by an act."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
from typing import Any

import pikepdf
import pytest
from django.db import DatabaseError, transaction

from records import clock, parsing, permissions
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation
from records.models import AccessCase, CaseEnd, Document, Expediente, Grant, LedgerEvent, PageText
from records.services import access, cases, marked, parts, viewing
from records.vocabulary import GrantBasis, Level
from tests import factories
from tests.unit.parsing import makers

DAY = datetime.timedelta(days=1)
ASKED = cases.Instrument(
    GrantBasis.AUTHORITY, "Contraloría General", "Luz Mora, contralora", "Oficio 2026EE001", datetime.date(2026, 1, 5),
    "CASO-2026-31",
)  # fmt: skip


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    """A reserved PDF of two pages, filed as any."""
    data = makers.text_pdf("anexo uno", "anexo dos")
    made = factories.file_piece(cast["archivista"], expediente, content=data, name="anexo.pdf")
    return factories.give_level(made, Level.RESERVED, cast["custodia"], cast["jefatura"])


def opened(cast: dict[str, Any], expediente: Expediente, **changes: Any) -> AccessCase:
    facts = {"asked": ASKED, "until": clock.today() + 5 * DAY, "reason": "Control fiscal", **changes}
    person = facts.pop("person", cast["auditoria"])
    return cases.open_case(actor=facts.pop("actor", cast["custodia"]), expediente=expediente, person=person, **facts)


def fresh(person: Any) -> Any:
    return type(person).objects.get(pk=person.pk)


def text_in(data: bytes, tmp_path: Any) -> list[str]:
    file = tmp_path / "copia.pdf"
    file.write_bytes(data)
    return [page.text for page in parsing.read(file, "application/pdf").pages]


@pytest.mark.rule("A9")
@pytest.mark.rule("A8")
def test_a_case_reader_gets_marked_pages_and_copies_and_never_the_original(
    cast: dict[str, Any], expediente: Expediente, piece: Document, tmp_path: Any
) -> None:
    opened(cast, expediente, pieces=[piece.pk])
    reader = fresh(cast["auditoria"])
    with pytest.raises(RuleViolation) as refusal:
        viewing.open_original(actor=reader, document=piece)
    assert refusal.value.code == "marked_only"
    pages = text_in(marked.open_copy(actor=reader, document=piece), tmp_path)
    for page, said in zip(pages, ("anexo uno", "anexo dos"), strict=True):
        for told in ("CASO-2026-31", reader.get_full_name(), reader.get_username(), said):
            assert told in page
    plain = viewing.page_image(actor=cast["custodia"], document=piece, number=1)
    assert viewing.page_image(actor=reader, document=piece, number=1) != plain
    assert viewing.page_image(actor=cast["custodia"], document=piece, number=1) == plain, "what is marked is not kept"
    small = [viewing.thumbnail(actor=who, document=piece, number=1) for who in (reader, cast["custodia"])]
    assert small[0] != small[1]
    with viewing.open_original(actor=cast["custodia"], document=piece) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == piece.blob_id


@pytest.mark.rule("A9")
def test_another_ground_gives_the_piece_as_it_is(cast: dict[str, Any], expediente: Expediente, piece: Document) -> None:
    opened(cast, expediente, pieces=[piece.pk])
    factories.appoint_custodian(expediente, cast["auditoria"])
    reader = fresh(cast["auditoria"])
    assert marked.mark_for(reader, piece) == ""
    with viewing.open_original(actor=reader, document=piece) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == piece.blob_id
    last = json.loads(LedgerEvent.objects.filter(action="document.downloaded").last().payload)  # type: ignore[union-attr]
    assert last["ground"]["rule"] == "appointment_custodian", "told of the ground on which it left unmarked"


@pytest.mark.rule("A9")
def test_what_has_no_pages_leaves_as_its_marked_text(
    cast: dict[str, Any], expediente: Expediente, tmp_path: Any
) -> None:
    made = factories.file_piece(cast["archivista"], expediente)
    text = factories.give_level(made, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    opened(cast, expediente)
    reader = fresh(cast["auditoria"])
    PageText.objects.filter(document=text).delete()
    with pytest.raises(RuleViolation) as refusal:
        marked.open_copy(actor=reader, document=text)
    assert refusal.value.code == "no_marked_copy"
    PageText.objects.create(document=text, number=1, text="Lo que dice el anexo ñandú")
    (page,) = text_in(marked.open_copy(actor=reader, document=text), tmp_path)
    assert "Lo que dice el anexo ñandú" in page
    assert "CASO-2026-31" in page


@pytest.mark.rule("A9")
def test_everything_wrong_with_a_case_is_told_at_once(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    nothing = cases.Instrument("", " ", "", "", None, " ")
    with pytest.raises(Incomplete) as refusal:
        opened(cast, expediente, asked=nothing, person=None, until=None, reason=" ", pieces=[])
    wrong = {"basis", "case_authority", "official", "instrument", "instrument_on", "person", "pieces", "case_number"}
    assert set(refusal.value.missing) == wrong | {"grant_until", "reason"}
    other = factories.insert_piece(cast["archivista"], factories.make_expediente(cast["archivista"]), Level.RESERVED)
    with pytest.raises(Incomplete) as refusal:
        opened(cast, expediente, pieces=[piece.pk, other.pk])
    assert refusal.value.missing == ("pieces",), "a piece of elsewhere is as one that is not"
    for actor, kind in (("archivista", AccessDenied), ("jefatura", AccessDenied), ("ajeno", NotFound)):
        with pytest.raises(kind):
            opened(cast, expediente, actor=cast[actor])
    with pytest.raises(RuleViolation):
        opened(cast, expediente, person=cast["custodia"])
    assert not AccessCase.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.rule("A9")
def test_a_case_takes_nobodys_own_grant_away(cast: dict[str, Any], expediente: Expediente, piece: Document) -> None:
    given = access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["auditoria"], until=clock.today() + DAY, reason="Suyo"
    )
    with pytest.raises(RuleViolation) as refusal:
        opened(cast, expediente, pieces=[piece.pk])
    assert refusal.value.code == "case_over_grant"
    assert not hasattr(Grant.objects.get(pk=given.pk), "withdrawal")


@pytest.mark.rule("A9")
def test_a_case_ends_by_its_term_or_by_an_act_and_tells_what_was_read(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    made = opened(cast, expediente)
    viewing.page_image(actor=fresh(cast["auditoria"]), document=piece, number=2)
    viewing.page_image(actor=cast["custodia"], document=piece, number=1)
    assert [event.action for event in cases.reads_under(made)] == ["document.page_viewed"]
    with clock.at(clock.now() + 6 * DAY):
        assert not permissions.allows(fresh(cast["auditoria"]), "view", piece)
        assert not cases.get_case_for(cast["custodia"], made.pk).standing
    cases.end_case(actor=cast["custodia"], case=made, act="Auto de archivo")
    assert not permissions.allows(fresh(cast["auditoria"]), "view", piece)
    with pytest.raises(RuleViolation):
        cases.end_case(actor=cast["custodia"], case=made, act="Otra vez")
    for row in (AccessCase, CaseEnd):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.objects.all().delete()
    facts = str([event.payload for event in LedgerEvent.objects.filter(action__startswith="case.")])
    assert not any(word in facts for word in ("Contraloría", "Control fiscal", "Oficio", "Auto de archivo"))


@pytest.mark.rule("A9")
def test_what_lies_inside_a_piece_is_not_given_for_a_case(cast: dict[str, Any], expediente: Expediente) -> None:
    with pikepdf.open(io.BytesIO(makers.text_pdf("uno"))) as pdf:
        pdf.attachments["dentro.txt"] = b"hola"
        out = io.BytesIO()
        pdf.save(out)
    made = factories.file_piece(cast["archivista"], expediente, content=out.getvalue(), name="a.pdf")
    holder = factories.give_level(made, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    parts.list_parts(holder.pk)
    opened(cast, expediente)
    assert parts.open_part(actor=cast["custodia"], document=holder, index=0)[1] == b"hola"
    with pytest.raises(RuleViolation) as refusal:
        parts.open_part(actor=fresh(cast["auditoria"]), document=holder, index=0)
    assert refusal.value.code == "marked_only"
