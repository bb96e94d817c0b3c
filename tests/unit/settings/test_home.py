"""One installation is one folder: private from its first moment, and emptied only of what is its own."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from cms.settings.home import FOLDERS, local_secret, prepare_home
from cms.settings.reset import reset


def mode(place: Path) -> int:
    return place.stat().st_mode & 0o777


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "casa"
    prepare_home(place)
    local_secret(place)
    return place


def test_a_new_home_is_its_owners_alone(home: Path) -> None:
    assert {mode(place) for place in (home, *(home / name for name in FOLDERS))} == {0o700}
    assert mode(home / "secret_key") == 0o600


def test_an_empty_folder_made_by_somebody_is_closed(tmp_path: Path) -> None:
    place = tmp_path / "dada"
    place.mkdir(mode=0o755)
    prepare_home(place)
    assert mode(place) == 0o700


def test_an_opened_home_is_left_for_the_start_check_to_refuse(home: Path) -> None:
    home.chmod(0o755)
    prepare_home(home)
    assert mode(home) == 0o755


def test_the_secret_is_long_and_survives_a_restart(home: Path) -> None:
    assert local_secret(home) == local_secret(home)
    assert len(local_secret(home)) >= 60


def test_a_reset_removes_the_installation_and_leaves_what_is_not_its_own(home: Path) -> None:
    (home / "store" / "ab").mkdir()
    (home / "custodia.sqlite3").write_text("filas")
    (home / "tesis.txt").write_text("ajeno")
    assert reset(home) == ["tesis.txt"]
    assert [entry.name for entry in home.iterdir()] == ["tesis.txt"]


def test_a_running_installation_is_not_emptied(home: Path) -> None:
    with (home / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match="está en marcha"):
            reset(home)
    assert (home / "secret_key").exists()


def test_a_folder_that_is_no_installation_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "mercancia.txt").write_text("de otro programa")
    with pytest.raises(ValueError, match="no parece una instalación"):
        reset(tmp_path)
    assert (tmp_path / "store" / "mercancia.txt").exists()


def test_a_folder_without_installation_needs_no_reset(tmp_path: Path) -> None:
    (tmp_path / "conformance.json").write_text("{}")
    assert reset(tmp_path) == []
    assert reset(tmp_path / "ninguna") == []
    assert (tmp_path / "conformance.json").exists()
