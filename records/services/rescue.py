"""What an installation held, told without its database: from the bytes alone (criterion 31).

Every index that was issued lies in the store with its signed cover, and names the pieces of its expediente by digest.
So the last index of each expediente tells order, name, tipo, dates and folios of what was in it that day. Of what no
index names only the bytes are left. Levels, grants, acts and the words of the ledger are in rows only.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from records.indexes import covers, signatures
from records.indexes.checking import IndexFault, entries
from records.storage.base import chunks

#: How a cover begins: its namespace is in the first bytes of the file.
BEGINNING, MARK = 512, covers.NAMESPACE.encode()
#: No cover weighs more: it notes annulled and incorporated pieces only.
MOST = 32 * 1024**2
PRESENT, LACKING, UNNAMED = "present", "missing", "unnamed"
#: What each line of a piece tells, by the element of the index that says it.
TOLD: Mapping[str, str] = {
    "id": "Id",
    "order": "Orden_Documento_Expediente",
    "name": "Nombre_Documento",
    "tipo": "Tipologia_Documental",
    "date": "Fecha_Creacion_Documento",
    "entered": "Fecha_Incorporacion_Expediente",
    "first": "Pagina_Inicio",
    "last": "Pagina_Fin",
    "sha256": "Valor_Huella",
}
Progress = Callable[[int, int], None]


@dataclass
class Rescued:
    """Files whose bytes are those of their name, and their bytes; digests of those that are not; expedientes told by
    an index, their pieces, and those of them that no place has; files that no index names; covers that somebody else
    signed, by the fingerprint of who did."""

    files: int = 0
    bytes: int = 0
    altered: list[str] = field(default_factory=list)
    expedientes: int = 0
    pieces: int = 0
    missing: int = 0
    unnamed: int = 0
    foreign: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A cover that one of ours signed: what it says, and the digest of the cover itself."""

    facts: Mapping[str, str]
    cover: str

    @property
    def number(self) -> int:
        return int(self.facts["number"])


def rescue(roots: Collection[Path], signers: Collection[str], sink: IO[str], progress: Progress) -> Rescued:
    """Write a line of JSON for each piece that an index names and for each file that none does.

    `roots`: the store and its copies, whichever are left. `signers`: fingerprints (SHA-256, hex) of the certificates
    that signed the indexes: anybody can file something that looks like a cover.
    """
    found = Rescued()
    right = whole_files(roots, found, progress)
    ours = covers_among(right, signers, found)
    named = {digest for told in ours for digest in (told.cover, told.facts["digest"])}
    for told in last_of_each(ours):
        found.expedientes += 1
        for line in pieces_of(told, right):
            found.pieces += 1
            found.missing += line["state"] == LACKING
            named.add(line["sha256"])
            write(sink, line)
    for digest in sorted(right.keys() - named):
        found.unnamed += 1
        write(sink, {"sha256": digest, "bytes": right[digest].stat().st_size, "state": UNNAMED})
    return found


def write(sink: IO[str], line: Mapping[str, Any]) -> None:
    sink.write(json.dumps(line, ensure_ascii=False) + "\n")


def whole_files(roots: Collection[Path], found: Rescued, progress: Progress) -> dict[str, Path]:
    """Where the bytes of each digest are right, by digest: each file is read and hashed."""
    files = [file for root in roots for file in sorted(root.glob("[0-9a-f][0-9a-f]/*")) if len(file.name) == 64]
    right: dict[str, Path] = {}
    wrong: set[str] = set()
    for done, file in enumerate(files, 1):
        if file.name not in right:
            if is_right(file):
                right[file.name] = file
                found.bytes += file.stat().st_size
            else:
                wrong.add(file.name)
        progress(done, len(files))
    found.files, found.altered = len(right), sorted(wrong - right.keys())
    return right


def is_right(file: Path) -> bool:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as source:
            for block in chunks(source):
                digest.update(block)
    except OSError:
        return False
    return digest.hexdigest() == file.name


def covers_among(right: Mapping[str, Path], signers: Collection[str], found: Rescued) -> list[Told]:
    """Every cover that one of ours signed, and of which the index is there."""
    read = (cover_in(file, digest, signers, found) for digest, file in right.items())
    return [told for told in read if told and told.facts["digest"] in right]


def last_of_each(ours: Collection[Told]) -> list[Told]:
    """The last index of each expediente, by its code."""
    last: dict[str, Told] = {}
    for told in sorted(ours, key=lambda one: one.number):
        last[told.facts["expediente"]] = told
    return sorted(last.values(), key=lambda one: one.facts["code"])


def cover_in(file: Path, digest: str, signers: Collection[str], found: Rescued) -> Told | None:
    """The cover that a file is, if one of ours signed all of it."""
    with file.open("rb") as source:
        if MARK not in source.read(BEGINNING) or file.stat().st_size > MOST:
            return None
    try:
        signed = signatures.verify(file.read_bytes())
    except IndexFault:
        return None
    if signed.fingerprint not in signers:
        found.foreign[signed.fingerprint] = found.foreign.get(signed.fingerprint, 0) + 1
        return None
    return Told(covers.facts_of(signed.cover), digest)


def pieces_of(told: Told, right: Mapping[str, Path]) -> Iterator[dict[str, Any]]:
    """Each piece of an index, and whether its bytes are there."""
    head = {"expediente": told.facts["code"], "title": told.facts["title"], "index": told.number}
    head["at"] = datetime.datetime.fromisoformat(told.facts["at"]).isoformat()
    with right[told.facts["digest"]].open("rb") as source:
        for values in entries(source):
            line = {name: values[element] for name, element in TOLD.items()}
            yield {**head, **line, "state": PRESENT if line["sha256"] in right else LACKING}
