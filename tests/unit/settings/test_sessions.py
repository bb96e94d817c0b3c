"""Cookies of production, and whose word about an address is believed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings import env
from tests.unit.settings.test_environment import ROOT, SOUND

COOKIES = (
    "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY "
    "CSRF_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE CSRF_COOKIE_SAMESITE"
)


def told(home: Path, names: str) -> list[str]:
    """Settings of production by name, as a process of its own has them."""
    command = f"from django.conf import settings as s; print(*(getattr(s, n) for n in '{names}'.split()))"
    given = {
        "PATH": os.environ["PATH"], "CUSTODIA_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "cms.settings.production", **SOUND,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, env=given, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.criterion(29)
def test_production_cookies_are_of_this_host_alone_and_out_of_reach(tmp_path: Path) -> None:
    assert told(tmp_path, COOKIES) == ["__Host-custodia", "__Host-custodia-csrf", *["True"] * 4, "Lax", "Lax"]


@pytest.mark.criterion(29)
def test_a_host_cookie_names_no_domain_and_the_whole_path(tmp_path: Path) -> None:
    """Browsers refuse a `__Host-` cookie otherwise."""
    names = "SESSION_COOKIE_DOMAIN SESSION_COOKIE_PATH CSRF_COOKIE_DOMAIN CSRF_COOKIE_PATH"
    assert told(tmp_path, names) == ["None", "/", "None", "/"]


def test_proxies_are_named_and_never_everybody() -> None:
    held = env.Environment({"TRUSTED_PROXIES": "10.0.0.1, 192.168.0.0/24"})
    assert held.read("TRUSTED_PROXIES", env.proxies, []) == ["10.0.0.1", "192.168.0.0/24"]
    for wrong in ("*", "0.0.0.0/0", "::/0", "proxy.interno", ","):
        held = env.Environment({"TRUSTED_PROXIES": wrong})
        held.read("TRUSTED_PROXIES", env.proxies, [])
        with pytest.raises(ImproperlyConfigured):
            held.finish()
