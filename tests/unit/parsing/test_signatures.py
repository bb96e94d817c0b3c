"""The signatures of PDFs, judged in the cell without any network: real ones, made by a small authority of the tests."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

pytest.importorskip("pyhanko", reason="pyHanko is not installed here")

from records import parsing
from tests.unit.parsing import makers, signing

PDF = "application/pdf"
OF_ROOT = "Entidad de Certificación de Prueba"


@pytest.fixture
def judged(tmp_path):
    """The report on some bytes: ``judged(data)``, with the tests' authority trusted, as of `signing.NOW`."""

    def give(data, roots=None, at=signing.NOW):
        path = makers.saved(tmp_path, "firmado.pdf", data)
        return parsing.signatures(path, signing.authority().pem if roots is None else roots, at)

    return give


def only(report):
    assert (report.fault, len(report.signatures)) == ("", 1)
    return report.signatures[0]


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_a_signature_is_reported_with_who_when_and_what_it_covers(judged):
    data = signing.sign(signing.plain_pdf(), stamped=True)
    report = judged(data)
    found = only(report)
    assert (report.engine, found.field, found.signer, found.issuer) == ("pyHanko", "Firma1", "Ana Peña Gómez", OF_ROOT)
    assert int(found.serial, 16) == signing.person().certificate.serial_number
    assert (found.intact, found.valid, found.trusted, found.changed_after) == (True, True, True, False)
    assert (found.signed_at, found.time_source) == (signing.SIGNED.isoformat(), "timestamp")
    assert (found.coverage, found.total_bytes, found.level) == ("whole", len(data), "B-T")
    assert 0 < found.signed_bytes < found.total_bytes
    assert found.chain == ("Ana Peña Gómez", OF_ROOT)
    assert (found.revocation, found.problems) == ("unknown", ("revocation_unknown",))


@pytest.mark.rule("C7")
def test_without_roots_a_signature_is_valid_and_trusted_by_nobody(judged):
    found = only(judged(signing.sign(signing.plain_pdf()), roots=b""))
    assert (found.intact, found.valid, found.trusted) == (True, True, False)
    assert "no_roots" in found.problems
    assert found.chain == ("Ana Peña Gómez", OF_ROOT)


@pytest.mark.rule("C7")
def test_another_authority_is_not_trusted_though_the_file_brings_it(judged):
    other = signing.issue("Otra raíz", authority=True)
    found = only(judged(signing.sign(signing.plain_pdf()), roots=other.pem))
    assert (found.valid, found.trusted) == (True, False)
    assert "untrusted_chain" in found.problems


@pytest.mark.rule("C7")
def test_what_a_file_brings_to_prove_itself_is_no_authority(judged):
    other = signing.issue("Otra raíz", authority=True)
    found = only(judged(signing.sign(signing.plain_pdf(), archival=True, crls=[signing.revocation_list()]), other.pem))
    assert (found.valid, found.trusted, found.revocation) == (True, False, "unknown")
    assert {"untrusted_chain", "timestamp_untrusted"} <= set(found.problems)


