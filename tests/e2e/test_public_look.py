"""What a reader sees of the public pages: the width of a text, a page on paper, a sheet that closes."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Arrive

#: What nobody can use on paper.
CONTROLS = (
    ".topbar-nav", ".searchbox", ".facets", ".orders", ".footer nav ul", ".sectionhead p a",
    ".chips > li > a:not(.chip)",
)  # fmt: skip
pytestmark = [pytest.mark.e2e, pytest.mark.requirement("A10")]


def test_a_norm_without_articles_has_the_whole_width_of_a_text(arrive: Arrive) -> None:
    visit = arrive()
    visit.go("/normas/politica-de-reindustrializacion/")

    box = visit.page.locator(".articles").bounding_box()
    inside = visit.page.evaluate("getComputedStyle(document.querySelector('.articles ol')).paddingInlineStart")

    assert box is not None
    assert box["width"] > 480
    assert float(inside.removesuffix("px")) > 10


def test_a_page_on_paper_shows_its_address_and_its_tables_and_no_controls(arrive: Arrive) -> None:
    visit = arrive()
    visit.go("/banco/?orden=nombre&departamento=Antioquia")
    table = visit.page.locator(".drawn details table")
    assert not table.is_visible()

    visit.page.emulate_media(media="print")

    assert table.is_visible()
    assert visit.page.locator(".footer .printed").is_visible()
    shown = [name for name in CONTROLS if visit.page.locator(name).locator("visible=true").count()]
    assert shown == []


def test_the_menu_of_a_phone_is_closed_by_its_own_button(arrive: Arrive) -> None:
    visit = arrive(phone=True)
    visit.go("/banco/")
    menu = visit.page.locator("#menu")

    visit.page.get_by_role("button", name="Menú").click()
    assert menu.is_visible()
    menu.get_by_role("button", name="Cerrar").click()

    assert not menu.is_visible()
