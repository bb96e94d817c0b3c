"""Criterion 20: a signed PDF stays intact through everything the house does with it, from filing to download."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest

pytest.importorskip("pyhanko", reason="pyHanko is not installed here")

from records import parsing, storage
from records.models import Expediente
from records.services import reading, renditions, signatures, viewing
from tests import factories
from tests.unit.parsing import signing
from tests.unit.parsing.typeset import with_its_font

PDF = "application/pdf"


def ordinary() -> bytes:
    return signing.sign(with_its_font("Acta"))


def twice() -> bytes:
    return signing.sign(signing.sign(with_its_font("Acta"), stamped=True), signing.another_person(), field="Firma2")


def archival() -> bytes:
    return signing.sign(with_its_font("Uno", "Dos"), archival=True, crls=[signing.revocation_list()])


@pytest.mark.criterion(20)
@pytest.mark.rule("C4", "C7")
@pytest.mark.parametrize("make", [ordinary, twice, archival])
def test_a_signed_pdf_is_the_same_bytes_and_holds_after_all_that_is_done_with_it(
    cast: dict[str, Any], expediente: Expediente, make: Any
) -> None:
    data = make()
    actor = cast["archivista"]
    document = factories.file_piece(actor, expediente, data, "acta firmada.pdf")
    stored = storage.store().path_of(document.blob_id)
    assert reading.read_document(document.pk) == "read"
    assert viewing.page_image(actor=actor, document=document, number=1)
    assert viewing.page_image(actor=actor, document=document, number=1, sharp=True)
    assert viewing.thumbnail(actor=actor, document=document, number=1)
    assert renditions.make_pdfa(document.pk) == "made"
    assert signatures.check_signatures(document.pk) == "checked"
    assert parsing.attachments(stored, PDF).parts == ()
    with viewing.open_original(actor=actor, document=document) as download:
        given = download.read()
    assert given == data
    assert document.blob_id == hashlib.sha256(data).hexdigest()
    assert judged(stored) == judged_before(data)
    assert all(valid and trusted and not changed for _, valid, trusted, changed in judged(stored))


def judged(path: Any) -> list[tuple[str, bool, bool, bool]]:
    report = parsing.signatures(path, signing.authority().pem, signing.NOW)
    return [(item.signer, item.valid, item.trusted, item.changed_after) for item in report.signatures]


def judged_before(data: bytes) -> list[tuple[str, bool, bool, bool]]:
    import tempfile

    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return judged(file.name)


@pytest.mark.criterion(20)
def test_a_signed_pdf_that_was_changed_before_it_came_is_kept_as_it_came_and_the_change_is_known(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    data = signing.changed_later(ordinary())
    document = factories.file_piece(cast["archivista"], expediente, data, "acta.pdf")
    with viewing.open_original(actor=cast["archivista"], document=document) as download:
        assert io.BytesIO(download.read()).getvalue() == data
    assert judged(storage.store().path_of(document.blob_id)) == [("Ana Peña Gómez", False, True, True)]
