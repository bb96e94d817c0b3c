"""What the demo's editors wrote of its projects: once, by the rules of every page, with pictures drawn in code."""

from __future__ import annotations

import datetime
import io

import pytest
from PIL import Image as Pixels
from wagtail.images.models import Image

from cms.banco.models import ProjectPage
from cms.demo import fixtures, stories
from cms.demo.samples import scene
from cms.demo.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A7")]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def test_each_published_project_is_told_of_once(stage: Stage) -> None:
    stories.tell(fixtures.DEFAULT_DAY)
    stories.tell(fixtures.DEFAULT_DAY)

    pages = {page.project_code: page for page in ProjectPage.objects.live()}
    assert {code: (len(page.picture), len(page.stories)) for code, page in pages.items()} == {
        "P-001": (1, 2), "P-002": (1, 1),
    }  # fmt: skip
    assert Image.objects.count() == 4
    for page in pages.values():
        page.full_clean()
        for stream in (page.picture, page.stories):
            stream.stream_block.clean(stream)


def test_nothing_is_told_before_it_happened(stage: Stage) -> None:
    stories.tell(datetime.date(2027, 5, 14))

    told = {page.project_code: [one.value["title"] for one in page.stories] for page in ProjectPage.objects.all()}
    assert told == {"P-001": ["La primera pala que no tuvo que viajar"], "P-002": []}


@pytest.mark.parametrize("name", sorted(scene.SCENES))
def test_a_scene_is_the_same_picture_each_time(name: str) -> None:
    drawn = scene.make(name)

    assert drawn == scene.make(name)
    assert Pixels.open(io.BytesIO(drawn)).size == (1600, 900)
