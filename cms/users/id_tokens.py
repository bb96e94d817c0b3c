"""ID tokens of an identity provider: signed by one of its keys, for us, now, and in answer to what this session asked.

Less is taken than the format allows: two algorithms, each with its own kind of key, so that neither "none" nor a secret
made of a public key can pass. The cryptography is the library's. Source: OpenID Connect Core 1.0, §3.1.3.7.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

#: Seconds that two clocks may differ, and that a token may have been made before it is shown.
SKEW, OLDEST = 60, 600
MOST_LETTERS, MOST_SUBJECT = 16_384, 255
LEAST_BITS = 2048


class Untrusted(Exception):
    """The token proves nothing; `code` says why, for the ledger and never for who showed it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Asked:
    """What a token must answer: who makes it, for whom, to which question, and the moment (seconds of the machine)."""

    issuer: str
    client: str
    nonce: str
    now: float


def subject_of(token: str, keys: list[Mapping[str, Any]], asked: Asked) -> str:
    """The `sub` of a token that holds. Raises Untrusted."""
    head, body, signature, signed = parts_of(token)
    check_signature(head, keys, signature, signed)
    check_claims(body, asked)
    return str(body["sub"])


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    pieces = token.split(".")
    if len(pieces) != 3 or len(token) > MOST_LETTERS:
        raise Untrusted("form")
    try:
        head, body = (json.loads(decoded(piece)) for piece in pieces[:2])
        signature = decoded(pieces[2])
    except (ValueError, binascii.Error) as fault:
        raise Untrusted("form") from fault
    if not isinstance(head, dict) or not isinstance(body, dict):
        raise Untrusted("form")
    return head, body, signature, ".".join(pieces[:2]).encode()


def decoded(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


# The signature ------------------------------------------------------------------------------------------------


def check_signature(head: Mapping[str, Any], keys: list[Mapping[str, Any]], signature: bytes, signed: bytes) -> None:
    kind = ALGORITHMS.get(str(head.get("alg")))
    if kind is None or "crit" in head:
        raise Untrusted("algorithm")
    named, verify = kind
    fitting = [key for key in keys if key.get("kty") == named and key.get("use", "sig") == "sig"]
    if "kid" in head:
        fitting = [key for key in fitting if key.get("kid") == head["kid"]]
    if len(fitting) != 1:
        raise Untrusted("key")
    try:
        verify(fitting[0], signature, signed)
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Untrusted("signature") from fault


def number(text: str) -> int:
    return int.from_bytes(decoded(text), "big")


def by_rsa(key: Mapping[str, Any], signature: bytes, signed: bytes) -> None:
    public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
    if public.key_size < LEAST_BITS:
        raise ValueError("short")
    public.verify(signature, signed, padding.PKCS1v15(), SHA256())


def by_curve(key: Mapping[str, Any], signature: bytes, signed: bytes) -> None:
    if key["crv"] != "P-256" or len(signature) != 64:
        raise ValueError("curve")
    public = ec.EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), ec.SECP256R1()).public_key()
    halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    public.verify(encode_dss_signature(*halves), signed, ec.ECDSA(SHA256()))


Verify = Callable[[Mapping[str, Any], bytes, bytes], None]
#: Algorithm → the kind of key that it takes, and how it is proved.
ALGORITHMS: Mapping[str, tuple[str, Verify]] = {"RS256": ("RSA", by_rsa), "ES256": ("EC", by_curve)}


# The claims ---------------------------------------------------------------------------------------------------


def check_claims(body: Mapping[str, Any], asked: Asked) -> None:
    subject = body.get("sub")
    rows = (
        ("issuer", body.get("iss") == asked.issuer),
        ("audience", is_for(body, asked.client)),
        ("expired", moment(body, "exp") > asked.now - SKEW),
        ("made", asked.now - OLDEST <= moment(body, "iat") <= asked.now + SKEW),
        ("early", "nbf" not in body or moment(body, "nbf") <= asked.now + SKEW),
        ("nonce", bool(asked.nonce) and body.get("nonce") == asked.nonce),
        ("subject", isinstance(subject, str) and 0 < len(subject) <= MOST_SUBJECT and "\x00" not in subject),
    )
    for code, holds in rows:
        if not holds:
            raise Untrusted(code)


def is_for(body: Mapping[str, Any], client: str) -> bool:
    """For us; where it is for others too, made at our request."""
    told = body.get("aud")
    named = told if isinstance(told, list) else [told]
    return client in named and (body.get("azp", client) == client) and (len(named) == 1 or "azp" in body)


def moment(body: Mapping[str, Any], name: str) -> float:
    """Seconds since 1970; one that is not a number is of no time that passes any test."""
    told = body.get(name)
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) else float("nan")
