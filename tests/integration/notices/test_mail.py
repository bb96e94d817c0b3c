"""Mails of alerts over a real server on loopback: what they say, to whom, how often, and what becomes of faults."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from cms.notices import queue, sending
from cms.notices.models import Mail
from records import clock
from records.models import Document, LedgerEvent
from records.services import access, break_glass
from records.vocabulary import Level
from search.models import KnownMatch, SavedSearch
from tests import factories
from tests.integration.notices.conftest import Browse, File
from tests.integration.notices.post import Post, served
from tests.integration.notices.test_saved import LIST, save, shown

SMTP = "django.core.mail.backends.smtp.EmailBackend"
BOGOTA = ZoneInfo("America/Bogota")
Grants = Callable[..., Any]


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with served() as server:
        settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "127.0.0.1"
        settings.EMAIL_PORT, settings.EMAIL_USE_TLS = server.port, False
        yield server


def moved(days: int, hour: int = 9) -> AbstractContextManager[None]:
    """The domain's clock so many days from now: what follows a mail of that day may not be dated before it."""
    day = datetime.datetime.combine(clock.today() + datetime.timedelta(days=days), datetime.time(hour), BOGOTA)
    return clock.at(day)


def a_round() -> None:
    """The worker's round of this moment, long after the one before."""
    SavedSearch.objects.update(looked_at=None)
    sending.step()


def on_day(days: int, hour: int = 9) -> None:
    """The worker's round of that moment."""
    with moved(days, hour):
        a_round()


def text_of(message: Any) -> str:
    return str(message.get_content())


@pytest.mark.beyond(18)
@pytest.mark.criterion(36)
def test_a_digest_says_how_many_and_nothing_of_what(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    save(browse, "revisora", "radar", "canarionombre", "daily")
    save(browse, "revisora", "vigilancia", "canariootro", "daily")
    save(browse, "revisora", "canarioquieto", "Sin nada", "daily")
    for level in (Level.PUBLIC, Level.RESTRICTED, Level.RESERVED):
        grant(file("radar de vigilancia canariotexto", level, title="canariotitulo"))
    file("radar de vigilancia", title="canariooculto")
    on_day(1)
    (message,) = post.messages
    text = text_of(message)
    assert post.recipients == [["revisora@ministerio.example"]]
    assert "Custodia encontró 6 novedades que usted puede ver:" in text
    assert text.count("- 3 nuevas: http://testserver/custodia/buscar/guardadas/") == 2
    assert "canario" not in message.as_string()
    assert "radar" not in message.as_string()
    assert "GC-130" not in message.as_string()
    assert message["Subject"] == "Custodia: hay novedades en lo que usted guardó"
    assert message["Auto-Submitted"] == "auto-generated"
    on_day(1), on_day(2), on_day(3)
    assert len(post.messages) == 1


@pytest.mark.beyond(18)
def test_revoked_between_match_and_send_is_not_counted(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    save(browse, "revisora", alert="daily")
    given = [grant(file(title=f"canario{number}")) for number in range(2)]
    a_round()
    assert KnownMatch.objects.filter(mailed_at=None).count() == 2
    access.revoke_grant(actor=cast["custodia"], grant=given[0])
    on_day(1)
    assert "Custodia encontró 1 novedad que usted puede ver:" in text_of(post.messages[0])
    with moved(1, hour=10):
        access.revoke_grant(actor=cast["custodia"], grant=given[1])
        again = grant(file())
        access.revoke_grant(actor=cast["custodia"], grant=again)
    on_day(2)
    assert len(post.messages) == 1


@pytest.mark.beyond(18, 5)
def test_two_worlds_send_the_same_mail(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, grant: Grants
) -> None:
    save(browse, "revisora", alert="daily")
    grant(file())
    file(level=Level.RESERVED), file(level=Level.UNCLASSIFIED)
    on_day(1)
    SavedSearch.objects.update(mailed_on=clock.today())
    KnownMatch.objects.update(mailed_at=None)
    Mail.objects.update(key="otro día")
    file(level=Level.RESERVED), file(level=Level.RESTRICTED)
    on_day(1)
    first, second = (re.sub(r"cancelar/\S+", "", text_of(message)) for message in post.messages)
    assert first == second


def test_weekly_is_weekly_and_what_was_seen_is_not_written_of(
    post: Post, browse: Browse, cast: dict[str, Any], file: File
) -> None:
    save(browse, "archivista", alert="weekly")
    file()
    for day in range(1, 7):
        on_day(day)
    assert not post.messages
    on_day(7)
    assert len(post.messages) == 1
    file()
    on_day(8)
    key = SavedSearch.objects.get().pk
    client = browse("archivista")
    client.post(f"{LIST}{key}/vistas/", {"until": client.get(f"{LIST}{key}/").context["until"]})
    on_day(14)
    assert len(post.messages) == 1


def test_nothing_leaves_before_the_hour_nor_where_mail_is_off(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, settings: Any
) -> None:
    save(browse, "archivista", alert="daily")
    file()
    on_day(1, hour=5)
    settings.MAIL_ON = False
    on_day(1)
    assert not post.messages
    assert not Mail.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"desk_access": False}, {"email": ""}])
