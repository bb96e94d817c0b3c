"""Text of a message (.eml): its main headers, its text, and the names of its attachments, which are not opened."""

from __future__ import annotations

from lxml import etree, html

from .contents import Contents, Damaged, Sink
from .mail_parts import is_body
from .mime import Leaf, Letter, shown
from .text_plain import decode, pages_of

ENGINE = ("custodia", "eml-2")
HEADERS = {"From": "De", "To": "Para", "Cc": "Copia", "Date": "Fecha", "Subject": "Asunto"}
_HTML = "text/html"


def read(contents: Contents, sink: Sink) -> None:
    """Send the pages of a message; raises Damaged("limits")."""
    sink.say(engine=ENGINE[0], version=ENGINE[1])
    sink.pages(pages_of(message_text(contents, message_of(contents))))


def message_of(contents: Contents) -> Letter:
    """The message within the limits of one; raises Damaged("limits")."""
    if contents.size > contents.limits.mail_bytes:
        raise Damaged("limits")
    return Letter(contents.data, contents.limits.mail_parts)


def message_text(contents: Contents, letter: Letter) -> str:
    """Headers, text parts (HTML parts only where no plain one stands beside them) and attachment names.

    Raises Damaged("limits") when the text parts are larger than any text that is read whole.
    """
    leaves = list(letter.leaves())
    heads = [f"{label}: {value}" for name, label in HEADERS.items() if (value := _header(letter, name))]
    texts = [leaf for leaf in leaves if is_body(leaf)]
    if sum(leaf.end - leaf.body for leaf in texts) > contents.limits.text_bytes:
        raise Damaged("limits")
    plain = [leaf for leaf in texts if leaf.media_type != _HTML]
    names = [f"Adjunto: {leaf.file_name or leaf.media_type}" for leaf in leaves if not is_body(leaf)]
    return "\n".join([*heads, "", *map(_body, plain or texts), *names]).strip()


def has_attachments(letter: Letter) -> bool:
    """Whether the message carries files."""
    return not all(map(is_body, letter.leaves()))


def _header(letter: Letter, name: str) -> str:
    return " ".join(shown(letter.headers.get(name, "")).split())


def _body(leaf: Leaf) -> str:
    data, _ = leaf.decoded()
    try:
        text = data.decode(str(leaf.headers.get_content_charset() or "utf-8"))
    except (LookupError, ValueError, TypeError):
        text = decode(data)
    return _stripped(text) if leaf.media_type == _HTML else text


def _stripped(markup: str) -> str:
    if not markup.strip():
        return ""
    root = html.document_fromstring(markup)
    etree.strip_elements(root, "script", "style", with_tail=False)
    return "".join(str(text) for text in root.itertext())
