"""Certificates as they are issued: what they hold, to whom, and that they prove themselves without the server."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from records import signing, storage
from records.certificates import verify
from records.certificates.issue import Issued, issue_certificate
from records.certificates.scope import of_document, of_expediente
from records.errors import IntegrityFailure
from records.fixity import care
from records.ledger import merkle
from records.ledger.proving import Gathered, gathered
from records.models import Document, Expediente, LedgerEvent
from records.services import indexes, keys
from tests import factories
from tests.integration.certificates.tampering import apart, blamed, changed, flipped, together


def checked(path: Path) -> verify.Report:
    with path.open("rb") as source:
        return verify.check(source)


@pytest.mark.beyond(12)
@pytest.mark.requirement("B6")
def test_a_certificate_proves_itself_offline(issued: tuple[Path, Issued]) -> None:
    path, told = issued
    report = checked(path)
    assert not report.faults, report.faults
    assert told.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[-1] == verify.SEAL


def asked(*words: str) -> tuple[int, Any]:
    """Exit status and JSON document of the command."""
    said = io.StringIO()
    try:
        call_command("issue_certificate", *words, "--json", stdout=said)
    except SystemExit as end:
        return int(end.code or 0), json.loads(said.getvalue())
    return 0, json.loads(said.getvalue())


@pytest.mark.usefixtures("own_witness")
def test_the_command_says_file_and_digest(expediente: Expediente, pieces: list[Document], tmp_path: Path) -> None:
    target = tmp_path / "expediente.zip"
    status, told = asked("--expediente", expediente.code, "--as", "custodia", "--out", str(target))
    assert (status, told["ok"], told["file"]) == (0, True, str(target))
    assert told["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert not checked(target).faults
    one = tmp_path / "pieza.zip"
    asked("--document", str(pieces[2].pk), "--as", "custodia", "--out", str(one))
    report = checked(one)
    assert not report.faults
    assert [piece["document"] for piece in report.summary["pieces"]] == [str(pieces[2].pk)]
    told_of = {json.loads(line)["object_id"] for line in dict(apart(one.read_bytes()))[verify.EVENTS].splitlines()}
    assert told_of == {str(pieces[2].pk)}, "a certificate of a piece tells of no other"


@pytest.mark.usefixtures("own_witness")
def test_the_command_refuses_and_leaves_no_file(expediente: Expediente, pieces: list[Document], tmp_path: Path) -> None:
    target = tmp_path / "no.zip"
    for login, code in (("archivista", "access_denied"), ("ajeno", "not_found"), ("nadie", "unknown_person")):
        status, told = asked("--expediente", expediente.code, "--as", login, "--out", str(target))
        assert (status, told["ok"], told["error"]["code"]) == (1, False, code)
    assert asked("--document", "no-es-un-id", "--as", "custodia", "--out", str(target))[0] == 1
    assert not target.exists()
    target.write_bytes(b"de otro")
    assert asked("--expediente", expediente.code, "--as", "custodia", "--out", str(target))[0] == 2
    assert target.read_bytes() == b"de otro"


@pytest.mark.usefixtures("own_witness")
def test_a_ledger_that_was_rewritten_is_never_certified(
    expediente: Expediente, pieces: list[Document], tmp_path: Path
) -> None:
    victim = LedgerEvent.objects.filter(object_id=str(pieces[0].pk)).earliest("index")
    with factories.behind_the_product():
        LedgerEvent.objects.filter(pk=victim.pk).update(payload=victim.payload.replace('"order":1', '"order":9'))
    target = tmp_path / "no.zip"
    status, told = asked("--expediente", expediente.code, "--as", "custodia", "--out", str(target))
    assert (status, told["error"]["code"]) == (1, "ledger_altered")
    assert not target.exists()
    assert not LedgerEvent.objects.filter(action="certificate.issued").exists()


@pytest.mark.usefixtures("own_witness")
def test_a_key_that_was_rotated_stays_good(
    cast: dict[str, Any], expediente: Expediente, pieces: list[Document], settings: Any, tmp_path: Path
) -> None:
    key = tmp_path / "keys" / "llave.pem"
    settings.RECORDS = {**settings.RECORDS, "SIGNING_KEY": key}
    signing.ensure_key()
    first = factories.file_piece(cast["archivista"], expediente, b"firmada con la primera\n")
    keys.rotate()
    factories.file_piece(cast["archivista"], expediente, b"firmada con la segunda\n")
    target = tmp_path / "rotada.zip"
    issued = issue_certificate(
        actor=cast["custodia"], scope=of_expediente(cast["custodia"], expediente), with_bytes=True, target=target
    )
    assert not checked(target).faults
    assert issued.key == signing.signer().key_id != first.receipt_key


def test_proofs_of_one_pass_are_those_of_the_whole_tree() -> None:
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(70)]
    for size in (1, 2, 3, 7, 8, 33, 64, 70):
        tree, wanted = merkle.Tree(leaves[:size]), list(range(0, size, 3))
        found = gathered(leaves[:size], wanted, size)
        assert found.root() == tree.root()
        assert all(found.inclusion(index) == tree.inclusion(index, size) for index in wanted)
        for first in range(1, size + 1):
            begun = merkle.Frontier()
            for leaf in leaves[:first]:
                begun.append(leaf)
            grown = Gathered(begun)
            for leaf in leaves[first:size]:
                grown.append(leaf)
            path = grown.consistency(first)
            assert path == tree.consistency(first, size)
            assert verify.is_consistent(first, size, path, tree.root(first), tree.root())
            assert first == size or grown.inclusion(size - 1) == tree.inclusion(size - 1, size)


@pytest.mark.usefixtures("own_witness")
@pytest.mark.rule("U5")
def test_an_index_goes_along_with_all_the_pieces_it_names(
    cast: dict[str, Any],
    expediente: Expediente,
    pieces: list[Document],
    tmp_path: Path,
) -> None:
    issued = indexes.issue_index(actor=cast["archivista"], expediente=expediente)
    custodian, of_all = cast["custodia"], of_expediente(cast["custodia"], expediente)
    for name, scope, with_bytes, wanted in (
        ("todo.zip", of_all, True, True),
        ("huellas.zip", of_all, False, False),
        ("pieza.zip", of_document(custodian, pieces[0]), True, False),
    ):
        issue_certificate(actor=custodian, scope=scope, with_bytes=with_bytes, target=tmp_path / name)
        report = checked(tmp_path / name)
        assert not report.faults
        assert ((verify.LEFT, verify.COVER) in {line[:2] for line in report.lines}) is wanted, name
    entries = dict(apart((tmp_path / "todo.zip").read_bytes()))
    assert [hashlib.sha256(entries[name]).hexdigest() for name in (verify.INDEX, verify.COVER)] == [
        issued.file_id, issued.cover_id,
    ]  # fmt: skip
    for name in (verify.INDEX, verify.COVER):
        forged = changed(apart((tmp_path / "todo.zip").read_bytes()), name, flipped)
        assert name in blamed(together(forged))


# Bytes that the store has wrong -------------------------------------------------------------------------------


@pytest.fixture
def copied(settings: Any, tmp_path: Path) -> Path:
    """A store and a copy of this test alone; the folder of the copy."""
    backend, root = settings.RECORDS["STORE"]["BACKEND"], tmp_path / "copies"
    settings.RECORDS = {
        **settings.RECORDS,
        "STORE": {"BACKEND": backend, "OPTIONS": {"root": tmp_path / "store"}},
        "COPIES": {"copies": {"BACKEND": backend, "OPTIONS": {"root": root}}},
    }
    return root


HARM: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "altered": lambda file: file.write_bytes(b"otros bytes"),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "no file": lambda file: (file.unlink(), file.mkdir()),
}


@pytest.mark.rule("K1", "K2")
@pytest.mark.usefixtures("own_witness")
@pytest.mark.parametrize("harm", HARM)
def test_damaged_bytes_are_certified_from_the_copy_that_has_them_right_and_it_is_told(
    copied: Path, cast: dict[str, Any], expediente: Expediente, pieces: list[Document], tmp_path: Path, harm: str
) -> None:
    care.care_now()
    file = storage.store().path_of(pieces[1].blob_id)
    file.chmod(0o600)
    HARM[harm](file)
    scope, target = of_expediente(cast["custodia"], expediente), tmp_path / "todo.zip"
    issue_certificate(actor=cast["custodia"], scope=scope, with_bytes=True, target=target)
    assert not checked(target).faults
    assert "Pieza 1: «texto»\n".encode() in dict(apart(target.read_bytes())).values()
    facts = json.loads(LedgerEvent.objects.get(action="certificate.issued").payload)["facts"]
    assert facts["mended"] == [str(pieces[1].pk)]
    left = LedgerEvent.objects.filter(action="document.exported")
    told = {event.object_id: json.loads(event.payload)["facts"].get("mended") for event in left}
    assert told == {str(piece.pk): True if piece == pieces[1] else None for piece in pieces}
    found = LedgerEvent.objects.filter(object_id=str(pieces[1].pk), action__in=("custody.mended", "custody.damaged"))
    assert found.count() == 1


@pytest.mark.rule("K1")
@pytest.mark.usefixtures("own_witness")
def test_bytes_that_are_right_nowhere_are_not_certified(
    copied: Path, cast: dict[str, Any], expediente: Expediente, pieces: list[Document], tmp_path: Path
) -> None:
    care.care_now()
    for root in (tmp_path / "store", copied):
        file = root / pieces[1].blob_id[:2] / pieces[1].blob_id
        file.chmod(0o600)
        file.write_bytes(b"otros bytes")
    target = tmp_path / "no.zip"
    with pytest.raises(IntegrityFailure) as refusal:
        issue_certificate(
            actor=cast["custodia"], scope=of_expediente(cast["custodia"], expediente), with_bytes=True, target=target
        )
    assert refusal.value.facts["document"] == str(pieces[1].pk)
    assert not target.exists()
    assert not LedgerEvent.objects.filter(action="certificate.issued").exists()
