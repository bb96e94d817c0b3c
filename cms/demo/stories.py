"""What the demo's editors wrote of its published projects, with pictures drawn here; nobody in it exists."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.images.models import Image
from wagtail.models import Collection

from cms.banco.models import BancoPage, ProjectPage
from cms.core.bootstrap import PICTURES
from cms.core.pictures import without_metadata
from cms.demo import fixtures
from cms.demo.fixtures import Row
from cms.demo.samples import scene
from cms.publication.models import PublishedProject


def tell(until: datetime.date) -> None:
    """A page for each project of the file that is published and has none; a second call changes nothing."""
    banco = BancoPage.objects.get()
    shown = set(PublishedProject.objects.values_list("code", flat=True))
    shown -= set(ProjectPage.objects.values_list("project_code", flat=True))
    for row in fixtures.read("stories")["pages"]:
        if row["code"] in shown:
            with transaction.atomic():
                banco.add_child(instance=page(row, until))


def page(row: Row, until: datetime.date) -> ProjectPage:
    """Live and without a revision, as the site's first pages are."""
    told = [story(one) for one in row["stories"] if fixtures.day(one["day"]) <= until]
    return ProjectPage(
        project_code=row["code"],
        intro=row["intro"],
        picture=json.dumps([{"type": "picture", "value": picture(row["picture"])}]),
        stories=json.dumps([{"type": "story", "value": value} for value in told]),
    )


def story(row: Row) -> dict[str, Any]:
    plain = {name: row[name] for name in ("title", "teller", "place", "day")}
    words = "".join(f"<p>{paragraph}</p>" for paragraph in row["text"])
    shown = [picture(row["picture"])] if "picture" in row else []
    return {**plain, "text": words, "picture": shown}


def picture(row: Row) -> dict[str, Any]:
    """The value of a block, with its scene among the pictures of the site."""
    file = without_metadata(ContentFile(scene.make(row["scene"]), "scene.jpg"))
    kept = Image.objects.create(title=row["caption"], file=file, collection=Collection.objects.get(name=PICTURES))
    shown = {"image": kept.pk, "alt_text": row["alt"], "decorative": False}
    return {"picture": shown, "caption": row["caption"], "credit": row["credit"]}
