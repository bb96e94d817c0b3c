"""What is new to a reader: told with her rights of that moment, at the desk, and never what is gone or hidden."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest

from records import clock
from records.models import Document, LedgerEvent
from records.services import access, classification
from records.vocabulary import Level
from search import api as search
from search.models import KnownMatch, SavedSearch
from tests import factories
from tests.integration.notices.conftest import Browse, File
from tests.integration.notices.test_saved import LIST, NEW, save, shown

Grants = Callable[..., Any]


def look() -> None:
    """A round of the worker, a while later."""
    SavedSearch.objects.update(looked_at=None)
    search.novelty.look_at_due(clock.now())


def fresh(cast: dict[str, Any], login: str = "revisora") -> int:
    return sum(search.novelty.count_news(cast[login]).values())


@pytest.mark.beyond(18)
def test_new_is_what_was_filed_or_granted_since(
    browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    hers, hidden = file(title="Primero"), file(title="Oculto")
    grant(hers)
    save(browse, "revisora", alert="desk")
    look()
    assert "1 nuevo" not in shown(browse("revisora").get(LIST))
    granted = grant(hidden)
    look()
    client = browse("revisora")
    assert "1 nuevo" in shown(client.get(LIST))
    assert "Novedades de lo que usted guardó 1 Radares 1 nuevo" in shown(client.get("/custodia/"))
    key = SavedSearch.objects.get().pk
    page = shown(client.get(f"{LIST}{key}/"))
    assert "Oculto" in page
    assert "Primero" not in page
    access.revoke_grant(actor=cast["custodia"], grant=granted)
    assert "Oculto" not in shown(client.get(f"{LIST}{key}/"))
    assert fresh(cast) == 0
    assert "Novedades" not in shown(client.get("/custodia/"))
    look()
    assert not KnownMatch.objects.filter(key=str(hidden.pk)).exists()


@pytest.mark.beyond(18, 5)
def test_what_is_hidden_or_gone_changes_nothing(
    browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    one, two = file(), file()
    grant(one), grant(two)
    save(browse, "revisora", alert="desk")
    grant(file(title="Nuevo"))
    look()
    key = SavedSearch.objects.get().pk
    client = browse("revisora")
    paths = ("/custodia/", LIST, f"{LIST}{key}/")
    before = [still(client.get(path)) for path in paths]
    for level in (Level.RESTRICTED, Level.RESERVED, Level.UNCLASSIFIED):
        file(level=level)
    access.revoke_grant(actor=cast["custodia"], grant=one.grants.get())
    look()
    assert [still(client.get(path)) for path in paths] == before


@pytest.mark.beyond(5)
def test_what_ended_since_the_last_look_takes_no_place_and_dates_nothing(
    browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    save(browse, "revisora", alert="desk")
    grant(file(title="Uno"))
    look()
    saved, client = SavedSearch.objects.get(), browse("revisora")
    before = still(client.get(f"{LIST}{saved.pk}/"))
    later = file(title="Dos")
    given = grant(later)
    look()
    access.revoke_grant(actor=cast["custodia"], grant=given)
    assert still(client.get(f"{LIST}{saved.pk}/")) == before
    assert [card.title for card in search.novelty.news_of(saved, cast["revisora"], most=1).cards] == ["Uno"]


def still(response: Any) -> str:
    """A page without the one value that may differ from one answer to the next."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", response.content.decode())


