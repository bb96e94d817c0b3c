"""A message with one attachment: the text's first page is what it says, the others are the PDF that comes with it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime

from cms.demo.samples import page
from cms.demo.samples.markup import Sheet

#: First line of the text: who writes, for whom, and the attachment's name.
HEADERS = ("From", "To", "Attachment")
BOUNDARY = "=_custodia_demostracion"


def make(sheet: Sheet, title: str, day: datetime.date) -> bytes:
    """The message as sent at midnight of its day; its first block is a table row with the values of HEADERS."""
    (head, *body), *attached = sheet.pages
    sender, recipient, name = head.cells
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, title
    message["Date"] = format_datetime(datetime.datetime.combine(day, page.MIDNIGHT))
    message["Message-ID"] = f"<{day.isoformat()}@receptor.example>"
    message.set_content("\n\n".join(block.text for block in body) + "\n")
    paper = page.make(replace(sheet, header="", pages=tuple(attached)), name, day)
    message.add_attachment(paper, maintype="application", subtype="pdf", filename=name)
    message.set_boundary(BOUNDARY)
    return message.as_bytes()