@pytest.mark.rule("C7")
@pytest.mark.parametrize(
    ("make", "level"),
    [
        (lambda: signing.sign(signing.plain_pdf()), "B-B"),
        (lambda: signing.sign(signing.plain_pdf(), stamped=True), "B-T"),
        (lambda: signing.sign(signing.plain_pdf(), stamped=True, crls=[signing.revocation_list()]), "B-LT"),
        (lambda: signing.sign(signing.plain_pdf(), archival=True, crls=[signing.revocation_list()]), "B-LTA"),
        (lambda: signing.sign(signing.plain_pdf(), pades=False), "unknown"),
    ],
)
def test_the_level_of_a_signature_is_told_and_what_sustains_it_changes_nothing(judged, make, level):
    found = only(judged(make()))
    assert (found.level, found.valid, found.trusted, found.changed_after) == (level, True, True, False)


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_a_document_signed_twice_has_two_signatures_that_hold(judged):
    once = signing.sign(signing.plain_pdf())
    twice = signing.sign(once, signing.another_person(), field="Firma2")
    first, second = judged(twice).signatures
    assert [item.signer for item in (first, second)] == ["Ana Peña Gómez", "Luis Ruiz"]
    assert [item.valid and item.trusted and not item.changed_after for item in (first, second)] == [True, True]
    assert [item.coverage for item in (first, second)] == ["part", "whole"]
    assert first.signed_bytes < second.signed_bytes < second.total_bytes == len(twice)


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_a_change_in_a_later_revision_is_seen(judged):
    found = only(judged(signing.changed_later(signing.sign(signing.plain_pdf()))))
    assert (found.intact, found.valid, found.changed_after, found.coverage) == (True, False, True, "part")
    assert "changed_after" in found.problems


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_a_change_between_two_signatures_is_seen_on_the_first_alone(judged):
    changed = signing.changed_later(signing.sign(signing.plain_pdf()))
    first, second = judged(signing.sign(changed, signing.another_person(), field="Firma2")).signatures
    assert (first.valid, first.changed_after) == (False, True)
    assert (second.valid, second.changed_after) == (True, False)


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_one_bit_of_the_signed_bytes_is_enough(judged):
    found = only(judged(signing.flipped(signing.sign(signing.plain_pdf()), b"/Producer")))
    assert (found.intact, found.valid, found.trusted) == (False, False, False)
    assert "altered" in found.problems


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_saving_anew_with_a_library_breaks_what_was_signed_and_it_is_seen(judged):
    found = only(judged(signing.rewritten(signing.sign(signing.plain_pdf()))))
    assert (found.intact, found.valid) == (False, False)


@pytest.mark.rule("C7")
def test_a_signature_of_another_key_than_its_certificate_is_seen(judged):
    thief = signing.Holder(signing.person().certificate, signing.another_person().key)
    found = only(judged(signing.sign(signing.plain_pdf(), thief)))
    assert (found.intact, found.valid, found.trusted) == (True, False, False)
    assert "forged" in found.problems


# -- time and revocation -------------------------------------------------------------------------------------------


def with_list(*revoked, at=signing.NOW - timedelta(days=1), **more):
    return signing.sign(signing.plain_pdf(), crls=[signing.revocation_list(*revoked, at=at)], **more)


@pytest.mark.rule("C7")
def test_a_list_that_does_not_name_the_certificate_is_good_news(judged):
    found = only(judged(with_list(stamped=True)))
    assert (found.revocation, found.trusted, found.problems) == ("good", True, ())


@pytest.mark.rule("C7")
def test_a_certificate_revoked_before_signing_is_revoked(judged):
    data = signing.with_lists(with_list(stamped=True), (signing.person(), signing.SIGNED - timedelta(days=5)))
    found = only(judged(data))
    assert (found.revocation, found.trusted, found.intact) == ("revoked", False, True)
    assert "revoked" in found.problems


@pytest.mark.rule("C7")
def test_a_certificate_revoked_after_the_proved_time_of_signing_was_good(judged):
    data = signing.with_lists(with_list(stamped=True), (signing.person(), signing.SIGNED + timedelta(days=5)))
    found = only(judged(data))
    assert (found.revocation, found.trusted) == ("good", True)


@pytest.mark.rule("C7")
def test_without_proof_of_time_a_later_revocation_counts(judged):
    data = signing.with_lists(with_list(), (signing.person(), signing.SIGNED + timedelta(days=5)))
    found = only(judged(data))
    assert (found.revocation, found.trusted, found.time_source) == ("revoked", False, "claimed")


@pytest.mark.rule("C7")
def test_a_stale_list_is_no_news(judged):
    found = only(judged(with_list(at=signing.NOW - timedelta(days=200))))
    assert (found.revocation, found.trusted) == ("unknown", True)


@pytest.mark.rule("C7")
def test_a_list_of_another_issuer_is_no_news(judged):
    stranger = signing.issue(OF_ROOT, authority=True)
    data = signing.with_lists(
        with_list(stamped=True), (signing.person(), signing.SIGNED - timedelta(days=5)), by=stranger
    )
    found = only(judged(data))
    assert (found.revocation, found.trusted) == ("good", True)


@pytest.mark.rule("C7")
@pytest.mark.parametrize(("days", "problem"), [((-900, -100), "expired"), ((10, 400), "not_yet_valid")])
def test_a_certificate_out_of_its_time_is_not_trusted(judged, days, problem):
    found = only(judged(signing.sign(signing.plain_pdf(), signing.issue("Fuera", signing.authority(), days=days))))
    assert (found.intact, found.valid, found.trusted) == (True, True, False)
    assert problem in found.problems


