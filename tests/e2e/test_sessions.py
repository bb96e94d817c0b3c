"""Sessions in a real browser: factors and keys, what is left after leaving, and the walls of every family of pages."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import PATIENCE, Arrive
from tests.installation import PASSWORD, ROOT, Installation

pytestmark = [pytest.mark.e2e, pytest.mark.criterion(29)]
#: A page of each family, and who opens it.
FAMILIES = (
    ("", "/"), ("", "/banco/"), ("", "/buscar/?q=taller"), ("", "/ayuda/"), ("", "/verificar/"), ("", "/nada/"),
    ("", "/cuenta/entrar/"), ("archivista", "/custodia/"), ("archivista", "/custodia/expedientes/"),
    ("archivista", "/custodia/buscar/?q=taller"), ("archivista", "/custodia/nada/"), ("archivista", "/cuenta/"),
    ("archivista", "/cuenta/seguridad/"), ("archivista", "/cuenta/sesiones/"), ("archivista", "/cuenta/clave/"),
    ("archivista", "/cuenta/seguridad/codigos/"), ("archivista", "/cuenta/seguridad/llaves/"),
    ("administracion", "/custodia/personas/"), ("administracion", "/custodia/personas/nueva/"),
    ("auditoria", "/custodia/bitacora/"), ("jefatura", "/custodia/aprobaciones/"),
)  # fmt: skip
WALLS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
STRICT = ("default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'none'",
          "base-uri 'none'", "form-action 'self'")  # fmt: skip


@pytest.fixture
def own(browser: Browser, town: Installation) -> Iterator[BrowserContext]:
    """A browser at the name that keys are tied to: an address of numbers has none."""
    context = browser.new_context(locale="es-CO", base_url=f"http://localhost:{town.port}")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def enter(page: Page, login: str) -> None:
    page.goto("/cuenta/entrar/?next=/custodia/")
    page.locator("input[name=username]").fill(login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()


def leave(page: Page) -> None:
    page.goto("/cuenta/salir/")
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_every_family_of_pages_keeps_its_walls_and_custody_is_not_kept(own: BrowserContext) -> None:
    page, wrong, inside = own.new_page(), [], ""
    page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    for login, address in FAMILIES:
        if login and login != inside:
            leave(page) if inside else None
            enter(page, login)
            inside = login
        answer = page.goto(address)
        assert answer is not None
        held = answer.headers
        wrong += [f"{address}: {name}" for name, value in WALLS.items() if held.get(name) != value]
        wrong += [f"{address}: {rule}" for rule in STRICT if rule not in held["content-security-policy"]]
        wrong += [f"{address}: unsafe" for word in ("unsafe", "nonce", "*") if word in held["content-security-policy"]]
        if address.startswith(("/custodia/", "/cuenta/")) and held.get("cache-control") != "no-store":
            wrong.append(f"{address}: {held.get('cache-control')}")
    assert wrong == []


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(own: BrowserContext) -> None:
    page = own.new_page()
    enter(page, "archivista")
    cookies = {one["name"]: one for one in own.cookies()}
    assert {"sessionid", "csrftoken"} <= set(cookies)
    assert all(one["httpOnly"] and one["sameSite"] == "Lax" for one in cookies.values())
    assert page.evaluate("document.cookie") == ""


def test_after_leaving_the_back_button_shows_nothing(own: BrowserContext) -> None:
    page = own.new_page()
    enter(page, "archivista")
    page.goto("/custodia/expedientes/")
    heading = page.locator("main table").inner_text()
    page.goto("/custodia/")
    leave(page)
    for _ in range(4):
        page.go_back()
        page.wait_for_load_state()
        assert heading[:60] not in page.locator("body").inner_text()
        assert "archivista" not in page.locator("body").inner_text()


def test_an_application_of_codes_is_added_and_asked_for(own: BrowserContext, arrive: Arrive) -> None:
    page = own.new_page()
    enter(page, "secretaria.general")
    page.goto("/cuenta/seguridad/codigos/")
    secret = page.locator("dd.code").inner_text()
    drawn = page.evaluate("document.querySelector('img.codes-image').naturalWidth")
    assert drawn > 0
    page.locator("input[name=code]").fill(code_of(secret))
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/recuperacion/")
    codes = page.locator("main li").all_inner_texts()
    assert len(codes) == 10
    leave(page)
    enter(page, "secretaria.general")
    expect(page).to_have_url(re.compile("/cuenta/entrar/factor/$"))
    assert Axe().run(page).violations_count == 0
    page.locator("input[name=code]").fill(codes[0])
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url("**/custodia/")
    page.goto("/cuenta/seguridad/codigos/retirar/")
    page.get_by_role("button", name="Retirar la aplicación").click()
    page.wait_for_url("**/cuenta/seguridad/")
    leave(page)
    enter(page, "secretaria.general")
    expect(page).to_have_url(re.compile("/custodia/$"))


@pytest.fixture
def device(own: BrowserContext) -> Page:
    """A browser whose device answers for its person."""
    page = own.new_page()
    client = own.new_cdp_session(page)
    client.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    client.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_key_is_added_and_opens_and_is_taken_away(device: Page) -> None:
    page = device
    enter(page, "supervisor.cd002")
    page.goto("/cuenta/seguridad/llaves/")
    page.locator("input[name=name]").fill("Mi portátil")
    page.get_by_role("button", name="Añadir", exact=True).click()
    page.wait_for_url("**/recuperacion/")
    leave(page)
    enter(page, "supervisor.cd002")
    expect(page).to_have_url(re.compile("/cuenta/entrar/factor/$"))
    page.get_by_role("button", name="Usar una llave o este dispositivo").click()
    page.wait_for_url("**/custodia/")
    page.goto("/cuenta/seguridad/")
    page.get_by_role("link", name="Retirar Mi portátil").click()
    page.get_by_role("button", name="Retirar la llave").click()
    page.wait_for_url("**/cuenta/seguridad/")
    expect(page.locator("main")).not_to_contain_text("Mi portátil")


def grow_old(town: Installation, key: str, moment: str, seconds: int) -> None:
    """As if a moment that the session keeps had been so many seconds ago."""
    code = (
        "import django, sys, time; django.setup()\n"
        "from django.contrib.sessions.backends.db import SessionStore\n"
        "held = SessionStore(sys.argv[1]); held[sys.argv[2]] = int(time.time()) - int(sys.argv[3]); held.save()"
    )
    given = {**town.environment(), "DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
    subprocess.run([sys.executable, "-c", code, key, moment, str(seconds)], cwd=ROOT, env=given, check=True)


def test_a_grave_act_asks_who_is_there_and_keeps_the_words(own: BrowserContext, town: Installation) -> None:
    page = own.new_page()
    enter(page, "administracion")
    page.goto("/custodia/personas/?q=ajeno")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="Cambiar los datos").click()
    words = "Álvaro «Ajeno» Ejemplo & Compañía"
    page.locator("input[name=full_name]").fill(words)
    grow_old(town, key_of(own), "confirmed", 301)
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("h1")).to_have_text("Confirme quién es")
    assert Axe().run(page).violations_count == 0
    page.locator("input[type=password]").fill("no es esa")
    page.get_by_role("button", name="Confirmar y seguir").click()
    expect(page.locator("input[type=password]")).to_be_empty()
    expect(page.locator("input[name=full_name]")).to_have_value(words)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirmar y seguir").click()
    expect(page.locator("h1")).to_have_text(words)
    expect(page.locator("main")).to_contain_text("Los datos quedaron guardados")


def test_an_idle_session_is_over_wherever_one_clicks(own: BrowserContext, town: Installation) -> None:
    page = own.new_page()
    enter(page, "archivista")
    grow_old(town, key_of(own), "seen", 15 * 60)
    page.locator("nav a[href='/custodia/expedientes/']").first.click()
    expect(page).to_have_url(re.compile(r"/cuenta/entrar/\?next=/custodia/expedientes/$"))
    page.go_back()
    page.wait_for_load_state()
    assert "/cuenta/entrar/" in page.url


def test_a_form_of_an_idle_session_is_there_after_entering_again(own: BrowserContext, town: Installation) -> None:
    page = own.new_page()
    enter(page, "administracion")
    page.goto("/custodia/personas/?q=auditoria")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="Cambiar los datos").click()
    words = "Auditoría «que no se pierde» & Compañía"
    page.locator("input[name=full_name]").fill(words)
    grow_old(town, key_of(own), "seen", 15 * 60)
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("main")).to_contain_text("no se perdió")
    page.locator("input[name=username]").fill("administracion")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/cuenta/retomar/")
    expect(page.locator("main")).to_contain_text(words)
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Seguir donde iba").click()
    expect(page.locator("h1")).to_have_text(words)


def key_of(context: BrowserContext) -> str:
    return next(str(one["value"]) for one in context.cookies() if one["name"] == "sessionid")
