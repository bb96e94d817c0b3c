"""Receipts forged by who owns the database: the ledger's event of the filing tells them from those that were given."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from records import audit, signing
from records.models import Document, Expediente, SigningKey
from records.services import filing, fixity, receipts
from records.vocabulary import Level
from tests import factories


def forge(piece: Document) -> signing.Signer:
    """Another title and day, signed anew with a key that the database was made to know."""
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    forger = signing.Signer(private, signing.key_id_of(raw), base64.b64encode(raw).decode())
    SigningKey.objects.create(key_id=forger.key_id, public_key=forger.public_key, since=piece.filed_at)
    piece.title, piece.date = "Otra cosa que nunca se radicó", datetime.date(2026, 1, 1)
    receipts.sign(piece, forger)
    changed = {name: getattr(piece, name) for name in ("title", "date", "receipt_key", "receipt_signature")}
    Document.objects.filter(pk=piece.pk).update(**changed)
    return forger


def tell_again(piece: Document) -> None:
    """An event more, of the receipt as it is now."""
    audit.record_each("document.filed", actor=piece.filed_by, subjects=[(piece, filing.evidence(piece))])


FORGERIES: dict[str, Callable[[Document], object]] = {
    "signed anew": lambda piece: None,
    "told again": tell_again,
    "signature removed": lambda piece: Document.objects.filter(pk=piece.pk).update(
        receipt_signature="", receipt_key=""
    ),
}


@pytest.mark.rule("C2")
@pytest.mark.criterion(11)
@pytest.mark.parametrize("how", sorted(FORGERIES))
def test_a_receipt_that_was_signed_anew_is_named_and_never_called_good(
    browse: Any, cast: dict[str, Any], expediente: Expediente, how: str
) -> None:
    pieces = [factories.file_piece(cast["archivista"], expediente) for _number in range(3)]
    with factories.behind_the_product():
        forger = forge(pieces[1])
        FORGERIES[how](pieces[1])
    assert fixity.verify_custody().findings == [{"document": str(pieces[1].pk), "problem": "receipt_altered"}]
    body, other = (
        browse("archivista").get(f"/custodia/documentos/{piece.pk}/recibo/").content.decode() for piece in pieces[1:]
    )
    assert "no corresponde a los datos" in body
    assert "no corresponde a los datos" not in other
    assert forger.key_id not in browse("ajeno").get("/custodia/llave/").content.decode()
    assert browse("ajeno").get(f"/custodia/llave/{forger.key_id}.pem").status_code == 404


@pytest.mark.rule("C2")
def test_a_piece_put_there_with_an_event_of_its_own_has_no_key_that_anything_vouches_for(
    browse: Any, cast: dict[str, Any], expediente: Expediente
) -> None:
    factories.file_piece(cast["archivista"], expediente)
    false = factories.insert_piece(cast["archivista"], expediente, Level.PUBLIC)
    with factories.behind_the_product():
        forge(false)
        tell_again(false)
    assert fixity.verify_custody().findings == [{"document": str(false.pk), "problem": "receipt_altered"}]
    body = browse("archivista").get(f"/custodia/documentos/{false.pk}/recibo/").content.decode()
    assert "no corresponde a los datos" in body
