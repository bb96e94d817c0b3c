"""Acts of approval ask once more who is there, and lose nothing of what was typed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.test import Client

from cms.users.typed import CODE, PASSWORD
from records.models import ClassificationAct, LedgerEvent
from records.services import classification
from records.vocabulary import Level
from tests import factories
from tests.ground import PASSWORD as RIGHT
from tests.integration.users.hands import code_of, enter, give_codes
from tests.people import make_cast

pytestmark = pytest.mark.django_db
REASON = "Falta el concepto; «revise» <b>el literal</b> & vuelva"


@pytest.fixture
def act() -> ClassificationAct:
    cast = make_cast()
    place = factories.make_expediente(cast["archivista"])
    factories.appoint_custodian(place, cast["custodia"])
    piece = factories.file_piece(cast["archivista"], place)
    return classification.propose_level(
        actor=cast["custodia"], document=piece, level=Level.RESTRICTED, grounds=factories.grounds_for(Level.RESTRICTED)
    )


@pytest.fixture
def client(act: ClassificationAct) -> Client:
    """The head of contracts, who entered six minutes ago."""
    client = Client()
    enter(client, "jefatura")
    late(client)
    return client


def late(client: Client) -> None:
    session = client.session
    session["confirmed"] = int(time.time()) - 301
    session.save()


def address(act: ClassificationAct) -> str:
    return f"/custodia/aprobaciones/{act.pk}/"


def carried(page: Any) -> dict[str, str]:
    """What the page would send again, by its hidden fields."""
    return dict(page.context["typed"])


def state(act: ClassificationAct) -> str:
    return str(ClassificationAct.objects.get(pk=act.pk).state)


def test_an_act_asks_first_keeps_what_was_typed_and_then_is_done(act: ClassificationAct, client: Client) -> None:
    typed = {"decision": "return", "observations": REASON}
    page = client.post(address(act), typed)
    assert page.status_code == 422
    assert state(act) == "proposed"
    assert carried(page) == typed
    assert "«revise» &lt;b&gt;el literal&lt;/b&gt; &amp; vuelva" in page.content.decode()
    done = client.post(address(act), {**carried(page), PASSWORD: RIGHT})
    assert done.status_code == 302
    found = ClassificationAct.objects.get(pk=act.pk)
    assert (found.state, found.observations) == ("refused", REASON)
    assert LedgerEvent.objects.filter(action="session.confirmed", actor="jefatura").count() == 1


def test_a_wrong_password_does_nothing_and_counts(act: ClassificationAct, client: Client) -> None:
    typed = {"decision": "approve"}
    for _ in range(5):
        page = client.post(address(act), {**typed, PASSWORD: "otra"})
        assert page.status_code == 422
        assert carried(page) == typed
    locked = client.post(address(act), {**typed, PASSWORD: RIGHT})
    assert (locked.status_code, state(act)) == (422, "proposed")
    assert LedgerEvent.objects.filter(action="session.refused").count() == 6


def test_the_password_of_another_is_not_hers(act: ClassificationAct, client: Client) -> None:
    from cms.users.models import User

    other = User.objects.get(username="archivista")
    other.set_password("la de otra persona")
    other.save()
    assert client.post(address(act), {"decision": "approve", PASSWORD: "la de otra persona"}).status_code == 422
    assert client.post(address(act), {"decision": "approve", PASSWORD: ""}).status_code == 422
    assert state(act) == "proposed"


def test_a_code_serves_as_well_and_once(act: ClassificationAct, client: Client) -> None:
    from cms.users.models import User

    code = code_of(give_codes(User.objects.get(username="jefatura")))
    assert (
        client.post(
            address(act), {"decision": "return", "observations": "x" * 20, CODE: code, PASSWORD: ""}
        ).status_code
        == 302
    )
    late(client)
    again = client.post(f"/custodia/aprobaciones/{act.pk}/", {"decision": "approve", CODE: code, PASSWORD: ""})
    assert again.status_code == 422


def test_within_five_minutes_nothing_is_asked(act: ClassificationAct) -> None:
    client = Client()
    enter(client, "jefatura")
    assert client.post(address(act), {"decision": "approve"}).status_code == 302


def test_pages_are_read_without_it_and_the_password_is_kept_nowhere(act: ClassificationAct, client: Client) -> None:
    assert client.get(address(act)).status_code == 200
    done = client.post(address(act), {"decision": "approve", PASSWORD: RIGHT})
    assert done.status_code == 302
    assert RIGHT not in json.dumps(dict(client.session.items()))
    assert not [event for event in LedgerEvent.objects.all() if RIGHT in event.payload]


def test_who_may_not_act_is_told_the_same_after_saying_who_she_is(act: ClassificationAct) -> None:
    client = Client()
    enter(client, "ajeno")
    late(client)
    page = client.post(address(act), {"decision": "approve"})
    unknown = client.post("/custodia/aprobaciones/5b0a1c9e-2f4d-4a53-9c3e-000000000000/", {"decision": "approve"})
    assert (page.status_code, unknown.status_code) == (422, 422)
    assert client.post(address(act), {"decision": "approve", PASSWORD: RIGHT}).status_code == 404


def test_scripts_are_told_in_json(act: ClassificationAct, client: Client) -> None:
    answer = client.post(address(act), {"decision": "approve"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "confirm_identity")


ACTS = (
    "retencion/{0}/", "retenciones/{0}/levantar/", "accesos/{0}/retirar/", "proyectos/{0}/", "documentos/{0}/accesos/",
    "documentos/{0}/certificado/", "expedientes/{0}/certificado/", "expedientes/{0}/accesos/conceder/",
    "expedientes/{0}/reabrir/", "lotes/{0}/certificado/", "documentos/{0}/anular/", "cuarentena/{0}/atender/",
    "expedientes/{0}/cierre-definitivo/",
)  # fmt: skip


@pytest.mark.parametrize("pattern", ACTS)
def test_every_act_of_approval_asks(client: Client, pattern: str) -> None:
    where = "/custodia/" + pattern.format("5b0a1c9e-2f4d-4a53-9c3e-000000000000")
    assert "Confirme quién es" in client.post(where, {"reason": "x"}).content.decode()


def test_an_installation_may_ask_nothing(act: ClassificationAct, client: Client, settings: Any) -> None:
    settings.CONFIRM_SECONDS = 0
    assert client.post(address(act), {"decision": "approve"}).status_code == 302


def test_loading_a_schedule_asks_at_its_confirmation_and_not_at_the_preview(act: ClassificationAct) -> None:
    client = Client()
    enter(client, "archivista")
    late(client)
    sealed = {"sello": "x", "contenido": "y"}
    page = client.post("/custodia/trd/cargar/", sealed)
    assert (page.status_code, carried(page)) == (422, sealed)
    assert "Confirme quién es" not in client.post("/custodia/trd/cargar/", {}).content.decode()
    done = client.post("/custodia/trd/cargar/", {**carried(page), PASSWORD: RIGHT})
    assert "Confirme quién es" not in done.content.decode()
