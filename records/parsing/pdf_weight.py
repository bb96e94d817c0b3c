"""How much a PDF's streams could grow to when decoded, so that a bomb is known before anything decodes it whole."""

from __future__ import annotations

import zlib
from typing import Any

import pikepdf

from .contents import Damaged
from .limits import CellLimits

#: The most one byte can become under each filter.
EXPANSION = {
    "/FlateDecode": 1032,
    "/Fl": 1032,
    "/LZWDecode": 1370,
    "/LZW": 1370,
    "/RunLengthDecode": 64,
    "/RL": 64,
}
_FLATE = ("/FlateDecode", "/Fl")
_BLOCK = 1 << 20


def check(pdf: pikepdf.Pdf, limits: CellLimits) -> None:
    """Raise Damaged("limits") when a stream decodes to more than ``limits.stream_bytes``, or an image is that large."""
    if len(pdf.objects) > limits.pdf_nodes:
        raise Damaged("limits")
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream):
            check_stream(item, limits)


def check_stream(stream: pikepdf.Stream, limits: CellLimits) -> None:
    """Raise Damaged("limits") when this stream decodes to more than ``limits.stream_bytes``."""
    if _image_bytes(stream) > limits.stream_bytes:
        raise Damaged("limits")
    names = _filters(stream)
    growth = 1
    for name in names:
        growth *= EXPANSION.get(name, 1)
    length = stream.get("/Length", 0)
    if growth > 1 and int(length) * growth > limits.stream_bytes:
        _measure(stream, names, limits.stream_bytes)


def _measure(stream: pikepdf.Stream, names: list[str], limit: int) -> None:
    """Decode the outer Flate layers, holding little, and count; other stacks that could grow so far are refused."""
    data: Any = [stream.read_raw_bytes()]
    for name in names:
        if name not in _FLATE:
            break
        data = _inflated(data)
    total = 0
    rest = 1
    for name in names[_leading_flates(names) :]:
        rest *= EXPANSION.get(name, 1)
    for block in data:
        total += len(block)
        if total * rest > limit:
            raise Damaged("limits")


def _leading_flates(names: list[str]) -> int:
    return next((index for index, name in enumerate(names) if name not in _FLATE), len(names))


def _inflated(blocks: Any) -> Any:
    inflater = zlib.decompressobj()
    for block in blocks:
        rest = block
        while rest:
            try:
                yield inflater.decompress(rest, _BLOCK)
            except zlib.error:  # what follows the damage is not decoded by anyone
                return
            rest = inflater.unconsumed_tail


def _filters(stream: pikepdf.Stream) -> list[str]:
    value = stream.get("/Filter")
    if isinstance(value, pikepdf.Name):
        return [str(value)]
    return [str(item) for item in value] if isinstance(value, pikepdf.Array) else []


def _image_bytes(stream: pikepdf.Stream) -> int:
    if stream.get("/Subtype") != "/Image":
        return 0
    sides = [stream.get(key, 0) for key in ("/Width", "/Height")]
    width, height = (int(side) if isinstance(side, int) else 0 for side in sides)
    bits = stream.get("/BitsPerComponent", 8)
    return width * height * (int(bits) if isinstance(bits, int) else 8) // 8