@pytest.mark.rule("C7")
def test_a_time_stamp_proves_a_signature_after_its_certificate_expired(judged):
    data = signing.sign(signing.plain_pdf(), stamped=True)
    later = signing.NOW + timedelta(days=500)
    found = only(judged(data, at=signing.NOW))
    assert found.trusted
    assert not only(judged(signing.sign(signing.plain_pdf()), at=later)).trusted
    archival = signing.sign(signing.plain_pdf(), archival=True, crls=[signing.revocation_list()])
    assert only(judged(archival, at=signing.NOW + timedelta(days=300))).trusted


@pytest.mark.rule("C7")
def test_a_time_stamp_of_a_stranger_proves_nothing(judged):
    found = only(judged(signing.sign(signing.plain_pdf(), stamped=True, clock=signing.unknown_time_authority())))
    assert (found.valid, found.time_source) == (True, "timestamp")
    assert "timestamp_untrusted" in found.problems


def test_a_certificate_for_something_else_is_not_trusted(judged):
    found = only(judged(signing.sign(signing.plain_pdf(), signing.certificate_of_an_authority())))
    assert (found.trusted, "key_usage" in found.problems) == (False, True)


# -- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fault", "count"),
    [
        (makers.text_pdf("x"), "", 0),
        (b"", "damaged", 0),
        (b"hola", "damaged", 0),
        (makers.encrypted_pdf("clave"), "encrypted", 0),
        (makers.encrypted_pdf(""), "", 0),
        (makers.looping_pages_pdf(), "", 0),
    ],
)
def test_a_file_without_signatures_has_none_and_one_that_cannot_be_opened_says_so(judged, data, fault, count):
    report = judged(data)
    assert (report.fault, len(report.signatures)) == (fault, count)


def test_a_truncated_signed_file_is_damaged_not_valid(judged):
    report = judged(signing.sign(signing.plain_pdf())[:-400])
    assert report.fault == "damaged" or not any(item.valid for item in report.signatures)


@pytest.mark.rule("C7")
def test_a_signature_that_cannot_be_read_hides_no_other(judged):
    once = signing.sign(signing.plain_pdf())
    start = once.index(b"/Contents <") + len(b"/Contents <")
    broken = once[:start] + b"ff" * 40 + once[start + 80 :]
    first, second = judged(signing.sign(broken, signing.another_person(), field="Firma2")).signatures
    assert (first.field, first.problems, first.valid) == ("Firma1", ("malformed",), False)
    assert (second.signer, second.valid) == ("Luis Ruiz", True)


def test_a_name_cannot_turn_the_line_it_stands_in(judged):
    tricky = signing.issue("Ana\u202eaicilop\u202c\nPeña", signing.authority())
    found = only(judged(signing.sign(signing.plain_pdf(), tricky)))
    assert found.signer == "Anaaicilop Peña"


def test_roots_that_are_none_are_said_so(judged):
    data = signing.sign(signing.plain_pdf())
    pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    assert judged(data, roots=pem).fault == "bad_roots"
    with pytest.raises(ValueError, match="roots"):
        judged(data, roots=signing.authority().pem * 500)


def test_many_roots_fit_in_one_question(judged):
    roots = b"".join(signing.issue(f"Raíz {number}", authority=True).pem for number in range(60))
    assert only(judged(signing.sign(signing.plain_pdf()), roots=roots + signing.authority().pem)).trusted


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    assert parsing.signatures(tmp_path / "nada").fault == "unreachable"


# -- nothing the cell does touches the file --------------------------------------------------------------------------


@pytest.mark.rule("C4", "C7")
@pytest.mark.criterion(20)
def test_whatever_the_cell_does_the_file_stays_and_its_signatures_hold(tmp_path):
    data = signing.sign(signing.sign(signing.plain_pdf(), stamped=True), signing.another_person(), field="Firma2")
    path = makers.saved(tmp_path, "firmado.pdf", data)
    path.chmod(0o600)
    assert "signed" in parsing.inspect(path, "firmado.pdf").flags
    assert parsing.read(path, PDF).pages[0].text
    assert parsing.render(path, PDF, 1)
    assert parsing.attachments(path, PDF).parts == ()
    report = parsing.signatures(path, signing.authority().pem, signing.NOW)
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()
    assert [item.valid and item.trusted for item in report.signatures] == [True, True]
