"""What is done while the disk fails: each act with what it needs made beforehand, on a disk that is whole."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TUS = {"tus-resumable": "1.0.0"}
FACTS = {"tipo": "anexo_del_convenio", "date": "10/06/2026"}
AS_SCRIPT = {"accept": "application/json"}


@dataclass
class Said:
    """An answer: its status, a refusal's code and sentence, and the ids and digests it acknowledged."""

    status: int
    code: str = ""
    sentence: str = ""
    kept: list[tuple[str, str]] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return 200 <= self.status < 400


class Desk:
    """The installation as its archivist uses it, in this process."""

    def __init__(self) -> None:
        from django.test import Client

        from records.models import Expediente
        from tests.ground import EXPEDIENTE

        self.home = Path(os.environ["CUSTODIA_HOME"])
        self.expediente = Expediente.objects.get(code=EXPEDIENTE)
        self.client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
        self.client.force_login(self.archivist())
        self.first = self.filed(b"La primera pieza, que siempre se lee.\n", "primera.txt")

    def archivist(self) -> Any:
        from django.contrib.auth import get_user_model

        return get_user_model().objects.get(username="archivista")

    def filed(self, content: bytes, name: str) -> Any:
        from records.models import Document
        from tests import factories

        piece = factories.file_piece(self.archivist(), self.expediente, content, name)
        return Document.objects.get(pk=piece.pk)

    def asked(self, method: str, path: str, *given: Any, **told: Any) -> Any:
        """One request, with the housekeeping that a server does between two."""
        from django.db import close_old_connections

        close_old_connections()
        try:
            return getattr(self.client, method)(path, *given, **told)
        finally:
            close_old_connections()


def said_of(response: Any) -> Said:
    """What a page, bytes or a JSON answer say to their reader."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.headers.get("Content-Type", "").startswith("application/json"):
        told = json.loads(body)
        kept = [(told["document"], told["sha256"])] if told.get("document") and told.get("sha256") else []
        return Said(response.status_code, told.get("code", ""), told.get("sentence", ""), kept)
    text = body.decode("utf-8", "replace")
    heading = re.search(r"<h1[^>]*>(.*?)</main>", text, re.DOTALL)
    words = re.sub(r"<[^>]+>|\s+", " ", heading[1]) if heading else text[:200]
    return Said(response.status_code, "", " ".join(words.split()))


def service(act: Callable[[], list[tuple[str, str]] | None]) -> Said:
    """A service called as an edge calls it."""
    from records import medium
    from records.errors import RecordsError
    from records.http import status_for
    from records.sentences import sentence_for

    try:
        return Said(200, kept=act() or [])
    except RecordsError as refusal:
        return Said(status_for(refusal), refusal.code, sentence_for(refusal))
    except medium.FAULTS as fault:
        if met := medium.refusal_of(fault):
            return Said(status_for(met), met.code, sentence_for(met))
        raise


def content_of(size: int) -> bytes:
    """Bytes that no other act has."""
    return f"Anexo {os.urandom(8).hex()}\n".encode() * (size // 23)


# Each act: (what it needs, made on a whole disk; the act) -------------------------------------------------


def form(desk: Desk, content: bytes) -> Said:
    """A file sent by the plain form of the desk."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    path = f"/custodia/expedientes/{desk.expediente.pk}/radicar/"
    sent = {**FACTS, "name": "anexo.txt", "file": SimpleUploadedFile("anexo.txt", content)}
    return said_of(desk.asked("post", path, sent, headers=AS_SCRIPT))


def upload(desk: Desk, content: bytes) -> Said:
    """A file that arrives by pieces and is then filed, as the drop zone does."""
    told = {"upload-length": str(len(content)), "upload-metadata": "filename YW5leG8udHh0", **TUS}
    begun = desk.asked("post", f"/custodia/expedientes/{desk.expediente.pk}/cargas/", headers=told)
    if begun.status_code >= 400:
        return said_of(begun)
    half = len(content) // 2
    for start, piece in ((0, content[:half]), (half, content[half:])):
        headers = {"upload-offset": str(start), **TUS}
        kind = "application/offset+octet-stream"
        sent = desk.asked("patch", begun["Location"], piece, content_type=kind, headers=headers)
        if sent.status_code >= 400:
            return said_of(sent)
    return said_of(desk.asked("post", f"{begun['Location']}radicar/", FACTS, headers=AS_SCRIPT))


def batch(desk: Desk, content: bytes) -> Said:
    """Three files, whole or not at all."""

    def act() -> list[tuple[str, str]]:
        from records.services.batches import Item, file_batch
        from tests import factories

        pieces = [factories.upload(content + bytes([number]), f"lote{number}.txt") for number in b"abc"]
        items = [Item(piece, factories.metadata()) for piece in pieces]
        receipts = file_batch(actor=desk.archivist(), expediente=desk.expediente, items=items)
        return [(str(receipt.document), receipt.sha256) for receipt in receipts]

    return service(act)


def refused(desk: Desk, content: bytes) -> Said:
    """A file that is refused and set apart: either it is told so, or that it could not be."""

    def act() -> None:
        from records.errors import RejectedUpload

        try:
            desk.filed(b"MZ\x90\x00" + content, "programa.exe")
        except RejectedUpload:
            return

    return service(act)


def page(desk: Desk, piece: Any) -> Said:
    """The image of a page, made for the first time."""
    return said_of(desk.asked("get", f"/custodia/documentos/{piece.pk}/pagina/1.png"))


def download(desk: Desk, _nothing: None) -> Said:
    """A piece given to a reader: the ledger tells it before a byte leaves."""
    from records.models import LedgerEvent

    before = LedgerEvent.objects.count()
    said = said_of(desk.asked("get", f"/custodia/documentos/{desk.first.pk}/original"))
    if said.well and LedgerEvent.objects.count() == before:
        said.code = "unlogged"
    return said


def reading(_desk: Desk, piece: Any) -> Said:
    """What the worker does with a piece: its text, noted with its digest."""

    def act() -> None:
        from records.services.reading import read_document

        read_document(piece.pk)

    return service(act)


def key(_desk: Desk, _nothing: None) -> Said:
    """A new signing key in the place of the present one."""

    def act() -> None:
        from records.services.keys import rotate

        rotate()

    return service(act)


def a_pdf(desk: Desk) -> Any:
    from tests.e2e.files import pdf_of

    return desk.filed(pdf_of(f"Acta {os.urandom(8).hex()}"), "acta.pdf")


Act = Callable[[Desk, Any], Said]
ACTS: dict[str, tuple[Callable[[Desk], Any], Act]] = {
    "form": (lambda _desk: content_of(150_000), form),
    "upload": (lambda _desk: content_of(150_000), upload),
    "batch": (lambda _desk: content_of(5_000), batch),
    "refused": (lambda _desk: content_of(5_000), refused),
    "page": (a_pdf, page),
    "download": (lambda _desk: None, download),
    "reading": (a_pdf, reading),
    "key": (lambda _desk: None, key),
}
