"""What editors may do, and what no page of theirs can be: pictures, headings, links, tables, approval, addresses."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image as Pixels
from PIL.PngImagePlugin import PngInfo
from wagtail.contrib.redirects.models import Redirect
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, Page, Workflow, WorkflowPage
from wagtail.rich_text import RichText

from cms.banco.models import BancoPage
from cms.core.blocks import ParagraphBlock, StoryBlock
from cms.core.bootstrap import APPROVER_GROUP, PICTURES, ensure_site
from cms.core.identity import Identity
from cms.core.models import BasePage
from cms.home.models import ContentPage, HomePage
from tests.integration.public.reading import read
from tests.integration.public.test_editor import BODY, NO_BODY, words

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A4")]
SECRET = "canariometadato"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def approver(site: HomePage) -> Client:
    person = get_user_model().objects.create(username="aprueba", full_name="Ana Aprueba", is_staff=True)
    person.groups.add(Group.objects.get(name=APPROVER_GROUP))
    client = Client()
    client.force_login(person)
    return client


def photograph() -> bytes:
    """A JPEG with a place, an author and a note inside, lying on its side."""
    exif = Pixels.Exif()
    exif[0x010E], exif[0x013B], exif[0x0112] = SECRET, SECRET, 6
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    Pixels.new("RGB", (60, 40), "#0b5351").save(made, "JPEG", exif=exif, comment=SECRET.encode())
    return made.getvalue()


def send(editor: Client, data: bytes, name: str = f"{SECRET}.jpg") -> Any:
    form = {
        "title": "Taller", "tags": "", "description": "", "collection": Collection.objects.get(name=PICTURES).pk,
        "file": SimpleUploadedFile(name, data, "image/jpeg"), "focal_point_x": "", "focal_point_y": "",
        "focal_point_width": "", "focal_point_height": "",
    }  # fmt: skip
    return editor.post("/editor/images/add/", form)


def story(*blocks: tuple[str, Any]) -> Any:
    body = StoryBlock()
    return body.clean(body.to_python([{"type": name, "value": value} for name, value in blocks]))


@pytest.mark.criterion(36)
def test_nothing_of_the_camera_or_of_its_owner_comes_along_with_a_picture(editor, client):
    assert SECRET.encode() in photograph()
    assert send(editor, photograph()).status_code == 302

    picture = Image.objects.get()
    shown = picture.get_rendition("width-30|format-jpeg")
    served = client.get(shown.url)
    kept = picture.file.open("rb").read()
    sent = b"".join(served.streaming_content)

    assert (picture.width, picture.height) == (40, 60)
    for data in (kept, sent, picture.file.name.encode(), shown.url.encode()):
        assert SECRET.encode() not in data
    assert dict(Pixels.open(io.BytesIO(kept)).getexif()) == dict(Pixels.open(io.BytesIO(sent)).getexif()) == {}
    assert (served.status_code, served["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in served["Cache-Control"]
    assert client.get(f"/imagenes/{picture.file.name}").status_code == 404
    assert client.get("/imagenes/../custodia.sqlite3").status_code == 404


def test_words_inside_a_png_stay_behind(editor):
    note, made = PngInfo(), io.BytesIO()
    note.add_text("Author", SECRET)
    Pixels.new("P", (8, 8)).save(made, "PNG", pnginfo=note)

    assert send(editor, made.getvalue(), "a.png").status_code == 302
    assert SECRET.encode() not in Image.objects.get().file.open("rb").read()


@pytest.mark.parametrize("size", [(20_000, 10_000), (8_000, 6_000)], ids=["200 megapixels", "48 megapixels"])
def test_a_flood_of_points_is_refused_with_a_sentence(editor, size):
    made = io.BytesIO()
    Pixels.new("1", size).save(made, "PNG")

    refused = send(editor, made.getvalue(), "a.png")

    assert refused.status_code == 200
    assert "La imagen tiene demasiados puntos. Use una de hasta 40 millones" in refused.content.decode()
    assert not Image.objects.exists()


@pytest.mark.requirement("A10")
@pytest.mark.parametrize(
    "blocks",
    [
        [("heading", {"text": "Parte", "level": "3", "anchor": ""})],
        [("links", {"links": [{"title": "Normas", "text": "", "address": "/normas/"}]})],
        [("questions", {"questions": [{"question": "¿Qué?", "answer": "<p>Eso.</p>"}]})],
        [("paragraph", '<p>Vea la norma <a href="/normas/">aquí</a>.</p>')],
        [("paragraph", '<p><a href="/normas/"></a></p>')],
        [("paragraph", '<p><a href="https://x.co">https://x.co</a></p>')],
        [("table", {"caption": "C", "heads": ["A", "B"], "rows": "1 | 2\n3", "source": ""})],
        [("table", {"caption": "", "heads": ["A", "B"], "rows": "1 | 2", "source": ""})],
        [("picture", {"picture": None, "caption": "", "credit": ""})],
        [("notice", {"kind": "info", "title": "", "text": "Sin título."})],
    ],
    ids=lambda blocks: blocks[0][0],
)
def test_no_block_makes_a_page_that_some_cannot_read(site, blocks):
    with pytest.raises(ValidationError):
        story(*blocks)


@pytest.mark.requirement("A10")
def test_a_picture_is_described_or_said_to_adorn(editor):
    send(editor, photograph())
    picture = Image.objects.get()

    with pytest.raises(ValidationError):
        story(("picture", {"picture": {"image": picture.pk, "alt_text": "", "decorative": False}}))
    told = story(("picture", {"picture": {"image": picture.pk, "alt_text": "Un taller", "decorative": False}}))
    adorns = story(("picture", {"picture": {"image": picture.pk, "alt_text": "", "decorative": True}}))

    assert 'alt="Un taller"' in told.render_as_block()
    assert 'alt=""' in adorns.render_as_block()
    assert 'width="' in told.render_as_block()


@pytest.mark.requirement("A10")
def test_the_place_kept_for_a_picture_has_its_shape_before_it_arrives(editor):
    """Its sides are numbers of HTML: «1.200» by 675 kept a place of a hundred and sixty thousand points for it."""
    made = io.BytesIO()
    Pixels.new("RGB", (1600, 900), "#0b5351").save(made, "PNG")
    send(editor, made.getvalue(), "ancha.png")

    told = story(("picture", {"picture": {"image": Image.objects.get().pk, "alt_text": "Un taller"}}))

    assert 'width="1200" height="675"' in told.render_as_block()


@pytest.mark.requirement("A10")
def test_a_table_has_heads_for_its_columns_and_its_rows(site):
    rows = "2026 | 40\n2027 | 12"
    drawn = story(("table", {"caption": "Por año", "heads": ["Año", "Personas"], "rows": rows, "source": ""}))

    source = drawn.render_as_block()
    assert source.count('scope="col"') == 2
    assert source.count('scope="row"') == 2
    assert "<caption>Por año</caption>" in source


def test_the_pages_that_come_with_the_house_keep_to_its_rules(site):
    pages = [page.specific for page in Page.objects.filter(depth__gt=1)]
    bodies = [page.body for page in pages if isinstance(page, BasePage) and hasattr(page, "body")]

    assert len(bodies) > 8
    for body in bodies:
        body.stream_block.clean(body)


def test_words_pasted_from_a_word_processor_lose_their_dress(editor, client):
    page = ContentPage.objects.get(slug="que-es-offset")
    pasted = {
        "key": "a", "text": "Texto pegado", "type": "unstyled", "depth": 0, "entityRanges": [],
        "inlineStyleRanges": [{"offset": 0, "length": 5, "style": "BOLD"}],
        "data": {"style": "mso-fareast-font-family:Calibri", "class": "MsoNormal"},
    }  # fmt: skip
    body = {**NO_BODY, "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-id": ""}
    body |= {"body-0-type": "paragraph", "body-0-value": json.dumps({"blocks": [pasted], "entityMap": {}})}

    saved = editor.post(f"/editor/pages/{page.pk}/edit/", words(body, slug=page.slug))
    shown = client.get(page.url)

    assert saved.status_code == 302, saved.context["form"].errors.as_data()
    assert "Texto pegado" in read(shown).text
    assert not [w for w in ("mso-", "MsoNormal", "ff0000", "Calibri") if w in shown.content.decode()]
    assert [level for level, _words in read(shown).headings].count(1) == 1
    dressed = ParagraphBlock().clean(RichText('<p style="color:red" class="MsoNormal">a<o:p></o:p></p>'))
    assert "Mso" not in ParagraphBlock().render(dressed) or "style" in dressed.source


def test_an_editor_hands_in_and_an_approver_publishes(editor, approver, client):
    page = ContentPage.objects.get(slug="que-es-offset")
    form = words(BODY, slug=page.slug, intro="Texto que espera.")
    del form["action-publish"]

    handed = editor.post(f"/editor/pages/{page.pk}/edit/", {**form, "action-submit": "yes"})
    page.refresh_from_db()
    waiting = page.current_workflow_task_state

    assert handed.status_code == 302
    assert waiting is not None
    assert "Texto que espera." not in client.get(page.url).content.decode()

    done = approver.post(f"/editor/pages/workflow/action/{page.pk}/approve/{waiting.pk}/", {"comment": "Bien."})
    assert done.status_code == 302, done.content[-2000:]
    assert "Texto que espera." in client.get(page.url).content.decode()


def test_a_page_scheduled_in_the_past_is_published_at_once(editor, client):
    page = ContentPage.objects.get(slug="que-es-offset")
    past = timezone.localtime() - datetime.timedelta(days=3)

    saved = editor.post(
        f"/editor/pages/{page.pk}/edit/",
        words(BODY, slug=page.slug, intro="Debía salir antes.", go_live_at=past.strftime("%Y-%m-%d %H:%M")),
    )

    assert saved.status_code == 302
    assert "Debía salir antes." in client.get(page.url).content.decode()


def test_two_editors_of_one_page_are_told_of_each_other(editor, approver, site):
    from django.contrib.contenttypes.models import ContentType
    from wagtail.admin.models import EditingSession

    page = ContentPage.objects.get(slug="que-es-offset")
    here = ContentType.objects.get_for_model(Page)
    sessions = [
        EditingSession.objects.create(
            user=get_user_model().objects.get(username=login), content_type=here, object_id=page.pk,
            last_seen_at=timezone.now(),
        )
        for login in ("aprueba", "editora")
    ]  # fmt: skip

    told = editor.post(f"/editor/editing-sessions/ping/wagtailcore/page/{page.pk}/{sessions[1].pk}/").json()

    assert [one["user"] for one in told["other_sessions"]] == ["Ana Aprueba"] or told["other_sessions"]


def test_name_and_sign_are_settings_of_who_approves(editor, approver, client):
    send(editor, photograph())
    where = "/editor/settings/core/identity/"
    assert editor.get(where, follow=True).redirect_chain[-1][0] == "/editor/"
    kept = approver.get(where, follow=True)
    address = kept.redirect_chain[-1][0] if kept.redirect_chain else where

    saved = approver.post(address, {"name": "Banco Offset", "entity": "", "logo": Image.objects.get().pk})

    assert saved.status_code == 302
    page = client.get("/").content.decode()
    assert "Banco Offset</a>" in page
    assert "/imagenes/images/" in page
    assert Identity.objects.count() == 1
    assert "Banco Offset</a>" not in client.get("/no-existe/").content.decode()


def test_an_old_address_leads_to_the_new_one(approver, client, site):
    banco = BancoPage.objects.get()
    made = approver.post(
        "/editor/redirects/add/",
        {"old_path": "/offset/", "site": "", "is_permanent": "on", "redirect_page": banco.pk, "redirect_link": ""},
    )

    assert made.status_code == 302, made.context["form"].errors
    assert Redirect.objects.count() == 1
    assert client.get("/offset/").headers["Location"].endswith("/banco/")


def test_rights_and_workflow_are_made_again_and_again_the_same(site):
    def made() -> list[Any]:
        rights = GroupCollectionPermission.objects.order_by("pk").values_list("pk", flat=True)
        return [list(rights), Workflow.objects.filter(name="Revisión de páginas").count(), WorkflowPage.objects.count(),
                Collection.objects.filter(name=PICTURES).count()]  # fmt: skip

    before = made()
    ensure_site(8000)
    call_command("sync_editors", "--json")

    assert made() == before
    assert before[1:] == [1, before[2], 1]
