"""Paths of a command beside those a manifest announces: which is which, and how each is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from records.errors import RecordsError
from records.management.filing_rows import Row, row_of
from records.sentences import sentence_for
from records.services.filing import FilingReceipt
from records.services.manifests import Manifest
from records.services.packages import RefusedPackage


@dataclass(frozen=True)
class Offered:
    """`echoed`: paths as they are told, in order. `files`: path in the manifest → where its file is; one that the
    manifest does not announce goes by its own name. `names`: path in the manifest → the path it was given as."""

    echoed: tuple[str, ...]
    files: Mapping[str, str]
    names: Mapping[str, str]

    def filed(self, manifest: Manifest, receipts: Sequence[FilingReceipt]) -> list[Row]:
        by_path = {entry.path: receipt for entry, receipt in zip(manifest.entries, receipts, strict=True)}
        own = {self.names.get(path, path): receipt for path, receipt in by_path.items()}
        return [row_of(path, own[path]) for path in self.echoed]

    def refused(self, refusal: RecordsError) -> Iterator[Row]:
        """Each path with all that is wrong with it, or that nothing of what it came with was filed."""
        faults = refusal.faults if isinstance(refusal, RefusedPackage) else ()
        own: dict[str, list[RecordsError]] = defaultdict(list)
        for fault in faults:
            own[self.names.get(fault.path, fault.path)].append(fault.error)
        whole = own.pop("", [refusal])
        for path in self.echoed:
            errors = own.get(path, whole)
            message = " ".join(dict.fromkeys(sentence_for(error) for error in errors))
            yield row_of(path, code=errors[0].code, message=message)


def offered_of(paths: Sequence[str], manifest: Manifest, folder: Path) -> Offered:
    """What is offered: the paths given, or else all that the manifest announces.

    A path of the manifest is one of the command's own, or starts from the manifest's folder.
    """
    announced = list(dict.fromkeys(entry.path for entry in manifest.entries if entry.path))
    if not paths:
        places = {path: place_of(path, folder) for path in announced}
        return Offered(tuple(announced), {path: place for path, place in places.items() if place}, {})
    by_place = {whole(folder / path): path for path in announced} | {whole(Path(path)): path for path in announced}
    own = {given: by_place.get(whole(Path(given)), given) for given in paths}
    absent = [path for path in announced if path not in set(own.values())]
    files = {path: given for given, path in own.items()}
    return Offered((*paths, *absent), files, files)


def whole(path: Path) -> str:
    """The path from the root, through its links; as it is when it can be none."""
    try:
        return str(path.resolve())
    except (OSError, ValueError, RuntimeError):
        return str(path)


def place_of(path: str, folder: Path) -> str:
    """Where a path of the manifest lies, empty when it is nowhere."""
    return next((str(place) for place in (Path(path), folder / path) if is_there(place)), "")


def is_there(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):
        return False
