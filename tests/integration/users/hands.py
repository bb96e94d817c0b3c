"""Entering as a browser does: the form, the code of an application, the answers."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from tests.ground import PASSWORD

ENTER, FACTOR, SECURITY = "/cuenta/entrar/", "/cuenta/entrar/factor/", "/cuenta/seguridad/"


def enter(client: Client, login: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(ENTER, {"username": login, "password": password}, **extra)


def give_codes(person: Any) -> str:
    """An application of codes for this person; its secret."""
    secret = generate_totp_secret()
    data = {"secret": get_adapter().encrypt(secret)}
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)
    return secret


def code_of(secret: str, step: int = 0) -> str:
    """What the application shows now, or so many steps of thirty seconds away."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def is_in(client: Client) -> bool:
    return client.get("/cuenta/").status_code == 200


def shown(page: Any) -> bytes:
    """The page without the value of its token and without what was typed for the login."""
    import re

    text = re.sub(rb'(name="csrfmiddlewaretoken" value=")[^"]+', rb"\1", page.content)
    return re.sub(rb'(name="username" value=")[^"]*', rb"\1", text)
