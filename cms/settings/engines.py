"""SEARCH: which engine serves, and which others `search_index --engine NAME` may build beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cms.settings import env

NAMES = ("embedded", "elastic")

#: What travels holds texts of custody: protected, or inside this machine.
ADDRESS = re.compile(
    r"https://(?:[A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?/?"
    r"|http://(?:127\.0\.0\.1|\[::1\]|localhost)(?::[0-9]{1,5})?/?"
)
PREFIX = re.compile(r"[a-z0-9][a-z0-9_]{0,30}")


def engine(raw: str) -> str:
    if raw not in NAMES:
        raise ValueError("debe ser uno de: " + ", ".join(NAMES))
    return raw


def addresses(raw: str) -> list[str]:
    """Nodes of one cluster, parted by commas."""
    listed = [one.strip().rstrip("/") for one in raw.split(",") if one.strip()]
    if not listed or not all(ADDRESS.fullmatch(one) for one in listed):
        raise ValueError("debe ser una lista de direcciones https:// (o http:// de esta misma máquina), sin ruta")
    # The client takes no port for granted.
    return [one if re.search(r":[0-9]+$", one) else f"{one}:{443 if one.startswith('https') else 80}" for one in listed]


def prefix(raw: str) -> str:
    if not PREFIX.fullmatch(raw):
        raise ValueError("debe tener solo letras minúsculas sin tilde, números o guion bajo, 31 como máximo")
    return raw


def seconds(raw: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9])?", raw) or not 1 <= float(raw) <= 120:
        raise ValueError("debe ser un número de segundos entre 1 y 120")
    return float(raw)


def search(environment: env.Environment, home: Path) -> dict[str, Any]:
    """Without variables the embedded engine serves and there is no other. With ELASTIC_URL both are known, so that an
    installation moves by building the one while the other serves."""
    elastic = {
        "HOSTS": environment.read("ELASTIC_URL", addresses, []),
        "API_KEY": environment.read("ELASTIC_API_KEY", env.text, ""),
        "USER": environment.read("ELASTIC_USER", env.text, ""),
        "PASSWORD": environment.read("ELASTIC_PASSWORD", env.text, ""),
        "CA": str(environment.read("ELASTIC_CA", env.certificates, "")),
        "PREFIX": environment.read("ELASTIC_PREFIX", prefix, "custodia"),
        "MARK": environment.read("ELASTIC_MARK", env.secret, ""),
        "TIMEOUT": environment.read("ELASTIC_TIMEOUT", seconds, 10.0),
    }
    environment.together("ELASTIC_USER", "ELASTIC_PASSWORD")
    chosen = environment.read("CUSTODIA_SEARCH_ENGINE", engine, "embedded")
    if chosen == "elastic" and not elastic["HOSTS"]:
        environment.faults.append("ELASTIC_URL: falta, y CUSTODIA_SEARCH_ENGINE la necesita")
    known = {
        "embedded": {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": home / "index"}},
        "elastic": {
            "BACKEND": "search.engines.elastic.ElasticEngine",
            "OPTIONS": {name.lower(): value for name, value in elastic.items()},
        },
    }
    others = [name for name in NAMES if name != chosen and (name == "embedded" or elastic["HOSTS"])]
    return {"ENGINE": known[chosen], "ENGINES": {name: known[name] for name in others}, "ELASTIC": elastic}
