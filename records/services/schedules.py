"""Loading a version of the classification scheme and retention schedule (R1; Acuerdo AGN 001 de 2024).

A load is previewed first, with nothing written; a version is closed by the one that follows it and never deleted.
"""

from __future__ import annotations

import datetime
import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from records import audit, clock, permissions
from records.errors import RuleViolation
from records.models import Expediente, Serie, Subserie, TipoDocumental, TrdVersion
from records.permissions import Actor
from records.schedules import Change, Fault, Parsed, Place, Schedule, compare, parse
from records.selectors.trd import find_last_version, schedule_of
from records.vocabulary import Action

#: A schedule is a page of text; what is larger is something else.
MOST_BYTES = 8 * 1024 * 1024
FILE = Place("el archivo")


class RefusedSchedule(RuleViolation):
    """The file holds no schedule that can follow the present one; `faults` names all that is wrong with it."""

    code = "schedule_refused"

    def __init__(self, faults: Sequence[Fault], notices: Sequence[Fault] = ()) -> None:
        self.faults, self.notices = tuple(faults), tuple(notices)
        super().__init__(self.code, faults=len(self.faults))

    @classmethod
    def of_file(cls, code: str, **facts: Any) -> RefusedSchedule:
        """Refused for the file as a whole."""
        return cls([Fault(code, FILE, facts)])


@dataclass(frozen=True)
class Seen:
    """What a person saw in a preview: the file, and the version it would follow (0: none)."""

    digest: str
    former: int


@dataclass(frozen=True)
class Preview:
    """What loading a file would do. `former` is the version it closes, on the day before `schedule` begins to rule;
    `bound` counts the expedientes that keep that version."""

    digest: str
    number: int
    schedule: Schedule
    former: TrdVersion | None
    changes: tuple[Change, ...]
    notices: tuple[Fault, ...]
    bound: int

    @property
    def seen(self) -> Seen:
        return Seen(self.digest, self.former.number if self.former else 0)

    @property
    def closes_on(self) -> datetime.date | None:
        return self.schedule.header.in_force_from - datetime.timedelta(days=1) if self.former else None


def preview_schedule(*, actor: Actor, content: bytes, name: str) -> Preview:
    """What would change if this file were loaded; nothing is written.

    `name` tells its format (.csv, .xlsx, .json). Raises AccessDenied, or RefusedSchedule with every fault.
    """
    permissions.check(actor, Action.LOAD_TRD)
    digest, former = digest_of(content), find_last_version()
    parsed = read(content, name, digest)
    faults = sorted([*following_faults(parsed, former), *parsed.faults], key=lambda fault: fault.place.line)
    if faults or parsed.schedule is None:
        raise RefusedSchedule(faults, parsed.notices)
    return seen_as(parsed.schedule, digest, former, parsed)


def load_schedule(*, actor: Actor, content: bytes, name: str, seen: Seen | None = None) -> TrdVersion:
    """Load the file as the next version and close the one before it.

    With `seen`, only what was previewed, upon the version it was compared with. Raises AccessDenied,
    RefusedSchedule, or RuleViolation ("schedule_changed", "schedule_overtaken": somebody else loaded one meanwhile).
    """
    permissions.check(actor, Action.LOAD_TRD)
    if seen is not None:
        check_seen(seen, Seen(digest_of(content), last_number()))
    preview = preview_schedule(actor=actor, content=content, name=name)
    with transaction.atomic():
        audit.next_index()  # loads come one after another: the ledger's own lock, held until the end
        check_seen(seen or preview.seen, Seen(preview.digest, last_number()))
        return write(preview, actor)


def check_seen(seen: Seen, present: Seen) -> None:
    if seen.digest != present.digest:
        raise RuleViolation("schedule_changed")
    if seen.former != present.former:
        raise RuleViolation("schedule_overtaken")


def last_number() -> int:
    last = find_last_version()
    return last.number if last else 0


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# -- judging -------------------------------------------------------------------------------------------------------


def read(content: bytes, name: str, digest: str) -> Parsed:
    """What the cell reads of the bytes; a file too large, or loaded before, is not even opened."""
    repeated = TrdVersion.objects.filter(source_digest=digest).first()
    if repeated is not None:
        return Parsed(faults=(Fault("repeated_file", FILE, {"number": repeated.number}),))
    if len(content) > MOST_BYTES:
        return Parsed(faults=(Fault("too_large", FILE, {"most": f"{MOST_BYTES // 1024**2} MiB"}),))
    with tempfile.TemporaryDirectory(prefix="custodia-trd-") as folder:
        path = Path(folder) / "archivo"
        path.write_bytes(content)
        return parse(path, name)


def following_faults(parsed: Parsed, former: TrdVersion | None) -> Iterable[Fault]:
    """What keeps a schedule from following the last version."""
    number, begins = parsed.header.get("number"), parsed.header.get("in_force_from")
    if former is None:
        return
    if number is not None and number != former.number + 1:
        yield Fault("wrong_number", parsed.places["number"], {"next": former.number + 1, "number": number})
    if begins is not None and begins <= former.in_force_from:
        days = {"former": f"{former.in_force_from:%d/%m/%Y}", "day": f"{begins:%d/%m/%Y}"}
        facts = {"number": former.number, **days}
        yield Fault("before_former", parsed.places["in_force_from"], facts)


def seen_as(schedule: Schedule, digest: str, former: TrdVersion | None, parsed: Parsed) -> Preview:
    changes = tuple(compare(schedule_of(former) if former else None, schedule))
    notices = list(parsed.notices)
    if former and schedule.header.in_force_from < clock.today():
        notices.append(Fault("past_start", parsed.places["in_force_from"]))
    if former and not changes:
        notices.append(Fault("nothing_new", FILE))
    return Preview(
        digest=digest,
        number=schedule.header.number or (former.number if former else 0) + 1,
        schedule=schedule,
        former=former,
        changes=changes,
        notices=tuple(notices),
        bound=Expediente.objects.filter(trd=former).count() if former else 0,
    )


# -- writing -------------------------------------------------------------------------------------------------------


def write(preview: Preview, actor: Actor) -> TrdVersion:
    header = {**asdict(preview.schedule.header), "number": preview.number}
    if preview.former:
        TrdVersion.objects.filter(pk=preview.former.pk).update(in_force_until=preview.closes_on)
    trd = TrdVersion.objects.create(**header, source_digest=preview.digest, loaded_by=actor, loaded_at=clock.now())
    write_series(trd, preview.schedule)
    write_tipos(trd, preview.schedule)
    audit.record(
        "retention.loaded",
        actor=actor,
        subject=trd,
        digest=preview.digest,
        in_force_from=trd.in_force_from,
        closes=preview.seen.former,
        series=len(preview.schedule.series),
        tipos=len(preview.schedule.tipos),
    )
    return trd


def write_series(trd: TrdVersion, schedule: Schedule) -> None:
    series = {line.code: Serie(trd=trd, code=line.code, name=line.name) for line in schedule.series}
    Serie.objects.bulk_create(series.values())
    Subserie.objects.bulk_create(
        Subserie(serie=series[serie.code], **asdict(line)) for serie in schedule.series for line in serie.subseries
    )


def write_tipos(trd: TrdVersion, schedule: Schedule) -> None:
    rows = (asdict(line) for line in schedule.tipos)
    TipoDocumental.objects.bulk_create((TipoDocumental(trd=trd, **listed(row)) for row in rows), batch_size=500)


def listed(row: dict[str, Any]) -> dict[str, Any]:
    """Tuples as the lists that JSON keeps."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}
