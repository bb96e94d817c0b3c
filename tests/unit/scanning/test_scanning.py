"""The scanner's protocol and what we make of its answers: anything but a plain "clean" about everything is not clean.

The daemon here is a real socket that says what a test tells it to; the real one is in tests/services/test_clamd.py.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cms.settings import env
from records import scanning
from records.scanning import clamav
from tests.services.clamd import EICAR

Act = Callable[[socket.socket], None]


class Daemon:
    """Takes connections one by one and does with each what the test says; `received` holds what came in full."""

    def __init__(self, folder: Path, act: Act) -> None:
        self.place, self.act, self.received = folder / "s", act, [b""]
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.place))
        self.listener.listen(16)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            with link:
                self.act(link)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


def take(link: socket.socket) -> bytes:
    """A whole INSTREAM as the daemon reads it."""
    command = b""
    while not command.endswith(b"\0"):
        command += link.recv(1)
    assert command == b"zINSTREAM\0"
    data = b""
    while size := struct.unpack("!I", exactly(link, 4))[0]:
        data += exactly(link, size)
    return data


def exactly(link: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = link.recv(size - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def says(*pieces: bytes, pause: float = 0) -> Act:
    """Reads everything, then answers with these pieces."""

    def act(link: socket.socket) -> None:
        take(link)
        with contextlib.suppress(BrokenPipeError):  # whoever asked may have given up
            for piece in pieces:
                link.sendall(piece)
                time.sleep(pause)

    return act


@pytest.fixture
def daemon(tmp_path: Path, settings: Any) -> Iterator[Callable[[Act], Daemon]]:
    started: list[Daemon] = []

    def start(act: Act) -> Daemon:
        started.append(Daemon(tmp_path, act))
        settings.RECORDS = {**settings.RECORDS, "SCANNER": f"unix:{started[-1].place}", "SCANNER_SECONDS": 1}
        return started[-1]

    yield start
    for one in started:
        one.close()


def scan(content: bytes, tmp_path: Path, media_type: str = "text/plain", **options: Any) -> scanning.Verdict:
    file = tmp_path / "archivo"
    file.write_bytes(content)
    return scanning.scan(file, media_type, **options)


# What it says ---------------------------------------------------------------------------------------------


@pytest.mark.rule("C5")
def test_every_byte_is_sent_and_a_plain_clean_is_clean(daemon: Any, tmp_path: Path) -> None:
    got: list[bytes] = []

    def act(link: socket.socket) -> None:
        got.append(take(link))
        link.sendall(b"stream: OK\0")

    daemon(act)
    content = os.urandom(3 * scanning.CHUNK + 17)
    assert scan(content, tmp_path).clean
    assert got == [content]


@pytest.mark.rule("C5")
def test_what_it_found_is_told_by_name(daemon: Any, tmp_path: Path) -> None:
    daemon(says(b"stream: Win.Test.EICAR_HDB-1 FOUND\0"))
    assert scan(EICAR, tmp_path) == scanning.Verdict("infected", "Win.Test.EICAR_HDB-1")


@pytest.mark.rule("C5")
def test_its_own_limits_are_not_a_finding_and_not_clean(daemon: Any, tmp_path: Path) -> None:
    daemon(says(b"stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0"))
    assert scan(b"x", tmp_path) == scanning.Verdict("unavailable", "limits")


@pytest.mark.rule("C5")
@pytest.mark.parametrize(
    "answer",
    [
        b"stream: OK", b"stream: OK\n", b"stream: OK\0stream: OK\0", b"OK\0", b"stream: OK OK\0", b"\0",
        b"stream:  FOUND\0", b"stream: x ERROR\0", b"UNKNOWN COMMAND\0", b"stream: \xff\xfe FOUND\0", b"a" * 5000,
        b"stream: OK" + b" " * 5000 + b"\0", b"stream: a b FOUND\0", b"stream: ok\0", b"1: stream: OK\0",
    ],
)  # fmt: skip
def test_any_other_answer_is_not_clean(daemon: Any, tmp_path: Path, answer: bytes) -> None:
    daemon(says(answer))
    verdict = scan(b"x", tmp_path)
    assert (verdict.state, verdict.name) == ("unavailable", "odd_answer")


def test_an_answer_in_pieces_is_put_together(daemon: Any, tmp_path: Path) -> None:
    daemon(says(b"stre", b"am: O", b"K\0", pause=0.02))
    assert scan(b"x", tmp_path).clean


@pytest.mark.rule("C5")
def test_one_that_says_clean_before_it_has_everything_is_not_believed(daemon: Any, tmp_path: Path) -> None:
    def hasty(link: socket.socket) -> None:
        link.sendall(b"stream: OK\0")
        with pytest.raises((ConnectionError, OSError)):
            take(link)

    daemon(hasty)
    verdict = scan(os.urandom(4 * scanning.CHUNK), tmp_path)
    assert (verdict.state, verdict.name) == ("unavailable", "odd_answer")


@pytest.mark.rule("C5")
def test_one_that_hangs_up_saying_it_is_too_long_is_told_so(daemon: Any, tmp_path: Path) -> None:
    def brief(link: socket.socket) -> None:
        exactly(link, 10 + 4 + 1000)
        link.sendall(b"INSTREAM size limit exceeded. ERROR\0")

    daemon(brief)
    assert scan(os.urandom(8 * scanning.CHUNK), tmp_path) == scanning.Verdict("unavailable", "limits")


# When it does not -----------------------------------------------------------------------------------------


def hangs_up(_link: socket.socket) -> None:
    """Takes the call and ends it."""


def dies_while_receiving(link: socket.socket) -> None:
    exactly(link, 10 + 4 + 1000)


def dies_before_answering(link: socket.socket) -> None:
    take(link)


@pytest.mark.rule("C5")
@pytest.mark.parametrize("act", [hangs_up, dies_while_receiving, dies_before_answering])
def test_one_that_goes_away_leaves_nothing_judged(daemon: Any, tmp_path: Path, act: Act) -> None:
    daemon(act)
    assert scan(os.urandom(2 * scanning.CHUNK), tmp_path).state == "unavailable"


@pytest.mark.rule("C5")
def test_one_that_is_not_there_leaves_nothing_judged(settings: Any, tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path / 'nadie'}", "tcp:127.0.0.1:1", f"unix:/{'x' * 200}", "tcp:127.0.0.1:99999"):
        settings.RECORDS = {**settings.RECORDS, "SCANNER": address}
        assert scan(b"x", tmp_path) == scanning.Verdict("unavailable", "unreachable")


@pytest.mark.rule("C5")
def test_one_that_never_answers_is_given_up(daemon: Any, tmp_path: Path) -> None:
    done = threading.Event()

    def silent(link: socket.socket) -> None:
        take(link)
        done.wait(20)

    daemon(silent)
    assert scan(b"x", tmp_path) == scanning.Verdict("unavailable", "timeout")
    done.set()


@pytest.mark.rule("C5")
def test_one_that_answers_letter_by_letter_has_one_limit_for_all_of_it(daemon: Any, tmp_path: Path) -> None:
    """A limit for each letter would never be reached."""
    daemon(says(*(b"x" for _ in range(100)), pause=0.05))
    assert scan(b"x", tmp_path) == scanning.Verdict("unavailable", "timeout")


@pytest.mark.rule("C5")
def test_one_that_does_not_read_is_given_up(daemon: Any, tmp_path: Path) -> None:
    done = threading.Event()
    daemon(lambda _link: done.wait(20))
    assert scan(os.urandom(2 * scanning.CHUNK), tmp_path) == scanning.Verdict("unavailable", "timeout")
    done.set()


def test_a_file_that_cannot_be_read_is_not_judged(daemon: Any, tmp_path: Path) -> None:
    daemon(says(b"stream: OK\0"))
    assert scanning.scan(tmp_path / "no-existe", "text/plain") == scanning.Verdict("unavailable", "unreachable")


@pytest.mark.parametrize("address", ["", "none"])
def test_without_a_scanner_it_says_so_and_asks_nobody(settings: Any, tmp_path: Path, address: str) -> None:
    settings.RECORDS = {**settings.RECORDS, "SCANNER": address}
    assert scan(EICAR, tmp_path) == scanning.Verdict("not_configured")


# What lies inside -----------------------------------------------------------------------------------------


def finds_eicar(link: socket.socket) -> None:
    """As the real daemon with a compressed attachment: it sees the bytes it is sent and unpacks nothing."""
    link.sendall(b"stream: Prueba FOUND\0" if EICAR in take(link) else b"stream: OK\0")


def pdf_with(files: dict[str, bytes]) -> bytes:
    """A PDF that embeds these files compressed."""
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page(page_size=(200, 200))
    for name, content in files.items():
        made.attachments[name] = pikepdf.AttachedFileSpec(
            made, content, filename=name, description="", mime_type="", creation_date="", mod_date=""
        )
    made.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def mail_with(content: bytes, name: str = "nota.txt") -> bytes:
    import email.message

    message = email.message.EmailMessage()
    message["Subject"], message["From"], message["To"] = "Anexo", "a@example.com", "b@example.com"
    message.set_content("Va el anexo.")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


PDF, MAIL = "application/pdf", "message/rfc822"
NESTED = {
    "pdf": (pdf_with({"bueno.txt": b"bueno", "malo.txt": EICAR}), PDF, "malo.txt"),
    "mail": (mail_with(EICAR, "malo.txt"), MAIL, "malo.txt"),
    "pdf in mail": (mail_with(pdf_with({"malo.txt": EICAR}), "carta.pdf"), MAIL, "malo.txt"),
    "pdf in pdf in mail": (mail_with(pdf_with({"b.pdf": pdf_with({"malo.txt": EICAR})}), "a.pdf"), MAIL, "malo.txt"),
}


@pytest.mark.rule("C5")
@pytest.mark.parametrize("name", NESTED)
def test_what_lies_inside_is_taken_out_and_judged(daemon: Any, tmp_path: Path, name: str) -> None:
    content, media_type, part = NESTED[name]
    assert EICAR not in content
    daemon(finds_eicar)
    assert scan(content, tmp_path, media_type) == scanning.Verdict("infected", "Prueba", part)
    assert scan(content, tmp_path, media_type, inside=False).clean  # alone, the daemon misses it


@pytest.mark.rule("C5")
def test_clean_insides_are_clean(daemon: Any, tmp_path: Path) -> None:
    daemon(finds_eicar)
    assert scan(pdf_with({"a.txt": b"a", "b.pdf": pdf_with({"c.txt": b"c"})}), tmp_path, PDF).clean
    assert scan(mail_with(b"a"), tmp_path, MAIL).clean


@pytest.mark.rule("C5")
def test_too_many_too_large_or_too_deep_is_not_clean(daemon: Any, settings: Any, tmp_path: Path) -> None:
    daemon(finds_eicar)
    deep = b"fin"
    for _ in range(scanning.DEEPEST + 2):
        deep = pdf_with({"dentro.pdf": deep})
    assert scan(deep, tmp_path, PDF) == scanning.Verdict("unavailable", "limits", "dentro.pdf")
    settings.RECORDS = {**settings.RECORDS, "SCANNED_INSIDES": {"FILES": 2, "BYTES": 1000}}
    for files in ({f"{n}.txt": b"x" for n in range(3)}, {"a.txt": b"x" * 600, "b.txt": b"x" * 600}):
        assert scan(pdf_with(files), tmp_path, PDF).name == "limits"
    assert scan(pdf_with({f"{n}.txt": b"x" for n in range(2)}), tmp_path, PDF).clean


@pytest.mark.rule("C5")
@pytest.mark.criterion(16)
def test_a_bomb_inside_is_not_clean(daemon: Any, tmp_path: Path) -> None:
    """300 MB of nothing in 300 kB: the cell refuses to take it out, so nobody has judged it."""
    daemon(finds_eicar)
    bomb = pdf_with({"bomba.txt": bytes(300_000_000)})
    assert len(bomb) < 1_000_000
    assert scan(bomb, tmp_path, PDF) == scanning.Verdict("unavailable", "limits", "bomba.txt")


@pytest.mark.rule("C5")
def test_insides_that_cannot_be_listed_are_not_clean(daemon: Any, tmp_path: Path) -> None:
    daemon(finds_eicar)
    assert scan(b"%PDF-1.7\nnada", tmp_path, PDF).name == "limits"


# How it stands --------------------------------------------------------------------------------------------


def answering(link: socket.socket, finds: bool, tells: bool) -> None:
    first = link.recv(10, socket.MSG_PEEK)
    if first.startswith(b"zVERSION"):
        link.recv(9)
        link.sendall(b"ClamAV 1.4.6\0")
        return
    data = take(link)
    found = b"stream: Prueba FOUND\0" if finds and data == EICAR else b"stream: OK\0"
    limits = b"stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0" if tells else b"stream: OK\0"
    link.sendall(limits if data.startswith(b"\x1f\x8b") else found)


@pytest.mark.rule("C5")
@pytest.mark.parametrize(
    ("finds", "tells", "state"), [(True, True, "ready"), (False, True, "blind"), (True, False, "silent")]
)
def test_a_scanner_that_finds_nothing_or_hides_its_limits_is_known(
    daemon: Any, finds: bool, tells: bool, state: str
) -> None:
    daemon(lambda link: answering(link, finds, tells))
    assert scanning.status() == scanning.ScannerStatus(state, "ClamAV 1.4.6")


def test_the_state_of_none_is_told(settings: Any, tmp_path: Path) -> None:
    for address, state in (("", "not_configured"), ("none", "declared_off"), (f"unix:{tmp_path / 'n'}", "unreachable")):
        settings.RECORDS = {**settings.RECORDS, "SCANNER": address}
        assert scanning.status().state == state


@pytest.mark.parametrize("raw", ["unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:[::1]:3310", "none"])
def test_a_scanner_of_this_machine_may_be_named(raw: str) -> None:
    assert env.scanner(raw) == raw


@pytest.mark.parametrize(
    "raw", ["tcp:10.0.0.8:3310", "tcp:antivirus.example:3310", "unix:relativo", "si", "tcp:localhost"]
)
def test_one_elsewhere_may_not(raw: str) -> None:
    with pytest.raises(ValueError, match="unix:/ruta"):
        env.scanner(raw)


def test_the_limit_grows_with_the_file() -> None:
    assert clamav.seconds_for(0, 60) == 60
    assert clamav.seconds_for(2 * 1024**3, 60) > 500