def test_who_has_left_is_not_written_to(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, change: dict[str, Any]
) -> None:
    save(browse, "archivista", alert="daily")
    file()
    queue.owe(Mail.Kind.DIGEST, "antes", [cast["archivista"]])
    for name, value in change.items():
        setattr(cast["archivista"], name, value)
    cast["archivista"].save()
    on_day(1)
    assert not post.messages
    assert set(Mail.objects.values_list("state", flat=True)) == {"nothing"}


@pytest.mark.parametrize(
    "address", ["a@x.example\r\nBcc: todos@x.example", "uno@x.example,dos@x.example", "no es un correo", "<b>@x"]
)
def test_an_address_that_is_none_injects_nothing(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, address: str
) -> None:
    save(browse, "archivista", alert="daily")
    file()
    cast["archivista"].email = address
    cast["archivista"].save()
    on_day(1)
    assert not post.messages
    assert (Mail.objects.get().state, Mail.objects.get().fault) == ("failed", "address")
    assert sending.state() == "well"


@pytest.mark.parametrize("answer", ["451 Vuelva luego", "RCPT 450 Lista gris"])
def test_a_server_that_is_busy_gets_it_later(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, answer: str
) -> None:
    save(browse, "archivista", alert="daily")
    file()
    post.answers = [answer]
    on_day(1)
    on_day(1)
    assert (Mail.objects.get().state, Mail.objects.get().attempts) == ("waiting", 1)
    assert sending.state() == "stuck"
    assert "no han podido salir" in shown(browse("archivista").get("/custodia/salud/"))
    Mail.objects.update(due_at=queue.machine_now())
    on_day(1)
    assert len(post.messages) == 1
    assert Mail.objects.get().state == "sent"


def test_a_server_that_is_away_is_tried_a_bounded_number_of_times_and_nothing_is_lost(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, settings: Any
) -> None:
    save(browse, "archivista", alert="daily")
    file()
    settings.EMAIL_PORT = 1
    for _attempt in range(10):
        on_day(1)
        Mail.objects.update(due_at=queue.machine_now())
    failed = Mail.objects.get()
    assert (failed.state, failed.attempts) == ("failed", len(queue.WAITS) + 1)
    settings.EMAIL_PORT = post.port
    on_day(2)
    assert "Custodia encontró 1 novedad" in text_of(post.messages[0])


@pytest.mark.parametrize("answer", ["554 No se acepta", "RCPT 550 No existe"])
def test_what_a_server_refuses_for_good_is_not_sent_again(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, answer: str
) -> None:
    save(browse, "archivista", alert="daily")
    file()
    post.answers = [answer]
    on_day(1)
    Mail.objects.update(due_at=queue.machine_now())
    on_day(1)
    assert not post.messages
    assert (Mail.objects.get().state, Mail.objects.get().fault) == ("failed", "refused")


class Killed(BaseException):
    """What a process meets that is ended at that moment: nothing in its way may catch it."""


