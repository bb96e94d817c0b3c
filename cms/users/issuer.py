"""The identity provider of the installation (OIDC_ISSUER): what it says of itself, and the code it gave for a token."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings

from cms.users.id_tokens import Asked, Untrusted, subject_of

#: Seconds for each half of an answer, and its most bytes.
PATIENCE, MOST_BYTES, CHUNK = 5, 256 * 1024, 8 * 1024
#: Seconds for which what the issuer says of itself is believed: a stranger who asks again and again asks us alone.
BELIEVED = 300
KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Question:
    """What this browser was sent away with; it comes back once. All but `began` (seconds) are of one use."""

    state: str
    nonce: str
    verifier: str
    began: float

    @classmethod
    def new(cls) -> Question:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, time.time())


def is_offered() -> bool:
    return bool(settings.OIDC["ISSUER"])


def address_to_ask(question: Question, back: str) -> str:
    """Where the browser is sent. Raises Untrusted when the issuer does not answer as it should."""
    proof = base64.urlsafe_b64encode(hashlib.sha256(question.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "scope": "openid", "client_id": settings.OIDC["CLIENT_ID"], "redirect_uri": back,
        "state": question.state, "nonce": question.nonce, "code_challenge": proof, "code_challenge_method": "S256",
    }  # fmt: skip
    where = endpoint(described(), "authorization_endpoint")
    return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"


def subject_told(question: Question, code: str, back: str) -> str:
    """Who the issuer says is there: the `sub` of its token for this code. Raises Untrusted."""
    told = described()
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": question.verifier,
        "client_id": settings.OIDC["CLIENT_ID"], "client_secret": settings.OIDC["CLIENT_SECRET"],
    }  # fmt: skip
    answer = fetch("POST", endpoint(told, "token_endpoint"), data=form)
    keys = fetch("GET", endpoint(told, "jwks_uri")).get("keys")
    if not isinstance(keys, list) or not isinstance(answer.get("id_token"), str):
        raise Untrusted("answer")
    asked = Asked(settings.OIDC["ISSUER"], settings.OIDC["CLIENT_ID"], question.nonce, time.time())
    return subject_of(answer["id_token"], [key for key in keys if isinstance(key, dict)], asked)


def described() -> dict[str, Any]:
    """What the issuer says of itself, asked again every few minutes. Raises Untrusted, which is not kept."""
    return described_by(settings.OIDC["ISSUER"], int(time.time() // BELIEVED))


@lru_cache(maxsize=2)
def described_by(issuer: str, _window: int) -> dict[str, Any]:
    """Under its own name and no other."""
    told = fetch("GET", issuer.rstrip("/") + KNOWN)
    if told.get("issuer") != issuer:
        raise Untrusted("issuer")
    return told


def endpoint(told: dict[str, Any], name: str) -> str:
    """As protected as the issuer's own address: what is sent there is a secret."""
    where = str(told.get(name, ""))
    if urlsplit(where).scheme not in ("https", urlsplit(settings.OIDC["ISSUER"]).scheme) or not urlsplit(where).netloc:
        raise Untrusted("address")
    return where


def fetch(method: str, where: str, **options: Any) -> dict[str, Any]:
    """A document of JSON, from there and from nowhere it may point to."""
    try:
        with requests.request(
            method, where, timeout=PATIENCE, allow_redirects=False, stream=True,
            headers={"Accept": "application/json"}, **options,
        ) as answer:  # fmt: skip
            content = b"".join(islice(answer.iter_content(CHUNK), MOST_BYTES // CHUNK))
            told = json.loads(content) if answer.status_code == 200 else None
    except (requests.RequestException, ValueError) as fault:
        raise Untrusted("unreachable") from fault
    if not isinstance(told, dict):
        raise Untrusted("answer")
    return told
