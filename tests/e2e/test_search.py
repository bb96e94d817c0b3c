"""The reviewer's way through search in a browser: found, narrowed, opened, from match to match, and back to where she
left; by keyboard, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Arrive

pytestmark = [pytest.mark.e2e, pytest.mark.requirement("A6", "J6")]

WORD = "convenio"


def test_found_narrowed_opened_walked_and_back_at_the_same_hit(arrive: Arrive) -> None:
    visit = arrive("archivista")
    visit.go(f"/custodia/buscar/?q={WORD}")
    page = visit.page
    total = page.locator("h2", has_text="documentos").first.inner_text()
    page.locator(".facet", has_text="Expediente").get_by_role("link").first.click()
    expect(page.locator(".chip")).to_have_count(1)
    visit.look()
    listed = page.url
    hit = page.locator(".hits > li").last
    name = hit.get_attribute("id")
    hit.locator(".hit-title a").click()
    page.wait_for_url("**/custodia/documentos/**")
    expect(page.locator("[data-hits-told]")).to_contain_text(re.compile(r"coincidencia \d+ de \d+"))
    page.keyboard.press("j")
    page.wait_for_load_state("networkidle")
    page.locator("a[data-back]").click()
    page.wait_for_url(f"{listed}#{name}")
    expect(page.locator(f"#{name} .hit-title a")).to_be_focused()
    page.locator(".chip").click()
    expect(page.locator("h2", has_text="documentos").first).to_have_text(total)


def test_words_are_completed_by_keyboard_and_why_a_hit_appears_unfolds(arrive: Arrive) -> None:
    visit = arrive("archivista")
    visit.go("/custodia/buscar/")
    page = visit.page
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("conve", delay=30)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    first = options.first.inner_text()
    expect(options.first).to_have_attribute("aria-selected", "true")
    visit.looked_at.clear()
    visit.look()
    page.keyboard.press("Enter")
    expect(box).to_have_value(first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/custodia/buscar/?q=conve*")
    link = page.locator("a[data-words]").first
    link.click()
    expect(page.locator(".words-found mark").first).to_be_visible()
    visit.looked_at.clear()
    visit.look()
    link.click()
    expect(page.locator(".words-found")).to_have_count(0)


def test_a_long_text_is_sent_whole(arrive: Arrive) -> None:
    visit = arrive("archivista")
    visit.go("/custodia/buscar/")
    page = visit.page
    page.get_by_role("combobox").fill(f"{WORD} " * 300)
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".remarks")).to_contain_text("muchas palabras")
    expect(page.locator(".hits > li").first).to_be_visible()


def test_without_scripts_all_of_it_is_links_and_a_form_on_a_phone_too(arrive: Arrive) -> None:
    visit = arrive("archivista", scripts=False)
    visit.go(f"/custodia/buscar/?q={WORD}")
    page = visit.page
    # What is public has no expediente, and no words of its own to tell.
    page.locator(".facet", has_text="Expediente").get_by_role("link").first.click()
    expect(page.locator(".chip")).to_have_count(1)
    page.get_by_role("link", name="más recientes").click()
    expect(page).to_have_url(re.compile("orden=recientes"))
    page.locator("a[data-words]").first.click()
    expect(page.get_by_role("heading", name="Por qué aparece")).to_be_visible()
    visit.go("/custodia/buscar/sin-leer/")
    visit = arrive("archivista", phone=True)
    visit.go(f"/custodia/buscar/?q={WORD}")
    visit.page.locator(".facets-button").click()
    expect(visit.page.locator(".facet a").first).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
