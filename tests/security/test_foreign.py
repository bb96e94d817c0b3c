"""What no screen asks: other methods, parts and conditions, foreign ids, by everybody and by who holds every right of
Django's; and the whole of Wagtail's admin, address by address. No answer has a word of what its reader may not know
(D11, I12).

The addresses are those that the resolver gives, so that a new one is asked as well. `make test` asks each of some of
the cast, another of others; on PostgreSQL everybody asks everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test.utils import override_settings

from tests.people import ANONYMOUS
from tests.security import test_urls as urls
from tests.security.asking import Said, Visitor
from tests.security.conftest import undone
from tests.security.matrix import NOBODY, ROWS, Row, addresses, expected, path_of, people
from tests.security.shares import is_whole, rows_for
from tests.security.test_urls import UNKNOWN, Town, leaks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silence")]
silence = urls.quiet
ROOT = "raiz"
#: Who that is as far as custody goes: somebody of the desk with no business here.
AS_ROOT = "ajeno"
FOREIGN = ("PUT", "PATCH", "DELETE")
#: One's own upload in course is the one thing that is added to and thrown away by these methods.
TUS = "custodia/cargas/<uuid:key>/"
PARTS = (
    {"range": "bytes=0-3"},
    {"range": "bytes=-4", "if-range": '"x"'},
    {"if-none-match": "*"},
    {"if-match": "*", "if-unmodified-since": "Wed, 21 Oct 2015 07:28:00 GMT"},
    {"if-modified-since": "Wed, 21 Oct 2099 07:28:00 GMT"},
)
#: Wagtail's own that break whoever asks: one is there to, the other fails on a page whose children have no order.
BREAKS = ("/editor/failwhale/", "/editor/pages/1/set_position/")
#: In this many parts the cast asks in `make test`; each address then in one of the ways to ask for a part.
SHARES = 8


@pytest.fixture(scope="module")
def town(lasting_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town of `test_urls`, with somebody more: who enters desk and editor with every right that Django knows."""
    engine = {
        "BACKEND": "search.engines.embedded.EmbeddedEngine",
        "OPTIONS": {"path": tmp_path_factory.mktemp("index")},
    }
    with override_settings(SEARCH={"ENGINE": engine}):
        made = urls.built()
        root = get_user_model().objects.create_user(
            username=ROOT, password="x", full_name="Raíz", desk_access=True, is_staff=True
        )
        root.user_permissions.set(Permission.objects.all())
        made.house.cast[ROOT] = root
        yield made


def asked_by(login: str) -> Iterator[tuple[Row, str, dict[str, str]]]:
    """(address, method, headers) that this person asks: everything, or her share."""
    whole, place = is_whole(), people().index(login)
    for number, row in enumerate(ROWS):
        if whole or (number + place) % SHARES == 0:
            yield from ((row, method, {}) for method in FOREIGN)
            yield from ((row, "GET", part) for part in (PARTS if whole else [PARTS[number % len(PARTS)]]))


def keys_of(town: Town, row: Row, login: str) -> Iterator[tuple[Any, bool]]:
    """(id, is it hidden from her) of an object she sees, of one she does not, where the address speaks of one."""
    named = town.objects.get(row.about, {})
    for wanted in (True, False):
        first = next((key for name, key in named.items() if town.sees(login, row.about, name) is wanted), None)
        if first is not None:
            yield first, not wanted


@pytest.mark.requirement("I8")
@pytest.mark.criterion(1, 21)
@pytest.mark.parametrize("login", people())
def test_no_method_and_no_condition_tells_what_is_hidden(town: Town, login: str) -> None:
    visitor, wrong = Visitor(town.house, login), []
    for row, method, headers in asked_by(login):
        absent = visitor.ask(method, path_of(row, UNKNOWN), None, **headers)
        for key, hidden in [(UNKNOWN, False), *keys_of(town, row, login)]:
            said = absent if key == UNKNOWN else visitor.ask(method, path_of(row, key), None, **headers)
            asked = f"{method} {row.pattern} {headers}"
            wrong += [f"{asked}: {word}" for word in leaks(said, login, town)]
            wrong += faults(said, row, method, login)
            if hidden and said.without(key) != absent.without(UNKNOWN):
                wrong.append(f"{asked}: {said.unlike(absent)}")
    assert not wrong, "\n".join(wrong)


def faults(said: Said, row: Row, method: str, login: str) -> Iterator[str]:
    """Nothing breaks, and nothing is done by a method that no form of ours sends."""
    if said.status >= 500:
        yield f"{method} {row.pattern}: {said.status}"
    if method in FOREIGN and row.pattern.startswith("custodia/") and row.pattern != TUS:
        wanted = (302,) if login in NOBODY else (404, 405)
        if said.status not in wanted:
            yield f"{method} {row.pattern}: {said.status}"


@pytest.mark.requirement("I3", "P2")
@pytest.mark.criterion(5)
def test_every_right_of_django_s_gives_what_anybody_without_business_gets(town: Town) -> None:
    with undone(), pytest.raises(IntegrityError), transaction.atomic():  # and there is no superuser at all
        get_user_model().objects.filter(username=ROOT).update(is_superuser=True)
    visitor, wrong = Visitor(town.house, ROOT), []
    for row in rows_for(0):
        if not row.pattern.startswith("custodia/"):
            continue
        for name, key in town.objects.get(row.about, {"": UNKNOWN}).items():
            seen = not name or town.sees(AS_ROOT, row.about, name)
            for method in ("GET", "POST"):
                said = visitor.ask(method, path_of(row, key), row.form)
                if said.status != (wanted := expected(row, method, AS_ROOT, seen=seen)):
                    wrong.append(f"{method} {row.pattern} {name}: {said.status} instead of {wanted}")
                wrong += [f"{method} {row.pattern} {name}: {word}" for word in leaks(said, AS_ROOT, town)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.requirement("I12")
@pytest.mark.criterion(1)
@pytest.mark.parametrize("login", ["editora", ROOT])
def test_no_address_of_the_admin_knows_custody(town: Town, login: str) -> None:
    """Every address that Wagtail registers, lists and choosers among them, asked for a restricted title."""
    visitor, answered, wrong = Visitor(town.house, login), 0, []
    for path in sorted(admin_paths()):
        said = visitor.ask("GET", f"{path}?q=canariotitulobr&p=1")
        answered += said.status == 200
        silent = Said(said.status, said.head, said.body.replace(b"q=canariotitulobr", b""))
        wrong += [f"{path}: {word}" for word in told(silent, town)]
        wrong += [f"{path}: 500"] if said.status == 500 and path not in BREAKS else []
    assert answered > 20
    assert not wrong, "\n".join(wrong)


def told(said: Said, town: Town) -> Iterator[str]:
    """Canaries beyond the one that was asked for, which a field of search repeats."""
    return (word for word in leaks(said, ANONYMOUS, town) if word != "canariotitulobr")


def admin_paths() -> set[str]:
    """Every address under /editor/, its blanks filled with what would be there."""
    filled = {"int": "1", "str": "1", "slug": "page", "uuid": str(UNKNOWN), "path": "x"}
    found = (pattern for pattern in addresses("all") if pattern.startswith("editor/"))
    spelled = (re.sub(r"<(?:(\w+):)?\w+>", lambda blank: filled[blank[1] or "str"], pattern) for pattern in found)
    plain = (path.replace("^", "") for path in spelled)
    return {f"/{path}" for path in plain if not re.search(r"[$(*]", path) and "logout" not in path}
