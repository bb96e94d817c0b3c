"""RFC 3161 with an authority of somebody else's making: what holds, and all that leaves the expediente as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from records import storage
from records.errors import IndexRefused
from records.indexes import signatures, stamps
from records.ledger import stamping
from records.ledger.verification import verify_ledger
from records.models import Expediente, HeadStamp, IndexIssue, LedgerEvent
from records.services.closing import close_expediente
from records.services.index_proofs import proof_of
from records.vocabulary import Level
from tests import factories, lives
from tests.people import make_cast
from tests.services import certomancer
from tests.services.certomancer import Authority

pytestmark = [pytest.mark.services, pytest.mark.rule("K5", "E6")]


@pytest.fixture(scope="module")
def running() -> Iterator[Authority]:
    with certomancer.authority() as authority:
        yield authority


@pytest.fixture
def trusted(running: Authority, settings: Any, tmp_path: Path) -> Authority:
    roots = tmp_path / "raices.pem"
    roots.write_bytes(running.root())
    settings.RECORDS = {**settings.RECORDS, "SIGNATURE_ROOTS": roots, "WITNESS": tmp_path / "witness"}
    configure(settings, running.address())
    return running


def configure(settings: Any, address: str) -> None:
    signing = {**settings.RECORDS["INDEX_SIGNING"], "AUTHORITY": address}
    settings.RECORDS = {**settings.RECORDS, "INDEX_SIGNING": signing}


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def held(cast: dict[str, Any]) -> Expediente:
    made = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", convenio_number="CD-2026-001")
    factories.appoint_custodian(made, cast["custodia"])
    lives.registered(cast, made, Level.PUBLIC)
    return made


def close(cast: dict[str, Any], expediente: Expediente) -> None:
    close_expediente(actor=cast["custodia"], expediente=expediente, reason="Terminó")


def test_a_closing_is_stamped_and_trusted(cast: dict[str, Any], held: Expediente, trusted: Authority) -> None:
    close(cast, held)
    (issue,) = IndexIssue.objects.all()
    states = {code: state for code, state, _detail in proof_of(issue).steps}
    assert (states["stamp"], states["stamp_trust"]) == ("holds", "holds")
    with storage.store().open(issue.cover_id) as source:
        signed = signatures.verify(source.read())
    assert stamps.read(signed.token, signed.imprint).authority == "Estampado de prueba"


def test_the_head_of_the_day_is_stamped_and_trusted(cast: dict[str, Any], held: Expediente, trusted: Authority) -> None:
    stamping.stamp_if_due()
    assert HeadStamp.objects.count() == 1
    report = verify_ledger()
    assert (report.stamps, report.findings) == (1, [])


def check_refused(cast: dict[str, Any], expediente: Expediente) -> None:
    """Not closed, no issue, no event of either: the expediente is the one it was."""
    before = LedgerEvent.objects.count()
    with pytest.raises(IndexRefused) as refusal:
        close(cast, expediente)
    assert refusal.value.code == "index_stamp_unavailable"
    expediente.refresh_from_db()
    assert (expediente.state, expediente.closed_on) == ("open", None)
    assert not IndexIssue.objects.exists()
    assert LedgerEvent.objects.count() == before


@pytest.mark.parametrize("rooted", [True, False], ids=["with roots", "without roots"])
def test_an_expired_authority_is_refused(
    cast: dict[str, Any], held: Expediente, trusted: Authority, settings: Any, *, rooted: bool
) -> None:
    configure(settings, trusted.address(certomancer.EXPIRED))
    if not rooted:
        settings.RECORDS = {**settings.RECORDS, "SIGNATURE_ROOTS": None}
    check_refused(cast, held)


def test_an_authority_that_is_away_is_refused(
    cast: dict[str, Any], held: Expediente, trusted: Authority, settings: Any
) -> None:
    with certomancer.authority() as gone:
        address = gone.address()
    configure(settings, address)
    check_refused(cast, held)
    configure(settings, trusted.address())
    close(cast, held)
    assert IndexIssue.objects.get().stamped_at is not None, "when it is back, the same closing goes through"


def test_a_line_that_alters_nothing_brings_a_good_stamp(
    cast: dict[str, Any], held: Expediente, trusted: Authority, settings: Any
) -> None:
    with certomancer.altered(trusted.address(), lambda _asked: None) as line:
        configure(settings, line.address)
        close(cast, held)
    assert (line.brought, IndexIssue.objects.count()) == (1, 1)


@pytest.mark.parametrize("change", [certomancer.with_imprint, certomancer.with_nonce, certomancer.without_nonce])
def test_a_stamp_over_something_else_is_refused(
    cast: dict[str, Any], held: Expediente, trusted: Authority, settings: Any, change: Callable[[Any], None]
) -> None:
    with certomancer.altered(trusted.address(), change) as line:
        configure(settings, line.address)
        check_refused(cast, held)
    assert line.brought == 1, "the authority did stamp what it was asked"
