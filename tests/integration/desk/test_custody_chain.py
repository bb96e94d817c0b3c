"""The chain of custody of a piece: on its page, as far as one may know it, and as PREMIS 3 (K7)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from lxml import etree

import records.custody_chain
from records import audit
from records.audit import ACTIONS
from records.custody_chain.kinds import ACTS, Link
from records.holds.acts import place_hold
from records.models import Document, Expediente, LedgerEvent
from records.services import correction, fixity, placements
from records.vocabulary import HoldKind, Level
from tests import factories
from tests.integration.desk.conftest import Browse

SCHEMA = etree.XMLSchema(file=str(Path(records.custody_chain.__file__).with_name("premis-custodia.xsd")))
P = "{http://www.loc.gov/premis/v3}"


@pytest.fixture
def travelled(cast: dict[str, Any], expediente: Expediente, browse: Browse) -> Document:
    """A piece received, classified, verified, placed elsewhere, read by two people and copied."""
    filed = factories.file_piece(cast["archivista"], expediente, name="acta \u202efdp.txt")
    piece = factories.give_level(filed, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    fixity.verify_document(actor=cast["archivista"], document=piece)
    other = factories.make_expediente(cast["archivista"])
    placements.place_document(actor=cast["archivista"], document=piece, expediente=other, reason="Soporte")
    for login in ("archivista", "jefatura"):
        browse(login).get(f"/custodia/documentos/{piece.pk}/")
    browse("archivista").get(f"/custodia/documentos/{piece.pk}/original")
    return piece


def exported(browse: Browse, login: str, piece: Document) -> Any:
    response = browse(login).get(f"/custodia/documentos/{piece.pk}/cadena.xml")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/xml")
    return etree.fromstring(response.content)


@pytest.mark.rule("K7")
def test_every_act_of_the_table_is_one_of_the_ledger_and_every_kind_has_one() -> None:
    assert set(ACTS) <= set(ACTIONS)
    assert {place.link for place in ACTS.values()} == set(Link)
    told = set(SCHEMA_TERMS)
    assert {place.event_type for place in ACTS.values()} == told


SCHEMA_TERMS = [
    node.get("value")
    for node in etree.parse(str(Path(records.custody_chain.__file__).with_name("premis-custodia.xsd"))).iterfind(
        ".//{http://www.w3.org/2001/XMLSchema}simpleType[@name='term']//{http://www.w3.org/2001/XMLSchema}enumeration"
    )
]


@pytest.mark.requirement("B6")
@pytest.mark.rule("K7")
def test_the_custodian_takes_the_whole_chain_away_and_it_is_valid(
    travelled: Document, expediente: Expediente, browse: Browse
) -> None:
    root = exported(browse, "custodia", travelled)
    SCHEMA.assertValid(root)
    types = [event.findtext(f"{P}eventType") for event in root.iter(f"{P}event")]
    assert types[0] == "ingestion"
    assert set(types) == {
        *("ingestion", "policy assignment", "fixity check", "transfer", "viewing", "exporting"),
    }
    assert root.findtext(f".//{P}messageDigest") == travelled.blob_id
    leaves = [node.text for node in root.iter(f"{P}eventIdentifierValue")]
    about = LedgerEvent.objects.filter(object_id=str(travelled.pk), action__in=ACTS).order_by("index")
    assert leaves == list(about.values_list("leaf", flat=True))
    assert about.values_list("action", flat=True)[len(leaves) - 1] == "chain.exported"  # its own leaving is the last
    assert {"archivista", "custodia", "jefatura"} <= {node.text for node in root.iter(f"{P}agentIdentifierValue")}


@pytest.mark.requirement("B6")
@pytest.mark.rule("K7")
def test_its_copies_its_repairs_and_its_leaving_in_a_certificate_are_links(
    travelled: Document, cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    acts = ("custody.copied", "custody.damaged", "custody.mended", "document.exported")
    with transaction.atomic():
        for act in acts:
            audit.record(act, actor=None, subject=travelled, problem="altered" if act == "custody.damaged" else "")
    root = exported(browse, "custodia", travelled)
    SCHEMA.assertValid(root)
    notes = [json.loads(node.text)["act"] for node in root.iter(f"{P}eventOutcomeDetailNote")]
    assert set(acts) <= set(notes)


@pytest.mark.rule("K7", "U4")
def test_who_answers_for_it_sees_all_readings_and_a_reader_her_own(travelled: Document, browse: Browse) -> None:
    def readers(login: str) -> set[str]:
        root = exported(browse, login, travelled)
        SCHEMA.assertValid(root)
        viewed = [event for event in root.iter(f"{P}event") if event.findtext(f"{P}eventType") == "viewing"]
        return {event.findtext(f"{P}linkingAgentIdentifier/{P}linkingAgentIdentifierValue") for event in viewed}

    assert readers("custodia") == {"archivista", "jefatura"}
    assert readers("jefatura") == {"jefatura"}
    page = browse("jefatura").get(f"/custodia/documentos/{travelled.pk}/cadena/", {"paso": "viewed"})
    assert {link["line"].who for link in page.context["links"]} == {"jefatura"}
    whole = browse("custodia").get(f"/custodia/documentos/{travelled.pk}/cadena/", {"paso": "viewed"})
    assert {link["line"].who for link in whole.context["links"]} == {"archivista", "jefatura"}


@pytest.mark.rule("K7")
def test_each_kind_of_link_is_a_page_and_what_is_no_kind_shows_all(travelled: Document, browse: Browse) -> None:
    for link in Link.values:
        page = browse("custodia").get(f"/custodia/documentos/{travelled.pk}/cadena/", {"paso": link})
        assert {ACTS[one["line"].action].link for one in page.context["links"]} <= {link}
    whole = browse("custodia").get(f"/custodia/documentos/{travelled.pk}/cadena/", {"paso": "nada"})
    assert "Radicó el documento" in whole.content.decode()


@pytest.mark.requirement("B10", "P3")
@pytest.mark.rule("K7")
def test_an_annulled_piece_keeps_its_links_and_tells_who_annulled_it_and_why(
    travelled: Document, cast: dict[str, Any], browse: Browse
) -> None:
    before = [node.text for node in exported(browse, "custodia", travelled).iter(f"{P}eventIdentifierValue")]
    correction.annul_document(actor=cast["archivista"], document=travelled, reason="Se radicó en otro convenio.")
    root = exported(browse, "custodia", travelled)
    SCHEMA.assertValid(root)
    after = [node.text for node in root.iter(f"{P}eventIdentifierValue")]
    assert after[: len(before)] == before
    ended = next(one for one in root.iter(f"{P}event") if one.findtext(f"{P}eventType") == "deaccession")
    assert ended.findtext(f"{P}linkingAgentIdentifier/{P}linkingAgentIdentifierValue") == "archivista"
    page = browse("archivista").get(f"/custodia/documentos/{travelled.pk}/cadena/").content.decode()
    assert "Se radicó en otro convenio." in page


@pytest.mark.rule("K7")
def test_whoever_does_not_read_the_piece_gets_neither_page_nor_file(travelled: Document, browse: Browse) -> None:
    for ending in ("cadena/", "cadena.xml"):
        assert browse("proveedor").get(f"/custodia/documentos/{travelled.pk}/{ending}").status_code == 404
        assert browse("auditoria").get(f"/custodia/documentos/{travelled.pk}/{ending}").status_code == 404


@pytest.mark.rule("K7")
def test_a_name_that_xml_cannot_hold_does_not_spoil_the_file(
    cast: dict[str, Any], expediente: Expediente, browse: Browse
) -> None:
    piece = factories.insert_piece(
        cast["archivista"], expediente, Level.RESTRICTED, original_name="a\x01<b>&\ufffe.txt"
    )
    root = exported(browse, "archivista", piece)
    SCHEMA.assertValid(root)
    assert root.findtext(f".//{P}originalName") == "a\ufffd<b>&\ufffd.txt"
    note = root.findtext(f".//{P}eventOutcomeDetailNote")
    assert json.loads(note)["act"] == "chain.exported"


@pytest.mark.rule("K7", "K2")
def test_copies_repairs_exports_and_holds_are_links_too(
    travelled: Document, cast: dict[str, Any], browse: Browse
) -> None:
    with transaction.atomic():
        for act in ("custody.copied", "custody.damaged", "custody.mended"):
            audit.record(act, actor=None, subject=travelled)
        audit.record("document.exported", actor=cast["custodia"], subject=travelled, certificate="c")
    place_hold(actor=cast["custodia"], target=travelled, kind=HoldKind.AUDIT, authority="Oficio 9", reason="Secreta")
    root = exported(browse, "custodia", travelled)
    SCHEMA.assertValid(root)
    types = [event.findtext(f"{P}eventType") for event in root.iter(f"{P}event")]
    assert {"replication", "recovery"} <= set(types)
    assert types.count("fixity check") == 2
    assert "Secreta" not in etree.tostring(root, encoding="unicode")
    page = browse("jefatura").get(f"/custodia/documentos/{travelled.pk}/cadena/")
    assert "Suspendió la disposición" in page.content.decode()
    assert "salió en un certificado" not in page.content.decode(), "who took it is for who answers for it"
    assert "Quién más lo consultó" in page.content.decode()
    whole = browse("custodia").get(f"/custodia/documentos/{travelled.pk}/cadena/").content.decode()
    assert "salió en un certificado" in whole
    assert "Quién más lo consultó" not in whole
