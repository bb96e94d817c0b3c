"""A time-stamp each day on the ledger's head: kept here and outside, and checked by the verifier (K5)."""

from __future__ import annotations

import datetime
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from records import clock
from records.certificates import verify
from records.certificates.issue import issue_certificate
from records.certificates.scope import of_expediente
from records.indexes import stamps
from records.ledger import checkpoints, rollback, stamping, witness
from records.ledger.verification import verify_ledger
from records.models import Checkpoint, Expediente, HeadStamp, LedgerEvent
from tests import authority as authorities
from tests import factories
from tests.authority import Authority
from tests.factories import behind_the_product
from tests.integration.certificates.tampering import apart, blamed, changed, flipped, report_of, together
from tests.integration.records.test_index_stamps import configure
from tests.integration.records.test_ledger import found, write

pytestmark = [pytest.mark.django_db, pytest.mark.rule("K5")]


@pytest.fixture(scope="module")
def serving() -> Iterator[Authority]:
    with authorities.serving(datetime.datetime.now(datetime.UTC)) as authority:
        yield authority


@pytest.fixture
def authority(serving: Authority, settings: Any, tmp_path: Path) -> Authority:
    serving.behaves = "well"
    settings.RECORDS = {**settings.RECORDS, "WITNESS": tmp_path / "witness"}
    configure(settings, AUTHORITY=serving.address)
    return serving


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "witness" / witness.STAMPS


def trust(settings: Any, tmp_path: Path, pem: bytes) -> Path:
    roots = tmp_path / "raices.pem"
    roots.write_bytes(pem)
    settings.RECORDS = {**settings.RECORDS, "SIGNATURE_ROOTS": roots}
    return roots


def test_one_head_a_day_is_stamped(cast: dict[str, Any], authority: Authority) -> None:
    day = clock.now().replace(hour=17)  # midday in Bogotá
    for hours, expected in ((0, 1), (1, 1), (24, 2), (25, 2), (48, 3)):
        with clock.at(day + datetime.timedelta(hours=hours)):
            write(cast["archivista"], 2)
            stamping.stamp_if_due()
            stamping.stamp_if_due()
        assert HeadStamp.objects.count() == expected, hours
    with clock.at(day + datetime.timedelta(hours=72)):
        stamping.stamp_if_due()
    assert HeadStamp.objects.count() == 3, "nothing happened: the head has its stamp"
    assert verify_ledger().stamps == 3


def test_nothing_is_asked_where_no_authority_is_configured(cast: dict[str, Any], settings: Any) -> None:
    write(cast["archivista"], 2)
    stamping.stamp_if_due()
    assert not HeadStamp.objects.exists()


@pytest.mark.parametrize("behaviour", ["refuses", "another", "page"])
def test_an_authority_that_gives_none_is_asked_again(
    cast: dict[str, Any], authority: Authority, outside: Path, behaviour: str
) -> None:
    authority.behaves = behaviour
    write(cast["archivista"], 2)
    stamping.stamp_if_due()
    assert Checkpoint.objects.exists(), "the head itself waits for nobody"
    assert not HeadStamp.objects.exists()
    assert not list(outside.glob("*"))
    authority.behaves = "well"
    stamping.stamp_if_due()
    assert HeadStamp.objects.count() == 1


def test_anybody_checks_it_with_openssl_alone(
    cast: dict[str, Any], authority: Authority, outside: Path, settings: Any, tmp_path: Path
) -> None:
    write(cast["archivista"], 3)
    stamping.stamp_if_due()
    (token,) = outside.glob("*.tsr")
    roots = trust(settings, tmp_path, authority.pki.root_pem)
    told = token.with_suffix(".json")
    ends = ("-in", str(token), "-data", str(told), "-CAfile", str(roots))
    command = ["openssl", "ts", "-verify", "-token_in", *ends]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert found(verify_ledger()) == []
    told.write_bytes(flipped(told.read_bytes()))
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert found(verify_ledger()) == [(-1, "stamp")]


