"""Proof of an issued index, offline: its bytes, schema, signature and chain, and what the ledger told (E5, E6, K5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Q

from records import audit, permissions, storage
from records.errors import IntegrityFailure, RecordsError
from records.fixity import healing
from records.indexes import covers, signatures, stamps
from records.indexes.checking import IndexFault, check_index
from records.indexes.signatures import Signed
from records.models import Blob, IndexIssue, LedgerEvent
from records.permissions import Actor
from records.selectors.indexes import RELATED
from records.services.indexes import evidence_of
from records.vocabulary import Action

HOLDS, FAILS, UNKNOWN = "holds", "fails", "unknown"


@dataclass
class Proof:
    """The steps of a proof in their order: (code, state, detail). `state` is HOLDS, FAILS, or UNKNOWN for what nobody
    vouches for and nothing contradicts."""

    steps: list[tuple[str, str, str]] = field(default_factory=list)

    def say(self, code: str, holds: object, detail: str = "") -> None:
        self.steps.append((code, HOLDS if holds else FAILS, detail))

    def fail(self, code: str, detail: str = "") -> None:
        self.steps.append((code, FAILS, detail))

    def leave(self, code: str, detail: str = "") -> None:
        self.steps.append((code, UNKNOWN, detail))

    def trust(self, code: str, trust: str) -> None:
        """Whether an authority that the installation trusts stands behind it."""
        states = {stamps.TRUSTED: HOLDS, stamps.UNTRUSTED: FAILS, stamps.UNKNOWN: UNKNOWN}
        self.steps.append((code, states[trust], ""))

    @property
    def faults(self) -> list[str]:
        return [code for code, state, _detail in self.steps if state == FAILS]


def verify_index(*, actor: Actor | None, issue: IndexIssue) -> Proof:
    """Check an issue and everything it rests on, without asking anybody outside; the ledger tells that it was done.
    `actor` None is an operator's command.

    Raises NotFound or AccessDenied. What does not hold is in the proof, never raised.
    """
    if actor:
        permissions.check(actor, Action.VERIFY, issue.expediente)
    proof = proof_of(issue)
    with transaction.atomic():
        audit.record("index.verified", actor=actor, subject=issue.expediente, number=issue.number, faults=proof.faults)
    return proof


def find_issue_of(digest: str) -> IndexIssue | None:
    """The issue whose index, or whose signed cover, has this SHA-256 (hex). A file that has it is that file: nothing of
    a stranger's needs to be opened to know it."""
    return IndexIssue.objects.filter(Q(file=digest) | Q(cover=digest)).select_related(*RELATED).first()


def proof_of(issue: IndexIssue) -> Proof:
    proof = Proof()
    check_bytes(proof, issue)
    check_file(proof, issue)
    if signed := checked_signature(proof, issue):
        check_cover(proof, issue, signed)
        check_certificate(proof, issue, signed)
        check_stamp(proof, issue, signed)
    check_chain(proof, issue)
    check_ledger(proof, issue)
    return proof


def check_bytes(proof: Proof, issue: IndexIssue) -> None:
    """By the door of every download: what a copy has right is mended, or read from there, and told."""
    for code, blob in (("file_bytes", issue.file), ("cover_bytes", issue.cover)):
        problem = storage.store().verify(blob.digest, blob.size)
        proof.say(code, not problem or stands_elsewhere(blob), problem)


def stands_elsewhere(blob: Blob) -> bool:
    try:
        healing.right_place(blob.digest, blob.size, digest=blob.digest)
    except IntegrityFailure:
        return False
    return True


def opened(blob: Blob) -> BinaryIO:
    """The bytes as issued, wherever they are right; where nowhere, those of the store, so that each step tells what
    it sees. Raises RecordsError."""
    try:
        place = healing.right_place(blob.digest, blob.size, digest=blob.digest)
    except IntegrityFailure:
        return storage.store().open(blob.digest)
    return place.store.open(blob.digest)


