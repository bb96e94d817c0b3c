"""A fault anywhere, with a secret in hand: a neutral page, and nothing in answer, mail or log (criterion 34)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cms.core.bootstrap import ensure_site
from cms.core.logs import Calm
from tests.people import CAST, make_cast
from tests.security.matrix import ROWS, path_of

pytestmark = [pytest.mark.django_db, pytest.mark.criterion(34)]
SECRET = "quimbaya5520canario"
UNKNOWN = "5b0a1c9e-2f4d-4a53-9c3e-000000000000"
PEOPLE = ("", "archivista", "administracion")


class RaiseEverywhere:
    """Every view fails, with a secret in a variable, in the words of the fault and in those of its cause."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)

    def process_view(self, request: Any, *_view: Any) -> None:
        held = {"title": SECRET, "password": SECRET}
        try:
            raise ValueError(f"DETAIL: Key (title)=({held['title']})")
        except ValueError as cause:
            raise RuntimeError(held["password"]) from cause


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the installation's own handler would write."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(next(h.formatter for h in logging.getLogger().handlers if isinstance(h.formatter, Calm)))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def failing(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.RaiseEverywhere"]
    settings.ADMINS = [("Soporte", "soporte@ejemplo.invalid")]
    settings.MANAGERS = settings.ADMINS


@pytest.mark.parametrize("login", PEOPLE)
def test_every_view_that_fails_shows_one_neutral_page_and_tells_nothing(
    login: str, failing: None, log: io.StringIO, settings: Any
) -> None:
    cast = make_cast()
    ensure_site(80)
    client = Client(raise_request_exception=False)
    if login:
        client.force_login(cast[login])
    pages, asked = set(), 0
    for row in ROWS:
        for method in (client.get, client.post):
            answer = method(path_of(row, UNKNOWN), {"title": SECRET} if method == client.post else None)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert SECRET not in body.decode(errors="replace") + str(answer.headers), row.pattern
            if answer.status_code == 500:
                pages.add(body)
                asked += 1
            else:
                assert answer.status_code == 302, row.pattern  # a stranger at the desk never meets the view
    assert len(pages) == 1
    assert asked > (30 if not login else 150)
    assert mail.outbox == []
    written = log.getvalue()
    assert SECRET not in written
    assert "builtins.RuntimeError" in written
    assert "process_view" in written
    assert set(CAST)


def test_a_log_line_tells_the_kind_and_the_place_of_every_fault_of_the_chain() -> None:
    def fails() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError:
            raise RuntimeError(SECRET) from None

    try:
        fails()
    except RuntimeError as fault:
        told = Calm().formatException((type(fault), fault, fault.__traceback__))
    assert SECRET not in told
    assert told.startswith("builtins.RuntimeError\n")
    assert "fails" in told
    tied = ValueError("uno")
    tied.__cause__ = tied
    assert Calm().formatException((ValueError, tied, None)) == "builtins.ValueError"
