"""What a PDF must lose or show otherwise to become PDF/A, without a change to what is read on its pages.

The fields of a form, signatures among them, become stamps with the same appearance: a copy is not filled in, and a
saved signature would only look broken. Text that a reader extracts from the pages stays what it was.
"""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

#: Of the catalog: seals, what happens on opening, forms (whose fields become stamps), a version that overrules.
_OF_CATALOG = ("/Perms", "/DSS", "/OpenAction", "/AA", "/AcroForm", "/Version", "/Extensions")
#: Of a page: transitions of a slide show, small pictures of itself, the order of the tabulator key.
_OF_PAGE = ("/AA", "/Trans", "/Dur", "/Thumb", "/PieceInfo", "/Tabs")
_OF_TRAILER = frozenset({"/Size", "/Root", "/Info", "/ID", "/Prev", "/Encrypt"})
_OF_STAMP = ("/Type", "/Rect", "/P", "/F", "/NM", "/M")


def repair(pdf: pikepdf.Pdf) -> None:
    """Change the open document in memory."""
    _drop(pdf.Root, _OF_CATALOG)
    if isinstance(language := pdf.Root.get("/Lang"), String):
        pdf.Root.Lang = String(str(language))  # it may stand as an object of its own, which the norm does not foresee
    for key in set(pdf.trailer.keys()) - _OF_TRAILER:
        del pdf.trailer[key]
    for page in pdf.pages:
        _drop(page.obj, _OF_PAGE)
        _stamp_widgets(pdf, page.obj)
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == "/FontDescriptor":
            _drop(item, ("/CIDSet",))  # optional since PDF/A-2, and wrong in many files


def _drop(holder: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in holder:
            del holder[key]


def _stamp_widgets(pdf: pikepdf.Pdf, page: Any) -> None:
    notes = page.get("/Annots")
    if isinstance(notes, Array):
        kept = [_stamped(note) if _is_widget(note) else note for note in notes]
        page.Annots = Array([pdf.make_indirect(note) if _is_new(note) else note for note in kept if note is not None])


def _is_widget(note: Any) -> bool:
    return isinstance(note, Dictionary) and note.get("/Subtype") == "/Widget"


def _is_new(note: Any) -> bool:
    return isinstance(note, Dictionary) and not note.objgen[0]


def _stamped(widget: Any) -> Any:
    """A stamp that looks like the field; None for one that shows nothing."""
    look = _appearance(widget)
    if look is None:
        return None
    stamp = Dictionary({key: widget[key] for key in _OF_STAMP if key in widget})
    stamp.Subtype, stamp.AP = Name.Stamp, Dictionary(N=look)
    return stamp


def _appearance(widget: Any) -> Any:
    """The stream that draws the field in its present state."""
    looks = widget.get("/AP")
    normal = looks.get("/N") if isinstance(looks, Dictionary) else None
    if isinstance(normal, Dictionary) and not isinstance(normal, Stream):
        normal = normal.get(str(widget.get("/AS", "/Off")))
    return normal if isinstance(normal, Stream) else None
