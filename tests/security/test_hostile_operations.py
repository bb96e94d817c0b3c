"""Every operation of the cell on files broken at random: each gives an answer, none raises, hangs or kills the cell.

Mutants come from fixed seeds, so a failure shows itself again; `make soak` tries many more.
"""

from __future__ import annotations

import random
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from records import parsing
from records.parsing import formats, front, front_ocr, launch, workroom
from records.parsing.limits import CellLimits, of_workroom
from tests.unit.parsing import makers, scans, signing

PDF = "application/pdf"
FAULTS = {"", *"damaged limits encrypted no_such_page no_ocr no_converter not_conformant text_differs".split()}


# -- mutants -------------------------------------------------------------------------------------------------------


def flip(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def truncate(data, chance):
    return data[: chance.randrange(len(data))]


def leave_out(data, chance):
    at, size = chance.randrange(len(data)), chance.randrange(1, 400)
    return data[:at] + data[at + size :]


def repeat(data, chance):
    at, size = chance.randrange(len(data)), chance.randrange(1, 400)
    return data[: at + size] + data[at : at + size] * chance.randrange(1, 30) + data[at + size :]


def scramble(data, chance):
    at, size = chance.randrange(len(data)), chance.randrange(1, 40)
    return data[:at] + chance.randbytes(size) + data[at + size :]


def lie(data, chance):
    """Another number where one stands: lengths, offsets, counts."""
    digits = [at for at in range(len(data)) if data[at : at + 1].isdigit()]
    at = chance.choice(digits) if digits else 0
    return data[:at] + chance.choice([b"9", b"0", b"-1", b"99999999999"]) + data[at + 1 :]


WAYS = (flip, truncate, leave_out, repeat, scramble, lie)


def mutants(data, count, seed):
    chance = random.Random(seed)
    for number in range(count):
        mutant = data
        for _ in range(chance.randrange(1, 4)):
            mutant = WAYS[number % len(WAYS)](mutant, chance) if mutant else mutant
        yield mutant


# -- what is broken ------------------------------------------------------------------------------------------------


def letter():
    inner = EmailMessage()
    inner["Subject"] = "dentro"
    inner.set_content("x")
    inner.add_attachment(b"a;b", maintype="text", subtype="csv", filename="b.csv")
    made = EmailMessage()
    made["From"], made["Subject"] = "Señora Peña <a@b.example>", "Remisión"
    made.set_content("Adjunto.\n")
    made.add_alternative("<p>Adjunto.</p>", subtype="html")
    made.add_attachment(makers.text_pdf("x"), maintype="application", subtype="pdf", filename="año.pdf")
    made.add_attachment(inner)
    return made.as_bytes()


def portfolio():
    def change(pdf):
        pdf.attachments["a.csv"] = b"a;b"
        pdf.attachments["b.docx"] = makers.docx(makers.paragraphs("x"))

    return makers.changed_pdf(change)


def signed():
    return signing.sign(signing.plain_pdf(), archival=True, crls=[signing.revocation_list()])


def check_mail(path):
    found = parsing.mail(path)
    if found.parts and "limits" not in found.parts[-1].flags:
        assert len(parsing.part_bytes(path, "message/rfc822", len(found.parts) - 1)) == found.parts[-1].size
    return found.fault


def check_signatures(path):
    report = parsing.signatures(path, signing.authority().pem, signing.NOW)
    assert all(set(item.problems) for item in report.signatures if not item.valid)
    return report.fault


def check_copy(path):
    copy = parsing.to_pdfa(path, PDF)
    assert bool(copy.data) == copy.same_text == (not copy.fault)
    return copy.fault


#: Operation → (what is broken, how it is asked, how many mutants).
OPERATIONS = {
    "mail": (letter, check_mail, 100),
    "attachments": (portfolio, lambda path: parsing.attachments(path, PDF).fault, 100),
    "signatures": (signed, check_signatures, 100),
    "copy": (lambda: scans.scanned("Acta", dpi=40), check_copy, 60),
    "copy of text": (lambda: makers.text_pdf("Acta"), check_copy, 60),
    "recognition": (lambda: scans.scanned("Acta", dpi=40), lambda path: parsing.ocr(path, PDF, 1, 72).fault, 40),
    "recognition of an image": (
        lambda: scans.saved_as("TIFF", scans.picture("Acta", dpi=40)),
        lambda path: parsing.ocr(path, "image/tiff", 1, 72).fault,
        40,
    ),
}


def parents():
    return [cell.running().process.pid for cell in (front._cell, workroom._room)]


def break_and_ask(tmp_path, operation, times, seed):
    make, ask, count = OPERATIONS[operation]
    before = parents()
    faults = [ask(makers.saved(tmp_path, "roto", mutant)) for mutant in mutants(make(), count * times, seed)]
    assert set(faults) <= FAULTS
    assert parents() == before, "both preloaded parents live on"


@pytest.mark.criterion(16)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_file_broken_at_random_is_answered(tmp_path, operation):
    break_and_ask(tmp_path, operation, 1, seed=20261120)


@pytest.mark.soak
@pytest.mark.criterion(16)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("seed", range(10))
def test_a_file_broken_at_random_is_answered_again_and_again(tmp_path, operation, seed):
    break_and_ask(tmp_path, operation, 3, seed)


@pytest.mark.rule("C7")
@pytest.mark.criterion(20)
def test_no_bit_of_what_was_signed_can_be_turned_unseen(tmp_path):
    data = signing.sign(signing.plain_pdf(), stamped=True)
    start = data.index(b"/Contents <") + len(b"/Contents ")
    end = data.index(b">", start) + 1
    outside = [at for at in range(len(data)) if not start <= at < end]
    chance = random.Random(7)
    for at in chance.sample(outside, 60):
        turned = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        report = parsing.signatures(makers.saved(tmp_path, "vuelto", turned), signing.authority().pem, signing.NOW)
        assert not any(item.valid or item.trusted for item in report.signatures), at


# -- the workroom ---------------------------------------------------------------------------------------------------


@pytest.mark.criterion(17)
@pytest.mark.skipif(not launch.has_bubblewrap(), reason="bubblewrap is not installed here")
def test_nothing_that_is_denied_in_the_cell_is_possible_in_the_workroom(tmp_path):
    key = tmp_path / "secret_key"
    key.write_text("secreto")
    key.chmod(0o644)
    answer = front.asked("/dev/null", {"op": "probe", "kind": "", "paths": [str(key)]}, workroom._room)
    assert (answer.fault, answer.facts["allowed"]) == ("", [])
    assert {"bubblewrap", "rlimits", "no_new_privs"} <= set(workroom._room.running().layers)


@pytest.mark.criterion(17)
def test_the_workroom_obeys_the_demand_for_isolation(tmp_path, monkeypatch):
    class Bare(workroom.Workroom):
        @property
        def limits(self):
            return of_workroom(CellLimits(use_bubblewrap=False, require_isolation=True))

    monkeypatch.setattr(workroom, "_room", Bare())
    path = makers.saved(tmp_path, "a", signed())
    assert parsing.signatures(path).fault == "cell_unavailable"
    assert parsing.ocr(path, PDF, 1).fault == "cell_unavailable"
    assert parsing.to_pdfa(path, PDF).fault == "cell_unavailable"


def test_what_the_workroom_loads_leaves_its_parent_with_one_thread():
    """A parent with threads would fork children that hold their locks for ever."""
    threads = [line for pid in _below(workroom._room.running().process.pid) for line in _status(pid)]
    assert threads
    assert set(threads) == {"Threads:\t1"}


def _below(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _below(int(child)))]


