"""The ledger as a Merkle log: signed heads here and outside, and what an owner of the database does, named (U2, K3)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import call_command
from django.db import connection, transaction

from records import audit, triggers
from records.errors import LedgerDiverged
from records.ledger import checkpoints, heads, sound, verification, witness
from records.ledger.merkle import Tree, leaf_hash
from records.ledger.verification import LedgerReport, verify_ledger
from records.models import Checkpoint, LedgerEvent, SigningKey
from records.services import keys
from tests.factories import behind_the_product

MANY = 12
#: Sizes of the heads that `ledger` signs.
FIRST, LAST = 7, MANY


@pytest.fixture
def outside(settings: Any, tmp_path: Path) -> Path:
    """A copy outside of this test alone."""
    settings.RECORDS = {**settings.RECORDS, "WITNESS": tmp_path / "witness"}
    return tmp_path / "witness"


@pytest.fixture
def ledger(cast: dict[str, Any], outside: Path) -> Path:
    """Twelve events under two heads; gives the folder of the copy outside."""
    write(cast["archivista"], FIRST - LedgerEvent.objects.count())
    checkpoints.issue(checkpoints.SCHEDULE)
    write(cast["archivista"], LAST - FIRST)
    checkpoints.issue(checkpoints.REQUEST)
    return outside


def write(person: Any, count: int) -> None:
    assert count > 0
    with transaction.atomic():
        audit.record_each("search.run", actor=person, subjects=[("text", {"n": number}) for number in range(count)])


def found(report: LedgerReport) -> list[tuple[int, str]]:
    return [(one["index"], one["problem"]) for one in report.findings]


@pytest.mark.rule("U2", "K5")
@pytest.mark.criterion(12)
def test_heads_are_those_of_rfc_6962_over_the_payloads_and_anybody_can_check_their_signature(ledger: Path) -> None:
    payloads = LedgerEvent.objects.order_by("index").values_list("payload", flat=True)
    tree = Tree(leaf_hash(payload.encode()) for payload in payloads)
    told = [json.loads(line) for line in (ledger / witness.HEADS).read_text().splitlines()]
    assert [(one["checkpoint"]["size"], one["checkpoint"]["root"]) for one in told] == [
        (FIRST, tree.root(FIRST).hex()), (LAST, tree.root().hex()),
    ]  # fmt: skip
    for one in told:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(one["public_keys"][one["key"]]))
        key.verify(base64.b64decode(one["signature"]), rfc8785.dumps(one["checkpoint"]))
    assert (ledger / witness.LEAVES).read_bytes() == b"".join(tree.levels[0])
    report = verify_ledger()
    assert (report.events, report.root, report.findings) == (MANY, tree.root().hex(), [])


@pytest.mark.rule("U2", "U5")
def test_the_copy_outside_holds_no_content_of_any_event(ledger: Path) -> None:
    kept = b"".join(file.read_bytes() for file in ledger.iterdir())
    assert b"archivista" not in kept
    assert b"search" not in kept


def rewrite(index: int, *, leaf: bool) -> None:
    """What an owner of the database writes over an event, with a leaf that fits or without."""
    event = LedgerEvent.objects.get(index=index)
    payload = rfc8785.dumps({**json.loads(event.payload), "facts": {"n": 99}}).decode()
    fitting = {"leaf": leaf_hash(payload.encode()).hex()} if leaf else {}
    LedgerEvent.objects.filter(index=index).update(payload=payload, **fitting)


def swap(one: int, other: int) -> None:
    """Two events in each other's place, whole."""
    LedgerEvent.objects.filter(index=one).update(index=1000)
    LedgerEvent.objects.filter(index=other).update(index=one)
    LedgerEvent.objects.filter(index=1000).update(index=other)


