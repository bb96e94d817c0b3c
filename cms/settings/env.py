"""Strict readers of the environment: every missing or malformed variable is named at once."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
ROLES = ("public", "editor", "desk", "worker", "all")
ABSENT = object()


class Environment:
    """Reads variables, remembers what is wrong with each, and refuses them all in one sentence.

    Usage: read everything, then call `finish()`, which raises `ImproperlyConfigured`
    naming each faulty variable. A faulty read returns its default (or "") meanwhile.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self.variables = os.environ if variables is None else variables
        self.faults: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], default: Any = ABSENT) -> T:
        raw = self.variables.get(name, "").strip()
        if not raw:
            return cast(T, self._absent(name, default))
        try:
            return parse(raw)
        except ValueError as fault:
            self.faults.append(f"{name}: {fault}")
            return cast(T, stand_in(default))

    def _absent(self, name: str, default: Any) -> Any:
        if default is ABSENT:
            self.faults.append(f"{name}: falta")
        return stand_in(default)

    def forbid(self, name: str, reason: str) -> None:
        """A variable of another profile: naming it here is a mistake somebody should hear of."""
        if self.variables.get(name, "").strip():
            self.faults.append(f"{name}: {reason}")

    def needs(self, name: str, *others: str) -> None:
        """Variables without which this one means nothing; without it they mean nothing either."""
        if self.variables.get(name, "").strip():
            self.faults += [
                f"{other}: falta, y {name} la necesita" for other in others if not self.variables.get(other)
            ]

    def together(self, *names: str) -> None:
        """Variables that mean nothing one without the other."""
        absent = [name for name in names if not self.variables.get(name, "").strip()]
        if len(absent) < len(names):
            self.faults += [f"{name}: falta, y hay otras que la necesitan" for name in absent]

    def finish(self) -> None:
        if self.faults:
            listed = "; ".join(dict.fromkeys(self.faults))
            raise ImproperlyConfigured(f"Configuración incompleta o mal escrita: {listed}")


def stand_in(default: Any) -> Any:
    """What a faulty read answers until `finish` refuses."""
    return "" if default is ABSENT else default


def text(raw: str) -> str:
    return raw


def path(raw: str) -> Path:
    return Path(raw).expanduser().absolute()


#: What the cell takes of trusted certificates, in bytes: about eighty of them.
MOST_CERTIFICATES = 120 * 1024


def certificates(raw: str) -> Path:
    """A file of PEM certificates."""
    file = path(raw)
    try:
        text = file.read_bytes()
    except OSError as fault:
        raise ValueError("debe ser un archivo que se pueda leer") from fault
    if b"-----BEGIN CERTIFICATE-----" not in text or not text.isascii() or len(text) > MOST_CERTIFICATES:
        raise ValueError("debe ser un archivo PEM de certificados, de 120 KiB como máximo")
    return file


def site(raw: str) -> str:
    """The address under which people meet the desk, as links in mails begin; without a path."""
    if not re.fullmatch(r"https://[A-Za-z0-9.\-]+(:[0-9]{1,5})?/?", raw):
        raise ValueError("debe ser una dirección https:// sin ruta")
    return raw.rstrip("/")


def mail_address(raw: str) -> str:
    """One bare address: it becomes a header of every mail."""
    if not re.fullmatch(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?", raw):
        raise ValueError("debe ser una sola dirección de correo")
    return raw


MAIL_SECURITY = ("starttls", "tls", "none")


def mail_security(raw: str) -> str:
    if raw not in MAIL_SECURITY:
        raise ValueError("debe ser uno de: " + ", ".join(MAIL_SECURITY))
    return raw


def mail_host(raw: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?|\[?[0-9a-fA-F:]+\]?", raw):
        raise ValueError("debe ser el nombre o la dirección de un servidor de correo")
    return raw.strip("[]")


def port(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit()) or not 1 <= int(raw) <= 65535:
        raise ValueError("debe ser un puerto entre 1 y 65535")
    return int(raw)


def role(raw: str) -> str:
    if raw not in ROLES:
        raise ValueError("debe ser uno de: " + ", ".join(ROLES))
    return raw


def secret(raw: str) -> str:
    if len(raw) < 40 or len(set(raw)) < 10:
        raise ValueError("debe tener al menos 40 caracteres y ser aleatorio")
    return raw


def hosts(raw: str) -> list[str]:
    names = [name.strip() for name in raw.split(",") if name.strip()]
    if not names or any(not re.fullmatch(r"\.?[A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\]", name) for name in names):
        raise ValueError("debe ser una lista de nombres separados por comas, sin comodines")
    return names


def proxies(raw: str) -> list[str]:
    """Addresses, or networks, of the proxies in front; never all of them, or anybody could say who she is."""
    names = [name.strip() for name in raw.split(",") if name.strip()]
    try:
        networks = [ipaddress.ip_network(name) for name in names]
    except ValueError as fault:
        raise ValueError("debe ser una lista de direcciones o redes separadas por comas") from fault
    if not networks or any(network.prefixlen == 0 for network in networks):
        raise ValueError("debe nombrar direcciones o redes, no todas")
    return names


SCANNER = re.compile(r"none|unix:/[^\x00-\x1f]{1,106}|tcp:(127\.0\.0\.1|\[::1\]|localhost):[0-9]{1,5}")


def scanner(raw: str) -> str:
    """Where the malware scanner listens, on this machine alone: bytes of custody leave it for nobody."""
    if not SCANNER.fullmatch(raw):
        raise ValueError("debe ser unix:/ruta/del/socket, tcp:127.0.0.1:puerto o none")
    return raw


AUTHORITY = re.compile(r"https://[^\s/@]+(/\S*)?|http://(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]{1,5})?(/\S*)?")


def authority(raw: str) -> str:
    """Where an RFC 3161 time-stamping authority answers: what is asked of it travels protected."""
    if not AUTHORITY.fullmatch(raw):
        raise ValueError("debe ser una dirección https://, o http:// de esta misma máquina")
    return raw


ENGINES: Mapping[str, str] = {
    "sqlite": "django.db.backends.sqlite3",
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
}


def database(raw: str) -> dict[str, Any]:
    """`sqlite:///path` or `postgresql://user:password@host:port/name?sslmode=…` → a DATABASES entry."""
    parts = urlsplit(raw)
    if parts.scheme not in ENGINES:
        raise ValueError("debe empezar por sqlite:/// o postgresql://")
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path[1:])))
    if not parts.path.strip("/") or not parts.username:
        raise ValueError("debe indicar usuario y base de datos")
    return {
        "ENGINE": ENGINES[parts.scheme],
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


#: What the embedded profile demands of every connection (D15); the start-up check compares with this.
SQLITE_PRAGMAS: Sequence[tuple[str, str]] = (
    ("journal_mode", "WAL"),
    ("synchronous", "FULL"),
    ("recursive_triggers", "ON"),
    ("foreign_keys", "ON"),
)


def sqlite(file: Path) -> dict[str, Any]:
    pragmas = "".join(f"PRAGMA {name}={value};" for name, value in SQLITE_PRAGMAS)
    return {
        "ENGINE": ENGINES["sqlite"],
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"init_command": pragmas, "transaction_mode": "IMMEDIATE", "timeout": 20},
    }
