"""Browsers by the names their people know."""

from __future__ import annotations

import pytest

from cms.users.browsers import browser_told

LIKE = "Mozilla/5.0 ({0}) AppleWebKit/537.36 (KHTML, like Gecko) {1}"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (LIKE.format("Windows NT 10.0; Win64; x64", "Chrome/140.0 Safari/537.36 Edg/140.0"), "Edge en Windows"),
        (LIKE.format("X11; Linux x86_64", "Chrome/140.0 Safari/537.36"), "Chrome en Linux"),
        (LIKE.format("Linux; Android 15", "Chrome/140.0 Mobile Safari/537.36"), "Chrome en Android"),
        (LIKE.format("iPhone; CPU iPhone OS 18_0 like Mac OS X", "Version/18.0 Safari/604.1"), "Safari en iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox en Mac"),
        ("curl/8", "Otro navegador"),
        ("", "Otro navegador"),
    ],
)
def test_what_a_browser_says_is_told_in_two_words(agent: str, told: str) -> None:
    assert browser_told(agent) == told
