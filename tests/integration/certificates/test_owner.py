"""Who owns the database takes a piece out, or puts it in another place: no certificate says that all is well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from records.certificates import verify
from records.certificates.issue import issue_certificate
from records.certificates.scope import of_expediente
from records.errors import IntegrityFailure
from records.models import Document, Expediente
from records.services import placements
from tests import factories
from tests.hands_in_the_database import rewrite, take_out
from tests.integration.certificates.tampering import blamed, report_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_witness"),
    pytest.mark.beyond(12),
    pytest.mark.criterion(12),
]


def certified(cast: dict[str, Any], expediente: Expediente, tmp_path: Path, *, with_bytes: bool) -> bytes:
    target = tmp_path / "certificado.zip"
    scope = of_expediente(cast["custodia"], Expediente.objects.get(pk=expediente.pk))
    issue_certificate(actor=cast["custodia"], scope=scope, with_bytes=with_bytes, target=target)
    return target.read_bytes()


@pytest.mark.parametrize("with_bytes", [True, False])
def test_a_piece_in_another_place_is_named(
    cast: dict[str, Any], expediente: Expediente, pieces: list[Document], tmp_path: Path, with_bytes: bool
) -> None:
    rewrite(pieces[2], order=99)
    rewrite(pieces[1], order=3)
    rewrite(pieces[2], order=2)
    named = blamed(certified(cast, expediente, tmp_path, with_bytes=with_bytes))
    assert len(named) == 2
    assert all(piece.radicado in " ".join(named) for piece in pieces[1:])


@pytest.mark.parametrize("with_bytes", [True, False])
def test_other_folios_are_named(
    cast: dict[str, Any], expediente: Expediente, pieces: list[Document], tmp_path: Path, with_bytes: bool
) -> None:
    rewrite(pieces[2], folio_first=7, folio_last=9)
    (named,) = blamed(certified(cast, expediente, tmp_path, with_bytes=with_bytes))
    assert pieces[2].radicado in named


@pytest.mark.parametrize("which", [0, 1, 2])
def test_what_was_taken_out_is_never_certified_away(
    cast: dict[str, Any], expediente: Expediente, pieces: list[Document], tmp_path: Path, which: int
) -> None:
    take_out(pieces[which])
    with pytest.raises(IntegrityFailure) as refusal:
        certified(cast, expediente, tmp_path, with_bytes=True)
    assert (refusal.value.code, refusal.value.facts["documents"]) == ("pieces_gone", [str(pieces[which].pk)])
    assert not (tmp_path / "certificado.zip").exists()


@pytest.mark.parametrize("which", [0, 1])
def test_an_outsider_sees_the_gap_by_herself(
    cast: dict[str, Any], expediente: Expediente, pieces: list[Document], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, which: int,
) -> None:  # fmt: skip
    """Also where whoever issues it does not look: the order of what is left does not follow."""
    take_out(pieces[which])
    monkeypatch.setattr("records.certificates.issue.ids_filed", lambda _expediente: [])
    assert blamed(certified(cast, expediente, tmp_path, with_bytes=False)) == {verify.SUMMARY}


def test_a_received_piece_takes_its_place_and_leaves_no_gap(
    cast: dict[str, Any], expediente: Expediente, pieces: list[Document], tmp_path: Path
) -> None:
    other = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-002")
    lent = factories.file_piece(cast["archivista"], other, b"De otro expediente\n")
    placements.place_document(actor=cast["archivista"], document=lent, expediente=expediente, reason="Consta en ambos")
    factories.file_piece(cast["archivista"], Expediente.objects.get(pk=expediente.pk), b"Despues\n")
    report = report_of(certified(cast, expediente, tmp_path, with_bytes=True))
    assert not report.faults
    assert [piece["order"] for piece in report.summary["pieces"]] == [1, 2, 3, 5]
