"""What editors write of a project: shown in the project's own page, and nowhere once the project is not published."""

from __future__ import annotations

import json
import uuid
from itertools import pairwise
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.models import PageViewRestriction

from cms.banco.models import BancoPage, ProjectPage
from cms.banco.project_page import FIXED, TAKEN
from cms.core import scheduled
from cms.core.generation import PublicGeneration
from cms.home.models import HomePage
from search import api as search
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.reading import read
from tests.integration.public.test_editing import photograph

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L2")]
ADDRESS = f"/banco/{P001.slug}/"
ADD = "/editor/pages/add/banco/projectpage/{}/"
WORD = "chirimoyas"
TELLING = {
    "title": "La primera pala", "teller": "Rosa Supuesta, técnica", "place": "Rionegro", "day": "2027-05-14",
    "picture": [], "text": f"<p>Aprendimos a repararla entre {WORD}.</p>",
}  # fmt: skip
#: Where no story is told: past states, lists, feeds, data, programs.
ELSEWHERE = (
    "/", "/banco/", f"{ADDRESS}historia/", f"{ADDRESS}historia/1/", f"{ADDRESS}al/2027-10-20/",
    f"{ADDRESS}historia.json", f"{ADDRESS}historia.csv", "/sitemap.xml", "/atom/proyectos/", "/atom/normas/",
    "/datos/proyectos.json", "/datos/proyectos.csv", "/api/v1/proyectos", "/api/v1/proyectos/P-001", "/convenios/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def kept(settings, site: HomePage):
    """Pages are kept in memory, as in the public process."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    rooms = {name: {"BACKEND": backend, "LOCATION": f"{name}-{uuid.uuid4()}"} for name in ("pages", "asked_pages")}
    settings.CACHES = {**settings.CACHES, **rooms}
    PublicGeneration.objects.get_or_create(pk=1)
    yield
    caches["pages"].clear()


def telling(**changed: Any) -> dict[str, Any]:
    return {"type": "story", "value": {**TELLING, **changed}}


def write(code: str = "P-001", *stories: dict[str, Any], **fields: Any) -> ProjectPage:
    """A live page of a project, as an editor leaves it."""
    told = json.dumps(stories or [telling()])
    words = {"intro": "Un resumen de quien edita.", **fields}
    page = ProjectPage(project_code=code, stories=told, **words)
    BancoPage.objects.get().add_child(instance=page)
    return page


def picture(alt: str, *, decorative: bool = False) -> dict[str, Any]:
    image = Image.objects.create(title="Taller", file=ContentFile(photograph(), "t.jpg"))
    shown = {"image": image.pk, "alt_text": alt, "decorative": decorative}
    return {"type": "picture", "value": {"picture": shown, "caption": "En el taller", "credit": ""}}


def form(**changed: Any) -> dict[str, Any]:
    """What the editor's form sends for one story and no picture."""
    draft = {"blocks": [{"key": "a", "text": WORD, "type": "unstyled", "depth": 0, "entityRanges": [],
                         "inlineStyleRanges": [], "data": {}}], "entityMap": {}}  # fmt: skip
    story = {"title": "La primera pala", "teller": "Rosa Supuesta", "place": "", "day": "", "picture-count": "0"}
    sent = {f"stories-0-value-{name}": value for name, value in story.items()}
    head = {"stories-0-deleted": "", "stories-0-order": "0", "stories-0-type": "story", "stories-0-id": ""}
    return {"project_code": "P-001", "intro": "Qué es.", "picture-count": "0", "stories-count": "1", **head, **sent,
            "stories-0-value-text": json.dumps(draft), "action-publish": "yes", **changed}  # fmt: skip


def add(editor: Client, **changed: Any) -> Any:
    return editor.post(ADD.format(BancoPage.objects.get().pk), form(**changed))


def hits(client: Client, word: str = WORD) -> list[str]:
    search.drain()
    page = read(client.get(f"/buscar/?q={word}"))
    return [path for path, _words in page.links if path.startswith("/banco/") and path.count("/") == 3]


@pytest.mark.requirement("A4", "A10")
def test_the_project_page_shows_summary_picture_and_stories_with_its_facts(site, client):
    publish(P001)
    write("P-001", telling(picture=[picture("Una pala abierta")["value"]]), telling(title="Otra"),
          picture=json.dumps([picture("El taller visto desde la entrada")]))  # fmt: skip

    answer = client.get(ADDRESS)
    page = read(answer)

    told = ["Un resumen de quien edita.", "En el taller", "Historias", "Rosa Supuesta, técnica", WORD, "Rionegro",
            "14 de mayo de 2027", P001.objective, P001.summary, "7.140.000,00"]  # fmt: skip
    assert [words for words in told if words not in page.text] == []
    assert page.text.index("Un resumen") < page.text.index("Objetivo") < page.text.index("Historias")
    assert page.text.index("Indicadores") < page.text.index("Historias")
    levels = [level for level, _words in page.headings]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {values["alt"] for tag, values in page.attributes if tag == "img"} == {
        "El taller visto desde la entrada", "Una pala abierta",
    }  # fmt: skip
    assert "Historias" not in read(client.get(f"{ADDRESS}historia/1/")).text


def test_a_project_without_a_page_of_its_own_is_as_before(site, client):
    publish(P001, P002)
    write("P-002")

    text = read(client.get(ADDRESS)).text

    assert "Historias" not in text
    assert P001.summary in text


def test_a_story_is_told_at_one_address_alone(site, client):
    publish(P001)
    page = write()

    assert page.url == ADDRESS
    assert [path for path in ELSEWHERE if WORD in client.get(path).getvalue().decode()] == []
    assert client.get("/sitemap.xml").content.decode().count(f"{ADDRESS}<") == 1
    BancoPage.objects.update(live=False)
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.rule("P8")
@pytest.mark.requirement("A5")
def test_a_story_goes_with_its_project_in_the_next_request(indexed, client, kept):
    publish(P001, P002)
    write(), write("P-002", telling(text="<p>Otra.</p>"))
    assert (WORD in client.get(ADDRESS).content.decode(), hits(client)) == (True, [ADDRESS])

    withdraw(P001)

    assert client.get(ADDRESS).content == client.get("/banco/nunca-existio/").content
    pages = [client.get(path) for path in ("/", "/banco/", "/sitemap.xml", "/atom/proyectos/", f"/buscar/?q={WORD}")]
    assert not [one for one in pages if ADDRESS in one.content.decode() or "La primera pala" in one.content.decode()]
    assert hits(client) == []


@pytest.mark.rule("P8")
def test_what_comes_back_comes_without_its_stories_until_an_editor_publishes_them_again(indexed, client, kept):
    publish(P001)
    page = write()
    withdraw(P001)
    page.refresh_from_db()
    assert not page.live
    page.save_revision().publish()  # somebody approves what was handed in before

    publish(P001)

    assert WORD not in client.get(ADDRESS).content.decode()
    assert hits(client) == []
    ProjectPage.objects.get().save_revision().publish()
    assert WORD in client.get(ADDRESS).content.decode()
    assert hits(client) == [ADDRESS]


def test_a_withdrawal_that_is_undone_takes_no_story_off(site, client):
    publish(P001)
    write()
    with transaction.atomic():
        withdraw(P001)
        transaction.set_rollback(True)

    assert WORD in client.get(ADDRESS).content.decode()


def test_another_decision_about_a_published_project_leaves_its_stories(site, client):
    publish(P001)
    write()
    publish(P001)

    assert WORD in client.get(ADDRESS).content.decode()


def test_what_editors_do_shows_and_shuts_at_once_though_the_page_is_kept(indexed, client, kept):
    publish(P001)
    client.get(ADDRESS)
    page = write()
    assert WORD in client.get(ADDRESS).content.decode()

    page.intro = "Otro resumen."
    page.save_revision()
    assert "Otro resumen." not in client.get(ADDRESS).content.decode()
    page.get_latest_revision().publish()
    assert "Otro resumen." in client.get(ADDRESS).content.decode()
    assert hits(client) == [ADDRESS]

    ProjectPage.objects.get().unpublish()
    assert WORD not in client.get(ADDRESS).content.decode()
    assert hits(client) == []


def test_a_page_that_is_deleted_is_found_no_more(indexed, client, kept):
    publish(P001)
    page = write()
    assert hits(client) == [ADDRESS]

    page.delete()

    assert hits(client) == []
    assert WORD not in client.get(ADDRESS).content.decode()


def test_a_story_behind_a_wall_is_for_who_passes_it_and_the_facts_for_everybody(indexed, client, editor, kept):
    publish(P001)
    page = write()
    assert hits(client) == [ADDRESS]

    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert WORD not in client.get(ADDRESS).content.decode()
    assert hits(client) == []
    hers = editor.get(ADDRESS)
    assert (WORD in hers.content.decode(), hers["Cache-Control"]) == (True, "private, no-cache")
    assert P001.objective in client.get(ADDRESS).content.decode()


@pytest.mark.requirement("A4")
def test_an_editor_writes_a_page_of_a_published_project(editor, client):
    publish(P001, P002)
    offered = editor.get(ADD.format(BancoPage.objects.get().pk)).content.decode()

    saved = add(editor)

    assert ("P-001 · " in offered, "P-002 · " in offered) == (True, True)
    assert str(P001.project_id) not in offered
    assert saved.status_code == 302, saved.context["form"].errors
    page = ProjectPage.objects.get()
    assert (page.title, page.slug) == ("P-001", P001.slug)
    assert WORD in client.get(ADDRESS).content.decode()
    listed = editor.get(reverse("wagtailadmin_explore", args=[BancoPage.objects.get().pk]), follow=True)
    assert P001.name in listed.content.decode()


@pytest.mark.requirement("I12")
@pytest.mark.parametrize("code", ["P-003", "P-002", ""], ids=["never published", "withdrawn", "none"])
def test_only_a_project_that_is_published_now_is_offered_and_accepted(editor, code):
    publish(P001, P002)
    withdraw(P002)

    refused = add(editor, project_code=code)

    assert "Elija un proyecto que esté publicado hoy y que aún no tenga página." in refused.content.decode()
    assert not ProjectPage.objects.exists()
    assert P002.name not in editor.get(ADD.format(BancoPage.objects.get().pk)).content.decode()
    with pytest.raises(ValidationError, match="Elija un proyecto"):
        write(code)


def test_a_project_has_one_page(editor):
    publish(P001, P002)
    page = write()

    assert "aún no tenga página" in add(editor).content.decode()
    with pytest.raises(ValidationError, match=str(TAKEN)):
        write()
    copied = editor.post(f"/editor/pages/{page.pk}/copy/", {"new_title": "x", "new_slug": "x"})
    assert copied.status_code in {302, 403}
    assert ProjectPage.objects.count() == 1


def test_a_page_that_was_public_stays_with_its_project(editor, client):
    publish(P001, P002)
    assert add(editor).status_code == 302
    page = ProjectPage.objects.get()

    where = f"/editor/pages/{page.pk}/edit/"
    assert editor.get(where).context["form"].fields["project_code"].disabled
    editor.post(where, form(project_code="P-002"))
    page.refresh_from_db()
    assert page.project_code == "P-001"
    page.project_code = "P-002"
    with pytest.raises(ValidationError, match=str(FIXED)):
        page.save_revision().publish()


@pytest.mark.requirement("A4")
def test_a_draft_is_seen_whole_in_the_editor_and_by_nobody_else(editor, client):
    publish(P001)
    page = write()
    page.intro = "Borrador que nadie ha publicado."
    page.save_revision()
    draft = f"/editor/pages/{page.pk}/view_draft/"

    seen = read(editor.get(draft)).text

    assert [words for words in ("Borrador que nadie", P001.name, "7.140.000,00", WORD) if words not in seen] == []
    assert "Borrador" not in client.get(ADDRESS).content.decode()
    withdraw(P001)
    assert "Este proyecto no está publicado" in read(editor.get(draft)).text


def test_a_page_not_yet_saved_is_previewed(editor):
    publish(P001)
    where = f"/editor/pages/add/banco/projectpage/{BancoPage.objects.get().pk}/preview/"

    sent = editor.post(where, form())
    seen = read(editor.get(f"{where}?mode=")).text

    assert sent.json()["is_valid"] is True
    assert [words for words in ("Qué es.", P001.name, WORD) if words not in seen] == []


@pytest.mark.requirement("A10")
def test_a_picture_without_a_description_is_refused(site):
    publish(P001)
    page = write()
    field = ProjectPage._meta.get_field("stories").stream_block
    for stream, raw in (
        (page.picture.stream_block, [picture("")]),
        (field, [telling(picture=[picture("")["value"]])]),
    ):
        with pytest.raises(ValidationError):
            stream.clean(stream.to_python(raw))
        decorative = json.loads(json.dumps(raw).replace('"decorative": false', '"decorative": true'))
        stream.clean(stream.to_python(decorative))


def test_a_picture_that_is_deleted_leaves_the_page_standing(site, client):
    publish(P001)
    write("P-001", telling(picture=[picture("Una pala")["value"]]), picture=json.dumps([picture("El taller")]))
    Image.objects.all().delete()

    answer = client.get(ADDRESS)

    assert (answer.status_code, b"<figure" in answer.content, b"has-picture" in answer.content) == (200, False, False)


def test_words_pasted_into_a_story_lose_their_dress(editor, client):
    publish(P001)
    pasted = {
        "key": "a", "text": "Texto pegado <script>x()</script>", "type": "unstyled", "depth": 0, "entityRanges": [],
        "inlineStyleRanges": [{"offset": 0, "length": 5, "style": "BOLD"}],
        "data": {"style": "mso-fareast-font-family:Calibri", "class": "MsoNormal"},
    }  # fmt: skip
    words = json.dumps({"blocks": [pasted], "entityMap": {}})

    saved = add(editor, **{"stories-0-value-text": words})
    source = client.get(ADDRESS).content.decode()

    assert saved.status_code == 302, saved.context["form"].errors
    assert "<b>Texto</b> pegado" in source
    assert not [w for w in ("mso-", "MsoNormal", "Calibri", "<script>x()") if w in source]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [({"intro": "a" * 601}, "intro"), ({"stories-0-value-teller": ""}, "stories")],
    ids=["summary too long", "nobody tells it"],
)
def test_a_page_is_not_published_with_too_much_or_too_little(editor, changed, fault):
    publish(P001)

    refused = add(editor, **changed)

    assert refused.status_code == 200
    assert list(refused.context["form"].errors) == [fault]
    assert not ProjectPage.objects.exists()
    with pytest.raises(ValidationError, match="600"):
        write(intro="a" * 601)


def test_a_page_is_published_at_its_moment_and_one_handed_in_waits(editor, client):
    publish(P001)
    handed = form(**{"action-submit": "yes"})
    del handed["action-publish"]
    editor.post(ADD.format(BancoPage.objects.get().pk), handed)
    page = ProjectPage.objects.get()
    assert page.current_workflow_task_state is not None
    assert WORD not in client.get(ADDRESS).content.decode()

    page.get_latest_revision().publish()
    assert WORD in client.get(ADDRESS).content.decode()
    ProjectPage.objects.update(expire_at="2020-01-01T00:00:00Z")
    scheduled.publish_due()
    assert WORD not in client.get(ADDRESS).content.decode()


def test_a_story_without_pictures_costs_no_question_more(site, client):
    publish(P001, P002)
    without = {path: questions(client, path) for path in (ADDRESS, "/banco/", "/")}
    write(), write("P-002")

    assert {path: questions(client, path) for path in without} == without


def questions(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
