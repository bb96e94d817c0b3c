"""A real Elasticsearch that lives as long as a test needs it: one node or three, on loopback, never as root.

    python -m tests.services.elastic COMMAND …     runs COMMAND with a server that its tests share
    python -m tests.services.elastic               prints how to reach it and serves until interrupted

Each node is a launcher with its server; the launcher is told by the kernel when we die and takes its server along.
Memory is bounded (`heap`); nothing is kept. With `security` the one account is a superuser of the file realm, with a
password of this run: it needs no index of its own and answers as soon as the node does.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.services.elastic_program import Unavailable, java_home, program
from tests.services.postgres import as_user, end_by_exception, unprivileged

__all__ = ["ADMIN", "Cluster", "Node", "Unavailable", "cluster", "shared", "sharing"]

READY_SECONDS = 180
STOP_SECONDS = 30
ADMIN = "operador"
#: The environment variable by which the processes of one run share a server.
SHARED = "CUSTODIA_TEST_ELASTIC"
HEAP = "256m"
#: The serial collector and the first compiler only: tests start often and do little. A benchmark says `quick=False`.
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
STEADY = ("-XX:+UseG1GC",)
JVM = (
    *("-Djava.io.tmpdir=${ES_TMPDIR}", "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1"),
    *("-XX:+ExitOnOutOfMemoryError", "20-:--add-modules=jdk.incubator.vector"),
)


@dataclass
class Node:
    """One server: `kill` ends it as a power cut would, `start` brings it back with what its disk kept."""

    name: str
    folder: Path
    port: int
    transport: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Returns at once; `Cluster.wait` says when it serves."""
        place = program()
        given = (
            *(f"ES_JAVA_HOME={java_home()}", f"ES_PATH_CONF={self.folder / 'config'}"),
            *(f"ES_TMPDIR={self.folder / 'tmp'}", "CLI_NAME=server", "CLI_LIBS=lib/tools/server-cli"),
        )
        command = as_user(unprivileged(), *given, "bash", str(place / "bin" / "elasticsearch-cli"), dying="SIGTERM")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """Launcher and server at once, without a word; back when the port is free again."""
        self._signal(signal.SIGKILL)
        limit = time.monotonic() + STOP_SECONDS
        while self.listens() and time.monotonic() < limit:
            time.sleep(0.01)

    def freeze(self) -> None:
        """The server answers nothing more and its sockets stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """In order; what does not end in time is killed."""
        self.thaw()
        self._signal(signal.SIGTERM)
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self.kill()

    def _signal(self, number: int) -> None:
        """To the whole group, also when the launcher has gone and its server has not."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        if number == signal.SIGKILL:
            self.process.wait()

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def said(self) -> str:
        """The end of what it printed."""
        return (self.folder / "log").read_text(errors="replace")[-3000:] if (self.folder / "log").exists() else ""


@dataclass
class Cluster:
    """Running nodes. `user` and `password` are empty without security."""

    nodes: list[Node]
    user: str = ""
    password: str = ""
    name: str = field(default_factory=lambda: f"prueba-{secrets.token_hex(4)}")

    @property
    def hosts(self) -> list[str]:
        return [node.address for node in self.nodes]

    def settings(self, **others: Any) -> dict[str, Any]:
        """What SEARCH["ELASTIC"] takes to reach all nodes as the superuser."""
        account = {"USER": self.user, "PASSWORD": self.password} if self.user else {}
        return {"HOSTS": self.hosts, **account, **others}

    def ask(self, method: str, path: str, body: Any = None, *, node: Node | None = None, seconds: float = 30) -> Any:
        """A bare request to one node, without any client of ours: (status, parsed JSON). OSError when it is away.

        `body` may be a list: then it is sent as lines of JSON, as `_bulk` wants them.
        """
        asked = node or next((one for one in self.nodes if one.alive), self.nodes[0])
        connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=seconds)
        try:
            connection.request(method, path, encoded(body), self._headers(body))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(content) if content.strip().startswith((b"{", b"[")) else content

    def _headers(self, body: Any) -> dict[str, str]:
        kind = "application/x-ndjson" if isinstance(body, list) else "application/json"
        account = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Content-Type": kind, **({"Authorization": f"Basic {account}"} if self.user else {})}

    def health(self, status: str = "green", seconds: float = 2) -> bool:
        """Whether all living nodes are together and the whole has that status or a better one."""
        count = sum(node.alive for node in self.nodes)
        asked = f"wait_for_status={status}&wait_for_nodes={count}&wait_for_no_initializing_shards=true"
        with contextlib.suppress(OSError, http.client.HTTPException):
            code, told = self.ask("GET", f"/_cluster/health?{asked}&timeout={seconds:g}s", seconds=seconds + 10)
            return bool(code == 200 and not told["timed_out"])
        return False

    def wait(self, status: str = "green", seconds: float = READY_SECONDS) -> None:
        """Until it has that status with all living nodes. Raises Unavailable with what the nodes printed."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit and any(node.alive for node in self.nodes):
            if self.health(status):
                return
            time.sleep(0.2)
        said = "\n".join(f"-- {node.name}\n{node.said()}" for node in self.nodes)
        raise Unavailable(f"Elasticsearch was not {status} in {seconds:.0f} seconds:\n{said}")

    def master(self) -> Node:
        """The node that leads now."""
        _code, rows = self.ask("GET", "/_cat/master?format=json")
        return self.named(rows[0]["node"])

    def holding(self, index: str, *, primary: bool, seconds: float = READY_SECONDS) -> Node:
        """A node with a started primary, or replica, of the index or of what its alias names. A copy on the move is
        none: it is waited for. Raises Unavailable."""
        wanted, limit = ("p" if primary else "r", "STARTED"), time.monotonic() + seconds
        while time.monotonic() < limit:
            _code, rows = self.ask("GET", f"/_cat/shards/{index}?format=json&h=index,prirep,state,node")
            if held := [row["node"] for row in rows if (row["prirep"], row["state"]) == wanted]:
                return self.named(held[0])
            time.sleep(0.2)
        raise Unavailable(f"no node held {index} in {seconds:.0f} seconds")

    def named(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)


def encoded(body: Any) -> bytes | None:
    if body is None:
        return None
    if isinstance(body, list):
        return b"".join(json.dumps(line).encode() + b"\n" for line in body)
    return json.dumps(body).encode()


# Making ------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def cluster(
    count: int = 1,
    *,
    security: bool = False,
    heap: str = HEAP,
    quick: bool = True,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Cluster]:
    """Green nodes; gone when the block is left, however it is left. `settings` go to each node's elasticsearch.yml."""
    with tempfile.TemporaryDirectory(prefix="custodia-es-", ignore_cleanup_errors=True) as name:
        made = Cluster([])
        if security:
            made.user, made.password = ADMIN, secrets.token_urlsafe(24)
        made.nodes = new_nodes(Path(name), count)
        for node in made.nodes:
            configure(made, node, (*JVM, f"-Xms{heap}", f"-Xmx{heap}", *(QUICK if quick else STEADY)), settings or {})
        give_to(unprivileged(), Path(name))
        try:
            for node in made.nodes:
                node.start()
            made.wait()
            yield made
        finally:
            for node in made.nodes:
                node.kill()