def test_seen_is_seen_and_what_came_since_stays_new(
    browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    save(browse, "revisora", alert="desk")
    grant(file(title="Uno"))
    look()
    key, client = SavedSearch.objects.get().pk, browse("revisora")
    until = client.get(f"{LIST}{key}/").context["until"]
    grant(file(title="Dos"))
    look()
    assert client.post(f"{LIST}{key}/vistas/", {"until": until}).status_code == 302
    page = shown(client.get(f"{LIST}{key}/"))
    assert "Dos" in page
    assert "Uno" not in page
    for wrong in ("", "ayer", "2026-13-40T00:00", "9" * 500):
        client.post(f"{LIST}{key}/vistas/", {"until": wrong})
    assert fresh(cast) == 1


def test_a_document_read_again_is_neither_gone_nor_new(browse: Browse, cast: dict[str, Any], file: File) -> None:
    piece = file()
    save(browse, "archivista", alert="desk")
    search.enqueue("custody", [str(piece.pk)])
    look()
    search.drain()
    look()
    assert fresh(cast, "archivista") == 0


def test_granted_again_is_new_again(browse: Browse, cast: dict[str, Any], file: File, grant: Grants) -> None:
    piece = file()
    given = grant(piece)
    save(browse, "revisora", alert="desk")
    access.revoke_grant(actor=cast["custodia"], grant=given)
    look()
    grant(piece)
    look()
    assert fresh(cast) == 1


def test_an_alert_that_begins_speaks_of_what_comes_after(browse: Browse, cast: dict[str, Any], file: File) -> None:
    file()
    save(browse, "archivista")
    look()
    assert not KnownMatch.objects.exists()
    key = SavedSearch.objects.get().pk
    browse("archivista").post(f"{LIST}{key}/cambiar/", {"name": "Radares", "alert": "desk"})
    file()
    look()
    assert fresh(cast, "archivista") == 1
    browse("archivista").post(f"{LIST}{key}/cambiar/", {"name": "Radares", "alert": "never"})
    assert not KnownMatch.objects.exists()


def test_a_disabled_account_is_not_looked_at(browse: Browse, cast: dict[str, Any], file: File) -> None:
    save(browse, "archivista", alert="desk")
    cast["archivista"].is_active = False
    cast["archivista"].save()
    file()
    look()
    assert not KnownMatch.objects.exists()


def test_too_broad_and_an_index_that_is_away_tell_nothing(
    browse: Browse, cast: dict[str, Any], file: File, index: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(browse, "archivista", alert="desk")
    file(), file()
    monkeypatch.setattr("search.novelty.MOST_MATCHES", 1)
    look()
    assert SavedSearch.objects.get().fault == "too_broad"
    assert fresh(cast, "archivista") == 0
    monkeypatch.setattr("search.novelty.MOST_MATCHES", 1000)
    look()
    assert fresh(cast, "archivista") == 2


@pytest.mark.rule("U5")
def test_the_ledger_tells_what_was_found_and_not_what_was_asked(
    browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    save(browse, "revisora", "radar", "canarionombre", alert="desk")
    before = LedgerEvent.objects.count()
    look()
    assert LedgerEvent.objects.count() == before
    piece = file()
    grant(piece)
    before = LedgerEvent.objects.count()
    look()
    look()
    event = LedgerEvent.objects.get(action="search.alerted")
    assert LedgerEvent.objects.count() == before + 1
    assert not event.actor
    assert event.object_id == str(cast["revisora"].pk)
    assert str(piece.pk) in event.payload
    assert "radar" not in event.payload
    assert "canarionombre" not in event.payload


@pytest.mark.beyond(18)
def test_a_reserve_that_ends_is_told_to_who_reads_it(browse: Browse, cast: dict[str, Any], expediente: Any) -> None:
    browse("custodia").post(f"{NEW}?suceso=reserve_ends", {"name": "Reservas", "alert": "desk"})
    browse("ajeno").post(f"{NEW}?suceso=reserve_ends", {"name": "Reservas", "alert": "desk"})
    piece = factories.insert_piece(cast["archivista"], expediente, Level.UNCLASSIFIED, title="Vence")
    soon = (clock.now() + datetime.timedelta(days=20)).date().isoformat()
    act = propose(cast, piece, soon)
    look()
    assert fresh(cast, "custodia") == 0
    approve(cast, act)
    look()
    assert fresh(cast, "custodia") == 1
    assert fresh(cast, "ajeno") == 0
    key = SavedSearch.objects.get(owner=cast["custodia"]).pk
    page = shown(browse("custodia").get(f"{LIST}{key}/"))
    assert "Vence" in page
    assert "vence el" in page


def propose(cast: dict[str, Any], piece: Document, until: str) -> Any:
    grounds = {**factories.grounds_for(Level.RESTRICTED), "until": until}
    return classification.propose_level(actor=cast["custodia"], document=piece, level=Level.RESTRICTED, grounds=grounds)


def approve(cast: dict[str, Any], act: Any) -> None:
    classification.approve_act(actor=cast["jefatura"], act=act)


@pytest.mark.beyond(18)
def test_an_expediente_that_becomes_complete_is_told_to_who_has_it_in_charge(
    browse: Browse, cast: dict[str, Any]
) -> None:
    first = "drafting"
    demand = {"kind": "derived", "stage": first, "article": "", "duty": "always", "act": "", "note": ""}
    tipo = factories.make_tipo("estudio_previo", demands=[demand])
    place = factories.make_expediente(cast["archivista"], title="Se completa")
    for login in ("archivista", "revisora"):
        browse(login).post(f"{NEW}?suceso=complete", {"name": "Completos", "alert": "desk"})
    look()
    assert fresh(cast, "archivista") == 0
    factories.insert_piece(cast["archivista"], place, Level.RESTRICTED, tipo=tipo)
    look()
    assert fresh(cast, "archivista") == 1
    assert fresh(cast, "revisora") == 0
    key = SavedSearch.objects.get(owner=cast["archivista"]).pk
    assert "Se completa" in shown(browse("archivista").get(f"{LIST}{key}/"))
