"""Text of a message (.eml): its main headers, its text, and the names of its attachments, which are not opened."""

from __future__ import annotations

import email
import email.policy
from email.message import Message

from lxml import etree

from .contents import Contents, Sink
from .text_plain import decode, pages_of

ENGINE = ("email", "eml-1")
HEADERS = {"From": "De", "To": "Para", "Cc": "Copia", "Date": "Fecha", "Subject": "Asunto"}


def read(contents: Contents, sink: Sink) -> None:
    """Send the pages of a message."""
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    sink.pages(pages_of(message_text(contents.small_bytes())))


def message_text(data: bytes) -> str:
    """Headers, text parts (HTML parts only where no plain one stands beside them) and attachment names."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    heads = [f"{label}: {value}" for name, label in HEADERS.items() if (value := _header(message, name))]
    texts = [part for part in _leaves(message) if part.get_content_maintype() == "text" and not _attached(part)]
    plain = [part for part in texts if part.get_content_subtype() != "html"]
    bodies = [_body(part) for part in (plain or texts)]
    names = [f"Adjunto: {name}" for name in attachment_names(message)]
    return "\n".join([*heads, "", *bodies, *names]).strip()


def has_attachments(data: bytes) -> bool:
    """Whether the message carries files."""
    return bool(attachment_names(email.message_from_bytes(data, policy=email.policy.default)))


def attachment_names(message: Message) -> list[str]:
    """File names of the attachments."""
    return [str(part.get_filename() or part.get_content_type()) for part in _leaves(message) if _attached(part)]


def _leaves(message: Message) -> list[Message]:
    return [part for part in message.walk() if not part.is_multipart()]


def _attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() not in ("text", "multipart")


def _header(message: Message, name: str) -> str:
    try:
        return str(message.get(name, "")).strip()
    except (ValueError, IndexError, LookupError, AttributeError):  # faults of the header parser on malformed values
        return ""


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        text = data.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = decode(data)
    return _stripped(text) if part.get_content_subtype() == "html" else text


def _stripped(markup: str) -> str:
    if not markup.strip():
        return ""
    root = etree.fromstring(markup.encode(), etree.HTMLParser(encoding="utf-8", remove_comments=True))
    if root is None:
        return ""
    etree.strip_elements(root, "script", "style", with_tail=False)
    return "".join(str(text) for text in root.itertext())
