"""Pictures for the demo's public pages: flat drawings made of a few shapes, in the colours of the house.

A scene is a list of shapes in hundredths of its height (it is 160 wide and 90 high), drawn large and made smaller.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator

from PIL import Image, ImageDraw

WIDE, HIGH = 160, 90
DOTS, FINER = 10, 2
Point = tuple[float, float]
#: What is drawn (`polygon`, `line` or `ellipse`), in which colour, through which points, and how thick a line is.
Shape = tuple[str, str, tuple[Point, ...], float]


def make(name: str) -> bytes:
    """A scene by its name, as JPEG. Raises KeyError."""
    scale = DOTS * FINER
    drawn = Image.new("RGB", (WIDE * scale, HIGH * scale), "#f1efe9")
    brush = ImageDraw.Draw(drawn)
    for kind, colour, points, thick in SCENES[name]():
        places = [(x * scale, y * scale) for x, y in points]
        how = {"width": round(thick * scale), "joint": "curve"} if kind == "line" else {}
        getattr(brush, kind)(places, fill=colour, **how)
    made = io.BytesIO()
    drawn.resize((WIDE * DOTS, HIGH * DOTS), Image.Resampling.LANCZOS).save(made, "JPEG", quality=88)
    return made.getvalue()


def area(colour: str, *points: Point) -> Shape:
    return "polygon", colour, points, 0


def box(colour: str, left: float, top: float, right: float, bottom: float) -> Shape:
    return area(colour, (left, top), (right, top), (right, bottom), (left, bottom))


def line(colour: str, thick: float, *points: Point) -> Shape:
    return "line", colour, points, thick


def disc(colour: str, x: float, y: float, radius: float) -> Shape:
    return "ellipse", colour, ((x - radius, y - radius), (x + radius, y + radius)), 0


def wave(colour: str, top: float, high: float, length: float, shift: float) -> Shape:
    """All below a wavy line."""
    crest = [(x, top + high * math.sin((x + shift) / length)) for x in range(0, WIDE + 1, 2)]
    return area(colour, *crest, (WIDE, HIGH), (0, HIGH))


def hangar() -> Iterator[Shape]:
    """A workshop open to the mountains, a rotor blade on two trestles."""
    yield box("#dcebe8", 0, 0, WIDE, HIGH)
    yield disc("#f2b65a", 112, 30, 8)
    yield area("#b9d3cf", (0, 56), (34, 26), (58, 46), (88, 20), (124, 50), (146, 34), (WIDE, 48), (WIDE, 64), (0, 64))
    yield area("#7fb0a8", (0, 64), (26, 46), (60, 58), (96, 40), (134, 58), (WIDE, 50), (WIDE, 68), (0, 68))
    yield box("#0b5351", 0, 62, WIDE, 68)
    yield area("#083d3b", (0, 0), (WIDE, 0), (WIDE, 68), (148, 68), (148, 18), (80, 6), (12, 18), (12, 68), (0, 68))
    yield line("#0e5a57", 1.2, (12, 18), (80, 6), (148, 18))
    for x in (34, 57, 80, 103, 126):
        yield line("#0e5a57", 0.8, (x, 18 - 12 * (1 - abs(x - 80) / 68)), (x, 0))
    yield box("#e6dfd0", 0, 68, WIDE, HIGH)
    yield area("#d8cfba", (0, 90), (20, 68), (28, 68), (12, 90))
    yield area("#d8cfba", (148, 90), (132, 68), (140, 68), (WIDE, 90))
    for x in (42, 112):
        yield line("#9a4a06", 1.6, (x - 7, 84), (x, 66), (x + 7, 84))
        yield line("#9a4a06", 1.2, (x - 4.5, 78), (x + 4.5, 78))
    yield area("#fbfaf7", (16, 63), (128, 58), (144, 60), (145, 62.5), (128, 66), (16, 67))
    yield area("#c9d8d5", (16, 65), (145, 61.5), (145, 62.5), (128, 66), (16, 67))
    yield area("#c27a12", (124, 58.3), (133, 58.6), (133, 65.2), (124, 66.1))
    yield disc("#083d3b", 20, 65, 1.1)


def layers() -> Iterator[Shape]:
    """Sheets of cloth, one over the other, each turned."""
    yield box("#e3efed", 0, 0, WIDE, HIGH)
    colours = ("#083d3b", "#0b5351", "#c27a12", "#3d807a", "#7fb0a8", "#f2b65a", "#fbfaf7")
    for place, colour in enumerate(colours):
        x, y = 80, 67 - place * 7.8
        yield area("#c3d6d3", (x, y - 17), (x + 57, y + 2.5), (x, y + 22), (x - 57, y + 2.5))
        yield area(colour, (x, y - 19), (x + 57, y), (x, y + 19), (x - 57, y))
        yield from threads(x, y, turned=bool(place % 2), light=place < 4)


def threads(x: float, y: float, *, turned: bool, light: bool) -> Iterator[Shape]:
    """The weave of a sheet, along one of its sides."""
    colour, side = ("#ffffff" if light else "#56706d"), (-1 if turned else 1)
    for step in range(1, 8):
        part = step / 8
        begin = (x - side * 57 * (1 - part), y - 19 * part)
        yield line(colour, 0.3, begin, (begin[0] + side * 57, begin[1] + 19))


def river() -> Iterator[Shape]:
    """A boat under solar panels on a wide river, at dusk."""
    for place, colour in enumerate(("#fbeedd", "#f8e3c6", "#f4d6ab", "#efc78e")):
        yield box(colour, 0, place * 12, WIDE, 60)
    yield disc("#f2a53c", 118, 42, 11)
    yield area("#7fb0a8", (0, 50), (22, 40), (50, 47), (84, 38), (120, 48), (WIDE, 41), (WIDE, 56), (0, 56))
    yield area("#3d807a", (0, 54), (30, 48), (74, 53), (110, 47), (WIDE, 52), (WIDE, 58), (0, 58))
    yield wave("#0b5351", 56, 0.5, 5, 0)
    yield wave("#0e5f5c", 64, 0.9, 7, 12)
    for length, y in ((30, 58.5), (22, 61), (16, 64), (10, 67.5)):
        yield line("#f2b65a", 0.7, (118 - length / 2, y), (118 + length / 2, y))
    yield area("#06302f", (30, 77), (104, 77), (98, 80), (36, 80))
    yield area("#fbfaf7", (22, 64), (108, 64), (100, 76), (32, 76))
    yield area("#9a4a06", (22, 64), (108, 64), (106.5, 66.5), (23.7, 66.5))
    for x in (38, 58, 78, 94):
        yield line("#fbfaf7", 0.9, (x, 64), (x, 48))
    yield area("#083d3b", (32, 45), (102, 45), (99, 48.5), (35, 48.5))
    for x in range(36, 100, 11):
        yield area("#4a8f9c", (x, 45.6), (x + 9.5, 45.6), (x + 9, 47.9), (x + 0.5, 47.9))
    for x, shirt in ((47, "#c27a12"), (67, "#f1efe9"), (84, "#a3172c")):
        yield box(shirt, x - 2.2, 57.5, x + 2.2, 64)
        yield disc("#5b3a22", x, 55.3, 2)
    yield wave("#0d6a66", 79, 1, 8, 3)
    yield wave("#0b5351", 84, 1, 9, 20)


def screen() -> Iterator[Shape]:
    """The screen of a test bench with two curves."""
    yield box("#e6dfd0", 0, 0, WIDE, HIGH)
    yield box("#d8cfba", 0, 74, WIDE, HIGH)
    yield box("#083d3b", 20, 10, 140, 72)
    yield box("#0e2f2e", 24, 14, 136, 68)
    for step in range(1, 8):
        yield line("#1f4a48", 0.25, (24 + step * 14, 14), (24 + step * 14, 68))
    for step in range(1, 6):
        yield line("#1f4a48", 0.25, (24, 14 + step * 9), (136, 14 + step * 9))
    times = [step / 2 for step in range(225)]
    yield line("#f2b65a", 0.9, *((24 + t, 44 - 16 * math.sin(t / 7) * math.exp(-t / 70)) for t in times))
    yield line("#7fd1c6", 0.9, *((24 + t, 62 - 38 * (1 - math.exp(-t / 28))) for t in times))
    yield box("#083d3b", 74, 72, 86, 78)
    yield box("#083d3b", 58, 78, 102, 81)
    yield disc("#f2b65a", 131, 69.9, 0.8)


SCENES: dict[str, Callable[[], Iterator[Shape]]] = {
    "hangar": hangar, "layers": layers, "river": river, "screen": screen,
}  # fmt: skip
