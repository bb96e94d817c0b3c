"""Pieces for the demo, made at load from the texts in `fixtures/texts`: same text, same bytes, but for signatures."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from cms.demo.samples import mail, markup, page, scan, signed, word

Maker = Callable[[markup.Sheet, str, datetime.date], bytes]


def plain(sheet: markup.Sheet, _title: str, _day: datetime.date) -> bytes:
    return sheet.source.encode()


MAKERS: Mapping[str, tuple[str, Maker]] = {
    "pdf": (".pdf", page.make),
    "docx": (".docx", word.make),
    "scan": (".pdf", scan.make),
    "txt": (".txt", plain),
    "eml": (".eml", mail.make),
    "signed": (".pdf", signed.make),
}


def suffix(kind: str) -> str:
    """The file name's ending of a kind of sample, with its dot."""
    return MAKERS[kind][0]


def make(kind: str, text: str, *, title: str, day: datetime.date) -> bytes:
    """A file of `kind` (a key of MAKERS) holding `text` (see `markup`), dated `day`."""
    return MAKERS[kind][1](markup.parse(text), title, day)
