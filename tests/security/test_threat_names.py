"""Any name at all, and any content that is kept, through the door by which the original leaves (criteria 18, 19)."""

from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from records.parsing import formats, names
from tests import factories
from tests.people import make_cast
from tests.security.threats.disguises import DISGUISED
from tests.security.threats.office import OFFICE

_numbers = itertools.count(1)
#: Our own reference and an extension of our own table; nothing of the name received.
SERVED = re.compile(r'attachment; filename="[0-9A-Za-z-]+(\.[a-z]{2,8})"')
OURS = {extension for row in formats.ACCEPTED for extension in row.extensions} | {".bin"}
#: What ends a line, hides, or turns what follows it.
TURNING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
WALLS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
DEVICES = [f"{device}{end}" for device in ("CON", "nul", "COM1", "LPT9", "aux") for end in ("", ".txt", ".", " ")]
HOSTILE = st.sampled_from(
    ["\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\r\n", "../", "..\\", '"', "'", ";", "\\", "%00", "\x85", "é",
     "e\u0301", ".exe", ".pdf", ". . ", "Set-Cookie: a=1", "=cmd|' /C calc'!A0", "<script>", "\ud800", "C:", *DEVICES]
)  # fmt: skip
NAMES = st.lists(HOSTILE | st.text(st.characters(exclude_categories=()), max_size=20), max_size=12).map("".join)


@given(NAMES)
@example("a" * 300 + ".pdf")
@example("ñ" * 200 + ".pdf")
@pytest.mark.criterion(19)
@settings(max_examples=400, deadline=None)
def test_any_name_is_shown_in_its_real_order_and_kept_under_a_safe_extension(received):
    shown = names.safe_display_name(received)
    assert not TURNING.search(shown)
    assert not set(shown) & {"/", "\\"}
    assert shown == shown.rstrip(" .").lstrip() != ""
    assert len(shown) <= names.MAX_DISPLAY
    assert unicodedata.is_normalized("NFC", shown)
    shown.encode()
    assert names.extension_of(received) in ("", *[names.extension_of(shown)]), "what is shown ends as the name does"
    for media_type in (*formats.BY_MEDIA_TYPE, "text/html", "no/tal"):
        assert names.storage_extension(received, media_type) in OURS


@pytest.mark.criterion(19)
@pytest.mark.parametrize("device", DEVICES)
def test_a_device_of_another_system_is_a_name_like_any(device):
    assert names.name_flags(device) == ()
    assert names.extension_of(device) in ("", ".txt")


@pytest.mark.criterion(19)
def test_twins_composed_and_decomposed_are_shown_alike_and_told_apart():
    composed, decomposed = "régimen.pdf", "re\u0301gimen.pdf"
    assert names.safe_display_name(composed) == names.safe_display_name(decomposed)
    assert names.name_flags(composed) == ()
    assert names.name_flags(decomposed) == ("name_not_nfc",)


@pytest.fixture
def door(db):
    """Who files, where, and a browser that is his."""
    cast = make_cast()
    client = Client()
    client.force_login(cast["archivista"])
    return cast["archivista"], factories.make_expediente(cast["archivista"]), client


def leaving(client, piece):
    answer = client.get(f"/custodia/documentos/{piece.pk}/original")
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


def check_walls(answer):
    for name, value in answer.items():
        assert value.isascii(), (name, value)
        assert value.isprintable(), (name, value)
    assert {name: answer[name] for name in WALLS} == WALLS
    found = SERVED.fullmatch(answer["Content-Disposition"])
    assert found, answer["Content-Disposition"]
    assert found[1] in OURS


@pytest.mark.criterion(19)
@given(name=NAMES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_name_reaches_a_header(door, name):
    actor, expediente, client = door
    content = f"Anexo {next(_numbers)}\n".encode()
    piece = factories.file_piece(actor, expediente, content, name + ".txt")
    answer, body = leaving(client, piece)
    check_walls(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="{piece.radicado}.txt"'
    assert body == content


KEPT = {
    what: (name, build)
    for what, (name, build, expected) in {**DISGUISED, **OFFICE}.items()
    if not expected.refusals and what not in ("zip bomb", "zip bomb without nesting", "elements 100,000 deep")
}


@pytest.mark.requirement("K6")
@pytest.mark.criterion(18)
@pytest.mark.parametrize("what", KEPT)
def test_what_is_kept_leaves_as_it_came_and_only_as_a_file(door, what):
    actor, expediente, client = door
    name, build = KEPT[what]
    data = build()
    answer, body = leaving(client, factories.file_piece(actor, expediente, data, name))
    check_walls(answer)
    assert body == data
    assert answer["Content-Type"].partition(";")[0] in {*formats.BY_MEDIA_TYPE, formats.UNKNOWN}
