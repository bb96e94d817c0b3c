"""People of the demo whom an older folder has never seen."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.core.bootstrap import ensure_site
from cms.demo import installation, people, play
from cms.users.models import User


@pytest.mark.django_db
@pytest.mark.requirement("A7")
def test_a_folder_of_an_earlier_version_gets_whom_a_start_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who approves pages came later: a start told her login, and the login answered that there is no such person."""
    monkeypatch.setattr(installation, "migrate", lambda: None)
    monkeypatch.setattr(play, "is_loaded", lambda: True)
    ensure_site(8000)

    installation.make_ready(None, lambda *_: None)

    assert {row["login"] for row in people.users_and_roles()} == set(User.objects.values_list("username", flat=True))
    approver = Client()
    approver.force_login(User.objects.get(username="aprobadora"))
    assert approver.get("/editor/").status_code == 200
