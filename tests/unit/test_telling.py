"""Every code of the cell has its Spanish sentence, and a signature is told in words."""

from __future__ import annotations

import pytest

from records import telling, telling_signatures
from records.models import SignatureReport
from records.parsing import formats, names, signature_codes

SIGNATURE = {
    "field": "Firma1", "signer": "Ana Peña Gómez", "issuer": "Entidad", "signed_at": "2026-11-10T13:15:00+00:00",
    "time_source": "timestamp", "level": "B-T", "intact": True, "valid": True, "trusted": True, "coverage": "whole",
    "signed_bytes": 10240, "total_bytes": 12300, "changed_after": False, "revocation": "good",
    "chain": ["Ana Peña Gómez", "Entidad de Certificación"], "problems": [],
}  # fmt: skip


def told(**changes: object) -> telling_signatures.ToldSignature:
    return telling_signatures.told({**SIGNATURE, **changes})


@pytest.mark.requirement("A6")
def test_every_flag_of_a_file_and_of_its_name_has_a_sentence() -> None:
    codes = {*formats.FLAGS, *(code for code, _test in names._FLAG_TESTS)}
    assert codes - telling.FLAGS.keys() == set()
    assert formats.REFUSALS.keys() - telling.REFUSED.keys() == set()
    sentences = [str(sentence) for sentence in (*telling.FLAGS.values(), *telling.REFUSED.values())]
    assert all(sentence.endswith(".") and "_" not in sentence for sentence in sentences)


def test_flags_are_told_once_refusals_first_and_a_new_one_is_never_a_code() -> None:
    said = telling.told_flags(["links", "html", "links", "algo_nuevo"])
    assert said[0] == telling.REFUSED["html"]
    assert said[1:] == [telling.FLAGS["links"], telling.UNNAMED]


@pytest.mark.rule("C7")
def test_every_problem_of_a_signature_has_a_sentence() -> None:
    assert signature_codes.PROBLEMS.keys() - telling_signatures.PROBLEMS.keys() == set()


@pytest.mark.rule("C7")
def test_a_good_signature_says_who_when_and_whom_it_leads_to() -> None:
    good = told()
    assert (good.mark, good.word, good.who) == ("ok", "Vale", "Ana Peña Gómez")
    assert good.when == "Firmó el 10 de noviembre de 2026, 08:15, según un sello de tiempo."
    assert good.sentences == (
        "Lo firmado está íntegro: son los mismos bytes que se firmaron.",
        "La firma cubre todo el archivo.",
        "El certificado llega a una autoridad de confianza: Entidad de Certificación.",
    )


@pytest.mark.rule("C7")
def test_bytes_added_later_are_counted_and_said_to_matter_or_not() -> None:
    added = told(coverage="part")
    assert "La firma cubre 10.240 de 12.300 bytes: se añadió algo después. Lo añadido no cambia lo que se lee." in (
        added.sentences
    )
    changed = told(coverage="part", changed_after=True, valid=False, problems=["changed_after"])
    assert changed.mark == "bad"
    assert "La firma cubre 10.240 de 12.300 bytes: se añadió algo después." in changed.sentences
    assert "Después de firmar se cambió algo que la firma no permitía cambiar." in changed.sentences


@pytest.mark.rule("C7")
def test_without_roots_trust_is_unknown_and_never_told_twice() -> None:
    unknown = told(trusted=False, problems=["no_roots", "time_unproved"], time_source="claimed")
    assert (unknown.mark, unknown.word) == ("warn", "Íntegra, sin confianza comprobada")
    assert unknown.when.endswith("según declara quien firma.")
    assert sum("no nombra autoridades" in sentence for sentence in unknown.sentences) == 1


def test_a_report_without_time_or_name_is_told_all_the_same() -> None:
    bare = told(signer="", signed_at="", intact=False, valid=False)
    assert (bare.who, bare.when, bare.mark) == ("Firmante sin nombre", "No consta cuándo se firmó.", "bad")


@pytest.mark.parametrize("fault", ["no_validator", "limits", "algo_nuevo"])
def test_why_nothing_was_judged_is_a_sentence(fault: str) -> None:
    assert telling_signatures.told_fault(SignatureReport(fault=fault)).endswith(".")
    assert telling_signatures.told_fault(None) == ""


def test_why_there_is_no_archival_copy_is_a_sentence() -> None:
    assert telling.told_no_pdfa("algo_nuevo") == str(telling.NOT_MADE)
    assert telling.told_no_pdfa("") == ""