def _status(pid):
    return [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Threads")]


# -- a compromised child -------------------------------------------------------------------------------------------

NONSENSE: tuple[dict[str, Any], ...] = (
    {"part": None}, {"part": []}, {"part": {"index": 7}}, {"part": {"index": 0, "role": "jefe"}}, {"words": [[1]]},
    {"part": {"index": 0, "role": "body", "name": "", "media_type": "", "size": "x", "digest": "", "flags": 3}},
    {"headers": 3}, {"headers": [["From"]]}, {"text": None, "words": 5, "confidence": "x"}, {"words": [["a", 9, "x"]]},
    {"part": {"problems": 5}}, {"part": {"chain": 5}}, {"part": {"signed_bytes": "x"}}, {"engine": ["x"]},
)  # fmt: skip


@pytest.mark.criterion(17)
@pytest.mark.parametrize("said", NONSENSE)
def test_whatever_a_child_says_is_a_value_or_a_fault(tmp_path, monkeypatch, said):
    """A child that a file took over may say anything: the caller makes values of it, or a fault, and never raises."""
    import json

    def lying(self, order, file):
        yield b"J", json.dumps(said).encode()
        yield b"J", b'{"end": true}'

    monkeypatch.setattr(front.Cell, "ask", lying)
    front_ocr._known_engine.cache_clear()
    path = makers.saved(tmp_path, "a", b"x")
    parsing.mail(path), parsing.attachments(path, PDF), parsing.signatures(path)
    assert parsing.to_pdfa(path, PDF).data == b""
    assert parsing.to_pdfa(path, formats.DOCX).data == b""
    parsing.ocr(path, PDF, 1), parsing.ocr_engine()
    with pytest.raises(parsing.PartUnavailable):
        parsing.part_bytes(path, PDF, 0)
    front_ocr._known_engine.cache_clear()
