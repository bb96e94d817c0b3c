"""The electronic index as it is issued: its thirteen elements, its digests, its signature and its chain."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from lxml import etree

from records import clock, storage
from records.errors import AccessDenied, IndexRefused, NotFound
from records.indexes import certificates, covers
from records.indexes.writing import ELEMENTS
from records.models import Expediente, IndexIssue, LedgerEvent
from records.sentences import sentence_for
from records.services import placements
from records.services.closing import close_expediente, reopen_expediente
from records.services.index_proofs import proof_of, verify_index
from records.services.indexes import issue_index
from records.vocabulary import DocumentState, Level, Origin
from tests import factories, lives

SPOILT = b"otros bytes"


@pytest.fixture
def held(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    """A reserved piece of three folios, an annulled one, a scanned one, and one of another expediente."""
    lives.registered(cast, expediente, Level.RESERVED, title="Fórmula <secreta> & cifras", pages=3)
    lives.piece(cast, expediente, state=DocumentState.ANNULLED, title="Borrador")
    lives.piece(cast, expediente, Level.PUBLIC, title="Acta", origin=Origin.DIGITISED, state=DocumentState.REGISTERED)
    other = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(other, cast["custodia"])
    foreign = lives.registered(cast, other, Level.PUBLIC, title="Soporte")
    placements.place_document(actor=cast["custodia"], document=foreign, expediente=expediente, reason="Soporte")
    return expediente


def issue(cast: dict[str, Any], expediente: Expediente) -> IndexIssue:
    return issue_index(actor=cast["archivista"], expediente=expediente)


def file_of(issued: IndexIssue) -> Any:
    return etree.fromstring(stored(issued.file_id))


def cover_of(issued: IndexIssue) -> Any:
    return covers.parsed(stored(issued.cover_id))


def stored(digest: str) -> bytes:
    with storage.store().open(digest) as source:
        return source.read()


def overwrite(digest: str, content: bytes) -> None:
    path = storage.store().path_of(digest)
    path.chmod(0o600)
    path.write_bytes(content)


@pytest.mark.rule("E3")
def test_it_has_exactly_the_thirteen_elements_in_order(cast: dict[str, Any], held: Expediente) -> None:
    root = file_of(issue(cast, held))
    assert root.tag == "TipoDocumentoFoliado"
    assert [entry.tag for entry in root] == ["DocumentoIndizado"] * 4
    assert all(tuple(child.tag for child in entry) == ELEMENTS for entry in root)
    assert not any(child.attrib for entry in root for child in entry)
    first = {child.tag: child.text for child in root[0]}
    piece = held.documents.get(order=1)
    assert first["Id"] == str(piece.pk)
    assert first["Nombre_Documento"] == "Fórmula <secreta> & cifras"
    assert first["Tipologia_Documental"] == piece.tipo.name
    assert first["Fecha_Creacion_Documento"] == "2026-06-10T00:00:00-05:00"
    entered = datetime.datetime.fromisoformat(first["Fecha_Incorporacion_Expediente"])
    assert entered == piece.filed_at.replace(microsecond=0), "its own fact, never that of the creation"
    assert entered.utcoffset() == datetime.timedelta(hours=-5)
    assert (first["Valor_Huella"], first["Funcion_Resumen"]) == (piece.blob_id, "SHA-256")
    assert (first["Formato"], first["Tamano"], first["Origen"]) == ("TXT", str(piece.blob.size), "Electrónico")


@pytest.mark.rule("E3")
def test_orders_and_folios_go_on_through_annulled_and_incorporated_pieces(
    cast: dict[str, Any], held: Expediente
) -> None:
    issued = issue(cast, held)
    places = [
        [entry.findtext(name) for name in ("Orden_Documento_Expediente", "Pagina_Inicio", "Pagina_Fin")]
        for entry in file_of(issued)
    ]
    assert places == [["1", "1", "3"], ["2", "4", "4"], ["3", "5", "5"], ["4", "6", "6"]]
    names = [entry.findtext("Nombre_Documento") for entry in file_of(issued)]
    assert names[1] == "Borrador (anulado)"
    assert [entry.findtext("Origen") for entry in file_of(issued)][2] == "Digitalizado"
    notes = [dict(note.attrib) for note in cover_of(issued).iter(f"{{{covers.NAMESPACE}}}Anotacion")]
    assert notes == [{"Orden": "2", "Clase": "anulado"}, {"Orden": "4", "Clase": "incorporado"}]


@pytest.mark.rule("E4")
def test_a_piece_whose_bytes_changed_blocks_the_issue_and_is_named(cast: dict[str, Any], held: Expediente) -> None:
    overwrite(held.documents.get(order=1).blob_id, SPOILT)
    storage.store().path_of(held.documents.get(order=3).blob_id).unlink()
    with pytest.raises(IndexRefused) as refusal:
        issue(cast, held)
    assert refusal.value.code == "index_mismatch"
    assert refusal.value.facts["pieces"] == ((1, ""), (3, "Acta")), "the archivist does not read the reserved one"
    said = sentence_for(refusal.value)
    assert "el orden 1 y el orden 3 («Acta»)" in said
    assert "secreta" not in said
    assert not IndexIssue.objects.exists()
    assert not LedgerEvent.objects.filter(action="index.issued").exists()


@pytest.mark.rule("E5")
def test_each_issue_is_another_and_follows_the_one_before(cast: dict[str, Any], held: Expediente) -> None:
    first = issue(cast, held)
    lives.piece(cast, held)
    second, third = issue(cast, held), issue(cast, held)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert [one.previous for one in (first, second, third)] == [None, first, second]
    told = covers.facts_of(cover_of(second))
    assert (told["previous_number"], told["previous_digest"]) == ("1", first.cover_id)
    assert (first.documents, second.documents) == (4, 5)
    assert proof_of(third).faults == []
    with pytest.raises(DatabaseError), transaction.atomic():
        IndexIssue.objects.filter(pk=first.pk).update(folios=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        first.delete()


@pytest.mark.rule("E6")
def test_closing_issues_and_signs_the_index_in_the_same_act(cast: dict[str, Any], held: Expediente) -> None:
    close_expediente(actor=cast["custodia"], expediente=held, reason="Terminó")
    (issued,) = IndexIssue.objects.filter(expediente=held)
    assert (issued.occasion, issued.number, issued.folios) == ("closing", 1, 6)
    cover = cover_of(issued)
    told = {child.tag.partition("}")[2]: child.text for child in cover}
    assert told["FechaCierre"] == clock.today().isoformat()
    assert (told["NumeroDocumentos"], told["NumeroFolios"], told["Codigo"]) == ("4", "6", held.code)
    assert told["CodigoTRD"] == "GC.130.1"
    proof = verify_index(actor=cast["auditoria"], issue=issued)
    assert proof.faults == []
    states = {code: state for code, state, _detail in proof.steps}
    assert states["signature"] == states["certificate"] == states["chain"] == states["ledger"] == "holds"
    assert states["certificate_trust"] == "unknown", "nobody vouches for a certificate that signs itself"
    reopen_expediente(actor=cast["jefatura"], expediente=held, cause="Fallo")
    close_expediente(actor=cast["custodia"], expediente=held, reason="Terminó otra vez")
    assert list(IndexIssue.objects.values_list("number", "occasion")) == [(1, "closing"), (2, "closing")]


@pytest.mark.rule("E4", "E6")
def test_without_its_index_an_expediente_does_not_close(
    cast: dict[str, Any], held: Expediente, tmp_path: Path, settings: Any
) -> None:
    given = settings.RECORDS["INDEX_SIGNING"]
    settings.RECORDS = {
        **settings.RECORDS, "INDEX_SIGNING": {**given, "KEY": tmp_path / "no", "CERTIFICATE": tmp_path / "no"}
    }  # fmt: skip
    refused(cast, held, "index_key_unavailable")
    settings.RECORDS = {**settings.RECORDS, "INDEX_SIGNING": given}
    overwrite(held.documents.get(order=3).blob_id, SPOILT)
    refused(cast, held, "index_mismatch")


def refused(cast: dict[str, Any], expediente: Expediente, code: str) -> None:
    with pytest.raises(IndexRefused) as refusal:
        close_expediente(actor=cast["custodia"], expediente=expediente, reason="Terminó")
    assert refusal.value.code == code
    expediente.refresh_from_db()
    assert (expediente.state, expediente.closed_on) == ("open", None)
    assert not expediente.documents.filter(state="sealed").exists()
    assert not IndexIssue.objects.exists()


@pytest.mark.rule("E6")
def test_a_certificate_out_of_its_time_does_not_sign(cast: dict[str, Any], held: Expediente) -> None:
    until = certificates.credential().certificate.not_valid_after_utc
    with clock.at(until + datetime.timedelta(days=1)), pytest.raises(IndexRefused) as refusal:
        issue(cast, held)
    assert refusal.value.code == "index_certificate_expired"
    assert f"{until:%d/%m/%Y}" in sentence_for(refusal.value)
    with clock.at(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)), pytest.raises(IndexRefused) as refusal:
        issue(cast, held)
    assert refusal.value.code == "index_certificate_early"


@pytest.mark.rule("E6")
def test_the_key_of_set_up_is_its_owners_alone() -> None:
    file = Path(settings.RECORDS["INDEX_SIGNING"]["KEY"])
    certificates.ensure_self_signed()
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    certificates.ensure_self_signed()
    assert file.read_bytes() == before


@pytest.fixture
def issued(cast: dict[str, Any], held: Expediente) -> Iterator[IndexIssue]:
    issue(cast, held)
    return issue(cast, held)


@pytest.mark.rule("E5", "E6")
@pytest.mark.parametrize(
    ("what", "change", "faults"),
    [
        ("file_id", lambda data: data.replace(b"Acta", b"Pacta"), {"file_bytes"}),
        ("file_id", lambda data: data.replace(b">5<", b">7<"), {"file_bytes", "file_schema"}),
        ("cover_id", lambda data: data.replace(b"<NumeroFolios>6", b"<NumeroFolios>7"), {"cover_bytes", "signature"}),
        ("cover_id", lambda data: data[:-40], {"cover_bytes", "signature", "chain"}),
        ("cover_id", lambda data: data.replace(b"GC-130-CD", b"GC-131-CD"), {"cover_bytes", "signature"}),
    ],
)
def test_what_was_altered_is_told(issued: IndexIssue, what: str, change: Any, faults: set[str]) -> None:
    digest = getattr(issued, what)
    altered = change(stored(digest))
    assert altered != stored(digest)
    overwrite(digest, altered)
    assert set(proof_of(issued).faults) == faults


@pytest.mark.rule("E5", "E6")
def test_a_row_put_in_its_place_is_told(cast: dict[str, Any], held: Expediente, issued: IndexIssue) -> None:
    """The owner of the database signs another index, with this very key, and writes it over the first."""
    with factories.behind_the_product():
        IndexIssue.objects.filter(pk=issued.previous_id).update(cover=issued.cover, file=issued.file)
    assert "chain" in proof_of(IndexIssue.objects.get(pk=issued.pk)).faults
    assert {"ledger", "cover"} <= set(proof_of(IndexIssue.objects.get(pk=issued.previous_id)).faults)


@pytest.mark.rule("E6")
def test_who_may_issue_and_who_may_verify(cast: dict[str, Any], held: Expediente) -> None:
    """The public piece of the expediente makes it known to all staff; the acts are not theirs."""
    issued = issue(cast, held)
    for login in ("jefatura", "auditoria", "ajeno", "revisora"):
        with pytest.raises(AccessDenied):
            issue_index(actor=cast[login], expediente=held)
    for login in ("jefatura", "ajeno", "revisora"):
        with pytest.raises(AccessDenied):
            verify_index(actor=cast[login], issue=issued)
    with pytest.raises(NotFound):
        issue_index(actor=cast["ajeno"], expediente=factories.make_expediente(cast["archivista"]))


@pytest.mark.rule("E5")
def test_an_expediente_that_grew_meanwhile_is_read_again(cast: dict[str, Any], held: Expediente) -> None:
    from records.services import indexes
    from records.vocabulary import IndexOccasion

    prepared = indexes.prepare(actor=cast["archivista"], expediente=held, occasion=IndexOccasion.REQUEST)
    lives.piece(cast, held)
    with transaction.atomic(), pytest.raises(IndexRefused) as refusal:
        indexes.place(prepared, Expediente.objects.get(pk=held.pk), cast["archivista"])
    assert refusal.value.code == "index_overtaken"


@pytest.mark.rule("E3")
def test_gaps_that_somebody_made_are_not_issued(cast: dict[str, Any], held: Expediente) -> None:
    with factories.behind_the_product():
        held.documents.filter(order=3).update(folio_first=7, folio_last=7)
    with pytest.raises(IndexRefused) as refusal:
        issue(cast, held)
    assert (refusal.value.code, refusal.value.facts["order"]) == ("index_incoherent", 3)
