"""Filing by keyboard alone, at a desk and on a narrow screen: every stop is seen, and what happened is said aloud."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Arrive
from tests.e2e.test_journeys import open_expediente

pytestmark = [pytest.mark.e2e, pytest.mark.requirement("A10", "B12")]

#: Whether what has the focus is in sight and marked: by an outline or a shadow of its own, of what holds it, or of its
#: label, where the control itself is hidden.
SEEN = """() => {
  const here = document.activeElement;
  const marked = (one) => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
  };
  return here === document.body || [here, here.parentElement, ...(here.labels || [])].some(marked);
}"""
IS = """([wanted, name]) => {
  const here = document.activeElement;
  return here.matches(wanted) && (!name || here.closest('.filing-row').textContent.includes(name));
}"""


def tab_into(page: Page, wanted: str, name: str = "") -> None:
    """Press Tab until the focus is on what a selector names, in the row of a file; each stop shows where it is."""
    for _stop in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
        assert page.evaluate(SEEN), f"the focus is not visible on {here}"
        if page.evaluate(IS, [wanted, name]):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_is_chosen_described_and_filed_by_keyboard(arrive: Arrive, tmp_path: Path, width: int) -> None:
    source = tmp_path / f"por teclado {width}.txt"
    source.write_text(f"Radicado con el teclado a {width} puntos.\n")
    visit = arrive("archivista")
    open_expediente(visit)
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    page.on("filechooser", lambda _chooser: None)  # the browser hands choosers over from now on: asked late, it may not
    tab_into(page, "input[type=file]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(source))
    row = page.locator(".filing-row").filter(has_text=source.name)
    expect(row.locator("[data-words]")).to_have_text("Llegó completo")
    tab_into(page, "[data-tipo]", source.name)
    page.keyboard.type("Anexo del convenio")
    tab_into(page, "[data-date]", source.name)
    page.keyboard.type("10/06/2026")
    visit.looked_at.clear()
    visit.look()
    row.locator("[data-date]").focus()
    tab_into(page, "[data-send]")
    page.keyboard.press("Enter")
    expect(row.and_(page.locator(".is-filed"))).to_have_count(1)
    expect(page.locator("[data-say][role=status]")).to_contain_text("radicados")
    visit.fits()
