"""An archivist's drop of forty files, in a browser, against the demo: the first receipt, and all of them.

A person says one tipo and one date for all and files; the clock runs from the drop to the receipts on the page, what
the script fills in included. Half are PDFs of a page, half texts of about 100 KB. Each figure has a limit in seconds.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.ground import limited
from benchmarks.report import ROOT, Row, publish, row
from tests.e2e.files import pdf_of
from tests.installation import PASSWORD, Installation

FILES = 40
FIRST, ALL = 2.0, 20.0
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
EXPEDIENTE = "GC-130-CD-2026-001"


def make_files(folder: Path, tag: str) -> list[str]:
    folder.mkdir()
    for number in range(FILES):
        words = f"Anexo del convenio {tag} {number}\n"
        path = folder / f"anexo {number:02d}.{'pdf' if number % 2 else 'txt'}"
        path.write_bytes(pdf_of(words) if number % 2 else words.encode() * (100_000 // len(words)))
    return [str(path) for path in sorted(folder.iterdir())]


def enter(page: Page, home: Installation) -> None:
    page.goto(f"{home.address}/cuenta/entrar/?next=/custodia/expedientes/")
    page.locator("input[name=username]").fill("archivista")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/custodia/expedientes/")
    page.get_by_role("row").filter(has_text=EXPEDIENTE).first.get_by_role("link").first.click()
    page.wait_for_url("**/custodia/expedientes/*/")


def dropped(page: Page, files: list[str]) -> tuple[float, float, float]:
    """Seconds from the drop to the last row shown, to the first receipt and to the last."""
    page.reload()
    began = time.perf_counter()
    page.locator("[data-choose]").set_input_files(files)
    expect(page.locator(".filing-row")).to_have_count(FILES)
    shown = time.perf_counter() - began
    page.locator("[data-all-tipo]").select_option("anexo_del_convenio")
    page.locator("[data-all-date]").fill("10/06/2026")
    page.locator("[data-all-put]").click()
    page.locator("[data-send]").click()
    page.locator(".filing-row.is-filed").first.wait_for(timeout=60_000)
    first = time.perf_counter() - began
    expect(page.locator(".filing-row.is-filed")).to_have_count(FILES, timeout=120_000)
    return shown, first, time.perf_counter() - began


def measure(folder: Path) -> list[Row]:
    home = Installation(folder / "home")
    home.load()
    home.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page()
            page.set_default_timeout(60_000)
            enter(page, home)
            taken = [dropped(page, make_files(folder / str(number), str(number))) for number in range(ROUNDS)]
            browser.close()
    finally:
        home.stop()
    shown, first, all_of_them = (sorted(column)[ROUNDS // 2] for column in zip(*taken, strict=True))
    return [
        row("forty rows shown", shown, "s"),
        limited("first receipt of forty", first, "s", limit=FIRST),
        limited("all forty receipts", all_of_them, "s", limit=ALL),
    ]


def main() -> int:
    """Exit status 1 when a limit is passed; without a browser nothing is measured, and that is said."""
    if shutil.which("chromium") is None:
        print("not measured: no Chromium here (Debian's chromium)")
        return 0
    where = ROOT / "var" / "bench-ground"
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where) as folder:
        rows = measure(Path(folder))
    return 0 if publish("drop", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
