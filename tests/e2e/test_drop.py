"""Forty files at once, two of them bad; a cut and a page that was closed; on a phone and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Arrive, Visit
from tests.e2e.files import pdf_of
from tests.e2e.test_journeys import open_expediente

pytestmark = pytest.mark.e2e

BUSY = ".filing-row:is(.is-queued, .is-sending, .is-looking, .is-filing)"


def lot(folder: Path, tag: str, count: int) -> list[Path]:
    """Texts and PDFs, each unlike any other; the PDFs say what they are and their own date."""
    folder.mkdir(exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"{tag} {number:02d}.{'pdf' if number % 4 == 0 else 'txt'}"
        words = f"Anexo del convenio\nBogotá D.C., {number % 27 + 1} de junio de 2026\n{tag} {number}"
        path.write_bytes(pdf_of(words) if path.suffix == ".pdf" else f"{words}\n".encode())
        paths.append(path)
    return paths


def drop(page: Page, paths: list[Path]) -> None:
    page.locator("[data-choose]").set_input_files([str(path) for path in paths])


def arrived(page: Page) -> None:
    expect(page.locator(BUSY)).to_have_count(0)


def say_for_all(page: Page) -> None:
    page.locator("[data-all-tipo]").select_option("anexo_del_convenio")
    page.locator("[data-all-date]").fill("10/06/2026")
    page.locator("[data-all-put]").click()


def fault_of(page: Page, name: str) -> str:
    return page.locator(".filing-row").filter(has_text=name).locator("[data-fault]").inner_text()


@pytest.mark.requirement("A6", "B12", "K6")
@pytest.mark.rule("C2", "C8")
@pytest.mark.beyond(13)
def test_forty_files_two_of_them_corrected_in_place(arrive: Arrive, tmp_path: Path) -> None:
    paths = lot(tmp_path / "lote", "lote", 38)
    bad, twin = tmp_path / "informe malo.pdf", tmp_path / "copia.txt"
    bad.write_bytes(b"MZ\x90\x00" + bytes(200))
    twin.write_bytes(paths[1].read_bytes())
    visit = arrive("archivista")
    open_expediente(visit)
    page = visit.page
    drop(page, [*paths, bad, twin])
    arrived(page)
    assert "Contiene un programa" in fault_of(page, "informe malo.pdf")
    assert "Corrija el nombre" not in fault_of(page, "informe malo.pdf")
    offers = page.locator(".filing-row").filter(has_text="lote 00.pdf")
    expect(offers).to_contain_text("el texto dice «Bogotá D.C., 1 de junio de 2026»")
    assert offers.locator("[data-date]").input_value() == ""
    say_for_all(page)
    page.locator("[data-send]").click()
    expect(page.locator(".filing-row.is-filed")).to_have_count(38)
    expect(page.locator("[data-count]")).to_have_text("38 de 40 radicados")
    visit.looked_at.clear()
    visit.look()
    correct_both(page, tmp_path)
    expect(page.locator(".filing-row.is-filed")).to_have_count(40)
    page.locator("[data-receipt-link]").click()
    page.wait_for_url("**/custodia/recibos/*/")
    visit.look()
    assert len(set(re.findall(r"\b\d{4}-\d{6}\b", page.locator("main").inner_text()))) >= 40


def correct_both(page: Page, folder: Path) -> None:
    """Another file in place of the refused one; for the repeated one a decision."""
    right = folder / "informe bueno.txt"
    right.write_text("Informe corregido del lote.\n")
    page.locator(".filing-row").filter(has_text="informe malo.pdf").locator("[data-another-file]").set_input_files(
        right
    )
    twin = page.locator(".filing-row").filter(has_text="copia.txt")
    expect(twin.locator("[data-twin]")).to_be_visible()
    twin.locator("[value=link]").check()
    arrived(page)
    page.locator("[data-send]").click()
    expect(twin).to_contain_text("vinculado con el")


@pytest.mark.requirement("B12")
@pytest.mark.rule("C2")
def test_radicados_follow_the_rows_though_the_first_arrives_last(arrive: Arrive, tmp_path: Path) -> None:
    first, *others = lot(tmp_path / "orden", "orden", 6)
    visit = arrive("archivista")
    open_expediente(visit)
    page, held = visit.page, list[Route]()
    page.route("**/custodia/cargas/**", lambda route: first_is_held(route, held))
    drop(page, [first])
    drop(page, others)
    expect(page.locator(".filing-row.is-received")).to_have_count(5)
    say_for_all(page)
    page.locator(".filing-row [data-date]").nth(3).fill("")  # it waits to be told its date, and holds up none
    page.locator("[data-send]").click()
    expect(page.locator(".filing-row.is-filing")).to_have_count(4)
    held[0].continue_()
    expect(page.locator(".filing-row.is-filed")).to_have_count(5)
    radicados = page.locator(".filing-row.is-filed [data-words] a").all_inner_texts()
    assert radicados == sorted(radicados)
    remove(page, "orden 03.txt")


def remove(page: Page, name: str) -> None:
    """What waits is put aside, so that it waits for nobody else."""
    row = page.locator(".filing-row").filter(has_text=name)
    row.locator("[data-remove]").click()
    expect(row).to_have_count(0)


def first_is_held(route: Route, held: list[Route]) -> None:
    if route.request.method == "PATCH" and not held:
        held.append(route)
    else:
        route.continue_()


@pytest.mark.requirement("B8", "B12")
def test_a_row_asks_for_the_annex_that_its_tipo_demands(arrive: Arrive, tmp_path: Path) -> None:
    visit = arrive("archivista")
    open_another(visit)
    page = visit.page
    place = page.url.split("?")[0]
    page.goto(f"{place}anexos/nuevo/")
    page.locator("[name=key]").fill("PI-1")
    page.locator("[name=label]").fill("Anexo 1")
    page.locator("main form button[type=submit]").first.click()
    page.goto(place)
    drop(page, lot(tmp_path / "anexo", "anexo", 1))
    arrived(page)
    row = page.locator(".filing-row").filter(has_text="anexo 00.pdf")
    expect(row.locator("[data-annex]")).to_be_hidden()
    row.locator("[data-tipo]").select_option("anexo_del_convenio")
    row.locator("[data-annex]").select_option("PI-1")
    row.locator("[data-date]").fill("10/06/2026")
    visit.looked_at.clear()
    visit.look()
    page.locator("[data-send]").click()
    expect(page.locator(".filing-row.is-filed")).to_have_count(1)
    page.goto(f"{place}anexos/")
    expect(page.locator("#anexo-PI-1")).to_contain_text("anexo 00")


def open_another(visit: Visit) -> None:
    """An expediente in which nobody else files."""
    visit.go("/custodia/expedientes/")
    visit.page.get_by_role("row").filter(has_text="GC-130-CD-2026-002").first.get_by_role("link").first.click()
    visit.page.wait_for_url("**/custodia/expedientes/*/")


@pytest.mark.beyond(13)
@pytest.mark.requirement("K6")
def test_a_cut_and_a_closed_page_lose_nothing(arrive: Arrive, tmp_path: Path) -> None:
    large = tmp_path / "grande.txt"
    large.write_bytes(b"linea del archivo grande\n" * 1_400_000)  # 35 MB: five pieces
    visit = arrive("archivista")
    open_expediente(visit)
    page = visit.page
    sent: list[int] = []
    page.route("**/custodia/cargas/**", lambda route: third_is_cut(route, sent))
    drop(page, [large])
    row = page.locator(".filing-row").filter(has_text="grande.txt")
    expect(row).to_have_class(re.compile("is-received"))
    assert sent.count(8 * 1024**2) >= 4
    leave_half(visit, tmp_path)


def third_is_cut(route: Route, sent: list[int]) -> None:
    """The third piece is lost on the way, as when a network falls."""
    if route.request.method == "PATCH":
        sent.append(int(route.request.headers["upload-offset"]) and 8 * 1024**2)
        if len(sent) == 3:
            route.abort("connectionreset")
            return
    route.continue_()


def leave_half(visit: Visit, folder: Path) -> None:
    """The page is closed while a file comes; opened again, it asks for the same file and goes on from there."""
    page, half = visit.page, folder / "mitad.txt"
    half.write_bytes(b"otra linea de otro archivo\n" * 800_000)
    page.unroute_all()
    page.route("**/custodia/cargas/**", only_the_first_piece)
    drop(page, [half])
    row = page.locator(".filing-row").filter(has_text="mitad.txt")
    expect(row.locator("[data-words]")).to_contain_text("Se cortó")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute_all()
    page.reload()
    visit.complaints.clear()  # the cuts, of which the browser complains
    row = page.locator(".filing-row.is-cut").filter(has_text="mitad.txt")
    expect(row).to_contain_text("Vuelva a elegir el mismo archivo")
    expect(page.locator(".filing-row.is-received").filter(has_text="grande.txt")).to_have_count(1)
    other = folder / "otro.txt"
    other.write_bytes(b"x" + half.read_bytes()[1:])
    row.locator("[data-another-file]").set_input_files(other)
    expect(row).to_contain_text("no empieza con lo que ya llegó")
    visit.looked_at.clear()
    visit.look()
    drop_rest(page, half)


def only_the_first_piece(route: Route) -> None:
    if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
        route.abort("connectionreset")
    else:
        route.continue_()


def drop_rest(page: Page, half: Path) -> None:
    """The same file, dropped anew, is known by its bytes."""
    before = page.locator(".filing-row").count()
    drop(page, [half])
    arrived(page)
    expect(page.locator(".filing-row")).to_have_count(before)
    for name in ("mitad.txt", "grande.txt"):
        remove(page, name)


@pytest.mark.requirement("A6")
def test_on_a_phone_the_rows_fit(arrive: Arrive, tmp_path: Path) -> None:
    visit = arrive("archivista", phone=True)
    open_another(visit)
    drop(visit.page, lot(tmp_path / "movil", "movil", 2))
    arrived(visit.page)
    visit.looked_at.clear()
    visit.look()
    visit.go("/custodia/cargas/")
    visit.click("Completar")
    visit.page.locator("main button[type=submit]").click()
    visit.page.wait_for_load_state()
    expect(visit.page.locator(".errorsummary")).to_contain_text("Elija el tipo documental.")
    visit.look()


@pytest.mark.requirement("B12")
def test_without_scripts_what_waits_is_completed_on_its_page(arrive: Arrive, tmp_path: Path) -> None:
    scripted = arrive("archivista")
    open_expediente(scripted)
    (path,) = lot(tmp_path / "simple", "sin guiones", 1)
    drop(scripted.page, [path])
    arrived(scripted.page)
    visit = arrive("archivista", scripts=False)
    visit.go("/custodia/cargas/")
    visit.page.get_by_role("link", name="sin guiones 00.pdf").first.click()
    page = visit.page
    expect(page.locator("main")).to_contain_text("el texto dice «Bogotá D.C., 1 de junio de 2026»")
    page.locator("[name=tipo]").select_option("anexo_del_convenio")
    page.locator("[name=date]").fill("01/06/2026")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/recibo/")
    expect(page.locator("main")).to_contain_text("sin guiones 00.pdf")
