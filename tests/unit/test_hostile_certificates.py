"""ZIPs made to hurt whoever checks them: each is refused by name, and costs no more than reading it."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable

import pytest

from records.certificates import verify
from records.certificates.container import Container

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


def test_nothing_at_all() -> None:
    assert blamed(b"") == {"ZIP"}
    assert blamed(zipped()) == {"ZIP"}
