"""Which indexes there are, whose they are, and which of them serve.

<prefix>-<partition>-g<hex>   one index per partition and generation; its `_meta` says of which installation, prefix,
                              partition, generation and versions it is, with a mark over that and its own uuid
<prefix>-<partition>          the alias of the one that serves; all that serve are of one generation
<prefix>.control              see `elastic_control`

The mark is made with a secret of the installation: an index of another one, a copy of ours in another place, or an
index that somebody put behind the alias, is refused and never written, searched or deleted.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.utils.crypto import constant_time_compare, salted_hmac
from elasticsearch import ApiError, NotFoundError

from search.engines.elastic_link import MAJOR, Link, why
from search.engines.elastic_mapping import FIELDS, META, SCHEMA_VERSION, VERSIONS, body, fields_of
from search.errors import EngineUnavailable

FRESH_SECONDS = 2.0
"""How long what was learnt of the indexes is taken for true: an index that is gone is noticed at once."""

_PURPOSE = "search.engines.elastic_indexes.mark"
"""The key of a mark is made for marks alone: what the servers hold tells nothing of where else the secret is used."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.]{0,60}")

_TOLD = "*.aliases,*.mappings,*.settings.index.uuid,*.settings.index.number_of_shards"


@dataclass(frozen=True)
class Held:
    """One index under the prefix, as the servers tell it."""

    name: str
    aliases: frozenset[str]
    about: Mapping[str, Any]
    fields: Mapping[str, str]
    uuid: str
    shards: int

    @property
    def partition(self) -> str:
        return str(self.about.get("partition", ""))

    @property
    def generation(self) -> str:
        return str(self.about.get("generation", ""))


@dataclass(frozen=True)
class Generation:
    """Indexes that belong together: partition → index."""

    name: str
    indexes: Mapping[str, str]
    shards: int = 0

    def partition_of(self, index: str) -> str | None:
        """The partition of an index; None for a foreign one."""
        return next((partition for partition, name in self.indexes.items() if name == index), None)


