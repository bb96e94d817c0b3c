"""What an editor's browser never sends and somebody else may: a page that citizens read does not fail for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from wagtail.rich_text import RichText

from cms.banco.models import ProjectPage
from cms.core.blocks import ParagraphBlock
from cms.core.blocks.questions import QuestionBlock
from cms.norms.blocks.article import ArticleBlock
from tests.integration.public.cards import P001, publish
from tests.integration.public.test_stories import ADDRESS, add

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("I12")]
LONE = "\ud800"
LINKS: dict[str, dict[str, Any]] = {
    "a letter without bytes": {"url": f"https://ejemplo.example/{LONE}"},
    "a number too great": {"id": 10**30, "parentId": 1},
    "no number": {"id": "abc", "parentId": 1},
    "a list": {"id": [1], "parentId": 1},
}


def sent(link: dict[str, Any], **block: Any) -> str:
    """What the editor's form sends for a story with a link, as text of JSON."""
    words = {
        "key": "a", "text": "El sitio del taller", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "data": {},
        "entityRanges": [{"offset": 0, "length": 8, "key": 0}], **block,
    }  # fmt: skip
    return json.dumps({"blocks": [words], "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": link}}})


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_link_that_no_page_can_be_made_of_is_refused(editor, client, link):
    publish(P001)

    editor.raise_request_exception = False  # the form that shows such a number again may fail, for its sender alone
    refused = add(editor, **{"stories-0-value-text": sent(link)})

    assert (refused.status_code != 302, ProjectPage.objects.count()) == (True, 0)
    assert client.get(ADDRESS).status_code == 200


def test_a_mark_that_no_page_can_be_made_of_is_refused(editor):
    publish(P001)

    refused = add(editor, **{"stories-0-value-text": sent({"url": "https://ejemplo.example/"}, key=LONE)})

    assert (refused.status_code, ProjectPage.objects.count()) == (200, 0)
    assert "El texto tiene signos o enlaces que no se pueden mostrar." in refused.content.decode()


def test_links_to_pages_and_letters_of_every_kind_are_taken(editor, client, site):
    publish(P001)

    saved = add(
        editor, **{"stories-0-value-text": sent({"id": site.pk, "parentId": 1}, text="El taller \U0001f6e0 \u202e")}
    )

    assert saved.status_code == 302, saved.context["form"].errors
    assert '<a href="/">' in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize("source", [f"<p>{LONE}</p>", '<p><a linktype="page" id="abc">La norma</a></p>'])
def test_every_block_of_rich_text_refuses_it(source):
    values = (
        (ParagraphBlock(), RichText(source)),
        (QuestionBlock(), {"question": "¿Cuándo?", "answer": RichText(source)}),
        (ArticleBlock(), {"number": "1", "title": "Objeto", "text": RichText(source), "note": ""}),
    )
    for block, value in values:
        with pytest.raises(ValidationError):
            block.clean(value)
