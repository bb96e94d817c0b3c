"""A browser by the name its person knows it by; what it says of itself is for machines."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

#: What the text holds → its name; the first that fits, since each browser also says that it is like another.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_told(agent: str) -> str:
    """«Firefox en Windows», by what the browser says of itself."""
    browser, system = first(agent, BROWSERS) or _("Otro navegador"), first(agent, SYSTEMS)
    return _("%(browser)s en %(system)s") % {"browser": browser, "system": system} if system else browser


def first(agent: str, table: Iterable[tuple[str, str]]) -> str:
    return next((name for part, name in table if part in agent), "")
