"""Receipts: a page, a PDF and JSON that anybody can check with public tools and no server (C2)."""

from __future__ import annotations

import base64
import copy
import hashlib
import io
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import conf, signing
from records.models import Document, Expediente, LedgerEvent, SigningKey
from records.services import filing
from records.services.receipts import proof_of
from records.services.receiving import DuplicateDecision
from records.vocabulary import Level
from tests import factories

CONTENT = "Acta de recibo a satisfacción del taller.\n".encode()
HOSTILE = 'acta \u202efdp.exe "uno"\r\nX: 1 Жук ñ.txt'
SCRIPT = Path(__file__).resolve().parents[3] / "records/static/records/verificar_recibo.py"


@pytest.fixture
def filed(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.file_piece(cast["archivista"], expediente, CONTENT, HOSTILE, title="Acta del taller")


@pytest.fixture
def gesture(cast: dict[str, Any], expediente: Expediente) -> uuid.UUID:
    """Three pieces filed together by the archivist."""
    batch = uuid.uuid4()
    for number in range(3):
        filing.file_document(
            actor=cast["archivista"], expediente=expediente, upload=factories.upload(name=f"anexo {number}.txt"),
            metadata=factories.metadata(), batch=batch,
        )  # fmt: skip
    return batch


def holds(proof: dict[str, Any], facts: Any = None) -> bool:
    """The check as a stranger would write it from the sentence "Ed25519 over the canonical JSON of `receipt`"."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(proof["public_keys"][proof["key"]]))
    try:
        key.verify(base64.b64decode(proof["signature"]), rfc8785.dumps(proof["receipt"] if facts is None else facts))
    except InvalidSignature:
        return False
    return True


def changes(value: Any) -> list[Any]:
    """Every copy of a JSON value with one leaf changed a little."""
    if isinstance(value, dict):
        return [{**value, name: other} for name, inner in value.items() for other in changes(inner)]
    if isinstance(value, list):
        inner = [[*value[:at], other, *value[at + 1 :]] for at, one in enumerate(value) for other in changes(one)]
        return [*inner, [*value, "x"]]
    if isinstance(value, bool):
        return [not value]
    return [value + 1 if isinstance(value, int) else f"{value}x"]


@pytest.mark.rule("C2")
@pytest.mark.beyond(13)
def test_the_json_proves_itself_and_no_byte_of_it_may_change(browse: Any, filed: Document) -> None:
    answer = browse("archivista").get(f"/custodia/documentos/{filed.pk}/recibo.json")
    proof = json.loads(answer.content)
    facts = proof["receipt"]
    assert holds(proof)
    assert (facts["sha256"], facts["bytes"]) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert (facts["document"], facts["name"], facts["filed_by"]) == (str(filed.pk), HOSTILE, "archivista")
    altered = changes(facts)
    assert len(altered) > len(facts)
    assert not [other for other in altered if holds(proof, other)]
    for name in facts:
        assert not holds(proof, {key: value for key, value in facts.items() if key != name}), name


@pytest.mark.rule("C2")
def test_the_offered_script_checks_it_alone_and_finds_what_was_changed(
    browse: Any, filed: Document, gesture: uuid.UUID, tmp_path: Path
) -> None:
    """A process that knows neither the project nor its settings."""
    client = browse("archivista")
    receipt, kept = tmp_path / "recibo.json", tmp_path / "acta.txt"
    receipt.write_bytes(client.get(f"/custodia/documentos/{filed.pk}/recibo.json").content)
    kept.write_bytes(CONTENT)
    fingerprint = signing.fingerprint_of(signing.signer().public_key)
    assert run(tmp_path, receipt, kept, "--llave", fingerprint) == (0, "Coincide.\n")
    assert run(tmp_path, receipt)[1].endswith(fingerprint + "\n")
    kept.write_bytes(CONTENT + b" ")
    assert run(tmp_path, receipt, kept, "--llave", fingerprint)[0] == 1
    assert run(tmp_path, receipt, "--llave", "0" * 64)[0] == 1
    proof = json.loads(receipt.read_text())
    signature = base64.b64decode(proof["signature"])
    for broken in (
        {**proof, "receipt": {**proof["receipt"], "title": "Otra acta"}},
        {**proof, "signature": base64.b64encode(bytes([signature[0] ^ 1]) + signature[1:]).decode()},
        {**proof, "signature": "", "key": ""},
        {**proof, "public_keys": {}},
        {"receipt": proof["receipt"]},
        resigned_by_another(proof),
    ):
        receipt.write_text(json.dumps(broken))
        assert run(tmp_path, receipt, "--llave", fingerprint)[0] == 1
    whole = receipt.with_name("lote.json")
    whole.write_bytes(client.get(f"/custodia/lotes/{gesture}/recibo.json").content)
    assert run(tmp_path, whole, "--llave", fingerprint) == (0, "Coincide.\n")
    told = json.loads(whole.read_text())
    told["receipt"]["receipts"][1]["receipt"]["sha256"] = "0" * 64
    whole.write_text(json.dumps(told))
    said = run(tmp_path, whole, "--llave", fingerprint)
    assert said[0] == 1
    assert said[1].count("NO COINCIDE") == 2  # the gesture's signature and that piece's own


def resigned_by_another(proof: dict[str, Any]) -> dict[str, Any]:
    """A forger's receipt: other facts, rightly signed, with a key that is not the system's under the same id."""
    private = signing.Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    forged = copy.deepcopy(proof)
    forged["receipt"]["title"] = "Otra acta"
    forged["signature"] = base64.b64encode(private.sign(rfc8785.dumps(forged["receipt"]))).decode()
    forged["public_keys"] = {proof["key"]: base64.b64encode(raw).decode()}
    return forged


def run(folder: Path, *words: object) -> tuple[int, str]:
    command = [sys.executable, "-I", str(SCRIPT), *map(str, words)]
    done = subprocess.run(
        command, cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.rule("C2")
@pytest.mark.criterion(19)
def test_the_pdf_is_one_page_per_piece_the_same_bytes_each_time_with_the_proof_inside(
    browse: Any, filed: Document, gesture: uuid.UUID
) -> None:
    client = browse("archivista")
    address = f"/custodia/documentos/{filed.pk}/recibo"
    answer = client.get(f"{address}.pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="recibo-{filed.radicado}.pdf"'
    assert answer.content == client.get(f"{address}.pdf").content
    with pikepdf.open(io.BytesIO(answer.content)) as paper:
        assert len(paper.pages) == 1
        (inside,) = paper.attachments.values()
        assert inside.get_file().read_bytes() == client.get(f"{address}.json").content
    text = text_of(answer.content)
    for said in (filed.radicado, filed.blob_id, "Acta del taller", "archivista", filed.receipt_signature):
        assert said in text
    assert "acta [U+202E]fdp.exe" in text
    assert "\u202e" not in text
    whole = client.get(f"/custodia/lotes/{gesture}/recibo.pdf").content
    with pikepdf.open(io.BytesIO(whole)) as paper:
        assert len(paper.pages) == 3
        (inside,) = paper.attachments.values()
        proof = json.loads(inside.get_file().read_bytes())
    assert holds(proof)
    assert [one["receipt"]["name"] for one in proof["receipt"]["receipts"]] == [f"anexo {n}.txt" for n in range(3)]


def text_of(pdf: bytes) -> str:
    """What a reader copies from the pages, lines joined: a long line may be broken by the paper."""
    document = pypdfium2.PdfDocument(pdf)
    pages = (document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    return re.sub(r"[\r\n\ufffe]+", "", "\n".join(pages))


@pytest.mark.rule("C2")
@pytest.mark.parametrize("name", ["x" * 5_000, "ñ" * 300, "\u202e" * 400, "Жук " * 100, "", "..", "\U0001f600.pdf"])
def test_no_name_or_title_leaves_the_page(browse: Any, cast: Any, expediente: Expediente, name: str) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, CONTENT, name + ".txt", title="Á\U0001f600" * 150)
    for kind in ("/", ".pdf", ".json"):
        answer = browse("archivista").get(f"/custodia/documentos/{piece.pk}/recibo{kind}")
        assert answer.status_code == 200
        assert kind != "/" or "\u202e".encode() not in answer.content
    page = browse("archivista").get(f"/custodia/documentos/{piece.pk}/recibo.pdf").content
    assert "Cómo comprobarlo" in text_of(page)  # what stands below the names is still on the paper
    assert "Página 1 de 1" in text_of(page)


@pytest.mark.rule("C2")
def test_the_page_says_digest_signature_and_key(browse: Any, filed: Document) -> None:
    body = browse("archivista").get(f"/custodia/documentos/{filed.pk}/recibo/").content.decode()
    fingerprint = signing.fingerprint_of(signing.signer().public_key)
    for said in (filed.radicado, filed.blob_id, filed.receipt_signature, "Vigente", "verificar_recibo.py"):
        assert said in body
    assert fingerprint in body.replace(" ", "")
    assert "<bdi>acta fdp.exe" in body


@pytest.mark.rule("C2")
def test_a_piece_older_than_signing_says_so_and_gets_no_signature(browse: Any, piece: Document) -> None:
    client, address = browse("archivista"), f"/custodia/documentos/{piece.pk}/recibo"
    assert "Sin firma" in client.get(f"{address}/").content.decode()
    proof = json.loads(client.get(f"{address}.json").content)
    assert (proof["signature"], proof["key"], proof["public_keys"]) == ("", "", {})
    assert "antes de que el sistema firmara" in text_of(client.get(f"{address}.pdf").content)


@pytest.mark.rule("C2")
def test_a_row_changed_behind_the_product_is_told_not_covered(browse: Any, filed: Document) -> None:
    with factories.behind_the_product():
        Document.objects.filter(pk=filed.pk).update(title="Otra")
    body = browse("archivista").get(f"/custodia/documentos/{filed.pk}/recibo/").content.decode()
    assert "no corresponde a los datos" in body
    assert "Vigente" not in body


@pytest.mark.rule("C2")
@pytest.mark.criterion(2)
def test_a_gesture_tells_only_what_its_reader_reads_and_how_many_there_were_to_its_filer_alone(
    browse: Any, cast: dict[str, Any], expediente: Expediente, gesture: uuid.UUID
) -> None:
    hidden = Document.objects.filter(batch=gesture).order_by("order")[1]
    for piece in Document.objects.filter(batch=gesture):
        factories.give_level(
            piece, Level.RESERVED if piece == hidden else Level.RESTRICTED, cast["custodia"], cast["jefatura"]
        )
    filer, other = (json.loads(browse(login).get(f"/custodia/lotes/{gesture}/recibo.json").content)["receipt"]
                    for login in ("archivista", "jefatura"))  # fmt: skip
    assert (filer["count"], filer["filed"]) == (2, 3)
    assert (other["count"], "filed" in other) == (2, False)
    assert str(hidden.pk) not in json.dumps([filer, other])
    assert "Cubre 2 de los 3" in browse("archivista").get(f"/custodia/lotes/{gesture}/recibo/").content.decode()
    said = browse("jefatura").get(f"/custodia/lotes/{gesture}/recibo/").content.decode()
    assert "2 documentos de un mismo envío que usted puede leer" in said
    assert hidden.radicado not in said
    assert browse("ajeno").get(f"/custodia/lotes/{gesture}/recibo.pdf").status_code == 404


@pytest.mark.rule("C2")
def test_signing_a_gesture_leaves_its_event_and_asking_for_its_head_none(browse: Any, gesture: uuid.UUID) -> None:
    client = browse("archivista")
    client.head(f"/custodia/lotes/{gesture}/recibo.json")
    assert not LedgerEvent.objects.filter(action="batch.receipt").exists()
    same = {client.get(f"/custodia/lotes/{gesture}/recibo.pdf").content for _ in range(2)}
    assert len(same) == 1
    event = LedgerEvent.objects.filter(action="batch.receipt").first()
    assert event is not None
    assert (event.actor, event.object_id) == ("archivista", str(gesture))
    assert json.loads(event.payload)["facts"]["count"] == 3


@pytest.mark.rule("C8")
def test_a_linked_duplicate_names_its_twin_to_whom_may_read_it(
    browse: Any, cast: dict[str, Any], expediente: Expediente, filed: Document
) -> None:
    again = filing.file_document(
        actor=cast["archivista"], expediente=expediente, upload=factories.upload(CONTENT),
        metadata=factories.metadata(),
        duplicate=DuplicateDecision("link"),
    )  # fmt: skip
    linked = Document.objects.get(pk=again.document)
    address = f"/custodia/documentos/{linked.pk}/recibo"
    assert f"Vinculado con el radicado {filed.radicado}" in browse("archivista").get(f"{address}/").content.decode()
    factories.give_level(filed, Level.RESERVED, cast["custodia"], cast["jefatura"])
    factories.give_level(linked, Level.PUBLIC, cast["custodia"], cast["jefatura"])
    client = browse("jefatura")
    answers = [client.get(address + kind).content for kind in ("/", ".pdf", ".json")]
    assert not [answer for answer in answers if filed.radicado.encode() in answer]
    assert filed.radicado not in text_of(answers[1])


def test_a_gesture_costs_the_same_questions_whatever_its_size(browse: Any, cast: Any, expediente: Expediente) -> None:
    counts = []
    for size in (2, 6):
        batch, client = uuid.uuid4(), browse("archivista")
        for _ in range(size):
            factories.insert_piece(cast["archivista"], expediente, Level.PUBLIC, batch=batch)
        for kind in ("/", ".json", ".pdf"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"/custodia/lotes/{batch}/recibo{kind}").status_code == 200
            counts.append((kind, len(asked)))
    assert counts[:3] == counts[3:]


# Keys -----------------------------------------------------------------------------------------------------


@pytest.fixture
def own_key(settings: Any, tmp_path: Path) -> Path:
    """A key of this test alone: rotating must not touch the one other tests sign with."""
    file = tmp_path / "keys" / "llave.pem"
    settings.RECORDS = {**settings.RECORDS, "SIGNING_KEY": file}
    signing.ensure_key()
    return file


@pytest.mark.rule("C2")
def test_staff_read_the_public_keys_and_another_program_understands_them(browse: Any, filed: Document) -> None:
    used = signing.signer()
    body = browse("ajeno").get("/custodia/llave/").content.decode()
    assert signing.fingerprint_of(used.public_key) in body.replace(" ", "")
    pem = browse("ajeno").get(f"/custodia/llave/{used.key_id}.pem").content
    key = load_pem_public_key(pem)
    assert isinstance(key, Ed25519PublicKey)
    proof = proof_of(Document.objects.get(pk=filed.pk))
    key.verify(base64.b64decode(proof["signature"]), rfc8785.dumps(proof["receipt"]))
    assert b"PRIVATE" not in pem
    assert browse("ajeno").get("/custodia/llave/0000000000000000.pem").status_code == 404


@pytest.mark.rule("C2")
def test_after_a_rotation_new_receipts_have_the_new_key_and_old_ones_still_hold(
    browse: Any, cast: dict[str, Any], expediente: Expediente, own_key: Path
) -> None:
    before = factories.file_piece(cast["archivista"], expediente)
    old = signing.signer().key_id
    call_command("rotate_signing_key")
    after = factories.file_piece(cast["archivista"], expediente)
    new = signing.signer().key_id
    assert (before.receipt_key, after.receipt_key) == (old, new)
    assert old != new
    assert own_key.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in own_key.parent.iterdir()] == [own_key.name]
    assert all(holds(proof_of(Document.objects.get(pk=piece.pk))) for piece in (before, after))
    assert "Vigente" in browse("archivista").get(f"/custodia/documentos/{before.pk}/recibo/").content.decode()
    event = LedgerEvent.objects.get(action="key.rotated")
    assert json.loads(event.payload)["facts"] == {"from": old, "to": new}
    assert {old, new} <= set(SigningKey.objects.values_list("pk", flat=True))


@pytest.mark.rule("K8")
def test_without_a_key_nothing_is_filed_and_receipts_are_still_read(
    browse: Any, cast: dict[str, Any], expediente: Expediente, own_key: Path
) -> None:
    filed = factories.file_piece(cast["archivista"], expediente)
    assert conf.signing_key() == own_key
    own_key.unlink()
    with pytest.raises(signing.SigningKeyUnavailable):
        factories.file_piece(cast["archivista"], expediente)
    assert Document.objects.count() == 1
    client = browse("archivista")
    assert client.get(f"/custodia/documentos/{filed.pk}/recibo.json").status_code == 200
    assert client.get(f"/custodia/documentos/{filed.pk}/recibo.pdf").status_code == 200
    assert "Vigente" in client.get(f"/custodia/documentos/{filed.pk}/recibo/").content.decode()
