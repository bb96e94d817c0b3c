"""Comprueba un certificado de custodia de Custodia, sin el sistema que lo expidió y sin conexión.

    python3 verify.py certificado.zip [--key HUELLA]

Dice de cada pieza si es la que se expidió. Con --key exige además que el sello sea de la llave con esa huella: la que
publica la entidad. Termina en 0 si todo coincide, en 1 si algo no coincide (y lo nombra), en 2 si no se pudo leer.
Basta Python 3.9 o posterior, sin nada más.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, BinaryIO

MANIFEST, SEAL, SUMMARY = "manifiesto.json", "sello.json", "certificado.json"
EVENTS, PROOFS, HEAD = "historia/eventos.jsonl", "historia/pruebas.jsonl", "historia/punto-de-control.json"
STAMP = "historia/punto-de-control.tsr"
KEYS, INDEX, COVER = "llaves.json", "indice/indice.xml", "indice/cubierta.xml"
GOOD, BAD, LEFT = "BIEN", "MAL", "SIN COMPROBAR"
FILED = ("sha256", "radicado", "order", "folios", "expediente")  # of a filing, as the ledger tells it
#: What is read at once, and the most that one entry read whole, one line, the directory and the list of faults take.
CHUNK, MOST_WHOLE, MOST_LINE, MOST_DIRECTORY, MOST_FAULTS = 1 << 20, 1 << 26, 1 << 22, 1 << 26, 200
MOST_ENTRIES = 100_000
HIDDEN = re.compile("[^ -~\u00a1-\u1fff]")  # what a terminal obeys instead of showing it
#: Each part begins with a letter or digit: no "..", no absolute path, no drive, no backslash.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
#: What a value of the wrong shape makes of the code below: the file is not one that was issued.
SHAPE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, struct.error)


class Broken(Exception):
    """Nothing more can be said: the item at fault and a sentence."""


@dataclass
class Report:
    """`lines`: (GOOD, BAD or LEFT; item; sentence); `faults`: those that are BAD. `fingerprint` (SHA-256 in hex) of
    the key that sealed and `at`, when, are empty until the seal holds; `summary` is the certificate's own account of
    itself, once all of it is proved."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    fingerprint: str = ""
    at: str = ""
    summary: dict[str, Any] = field(default_factory=dict)

    def say(self, mark: str, item: str, sentence: str) -> None:
        self.lines.append((mark, HIDDEN.sub("?", item), HIDDEN.sub("?", sentence)))

    def bad(self, item: str, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((BAD, item, sentence))
            self.say(*self.faults[-1])

    def blames(self, item: str) -> bool:
        return any(fault[1] == item for fault in self.faults)

    def expect(self, fingerprint: str) -> None:
        """Demand that the seal is of the key with this fingerprint; spaces, colons and case do not matter."""
        if self.fingerprint and re.sub(r"[\s:]", "", fingerprint).lower() != self.fingerprint:
            self.bad(SEAL, "la llave que selló no tiene la huella esperada")


# The ZIP: stored entries alone, one way to write each, so that every byte of it is judged ------------------------


@dataclass(frozen=True)
class Entry:
    """`start` is where its bytes begin in the file."""

    name: str
    size: int
    crc: int
    start: int


def wide(*values: int) -> tuple[list[int], bytes]:
    """Fields of 32 bits, and the extra field for those that need 64."""
    large = [value for value in values if value >= 0xFFFFFFFF]
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    return [min(value, 0xFFFFFFFF) for value in values], extra


def local_header(name: bytes, size: int, crc: int) -> bytes:
    (short, _same), extra = wide(size, size)
    need = 45 if extra else 20
    fixed = struct.pack("<4s5H3I2H", b"PK\3\4", need, 0, 0, 0, 33, crc, short, short, len(name), len(extra))
    return fixed + name + extra


def directory_record(name: bytes, size: int, crc: int, offset: int) -> bytes:
    (short, _same, place), extra = wide(size, size, offset)
    need = 45 if extra else 20
    lengths = (len(name), len(extra), 0, 0, 0, 0o100644 << 16, place)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", 788, need, 0, 0, 0, 33, crc, short, short, *lengths) + name + extra


def ending(count: int, size: int, offset: int) -> bytes:
    """What closes the ZIP after a directory of `size` bytes at `offset`."""
    short, large = min(count, 0xFFFF), count >= 0xFFFF or max(size, offset) >= 0xFFFFFFFF
    first = b""
    if large:
        first = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 788, 45, 0, 0, count, count, size, offset)
        first += struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
    sizes = min(size, 0xFFFFFFFF), min(offset, 0xFFFFFFFF)
    return first + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, short, short, *sizes, 0)


