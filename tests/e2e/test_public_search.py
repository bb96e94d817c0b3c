"""A citizen searches: by words that are offered, by filters, by a better spelling; with keys alone, on a phone, and
without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.test_journeys import PROBE

pytestmark = [pytest.mark.e2e, pytest.mark.requirement("J9")]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_a_few_letters_to_a_project(arrive: Arrive, *, phone: bool) -> None:
    visit = arrive(phone=phone)
    visit.go("/")
    box = visit.page.get_by_role("combobox", name="Buscar en el sitio")
    box.press_sequentially("aerop")
    offered = visit.page.get_by_role("listbox", name="Propuestas").get_by_role("option")
    expect(offered.first).to_have_text("aeropartes")
    visit.looked_at.clear()  # the same address, with the list open
    visit.look()
    box.press("ArrowDown")
    expect(offered.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    visit.page.wait_for_url("**/buscar/?q=aeropartes")
    visit.look()
    if phone:
        visit.page.get_by_role("button", name="Filtrar").click()
    visit.page.locator("#filtros").get_by_role("link", name="Proyectos del Banco").click()
    visit.page.wait_for_url("**seccion=proyectos")
    visit.looked_at.clear()  # the same address, narrowed
    visit.look()
    expect(visit.page.locator("article.hit mark").first).to_have_text(re.compile("aeropartes", re.IGNORECASE))
    visit.page.get_by_role("link", name=re.compile("Quitar el filtro")).click()
    visit.page.wait_for_url("**/buscar/?q=aeropartes")
    visit.click(re.compile("Taller regional de aeropartes"))  # type: ignore[arg-type]  # a name or its pattern
    expect(visit.page.locator("h1")).to_have_text(re.compile("Taller regional"))


def test_escape_closes_what_is_offered_and_the_words_stay(arrive: Arrive) -> None:
    visit = arrive()
    visit.go("/buscar/")
    box = visit.page.get_by_role("combobox", name="Buscar en lo publicado")
    box.press_sequentially("aerop")
    expect(visit.page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(visit.page.get_by_role("listbox")).to_have_count(0)
    expect(box).to_have_value("aerop")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_word_badly_written_leads_to_the_one_that_was_meant(arrive: Arrive, *, scripts: bool) -> None:
    visit = arrive(scripts=scripts)
    visit.go("/buscar/?q=aeropratez")
    expect(visit.page.locator("main")).to_contain_text("¿Quiso decir")
    visit.click("aeropartes", exact=True)
    visit.page.wait_for_url("**/buscar/?q=aeropartes")
    expect(visit.page.locator("article.hit").first).to_be_visible()


def test_what_is_not_understood_is_told_in_its_place(arrive: Arrive) -> None:
    visit = arrive()
    visit.go('/buscar/?q=raro:taller "sin cerrar')
    expect(visit.page.locator(".remark-words u").first).to_have_text(re.compile("raro:"))
    visit.go("/ayuda/buscar/")


@pytest.mark.criterion(9)
def test_no_letters_of_a_word_of_custody_are_completed(arrive: Arrive) -> None:
    visit = arrive()
    for word in (PROBE, "quimbaya5520"):
        for length in range(3, len(word)):
            answer = visit.page.request.get(f"{visit.town.address}/buscar/sugerencias/?q={word[:length]}")
            assert not any(word in text for text in answer.json()["propuestas"])
