"""What leaves for a case says so: images and copies bear case, reader and moment, and the filed bytes stay (A9).

Somebody whom another ground lets read the piece gets it as everybody does. The mark is drawn in the cell; nothing that
bears one is kept.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from records import clock, parsing, permissions
from records.errors import CellUnavailable, RuleViolation
from records.models import Document, Grant, PageText
from records.permissions import Actor
from records.rendering.text_copy import text_pdf
from records.services.intact import made_from
from records.services.told import note_reading
from records.vocabulary import Action

MEDIA_TYPE = "application/pdf"
#: Characters of text beyond which no copy is written of it: the reader has it page by page on the screen.
MOST_TEXT = 400_000
#: Characters of each word of a mark.
CASE, NAME, LOGIN = 60, 40, 40


def mark_for(actor: Actor, document: Document) -> str:
    """What is drawn on whatever of this piece leaves for this person; empty when a ground of another kind opens it.

    The caller has decided that she reads it.
    """
    return mark_by(permissions.rights_of(actor), document)


def mark_by(rights: permissions.Rights, document: Document) -> str:
    """As `mark_for`, of the person whose rights these are."""
    act, actor = rights.reads_for_case(document), rights.actor
    if act is None or actor is None:
        return ""
    number = Grant.objects.values_list("case_number", flat=True).get(pk=act)
    moment = timezone.localtime(clock.now())
    told = {
        "case": number[:CASE],
        "name": actor.get_full_name()[:NAME],
        "login": actor.get_username()[:LOGIN],
        "at": f"{moment.day}/{moment.month}/{moment.year} {moment:%H:%M}",
    }
    return _("Caso %(case)s · %(name)s (%(login)s) · %(at)s") % told


def check_unmarked(actor: Actor, document: Document) -> None:
    """Raise RuleViolation for whoever reads the piece for a case and on no other ground."""
    if permissions.rights_of(actor).reads_for_case(document) is not None:
        raise RuleViolation("marked_only")


def open_copy(*, actor: Actor, document: Document) -> bytes:
    """A PDF of the piece with the mark of the case on every page, its reading told before it leaves.

    Of what has pages, its pages; of anything else that was read, its text. Raises NotFound, RuleViolation (no copy
    can be made, or it is not read for a case), CellUnavailable or IntegrityFailure.
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.DOWNLOAD, document)
    mark = mark_by(rights, document)
    if not mark:
        raise RuleViolation("no_marked_copy")
    data = copy_of(document, mark)
    note_reading(actor, document, "document.downloaded", kind="marked")
    return data


def copy_of(document: Document, mark: str) -> bytes:
    made = made_from(document, lambda source: parsing.marked_copy(source, document.media_type, mark))
    if made.fault == "no_page_images":
        made = parsing.marked_pdf(text_of(document), mark)
    if made.fault == CellUnavailable.code:
        raise CellUnavailable(document=str(document.pk))
    if made.fault:
        raise RuleViolation("no_marked_copy")
    return made.data


def text_of(document: Document) -> bytes:
    """The text that was read of a piece without pages of its own, as a PDF. Raises RuleViolation without any."""
    texts = list(PageText.objects.filter(document=document).order_by("number").values_list("text", flat=True))
    if not any(text.strip() for text in texts) or sum(map(len, texts)) > MOST_TEXT:
        raise RuleViolation("no_marked_copy")
    return text_pdf(texts, title=document.radicado, made=clock.now())
