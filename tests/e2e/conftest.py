"""A real demo in a folder of its own, and people in front of Debian's Chromium.

Without Chromium the suite is skipped, and says so; where REQUIRE_BROWSER is set (make e2e) that is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.installation import PASSWORD, Installation

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=780)
SCHEMES = ("light", "dark")
#: What a browser reports of answers that refuse, as they should.
EXPECTED = (404, 409, 422)


#: Milliseconds to wait for what must come: a limit against hanging, no measure of speed. Machines here are shared.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        reason = "Chromium is not installed (apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("REQUIRE_BROWSER") else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demo of the default day, read and indexed, served by its own processes."""
    made = Installation(tmp_path_factory.mktemp("custodia") / "home")
    made.load()
    made.command("worker", "--once", allowed=(0, 1))
    made.start()
    yield made
    made.stop()
    assert made.processes() == []


class Visit:
    """A person at a screen. Everything the browser complains of is kept, and every page is looked at by axe."""

    def __init__(self, context: BrowserContext, town: Installation) -> None:
        self.town, self.page = town, context.new_page()
        self.complaints: list[str] = []
        self.looked_at: set[str] = set()
        #: What the same person with the same screen was shown on entering and was looked at then.
        self.known: set[str] = set()
        self.page.on("console", self.on_console)
        self.page.on("pageerror", lambda fault: self.complaints.append(f"script: {fault}"))
        self.page.on("request", self.on_request)
        self.page.on("response", self.on_response)

    def on_console(self, message: ConsoleMessage) -> None:
        """Violations of the content policy come this way too."""
        expected = any(f"status of {status}" in message.text for status in EXPECTED)
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(f"console: {message.text}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((self.town.address, "data:", "blob:")):
            self.complaints.append(f"another host: {request.url}")

    def on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    def go(self, path: str, status: int = 200) -> None:
        """Open an address and look at the page."""
        response = self.page.goto(self.town.address + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        self.look()

    def look(self) -> None:
        """The page in light and dark: axe finds nothing, nothing sticks out sideways, one main heading."""
        self.page.wait_for_load_state()  # after a click the address may be the next page's, and the page not yet
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", self.page.url.split("?")[0])
        assert self.page.locator("h1").count() == 1, f"{kind}: one h1"
        self.fits()
        if kind in self.looked_at:
            return
        self.looked_at.add(kind)
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # the names are right
            self.page.evaluate("Promise.allSettled(document.getAnimations().map((change) => change.finished))")
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{kind} in {scheme}: {violations(found.response)}"
        self.page.emulate_media(color_scheme="light")

    def fits(self) -> None:
        beyond = self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        assert beyond <= 0, f"{self.page.url}: {beyond} px beyond the right edge"

    def enter(self, login: str) -> None:
        """Through the login form, as a person does."""
        before = set(self.looked_at)
        self.looked_at |= self.known
        self.go("/cuenta/entrar/?next=/custodia/")
        self.page.locator("input[name=username]").fill(login)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url("**/custodia/")
        self.look()
        self.known |= self.looked_at - before

    def click(self, name: str, role: str = "link", **options: Any) -> None:
        """Click the first thing of that name inside the page's main part, and look at where it leads."""
        self.page.locator("main").get_by_role(role, name=name, **options).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.look()


def violations(response: dict[str, Any]) -> list[str]:
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in response["violations"]
        for node in one["nodes"][:3]
    ]


Arrive = Callable[..., Visit]


@pytest.fixture(scope="session")
def entered() -> dict[tuple[str, bool], set[str]]:
    """(login, on a phone) → the pages on the way in; axe looks at them once for each, not each time one enters."""
    return defaultdict(set)


@pytest.fixture
def arrive(
    browser: Browser, town: Installation, entered: dict[tuple[str, bool], set[str]], tmp_path: Path
) -> Iterator[Arrive]:
    """Somebody opens a browser of their own: `arrive()`, or with a login, a phone, or scripts switched off."""
    visits: list[Visit] = []
    contexts: list[BrowserContext] = []

    def open_browser(login: str = "", *, phone: bool = False, scripts: bool = True) -> Visit:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, java_script_enabled=scripts, locale="es-CO")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        visits.append(Visit(context, town) if scripts else Unscripted(context, town))
        if login:
            visits[-1].known = entered[login, phone]
            visits[-1].enter(login)
        return visits[-1]

    yield open_browser
    complaints = [complaint for visit in visits for complaint in visit.complaints]
    for context in contexts:
        context.close()
    assert complaints == []


class Unscripted(Visit):
    """The same without scripts; axe and measuring are scripts too, so the page is only read."""

    def look(self) -> None:
        assert self.page.locator("h1").count() == 1
