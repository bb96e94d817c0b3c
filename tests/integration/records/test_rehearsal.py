"""A rehearsal tells what an act would change, changes nothing, and is right; and what is told of somebody else."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records import clock, permissions
from records.errors import AccessDenied, Incomplete, NotFound, RecordsError
from records.explain_others import explain_for, what_could, who_could
from records.models import Document, Expediente, Grant, LedgerEvent, Recusal
from records.services import access, classification, recusals, rehearsal, requests, roles
from records.services.rehearsal import Forecast
from records.vocabulary import Level, Role
from tests import factories
from tests.security.conftest import undone

PACKAGE = uuid.UUID("c0ffee00-0000-4000-8000-000000000002")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture
def pieces(cast: dict[str, Any], expediente: Expediente) -> dict[str, Document]:
    """One of each level; the public and the restricted one came in one package."""
    batch = {Level.PUBLIC: PACKAGE, Level.RESTRICTED: PACKAGE}
    return {
        level: factories.insert_piece(cast["archivista"], expediente, level, batch=batch.get(level))
        for level in Level.values
    }


def reading(cast: dict[str, Any]) -> dict[str, set[Any]]:
    """Who reads what, asked piece by piece of the one decision."""
    listed = list(Document.objects.select_related("expediente"))
    people = type(cast["ajeno"]).objects.all()
    return {
        person.username: {piece.pk for piece in listed if permissions.allows(person, "view", piece)}
        for person in people
    }


def differences(before: dict[str, set[Any]], after: dict[str, set[Any]]) -> tuple[set[str], set[Any]]:
    """(people, pieces) that gained."""
    fresh = {login: after[login] - before[login] for login in after}
    return {login for login, keys in fresh.items() if keys}, set().union(*fresh.values())


def holds(cast: dict[str, Any], forecast: Forecast, act: Callable[[], object], *, keeper: bool = True) -> None:
    """The forecast of an act is what the act then does, from the day on which it begins to rule; who is no keeper
    of the pieces is told how many people, and not who."""
    with rehearsal.on_day(forecast.when):
        before = reading(cast)
    act()
    with rehearsal.on_day(forecast.when):
        after = reading(cast)
    for side, (people, keys) in (
        (forecast.gained, differences(before, after)),
        (forecast.lost, differences(after, before)),
    ):
        assert (side.people, side.documents) == (len(people), len(keys))
        assert {person.username for person in side.named} == (people if keeper else set())
        reserved = set(Document.objects.filter(pk__in=keys, level=Level.RESERVED).values_list("pk", flat=True))
        assert {piece.pk for piece in side.reserved} <= reserved


@pytest.mark.beyond(2)
def test_a_rehearsed_grant_tells_its_effect_and_leaves_no_trace(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document]
) -> None:
    terms = {"until": factories.FAR, "reason": "Caso 117"}
    events = LedgerEvent.objects.count()
    told = rehearsal.rehearse_grant(
        actor=cast["custodia"], target=pieces[Level.RESERVED], person=cast["revisora"], office=None, **terms
    )
    assert (told.gained.people, told.gained.documents, told.lost.people) == (1, 1, 0)
    assert told.gained.reserved == (pieces[Level.RESERVED],)
    assert (Grant.objects.count(), LedgerEvent.objects.count()) == (0, events)
    assert not permissions.allows(cast["revisora"], "view", pieces[Level.RESERVED])
    with pytest.raises(Incomplete):
        rehearsal.rehearse_grant(
            actor=cast["custodia"], target=expediente, person=cast["revisora"], office=None, until=None, reason=""
        )


@pytest.mark.beyond(2)
def test_a_rehearsed_level_names_who_would_read_no_more(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    piece = pieces[Level.RESTRICTED]
    told = rehearsal.rehearse_level(
        actor=cast["custodia"], document=piece, level=Level.RESERVED, grounds=factories.grounds_for(Level.RESERVED)
    )
    assert {person.username for person in told.lost.named} == {"archivista", "jefatura", "secretaria.general"}
    assert told.gained.people == 0
    piece.refresh_from_db()
    assert piece.level == Level.RESTRICTED


@pytest.mark.beyond(2)
def test_no_figure_counts_what_whoever_rehearses_may_not_know(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document]
) -> None:
    """Who manages people gives a role and is told of no piece; the reserved ones of others are in no figure."""
    told = rehearsal.rehearse_role(
        asker=cast["administracion"], person=cast["ajeno"], role=Role.CONTRACTS_GROUP, given=True
    )
    assert told.nothing
    whole = rehearsal.rehearse_role(asker=None, person=cast["ajeno"], role=Role.CONTRACTS_GROUP, given=True)
    assert (whole.gained.people, whole.gained.documents) == (1, 2)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.sampled_from(Level.values), st.sampled_from(["ajeno", "revisora", "proveedor"])),
        st.tuples(st.just("office"), st.sampled_from([Role.REVIEWER, Role.SUPPLIER, Role.LIAISON]), st.just("")),
        st.tuples(st.just("role"), st.sampled_from(Role.values), st.sampled_from(["ajeno", "revisora", "jefatura"])),
        st.tuples(st.just("no role"), st.sampled_from(Role.values), st.sampled_from(["archivista", "jefatura"])),
        st.tuples(st.just("level"), st.sampled_from(Level.values), st.sampled_from(["restricted", "reserved"])),
        st.tuples(st.just("withdraw"), st.just(""), st.just("")),
        st.tuples(st.just("recuse"), st.sampled_from(Level.values), st.sampled_from(["jefatura", "archivista"])),
        st.tuples(st.just("recuse all"), st.sampled_from(["", "later"]), st.sampled_from(["jefatura", "revisora"])),
        st.tuples(st.just("end recusal"), st.just(""), st.just("")),
        st.tuples(st.just("package"), st.sampled_from(["", "later"]), st.sampled_from(["ajeno", "revisora"])),
        st.tuples(st.just("renew"), st.just(""), st.just("")),
        st.tuples(st.just("request"), st.sampled_from(Level.values), st.sampled_from(["ajeno", "revisora"])),
        st.tuples(st.just("decide"), st.sampled_from(Level.values), st.sampled_from(["public", "reserved"])),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.beyond(2)
@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_is_rehearsed_then_happens(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document], steps: list[tuple[str, str, str]]
) -> None:
    with undone():
        for kind, what, who in steps:
            prepared = PREPARE[kind](cast, expediente, pieces, what, who)
            if prepared is not None:
                holds(cast, *prepared, keeper=kind != "decide")


Prepared = tuple[Forecast, Callable[[], object]] | None
TERMS: dict[str, Any] = {"until": factories.FAR, "reason": "Caso 117"}


def prepare_grant(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    target = Document.objects.get(pk=pieces[what].pk)
    given = {"actor": cast["custodia"], "target": target, "person": cast[who], "office": None, **TERMS}
    if not cast[who].is_active or permissions.roles_of(cast[who]) & permissions.NO_CUSTODY:
        return None
    return rehearsal.rehearse_grant(**given), lambda: access.grant_access(**given)


def prepare_office(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    office = Group.objects.get_or_create(name=what)[0]
    given = {"actor": cast["custodia"], "target": expediente, "person": None, "office": office, **TERMS}
    return rehearsal.rehearse_grant(**given), lambda: access.grant_access(**given)


def prepare_role(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    told = rehearsal.rehearse_role(asker=None, person=cast[who], role=what, given=True)
    return told, lambda: roles.assign_role(actor=None, person=cast[who], role=what, act="Resolución 3")


def prepare_end(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    if what not in permissions.roles_of(cast[who]):
        return None
    told = rehearsal.rehearse_role(asker=None, person=cast[who], role=what, given=False)
    return told, lambda: roles.end_role(actor=None, person=cast[who], role=what, act="Resolución 4")


def prepare_level(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    document = Document.objects.select_related("expediente").get(pk=pieces[what].pk)
    given: dict[str, Any] = {"document": document, "level": who, "grounds": factories.grounds_for(who)}
    if document.level == who or document.classification_acts.filter(state="proposed").exists():
        return None
    told = rehearsal.rehearse_level(actor=cast["custodia"], **given)
    return told, lambda: rehearsal.bring_in_force(cast["custodia"], **given)


def prepare_withdrawal(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    grant = Grant.objects.filter(withdrawal=None).first()
    if grant is None:
        return None
    told = rehearsal.rehearse_withdrawal(actor=cast["custodia"], grant=grant)
    return told, lambda: access.revoke_grant(actor=cast["custodia"], grant=grant)


def prepare_recusal(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    given = {"actor": None, "person": cast[who], "subject": pieces[what], "act": "Acta 1"}
    told = rehearsal.rehearse(
        lambda: recusals.recuse(**given), asker=None, people=[cast[who]], pieces=Document.objects.all()
    )
    return told, lambda: recusals.recuse(**given)


def days(what: str) -> dict[str, Any]:
    """From the day after tomorrow, or at once."""
    return {"starts_on": clock.today() + 2 * DAY} if what else {}


def prepare_whole_recusal(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    given = {"actor": cast["custodia"], "person": cast[who], "subject": expediente, "act": "Acta 1", **days(what)}
    return rehearsal.rehearse_recusal(**given), lambda: recusals.recuse(**given)


def prepare_recusal_end(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    recusal = Recusal.objects.filter(end=None).first()
    if recusal is None:
        return None
    given = {"actor": cast["custodia"], "recusal": recusal, "act": "Acta 2"}
    return rehearsal.rehearse_recusal_end(**given), lambda: recusals.end_recusal(**given)


def prepare_package(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    package = access.get_package_for(cast["custodia"], PACKAGE)
    strict = Document.objects.filter(batch=PACKAGE).exclude(level__in=permissions.NOT_RESERVED).exists()
    if strict or permissions.roles_of(cast[who]) & permissions.NO_CUSTODY:
        return None
    if what and Grant.objects.filter(package=package.pk, person=cast[who], withdrawal=None).exists():
        return None  # one that stands is renewed at once, never later
    given = {"actor": cast["custodia"], "target": package, "person": cast[who], "office": None, **TERMS, **days(what)}
    return rehearsal.rehearse_grant(**given), lambda: access.grant_access(**given)


def prepare_renewal(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    grant = Grant.objects.filter(withdrawal=None).first()
    if grant is None:
        return None
    try:
        told = rehearsal.rehearse_renewal(actor=cast["custodia"], grant=grant, **TERMS)
    except RecordsError as refusal:
        with pytest.raises(type(refusal)):
            access.renew_grant(actor=cast["custodia"], grant=grant, **TERMS)
        return None
    return told, lambda: access.renew_grant(actor=cast["custodia"], grant=grant, **TERMS)


def prepare_request(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    if permissions.roles_of(cast[who]) & permissions.NO_CUSTODY:
        return None
    asked = requests.ask_access(actor=cast[who], reference=pieces[what].radicado, purpose="Caso 117")
    given = {"actor": cast["custodia"], "request": asked, "until": factories.FAR, "reason": ""}
    return rehearsal.rehearse_request(**given), lambda: requests.grant_request(**given)


def prepare_decision(cast: Any, expediente: Any, pieces: Any, what: str, who: str) -> Prepared:
    """A proposal that waits, told to the head of contracts before she approves it."""
    document = Document.objects.select_related("expediente").get(pk=pieces[what].pk)
    head = cast["jefatura"]
    if document.level == who or document.classification_acts.filter(state="proposed").exists():
        return None
    act = classification.propose_level(
        actor=cast["custodia"], document=document, level=who, grounds=factories.grounds_for(who)
    )
    if act.state != "proposed" or not permissions.allows(head, "approve_level", document):
        return None
    return rehearsal.rehearse_decision(actor=head, act=act), lambda: classification.approve_act(actor=head, act=act)


PREPARE: dict[str, Callable[..., Prepared]] = {
    "recuse all": prepare_whole_recusal,
    "end recusal": prepare_recusal_end,
    "package": prepare_package,
    "renew": prepare_renewal,
    "request": prepare_request,
    "decide": prepare_decision,
    "grant": prepare_grant,
    "office": prepare_office,
    "role": prepare_role,
    "no role": prepare_end,
    "level": prepare_level,
    "withdraw": prepare_withdrawal,
    "recuse": prepare_recusal,
}


# Told to who manages people -----------------------------------------------------------------------------------


def standing_of(person: Any) -> set[tuple[str, Any]]:
    """The grounds that the page of a person tells to who manages people, but those of what waits today."""
    told = what_could(CASTED["administracion"], person).because
    return {(one.sentence, one.act) for one in told if one.rule not in ("filer", "pending_approval")}


CASTED: dict[str, Any] = {}


@pytest.mark.beyond(2)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.sampled_from(Role.values), st.sampled_from(["ajeno", "revisora", "jefatura"])),
        min_size=1,
        max_size=4,
    )
)
def test_what_a_role_is_said_to_change_is_what_it_changes(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document], steps: list[tuple[bool, str, str]]
) -> None:
    CASTED.update(cast)
    with undone():
        office = Group.objects.get_or_create(name=Role.REVIEWER)[0]
        access.grant_access(actor=cast["custodia"], target=expediente, office=office, **TERMS)
        for given_, role, login in steps:
            person = cast[login]
            act = partial(roles.assign_role, second=cast["secretaria.general"]) if given_ else roles.end_role
            if not given_ and role not in permissions.roles_of(person):
                continue
            told = rehearsal.rehearse_standing(
                actor=cast["administracion"], person=person, role=role, given=given_, act="Resolución 3"
            )
            before = standing_of(person)
            act(actor=cast["administracion"], person=person, role=role, act="Resolución 3")
            after = standing_of(person)
            assert set(told.gained) == {sentence for sentence, _act in after - before}
            assert set(told.lost) == {sentence for sentence, _act in before - after}


@pytest.mark.beyond(2)
@pytest.mark.requirement("I8")
def test_a_role_is_rehearsed_without_a_number_of_what_lies_in_custody(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document]
) -> None:
    asked = {"actor": cast["administracion"], "person": cast["ajeno"], "given": True, "act": "Resolución 3"}
    told = rehearsal.rehearse_standing(role=Role.CONTRACTS_GROUP, **asked)
    assert (set(told.levels), told.lost) == ({Level.PUBLIC, Level.RESTRICTED, Level.UNCLASSIFIED}, ())
    events = LedgerEvent.objects.count()
    for level in (Level.RESERVED, Level.RESTRICTED, Level.UNCLASSIFIED):
        factories.insert_piece(cast["archivista"], expediente, level)
    assert rehearsal.rehearse_standing(role=Role.CONTRACTS_GROUP, **asked) == told
    assert LedgerEvent.objects.count() == events
    assert not permissions.roles_of(cast["ajeno"])
    with pytest.raises(AccessDenied):
        rehearsal.rehearse_standing(role=Role.REVIEWER, **{**asked, "actor": cast["custodia"]})


# Told of somebody else ----------------------------------------------------------------------------------------


@pytest.mark.beyond(1)
@pytest.mark.rule("A12")
def test_the_custodian_is_told_why_and_why_not_with_the_act(
    cast: dict[str, Any], expediente: Expediente, pieces: dict[str, Document]
) -> None:
    piece = pieces[Level.RESERVED]
    grant = access.grant_access(actor=cast["custodia"], target=piece, person=cast["revisora"], **TERMS)
    told = explain_for(cast["custodia"], cast["revisora"], piece)
    assert [(because.rule, because.act) for because in told.because] == [("grant_document", grant.pk)]
    recusal = recusals.recuse(actor=None, person=cast["revisora"], subject=expediente, act="Acta 8")
    shut = explain_for(cast["custodia"], cast["revisora"], piece)
    assert not shut.allowed["view"]
    assert [(because.rule, because.act) for because in shut.because] == [("recusal", recusal.pk)]
    assert "Acta 8" in shut.because[0].sentence
    assert [because.rule for because in explain_for(cast["custodia"], cast["archivista"], piece).because] == ["level"]
    for login in ("inactivo", "administracion", "editora"):
        assert explain_for(cast["custodia"], cast[login], piece).because[0].rule == "account"


@pytest.mark.beyond(1)
@pytest.mark.rule("A12")
def test_who_manages_people_is_told_the_ground_and_no_content(
    cast: dict[str, Any], pieces: dict[str, Document]
) -> None:
    piece = pieces[Level.RESERVED]
    grant = access.grant_access(actor=cast["custodia"], target=piece, person=cast["revisora"], **TERMS)
    told = explain_for(cast["administracion"], cast["revisora"], piece)
    assert (told.allowed["view"], told.because[0].act) == (True, grant.pk)
    whole = str([*told.because, *what_could(cast["administracion"], cast["revisora"]).because])
    for secret in (piece.title, piece.radicado, piece.expediente.code, "117", str(piece.pk)):
        assert secret not in whole
    absent = explain_for(cast["administracion"], cast["revisora"], None)
    assert explain_for(cast["administracion"], cast["ajeno"], piece) == absent
    assert what_could(cast["administracion"], cast["revisora"]).pieces == ()


@pytest.mark.beyond(1)
def test_nobody_else_is_told_of_others(cast: dict[str, Any], pieces: dict[str, Document]) -> None:
    piece = pieces[Level.RESERVED]
    for login, refusal in (("archivista", AccessDenied), ("ajeno", NotFound), ("revisora", NotFound)):
        with pytest.raises(refusal):
            explain_for(cast[login], cast["jefatura"], piece)
        with pytest.raises(refusal):
            who_could(cast[login], piece)
    with pytest.raises(AccessDenied):
        what_could(cast["ajeno"], cast["jefatura"])


@pytest.mark.rule("U4")
def test_both_ways_as_of_a_past_day(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.give_level(
        factories.insert_piece(cast["archivista"], expediente), Level.RESERVED, cast["custodia"], cast["jefatura"]
    )
    start = clock.now()
    with clock.at(start + HOUR):
        grant = access.grant_access(actor=cast["custodia"], target=piece, person=cast["revisora"], **TERMS)
    with clock.at(start + 3 * HOUR):
        access.revoke_grant(actor=cast["custodia"], grant=grant)
    with clock.at(start + 5 * HOUR):
        for hours, readers in ((0, {"custodia"}), (2, {"custodia", "revisora"}), (4, {"custodia"})):
            at = start + hours * HOUR
            assert {reader.person.username for reader in who_could(cast["custodia"], piece, at=at)} == readers
            seen = what_could(cast["custodia"], cast["revisora"], at=at).pieces
            assert bool(seen) is ("revisora" in readers)
        assert who_could(cast["custodia"], piece, at=start - 10_000 * HOUR) == []
    seen_herself = what_could(cast["revisora"], cast["revisora"], at=start + 2 * HOUR)
    assert "grant_document" in {because.rule for because in seen_herself.because}
