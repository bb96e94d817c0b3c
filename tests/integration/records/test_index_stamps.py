"""RFC 3161 stamps on signed indexes, by an authority of the test's own on this machine (K5)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from records import clock, storage
from records.errors import IndexRefused
from records.indexes import signatures, stamps
from records.models import Expediente, IndexIssue
from records.sentences import sentence_for
from records.services.closing import close_expediente
from records.services.index_proofs import proof_of
from records.services.indexes import issue_index
from records.vocabulary import Level
from tests import authority as authorities
from tests import lives
from tests.authority import Authority


@pytest.fixture(scope="module")
def serving() -> Iterator[Authority]:
    with authorities.serving(datetime.datetime.now(datetime.UTC)) as authority:
        yield authority


@pytest.fixture
def authority(serving: Authority, settings: Any) -> Authority:
    serving.behaves = "well"
    configure(settings, AUTHORITY=serving.address)
    return serving


def configure(settings: Any, **changes: Any) -> None:
    settings.RECORDS = {**settings.RECORDS, "INDEX_SIGNING": {**settings.RECORDS["INDEX_SIGNING"], **changes}}


@pytest.fixture
def held(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    lives.registered(cast, expediente, Level.PUBLIC)
    return expediente


def states_of(issue: IndexIssue) -> dict[str, str]:
    return {code: state for code, state, _detail in proof_of(issue).steps}


@pytest.mark.rule("K5", "E6")
def test_a_signature_is_stamped_and_its_stamp_is_checked_offline(
    cast: dict[str, Any], held: Expediente, authority: Authority, settings: Any, tmp_path: Path
) -> None:
    close_expediente(actor=cast["custodia"], expediente=held, reason="Terminó")
    (issue,) = IndexIssue.objects.all()
    assert issue.stamped_at is not None
    assert abs(issue.stamped_at - clock.now()) < datetime.timedelta(minutes=5)
    configure(settings, AUTHORITY="http://127.0.0.1:9/nadie")
    assert states_of(issue)["stamp"] == "holds", "nobody is asked any more"
    assert states_of(issue)["stamp_trust"] == "unknown"
    roots = tmp_path / "raices.pem"
    roots.write_bytes(authority.pki.root_pem)
    settings.RECORDS = {**settings.RECORDS, "SIGNATURE_ROOTS": roots}
    states = states_of(issue)
    assert states["stamp_trust"] == "holds", "the token brings its chain up to the root"
    assert states["certificate_trust"] == "fails", "no root stands behind a certificate that signs itself"
    roots.write_bytes(authorities.make_pki(clock.now()).root_pem)
    assert states_of(issue)["stamp_trust"] == "fails"


@pytest.mark.rule("K5")
def test_the_stamp_is_over_the_signature(cast: dict[str, Any], held: Expediente, authority: Authority) -> None:
    issue = issue_index(actor=cast["archivista"], expediente=held)
    with storage.store().open(issue.cover_id) as source:
        signed = signatures.verify(source.read())
    assert authority.asked[-1] == signed.imprint
    assert stamps.read(signed.token, signed.imprint).at == issue.stamped_at
    assert not stamps.read(signed.token, bytes(32)).holds
    spoilt = bytearray(signed.token)
    spoilt[-20] ^= 1
    assert not stamps.read(bytes(spoilt), signed.imprint).holds


@pytest.mark.rule("K5", "E6")
@pytest.mark.parametrize("behaviour", ["refuses", "another", "page"])
def test_an_authority_that_gives_no_good_stamp_keeps_the_expediente_open(
    cast: dict[str, Any], held: Expediente, authority: Authority, behaviour: str
) -> None:
    authority.behaves = behaviour
    refused(cast, held)


@pytest.mark.rule("K5", "E6")
def test_an_authority_that_is_away_keeps_the_expediente_open(
    cast: dict[str, Any], held: Expediente, settings: Any
) -> None:
    configure(settings, AUTHORITY="http://127.0.0.1:9/nadie")
    refused(cast, held)


def refused(cast: dict[str, Any], expediente: Expediente) -> None:
    with pytest.raises(IndexRefused) as refusal:
        close_expediente(actor=cast["custodia"], expediente=expediente, reason="Terminó")
    assert refusal.value.code == "index_stamp_unavailable"
    assert "Vuelva a intentarlo" in sentence_for(refusal.value)
    expediente.refresh_from_db()
    assert expediente.state == "open"
    assert not IndexIssue.objects.exists()


@pytest.mark.rule("E6")
def test_a_configured_rsa_key_with_its_chain_signs(
    cast: dict[str, Any], held: Expediente, settings: Any, tmp_path: Path
) -> None:
    pki = authorities.make_pki(clock.now(), usage=authorities.ExtendedKeyUsageOID.EMAIL_PROTECTION)
    key, chain = tmp_path / "llave.pem", tmp_path / "certificado.pem"
    key.write_bytes(pki.leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    chain.write_bytes(pki.leaf.public_bytes(Encoding.PEM) + pki.root_pem)
    configure(settings, KEY=key, CERTIFICATE=chain, SELF_SIGNED=False)
    issue = issue_index(actor=cast["archivista"], expediente=held)
    assert proof_of(issue).faults == []
    settings.RECORDS = {**settings.RECORDS, "SIGNATURE_ROOTS": chain}
    assert states_of(issue)["certificate_trust"] == "holds"
    other = authorities.make_pki(clock.now())
    chain.write_bytes(other.leaf.public_bytes(Encoding.PEM))
    with pytest.raises(IndexRefused) as refusal:
        issue_index(actor=cast["archivista"], expediente=held)
    assert refusal.value.code == "index_key_foreign"
