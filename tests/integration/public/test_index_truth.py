"""The public index tells the truth: each act over what is public leaves its row for the index in the same transaction,
and what is public no more is not found even before the index follows."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms.core.scheduled import publish_due
from cms.home.models import ContentPage, HomePage
from cms.norms.models import NormPage
from search import api as search_api
from search.models import OutboxEntry
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("J9")]
WORD = "mirlotilde"
DRAFT = "borradorsecreto"


def found(client: Client, words: str) -> set[str]:
    answer = client.get("/buscar/", {"q": words}).context["answer"]
    assert answer.total == len(answer.hits)
    return {hit.url for hit in answer.hits}


def waiting() -> set[str]:
    return set(OutboxEntry.objects.values_list("key", flat=True))


@pytest.fixture
def page(indexed: HomePage) -> ContentPage:
    """A page of text under another, found by its word, with nothing left to index."""
    above = indexed.add_child(instance=ContentPage(title="Arriba", slug="arriba"))
    made = above.add_child(instance=ContentPage(title="Hoja", slug="hoja", intro=f"Dice {WORD}."))
    search_api.drain()
    return ContentPage.objects.get(pk=made.pk)


@pytest.fixture
def walled(page: ContentPage) -> Page:
    """Another page, behind a wall."""
    other = page.get_parent().add_sibling(instance=ContentPage(title="Detrás", slug="detras"))
    PageViewRestriction.objects.create(page=other, restriction_type=PageViewRestriction.LOGIN)
    search_api.drain()
    return Page.objects.get(pk=other.pk)


def put_wall(page: Page) -> None:
    PageViewRestriction.objects.create(page=page.get_parent(), restriction_type=PageViewRestriction.LOGIN)


def expire(page: Page) -> None:
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - datetime.timedelta(minutes=1))
    publish_due()


HIDING: dict[str, Callable[[ContentPage], object]] = {
    "unpublished": lambda page: page.unpublish(),
    "deleted": lambda page: page.delete(),
    "deleted with the one above": lambda page: page.get_parent().delete(),
    "behind the wall of the one above": put_wall,
    "its time is over": expire,
}


@pytest.mark.parametrize("act", HIDING)
def test_what_is_public_no_more_is_not_found_at_once_nor_after_the_index_follows(
    page: ContentPage, client: Client, act: str
) -> None:
    assert found(client, WORD) == {"/arriba/hoja/"}

    HIDING[act](page)

    assert f"pagina:{page.pk}" in waiting()
    assert found(client, WORD) == set()
    rows = list(OutboxEntry.objects.all())
    OutboxEntry.objects.all().delete()  # a row may be lost: the database is asked about every hit
    assert found(client, WORD) == set()
    OutboxEntry.objects.all().delete()
    OutboxEntry.objects.bulk_create(rows)
    search_api.drain()
    assert not any(search_api.audit().findings)


def test_a_branch_moved_behind_a_wall_is_not_found_and_one_moved_out_of_it_is(
    page: ContentPage, walled: Page, client: Client
) -> None:
    above = page.get_parent()

    above.move(walled, pos="last-child")

    assert {f"pagina:{above.pk}", f"pagina:{page.pk}"} <= waiting()
    assert found(client, WORD) == set()
    search_api.drain()
    assert found(client, WORD) == set()

    Page.objects.get(pk=above.pk).move(Page.objects.get(pk=walled.pk), pos="right")
    search_api.drain()

    assert found(client, WORD) == {"/arriba/hoja/"}


@pytest.mark.parametrize("act", ["unpublished", "moved"])
def test_where_no_row_can_be_left_for_the_index_nothing_is_done(
    page: ContentPage, walled: Page, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    def refuse(_source: str, _keys: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("search.api.enqueue", refuse)
    acts = {**HIDING, "moved": lambda page: page.move(walled, pos="last-child")}

    with pytest.raises(ZeroDivisionError):
        acts[act](page)

    assert [(left.live, left.url) for left in ContentPage.objects.filter(pk=page.pk)] == [(True, "/arriba/hoja/")]


def test_what_a_draft_says_is_never_found_and_the_page_stays_so(page: ContentPage, client: Client) -> None:
    page.title, page.intro = f"Otro {DRAFT}", f"Aún no: {DRAFT}"
    revision = page.save_revision()

    assert (waiting(), found(client, DRAFT), found(client, WORD)) == (set(), set(), {"/arriba/hoja/"})
    search_api.rebuild()
    assert (found(client, DRAFT), found(client, WORD)) == (set(), {"/arriba/hoja/"})
    assert DRAFT not in client.get("/buscar/", {"q": WORD}).content.decode()

    revision.publish()
    search_api.drain()

    assert (found(client, DRAFT), found(client, WORD)) == ({"/arriba/hoja/"}, set())


def test_a_page_that_waits_for_its_moment_is_found_when_it_has_come(page: ContentPage, client: Client) -> None:
    waits = ContentPage(title="Mañana", slug="manana", intro=DRAFT, live=False)
    page.get_parent().add_child(instance=waits)
    waits.go_live_at = timezone.now() + datetime.timedelta(days=1)
    revision = waits.save_revision()
    revision.publish()
    search_api.drain()
    assert found(client, DRAFT) == set()

    revision.refresh_from_db()
    early = timezone.now() - datetime.timedelta(minutes=1)
    revision.content |= {"go_live_at": early.isoformat()}
    revision.approved_go_live_at = early
    revision.save()
    publish_due()
    search_api.drain()

    assert found(client, DRAFT) == {"/arriba/manana/"}


def test_a_page_that_cannot_be_published_holds_up_no_other(page: ContentPage, client: Client) -> None:
    early = timezone.now() - datetime.timedelta(minutes=2)
    for minutes, title in ((0, ""), (1, "Bien")):
        waits = ContentPage(title=f"Espera {minutes}", slug=f"espera-{minutes}", intro=DRAFT, live=False)
        page.get_parent().add_child(instance=waits)
        revision = waits.save_revision(approved_go_live_at=early + datetime.timedelta(minutes=minutes))
        revision.content |= {"title": title}
        revision.save()

    publish_due()
    search_api.drain()

    assert found(client, DRAFT) == {"/arriba/espera-1/"}


def test_an_alias_says_what_its_page_says_and_is_as_public_as_where_it_stands(
    page: ContentPage, walled: Page, client: Client
) -> None:
    page.create_alias(parent=page.get_site().root_page, update_slug="copia")
    hidden = page.create_alias(parent=walled, update_slug="oculta")
    search_api.drain()
    assert found(client, WORD) == {"/arriba/hoja/", "/copia/"}

    page.intro = "Dice cefirotilde."
    page.save_revision().publish()
    search_api.drain()

    assert (found(client, WORD), found(client, "cefirotilde")) == (set(), {"/arriba/hoja/", "/copia/"})
    assert client.get(hidden.url).status_code != 200


def test_a_page_with_another_address_is_found_at_it(page: ContentPage, client: Client) -> None:
    above = page.get_parent().specific
    above.slug = "encima"
    above.save_revision().publish()
    search_api.drain()

    assert found(client, WORD) == {"/encima/hoja/"}
    assert client.get("/encima/hoja/").status_code == 200


def test_a_page_that_no_site_leads_to_is_found_by_nobody(page: ContentPage, client: Client) -> None:
    root = Page.get_first_root_node()
    root.add_child(instance=ContentPage(title="Suelta", slug="suelta", intro=DRAFT))
    search_api.drain()

    assert found(client, DRAFT) == set()
    search_api.rebuild()
    assert found(client, DRAFT) == set()


def test_a_project_published_anew_is_found_by_what_it_says_now(indexed: HomePage, client: Client) -> None:
    publish(P001, P002)
    search_api.drain()
    assert found(client, "guayacan1188") == {P001_URL}

    withdraw(P001)
    OutboxEntry.objects.all().delete()

    assert found(client, "guayacan1188") == set()
    assert found(client, "embarcaciones") == {f"/banco/{P002.slug}/"}


def test_what_a_page_shows_beside_its_text_is_found_too(indexed: HomePage, client: Client) -> None:
    norm = NormPage.objects.exclude(issuer="").first()
    assert norm is not None

    assert norm.url in found(client, f'"{norm.issuer}"')


def test_each_hit_is_marked_where_its_words_stand_and_nothing_of_a_page_becomes_markup(
    page: ContentPage, client: Client
) -> None:
    page.title = f"<b>{WORD}</b>"
    page.intro = f"<script>alert(1)</script> {WORD} & más"
    page.save_revision().publish()
    search_api.drain()

    content = client.get("/buscar/", {"q": WORD}).content.decode()

    assert f"<mark>{WORD}</mark> &amp; más" in content
    assert "<script>alert" not in content
    assert f"<b>{WORD}" not in content
    assert "<script>alert(1)</script>" in read(client.get("/buscar/", {"q": WORD})).text


P001_URL = f"/banco/{P001.slug}/"