def listed(source: BinaryIO, report: Report) -> list[Entry]:
    """The entries in their order; every deviation from how a certificate is written is a fault. Raises Broken."""
    size = source.seek(0, 2)
    tail = read_at(source, max(0, size - 66_000), 66_000)
    last = tail.rfind(b"PK\5\6")
    if last < 0 or len(tail) - last < 22:
        raise Broken("ZIP", "no es un certificado: no termina como un ZIP")
    end = size - len(tail) + last + 22
    count, length, offset = struct.unpack("<10xH2I2x", tail[last : last + 22])
    if tail[last - 20 : last - 16] == b"PK\6\7" and last >= 76:
        count, length, offset = struct.unpack("<32x3Q", tail[last - 76 : last - 20])
    closing = ending(count, length, offset)
    start = end - len(closing) - length
    if not 0 <= start <= size or length > MOST_DIRECTORY:
        raise Broken("ZIP", "su directorio no se puede leer")
    if end != size:
        report.bad("ZIP", "tiene datos después de su final")
    if start != offset:
        report.bad("ZIP", "tiene datos antes de su comienzo")
    if read_at(source, end - len(closing), len(closing)) != closing:
        report.bad("ZIP", "su final no es el que se expidió")
    entries = list(records_of(source, read_at(source, start, length), count, start - offset, start, report))
    held = {entry.name for entry in entries}
    return entries if held else fail("ZIP", "está vacío")


def records_of(source: BinaryIO, directory: bytes, count: int, shift: int, end: int, report: Report) -> Iterator[Entry]:
    position, seen, length, number = shift, set[str](), 0, 0
    for record, raw, size, crc, offset in parsed(directory):
        name, length, number = shown(raw), length + len(record), number + 1
        if number > MOST_ENTRIES:
            raise Broken("ZIP", "tiene demasiadas entradas")
        header, start = local_header(raw, size, crc), offset + shift
        rules = (
            (
                record != directory_record(raw, size, crc, offset),
                "su registro en el directorio no es el expedido",
            ),
            (not NAME.fullmatch(name), "su nombre no es de los que lleva un certificado"),
            (name.lower() in seen, "está repetida, o su nombre se confunde con otro"),
            (start + len(header) + size > end, "sus bytes no están completos"),
            (start != position, "hay datos ajenos antes de ella, o no está en su lugar"),
            (read_at(source, start, len(header)) != header, "su encabezado no es el que se expidió"),
        )
        for broken, sentence in rules:
            if broken:
                report.bad(name, sentence)
        seen.add(name.lower())
        if position <= start <= end - len(header) - size:  # bytes that two entries share are read once at most
            position = start + len(header) + size
            yield Entry(name, size, crc, position - size)
    if length != len(directory) or number != count:
        report.bad("ZIP", "su directorio no es el que se expidió")
    elif position != end:
        report.bad("ZIP", "tiene datos ajenos antes del directorio")


