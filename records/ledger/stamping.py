"""A time-stamp each day on the ledger's head, by the configured authority; kept here and outside, checked offline (K5).

The key that signs heads is the system's own: whoever had it could write another past. A token of somebody else says
that this very head was there at that moment. Outside, each token lies beside the head that it is of, so that
`openssl ts -verify -data N.json -in N.tsr -token_in -CAfile roots.pem` is all that checking it takes.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from records import canonical, clock, conf, signing
from records.errors import RecordsError
from records.indexes import stamps
from records.ledger import checkpoints, heads, witness
from records.ledger.heads import Head
from records.models import Checkpoint, HeadStamp

logger = logging.getLogger(__name__)


def stamp_if_due() -> None:
    """Have the head stamped where an authority is configured and no head of today is; what fails is tried again."""
    if not conf.index_signing().authority:
        return
    try:
        head = checkpoints.issue(checkpoints.SCHEDULE)
        if head and not is_stamped_today(head):
            stamp(head)
    except RecordsError as fault:
        logger.warning("ledger: no time-stamp: %s", fault.code)


def is_stamped_today(head: Checkpoint) -> bool:
    """Or already, where nothing happened since."""
    last = HeadStamp.objects.select_related("checkpoint").order_by("-pk").first()
    return last is not None and (last.pk == head.pk or timezone.localdate(last.checkpoint.at) >= clock.today())


def stamp(row: Checkpoint) -> HeadStamp | None:
    """The token of a head, obtained and kept; the one it has, or None where no authority is configured.

    Raises IndexRefused "index_stamp_unavailable", and nothing is written down then; or StoreUnavailable when the copy
    outside could not be made: the next token takes it along.
    """
    if known := HeadStamp.objects.filter(pk=row.pk).first():
        return known
    content = told(heads.head_of(row, signing.find_public_key(row.key)))
    imprint = hashlib.sha256(content).digest()
    token = stamps.obtain(imprint)
    if not token or (at := stamps.read(token, imprint).at) is None:
        return None
    with contextlib.suppress(IntegrityError), transaction.atomic():
        HeadStamp.objects.create(checkpoint=row, at=at, token=token)
    keep()
    return HeadStamp.objects.get(pk=row.pk)


def keep() -> None:
    """Bring the copy outside up to the tokens of the database; nothing already there is changed."""
    with witness.kept_or_refused(), witness.held() as folder:
        place = folder / witness.STAMPS
        place.mkdir(mode=0o700, exist_ok=True)
        for row in HeadStamp.objects.select_related("checkpoint").order_by("pk"):
            if not named(place, row, ".tsr").exists():
                put(named(place, row, ".json"), told_of(row))
                put(named(place, row, ".tsr"), bytes(row.token))


def named(place: Path, row: HeadStamp, ending: str) -> Path:
    return place / f"{row.pk:012}{ending}"


def told_of(row: HeadStamp) -> bytes:
    return told(heads.head_of(row.checkpoint, signing.find_public_key(row.checkpoint.key)))


def told(head: Head) -> bytes:
    """The bytes that a token is over: the signed head as canonical JSON (RFC 8785), as a certificate holds it."""
    return canonical.dumps(head.document())


def put(file: Path, content: bytes) -> None:
    """Whole and durable, or not there."""
    draft = file.with_name(f".{file.name}")
    with draft.open("wb") as sink:
        sink.write(content)
        witness.settle(sink)
    draft.replace(file)


# Checking ---------------------------------------------------------------------------------------------------------


def check(find: Callable[[int, str], None]) -> int:
    """Judge every token there is, by its own chain; gives how many the database has.

    `find(-1, problem)`: "stamp" for one that is not of its head, "stamp_untrusted" where roots are configured and none
    stands behind it, "stamp_removed" where it lies outside and the database no longer has it.
    """
    rows = HeadStamp.objects.select_related("checkpoint").order_by("pk").iterator()
    known = {row.pk: (told_of(row), bytes(row.token), row.at) for row in rows}
    for content, token, at in known.values():
        judge(find, content, token, at)
    for size, content, token in kept_stamps():
        if size not in known:
            find(-1, "stamp_removed")
        elif content != known[size][0]:
            find(-1, "stamp")
        elif token != known[size][1]:  # two may have been asked for at once: both must hold
            judge(find, content, token, None)
    return len(known)


def judge(find: Callable[[int, str], None], content: bytes, token: bytes, at: datetime.datetime | None) -> None:
    found = stamps.read(token, hashlib.sha256(content).digest())
    if not found.holds or at not in (None, found.at):
        find(-1, "stamp")
    elif found.trust == stamps.UNTRUSTED:
        find(-1, "stamp_untrusted")


def kept_stamps() -> Iterator[tuple[int, bytes, bytes]]:
    """(events, head, token) of those outside; what is half written has no token and is let by."""
    for file in sorted((conf.witness() / witness.STAMPS).glob("*.tsr")):
        if file.stem.isdecimal():
            yield int(file.stem), content_of(file.with_suffix(".json")), content_of(file)


def content_of(file: Path) -> bytes:
    """At most what an authority's answer may weigh; nothing where it is not there."""
    with contextlib.suppress(OSError), file.open("rb") as source:
        return source.read(stamps.MOST)
    return b""


def evidence(row: Checkpoint) -> bytes:
    """The token of a head for a certificate, empty where there is none and none can be had now."""
    try:
        made = stamp(row)
    except RecordsError as fault:
        logger.warning("ledger: no time-stamp: %s", fault.code)
        return b""
    return bytes(made.token) if made else b""
