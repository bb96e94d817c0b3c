"""`python -m tests.security.disk.readonly HARM`: stored bytes are harmed, and the store takes no byte any more.

Runs in an installation of its own (CUSTODIA_HOME), with the library of faults loaded: every call that writes below the
store meets EROFS, which no permission of the file system would do to root. Prints one JSON document: what each door
gave meanwhile, by status and digest, and what the store held once it took bytes again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from tests.security.disk import shim
from tests.security.disk.acts import Desk, a_pdf


def overwrite(file: Path, content: bytes) -> None:
    file.chmod(0o600)
    file.write_bytes(content)


HARM: dict[str, Callable[[Path], None]] = {
    "gone": Path.unlink,
    "altered": lambda file: overwrite(file, bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:]),
    "truncated": lambda file: overwrite(file, file.read_bytes()[:-1]),
}


def given(desk: Desk, path: str) -> tuple[int, str]:
    answer = desk.asked("get", path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, hashlib.sha256(body).hexdigest()


def doors(desk: Desk, piece: Any) -> dict[str, tuple[int, str]]:
    place = f"/custodia/documentos/{piece.pk}"
    return {"original": given(desk, f"{place}/original"), "page": given(desk, f"{place}/pagina/1.png")}


def main(harm: str) -> int:
    logging.disable(logging.CRITICAL)
    django.setup()
    from records import storage
    from records.fixity import care, checks, places
    from records.models import LedgerEvent
    from records.services.reading import read_document

    desk = Desk()
    piece, lost = a_pdf(desk), a_pdf(desk)
    care.care_now()
    (copy,) = places.copies()
    HARM[harm](storage.store().path_of(piece.blob_id))
    for place in places.places():
        HARM[harm](place.store.path_of(lost.blob_id))
    disk = shim.Disk(places.store().root)
    disk.fail(1, errno.EROFS, sticky=True)
    meanwhile = doors(desk, piece)
    told = LedgerEvent.objects.filter(action="document.downloaded", object_id=str(piece.pk)).count()
    report = {
        "digest": piece.blob_id, "meanwhile": meanwhile, "told": told, "read": read_document(piece.pk),
        "lost": doors(desk, lost), "damaged": sorted(checks.damaged().values_list("blob_id", flat=True)),
        "expected": sorted([piece.blob_id, lost.blob_id]),
        "still": storage.store().verify(piece.blob_id, piece.blob.size),
        "met": disk.heal(), "copy": copy.store.verify(piece.blob_id, piece.blob.size),
    }  # fmt: skip
    report["afterwards"] = given(desk, f"/custodia/documentos/{piece.pk}/original")
    report["mended"] = storage.store().verify(piece.blob_id, piece.blob.size)
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