def parsed(directory: bytes) -> Iterator[tuple[bytes, bytes, int, int, int]]:
    """(record, name, size, CRC-32, offset) of each record, until one that cannot be read."""
    place = 0
    while place + 46 <= len(directory) and directory[place : place + 4] == b"PK\1\2":
        crc, _packed, size, named, extra, told_of, offset = struct.unpack("<16x3I3H8xI", directory[place : place + 46])
        record = directory[place : place + 46 + named + extra + told_of]
        more = record[46 + named : 46 + named + extra][4:]
        large = [value for (value,) in struct.iter_unpack("<Q", more[: len(more) // 8 * 8])]
        if size == 0xFFFFFFFF and len(large) > 1:
            size, large = large[0], large[2:]
        if offset == 0xFFFFFFFF and large:
            offset = large[0]
        yield record, record[46 : 46 + named], size, crc, offset
        place += len(record)


def shown(raw: bytes) -> str:
    """A name that came from outside, in printable ASCII."""
    return raw.decode("ascii", "backslashreplace").encode("unicode_escape").decode()


def fail(item: str, sentence: str) -> Any:
    raise Broken(item, sentence)


def read_at(source: BinaryIO, place: int, length: int) -> bytes:
    source.seek(place)
    return source.read(length)


def blocks(source: BinaryIO, entry: Entry) -> Iterator[bytes]:
    left, place = entry.size, entry.start
    while left > 0:
        block = read_at(source, place, min(CHUNK, left))
        if not block:
            return
        left, place = left - len(block), place + len(block)
        yield block


def digest(source: BinaryIO, entry: Entry) -> tuple[str, int]:
    """SHA-256 in hex and CRC-32."""
    sha, crc = hashlib.sha256(), 0
    for block in blocks(source, entry):
        sha.update(block)
        crc = zlib.crc32(block, crc)
    return sha.hexdigest(), crc


def whole(source: BinaryIO, entry: Entry | None, name: str) -> bytes:
    if entry is None or entry.size > MOST_WHOLE:
        raise Broken(name, "falta" if entry is None else "es demasiado grande")
    return b"".join(blocks(source, entry))


def lines_in(source: BinaryIO, entry: Entry) -> Iterator[bytes]:
    kept = b""
    for block in blocks(source, entry):
        *lines, kept = (kept + block).split(b"\n")
        yield from lines
        if len(kept) > MOST_LINE:
            raise ValueError("a line without end")
    if kept:
        raise ValueError("the last line has no end")


# JSON that can be read in one way only, and signatures over it ------------------------------------------------------


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _value in pairs}) != len(pairs):
        raise ValueError("a name comes twice")
    return dict(pairs)


def refused(text: str) -> Any:
    raise ValueError(text)


def canonical(value: Any) -> bytes:
    """RFC 8785, for what certificates hold: text, whole numbers, truth values and null under ASCII names."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def told(raw: bytes) -> Any:
    """The value of a canonical JSON text. Raises ValueError or RecursionError for anything else."""
    number = lambda text: int(text) if len(text) < 17 else refused(text)  # noqa: E731 - a name for one hook
    text = raw.decode()
    value = json.loads(text, object_pairs_hook=once, parse_int=number, parse_float=refused, parse_constant=refused)
    return value if canonical(value) == raw else refused("not canonical")


P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_of(raw: bytes) -> tuple[int, int, int, int] | None:
    """RFC 8032 §5.1.3: the point that 32 bytes name, in extended coordinates; None when they name none."""
    y, sign = int.from_bytes(raw, "little") & ((1 << 255) - 1), raw[31] >> 7
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or v * x * x % P != u or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def added(p: tuple[int, ...], q: tuple[int, ...]) -> tuple[int, int, int, int]:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032 §5.1.7: is this the Ed25519 signature of the message by the owner of this public key?"""
    if len(public) != 32 or len(signature) != 64:
        return False
    owner, s = point_of(public), int.from_bytes(signature[32:], "little")
    if owner is None or BASE is None or s >= Q:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    minus = P - owner[0], owner[1], 1, P - owner[3]
    steps = ((0, 1, 1, 0), BASE, minus, added(BASE, minus))
    sum_: tuple[int, ...] = steps[0]
    for bit in range(252, -1, -1):
        sum_ = added(added(sum_, sum_), steps[(s >> bit & 1) | (k >> bit & 1) << 1])
    inverse = pow(sum_[2], P - 2, P)
    x, y = sum_[0] * inverse % P, sum_[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


Signed = Callable[[bytes, bytes, bytes], bool]


def raw_of(text: str, length: int) -> bytes:
    """Base64 written in the one way there is."""
    raw = base64.b64decode(text, validate=True)
    return raw if len(raw) == length and base64.b64encode(raw).decode() == text else refused("base64")


def fault_of(facts: Any, proof: Any, signed: Signed) -> str:
    """Why the signature of these facts does not hold, by the key that the proof itself brings; empty when it does."""
    public = raw_of(proof["public_keys"][proof["key"]], 32)
    if proof["algorithm"] != "Ed25519" or hashlib.sha256(public).hexdigest()[:16] != proof["key"]:
        return "la llave no es la que nombra"
    holds = signed(public, canonical(facts), raw_of(proof["signature"], 64))
    return "" if holds else "la firma no corresponde a los datos"


# Merkle trees of RFC 9162 §2.1 --------------------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def climbed(place: int, last: int, node: bytes, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """The roots that a path leads to: of the smaller tree (only left siblings) and of the larger one."""
    before = after = node
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else None


def is_included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    found = climbed(index, size - 1, leaf, path) if 0 <= index < size else None
    return found is not None and found[1] == root


def is_consistent(first: int, size: int, path: list[bytes], first_root: bytes, root: bytes) -> bool:
    if first == size:
        return not path and first_root == root
    if not 0 < first < size:
        return False
    steps = list(path) if first & (first - 1) else [first_root, *path]
    place, last = first - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return bool(steps) and climbed(place, last, steps[0], steps[1:]) == (first_root, root)


def hashes(values: Any) -> list[bytes]:
    return [bytes.fromhex(value) if re.fullmatch("[0-9a-f]{64}", value) else refused(value) for value in values]


# The certificate ----------------------------------------------------------------------------------------------------


class Check:
    """One certificate while it is checked; what is found goes to `report`."""

    def __init__(self, source: BinaryIO, signed: Signed, report: Report) -> None:
        self.source, self.signed, self.report = source, signed, report
        self.entries: dict[str, Entry] = {}
        self.named: dict[str, dict[str, Any]] = {}
        self.order, self.received = list[str](), list[int]()

    def run(self) -> None:
        entries = listed(self.source, self.report)
        self.order = [entry.name for entry in entries]
        self.entries = {entry.name: entry for entry in reversed(entries)}
        sealed = self.guarded(SEAL, self.seal)
        manifest = whole(self.source, self.entries.get(MANIFEST), MANIFEST)
        if sealed and sealed["facts"]["manifest"] != hashlib.sha256(manifest).hexdigest():
            raise Broken(MANIFEST, "no es el que el sello nombra: lo demás no se puede juzgar")
        if self.guarded(MANIFEST, self.manifest, manifest):
            self.contents()
        if all(name in self.named and not self.report.blames(name) for name in (SUMMARY, HEAD, PROOFS)):
            self.guarded(SUMMARY, self.pieces, sealed)

    def guarded(self, item: str, step: Callable[..., Any], *given: Any) -> Any:
        try:
            return step(*given)
        except Broken as fault:
            self.report.bad(*fault.args)
        except SHAPE:
            self.report.bad(item, "no tiene la forma en que se expidió")
        return None

    def json(self, name: str) -> Any:
        return told(whole(self.source, self.entries.get(name), name))

    def seal(self) -> Any:
        """The event of the issue, proved under a signed head of the ledger."""
        seal = self.json(SEAL)
        head = self.head(seal["checkpoint"], SEAL)
        payload = seal["event"].encode()
        event, size, root = told(payload), head["size"], bytes.fromhex(head["root"])
        keys = {"type", "event", "proof", "checkpoint", "consistency"}
        if set(seal) != keys or seal["type"] != "custodia/sello/1" or event["action"] != "certificate.issued":
            raise Broken(SEAL, "no es el sello de un certificado")
        if not is_included(leaf_hash(payload), event["index"], size, hashes(seal["proof"]), root):
            raise Broken(SEAL, "el suceso de la expedición no está en la bitácora firmada")
        first, path = event["facts"]["checkpoint"], hashes(seal["consistency"])
        if not is_consistent(first["size"], size, path, bytes.fromhex(first["root"]), root):
            raise Broken(SEAL, "la bitácora firmada no continúa la de la historia")
        proof = seal["checkpoint"]
        self.report.fingerprint = hashlib.sha256(raw_of(proof["public_keys"][proof["key"]], 32)).hexdigest()
        self.report.at = head["at"]
        self.report.say(GOOD, SEAL, f"firmado por la llave {self.report.fingerprint[:16]} el {spoken(head['at'])}")
        return event

    def head(self, document: Any, item: str) -> Any:
        """What a signed head says, once its signature holds."""
        head = document["checkpoint"]
        names = {"checkpoint", "algorithm", "key", "signature", "public_keys"}
        if set(document) != names or set(head) != {"type", "size", "root", "at"} or len(document["public_keys"]) != 1:
            raise ValueError(item)
        if head["type"] != "custodia/punto-de-control/1" or not isinstance(head["size"], int):
            raise ValueError(item)
        if fault := fault_of(head, document, self.signed):
            raise Broken(item, fault)
        return head

    def manifest(self, raw: bytes) -> bool:
        manifest = told(raw)
        if set(manifest) != {"type", "certificate", "entries"} or manifest["type"] != "custodia/manifiesto/1":
            raise ValueError(MANIFEST)
        self.named = {entry["name"]: entry for entry in manifest["entries"]}
        self.report.say(GOOD, MANIFEST, f"nombra {len(self.named)} archivos")
        return len(self.named) == len(manifest["entries"]) or refused(MANIFEST)

    def contents(self) -> None:
        """Every entry that is named, and none else, each with its bytes, in their order."""
        expected = [*self.named, MANIFEST, SEAL]
        allowed = set(expected)
        for name in dict.fromkeys(self.order):
            if name not in allowed:
                self.report.bad(name, "sobra: el manifiesto no la nombra")
        for name, told_of in self.named.items():
            self.guarded(name, self.content, name, told_of)
        for name in (MANIFEST, SEAL):
            if name in self.entries and digest(self.source, self.entries[name])[1] != self.entries[name].crc:
                self.report.bad(name, "su suma de control no es la que se expidió")
        if sorted(self.order) == sorted(expected) and self.order != expected:
            moved = next(name for name, right in zip(self.order, expected) if name != right)
            self.report.bad(moved, "no está en el lugar en que se expidió")

    def content(self, name: str, told_of: dict[str, Any]) -> None:
        held = self.entries.get(name)
        if held is None:
            raise Broken(name, "falta")
        sha, crc = digest(self.source, held)
        if (sha, held.size) != (told_of["sha256"], told_of["bytes"]):
            raise Broken(name, "no es la que se expidió: cambió su contenido")
        if crc != held.crc:
            raise Broken(name, "su suma de control no es la que se expidió")
        self.report.say(GOOD, name, "tal como se expidió")

    def pieces(self, sealed: Any) -> None:
        """What the certificate says of its pieces, against what the signed ledger says of them."""
        summary, head = self.json(SUMMARY), self.head(self.json(HEAD), HEAD)
        told_of = {"certificate": summary["certificate"], "checkpoint": {"size": head["size"], "root": head["root"]}}
        if sealed and {name: sealed["facts"][name] for name in told_of} != told_of:
            raise Broken(SUMMARY, "no es el del sello")
        known = {summary["scope"]["id"], summary["expediente"]["id"]} | {one["document"] for one in summary["pieces"]}
        filed = self.guarded(EVENTS, self.events, head, known, summary["events"])
        if filed is None or self.report.blames(EVENTS) or not self.guarded(SUMMARY, self.each_once, summary):
            return
        for piece in summary["pieces"]:
            told = {**piece, "expediente": summary["expediente"]["id"]}
            self.guarded(piece["entry"] or SUMMARY, self.piece, told, filed.get(piece["document"]))
        if sealed and not self.report.faults:
            self.report.summary = summary
        if INDEX in self.named or COVER in self.named:
            self.guarded(COVER, self.index)
        if STAMP in self.named:
            self.guarded(STAMP, self.stamp)
        if summary["bytes"]:
            self.report.say(LEFT, "documentos/", "las firmas que los documentos llevan por dentro")

    def index(self) -> None:
        """The signed cover is that of the index beside it; its signature is for a validator of signatures."""
        sha, _crc = digest(self.source, self.entries[INDEX])
        if f">{sha}<".encode() not in whole(self.source, self.entries.get(COVER), COVER):
            raise Broken(COVER, "no nombra la huella del índice electrónico")
        self.report.say(LEFT, COVER, "la firma XAdES del índice; se comprueba con un validador de firmas")

    def stamp(self) -> None:
        """The token is over the signed head beside it; who gave it is for a validator of time-stamps."""
        sha, _crc = digest(self.source, self.entries[HEAD])
        if bytes.fromhex(sha) not in whole(self.source, self.entries.get(STAMP), STAMP):
            raise Broken(STAMP, "no es la estampa del punto de control")
        self.report.say(LEFT, STAMP, "la estampa cronológica (RFC 3161); se comprueba con openssl ts -verify")

    def events(self, head: Any, known: set[str], count: int) -> dict[str, Any]:
        """Facts of the filing of each piece; every event is proved to be in the ledger, at its place."""
        filed: dict[str, Any] = {}
        last, number, root = -1, 0, bytes.fromhex(head["root"])
        streams = [lines_in(self.source, self.entries[name]) for name in (EVENTS, PROOFS) if name in self.entries]
        for line, proved in zip_longest(*streams, fillvalue=b""):
            number, proof = number + 1, told(proved)
            if not is_included(leaf_hash(line), proof["index"], head["size"], hashes(proof["path"]), root):
                self.report.bad(EVENTS, f"el suceso {proof['index']} no es el de la bitácora firmada")
                continue
            event = json.loads(line)
            if event["index"] != proof["index"] or event["index"] <= last or event["object_id"] not in known:
                self.report.bad(EVENTS, f"el suceso {proof['index']} no es de este certificado, o no está en orden")
            last = proof["index"]
            if event["action"] == "document.filed":
                filed.setdefault(event["object_id"], event["facts"])
            elif event["action"] == "expediente.received":
                self.received.append(event["facts"]["order"])
        if number != count:
            self.report.bad(EVENTS, f"tiene {number} sucesos y el certificado dice {count}")
        elif not self.report.blames(EVENTS):
            self.report.say(GOOD, "historia", f"{count} sucesos, cada uno con su prueba en la bitácora firmada")
        return filed

    def each_once(self, summary: Any) -> bool:
        """No piece comes twice, and an expediente has one at each place: its own, or one that it received."""
        names = [piece[name] for piece in summary["pieces"] for name in ("document", "entry", "receipt") if piece[name]]
        if len(set(names)) != len(names):
            raise Broken(SUMMARY, "nombra dos veces la misma pieza")
        places = sorted([*(piece["order"] for piece in summary["pieces"]), *self.received])
        some = summary["scope"]["kind"] != "expediente" or places == [*range(1, len(places) + 1)]
        return some or fail(SUMMARY, "faltan piezas del expediente: su orden no sigue desde la primera")

    def piece(self, piece: Any, filed: Any) -> None:
        item = piece["entry"] or f"{SUMMARY}: {piece['radicado']}"
        if not filed or any(filed[name] != piece[name] for name in FILED):
            raise Broken(item, "no es la que la bitácora dice que se radicó")
        named = self.named.get(piece["entry"])
        if piece["entry"] and (not named or (named["sha256"], named["bytes"]) != (piece["sha256"], piece["bytes"])):
            raise Broken(item, "no es la pieza que el certificado dice")
        if not piece["entry"]:
            self.report.say(GOOD, item, "su huella es la que la bitácora dice que se radicó")
        if piece["receipt"]:
            self.guarded(piece["receipt"], self.receipt, piece, filed)

    def receipt(self, piece: Any, filed: Any) -> None:
        name, proof = piece["receipt"], self.json(piece["receipt"])
        facts = proof["receipt"]
        if (facts["sha256"], facts["document"]) != (piece["sha256"], piece["document"]):
            raise Broken(name, "no es el recibo de la pieza")
        if proof["signature"] != filed["receipt"]:
            raise Broken(name, "no es el recibo que la bitácora dice que se dio")
        if not proof["signature"]:
            self.report.say(LEFT, name, "es anterior a que los recibos se firmaran")
        elif fault := fault_of(facts, proof, self.signed):
            raise Broken(name, fault)


def check(source: BinaryIO, signed: Signed = signed_by) -> Report:
    """Everything there is to say of the certificate in a seekable stream; nothing is written anywhere. `signed` may
    be another way to check Ed25519: (public key, message, signature)."""
    report = Report()
    one = Check(source, signed, report)
    one.guarded("ZIP", one.run)
    return report


def spoken(at: Any) -> str:
    """A moment of UTC as people write it; what a stranger wrote in its place, as it is."""
    parts = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?\+00:00", str(at))
    return "{2}/{1}/{0} {3} UTC".format(*parts.groups()) if parts else str(at)


def asked(given: list[str]) -> tuple[str, str]:
    """The file and the expected fingerprint; both empty for what cannot be meant. argparse would say so in English."""
    words = [part for word in given for part in (word.split("=", 1) if word.startswith("--key=") else [word])]
    at = words.index("--key") if "--key" in words else len(words)
    files, key = words[:at] + words[at + 2 :], words[at + 1 : at + 2]
    meant = len(files) == 1 and not files[0].startswith("-") and (at == len(words) or any(key))
    return (files[0], "".join(key)) if meant else ("", "")


def main(given: list[str]) -> int:
    name, key = asked(given)
    if not name:
        helping = bool({"-h", "--help"} & set(given))
        (sys.stdout if helping else sys.stderr).write(str(__doc__))
        return 0 if helping else 2
    try:
        with open(name, "rb") as source:  # noqa: PTH123 - what it must run with is Python 3.9 alone
            report = check(source)
    except OSError as fault:
        found = "No se encontró" if isinstance(fault, FileNotFoundError) else "No se pudo leer"
        sys.stderr.write(f"{found} el archivo {name}.\n")
        return 2
    if key:
        report.expect(key)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal may lack a letter
    for line in report.lines:
        sys.stdout.write("{:14}{}: {}\n".format(*line))
    count = len(report.faults)
    sys.stdout.write(f"NO COINCIDE: {count} hallazgo{'s' * (count > 1)}.\n" if count else "Todo coincide.\n")
    if report.fingerprint and not key:
        sys.stdout.write(f"Compare la huella de la llave con la que publica la entidad: {report.fingerprint}\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
