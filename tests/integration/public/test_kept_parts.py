"""Parts of pages drawn once under the mark: never an older text, never a draft, never what was withdrawn."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Page

from cms.core import generation, known
from cms.home.models import HomePage
from cms.norms.models import NormPage
from tests.integration.public.cards import P001, P002, publish, withdraw

pytestmark = pytest.mark.django_db
OLD, NEW, NEWER = "Texto de antes, quimbaya", "Texto de ahora, tangara", "Texto de después"


@pytest.fixture(autouse=True)
def _marked(site: HomePage) -> None:
    generation.advance()


@pytest.fixture
def norm(site: HomePage) -> NormPage:
    found = NormPage.objects.first()
    assert found is not None
    say(found, OLD)
    return found


def say(page: NormPage, words: str, *, publish: bool = True) -> None:
    page.body = [("article", {"number": "1", "title": words, "text": f"<p>{words}.</p>"})]
    revision = page.save_revision()
    if publish:
        revision.publish()


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_text_is_drawn_once_under_a_mark(client, norm, monkeypatch):
    drawn: list[str] = []
    fact = known.fact

    def told(name, ask):
        return fact(name, lambda: (drawn.append(name), ask())[1])

    monkeypatch.setattr(known, "fact", told)

    first, again = read(client, norm.url), read(client, norm.url)

    assert OLD in first
    assert OLD in again
    assert len([name for name in drawn if name.startswith("body:")]) == 1


def test_a_new_text_is_drawn_in_the_next_answer(client, norm):
    assert OLD in read(client, norm.url)

    say(norm, NEW)

    after = read(client, norm.url)
    assert NEW in after
    assert OLD not in after


@pytest.mark.requirement("I12")
def test_a_draft_is_neither_kept_for_readers_nor_hidden_by_what_is_kept(client, editor, norm):
    assert OLD in read(client, norm.url)
    say(norm, NEW, publish=False)

    preview = f"/editor/pages/{norm.pk}/view_draft/"

    first = read(editor, preview)
    say(norm, NEWER, publish=False)
    second = read(editor, preview)

    assert NEW in first
    assert OLD not in first
    assert NEWER in second
    assert NEW not in read(client, norm.url)


def test_what_an_answer_read_before_a_change_is_not_kept_under_the_mark_after_it(client, norm, monkeypatch):
    """The page was read, then changed by another process, then drawn: its old text is not what others get."""
    route = Page.route_for_request

    def slow(*given):
        routed = route(*given)
        monkeypatch.undo()
        say(NormPage.objects.get(pk=norm.pk), NEW)
        return routed

    monkeypatch.setattr(Page, "route_for_request", staticmethod(slow))

    assert OLD in read(client, norm.url)
    assert NEW in read(client, norm.url)


@pytest.mark.rule("P8")
def test_home_shows_what_is_published_now(client):
    publish(P001)
    publish(P002)
    assert P001.slug in read(client, "/")

    withdraw(P001)

    after = read(client, "/")
    assert P001.slug not in after
    assert P002.slug in after
