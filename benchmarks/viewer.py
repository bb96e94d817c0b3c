"""The viewer's first page: of a 1,000-page annex beside that of a 3-page act, asked of the whole desk.

First view: the page and its image with nothing kept, as whoever opens a piece for the first time meets it; the bytes
are proved anew each time. Later view: both kept. Written annexes and scanned ones (a picture on each page, 100 MB).
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.ground import house, installation
from benchmarks.report import Row, percentile, publish, row, scale

FEW, MANY = 3, 1_000
SCAN_BYTES = 100_000
HOST = {"HTTP_HOST": "127.0.0.1"}


def written(pages: int) -> bytes:
    """A PDF with a page of text for each number."""
    from fpdf import FPDF

    made = FPDF()
    made.set_font("Helvetica", size=11)
    for number in range(1, pages + 1):
        made.add_page()
        made.multi_cell(0, 6, f"Anexo de {pages} folios, página {number}. " + "Texto del anexo técnico. " * 60)
    return bytes(made.output())


def scanned(pages: int) -> bytes:
    """A PDF of pictures: the first one is real, the others weigh what a scan weighs and are never painted."""
    import pikepdf
    from PIL import Image

    picture = io.BytesIO()
    Image.effect_noise((1275, 1650), 40).save(picture, "JPEG", quality=30)
    pdf, out = pikepdf.new(), io.BytesIO()
    for number in range(pages):
        page = pdf.add_blank_page(page_size=(612, 792))
        data = picture.getvalue() if number == 0 else os.urandom(SCAN_BYTES)
        image = pikepdf.Stream(
            pdf, data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1275, Height=1650,
            ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
        page.Contents = pikepdf.Stream(pdf, b"q 612 0 0 792 0 0 cm /I Do Q")
    pdf.save(out)
    return out.getvalue()


class Visit:
    """The archivist in front of one piece."""

    def __init__(self, client: Any, piece: Any) -> None:
        self.client, self.piece = client, piece

    def get(self, address: str) -> None:
        said = self.client.get(f"/custodia/documentos/{self.piece.pk}/{address}", **HOST)
        assert said.status_code == 200, (address, said.status_code)

    def forget(self) -> None:
        """Nothing kept of the piece: no image, no trust in its bytes."""
        from records.services import intact, viewing

        shutil.rmtree(viewing.page_file(self.piece.pk, 1).parent, ignore_errors=True)
        intact.forget()

    def first(self) -> None:
        self.get("")
        self.get("pagina/1.png")

    def strip(self) -> None:
        for number in range(1, min(self.piece.pages, 9) + 1):
            self.get(f"miniatura/{number}.png")

    def search(self) -> None:
        self.get("?q=anexo")


def timed(visits: dict[str, Visit], act: Callable[[Visit], None], rounds: int, *, fresh: bool) -> dict[str, float]:
    """Median milliseconds of each visit, taken in turn; the first round is dropped."""
    taken: dict[str, list[float]] = {name: [] for name in visits}
    for _round in range(rounds + 1):
        for name, visit in visits.items():
            if fresh:
                visit.forget()
            start = time.perf_counter()
            act(visit)
            taken[name].append((time.perf_counter() - start) * 1000)
    return {name: percentile(values[1:], 50) for name, values in taken.items()}


def beside(name: str, taken: dict[str, float], what: str, target: float | None) -> Row:
    return row(name, taken[f"{what} {MANY}"], "ms", floor=taken[f"{what} {FEW}"], target=target)


def visits() -> dict[str, Visit]:
    from django.test import Client

    from records.services.reading import read_document
    from tests import factories

    cast, expediente = house()
    client = Client()
    client.force_login(cast["archivista"])
    made = {}
    for what, maker in (("written", written), ("scanned", scanned)):
        for pages in (FEW, MANY):
            piece = factories.file_piece(cast["archivista"], expediente, maker(pages), f"{what}-{pages}.pdf")
            if what == "written":
                read_document(piece.pk)
            made[f"{what} {pages}"] = Visit(client, piece)
    return made


def measure(rounds: int) -> list[Row]:
    with installation():
        from records import parsing

        all_visits = visits()
        first = timed(all_visits, Visit.first, rounds, fresh=True)
        later = timed(all_visits, Visit.first, rounds, fresh=False)
        strip = timed(all_visits, Visit.strip, max(rounds // 4, 3), fresh=True)
        search = timed({name: one for name, one in all_visits.items() if "written" in name}, Visit.search, rounds,
                       fresh=False)  # fmt: skip
        parsing.close()
    return [
        beside("first page, first view, written", first, "written", 1.5),
        beside("first page, first view, scanned", first, "scanned", 1.5),
        beside("first page, later view, written", later, "written", 1.5),
        beside("first page, later view, scanned", later, "scanned", 1.5),
        beside("page with a search in it", search, "written", None),
        row("strip of nine thumbnails, first time", strip[f"written {MANY}"], "ms"),
    ]


def main() -> int:
    """Exit status 1 when a target is missed."""
    return 0 if publish("viewer", measure(int(20 * scale()))) else 1


if __name__ == "__main__":
    sys.exit(main())
