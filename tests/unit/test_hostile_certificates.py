"""ZIPs made to hurt whoever checks them: each is refused by name, and costs no more than reading it."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from records.certificates import verify
from records.certificates.container import Container
from tests.integration.certificates.tampering import strangers_head, strangers_seal

pytestmark = pytest.mark.beyond(12)


class Counting(io.BytesIO):
    """A file that counts the bytes that were read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size)
        self.count += len(block)
        return block


def blamed(content: bytes) -> set[str]:
    return {item for _mark, item, _sentence in verify.check(io.BytesIO(content)).faults}


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../fuera.txt",
        "/etc/fuera",
        "C:/fuera",
        "a/../../b",
        "a\\b",
        "./a",
        "a//b",
        "con\nsalto",
        "ñandú.txt",
        "a/",
        ".x",
    ],
)
def test_names_that_lead_elsewhere(name: str) -> None:
    target = io.BytesIO()
    container = Container(target)
    raw = name.encode()
    container.target.write(verify.local_header(raw, 1, 0) + b"x")
    container.directory += verify.directory_record(raw, 1, 0, 0)
    container.written.append({"name": name})
    container.close()
    assert verify.shown(raw) in blamed(target.getvalue())


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "content",
    [
        zipped(("bomba.bin", b"\0" * 50_000_000), how=zipfile.ZIP_DEFLATED),
        zipped((link("bomba.bin"), b"/etc/passwd")),
        zipped(("bomba.bin", b"x")).replace(b"PK\1\2\x14\x03\x14\0\0\0", b"PK\1\2\x14\x03\x14\0\1\0"),
        zipped(("bomba.bin", b"x"), ("BOMBA.bin", b"y")).replace(b"BOMBA.bin", b"bomba.bin"),
    ],
    ids=["compressed", "link", "encrypted", "twice"],
)
def test_entries_that_a_certificate_never_has(content: bytes) -> None:
    assert "bomba.bin" in blamed(content)


def test_names_that_differ_in_case_alone() -> None:
    assert "Manifiesto.json" in blamed(zipped(("manifiesto.json", b"{}"), ("Manifiesto.json", b"{}")))


def test_entries_that_share_their_bytes_are_read_once() -> None:
    body, many = b"a" * 1_000_000, 500
    names = [f"x{number:03}" for number in range(many)]
    told = [{"name": name, "bytes": len(body), "sha256": "0" * 64} for name in names]
    manifest = verify.canonical({"type": "custodia/manifiesto/1", "certificate": "x", "entries": told})
    target, raw = Counting(), verify.MANIFEST.encode()
    target.write(verify.local_header(raw, len(manifest), 0) + manifest)
    start = target.tell()
    target.write(verify.local_header(b"x000", len(body), 0) + body)
    offset = target.tell()
    records = [verify.directory_record(name.encode(), len(body), 0, start) for name in names]
    directory = b"".join([verify.directory_record(raw, len(manifest), 0, 0), *records])
    target.write(directory + verify.ending(many + 1, len(directory), offset))
    report = verify.check(target)
    assert report.faults
    assert len(body) < target.count < 5 * len(target.getvalue())


@pytest.mark.parametrize(
    "make",
    [
        lambda count: verify.ending(count, 2**40, 0),
        lambda count: verify.ending(2**50, 46, 2**60),
        lambda count: b"PK\6\6" + b"\xff" * 52 + b"PK\6\7" + b"\xff" * 16 + b"PK\5\6" + b"\xff" * 16 + b"\0\0",
        lambda count: verify.directory_record(b"a", 2**62, 0, 2**62) + verify.ending(1, 0, 0),
        lambda count: b"PK\1\2" + b"\xff" * 60_000 + verify.ending(count, 60_004, 0),
    ],
)
def test_sizes_that_are_not_true(make: Callable[[int], bytes]) -> None:
    assert blamed(make(1))


def made_up(pieces: list[dict[str, Any]], receipt: bytes) -> bytes:
    """All that a certificate has but a seal, signed by a stranger's key."""
    facts = {**pieces[0], "expediente": "e"}
    event = verify.canonical({"index": 0, "object_id": "d", "action": "document.filed", "facts": facts})
    head = strangers_head(1, verify.leaf_hash(event))
    told = {"size": 1, "root": head["checkpoint"]["root"]}
    summary = {
        "certificate": "x",
        "scope": {"kind": "document", "id": "d"},
        "expediente": {"id": "e"},
        "bytes": False,
        "pieces": pieces,
        "events": 1,
        "checkpoint": told,
    }
    target = io.BytesIO()
    container = Container(target)
    container.add(verify.SUMMARY, verify.canonical(summary))
    container.add("recibos/x.json", receipt)
    container.add(verify.EVENTS, event + b"\n")
    container.add(verify.PROOFS, verify.canonical({"index": 0, "path": []}) + b"\n")
    container.add(verify.HEAD, verify.canonical(head))
    manifest = {"type": "custodia/manifiesto/1", "certificate": "x", "entries": list(container.written)}
    container.add(verify.MANIFEST, verify.canonical(manifest))
    container.close()
    return target.getvalue()


def test_one_receipt_that_every_piece_names_is_not_read_for_each() -> None:
    """A page open to everybody would be busy with it for hours."""
    piece = {"document": "d", "sha256": "0" * 64, "radicado": "1", "order": 1, "folios": [1, 1], "bytes": 0}
    content = made_up([{**piece, "entry": "", "receipt": "recibos/x.json"}] * 100, b'"' + b"x" * 1_000_000 + b'"')
    source = Counting(content)
    report = verify.check(source)
    assert source.count < 5 * len(content)
    assert verify.SUMMARY in {item for _mark, item, _sentence in report.faults}


@pytest.mark.parametrize("said", ["\x1b[8m", "\x1b]0;x\x07", "\r\n", "\u202e", "\x9b2J", "\u2028"])
def test_no_certificate_commands_the_terminal_of_who_checks_it(said: str) -> None:
    """Else it hides whose key sealed it, and writes another fingerprint in its place."""
    target = io.BytesIO()
    container = Container(target)
    container.add(verify.SEAL, verify.canonical(strangers_seal(f"{said}Todo coincide.")))
    container.close()
    lines = verify.check(target).lines
    assert "Todo coincide." in " ".join(map(str, lines))
    assert not any(said in text for line in lines for text in line)


def test_nothing_at_all() -> None:
    assert blamed(b"") == {"ZIP"}
    assert blamed(zipped()) == {"ZIP"}
