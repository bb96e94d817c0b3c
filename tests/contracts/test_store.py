"""What every store of bytes promises: right bytes under their digest, durable, whatever lay there before."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from records.errors import IntegrityFailure, RejectedUpload
from records.storage import BlobStore, Staged
from records.storage.filesystem import FilesystemStore

CONTENT = b"convenio firmado\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
KEEPS = {
    "one": lambda store, staged: store.keep(staged),
    "several": lambda store, staged: store.keep_all([staged]),
}
Keep = Callable[[BlobStore, Staged], None]


@pytest.fixture(params=[FilesystemStore])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    made: BlobStore = request.param(tmp_path / "store")
    return made


@pytest.fixture(params=sorted(KEEPS))
def keep(request: pytest.FixtureRequest) -> Keep:
    return KEEPS[request.param]


def received(store: BlobStore, content: bytes = CONTENT) -> Staged:
    return store.stage(io.BytesIO(content), limit=100)


def damage(path: Path, content: bytes = b"otra cosa\n") -> None:
    path.chmod(0o600)
    path.write_bytes(content)


@pytest.mark.requirement("B5")
def test_what_is_kept_is_found_under_its_digest_and_nothing_is_left_beside_it(store: BlobStore, keep: Keep) -> None:
    for _time in range(2):
        staged = received(store)
        keep(store, staged)
        assert not staged.path.exists()
        assert store.open(DIGEST).read() == CONTENT
        assert store.verify(DIGEST, len(CONTENT)) == ""
    assert store.set_aside() == []


@pytest.mark.rule("C8")
@pytest.mark.criterion(22)
@pytest.mark.parametrize("found", [b"otra cosa\n", b"", CONTENT[:-1]])
def test_right_bytes_take_the_place_of_damaged_ones_which_are_set_aside(
    store: BlobStore, keep: Keep, found: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    keep(store, received(store))
    damage(store.path_of(DIGEST), found)
    with caplog.at_level(logging.CRITICAL):
        keep(store, received(store))
    assert store.open(DIGEST).read() == CONTENT
    assert store.set_aside() == [DIGEST]
    (aside,) = (store.path_of(DIGEST).parent.parent / "damaged").iterdir()
    assert aside.read_bytes() == found
    assert DIGEST in caplog.text
    assert not list((store.path_of(DIGEST).parent.parent / "incoming").iterdir())


def test_bytes_damaged_twice_are_set_aside_twice(store: BlobStore, keep: Keep) -> None:
    keep(store, received(store))
    for word in (b"uno", b"dos"):
        damage(store.path_of(DIGEST), word)
        keep(store, received(store))
    kept = (store.path_of(DIGEST).parent.parent / "damaged").iterdir()
    assert {path.read_bytes() for path in kept} == {b"uno", b"dos"}


def test_absent_bytes_and_too_many_are_refused(store: BlobStore) -> None:
    with pytest.raises(IntegrityFailure):
        store.open(DIGEST)
    with pytest.raises(RejectedUpload):
        store.stage(io.BytesIO(CONTENT), limit=3)
    assert store.verify(DIGEST, len(CONTENT)) == "missing"
