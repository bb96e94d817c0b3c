"""What the walls cost: inspection and text of the same files in the cell and without it, one after the other.

Floors, taken in turn with what they are compared to: the same inspection as a plain call in this process (no child,
no walls); a child forked for each file without bubblewrap, seccomp, Landlock or limits; and PDFium's own text of the
same pages. Files come one at a time, with a breath between them, as people bring them; rows that say *at once* ask
for many. A row has a target where the issue names one; the others say what the mean is made of.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from fpdf import FPDF
from PIL import Image

from benchmarks.report import Row, publish, row, scale
from records import parsing
from records.parsing import inspection, names, work
from records.parsing.cell import opened
from records.parsing.contents import Contents, Sink
from records.parsing.limits import CellLimits
from tests.unit.parsing import makers

BREATH = 0.02
PDF = "application/pdf"
_LIMITS = dataclasses.asdict(CellLimits())
_chance = random.Random(2026)
_WORDS = (
    "convenio cooperación industrial social anexo técnico beneficiario crédito proyecto acta suministro aeronave"
    " mantenimiento transferencia capacidad ministerio defensa nacional contrato cláusula"
).split()


# -- files ---------------------------------------------------------------------------------------------------------


def prose(words: int) -> str:
    return " ".join(_chance.choice(_WORDS) for _ in range(words))


def written_pdf(pages: int) -> bytes:
    """Text, 480 words a page."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=10)
    for _ in range(pages):
        pdf.add_page()
        for _ in range(8):
            pdf.multi_cell(0, 5, prose(60))
            pdf.ln(2)
    return bytes(pdf.output())


def noise(kind: str, size: tuple[int, int], **save: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, **save)
    return out.getvalue()


