"""PDFs that act when they are opened, and the ways in which what they do is hidden."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.security.threats.pdf_writing import CATALOG, retabled, simple, updated
from tests.unit.parsing.makers import JS, REFUSED_PDFS, Change, action, changed_pdf

Hide = Callable[[bytes], bytes]
SCRIPT = b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"


def _saved_again(**options: Any) -> Hide:
    def hide(data: bytes) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pdf.save(out, **options)
        return out.getvalue()

    return hide


def _spelled_in_hex(data: bytes) -> bytes:
    """Every name with its second letter as a number."""
    plain = _saved_again(object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)(data)
    body, _, end = plain.rpartition(b"trailer")
    spelled = re.sub(rb"/([A-Za-z])([A-Za-z])(?=[A-Za-z]*)", lambda m: b"/%s#%02x" % (m[1], m[2][0]), body)
    return retabled(spelled + b"trailer" + end)


#: How → what it makes of a PDF; none of it changes what a reader does with it.
HIDDEN: Mapping[str, Hide] = {
    "in object streams": _saved_again(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "under an owner's password": _saved_again(encryption=pikepdf.Encryption(user="", owner="x")),
    "with names spelled in hex": _spelled_in_hex,
    "linearized": _saved_again(linearize=True),
    "behind a blank line": lambda data: b"\n\n" + data,
}


def _annotation(kind: str, **members: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=Array([0, 0, 9, 9]), **members)
        pdf.pages[0].Annots = pdf.make_indirect(Array([pdf.make_indirect(note)]))

    return change


def _deep_names(pdf: pikepdf.Pdf) -> None:
    node = pdf.make_indirect(Dictionary(Names=Array(["a", action("JavaScript", **JS)])))
    for _ in range(40):
        node = pdf.make_indirect(Dictionary(Kids=Array([node])))
    pdf.Root.Names = Dictionary(JavaScript=node)


def _script_as_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))


def _kind_by_reference(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=pdf.make_indirect(Name.JavaScript), D=Array([])))


def _presentation_step(pdf: pikepdf.Pdf) -> None:
    last = pdf.make_indirect(Dictionary(Type=Name.NavNode, PA=action("JavaScript", **JS)))
    pdf.pages[0].PresSteps = pdf.make_indirect(Dictionary(Type=Name.NavNode, NA=action("GoTo"), Next=last))


def _grandchild_field(pdf: pikepdf.Pdf) -> None:
    node = pdf.make_indirect(Dictionary(T="z", FT=Name.Tx, AA=Dictionary(C=action("JavaScript", **JS))))
    for letter in "cba":
        node = pdf.make_indirect(Dictionary(T=letter, Kids=Array([node])))
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=pdf.make_indirect(Array([node]))))


def _three_dimensions(pdf: pikepdf.Pdf) -> None:
    model = pdf.make_stream(b"", Type=Name("/3D"), OnInstantiate=pdf.make_stream(b"app.alert(1)"))
    _annotation("3D", **{"3DD": model})(pdf)


def _launch_for_windows(pdf: pikepdf.Pdf) -> None:
    _annotation("Link", A=action("Launch", Win=Dictionary(F="cmd.exe", P="/c calc")))(pdf)


def _far_in_a_chain(pdf: pikepdf.Pdf) -> None:
    last = pdf.make_indirect(action("SubmitForm", F="https://example.org"))
    for _ in range(200):
        last = pdf.make_indirect(action("GoTo", Next=Array([action("URI", URI=String("https://a.org")), last])))
    pdf.pages[0].AA = Dictionary(C=last)


def _address(written: bytes) -> Change:
    return _annotation("Link", A=action("URI", URI=String(written.decode("latin-1"))))


#: What → (change, the refusal it must bring). Beyond those of the unit tests' table.
MORE: Mapping[str, tuple[Change, str]] = {
    "JavaScript forty nodes down the names": (_deep_names, "pdf_javascript"),
    "JavaScript as a stream": (_script_as_stream, "pdf_javascript"),
    "JavaScript told by reference": (_kind_by_reference, "pdf_javascript"),
    "JavaScript of a presentation's step": (_presentation_step, "pdf_javascript"),
    "JavaScript of a grandchild field": (_grandchild_field, "pdf_javascript"),
    "JavaScript of a model": (_three_dimensions, "pdf_javascript"),
    "JavaScript as an address": (_address(b"javascript:app.alert(1)"), "pdf_javascript"),
    "JavaScript as an address, disguised": (_address(b" \tJaVa\nScript :alert(1)"), "pdf_javascript"),
    "VBScript as an address": (_address(b"vbscript:msgbox(1)"), "pdf_javascript"),
    "Launch for Windows": (_launch_for_windows, "pdf_launch"),
    "Launch as an annotation's AA": (_annotation("Link", AA=Dictionary(U=action("Launch", F="a"))), "pdf_launch"),
    "SubmitForm far in a chain": (_far_in_a_chain, "pdf_submit"),
    "XFA in parts": (
        lambda pdf: setattr(pdf.Root, "AcroForm", Dictionary(XFA=Array(["template", pdf.make_stream(b"<xdp/>")]))),
        "pdf_xfa",
    ),
    "a form that must be drawn by script": (lambda pdf: setattr(pdf.Root, "NeedsRendering", True), "pdf_xfa"),
    "RichMedia by an action": (_annotation("Screen", A=action("RichMediaExecute")), "pdf_richmedia"),
}

ACTING: Mapping[str, tuple[Change, str]] = {**REFUSED_PDFS, **MORE}


def acting(what: str) -> bytes:
    """A PDF that acts."""
    return changed_pdf(ACTING[what][0])


def script_that_came_later() -> bytes:
    """A harmless PDF whose last revision has a script."""
    return updated(simple(), {1: CATALOG[:-2] + SCRIPT + b">>"})


def script_that_was_taken_out() -> bytes:
    """A PDF with a script whose last revision has none: no reader runs what an earlier one said."""
    return updated(simple(catalog=CATALOG[:-2] + SCRIPT + b">>"), {1: CATALOG})


def script_nobody_refers_to() -> bytes:
    """A script among the objects that nothing leads to."""
    return simple(b"<</S/JavaScript/JS(app.alert(1))>>")
