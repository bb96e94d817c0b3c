"""What a received file is: its kind first (told at once, so that a crash later does not lose it), then its inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from . import formats, inspect_office, inspect_pdf, page_images, sniff, text_mail, text_plain
from .contents import Contents, Damaged, Sink


@dataclass
class Findings:
    """What an inspector gathers: pages, flags and refusals (codes of `formats`)."""

    pages: int = 0
    flags: set[str] = field(default_factory=set)
    refusals: set[str] = field(default_factory=set)


def inspect(contents: Contents, sink: Sink) -> None:
    """Send ``media_type``, ``refusals``, ``flags``, ``pages`` and ``inspected``; refused content is not opened."""
    kind = sniff.kind_of(contents)
    refusals = list(formats.content_refusals(contents.extension, kind))
    if kind in _MAY_HIDE_A_ZIP and sniff.has_appended_zip(contents):
        refusals.append("polyglot")
    sink.say(media_type=formats.media_type_for(contents.extension, kind), refusals=refusals)
    if kind in formats.REFUSED_KINDS:
        sink.say(inspected=kind != "encrypted")
        return
    if kind == formats.UNKNOWN_KIND:
        sink.say(flags=["unknown_format"], inspected=False)
        return
    contents.order["kind"] = kind
    findings = Findings(refusals=set(refusals))
    try:
        INSPECTORS[kind](contents, findings)
        sink.say_at_end(inspected=True)
    except Damaged as fault:
        findings.refusals |= {"encrypted"} if fault.code == "encrypted" else set()
        findings.flags.add("limits" if fault.code == "limits" else "damaged")
    finally:
        _tell(sink, findings, refusals)


def _tell(sink: Sink, findings: Findings, first: list[str]) -> None:
    later = sorted(findings.refusals - set(first))
    sink.say_at_end(pages=findings.pages, flags=sorted(findings.flags), refusals=[*first, *later])


def _image(contents: Contents, findings: Findings) -> None:
    findings.pages = page_images.count_pages(contents)
    page_images.check_whole(contents)


def _text(contents: Contents, findings: Findings) -> None:
    findings.pages = len(text_plain.pages_of(text_plain.decode(contents.small_bytes())))


def _mail(contents: Contents, findings: Findings) -> None:
    if contents.extension and contents.extension != ".eml":
        _text(contents, findings)
        return
    letter = text_mail.message_of(contents)
    findings.pages = len(text_plain.pages_of(text_mail.message_text(contents, letter)))
    findings.flags |= {"attachments"} if text_mail.has_attachments(letter) else set()


_MAY_HIDE_A_ZIP = frozenset({"pdf", "png", "jpeg", "tiff"})

INSPECTORS: dict[str, Callable[[Contents, Findings], None]] = {
    "pdf": inspect_pdf.inspect,
    "docx": inspect_office.inspect,
    "xlsx": inspect_office.inspect,
    "pptx": inspect_office.inspect,
    "text": _text,
    "mail": _mail,
    "png": _image,
    "jpeg": _image,
    "tiff": _image,
}