def scanned_pdf(pages: int) -> bytes:
    """One picture a page, about 120 KB each."""
    pdf = pikepdf.new()
    for _ in range(pages):
        picture = pdf.make_stream(
            noise("JPEG", (800, 1000), quality=30), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=800,
            Height=1000, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        pdf.add_blank_page(page_size=(595, 842))
        pdf.pages[-1].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        pdf.pages[-1].Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def letter(paragraphs: int) -> bytes:
    return makers.docx("".join(makers.paragraphs(prose(60)) for _ in range(paragraphs)))


#: Files of 20 KB to 2 MB, as an annex is.
ANNEXES: dict[str, Callable[[], bytes]] = {
    "written 15 pages.pdf": lambda: written_pdf(15),
    "written 100 pages.pdf": lambda: written_pdf(100),
    "written 400 pages.pdf": lambda: written_pdf(400),
    "scanned 5 pages.pdf": lambda: scanned_pdf(5),
    "scanned 15 pages.pdf": lambda: scanned_pdf(15),
    "400 paragraphs.docx": lambda: letter(400),
    "3000 paragraphs.docx": lambda: letter(3000),
    "photograph.jpg": lambda: noise("JPEG", (1600, 1200)),
    "drawing.png": lambda: noise("PNG", (600, 500)),
    "1500 lines.txt": lambda: (prose(10) + "\n").encode() * 1500,
}
#: Files of a kilobyte, whose inspection takes less than the child it is made in.
TINY: dict[str, Callable[[], bytes]] = {
    "one line.pdf": lambda: makers.text_pdf("Custodia"),
    "one line.docx": lambda: makers.docx(makers.paragraphs("Custodia")),
    "one line.txt": lambda: b"Custodia\n",
}


def made(folder: Path, files: dict[str, Callable[[], bytes]]) -> dict[str, Path]:
    paths = {name: folder / name for name in files}
    for name, path in paths.items():
        path.write_bytes(files[name]())
    return paths


# -- ways of doing the same work -----------------------------------------------------------------------------------


class Unheard(Sink):
    """Takes the answer as the cell's own does, and drops it."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}

    def say(self, **facts: Any) -> None:
        self.last.update(facts)


def inspected_here(path: Path) -> dict[str, Any]:
    """The same inspection, by a plain call in this process."""
    sink = Unheard()
    with opened(path) as file:
        order = {"kind": "", "extension": names.extension_of(path.name), "limits": _LIMITS}
        inspection.inspect(Contents(order, file, work.mapped(file)), sink)
    return sink.last


def inspected_by_bare_child(path: Path) -> dict[str, Any]:
    """The same inspection in a child forked for it, with no wall around it."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        os.write(writer, json.dumps(inspected_here(path)).encode())
        os._exit(0)
    os.close(writer)
    said: dict[str, Any] = json.loads(os.read(reader, 1 << 16))
    os.close(reader)
    os.waitpid(pid, 0)
    return said


def inspected_in_cell(path: Path) -> None:
    assert parsing.inspect(path, path.name).inspected


def raw_text(path: Path) -> int:
    """PDFium's text of every page, as its own documentation reads it."""
    document = pdfium.PdfDocument(path)
    size = 0
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        size += len(textpage.get_text_range())
        textpage.close()
        page.close()
    document.close()
    return size


def text_in_cell(path: Path) -> None:
    """All that is stored of it: the text of each page and the boxes of its words."""
    reading = parsing.read(path, PDF)
    assert reading.outcome == "read"
    assert all(page.words for page in reading.pages)


# -- measuring -----------------------------------------------------------------------------------------------------


def in_turn(acts: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Median milliseconds of each act, taken in turn so that the machine's moods fall on all."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for act, times in zip(acts, taken, strict=True):
            time.sleep(BREATH)
            start = time.perf_counter()
            act()
            times.append((time.perf_counter() - start) * 1000)
    return [statistics.median(times) for times in taken]


def inspections(folder: Path, rounds: int) -> list[Row]:
    rows, means = [], {}
    for kind, files in (("an annex", ANNEXES), ("a tiny file", TINY)):
        paths = made(folder, files)
        times = {name: in_turn(_ways(path, inspected_in_cell, inspected_here), rounds) for name, path in paths.items()}
        means[kind] = [statistics.mean(column) for column in zip(*times.values(), strict=True)]
        for name, (cell, here) in times.items():
            rows.append(row(f"inspect {name} ({paths[name].stat().st_size // 1000} KB)", cell, "ms", floor=here))
    annex, tiny = means.values()
    return [
        row("inspection of an annex, mean", annex[0], "ms", floor=annex[1], target=1.5),
        row("inspection of a tiny file, mean", tiny[0], "ms", floor=tiny[1]),
        *rows,
    ]


def beside_bare_children(folder: Path, rounds: int) -> list[Row]:
    """Apart from the plain call: a fork leaves this process to pay for its own memory again."""
    rows = []
    for kind, files in (("an annex", ANNEXES), ("a tiny file", TINY)):
        paths = made(folder, files).values()
        times = [in_turn(_ways(path, inspected_in_cell, inspected_by_bare_child), rounds) for path in paths]
        cell, bare = (statistics.mean(column) for column in zip(*times, strict=True))
        rows.append(row(f"inspection of {kind} / bare child", cell, "ms", floor=bare, target=1.5))
    return rows


def _ways(path: Path, *ways: Callable[[Path], Any]) -> list[Callable[[], Any]]:
    for way in ways:
        way(path)
    return [lambda way=way: way(path) for way in ways]


def many_inspections(folder: Path, rounds: int) -> list[Row]:
    """Forty files of a drop, asked for together."""
    paths = list(made(folder, ANNEXES).values()) * 4

    def together() -> None:
        assert all(found.inspected for found in parsing.inspect_many((path, path.name) for path in paths))

    cell, here = in_turn([together, lambda: [inspected_here(path) for path in paths]], max(rounds // 8, 3))
    return [row("inspection of an annex, forty at once", cell / 40, "ms", floor=here / 40, target=1.5)]


def texts(folder: Path, rounds: int) -> list[Row]:
    """Long files one after the other; small ones also by as many readers as a worker has, side by side."""
    long = {f"{pages} pages": [pages] for pages in (20, 100, 400)}
    small = {"thirty small files": [1 + number % 5 for number in range(30)], "thirty files of a page": [1] * 30}
    rows, total = [], [0.0, 0.0]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4), "reader") as readers:
        for name, sizes in {**long, **small}.items():
            files = {f"{name} {n}.pdf": _written(pages) for n, pages in enumerate(sizes)}
            cell, raw, together = in_turn(_readings(list(made(folder, files).values()), readers), max(rounds // 4, 3))
            rows.append(_pages_row(f"text of {name}", sum(sizes), cell, raw))
            rows += [_pages_row(f"text of {name}, by a worker's readers", sum(sizes), together, raw)][: name in small]
            total = [total[0] + cell, total[1] + raw] if name in long else total
    return [_pages_row("text of files of 20 pages and more", 520, *total, target=0.7), *rows]


def _readings(paths: list[Path], readers: ThreadPoolExecutor) -> list[Callable[[], Any]]:
    acts: list[Callable[[], Any]] = [
        lambda: [text_in_cell(path) for path in paths],
        lambda: [raw_text(path) for path in paths],
        lambda: list(readers.map(text_in_cell, paths)),
    ]
    for act in acts:
        act()
    return acts


def _written(pages: int) -> Callable[[], bytes]:
    return lambda: written_pdf(pages)


def _pages_row(name: str, pages: int, cell: float, raw: float, target: float | None = None) -> Row:
    rates = (pages / cell * 1000, pages / raw * 1000)
    return row(name, rates[0], "pages/s", floor=rates[1], target=target, least=True)


def main() -> int:
    """Exit status 1 when a target is missed."""
    rounds = max(int(20 * scale()), 5)
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        measures = (inspections, many_inspections, texts, beside_bare_children)
        rows = [one for measure in measures for one in measure(where, rounds)]
    status = parsing.status()
    print(f"walls: {', '.join(status.layers)}; {status.detail}")
    return 0 if publish("cell", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
