"""Which process searches with which rights, where the search is on servers, and whether a credential has no more.

What a process cannot read it cannot leak: the public ones get the index of what is published and no other (D5).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from django.conf import settings

from cms import custody_source
from cms.publication.search_source import PARTITION as PUBLISHED
from search import api as search

EVERY_PARTITION: Collection[str] = (*custody_source.PARTITIONS, PUBLISHED)
#: Who asks → the kind of credential. The operator's is nobody's process: it looks at the cluster and reads nothing.
KINDS: Mapping[str, str] = {
    "public": "reader",
    "editor": "reader",
    "desk": "searcher",
    "worker": "writer",
    "all": "writer",
    "operator": "watcher",
}


def partitions_of(role: str) -> Collection[str]:
    """What a process of that role may read."""
    return (PUBLISHED,) if KINDS[role] == "reader" else EVERY_PARTITION


def name_of(role: str) -> str:
    """How its keys are called."""
    return f"{search.credentials.prefix()}-{role}"


def too_wide(role: str, found: search.Reach) -> Iterator[str]:
    """Sentences about what a credential reaches beyond what a process of that role needs."""
    if not found.kept:
        yield "Elasticsearch no exige credenciales (xpack.security.enabled): quien llegue a él lee lo reservado"
        return
    for said, judge in JUDGES:
        if beyond := sorted(judge(role, found)):
            yield f"la credencial de Elasticsearch del proceso {role} {said}: {', '.join(beyond)}"


def read_beyond(role: str, found: search.Reach) -> set[str]:
    """Of the servers' word and of what a search of everything reached. Who reads every partition of ours may not read
    all of a cluster that others use too."""
    own = tuple(f"{search.credentials.prefix()}-{part}-g" for part in partitions_of(role))
    strangers = {index for index in found.finds if not index.startswith(own)} if KINDS[role] == "reader" else set()
    return set(found.reads - set(partitions_of(role))) | strangers


def changed(role: str, found: search.Reach) -> set[str]:
    """The writer changes its own and no others."""
    return set(found.writes - set(EVERY_PARTITION if KINDS[role] == "writer" else ()))


def powers(role: str, found: search.Reach) -> set[str]:
    """A key of its kind has what it needs of the cluster; nobody needs more, or looks at the whole of it."""
    return set(found.powers - search.credentials.powers_of(KINDS[role]))


JUDGES: Sequence[tuple[str, Callable[[str, search.Reach], set[str]]]] = (
    ("puede leer más de lo que le corresponde", read_beyond),
    ("puede cambiar índices que no le corresponden", changed),
    ("tiene poderes sobre el clúster", powers),
)


def faults() -> Iterator[str]:
    """What must not start in production. Servers that do not answer let nothing be read: see `unasked`."""
    if settings.PROFILE != "production" or not search.credentials.on_servers():
        return
    found = asked()
    if isinstance(found, search.Reach):
        yield from too_wide(settings.SITE_ROLE, found)


def unasked() -> Iterator[str]:
    """Told before deploying: what the credential reaches could not be proved."""
    if search.credentials.on_servers() and isinstance(fault := asked(), str):
        yield f"no se pudo comprobar qué alcanza la credencial de Elasticsearch ({fault})"


def unmarked() -> Iterator[str]:
    """Told before deploying: what stands behind our names bears another mark than this process knows."""
    if search.engine_state() == "foreign":
        yield (
            "los índices de Elasticsearch no llevan la marca de este proceso y no los lee: si las SECRET_KEY de los"
            " procesos difieren, todos necesitan la misma ELASTIC_MARK"
        )


WARNINGS: Sequence[Callable[[], Iterator[str]]] = (unasked, unmarked)


def asked() -> search.Reach | str:
    """What this process's credential reaches, or the code of why it could not be asked."""
    try:
        return search.credentials.reach(EVERY_PARTITION)
    except search.EngineUnavailable as fault:
        return fault.code
