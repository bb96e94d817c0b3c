"""The viewer in a browser: pages turn in place, by key and by finger, and everything holds without scripts (A6)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.conftest import PATIENCE, Arrive, Visit
from tests.installation import Installation

pytestmark = pytest.mark.e2e

WORD = "convenio"


@pytest.fixture
def long(town: Installation) -> str:
    """Address of a written piece of five pages in which the word stands on each."""
    (hit,) = [
        one
        for one in town.command("search", '"Convenio derivado CD-2026-001"', "--as", "archivista")["hits"]
        if one["title"] == "Convenio derivado CD-2026-001"
    ]
    return f"/custodia/documentos/{hit['document']}/"


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect(page.locator(".sheet img")).to_be_visible()
    assert page.locator(".sheet img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 300


def pressed(page: Page, key: str, url: str) -> None:
    page.keyboard.press(key)
    expect(page).to_have_url(re.compile(url))
    settled(page)


@pytest.mark.requirement("A6")
def test_the_keyboard_turns_enlarges_rotates_and_walks_the_matches(arrive: Arrive, long: str) -> None:
    visit = arrive("archivista")
    visit.go(f"{long}?q={WORD}")
    page = visit.page
    page.evaluate("window.untouched = true")
    settled(page)
    pressed(page, "ArrowRight", r"pagina=2")
    pressed(page, "ArrowLeft", r"pagina=1")
    before = page.locator("[data-hits-told]").inner_text()
    pressed(page, "j", r"[?&](c=2|pagina=2)")
    assert page.locator("[data-hits-told]").inner_text() != before
    pressed(page, "+", r"zoom=150")
    assert page.locator(".sheet img").evaluate("image => image.naturalWidth") > 1_500, "enlarged pages are sharp"
    pressed(page, "r", r"giro=90")
    expect(page.locator(".sheetturn-90")).to_be_visible()
    pressed(page, "-", r"giro=90$|giro=90&")
    page.keyboard.press("g")
    expect(page.locator("#ir-folio")).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"folio=12"))
    expect(page.locator("#ir-folio")).to_have_value("12")
    page.keyboard.press("Escape")
    assert page.evaluate("window.untouched") is True, "the page was never left"
    page.locator(".sheetbox").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Teclas")).to_contain_text("girar la página")
    page.keyboard.press("Escape")
    visit.looked_at.clear()
    visit.look()


@pytest.mark.requirement("A6")
def test_the_next_page_is_fetched_ahead_and_not_again_when_it_is_turned_to(arrive: Arrive, long: str) -> None:
    visit = arrive("archivista")
    page, asked = visit.page, list[str]()
    page.on("request", lambda request: note(request, asked))
    visit.go(f"{long}?pagina=2")
    settled(page)
    asked_are(page, asked, ["2.png", "3.png"])
    pressed(page, "ArrowRight", r"pagina=3")
    asked_are(page, asked, ["2.png", "3.png", "4.png"])
    page.go_back()
    expect(page).to_have_url(re.compile(r"pagina=2"))
    settled(page)
    expect(page.locator(".strip [aria-current]")).to_have_attribute("href", re.compile("pagina=2"))


def asked_are(page: Page, asked: list[str], names: list[str]) -> None:
    """These images are asked for, sooner or later, and a moment after no other."""
    for _ in range(PATIENCE // 100):
        if len(asked) >= len(names):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)
    assert [url.rpartition("/")[2] for url in asked] == names


def note(request: Request, asked: list[str]) -> None:
    if "/pagina/" in request.url:
        asked.append(request.url)


def test_what_is_said_and_where_one_stands_follow_the_page(arrive: Arrive, long: str) -> None:
    visit = arrive("archivista")
    visit.go(long)
    page = visit.page
    settled(page)
    page.get_by_role("link", name="Página siguiente").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("pagina=2"))
    expect(page.locator("[data-say]")).to_have_text("folio 9")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Página siguiente"


def test_an_enlarged_page_is_scrolled_by_the_arrows_while_it_holds_the_focus(arrive: Arrive, long: str) -> None:
    visit = arrive("archivista")
    visit.go(f"{long}?zoom=200")
    page = visit.page
    settled(page)
    page.locator(".sheetbox").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    assert "pagina=2" not in page.url
    assert page.locator(".sheetbox").evaluate("box => box.scrollLeft") > 0


@pytest.mark.requirement("A6")
def test_on_a_phone_the_panel_follows_the_page(arrive: Arrive, long: str) -> None:
    visit = arrive("archivista", phone=True)
    visit.go(f"{long}?q={WORD}")
    boxes = [visit.page.locator(place).bounding_box() for place in (".strip", ".sheet", "aside.panel")]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == 3
    assert tops == sorted(tops)
    visit.go(f"{long}ficha/")


@pytest.mark.requirement("A6")
def test_without_scripts_every_control_is_a_link_or_a_form(arrive: Arrive, long: str) -> None:
    visit = arrive("archivista", scripts=False)
    visit.go(f"{long}?q={WORD}")
    page = visit.page
    page.get_by_role("link", name="Página siguiente").click()
    expect(page).to_have_url(re.compile("pagina=2"))
    page.get_by_role("link", name="Acercar").click()
    expect(page).to_have_url(re.compile("zoom=150"))
    page.get_by_role("link", name="Girar a la derecha").click()
    expect(page.locator(".sheetturn-90")).to_have_count(1)
    page.locator("#ir-folio").fill("10")
    page.locator("#ir-folio").press("Enter")
    expect(page).to_have_url(re.compile("folio=10"))
    expect(page.locator("#ir-folio")).to_have_value("10")
    page.get_by_role("link", name="siguiente").first.click()
    expect(page.locator(".sheet-marks rect.is-current").first).to_be_attached()
    expect(page.locator("[data-keys]")).to_be_hidden()


def test_the_printed_sheet_and_the_health_are_accessible(arrive: Arrive, long: str) -> None:
    visit: Visit = arrive("archivista")
    visit.go(f"{long}ficha/")
    visit.page.emulate_media(media="print")
    assert visit.page.get_by_role("button", name="Imprimir").is_hidden()
    visit.page.emulate_media(media="screen")
    visit.go("/custodia/salud/")
    visit.click("Probar el almacén", role="button")
