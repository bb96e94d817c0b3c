"""A throw-away PostgreSQL: a cluster of its own in a temporary folder, with a role that is no superuser.

    python -m tests.services.postgres COMMAND …     runs COMMAND with DATABASE_URL set
    python -m tests.services.postgres               prints DATABASE_URL and serves until interrupted

The server is a child of this process and is told by the kernel when its parent dies, so that it ends whatever
happens; as root it runs as a system user, since PostgreSQL refuses root.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

DEBIAN = Path("/usr/lib/postgresql")
USERS = ("postgres", "nobody")
ADMIN, OWNER = "dbadmin", "custodia"
#: Nothing of a throw-away cluster outlives its run, so that nothing waits for a disk; what is read back is the same.
FORGETFUL = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
READY_SECONDS = 60
STOP_SECONDS = 30


class Unavailable(RuntimeError):
    """PostgreSQL's programs are not on this machine, or the server did not start; the message says which."""


def programs() -> Path:
    """The folder of the newest installed server programs."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    if place := shutil.which("initdb"):
        return Path(place).parent
    raise Unavailable("no PostgreSQL server programs here; on Debian: apt-get install postgresql-15")


def unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as: us, or the first known system user where we are root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in USERS:
        if name in names:
            return names[name]
    raise Unavailable(f"none of the users {', '.join(USERS)} exists, and PostgreSQL refuses root")


def as_user(user: pwd.struct_passwd | None, *command: str, dying: str = "SIGINT") -> list[str]:
    """The command with a clean environment, as that user, told by the kernel with `dying` if we die."""
    clean = ["env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", *command]
    identity = [] if user is None else [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *identity, "--no-new-privs", f"--pdeathsig={dying}", *clean]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_cluster(folder: Path, user: pwd.struct_passwd | None, password: str) -> Path:
    """An empty cluster with checksums and Spanish collation; returns its data folder."""
    data, word = folder / "data", folder / "password"
    word.write_text(password)
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        os.chown(word, user.pw_uid, user.pw_gid)
    flags = (
        *("-D", str(data), "-U", ADMIN, f"--pwfile={word}", "--auth-local=scram-sha-256", "--auth-host=scram-sha-256"),
        *("-E", "UTF8", "--locale-provider=icu", "--icu-locale=es-CO", "--locale=C.UTF-8", "--data-checksums"),
    )
    command = as_user(user, str(programs() / "initdb"), *flags)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    word.unlink()
    if done.returncode:
        raise Unavailable(f"initdb: {done.stderr.strip() or done.stdout.strip()}")
    return data


def start(
    folder: Path, data: Path, user: pwd.struct_passwd | None, port: int, options: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    command = as_user(
        user,
        *(str(programs() / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)),
        *options,
    )
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)


def make_owner(port: int, admin_password: str, password: str) -> None:
    """The role of the tests: makes databases, is no superuser, passes no row security."""
    with psycopg.connect(conninfo(ADMIN, admin_password, port, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                sql.Identifier(OWNER), sql.Literal(password)
            )
        )
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(OWNER), sql.Identifier(OWNER)))


def conninfo(user: str, password: str, port: int, name: str) -> str:
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{name}"


def wait_ready(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit and server.poll() is None:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (SIGINT); what does not end in time is killed."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def cluster(*, forgetful: bool = False) -> Iterator[str]:
    """A running server; yields the DATABASE_URL of an empty database owned by a plain role. A `forgetful` one would
    not survive a power cut, and is faster."""
    user, port = unprivileged(), free_port()
    admin_password, password = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="custodia-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        data = make_cluster(folder, user, admin_password)
        server = start(folder, data, user, port, FORGETFUL if forgetful else ())
        try:
            wait_ready(server, conninfo(ADMIN, admin_password, port, "postgres"), folder / "log")
            make_owner(port, admin_password, password)
            yield conninfo(OWNER, password, port, OWNER)
        finally:
            stop(server)


def end_by_exception(number: int, _frame: object) -> None:
    """A termination unwinds the stack, so that the server is stopped and its folder removed."""
    sys.exit(128 + number)


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, end_by_exception)
    signal.signal(signal.SIGHUP, end_by_exception)
    try:
        with cluster() as address:
            if command:
                return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode
            print(f"DATABASE_URL={address}", flush=True)
            signal.pause()
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
