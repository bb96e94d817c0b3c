"""The workshop under attack: what a program that went wild over a document can and cannot do (D8; criteria 16, 17)."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from records.parsing import workshop
from records.parsing.limits import MIB, CellLimits

pytestmark = pytest.mark.skipif(not workshop.is_open(), reason="bubblewrap is not installed here")
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def given(tmp_path):
    path = tmp_path / "documento"
    path.write_bytes(b"contenido")
    return path


def ran(path, script, **limits):
    return workshop.run(path, "document.docx", script, CellLimits(**limits))


def told(path, script):
    return ran(path, f"exec 2>&1; {script}; echo ...").data.decode()


def test_a_program_gets_a_copy_of_the_file_and_gives_back_what_it_prints(given):
    assert ran(given, "cat document.docx").data == b"contenido"
    assert "Read-only" in told(given, "echo otro > document.docx")
    assert given.read_bytes() == b"contenido"


SOCKET = "import socket; socket.socket(socket.{0}, socket.{1})"
DENIED = {
    "the internet": f"python3 -c '{SOCKET.format('AF_INET', 'SOCK_STREAM')}'",
    "datagrams": f"python3 -c '{SOCKET.format('AF_INET6', 'SOCK_DGRAM')}'",
    "netlink": f"python3 -c '{SOCKET.format('AF_NETLINK', 'SOCK_RAW')}'",
    "the system's users": "cat /etc/passwd",
    "this repository": f"cat {REPOSITORY}/manage.py",
    "homes": "ls /home /root",
    "processes": "ls /proc/1",
    "writing in the system": "touch /usr/prueba",
    "devices": "cat /dev/mem",
    "a new namespace": "unshare --user true",
    "mounting": "mount -t tmpfs none /tmp",
    "becoming root": "setpriv --reuid=0 true",
}


@pytest.mark.criterion(17)
@pytest.mark.parametrize("what", DENIED)
def test_what_no_converter_needs_is_denied(given, what):
    assert not ran(given, f"{DENIED[what]} >/dev/null 2>&1 && echo possible").data


@pytest.mark.criterion(17)
def test_no_variable_nor_descriptor_of_the_caller_gets_in(given, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secreto")
    assert "secreto" not in told(given, "env")
    secret = os.open(REPOSITORY / "manage.py", os.O_RDONLY)
    os.set_inheritable(secret, True)
    try:
        tried = f"python3 -c 'import os; [print(os.read(fd, 9)) for fd in range(3, {secret + 1})]'"
        assert "Bad file descriptor" in told(given, tried)
    finally:
        os.close(secret)


@pytest.mark.criterion(17)
def test_what_a_program_leaves_ends_with_it(given):
    assert ran(given, "echo x > /tmp/queda; ls /tmp").data
    assert "queda" not in told(given, "ls /tmp")
    assert not Path("/tmp/queda").exists()


@pytest.mark.criterion(16)
def test_a_program_that_does_not_end_is_killed_with_all_it_started(given):
    mark = f"custodia-{os.getpid()}-{time.monotonic_ns()}"
    script = f"sh -c 'sleep 600; true' {mark} & python3 -c 'import time; time.sleep(600)' {mark}"
    assert ran(given, script, workshop_wall_seconds=1).fault == "limits"
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if mark in _text(path)]


def _text(path):
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


@pytest.mark.criterion(16)
@pytest.mark.parametrize(
    ("script", "limits"),
    [
        ("head -c 3000000 /dev/zero", {"part_bytes": MIB}),
        ("while :; do :; done", {"workshop_cpu_seconds": 1}),
    ],
)
def test_a_program_that_takes_or_says_too_much_gives_nothing(given, script, limits):
    answer = ran(given, script, **limits)
    assert (answer.data, bool(answer.fault)) == (b"", True)


@pytest.mark.criterion(16)
def test_memory_and_written_bytes_are_bounded(given):
    grow = "python3 -c 'bytearray(3 << 30)' || echo no"
    assert ran(given, grow, workshop_address_space=1024 * MIB).data == b"no\n"
    write = "head -c 900000000 /dev/zero > /tmp/grande; stat -c %s /tmp/grande"
    assert int(ran(given, write, file_size=10 * MIB).data) <= 10 * MIB


@pytest.mark.criterion(16)
@pytest.mark.parametrize(("script", "fault"), [("true", "damaged"), ("exit 3", "damaged"), ("exit 99", "limits")])
def test_a_program_that_says_nothing_has_failed_whatever_its_status(given, script, fault):
    assert ran(given, script).fault == fault


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    assert ran(tmp_path / "nada", "true").fault == "unreachable"