def new_nodes(folder: Path, count: int) -> list[Node]:
    """With ports that were free together a moment ago."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(2 * count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        ports = [int(probe.getsockname()[1]) for probe in probes]
    pairs = zip(ports[::2], ports[1::2], strict=True)
    return [Node(f"nodo-{number}", folder / f"nodo-{number}", *pair) for number, pair in enumerate(pairs, start=1)]


def configure(made: Cluster, node: Node, java: tuple[str, ...], settings: Mapping[str, Any]) -> None:
    """Its folders and files, as the program's own configuration has them, with what differs."""
    for part in ("data", "logs", "tmp", "repository"):
        (node.folder / part).mkdir(parents=True)
    shutil.copytree(program() / "config", node.folder / "config")
    (node.folder / "config" / "jvm.options").write_text("".join(f"{option}\n" for option in java))
    told = {**options(made, node), **settings}
    lines = (f"{key}: {json.dumps(value)}\n" for key, value in told.items())
    (node.folder / "config" / "elasticsearch.yml").write_text("".join(lines))
    if made.user:
        (node.folder / "config" / "users").write_text(f"{made.user}:{hashed(made.password)}\n")
        (node.folder / "config" / "users_roles").write_text(f"superuser:{made.user}\n")


def options(made: Cluster, node: Node) -> dict[str, Any]:
    """elasticsearch.yml: loopback only, no index that nobody asked for, no refusal because of this machine's disk."""
    alone = len(made.nodes) == 1
    together = {
        "discovery.seed_hosts": [f"127.0.0.1:{other.transport}" for other in made.nodes],
        "cluster.initial_master_nodes": [other.name for other in made.nodes],
    }
    places = {"data": "path.data", "logs": "path.logs", "repository": "path.repo"}
    return {
        "cluster.name": made.name,
        "node.name": node.name,
        "node.roles": ["master", "data", "ingest"],
        "network.host": "127.0.0.1",
        "http.port": node.port,
        "transport.port": node.transport,
        "action.auto_create_index": False,
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "xpack.security.enabled": bool(made.user),
        **{key: str(node.folder / part) for part, key in places.items()},
        **({"discovery.type": "single-node"} if alone else together),
    }


def hashed(password: str, cost: int = 1000) -> str:
    """As the file realm keeps it: PBKDF2 with SHA-512, salt and key of 32 bytes."""
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, cost, 32)
    return f"{{PBKDF2}}{cost}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def give_to(user: Any, folder: Path) -> None:
    if user is not None:
        for place in (folder, *folder.rglob("*")):
            os.chown(place, user.pw_uid, user.pw_gid)


# Sharing -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def shared() -> Iterator[Cluster]:
    """The server of the run, with security on, or one of our own where the run brought none. Its tests keep to index
    names of their own and end no node: whoever ends nodes makes a `cluster`."""
    if told := os.environ.get(SHARED):
        known = json.loads(told)
        yield Cluster([Node("compartido", Path(os.devnull), known["port"], 0)], known["user"], known["password"])
    else:
        with cluster(security=True) as made:
            yield made


def sharing(made: Cluster) -> dict[str, str]:
    """The environment in which `shared` is that server."""
    return {SHARED: json.dumps({"port": made.nodes[0].port, "user": made.user, "password": made.password})}


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, end_by_exception)
    signal.signal(signal.SIGHUP, end_by_exception)
    try:
        with cluster(security=True) as made:
            if command:
                return subprocess.run(command, env={**os.environ, **sharing(made)}, check=False).returncode
            print(f"{made.hosts[0]} {made.user} {made.password}", flush=True)
            signal.pause()
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