def garbage(index: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute('UPDATE records_ledgerevent SET payload = %s WHERE "index" = %s', ["{", index])


def remove(*indexes: int) -> None:
    LedgerEvent.objects.filter(index__in=indexes).delete()


ACTS: dict[str, tuple[Callable[[], object], tuple[int, str]]] = {
    "content": (lambda: rewrite(8, leaf=False), (8, "altered")),
    "content and leaf": (lambda: rewrite(8, leaf=True), (8, "rewritten")),
    "content and leaf of an early one": (lambda: rewrite(3, leaf=True), (3, "rewritten")),
    "who": (lambda: LedgerEvent.objects.filter(index=5).update(actor="otra"), (5, "columns")),
    "when": (lambda: LedgerEvent.objects.filter(index=5).update(at="2001-01-01T00:00:00+00:00"), (5, "columns")),
    "no JSON": (lambda: garbage(9), (9, "altered")),
    "one deleted": (lambda: remove(6), (6, "missing")),
    "two deleted": (lambda: remove(6, 7), (6, "missing")),
    "the first deleted": (lambda: remove(0), (0, "missing")),
    "the last deleted": (lambda: remove(11), (11, "truncated")),
    "reordered": (lambda: swap(8, 10), (8, "columns")),
}


@pytest.mark.rule("U2", "K3")
@pytest.mark.criterion(12)
@pytest.mark.parametrize("act", ACTS)
def test_what_an_owner_of_the_database_does_is_named_at_its_first_event(ledger: Path, act: str) -> None:
    do, named = ACTS[act]
    with behind_the_product():
        do()
    report = verify_ledger()
    assert found(report)[0] == named
    assert {index for index, _problem in found(report)} <= {*range(named[0], MANY)}


def passes_quickly() -> bool:
    report = LedgerReport()
    signed = verification.known_heads(report, None)
    tree = sound.sound_tree(verification.rows(), signed, verification.says_its_payload, lambda _size: None)
    return tree is not None and not report.findings


@pytest.mark.rule("U2", "K3")
@pytest.mark.parametrize("act", ACTS)
def test_the_quick_pass_lets_a_good_ledger_by_and_none_of_what_an_owner_does(ledger: Path, act: str) -> None:
    assert passes_quickly()
    with behind_the_product():
        ACTS[act][0]()
    signed = verification.known_heads(LedgerReport(), None)
    tree = sound.sound_tree(verification.rows(), signed, verification.says_its_payload, lambda _size: None)
    assert tree is None or tree.size < max(signed)  # what is cut off at the end is told by the heads beyond it


@pytest.mark.rule("U2")
def test_the_quick_pass_heeds_a_copy_outside_that_differs_or_knows_more(ledger: Path) -> None:
    whole = (ledger / witness.LEAVES).read_bytes()
    for copy, good in ((whole, True), (whole[:-32], True), (whole + bytes(32), False), (bytes(32) + whole[32:], False)):
        (ledger / witness.LEAVES).write_bytes(copy)
        assert passes_quickly() is good


@pytest.mark.rule("U2")
def test_a_rewritten_event_is_found_by_the_signed_heads_alone_when_the_copy_outside_is_gone(ledger: Path) -> None:
    with behind_the_product():
        rewrite(9, leaf=True)
    (ledger / witness.LEAVES).unlink()
    assert found(verify_ledger()) == [(FIRST, "root")]
    (ledger / witness.HEADS).unlink()
    assert found(verify_ledger()) == [(-1, "witness_missing"), (FIRST, "root")]


@pytest.mark.rule("U2", "K3")
def test_rewriting_the_heads_as_well_does_not_help_without_the_key(ledger: Path) -> None:
    """The owner writes a head of her own over the rewritten events, in the table; outside stands the true one."""
    with behind_the_product():
        rewrite(9, leaf=True)
        forged = checkpoints.grown(Checkpoint.objects.get(size=FIRST))
        Checkpoint.objects.filter(size=LAST).update(root=forged.root().hex())
    assert set(found(verify_ledger())) == {(-1, "head_signature"), (9, "rewritten")}


@pytest.mark.rule("U2")
def test_an_altered_copy_outside_accuses_itself_and_no_event(ledger: Path) -> None:
    kept = bytearray((ledger / witness.LEAVES).read_bytes())
    kept[32 * 8] ^= 1
    (ledger / witness.LEAVES).write_bytes(kept)
    assert found(verify_ledger()) == [(-1, "witness_altered")]
    (ledger / witness.HEADS).write_text("esto no es JSON\n")
    assert found(verify_ledger())[0] == (-1, "witness_unreadable")


@pytest.mark.rule("U2", "K3")
@pytest.mark.criterion(13)
def test_a_database_of_yesterday_over_today_is_told_and_the_copy_keeps_what_it_knows(ledger: Path) -> None:
    before = (ledger / witness.HEADS).read_bytes()
    with behind_the_product():
        remove(*range(9, MANY))
        Checkpoint.objects.filter(size=LAST).delete()
    assert found(verify_ledger()) == [(LAST, "head_removed"), (9, "truncated")]
    with pytest.raises(LedgerDiverged):
        checkpoints.issue(checkpoints.SCHEDULE)
    assert (ledger / witness.HEADS).read_bytes() == before


@pytest.mark.rule("K4", "U3")
def test_switched_off_triggers_are_found(ledger: Path) -> None:
    with behind_the_product():
        triggers.uninstall(connection)
        assert found(verify_ledger()) == [(-1, "triggers")]


@pytest.mark.rule("U2", "K5")
@pytest.mark.criterion(12)
def test_a_rotated_key_leaves_earlier_heads_good_and_names_what_is_rewritten_after_it(
    ledger: Path, settings: Any, tmp_path: Path
) -> None:
    settings.RECORDS = {**settings.RECORDS, "SIGNING_KEY": tmp_path / "keys" / "llave.pem"}
    rotation = keys.rotate()
    head = checkpoints.issue(checkpoints.SCHEDULE)
    assert head is not None
    assert head.key == rotation.new
    assert len(set(Checkpoint.objects.values_list("key", flat=True))) == 2
    assert verify_ledger().findings == []
    with behind_the_product():
        rewrite(3, leaf=True)
        SigningKey.objects.filter(pk=rotation.new).delete()
    assert set(found(verify_ledger())) >= {(-1, "head_signature"), (3, "rewritten")}


@pytest.mark.rule("U2")
def test_a_write_cut_in_the_middle_is_mended_by_the_next(ledger: Path, cast: dict[str, Any]) -> None:
    whole = {file: file.read_bytes() for file in (ledger / witness.HEADS, ledger / witness.LEAVES)}
    write(cast["archivista"], 2)
    checkpoints.issue(checkpoints.SCHEDULE)
    done = {file: file.read_bytes() for file in whole}
    for file, content in whole.items():
        file.write_bytes(content + done[file][len(content) : len(content) + 50])
    checkpoints.issue(checkpoints.SCHEDULE)
    assert {file: file.read_bytes() for file in whole} == done
    assert verify_ledger().findings == []


@pytest.mark.rule("U2")
def test_the_same_head_is_signed_once(ledger: Path) -> None:
    before = (ledger / witness.HEADS).read_bytes()
    assert checkpoints.issue(checkpoints.SCHEDULE) == Checkpoint.objects.get(size=LAST)
    assert (Checkpoint.objects.count(), (ledger / witness.HEADS).read_bytes()) == (2, before)


@pytest.mark.rule("E7", "K5")
@pytest.mark.django_db(transaction=True)
def test_closing_an_expediente_signs_a_head_that_covers_it(outside: Path, cast: Any, expediente: Any) -> None:
    from records.services.closing import close_expediente

    close_expediente(actor=cast["custodia"], expediente=expediente, reason="Se cumplió el objeto.")
    head = Checkpoint.objects.latest("size")
    assert (head.occasion, head.size) == (checkpoints.CLOSING, LedgerEvent.objects.count())
    assert [one.size for one in witness.kept_heads()] == [head.size]


@pytest.mark.rule("U2")
def test_the_commands_give_a_head_to_somebody_outside_and_check_with_it(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "punto.json"
    call_command("checkpoint_ledger", out=kept, json=True)
    assert json.loads(capsys.readouterr().out)["size"] == LAST
    assert heads.head_in(json.loads(kept.read_text())).size == LAST
    call_command("verify_ledger", witness=kept, json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["events"], told["findings"]) == (MANY, [])
    with behind_the_product():
        rewrite(2, leaf=True)
        Checkpoint.objects.all().delete()
    for file in ledger.iterdir():
        file.unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", witness=kept, json=True)
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["findings"] == [{"index": 0, "problem": "root"}]
