"""A story ends with what was published when it was approved, whatever else was arranged for it."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Revision

from cms.banco.models import ProjectPage
from cms.core import scheduled
from tests.integration.public.cards import P001, P002, publish, withdraw
from tests.integration.public.test_stories import ADDRESS, WORD, hits, write

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L2")]


@pytest.mark.rule("P8")
def test_what_was_set_for_a_later_moment_does_not_come_back_with_its_project(site, client):
    publish(P001)
    page = write()
    page.unpublish()
    page.go_live_at = timezone.now() + datetime.timedelta(hours=1)
    page.save_revision().publish()

    withdraw(P001)
    publish(P001)

    past = (timezone.now() - datetime.timedelta(hours=1)).isoformat()
    for revision in Revision.objects.exclude(approved_go_live_at=None):  # its moment has come
        Revision.objects.filter(pk=revision.pk).update(
            approved_go_live_at=past, content={**revision.content, "go_live_at": past}
        )
    scheduled.publish_due()
    assert WORD not in client.get(ADDRESS).content.decode()


@pytest.mark.rule("P8")
def test_a_story_stays_off_the_project_that_takes_over_a_code(indexed, client):
    publish(P001, P002)
    write()
    publish(replace(P001, code="P-009"))

    publish(replace(P002, code="P-001"))

    assert WORD not in client.get(f"/banco/{P002.slug}/").content.decode()
    assert hits(client) == []


@pytest.mark.parametrize("act", [withdraw, publish], ids=["a withdrawal", "the return"])
def test_the_page_is_taken_off_before_the_mark_moves_as_editors_do_it(site, act):
    """Two who lock the same rows in two orders wait for each other, and PostgreSQL undoes the act of one."""
    publish(P001)
    write()
    if act is publish:
        withdraw(P001)
        ProjectPage.objects.get().save_revision().publish()

    with CaptureQueriesContext(connection) as asked:
        act(P001)

    written = [one["sql"].split('"')[1] for one in asked if one["sql"].startswith("UPDATE")]
    assert "wagtailcore_page" in written
    assert written.index("wagtailcore_page") < written.index("core_publicgeneration")
