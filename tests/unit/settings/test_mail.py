"""The variables of mail: whole or none, and nothing that a header or a link could carry further."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings import env

WHOLE = {"MAIL_HOST": "correo.example", "MAIL_FROM": "custodia@example.gov.co", "SITE_ADDRESS": "https://c.example/"}


def read(variables: dict[str, str]) -> env.Environment:
    environment = env.Environment(variables)
    environment.needs("MAIL_HOST", "MAIL_FROM", "SITE_ADDRESS")
    environment.together("MAIL_USER", "MAIL_PASSWORD")
    environment.finish()
    return environment


def test_whole_or_none() -> None:
    assert read({}).read("MAIL_HOST", env.mail_host, "") == ""
    assert read(WHOLE).read("SITE_ADDRESS", env.site) == "https://c.example"


@pytest.mark.parametrize("absent", ["MAIL_FROM", "SITE_ADDRESS"])
def test_half_of_it_is_refused_by_name(absent: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=absent):
        read({**WHOLE, absent: ""})


def test_a_user_without_a_password_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="MAIL_PASSWORD"):
        read({**WHOLE, "MAIL_USER": "custodia"})


@pytest.mark.parametrize(
    ("parse", "raw"),
    [
        (env.mail_address, "Custodia <custodia@example.org>"),
        (env.mail_address, "a@example.org\nBcc: b@example.org"),
        (env.mail_address, "a@example.org,b@example.org"),
        (env.site, "http://custodia.example"),
        (env.site, "https://custodia.example/otra"),
        (env.site, "https://a@custodia.example"),
        (env.mail_host, "correo.example\nX"),
        (env.mail_host, "smtp://correo.example"),
        (env.mail_security, "ssl"),
    ],
)
def test_what_is_malformed_is_refused(parse: Any, raw: str) -> None:
    with pytest.raises(ValueError, match="debe"):
        parse(raw)
