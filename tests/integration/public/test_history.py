"""The time machine: every public state kept, dated, comparable, citable; corrections marked; silence where due."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import hashlib
import io
import json
from decimal import Decimal

import pytest
from django.test import Client

from cms.publication.models import PublicChange
from records.api import Incomplete
from tests.integration.public.cards import DECIDED, P001, P002, publish, withdraw
from tests.integration.public.custody import make_case
from tests.integration.public.reading import read
from tests.people import make_cast

pytestmark = pytest.mark.django_db
URL = f"/banco/{P002.slug}/"
REVIEW = dataclasses.replace(
    P002,
    phase="review",
    credits_executed=Decimal(0),
    decided_at=datetime.datetime(2026, 7, 29, 8, tzinfo=DECIDED.tzinfo),
)
TYPO = dataclasses.replace(
    P002, municipality="Soledad", decided_at=datetime.datetime(2026, 8, 12, 8, tzinfo=DECIDED.tzinfo)
)
RIGHT = dataclasses.replace(P002, correction=True, note="El municipio es Barranquilla.")


@pytest.fixture
def told(site) -> None:
    publish(P001, REVIEW, TYPO, RIGHT)


@pytest.mark.beyond(19)
@pytest.mark.parametrize(
    ("path", "words", "absent"),
    [
        ("historia/1/", ("Revisión", "29 de julio de 2026", "0,00"), "Soledad"),
        ("historia/2/", ("Soledad, Atlántico", "12 de agosto de 2026"), "Es lo que se muestra hoy"),
        (
            "historia/3/",
            ("Barranquilla, Atlántico", "El municipio es Barranquilla.", "Es lo que se muestra hoy"),
            "Soledad",
        ),
        ("al/2026-07-29/", ("Revisión", "Así se mostraba el 29 de julio de 2026"), "Soledad"),
        ("al/2027-01-01/", ("Soledad",), "El municipio es Barranquilla."),
        ("al/2099-01-01/", ("4.550.000,00",), "Soledad"),
    ],
)
def test_any_past_day_is_read_as_it_was(told, client: Client, path: str, words: tuple[str, ...], absent: str) -> None:
    page = read(client.get(f"{URL}{path}")).text

    assert [word for word in words if word not in page] == []
    assert absent not in page


@pytest.mark.beyond(19)
def test_changes_are_told_one_by_one_and_a_correction_is_marked(told, client: Client) -> None:
    text = read(client.get(f"{URL}historia/")).text

    assert "3 estados" in text
    assert "Municipio Antes: Soledad Ahora: Barranquilla" in text.replace("→", "")
    assert "Fase Antes: Revisión Ahora: Ejecución" in text
    assert text.count("Corrección") == 1
    assert "El municipio es Barranquilla." in text


@pytest.mark.beyond(19)
@pytest.mark.parametrize("order", ["?de=1&a=3", "?de=3&a=1"])
def test_two_states_are_compared_by_address(told, client: Client, order: str) -> None:
    text = read(client.get(f"{URL}historia/{order}")).text

    compared = text.split("Del 29 de julio de 2026 al 20 de octubre de 2027")[1].split("3 estados")[0]
    assert "Créditos ejecutados Antes: 0,00 Ahora: 4.550.000,00" in compared
    assert "Municipio" not in compared


@pytest.mark.beyond(19)
def test_the_files_tell_the_same_and_each_state_can_be_proved(told, client: Client) -> None:
    states = client.get(f"{URL}historia.json").json()
    lines = list(csv.DictReader(io.StringIO(client.get(f"{URL}historia.csv").content.decode("utf-8-sig"))))

    assert [state["numero"] for state in states] == [1, 2, 3]
    for state in states:
        canonical = json.dumps(state["ficha"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(canonical.encode()).hexdigest() == state["huella"]
        assert client.get(state["direccion"]).status_code == 200
    changed = {(line["numero"], line["dato"], line["antes"], line["despues"]) for line in lines if line["dato"]}
    assert ("3", "Municipio", "Soledad", "Barranquilla") in changed
    assert changed == {
        (str(state["numero"]), one["dato"], one["antes"], one["despues"])
        for state in states
        for one in state["cambios"]
    }


@pytest.mark.beyond(19)
@pytest.mark.requirement("L2")
def test_files_and_pages_of_the_past_tell_no_identity_of_custody(told, client: Client) -> None:
    pages = [client.get(f"{URL}{path}").content.decode() for path in ("historia/", "historia/1/", "historia.json")]

    assert not [key for key in (P002.project_id, P002.decision_id) for page in pages if str(key) in page]


@pytest.mark.beyond(19)
def test_states_are_added_and_none_is_written_over(told) -> None:
    before = list(PublicChange.objects.order_by("decided_at").values())

    publish(dataclasses.replace(P002, decided_at=DECIDED + datetime.timedelta(days=1), name="Otro nombre"))

    after = list(PublicChange.objects.order_by("decided_at").values())
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


@pytest.mark.beyond(19)
@pytest.mark.rule("P8")
def test_what_was_withdrawn_has_no_past_and_what_comes_back_begins_anew(told, client: Client) -> None:
    withdraw(P002)
    gone = [client.get(f"{URL}{path}") for path in ("", "historia/", "historia/1/", "al/2027-01-01/", "historia.json")]
    assert {answer.status_code for answer in gone} == {404}
    assert {answer.content for answer in gone} == {client.get("/banco/nunca/").content}
    assert "Soledad" not in json.dumps(
        list(PublicChange.objects.filter(project_id=P002.project_id).values()), default=str
    )

    publish(dataclasses.replace(P002, decided_at=datetime.datetime(2099, 1, 1, tzinfo=DECIDED.tzinfo)))
    assert "1 estado" in read(client.get(f"{URL}historia/")).text
    assert client.get(f"{URL}historia/1/").status_code == 404, "a number is never another state's"
    assert client.get(f"{URL}historia/5/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "historia/0/",
        "historia/4/",
        f"historia/{'9' * 60}/",
        "al/2026-07-28/",
        "al/ayer/",
        "al/2026-13-40/",
        "al/20260729/",
    ],
)
def test_a_state_that_never_was_is_answered_as_nothing(told, client: Client, path: str) -> None:
    assert client.get(f"{URL}{path}").content == client.get("/banco/nunca/").content


@pytest.mark.parametrize("query", ["de=x&a=1", "de[]=1", "de=1&de=2&a=99", f"de={'1' * 5000}&a=2", "de=%00&a=%D9%A1"])
def test_nonsense_to_compare_shows_the_history_whole(told, client: Client, query: str) -> None:
    answer = client.get(f"{URL}historia/?{query}")

    assert (answer.status_code, "3 estados" in read(answer).text) == (200, True)


@pytest.mark.beyond(19)
def test_a_correction_says_what_it_corrects(db) -> None:
    case = make_case(make_cast())

    with pytest.raises(Incomplete) as refused:
        case.publish(correction=True)
    assert tuple(refused.value.missing) == ("correction_note",)
    case.publish(correction=True, note="Se corrige el municipio.")
    assert PublicChange.objects.get().note == "Se corrige el municipio."
