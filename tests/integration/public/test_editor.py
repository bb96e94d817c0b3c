"""Page editors: every page type through the admin, and nothing of custody from there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from wagtail.models import Page

from cms.banco.models import BancoPage, ProjectPage
from cms.calls.models import CallIndexPage, CallPage
from cms.core.models import BasePage
from cms.home.models import ContentPage, HomePage
from cms.norms.models import NormIndexPage, NormPage
from cms.programmes.models import ProgrammeIndexPage, ProgrammePage
from cms.transparency.models import TransparencyPage
from tests.integration.public.reading import read

pytestmark = pytest.mark.django_db

BODY = {"body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "heading", "body-0-id": ""}
BODY |= {"body-0-value-text": "Una sección", "body-0-value-level": "2", "body-0-value-anchor": ""}
NO_BODY = {"body-count": "0"}

#: Page type → its parent and the fields its form asks for beyond title, slug and introduction.
TYPES: dict[type[Page], tuple[type[Page], dict[str, Any]]] = {
    ContentPage: (HomePage, BODY),
    NormPage: (
        NormIndexPage,
        {**NO_BODY, "kind": "law", "status": "in_force", "issuer": "Congreso", "issued_on": "", "source": ""},
    ),
    ProgrammePage: (
        ProgrammeIndexPage,
        {**BODY, "axis": "1", "period": "2026", "headline_value": "10", "headline_label": "e", "source": "Informe"},
    ),
    CallPage: (
        CallIndexPage,
        {**BODY, "state": "open", "organiser": "E", "opens_on": "2026-01-01", "closes_on": "2026-02-01", "source": ""},
    ),
}
#: Types of which the site has exactly one: they are edited, not added.
ONLY_ONE: dict[type[Page], dict[str, Any]] = {
    HomePage: {**BODY, "heading": "Otra frase"},
    BancoPage: BODY,
    NormIndexPage: BODY,
    ProgrammeIndexPage: BODY,
    CallIndexPage: {},
    TransparencyPage: BODY,
}
#: Types whose words are shown in another page: see `test_stories`.
WITHIN: set[type[Page]] = {ProjectPage}


def words(extra: dict[str, Any], **changed: str) -> dict[str, Any]:
    return {"title": "Una página nueva", "slug": "una-pagina-nueva", "intro": "Qué encuentra.", "seo_title": "",
            "search_description": "", "action-publish": "yes", **extra, **changed}  # fmt: skip


@pytest.mark.requirement("A4")
@pytest.mark.parametrize("model", list(TYPES), ids=lambda model: model.__name__)
def test_an_editor_creates_and_publishes_each_page_type(editor, client, model):
    parent_type, extra = TYPES[model]
    parent = parent_type.objects.get()
    label = model._meta

    form = editor.get(f"/editor/pages/add/{label.app_label}/{label.model_name}/{parent.pk}/")
    saved = editor.post(f"/editor/pages/add/{label.app_label}/{label.model_name}/{parent.pk}/", words(extra))

    assert form.status_code == 200
    assert saved.status_code == 302, saved.context["form"].errors
    shown = client.get(model.objects.get(slug="una-pagina-nueva").url)
    assert shown.status_code == 200
    assert "Una página nueva" in read(shown).text


@pytest.mark.requirement("A4")
@pytest.mark.parametrize("model", list(ONLY_ONE), ids=lambda model: model.__name__)
def test_an_editor_changes_and_publishes_the_pages_there_is_one_of(editor, client, model):
    page = model.objects.get()

    saved = editor.post(
        f"/editor/pages/{page.pk}/edit/",
        words(ONLY_ONE[model], slug=page.slug, intro="Texto cambiado por quien edita."),
    )

    assert saved.status_code == 302, saved.context["form"].errors
    assert "Texto cambiado por quien edita." in read(client.get(model.objects.get().url)).text


@pytest.mark.requirement("A4")
def test_every_page_type_is_covered_here():
    assert {model for model in apps.get_models() if issubclass(model, BasePage)} == set(TYPES) | set(ONLY_ONE) | WITHIN


def test_a_draft_is_not_public_and_its_preview_stays_in_the_editor(editor, client, site):
    page = NormPage.objects.get(slug="ley-1712-de-2014")
    page.intro = "Borrador que nadie ha publicado."
    page.save_revision()

    preview = editor.get(f"/editor/pages/{page.pk}/view_draft/")

    assert "Borrador que nadie" in preview.content.decode()
    assert "Borrador que nadie" not in client.get(page.url).content.decode()


@pytest.mark.requirement("A4")
def test_a_preview_may_be_framed_by_the_editor_and_by_nobody_else(editor, site):
    preview = editor.get(f"/editor/pages/{NormPage.objects.first().pk}/view_draft/").headers

    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in editor.get("/").headers["Content-Security-Policy"]


def test_the_admin_asks_for_the_house_login(site):
    answer = Client().get("/editor/")

    assert answer.status_code == 302
    assert answer.url.startswith("/cuenta/entrar/?next=/editor/")


@pytest.mark.requirement("I12")
@pytest.mark.parametrize("address", ["/editor/", "/editor/pages/", "/editor/reports/site-history/"])
def test_the_admin_offers_editors_no_people_and_no_settings(editor, address):
    answer = editor.get(address)
    page = answer.content.decode()

    assert answer.status_code in {200, 302}
    assert "/editor/users/" not in page
    assert "/editor/groups/" not in page
    assert "/editor/sites/" not in page


@pytest.mark.requirement("I12")
def test_doors_of_the_admin_that_are_not_theirs_stay_shut(editor):
    sections = ("users", "groups", "sites", "documents", "collections", "redirects")

    opened = [section for section in sections if editor.get(f"/editor/{section}/").status_code == 200]

    assert opened == []


@pytest.mark.requirement("I12", "A5")
def test_no_model_of_custody_is_registered_in_the_admin():
    from wagtail.admin.viewsets import viewsets
    from wagtail.snippets.models import get_snippet_models

    shown = [getattr(viewset, "model", None) for viewset in viewsets.viewsets] + list(get_snippet_models())

    assert shown
    assert not [model for model in shown if "records" in str(getattr(model, "__module__", model))]


@pytest.mark.requirement("A4")
def test_the_editor_has_a_policy_of_its_own_and_public_pages_keep_theirs(editor):
    admin = editor.get("/editor/").headers["Content-Security-Policy"]
    public = editor.get("/").headers["Content-Security-Policy"]

    assert "'unsafe-inline'" in admin
    assert "http" not in admin
    assert "'unsafe-inline'" not in public


def test_pasted_markup_that_could_run_becomes_plain_text(editor, client, site):
    page = ContentPage.objects.get(slug="que-es-offset")
    entity = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:x()"}}
    block = {
        "key": "a", "text": "<script>x()</script> pegado", "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 5, "key": 0}],
    }  # fmt: skip
    text = json.dumps({"blocks": [block], "entityMap": {"0": entity}})
    body = {**NO_BODY, "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-id": ""}
    body |= {"body-0-type": "paragraph", "body-0-value": text}

    saved = editor.post(f"/editor/pages/{page.pk}/edit/", words(body, slug=page.slug))
    source = client.get(page.url).content.decode()

    assert saved.status_code == 302
    assert "pegado" in source
    assert "<script>x()" not in source
    assert "javascript:" not in source
