"""What was held, told from the bytes alone: the database is neither opened nor needed (criterion 31)."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as live

from records.fixity import care
from records.indexes import certificates, signatures
from records.indexes.covers import parsed
from records.models import Document, Expediente
from records.services import rescue
from records.services.indexes import issue_index
from records.storage.filesystem import FilesystemStore
from records.vocabulary import Level
from tests import factories, lives

Lines = list[dict[str, Any]]


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Path:
    """A store and a copy of this test alone; the store's folder."""
    backend = settings.RECORDS["STORE"]["BACKEND"]
    store, copy = ({"BACKEND": backend, "OPTIONS": {"root": tmp_path / name}} for name in ("store", "copies"))
    settings.RECORDS = {**settings.RECORDS, "STORE": store, "COPIES": {"copies": copy}}
    return tmp_path / "store"


@pytest.fixture
def shelf(root: Path, cast: dict[str, Any], expediente: Expediente) -> list[Document]:
    """Two pieces under a second index, one filed since, and the copies of all."""
    actor = cast["archivista"]
    first = lives.registered(cast, expediente, Level.PUBLIC, title="Convenio suscrito", pages=3)
    issue_index(actor=actor, expediente=expediente)
    second = lives.registered(cast, expediente, Level.RESERVED, title="Fórmula secreta")
    issue_index(actor=actor, expediente=expediente)
    since = factories.file_piece(actor, expediente, b"llego despues")
    care.care_now()
    return [first, second, since]


def told(*roots: Path, signers: tuple[str, ...] = ()) -> tuple[rescue.Rescued, Lines]:
    sink = io.StringIO()
    known = signers or (certificates.credential().fingerprint,)
    found = rescue.rescue(roots, known, sink, lambda _done, _total: None)
    return found, [json.loads(line) for line in sink.getvalue().splitlines()]


def spoil(root: Path, piece: Document) -> None:
    file = root / piece.blob_id[:2] / piece.blob_id
    file.chmod(0o600)
    file.write_bytes(b"otra cosa")


@pytest.mark.criterion(31)
@pytest.mark.requirement("B10")
def test_the_last_index_of_each_expediente_tells_its_pieces_and_the_rest_is_bytes(
    root: Path, shelf: list[Document], expediente: Expediente
) -> None:
    found, lines = told(root)
    named, rest = lines[:2], lines[2:]
    assert [(line["expediente"], line["index"], line["order"], line["name"], line["state"]) for line in named] == [
        (expediente.code, 2, "1", "Convenio suscrito", "present"),
        (expediente.code, 2, "2", "Fórmula secreta", "present"),
    ]  # fmt: skip
    assert [(line["id"], line["sha256"]) for line in named] == [(str(one.pk), one.blob_id) for one in shelf[:2]]
    assert [(line["sha256"], line["state"]) for line in rest] == [(shelf[2].blob_id, "unnamed")], "only its bytes"
    assert (found.expedientes, found.pieces, found.missing, found.altered, found.foreign) == (1, 2, 0, [], {})


@pytest.mark.criterion(31)
@pytest.mark.rule("K2")
def test_what_one_place_lost_the_other_tells_and_what_both_lost_is_named(root: Path, shelf: list[Document]) -> None:
    copies = root.with_name("copies")
    spoil(root, shelf[0])
    assert told(root)[0].altered == [shelf[0].blob_id]
    found, lines = told(root, copies)
    assert (found.altered, found.missing, lines[0]["state"]) == ([], 0, "present")
    spoil(copies, shelf[0])
    found, lines = told(root, copies)
    assert (found.altered, found.missing, lines[0]["state"]) == ([shelf[0].blob_id], 1, "missing")


@pytest.mark.criterion(31)
def test_a_cover_that_somebody_else_signed_is_believed_only_when_named(
    root: Path, shelf: list[Document], cast: dict[str, Any], expediente: Expediente
) -> None:
    """A piece of which the bytes are a cover like ours, of another hand: it tells nothing of the expediente."""
    issued = expediente.indexes.latest("number")
    store = FilesystemStore(root)
    with store.open(issued.cover_id) as source:
        forged = parsed(source.read())
    forged.remove(forged.find(signatures.SIGNATURE))
    number = next(one for one in forged if one.tag.endswith("NumeroIndice"))
    number.text = "9"
    key = ec.generate_private_key(ec.SECP256R1())
    hand = certificates.Credential(key, (certificates.self_signed(key),))
    signed = io.BytesIO(signatures.as_bytes(signatures.sign(forged, hand)))
    store.keep(store.stage(signed, limit=10**6))
    found, lines = told(root)
    assert found.foreign == {hand.fingerprint: 1}
    assert {line["index"] for line in lines if "index" in line} == {2}
    assert {line["index"] for line in told(root, signers=(hand.fingerprint,))[1] if "index" in line} == {9}


@pytest.mark.criterion(31)
def test_the_command_opens_no_database(root: Path, shelf: list[Document], tmp_path: Path) -> None:
    out = tmp_path / "relacion.jsonl"
    home = tmp_path / "casa"
    home.mkdir(mode=0o700)
    for name in ("store", "copies"):
        root.with_name(name).rename(home / name)
    environment = {
        "PATH": os.environ["PATH"], "CUSTODIA_HOME": str(home), "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/none"
    }  # fmt: skip
    words = ("list_without_database", "--out", str(out), "--signer", certificates.credential().fingerprint, "--json")
    ran = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=live.ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert (json.loads(ran.stdout)["pieces"], out.stat().st_mode & 0o777) == (2, 0o600)
    assert [json.loads(line)["name"] for line in out.read_text().splitlines()[:2]] == [
        "Convenio suscrito", "Fórmula secreta",
    ]  # fmt: skip
