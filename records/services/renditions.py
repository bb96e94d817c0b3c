"""What is made from a piece, each thing with its own digest and provenance; the piece itself is never touched (C4, D7).

Text by page and page images can be made again at any time and are rows or a cache; a PDF/A copy is kept in the
store. Whoever asks for any of them is asked for the right to the piece itself, by the same function.
"""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from typing import Any, BinaryIO

from django.db import transaction

from records import audit, clock, conf, parsing, permissions, storage
from records.errors import CellUnavailable, RenditionUnavailable
from records.fixity import healing
from records.models import Blob, Document, LedgerEvent, PageText, Rendition
from records.parsing import formats
from records.permissions import Actor
from records.services import work
from records.services.intact import intact_path
from records.services.marked import check_unmarked
from records.services.told import note_reading
from records.services.words import words_json
from records.vocabulary import Action, RenditionKind, TextSource

#: How the digest of a text is made: a line of JSON per page, `[number,text,words]`, in UTF-8, each ended by "\n".
TEXT_FORM = "custodia/texto/1"
TEXT_TYPE = "application/x-ndjson"
PNG = "image/png"
#: Formats of which an archival copy can be asked for.
CONVERTIBLE = frozenset({"application/pdf", formats.DOCX})
#: Which library paints the pages of a kind of file.
PAINTERS = {"pdf": "pypdfium2"}


@dataclass(frozen=True)
class Provenance:
    """What made it: `parameters` are plain JSON values, enough to make it again."""

    engine: str
    version: str = ""
    parameters: dict[str, Any] | None = None


# Noting -----------------------------------------------------------------------------------------------------


def note_rendition(
    document: Document,
    kind: str,
    made_by: Provenance,
    *,
    digest: str,
    size: int,
    media_type: str,
    page: int | None = None,
    blob: Blob | None = None,
) -> Rendition:
    """The row of something made; what was made before in the same way with the same result is not noted twice."""
    parameters = made_by.parameters or {}
    same = Rendition.objects.filter(document=document, kind=kind, page=page, digest=digest, engine=made_by.engine)
    for row in same.filter(engine_version=made_by.version, parameters=parameters)[:1]:
        return row
    return Rendition.objects.create(
        document=document, kind=kind, page=page, digest=digest, size=size, media_type=media_type, blob=blob,
        engine=made_by.engine, engine_version=made_by.version, parameters=parameters, made_at=clock.now(),
    )  # fmt: skip


def note_text(document: Document, kind: str, made_by: Provenance) -> Rendition:
    """Note the text that the rows of pages hold now: what was written in the file, or what was recognised."""
    digest, size, pages = text_digest(list_text(document, kind))
    whole = Provenance(
        made_by.engine, made_by.version, {"form": TEXT_FORM, "pages": pages, **(made_by.parameters or {})}
    )
    return note_rendition(document, kind, whole, digest=digest, size=size, media_type=TEXT_TYPE)


def list_text(document: Document, kind: str) -> Iterable[tuple[int, str, bytes | memoryview]]:
    source = TextSource.OCR if kind == RenditionKind.OCR else TextSource.WRITTEN
    rows = PageText.objects.filter(document=document, source=source).exclude(text="").order_by("number")
    return rows.values_list("number", "text", "words").iterator(chunk_size=200)


def text_digest(pages: Iterable[tuple[int, str, bytes | memoryview]]) -> tuple[str, int, int]:
    """(SHA-256 in hex, bytes, pages) of a text in TEXT_FORM; `words` as `PageText` keeps them."""
    digest, size, count = hashlib.sha256(), 0, 0
    for number, text, words in pages:
        line = f"[{number},{json.dumps(text, ensure_ascii=False)},{words_json(bytes(words))}]\n".encode()
        digest.update(line)
        size, count = size + len(line), count + 1
    return digest.hexdigest(), size, count


def note_page_image(document: Document, number: int, image: bytes, dpi: int) -> Rendition:
    """Note the image of a page, made at `dpi`; its pixels are read from the PNG's own head."""
    width, height = (int.from_bytes(image[start : start + 4], "big") for start in (16, 20))
    engine = painter_of(document)
    made_by = Provenance(engine, metadata.version(engine), {"dpi": dpi, "width": width, "height": height})
    return note_rendition(
        document, RenditionKind.PAGE_IMAGE, made_by,
        digest=hashlib.sha256(image).hexdigest(), size=len(image), media_type=PNG, page=number,
    )  # fmt: skip


def painter_of(document: Document) -> str:
    row = formats.BY_MEDIA_TYPE.get(document.media_type)
    return PAINTERS.get(row.kind if row else "", "pillow")


def find_page_image(document: Document, number: int, dpi: int) -> Rendition | None:
    """The present image of a page at that sharpness, as it was noted."""
    noted = Rendition.objects.filter(document=document, kind=RenditionKind.PAGE_IMAGE, page=number)
    return next((row for row in noted.order_by("-made_at")[:6] if row.parameters.get("dpi") == dpi), None)


# Archival copy ----------------------------------------------------------------------------------------------


def may_have_pdfa(document: Document) -> bool:
    return document.inspected and document.media_type in CONVERTIBLE


def find_pdfa(document: Document) -> Rendition | None:
    copies = document.renditions.filter(kind=RenditionKind.PDFA).exclude(blob=None)
    return copies.select_related("blob").order_by("-made_at").first()


