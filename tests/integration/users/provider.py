"""An identity provider on loopback, over real HTTP: what it says, and how it lies when a test asks it to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "custodia", "un secreto: con signos & acentos á"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def told(value: dict[str, Any]) -> str:
    return b64(json.dumps(value).encode())


class Provider:
    """`who` is signed in there; `claims` and `head` change what its next tokens say; `key` is what signs them."""

    def __init__(self) -> None:
        self.key = self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.who = "sujeto-1"
        self.claims: dict[str, Any] = {}
        self.head: dict[str, Any] = {}
        self.said: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *_args: object) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/casa"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def get(self, seen: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(seen.path)
        self.asked.append(parts.path)
        if parts.path.endswith("/authorize"):
            return self.authorize(seen, {name: one[0] for name, one in parse_qs(parts.query).items()})
        if parts.path.endswith("/keys"):
            return self.answer(seen, {"keys": [self.jwk()]})
        places = {f"{name}_endpoint": f"{self.issuer}/{word}" for name, word in
                  (("authorization", "authorize"), ("token", "token"))}  # fmt: skip
        return self.answer(seen, {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **places, **self.said})

    def authorize(self, seen: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        seen.send_response(302)
        seen.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        seen.end_headers()

    def post(self, seen: BaseHTTPRequestHandler) -> None:
        form = {
            name: one[0]
            for name, one in parse_qs(seen.rfile.read(int(seen.headers["Content-Length"])).decode()).items()
        }
        asked = self.codes.pop(form["code"], None)
        proof = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        right = asked and form["client_secret"] == SECRET and asked["code_challenge"] == proof
        if not asked or not right or asked["redirect_uri"] != form["redirect_uri"]:
            return self.answer(seen, {"error": "invalid_grant"}, 400)
        return self.answer(seen, {"access_token": "x", "token_type": "Bearer", "id_token": self.token(asked["nonce"])})

    def answer(self, seen: BaseHTTPRequestHandler, document: dict[str, Any], status: int = 200) -> None:
        content = json.dumps(document).encode()
        seen.send_response(status)
        seen.send_header("Content-Length", str(len(content)))
        seen.end_headers()
        seen.wfile.write(content)

    def jwk(self) -> dict[str, str]:
        numbers = self.published.public_key().public_numbers()
        parts = {name: b64(one.to_bytes((one.bit_length() + 7) // 8, "big")) for name, one in
                 (("n", numbers.n), ("e", numbers.e))}  # fmt: skip
        return {"kty": "RSA", "use": "sig", "kid": "k1", **parts}

    def token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.who, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        head = {"alg": "RS256", "kid": "k1", **self.head}
        signed = f"{told(head)}.{told({**claims, **self.claims})}"
        if head["alg"] == "none":
            return f"{signed}."
        if head["alg"] == "HS256":  # the public key taken for a shared secret
            import hmac

            return f"{signed}.{b64(hmac.new(self.jwk()['n'].encode(), signed.encode(), 'sha256').digest())}"
        return f"{signed}.{b64(self.key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"