def test_killed_between_sending_and_marking_sends_at_most_once_more(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(browse, "archivista", alert="daily")
    file()

    def die(*_args: Any) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(queue, "end", die)
        for _time in range(3):
            try:
                on_day(1)
            except Killed:
                Mail.objects.update(claimed_until=queue.machine_now() - datetime.timedelta(seconds=1))
    on_day(1)
    assert len(post.messages) == 2
    assert post.messages[0]["Message-ID"] == post.messages[1]["Message-ID"]
    assert (Mail.objects.get().state, Mail.objects.get().fault) == ("failed", "cut")


def test_somebody_else_sends_it_and_nobody_twice(post: Post, browse: Browse, cast: dict[str, Any], file: File) -> None:
    save(browse, "archivista", alert="daily")
    file()
    queue.owe(Mail.Kind.DIGEST, "hoy", [cast["archivista"]])
    assert queue.take()
    assert queue.take() is None
    queue.owe(Mail.Kind.DIGEST, "hoy", [cast["archivista"]])
    assert Mail.objects.count() == 1


def test_a_person_gets_so_many_mails_a_day(post: Post, cast: dict[str, Any], browse: Browse, file: File) -> None:
    save(browse, "archivista", alert="daily")
    for number in range(queue.MOST_A_DAY + 3):
        file()
        SavedSearch.objects.update(mailed_on=clock.today() - datetime.timedelta(days=1))
        queue.owe(Mail.Kind.DIGEST, f"día {number}", [cast["archivista"]])
        sending.step()
    assert len(post.messages) == queue.MOST_A_DAY


@pytest.mark.beyond(18)
def test_a_mail_ends_mails_without_a_login(post: Post, browse: Browse, cast: dict[str, Any], file: File) -> None:
    save(browse, "archivista", "radar", "canarionombre", "daily")
    save(browse, "revisora", alert="weekly")
    file()
    on_day(1)
    (message,) = post.messages
    link = re.search(r"http://testserver(/cuenta/avisos/cancelar/\S+)", text_of(message))
    assert link
    assert message["List-Unsubscribe"].strip() == f"<http://testserver{link[1]}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger = Client(enforce_csrf_checks=True)
    asked = stranger.get(link[1])
    assert asked.status_code == 200
    assert asked["Cache-Control"] == "no-store"
    assert SavedSearch.objects.get(owner=cast["archivista"]).alert == "daily"
    for word in ("archivista", "canarionombre", "radar", "ministerio.example", str(cast["archivista"].pk)):
        assert word not in asked.content.decode() + link[1]
    with moved(1, hour=10):
        done = stranger.post(link[1], "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert "No se enviarán más correos de avisos" in shown(done)
    assert SavedSearch.objects.get(owner=cast["archivista"]).alert == "desk"
    assert SavedSearch.objects.get(owner=cast["revisora"]).alert == "weekly"
    assert LedgerEvent.objects.filter(action="alert.stopped").count() == 1
    assert stranger.post(link[1]).content == done.content
    file()
    on_day(2)
    assert len(post.messages) == 1


@pytest.mark.beyond(18)
def test_links_that_do_not_serve_are_one_page(
    post: Post, browse: Browse, cast: dict[str, Any], file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(browse, "archivista", alert="daily")
    file()
    on_day(1)
    link = re.search(r"(/cuenta/avisos/cancelar/)([^/\s]+)/", text_of(post.messages[0]))
    assert link
    head, token = link[1], link[2]
    forged = [token[:-1] + ("a" if token[-1] != "a" else "b"), "x", "1:2:3", "0" * 3000, token.replace(":", "", 1), "ñ"]
    pages = {Client().get(f"{head}{one}/").content for one in forged}
    pages |= {Client().post(f"{head}{one}/").content for one in forged}
    Mail.objects.all().delete()
    pages.add(Client().post(f"{head}{token}/").content)
    assert len(pages) == 1
    assert SavedSearch.objects.get().alert == "daily"


def test_who_keeps_is_told_of_an_emergency_and_not_of_what(
    post: Post, browse: Browse, cast: dict[str, Any], expediente: Any
) -> None:
    piece: Document = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, title="canariotitulo")
    asked = break_glass.ask_to_break(actor=cast["jefatura"], document=piece, reason="canariomotivo", minutes=5)
    break_glass.confirm_break(actor=cast["secretaria.general"], emergency=asked)
    sending.step()
    (message,) = post.messages
    assert post.recipients == [["custodia@ministerio.example"]]
    assert "Se abrió un acceso de emergencia" in text_of(message)
    assert "canario" not in message.as_string()
    assert expediente.code not in message.as_string()
    assert "jefatura" not in message.as_string()
