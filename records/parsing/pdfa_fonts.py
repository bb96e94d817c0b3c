"""Fonts for a PDF that names them and does not carry them: the metric-compatible free ones that every reader takes.

A file that says *Helvetica* or *Arial* is shown with what the reader's machine has; an archive's copy carries it.
Only simple Latin fonts of known families, with the same widths; anything else is left as it is and found wanting.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from fontTools import subset
from fontTools.agl import toUnicode
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

FOLDER = Path("/usr/share/fonts/truetype")
#: Beginning of the name, without blanks and case → file, by weight and slope.
FAMILIES = {
    "helvetica": "liberation/LiberationSans-{}.ttf",
    "arial": "liberation/LiberationSans-{}.ttf",
    "times": "liberation/LiberationSerif-{}.ttf",
    "courier": "liberation/LiberationMono-{}.ttf",
    "calibri": "crosextra/Carlito-{}.ttf",
    "cambria": "crosextra/Caladea-{}.ttf",
}
_NARROW = re.compile(r"narrow|condensed|black|light|unicode|rounded")
_SUBSET = re.compile(r"\A[A-Z]{6}\+")
_SIMPLE = ("/Type1", "/TrueType")
_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
FIRST, LAST = 32, 255
_FIXED_PITCH, _NONSYMBOLIC, _ITALIC = 1, 32, 64


def embed(pdf: pikepdf.Pdf) -> None:
    """Give every font that lacks its program one of the same widths, where this machine has it."""
    made: dict[Path, tuple[Face, pikepdf.Object]] = {}
    for font in list(_wanting(pdf)):
        path = _file_for(str(font.get("/BaseFont", "")))
        encoding = _encoding(font)
        if path is None or encoding is None:
            continue
        if path not in made:
            made[path] = (face(path), _descriptor(pdf, face(path)))
        _replace(font, *made[path], encoding)


@dataclass(frozen=True)
class Face:
    """A font program cut down to Latin: its bytes, and what a descriptor says of it, in thousandths of its size."""

    name: str
    program: bytes
    widths: dict[str, int]
    box: tuple[int, ...]
    ascent: int
    descent: int
    angle: float
    fixed: bool


@cache
def face(path: Path) -> Face:
    """The face in a file; raises OSError."""
    font = TTFont(path, lazy=True)
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[6], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes={ord(char) for name in _known_names() for char in toUnicode(name)})
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    scale = 1000 / font["head"].unitsPerEm
    cmap, advances = font.getBestCmap(), font["hmtx"].metrics
    widths = {
        name: round(advances[cmap[ord(char)]][0] * scale)
        for name in _known_names()
        if len(char := toUnicode(name)) == 1 and ord(char) in cmap
    }
    head, hhea, post = font["head"], font["hhea"], font["post"]
    box = tuple(round(side * scale) for side in (head.xMin, head.yMin, head.xMax, head.yMax))
    name = "AAAAAA+" + path.stem
    return Face(
        name, out.getvalue(), widths, box, round(hhea.ascent * scale), round(hhea.descent * scale),
        float(post.italicAngle), bool(post.isFixedPitch),
    )  # fmt: skip


def _wanting(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Subtype") in _SIMPLE and "/BaseFont" in item:
            descriptor = item.get("/FontDescriptor")
            if not (isinstance(descriptor, Dictionary) and any(key in descriptor for key in _FILES)):
                yield item


def _file_for(base: str) -> Path | None:
    name = _SUBSET.sub("", base.lstrip("/")).lower().replace(" ", "")
    family = next((file for start, file in FAMILIES.items() if name.startswith(start)), None)
    if family is None or _NARROW.search(name):
        return None
    bold, italic = "bold" in name, "italic" in name or "oblique" in name
    style = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "BoldItalic"}
    path = FOLDER / family.format(style[bold, italic])
    return path if path.exists() else None


def _encoding(font: Any) -> dict[int, str] | None:
    """Code → glyph name for the codes in use by the font's encoding; None where it cannot be told."""
    given = font.get("/Encoding")
    base = given.get("/BaseEncoding") if isinstance(given, Dictionary) else given
    if base is None:
        names = dict(_standard())
    elif base == "/WinAnsiEncoding":
        names = dict(_win_ansi())
    else:
        return dict(_standard()) if base == "/StandardEncoding" else None
    if isinstance(given, Dictionary):
        names |= _differences(given.get("/Differences"))
    return names


def _differences(given: Any) -> dict[int, str]:
    names: dict[int, str] = {}
    code = 0
    for item in given if isinstance(given, Array) else []:
        if isinstance(item, Name):
            names[code] = str(item)[1:]
            code += 1
        else:
            code = int(item)
    return names


@cache
def _standard() -> dict[int, str]:
    return {code: name for code, name in enumerate(StandardEncoding) if name != ".notdef"}


@cache
def _win_ansi() -> dict[int, str]:
    from fontTools.agl import UV2AGL

    decoded = {code: bytes([code]).decode("cp1252", "ignore") for code in range(FIRST, LAST + 1)}
    names = {code: UV2AGL[ord(char)] for code, char in decoded.items() if char and ord(char) in UV2AGL}
    return {**names, 0xA0: "space", 0xAD: "hyphen"}


@cache
def _known_names() -> tuple[str, ...]:
    return tuple(sorted({*_standard().values(), *_win_ansi().values()}))


def _descriptor(pdf: pikepdf.Pdf, made: Face) -> pikepdf.Object:
    program = pdf.make_stream(made.program, Length1=len(made.program))
    flags = _NONSYMBOLIC | (_FIXED_PITCH if made.fixed else 0) | (_ITALIC if made.angle else 0)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + made.name),
            Flags=flags,
            FontBBox=Array(list(made.box)),
            ItalicAngle=made.angle,
            Ascent=made.ascent,
            Descent=made.descent,
            CapHeight=made.ascent,
            StemV=80,
            FontFile2=program,
        )
    )


def _replace(font: Any, made: Face, descriptor: pikepdf.Object, encoding: dict[int, str]) -> None:
    font.Type, font.Subtype, font.BaseFont = Name.Font, Name.TrueType, Name("/" + made.name)
    font.FirstChar, font.LastChar = FIRST, LAST
    font.Widths = Array([made.widths.get(encoding.get(code, ""), 0) for code in range(FIRST, LAST + 1)])
    font.FontDescriptor = descriptor
    font.Encoding = Dictionary(Type=Name.Encoding, BaseEncoding=Name.WinAnsiEncoding, Differences=_unlike(encoding))


def _unlike(encoding: dict[int, str]) -> Array:
    """The codes that mean something else than in WinAnsi."""
    changed: list[Any] = []
    for code in range(FIRST, LAST + 1):
        name = encoding.get(code)
        if name and name != _win_ansi().get(code):
            changed += [code, Name("/" + name)]
    return Array(changed)