def check_file(proof: Proof, issue: IndexIssue) -> None:
    """By its schema and in itself: thirteen elements, orders without gaps, folios that go on, nothing withheld."""
    try:
        with opened(issue.file) as source:
            checked = check_index(source)
    except (IndexFault, RecordsError) as fault:
        proof.fail("file_schema", fault.code)
        return
    proof.say("file_schema", (checked.documents, checked.folios) == (issue.documents, issue.folios))
    if checked.untimely:
        proof.leave("file_dates", str(checked.untimely))


def checked_signature(proof: Proof, issue: IndexIssue) -> Signed | None:
    try:
        with opened(issue.cover) as source:
            signed = signatures.verify(source.read())
    except (IndexFault, RecordsError) as fault:
        proof.fail("signature", fault.code)
        return None
    proof.say("signature", True)
    return signed


def check_cover(proof: Proof, issue: IndexIssue, signed: Signed) -> None:
    """The cover is of this issue: what it says, in what was signed, is what the row says."""
    told = covers.facts_of(signed.cover)
    row = {
        "expediente": str(issue.expediente_id),
        "number": str(issue.number),
        "documents": str(issue.documents),
        "folios": str(issue.folios),
        "digest": issue.file_id,
        "size": str(issue.file.size),
    }
    wrong = [name for name, value in row.items() if told[name] != value]
    proof.say("cover", not wrong, ", ".join(wrong))


def check_certificate(proof: Proof, issue: IndexIssue, signed: Signed) -> None:
    """The certificate is the one noted when it signed, it was in force then, and somebody vouches for it."""
    certificate, at = signed.chain[0], issue.stamped_at or issue.issued_at
    proof.say("certificate", signed.fingerprint == issue.certificate)
    proof.say("certificate_dates", certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc)
    proof.trust("certificate_trust", stamps.trust_of(signed.chain, at))


def check_stamp(proof: Proof, issue: IndexIssue, signed: Signed) -> None:
    """A stamp that was noted is there, over this signature and at that moment; where none was given none is missing."""
    if not signed.token and issue.stamped_at is None:
        proof.leave("stamp", "none")
        return
    stamp = stamps.read(signed.token, signed.imprint)
    proof.say("stamp", stamp.holds and stamp.at == issue.stamped_at, stamp.authority)
    proof.trust("stamp_trust", stamp.trust)


def check_chain(proof: Proof, issue: IndexIssue) -> None:
    """The signed cover names the one before by its digest, and so on back to the first (E5)."""
    here: IndexIssue | None = issue
    broken = 0
    while here and not broken:
        before = here.previous
        expected = (str(before.number), before.cover_id) if before else ("", "")
        gapless = here.number == (before.number + 1 if before else 1)
        broken = 0 if gapless and named_before(here) == expected else here.number
        here = before
    proof.say("chain", not broken, str(broken or ""))


def named_before(issue: IndexIssue) -> tuple[str, str]:
    """(number, digest) of the cover that this one follows, as it is kept; told as such when it cannot be read."""
    try:
        with opened(issue.cover) as source:
            told = covers.facts_of(covers.parsed(source.read()))
    except (IndexFault, RecordsError) as fault:
        return "?", fault.code
    return told["previous_number"], told["previous_digest"]


def check_ledger(proof: Proof, issue: IndexIssue) -> None:
    """Who owns the database can write another row with another signature, and not what the ledger told of the issue."""
    events = LedgerEvent.objects.filter(object_id=str(issue.expediente_id), action="index.issued").order_by("index")
    told = [facts for payload in events.values_list("payload", flat=True) if (facts := facts_in(payload))]
    first = next((facts for facts in told if facts.get("number") == issue.number), None)
    proof.say("ledger", first == evidence_of(issue))


def facts_in(payload: str) -> Mapping[str, Any]:
    """The facts of an event; none of one that an intruder made unreadable."""
    try:
        facts = json.loads(payload)["facts"]
    except (ValueError, KeyError, TypeError):
        return {}
    return facts if isinstance(facts, dict) else {}
