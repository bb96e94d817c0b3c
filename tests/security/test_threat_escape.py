"""What a file that took its child over could try to reach from there, attempt by attempt (criterion 17)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from records import parsing
from records.parsing import front, launch, probe
from tests.unit.parsing import makers

REPOSITORY = Path(__file__).resolve().parents[2]
OWN = ("other_descriptors", "write_file", "cut_file", "reopen_file")
pytestmark = [
    pytest.mark.criterion(17),
    pytest.mark.skipif(not launch.has_bubblewrap(), reason="bubblewrap is not installed here"),
]


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A file handed to a child that tries everything, with a key and a database beside it."""
    folder = tmp_path_factory.mktemp("instalacion")
    secrets = [folder / name for name in ("clave", "base.sqlite3")]
    for secret in secrets:
        secret.write_text("secreto")
        secret.chmod(0o644)
    path = makers.saved(folder, "a", makers.text_pdf("Custodia"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    answer = front.asked(path, {"op": "probe", "kind": "pdf", "paths": [str(path), *map(str, secrets)]})
    return answer, path, before, secrets


@pytest.mark.parametrize("attempt", [*probe.ATTEMPTS, *OWN])
def test_the_attempt_is_denied(held, attempt):
    answer, *_ = held
    assert attempt in answer.facts["tried"]
    assert attempt not in answer.facts["allowed"]


def test_no_file_beside_its_own_can_be_read_and_its_own_not_by_its_path(held):
    answer, path, _, secrets = held
    tried = {f"read:{each}" for each in (path, *secrets)}
    assert tried <= set(answer.facts["tried"])
    assert not tried & set(answer.facts["allowed"])


def test_the_file_is_as_it_was_and_the_cell_goes_on(held):
    _, path, before, _ = held
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert parsing.inspect(path, "a.pdf").inspected


PROGRAM = """
import json, os, socket
from records.parsing import probe
from records.parsing.contents import Contents, Sink
ours, theirs = socket.socketpair()
class Told(Sink):
    def say(self, **facts): print(json.dumps(facts))
probe.probe(Contents({}, os.open("/dev/null", os.O_RDONLY), b""), Told(theirs))
"""


def test_without_walls_the_same_attempts_succeed():
    """The attempts are real: a process that nothing holds does what no child may."""
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=True)
    allowed = set(json.loads(done.stdout)["allowed"])
    assert {"unix_socket", "network_tcp", "read_passwd", "write_tmp", "fork", "thread", "make_folder"} <= allowed
    assert {"make_link", "signal_parent", "others_limit", "other_descriptors", "execute"} <= allowed
