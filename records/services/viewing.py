"""Reading by people: the event is committed before the first byte leaves (D10)."""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from pathlib import Path
from typing import BinaryIO

from records import conf, parsing, permissions
from records.errors import CellUnavailable, PageImageUnavailable
from records.fixity import healing
from records.models import Document
from records.permissions import Actor
from records.services import marked, page_cache, renditions, told
from records.services.intact import made_from
from records.vocabulary import Action

#: Dots per inch of the image of a page as it is read, as it is read enlarged, and as a thumbnail.
DPI, SHARP_DPI, THUMBNAIL_DPI = 110, 220, 18


def view_document(*, actor: Actor, document: Document, page: int = 0, shown: tuple[int, int] = (0, 0)) -> None:
    """Check and record that a person opens a piece in the viewer at a page, with the window of pages it shows.

    Their images, asked for in the minutes that follow, need no event of their own. Raises NotFound.
    """
    permissions.check(actor, Action.VIEW, document)
    places = {"page": page, "shown": list(shown)} if page else {}
    told.note_reading(actor, document, told.VIEWED, **places)


def page_image(*, actor: Actor, document: Document, number: int, sharp: bool = False) -> bytes:
    """PNG of one page, made in the cell the first time and kept with its digest; for who reads for a case it bears
    the mark of the case, and is made for each look.

    Raises NotFound (not for this person), PageImageUnavailable (no such image) or IntegrityFailure.
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.VIEW, document)
    dpi = SHARP_DPI if sharp else DPI
    check_number(document, number)
    mark = marked.mark_by(rights, document)
    image = (
        drawn(document, number, dpi, mark)
        if mark
        else kept_image(document, number, dpi) or made_image(document, number, dpi)
    )
    told.note_page(actor, document, number, small=False)
    return image


def thumbnail(*, actor: Actor, document: Document, number: int) -> bytes:
    """Small PNG of one page, told by the viewing or the search that shows it. Raises as `page_image`."""
    rights = permissions.rights_of(actor)
    rights.check(Action.VIEW, document)
    check_number(document, number)
    mark = marked.mark_by(rights, document)
    image = (
        drawn(document, number, THUMBNAIL_DPI, mark)
        if mark
        else cached(document.pk, number, THUMBNAIL_DPI) or render(document, number, THUMBNAIL_DPI)
    )
    told.note_page(actor, document, number, small=True)
    return image


def check_number(document: Document, number: int) -> None:
    if not 1 <= number <= document.pages:
        raise PageImageUnavailable


def kept_image(document: Document, number: int, dpi: int) -> bytes | None:
    """The image made before, if it is still the one that was noted."""
    check_number(document, number)
    image = cached(document.pk, number, dpi)
    noted = renditions.find_page_image(document, number, dpi) if image else None
    return image if image and noted and hashlib.sha256(image).hexdigest() == noted.digest else None


def made_image(document: Document, number: int, dpi: int) -> bytes:
    image = render(document, number, dpi)
    renditions.note_page_image(document, number, image, dpi)
    return image


def cached(document_id: uuid.UUID, number: int, dpi: int) -> bytes | None:
    file = page_file(document_id, number, dpi)
    try:
        image = file.read_bytes()
    except FileNotFoundError:
        return None
    page_cache.note_use(file)
    return image


def page_file(document_id: uuid.UUID, number: int, dpi: int = DPI) -> Path:
    return conf.page_cache() / str(document_id) / f"{number}-{dpi}.png"


def render(document: Document, number: int, dpi: int) -> bytes:
    """Made in the cell while the bytes are proved, and put where the next reader finds it."""
    image = drawn(document, number, dpi)
    with contextlib.suppress(OSError):  # a disk that takes no more still lets people read
        keep_image(page_file(document.pk, number, dpi), image)
    return image


def drawn(document: Document, number: int, dpi: int, mark: str = "") -> bytes:
    """Made in the cell while the bytes are proved, with a mark across it or without."""
    try:
        return made_from(
            document, lambda source: parsing.render(source, document.media_type, number, dpi=dpi, mark=mark)
        )
    except parsing.PageUnavailable as fault:
        raise (CellUnavailable if fault.code == CellUnavailable.code else PageImageUnavailable) from fault


def keep_image(file: Path, image: bytes) -> None:
    """Whole under its name, or not there at all."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = file.with_suffix(f".{uuid.uuid4().hex}")
    try:
        partial.write_bytes(image)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def check_may_download(actor: Actor, document: Document) -> None:
    """Raise NotFound for whoever does not read the piece, RuleViolation for whoever reads it for a case alone."""
    permissions.check(actor, Action.DOWNLOAD, document)
    marked.check_unmarked(actor, document)


def open_original(*, actor: Actor, document: Document) -> BinaryIO:
    """The filed bytes, verified against their digest before any leaves (K1).

    Raises NotFound, RuleViolation (only the copy of the case is hers), IntegrityFailure (missing or altered: nothing
    is served) or StoreUnavailable.
    """
    check_may_download(actor, document)
    with healing.opened_right(document.blob_id, document.blob.size, document=str(document.pk)) as stream:
        told.note_reading(actor, document, "document.downloaded")
    return stream