@dataclass(frozen=True)
class PdfaState:
    """Where the archival copy stands: `asked` (a worker will make it), `copy`, or why there is none (`fault`)."""

    copy: Rendition | None = None
    asked: bool = False
    fault: str = ""


def pdfa_state(document: Document) -> PdfaState:
    """As the ledger tells it: the last asking or making counts."""
    told = LedgerEvent.objects.filter(object_id=str(document.pk), action__in=("rendition.asked", "document.rendered"))
    facts = (json.loads(event.payload) for event in told.order_by("-index")[:20])
    last = next((event for event in facts if event["facts"].get("kind") == RenditionKind.PDFA), None)
    copy = find_pdfa(document)
    if last is None:
        return PdfaState(copy)
    asked = last["action"] == "rendition.asked"
    return PdfaState(copy, asked, "" if asked else str(last["facts"].get("fault", "")))


def ask_pdfa(*, actor: Actor, document: Document) -> None:
    """Have an archival copy made. One that exists or was already asked for is not asked for again.

    Raises NotFound (not for this person) or RenditionUnavailable (a format of which none is made).
    """
    permissions.check(actor, Action.DOWNLOAD, document)
    if not may_have_pdfa(document):
        raise RenditionUnavailable("no_pdfa")
    with transaction.atomic():
        Document.objects.select_for_update().get(pk=document.pk)
        state = pdfa_state(document)
        if state.copy is None and not state.asked:
            audit.record("rendition.asked", actor=actor, subject=document, kind=RenditionKind.PDFA)
            work.ask(work.PDFA, document.pk)


def make_pdfa(document_id: str | uuid.UUID) -> str:
    """Make the archival copy of a piece and keep it only if it says the same; returns "made" or why not.

    Safe to run again. Raises CellUnavailable (tried again later) or StoreUnavailable.
    """
    document = Document.objects.select_related("blob").get(pk=document_id)
    if find_pdfa(document):
        return "made"
    converted = parsing.to_pdfa(intact_path(document), document.media_type)
    if converted.fault == CellUnavailable.code:
        raise CellUnavailable(document=str(document.pk))
    fault = converted.fault or ("" if converted.data and converted.same_text else "text_differs")
    if fault:
        tell_no_pdfa(document, fault)
        return fault
    keep_pdfa(document, converted)
    return "made"


def keep_pdfa(document: Document, converted: parsing.Converted) -> None:
    """Bytes first, then its rows and its event in one transaction (D6)."""
    store = storage.store()
    staged = store.stage(io.BytesIO(converted.data), limit=conf.max_upload_bytes())
    store.keep(staged)
    made_by = Provenance(converted.engine, converted.engine_version, {"profile": converted.profile, "same_text": True})
    with transaction.atomic():
        blob, _made = Blob.objects.get_or_create(
            digest=staged.digest, defaults={"size": staged.size, "stored_at": clock.now()}
        )
        note_rendition(
            document, RenditionKind.PDFA, made_by,
            digest=staged.digest, size=staged.size, media_type="application/pdf", blob=blob,
        )  # fmt: skip
        tell_made(document, RenditionKind.PDFA, staged.digest)


def tell_made(document: Document, kind: str, digest: str) -> None:
    audit.record("document.rendered", actor=None, subject=document, kind=kind, sha256=digest)


def tell_no_pdfa(document: Document, fault: str) -> None:
    with transaction.atomic():
        audit.record("document.rendered", actor=None, subject=document, kind=RenditionKind.PDFA, fault=fault)


def give_up_pdfa(document_id: str | uuid.UUID) -> None:
    """The task used up its attempts: say that there will be none until somebody asks again."""
    document = Document.objects.get(pk=document_id)
    if find_pdfa(document) is None:
        tell_no_pdfa(document, "gave_up")


def pdfa_to_open(actor: Actor, document: Document) -> Rendition:
    """The archival copy, for whoever may have it. Raises NotFound or RenditionUnavailable."""
    permissions.check(actor, Action.DOWNLOAD, document)
    copy = find_pdfa(document)
    if copy is None or copy.blob is None:
        raise RenditionUnavailable("no_pdfa")
    check_unmarked(actor, document)
    return copy


def open_pdfa(*, actor: Actor, document: Document) -> tuple[Rendition, BinaryIO]:
    """The archival copy, its bytes verified and its reading told before any leaves.

    Raises NotFound (not for this person), RenditionUnavailable (there is none) or IntegrityFailure.
    """
    copy = pdfa_to_open(actor, document)
    facts = {"document": str(document.pk), "rendition": str(copy.pk)}
    with healing.opened_right(copy.digest, copy.size, **facts) as stream:
        note_reading(actor, document, "document.downloaded", kind=RenditionKind.PDFA, sha256=copy.digest)
    return copy, stream


# Proof ------------------------------------------------------------------------------------------------------


def faults_of(document: Document) -> list[str]:
    """Kinds of what was made from a piece and is no longer what was noted: a kept copy, or the text in its rows."""
    newest: dict[str, Rendition] = {}
    kept = (RenditionKind.TEXT, RenditionKind.OCR, RenditionKind.PDFA)
    for row in document.renditions.filter(kind__in=kept).order_by("-made_at"):
        newest.setdefault(row.kind, row)
    return [kind for kind, row in newest.items() if not is_as_noted(document, row)]


def is_as_noted(document: Document, row: Rendition) -> bool:
    if row.blob_id:
        return storage.store().verify(row.digest, row.size) == ""
    return text_digest(list_text(document, row.kind))[0] == row.digest