class Indexes:
    """The indexes of one prefix. `marks` are secrets: the first marks what is made, any of them what is ours.
    `partitions` tells those that must be there."""

    def __init__(self, link: Link, prefix: str, marks: Sequence[str], partitions: Callable[[], Iterable[str]]) -> None:
        if not _NAME.fullmatch(prefix):
            raise ValueError("prefix")
        self._link, self.prefix, self._partitions = link, prefix, partitions
        self._marks = marks
        self._kept: tuple[float, Generation] | None = None
        self._version_known = False

    def alias(self, partition: str) -> str:
        """The name under which a partition is served."""
        return f"{self.prefix}-{partition}"

    def current(self, *, fresh: bool = False) -> Generation:
        """The generation that serves. Raises EngineUnavailable: index_missing, index_ambiguous (an alias of two),
        index_foreign, index_outdated, index_disagrees (of several generations)."""
        kept, now = self._kept, time.monotonic()
        if kept and not fresh and now < kept[0]:
            return kept[1]
        found = self._serving(self.held())
        self._kept = (now + FRESH_SECONDS, found)
        return found

    def forget(self) -> None:
        """Makes the next `current` ask the servers."""
        self._kept = None

    def held(self) -> list[Held]:
        """Every index under the prefix, whoever made it."""
        self._check_version()
        told = self._link.call(
            lambda client: client.indices.get(
                index=f"{self.prefix}-*", expand_wildcards=["open", "closed"], filter_path=_TOLD, flat_settings=False
            )
        )
        return [_held(name, about) for name, about in sorted(told.body.items())]

    def _check_version(self) -> None:
        if self._version_known:
            return
        try:
            told = self._link.call(lambda client: client.info())
        except EngineUnavailable as fault:
            if fault.code != "index_forbidden":
                raise
            return  # who may only read is not told: the writer looks
        number = str(told.body.get("version", {}).get("number", ""))
        if number.partition(".")[0] != str(MAJOR):
            raise EngineUnavailable("index_foreign", why=f"version {number[:20]}")
        self._version_known = True

    def _serving(self, held: list[Held]) -> Generation:
        serving: dict[str, Held] = {}
        for one in held:
            for alias in one.aliases:
                partition = alias.removeprefix(f"{self.prefix}-")
                if self.alias(partition) == alias:
                    if partition in serving:
                        raise EngineUnavailable("index_ambiguous", alias=alias)
                    serving[partition] = one
        wanted = set(self._partitions())
        if not serving or wanted - serving.keys():
            raise EngineUnavailable("index_missing", partitions=sorted(wanted - serving.keys()))
        for partition, one in serving.items():
            self._prove(partition, one)
        if len({one.generation for one in serving.values()}) > 1:
            raise EngineUnavailable("index_disagrees", why="generations")
        names = {partition: one.name for partition, one in serving.items()}
        return Generation(next(iter(serving.values())).generation, names, sum(one.shards for one in serving.values()))

    def _prove(self, partition: str, one: Held) -> None:
        if not self.is_ours(one) or one.partition != partition:
            raise EngineUnavailable("index_foreign", index=one.name)
        if one.about.get("versions") != VERSIONS or dict(one.fields) != FIELDS:
            raise EngineUnavailable("index_outdated", index=one.name)

    def is_ours(self, one: Held) -> bool:
        """Whether this installation made that very index."""
        told = str(one.about.get("mark", ""))
        facts = (one.partition, one.generation, one.uuid)
        return any(constant_time_compare(told, self._mark(secret, *facts)) for secret in self._marks)

    def _mark(self, secret: str, *facts: str) -> str:
        said = json.dumps(["search index", self.prefix, *facts])
        return salted_hmac(_PURPOSE, said, secret, algorithm="sha256").hexdigest()

    # Making and ending -------------------------------------------------------------------------------------------

    def new_generation(self) -> Generation:
        """A new one with an empty index for every partition that must be there, serving nobody yet."""
        self._put_template()
        name = f"g{uuid4().hex}"
        return Generation(
            name, {partition: self.make(name, partition) for partition in sorted(set(self._partitions()))}
        )

    def _put_template(self) -> None:
        # What makes every index alike, and keeps the servers from making one by themselves.
        self._link.change(
            lambda client: client.indices.put_index_template(
                name=f"{self.prefix}-entries",
                index_patterns=[f"{self.prefix}-*-g*"],
                template=body(),
                allow_auto_create=False,
                version=SCHEMA_VERSION,
                priority=500,
            )
        )

    def make(self, generation: str, partition: str, *, serve: bool = False) -> str:
        """An empty index of a partition; its name. `serve` puts it behind its alias at once."""
        if not _NAME.fullmatch(partition):
            raise EngineUnavailable("index_unwritable", why="partition")
        index = f"{self.prefix}-{partition}-{generation}"
        self._link.change(lambda client: _create(client, index))
        told = self._link.change(lambda client: client.indices.get_settings(index=index, name="index.uuid"))
        uuid = told.body[index]["settings"]["index"]["uuid"]
        facts = {"prefix": self.prefix, "partition": partition, "generation": generation, "versions": VERSIONS}
        about = {**facts, "mark": self._mark(self._marks[0], partition, generation, uuid)}
        self._link.change(lambda client: client.indices.put_mapping(index=index, meta={META: about}))
        if serve:
            add = {"add": {"index": index, "alias": self.alias(partition)}}
            self._link.change(lambda client: client.indices.update_aliases(actions=[add]))
            self.forget()
        return index

    def find(self, generation: str) -> Generation | None:
        """The indexes of a generation, as far as they are ours and of today's versions."""
        found = {
            one.partition: one.name
            for one in self.held()
            if one.generation == generation and self.is_ours(one) and one.about.get("versions") == VERSIONS
        }
        return Generation(generation, found) if found else None

    def count(self, generation: Generation) -> int:
        """How many entries a generation holds, as searches see it."""
        listed = sorted(generation.indexes.values())
        if not listed:
            return 0
        told = self._link.change(lambda client: client.count(index=listed)).body
        if told["_shards"]["failed"]:
            raise EngineUnavailable("index_partial")
        return int(told["count"])

    def put_in_use(self, generation: Generation) -> None:
        """Makes the generation the one that serves, in one step for all partitions, then drops all others of ours."""
        actions: list[dict[str, Any]] = []
        for one in self.held():
            old = [alias for alias in one.aliases if alias.startswith(f"{self.prefix}-")]
            if one.name not in generation.indexes.values() and old:
                if not self.is_ours(one):
                    raise EngineUnavailable("index_foreign", index=one.name)
                actions += [{"remove": {"index": one.name, "alias": alias, "must_exist": True}} for alias in old]
        for partition, index in generation.indexes.items():
            actions.append({"add": {"index": index, "alias": self.alias(partition)}})
        try:
            self._link.change(lambda client: client.indices.update_aliases(actions=actions))
        except ApiError:
            # A try whose answer was lost had changed them.
            if self.current(fresh=True).name != generation.name:
                raise
        self.forget()
        self.sweep(generation.name)

    def sweep(self, *keep: str | None) -> None:
        """Deletes every index of ours but those of these generations. What is behind an alias stays."""
        for one in self.held():
            if one.generation not in keep and not one.aliases and self.is_ours(one):
                self._delete(one.name)

    def _delete(self, index: str) -> None:
        self._link.change(lambda client: client.indices.delete(index=index, ignore_unavailable=True))

    def serving_name(self) -> str:
        """The name of the generation that serves; nothing where none does. Raises EngineUnavailable where what serves
        is somebody else's: nothing may be touched."""
        try:
            return self.current(fresh=True).name
        except EngineUnavailable as fault:
            if fault.code in {"index_unreachable", "index_forbidden", "index_foreign"}:
                raise
            return ""


def _create(client: Any, index: str) -> None:
    try:
        client.indices.create(index=index, **body(), wait_for_active_shards=1)
    except ApiError as fault:
        # A try whose answer was lost had made it.
        if why(fault) != "resource_already_exists_exception":
            raise


def _held(name: str, told: Mapping[str, Any]) -> Held:
    mappings, settings = told.get("mappings") or {}, (told.get("settings") or {}).get("index") or {}
    meta = mappings.get("_meta")
    about = meta.get(META) if isinstance(meta, Mapping) else None
    return Held(
        name,
        frozenset(told.get("aliases") or {}),
        about if isinstance(about, Mapping) else {},
        fields_of(mappings),
        str(settings.get("uuid", "")),
        int(settings.get("number_of_shards", 1)),
    )


def is_gone(fault: ApiError) -> bool:
    """Whether an index that was asked is there no more."""
    return isinstance(fault, NotFoundError) and why(fault) == "index_not_found_exception"
