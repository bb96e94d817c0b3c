"""A prepared installation with its site served, and people who speak to it by HTTP alone, as a browser would."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cms.demo.serving import answers, die_with, site_command
from tests.ground import EXPEDIENTE, PASSWORD
from tests.installation import ROOT, Installation

TUS = {"Tus-Resumable": "1.0.0"}
BODY = "application/offset+octet-stream"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Site:
    """The site of an installation, as its own processes; no worker."""

    def __init__(self, home: Installation) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        given = self.home.environment() | {"DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
        with (self.home.home / "site.log").open("ab") as log:
            self.process = subprocess.Popen(
                site_command(self.home.port), cwd=ROOT, env=given, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509  it only asks the kernel
            )  # fmt: skip
        deadline = time.monotonic() + 120
        while not answers(self.home.port):
            assert self.process.poll() is None, (self.home.home / "site.log").read_text()[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 for all of it at once."""
        self.home.kill()
        if self.process is not None:
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=60)
            self.process = None

    def workers(self) -> list[int]:
        """Ids of the processes that answer requests: the children of the one that was started."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@contextmanager
def served(home: Installation) -> Iterator[Site]:
    site = Site(home)
    try:
        site.start()
        yield site
    finally:
        site.kill()


class Answer:
    """Status, headers and body of one answer."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self) -> Any:
        return json.loads(self.body)


class Person:
    """Somebody who entered at the desk. One connection for each request, so that threads may share the person."""

    def __init__(self, home: Installation, login: str) -> None:
        self.port, self.cookies = home.port, SimpleCookie()
        self.enter(login)
        (code,) = home.rows("SELECT id FROM records_expediente WHERE code = ?", EXPEDIENTE)
        self.expediente = f"/custodia/expedientes/{uuid.UUID(str(code[0]))}/"
        self.token = token_in(self.ask("GET", f"{self.expediente}radicar/"))

    def enter(self, login: str) -> None:
        page = self.ask("GET", "/cuenta/entrar/")
        form = {"username": login, "password": PASSWORD, "csrfmiddlewaretoken": token_in(page)}
        entered = self.ask(
            "POST", "/cuenta/entrar/", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert entered.status == 302, entered.body[-500:]

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        return {"Cookie": cookies, "Accept": "application/json", "X-CSRFToken": getattr(self, "token", "")}

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, path, body, {**self.headers(), **(headers or {})})
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.load(line)
        return answer

    def announce(self, size: int, name: str = "anexo.txt", batch: str = "") -> str:
        """The address of a new draft."""
        told = f"filename {b64(name)}" + (f",batch {b64(batch)}" if batch else "")
        headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": told}
        created = self.ask("POST", f"{self.expediente}cargas/", None, headers)
        assert created.status == 201, created.body
        return str(created.headers["Location"])

    def patch(self, address: str, body: Any, offset: int, length: int | None = None) -> Answer:
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": BODY}
        if length is not None:
            headers["Content-Length"] = str(length)
        return self.ask("PATCH", address, body, headers)

    def offset(self, address: str) -> int:
        return int(self.ask("HEAD", address, None, TUS).headers["Upload-Offset"])

    def file(self, address: str, **said: str) -> Answer:
        form = {"tipo": "anexo_del_convenio", "date": "10/06/2026", **said}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", f"{address}radicar/", urlencode(form), headers)

    def begin_patch(self, address: str, length: int, offset: int = 0) -> socket.socket:
        """A PATCH whose bytes the caller sends, as slowly as it likes."""
        wire = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        headers = {
            **self.headers(), **TUS, "Upload-Offset": str(offset), "Content-Type": BODY,
            "Content-Length": str(length), "Host": "127.0.0.1",
        }  # fmt: skip
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        wire.sendall(f"PATCH {address} HTTP/1.1\r\n{lines}\r\n".encode())
        return wire


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def token_in(page: Answer) -> str:
    found = TOKEN.search(page.body)
    assert found, page.body[-500:]
    return found[1].decode()
