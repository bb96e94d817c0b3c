"""What a page of the public site costs beside a bare Wagtail page, asked as they are and kept in memory.

The bare page is a page type of Wagtail with the same text, no design and none of what this site does for its pages,
in the same process and by the same chain of middleware, without the one that keeps pages; kept, Django's own cache of
the whole site stands in its place. Counted is what the process worked, from the server's call to the end of the answer:
other work on the machine is not in it.
"""

from __future__ import annotations

import functools
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.ground import installation
from benchmarks.permissions import interleaved
from benchmarks.report import Row, publish, row, scale

#: The smallest part of the bare page's throughput that holds.
UNCACHED, CACHED = 0.8, 0.7
TEXT, BARE = "/que-es-offset/", "/pagina-de-medida/"
#: Pages that ask more of the database than a page of text does: told, without a target.
OTHERS = {"home": "/", "norm": "/normas/politica-offset/", "help": "/ayuda/"}
KEEPER = "cms.core.kept_pages.KeptPages"
DJANGOS = ["django.middleware.cache.UpdateCacheMiddleware", "django.middleware.cache.FetchFromCacheMiddleware"]
#: How often an act is repeated within what is counted once: what is kept is answered faster than clocks tell well.
AT_ONCE = 10
TEMPLATE = """{% load wagtailcore_tags %}<!doctype html>
<html lang="es-CO"><head><meta charset="utf-8"><title>{{ page.title }}</title></head>
<body><h1>{{ page.title }}</h1><p>{{ page.intro }}</p>{% include_block page.body %}</body></html>
"""


def add_bare_page() -> None:
    """A page type that a beginner would write, with its table, and a page of it with the text of ours."""
    from django.db import connection, models
    from django.template import engines
    from wagtail.fields import StreamField
    from wagtail.models import Page

    from cms.core.blocks import StoryBlock
    from cms.home.models import ContentPage, HomePage

    template = engines["django"].from_string(TEMPLATE)

    class BarePage(Page):
        intro = models.TextField()
        body = StreamField(StoryBlock())

        class Meta:
            app_label = "home"

        def get_template(self, *_args: Any, **_kwargs: Any) -> Any:
            return template

    with connection.schema_editor() as editor:
        editor.create_model(BarePage)
    shown = ContentPage.objects.get(slug=TEXT.strip("/"))
    text = json.dumps(shown.body.get_prep_value())
    HomePage.objects.get().add_child(
        instance=BarePage(title=shown.title, slug=BARE.strip("/"), intro=shown.intro, body=text)
    )


def served(keepers: list[str]) -> Any:
    """The site as a server calls it, with `keepers` where it keeps its pages."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    whole = settings.MIDDLEWARE
    at = whole.index(KEEPER)
    settings.MIDDLEWARE = [*whole[:at], *keepers, *whole[at + 1 :]]
    try:
        return get_wsgi_application()
    finally:
        settings.MIDDLEWARE = whole


def asker(application: Any, address: str, *, kept: bool) -> Callable[[], None]:
    from django.core.cache import caches
    from django.test import RequestFactory

    environ = RequestFactory(SERVER_NAME="127.0.0.1").get(address).environ

    def ask() -> None:
        if not kept:
            caches["pages"].clear()
        response = application(dict(environ), lambda *_told: None)
        b"".join(response)
        response.close()
        if response.status_code != 200:
            raise SystemExit(f"{address}: {response.status_code}")

    return ask


def often(act: Callable[[], None]) -> Callable[[], None]:
    def acts() -> None:
        for _time in range(AT_ONCE):
            act()

    return acts


def measure(rounds: int) -> list[Row]:
    from cms.core.bootstrap import ensure_site

    ensure_site(80)
    add_bare_page()
    ours, plain, keeping = served([KEEPER]), served([]), served(DJANGOS)
    acts = {
        "bare": asker(plain, BARE, kept=True),
        "bare, kept": asker(keeping, BARE, kept=True),
        "text": asker(ours, TEXT, kept=False),
        "text, kept": asker(ours, TEXT, kept=True),
        **{name: asker(ours, address, kept=False) for name, address in OTHERS.items()},
    }
    taken = interleaved({name: often(act) for name, act in acts.items()}, rounds, clock=time.process_time)
    each = {name: AT_ONCE * 1000 / milliseconds for name, milliseconds in taken.items()}
    pages = functools.partial(row, unit="pages/s")
    return [
        pages("page of text", each["text"], floor=each["bare"], target=UNCACHED, least=True),
        pages("page of text, kept", each["text, kept"], floor=each["bare, kept"], target=CACHED, least=True),
        *(pages(name, each[name], floor=each["bare"]) for name in OTHERS),
    ]


def main() -> int:
    """Exit status 1 when a target is missed."""
    with installation():
        rows = measure(int(20 * scale()))
    return 0 if publish("public", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
