"""What a PDF may do when it is opened, found by walking its structure, never by searching its bytes.

Every place an action can stand is visited: the catalog (OpenAction, AA, the JavaScript name tree), the outlines, the
form's fields, each page, its steps and its annotations, and every action chained by /Next. Walks are bounded and
remember where they were, so loops end.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import pikepdf

from . import pdf_weight
from .contents import Contents, Damaged
from .limits import MIB

if TYPE_CHECKING:
    from .inspection import Findings

#: Type of action → refusal.
REFUSED_ACTIONS = {
    "/JavaScript": "pdf_javascript",
    "/Launch": "pdf_launch",
    "/SubmitForm": "pdf_submit",
    "/RichMediaExecute": "pdf_richmedia",
}
#: How an address begins that is no address.
SCRIPTS = ("javascript:", "vbscript:")
#: Type of action → flag.
FLAGGED_ACTIONS = {
    "/URI": "links",
    "/GoToR": "remote_links",
    "/GoToE": "remote_links",
    "/Thread": "remote_links",
    "/ImportData": "import_data",
    "/Rendition": "multimedia",
    "/Movie": "multimedia",
    "/Sound": "multimedia",
    "/GoTo3DView": "multimedia",
}
FLAGGED_ANNOTATIONS = {
    "/FileAttachment": "embedded_files",
    "/Screen": "multimedia",
    "/Movie": "multimedia",
    "/Sound": "multimedia",
    "/3D": "multimedia",
}
_FAULTS = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError, RuntimeError)
_TAIL = 64 * 1024
#: A file larger than this whose end is missing is not searched through for objects.
LARGE = 256 * MIB


def inspect(contents: Contents, findings: Findings) -> None:
    """Fill ``findings`` for a PDF; raises Damaged (``encrypted`` when it needs a password)."""
    end = _ends(contents, findings)
    try:
        with pikepdf.open(_body(contents, end), suppress_warnings=True) as pdf:
            examine(pdf, contents, findings)
    except pikepdf.PasswordError as fault:
        raise Damaged("encrypted") from fault
    except _FAULTS as fault:
        raise Damaged from fault


def examine(pdf: pikepdf.Pdf, contents: Contents, findings: Findings) -> None:
    """Fill ``findings`` for an open PDF; raises Damaged where it is too heavy or not sound."""
    findings.flags |= {"owner_password"} if pdf.is_encrypted else set()
    pages = list(pdf.pages)
    findings.pages = len(pages)
    walk = Walk(findings, contents.limits.pdf_nodes)
    walk.catalog(pdf.Root)
    for page in pages:
        walk.page(page.obj)
    pdf_weight.check(pdf, contents.limits)
    _check_soundness(pdf, pages)


def _check_soundness(pdf: pikepdf.Pdf, pages: list[pikepdf.Page]) -> None:
    """Raise Damaged when qpdf had to guess at the structure, or left out what it would not follow."""
    warnings = " ".join(map(str, pdf.get_warnings()))
    if "limits error" in warnings:
        raise Damaged("limits")
    if not pages or "file is damaged" in warnings:
        raise Damaged


def _body(contents: Contents, end: int) -> BinaryIO:
    """The file, without what long tail follows its end: readers look for the end in the last kilobyte only."""
    if contents.size - end < 1000:
        return contents.stream()
    return io.BytesIO(contents.data[:end])


def _ends(contents: Contents, findings: Findings) -> int:
    """Flag what lies before and after the PDF proper; answer where it ends."""
    if contents.data[:5] != b"%PDF-":
        findings.flags.add("leading_bytes")
    tail = bytes(contents.data[-_TAIL:])
    last = tail.rfind(b"%%EOF")
    rest = tail[last + 5 :].strip(b"\0 \t\r\n\x0c") if last >= 0 else b""
    if rest:
        findings.flags.add("trailing_comment" if rest.startswith(b"%") else "trailing_data")
    elif last < 0 and contents.size > LARGE:
        raise Damaged
    return contents.size - len(tail) + last + 5 if last >= 0 else contents.size


class Walk:
    """One bounded walk over a document; every indirect object is visited once per kind of visit."""

    def __init__(self, findings: Findings, budget: int) -> None:
        self.findings = findings
        self.left = budget
        self.seen: set[tuple[str, int, int]] = set()

    def catalog(self, root: pikepdf.Object) -> None:
        """Everything of the document that is not on a page."""
        self._open_action(_get(root, "/OpenAction"))
        self._actions_of(_get(root, "/AA"))
        names = _get(root, "/Names")
        if any(True for _ in self._leaves(_get(names, "/JavaScript"), "/Names")):
            self.findings.refusals.add("pdf_javascript")
        if any(True for _ in self._leaves(_get(names, "/EmbeddedFiles"), "/Names")):
            self.findings.flags.add("embedded_files")
        self._form(_get(root, "/AcroForm"))
        for item in self._linked(_get(root, "/Outlines"), "outline"):
            self.action(_get(item, "/A"))
        if _get(root, "/NeedsRendering") is True:
            self.findings.refusals.add("pdf_xfa")

    def page(self, page: pikepdf.Object) -> None:
        """A page's own actions and its annotations."""
        self._actions_of(_get(page, "/AA"))
        for step in self._linked(page, "step", first="/PresSteps"):
            self.action(_get(step, "/NA"))
            self.action(_get(step, "/PA"))
        for annotation in _items(_get(page, "/Annots")):
            if self._first_visit("annotation", annotation):
                self._annotation(annotation)

    def action(self, action: Any) -> None:
        """An action and all that follow it."""
        waiting = [action]
        while waiting:
            current = waiting.pop()
            if isinstance(current, pikepdf.Array):
                waiting += _items(current)
            elif isinstance(current, pikepdf.Dictionary) and self._first_visit("action", current):
                self._judge(current)
                waiting.append(_get(current, "/Next"))

    def _judge(self, action: pikepdf.Object) -> None:
        name = _name(_get(action, "/S"))
        if name in REFUSED_ACTIONS:
            self.findings.refusals.add(REFUSED_ACTIONS[name])
        if _get(action, "/JS") is not None:
            self.findings.refusals.add("pdf_javascript")
        if name == "/URI" and _runs(_get(action, "/URI")):
            self.findings.refusals.add("pdf_javascript")
        if name in FLAGGED_ACTIONS:
            self.findings.flags.add(FLAGGED_ACTIONS[name])

    def _open_action(self, action: Any) -> None:
        if action is not None:
            self.findings.flags.add("open_action")
            self.action(action if isinstance(action, pikepdf.Dictionary) else None)

    def _actions_of(self, triggers: Any) -> None:
        for key in _keys(triggers):
            self.action(_get(triggers, key))

    def _annotation(self, annotation: pikepdf.Object) -> None:
        kind = _name(_get(annotation, "/Subtype"))
        if kind == "/RichMedia":
            self.findings.refusals.add("pdf_richmedia")
        if kind in FLAGGED_ANNOTATIONS:
            self.findings.flags.add(FLAGGED_ANNOTATIONS[kind])
        if kind == "/3D" and _get(_get(annotation, "/3DD"), "/OnInstantiate") is not None:
            self.findings.refusals.add("pdf_javascript")
        for key in ("/A", "/PA"):
            self.action(_get(annotation, key))
        self._actions_of(_get(annotation, "/AA"))

    def _form(self, form: Any) -> None:
        if _get(form, "/XFA") is not None:
            self.findings.refusals.add("pdf_xfa")
        for field in self._leaves(form, "/Fields"):
            self.findings.flags.add("signed" if _name(_get(field, "/FT")) == "/Sig" else "form")
            self.action(_get(field, "/A"))
            self._actions_of(_get(field, "/AA"))

    def _leaves(self, root: Any, key: str) -> Iterator[pikepdf.Object]:
        """Members of ``key`` of a tree's root and of all nodes below it by /Kids."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if not isinstance(node, pikepdf.Dictionary) or not self._first_visit("tree" + key, node):
                continue
            for item in _items(_get(node, key)):
                yield item
                waiting += [item] if key == "/Fields" else []
            kids = _items(_get(node, "/Kids"))
            if key == "/Fields":
                yield from (kid for kid in kids if isinstance(kid, pikepdf.Dictionary))
            waiting += kids

    def _linked(self, root: Any, visit: str, first: str = "/First") -> Iterator[pikepdf.Object]:
        """Items of a tree of /First and /Next, such as the outlines; ``first``: what the root calls its first."""
        waiting = [_get(root, first)]
        while waiting:
            node = waiting.pop()
            if isinstance(node, pikepdf.Dictionary) and self._first_visit(visit, node):
                yield node
                waiting += [_get(node, "/Next"), _get(node, "/First")]

    def _first_visit(self, visit: str, node: pikepdf.Object) -> bool:
        self.left -= 1
        if self.left < 0:
            raise Damaged("limits")
        if not isinstance(node, pikepdf.Dictionary):
            return False
        number, generation = node.objgen
        if not number:
            return True
        key = (visit, number, generation)
        fresh = key not in self.seen
        self.seen.add(key)
        return fresh


def _get(node: Any, key: str) -> Any:
    """A member of a dictionary (or of a stream's), None when ``node`` is no dictionary or has no such member."""
    if isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
        return node.get(key)
    return None


def _keys(node: Any) -> list[str]:
    return list(node.keys()) if isinstance(node, pikepdf.Dictionary) else []


def _items(node: Any) -> list[Any]:
    return list(node) if isinstance(node, pikepdf.Array) else []


def _runs(address: Any) -> bool:
    """Whether an address is a script's; what readers ignore within it is ignored."""
    written = str(address) if isinstance(address, pikepdf.String) else ""
    return "".join(written[:100].split()).lower().startswith(SCRIPTS)


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""
