"""Every kind of byte of a certificate, flipped, taken out, swapped and doubled: found, and the right thing named."""

from __future__ import annotations

import json
import random

import pytest

from records.certificates import verify
from tests.integration.certificates.tampering import (
    Entries,
    altered,
    apart,
    blamed,
    changed,
    flipped,
    json_of,
    places,
    report_of,
    together,
    with_json,
    with_manifest,
)

pytestmark = [pytest.mark.django_db, pytest.mark.beyond(12), pytest.mark.requirement("B6")]


#: The certificate under attack, issued once: nothing here changes it.
KEPT: list[bytes] = []


@pytest.fixture
def content(request: pytest.FixtureRequest) -> bytes:
    if not KEPT:
        KEPT.append(request.getfixturevalue("issued")[0].read_bytes())
        assert not blamed(KEPT[0])
    return KEPT[0]


@pytest.fixture
def entries(content: bytes) -> Entries:
    found = apart(content)
    assert together(found) == content, "the layout has one definition"
    return found


def test_every_file_flipped_taken_out_swapped_and_doubled(entries: Entries) -> None:
    for place, (name, content) in enumerate(entries):
        after = (place + 1) % len(entries)
        neighbour, its = entries[after]
        swapped = [(one, {name: its, neighbour: content}.get(one, same)) for one, same in entries]
        crossed = list(entries)
        crossed[place], crossed[after] = crossed[after], crossed[place]
        for what, forged in {
            "flipped": changed(entries, name, flipped),
            "cut": changed(entries, name, lambda whole: whole[:-1]),
            "longer": changed(entries, name, lambda whole: whole + b"\n"),
            "empty": changed(entries, name, lambda _whole: b""),
            "taken out": [one for one in entries if one[0] != name],
            "twice": [*entries, (name, content)],
            "with another's content": swapped,
        }.items():
            # Under another manifest nothing else can be judged: it is the manifest that is named.
            right = verify.MANIFEST if forged is swapped and neighbour == verify.MANIFEST else name
            assert right in blamed(together(forged)), f"{name} {what}"
        assert {name, neighbour} & blamed(together(crossed)), f"{name} out of its place"
        extra = [*entries, (f"otro-{place}", content)]
        assert blamed(together(extra)) == {f"otro-{place}"}, f"{name} under another name"


def test_a_flipped_file_is_named_and_nothing_else(entries: Entries) -> None:
    for name, _content in entries:
        named = blamed(together(changed(entries, name, flipped)))
        assert named == {name}, name


def test_every_field_of_every_event(entries: Entries) -> None:
    lines = dict(entries)[verify.EVENTS].splitlines()
    for number, line in enumerate(lines):
        event = json.loads(line)
        for place in places(event):
            forged = [*lines[:number], verify.canonical(altered(event, place)), *lines[number + 1 :]]
            body = b"".join(one + b"\n" for one in forged)
            named = blamed(together(changed(entries, verify.EVENTS, lambda _old, body=body: body)))
            assert named == {verify.EVENTS}, (number, place)


@pytest.mark.parametrize("name", [verify.EVENTS, verify.PROOFS])
def test_lines_out_of_order_missing_and_doubled(entries: Entries, name: str) -> None:
    lines = dict(entries)[name].splitlines(keepends=True)
    for number in range(len(lines) - 1):
        swapped = [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]]
        for forged in (swapped, lines[:number] + lines[number + 1 :], [*lines[: number + 1], *lines[number:]]):
            assert blamed(together(changed(entries, name, lambda _old, body=forged: b"".join(body)))) == {name}


@pytest.mark.parametrize("name", [verify.SEAL, verify.HEAD, verify.KEYS, verify.MANIFEST, verify.SUMMARY])
def test_every_value_of_what_is_json(entries: Entries, name: str) -> None:
    value = json_of(entries, name)
    for place in places(value):
        assert blamed(together(with_json(entries, name, altered(value, place)))) == {name}, place


def test_a_careful_forger_breaks_the_seal(entries: Entries) -> None:
    """With a manifest made anew over the forged entries, it is the manifest that the signed ledger does not name."""
    for name, _content in entries[:-2]:
        assert blamed(together(with_manifest(changed(entries, name, flipped)))) == {verify.MANIFEST}, name


def test_json_that_could_be_read_in_two_ways(entries: Entries) -> None:
    for name in (verify.SEAL, verify.HEAD, verify.KEYS, verify.MANIFEST, verify.SUMMARY):
        for change in (
            lambda whole: whole.replace(b":", b": ", 1),
            lambda whole: b'{"type":"otro",' + whole[1:],
            lambda whole: whole + b" ",
            lambda _whole: b"[" * 100_000,
            lambda _whole: b"[" * 900 + b"]" * 900,
            lambda _whole: b"\xff\xfe{}",
            lambda _whole: b"NaN",
            lambda _whole: b"1" * 5000,
            lambda _whole: b"[]",
        ):
            assert name in blamed(together(changed(entries, name, change)))


def inside(entries: Entries, place: int) -> str:
    """The entry among whose bytes, its header's included, this place of the file lies; empty after the last."""
    at = 0
    for name, content in entries:
        at += len(verify.local_header(name.encode(), len(content), 0)) + len(content)
        if place < at:
            return name
    return ""


def check_bytes(content: bytes, entries: Entries, some: range | list[int]) -> None:
    for place in some:
        named, where = blamed(flipped(content, place)), inside(entries, place)
        assert named, f"byte {place} of {where}"
        assert not where or where in named, f"byte {place} of {where}: {named}"


def test_bytes_of_the_file_flipped_one_at_a_time(content: bytes, entries: Entries) -> None:
    drawn = random.Random(5).sample(range(len(content)), 150)
    check_bytes(content, entries, [*drawn, *range(len(content) - 60, len(content)), *range(40)])


@pytest.mark.soak
def test_each_byte_of_the_file_flipped(content: bytes, entries: Entries) -> None:
    check_bytes(content, entries, range(len(content)))


def test_bytes_before_between_and_after(content: bytes, entries: Entries) -> None:
    first = len(verify.local_header(entries[0][0].encode(), 0, 0)) + len(entries[0][1])
    for forged in (b"MZ" + content, content + b"\n", content + content, content[:first] + b"x" + content[first:]):
        assert blamed(forged)
    for cut in (0, 1, 21, 22, 100, len(content) // 2, len(content) - 1):
        assert blamed(content[:cut])


def test_own_code_finds_what_the_library_finds(content: bytes, entries: Entries) -> None:
    assert not blamed(content, verify.signed_by)
    seal = json_of(entries, verify.SEAL)
    for field in ("root", "at"):
        forged = with_json(entries, verify.SEAL, altered(seal, ("checkpoint", "checkpoint", field)))
        assert blamed(together(forged), verify.signed_by) == {verify.SEAL}


def test_a_seal_of_another_key_is_told(content: bytes) -> None:
    report = report_of(content)
    report.expect(" ".join(report.fingerprint[at : at + 4] for at in range(0, 64, 4)).upper())
    assert not report.faults
    report.expect("0" * 64)
    assert [item for _mark, item, _sentence in report.faults] == [verify.SEAL]