def test_the_verifier_names_what_was_done_to_a_stamp(
    cast: dict[str, Any], authority: Authority, outside: Path, settings: Any, tmp_path: Path
) -> None:
    write(cast["archivista"], 3)
    stamping.stamp_if_due()
    trust(settings, tmp_path, authorities.make_pki(clock.now()).root_pem)
    assert found(verify_ledger()) == [(-1, "stamp_untrusted")], "another's authority proves nothing"
    trust(settings, tmp_path, authority.pki.root_pem)
    (row,) = HeadStamp.objects.all()
    for change in ({"at": row.at - datetime.timedelta(days=9)}, {"token": flipped(bytes(row.token))}):
        with pytest.raises(DatabaseError), transaction.atomic():
            HeadStamp.objects.update(**change)
        with behind_the_product():
            HeadStamp.objects.update(**change)
        assert (-1, "stamp") in found(verify_ledger())
        with behind_the_product():
            HeadStamp.objects.update(at=row.at, token=bytes(row.token))
        assert found(verify_ledger()) == []
    with behind_the_product():
        HeadStamp.objects.all().delete()
    assert found(verify_ledger()) == [(-1, "stamp_removed")]


def test_a_copy_outside_that_was_cut_short_is_made_again(
    cast: dict[str, Any], authority: Authority, outside: Path
) -> None:
    write(cast["archivista"], 3)
    stamping.stamp_if_due()
    (token,) = outside.glob("*.tsr")
    kept = token.read_bytes()
    token.unlink()
    write(cast["archivista"], 3)
    head = checkpoints.issue(checkpoints.REQUEST)
    assert head is not None
    stamping.stamp(head)
    assert token.read_bytes() == kept
    assert len(list(outside.glob("*.tsr"))) == 2


def test_a_certificate_carries_the_stamp_of_its_head(
    cast: dict[str, Any], authority: Authority, expediente: Expediente, tmp_path: Path
) -> None:
    factories.file_piece(cast["archivista"], expediente, b"Acta de inicio\n")
    target = tmp_path / "certificado.zip"
    issue_certificate(
        actor=cast["custodia"], scope=of_expediente(cast["custodia"], expediente), with_bytes=True, target=target
    )
    entries = apart(target.read_bytes())
    held = dict(entries)
    stamp = stamps.read(held[verify.STAMP], hashlib.sha256(held[verify.HEAD]).digest())
    assert stamp.holds
    report = report_of(target.read_bytes())
    assert not report.faults
    assert [line[0] for line in report.lines if line[1] == verify.STAMP] == [verify.GOOD, verify.LEFT]
    assert blamed(together(changed(entries, verify.STAMP, flipped))) == {verify.STAMP}


def test_a_certificate_is_issued_while_the_authority_is_away(
    cast: dict[str, Any], authority: Authority, expediente: Expediente, tmp_path: Path
) -> None:
    authority.behaves = "page"
    factories.file_piece(cast["archivista"], expediente, b"Acta de inicio\n")
    target = tmp_path / "certificado.zip"
    issue_certificate(
        actor=cast["custodia"], scope=of_expediente(cast["custodia"], expediente), with_bytes=True, target=target
    )
    assert verify.STAMP not in dict(apart(target.read_bytes()))
    assert not report_of(target.read_bytes()).faults


@pytest.mark.criterion(13)
def test_stamps_of_a_past_that_was_lost_go_aside_with_their_heads(
    cast: dict[str, Any], expediente: Expediente, authority: Authority, outside: Path
) -> None:
    write(cast["archivista"], 3)
    checkpoints.issue(checkpoints.SCHEDULE)
    kept = LedgerEvent.objects.count()
    write(cast["archivista"], 3)
    stamping.stamp_if_due()
    with behind_the_product():
        HeadStamp.objects.all().delete()
        LedgerEvent.objects.filter(index__gte=kept).delete()
        Checkpoint.objects.filter(size__gt=kept).delete()
    assert (-1, "stamp_removed") in found(verify_ledger())
    rollback.acknowledge(actor=cast["jefatura"], reason="Falló el disco")
    assert found(verify_ledger()) == []
    assert len(list((outside.parent / rollback.ASIDE / "0001" / witness.STAMPS).glob("*.tsr"))) == 1
    stamping.stamp_if_due()
    assert verify_ledger().stamps == 1
