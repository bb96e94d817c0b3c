"""Does an index hold by itself? Its schema as a stream, and what no schema can say.

Only files that Custodia wrote are opened here; even so no entity is resolved and nothing is fetched.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from records.indexes.writing import ALWAYS_TOLD, ELEMENTS, ENTRY, NIL

HERE = Path(__file__).parent
#: Hex digits of a digest by its function.
LENGTHS: Mapping[str, int] = {"SHA-256": 64, "SHA-512": 128}
SAFE: Mapping[str, bool] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


class IndexFault(Exception):
    """An index that does not hold: a stable code (`FAULTS`) and the order of the entry, 0 when it is of no entry."""

    def __init__(self, code: str, order: int = 0) -> None:
        self.code, self.order = code, order
        super().__init__(f"{code} {order}".strip())


@dataclass
class Checked:
    """`untimely`: entries whose dates do not follow (created after being incorporated, or incorporated before the
    one above): the clock of the time says so, and it keeps no index from being issued."""

    documents: int = 0
    folios: int = 0
    untimely: int = 0
    last_entered: datetime.datetime | None = None


@lru_cache(maxsize=4)
def schema(name: str) -> Any:
    """A schema of this folder, by its file's name."""
    return etree.XMLSchema(etree.parse(str(HERE / name)))


def check_index(source: BinaryIO, *, whole: bool = True) -> Checked:
    """Read an index to its end, twice: by its schema, then entry by entry. `whole`: nothing may be withheld, as in
    those that are archived. `source` can be read again from its beginning.

    Raises IndexFault: "schema", or at the first entry that does not hold. Memory does not grow with the index.
    """
    check_schema(source)
    source.seek(0)
    checked = Checked()
    for values in entries(source):
        for code, holds in RULES.items():
            if not holds(checked, values):
                raise IndexFault(code, checked.documents + 1)
        if whole and None in values.values():
            raise IndexFault("withheld", checked.documents + 1)
        note(checked, values)
    return checked


def check_schema(source: BinaryIO) -> None:
    """By the schema alone: the parser tells its verdict only at the end, and does not mind an end that comes early."""
    for _entry in walk(source, schema=schema("indice.xsd")):
        pass


def entries(source: BinaryIO) -> Iterator[Mapping[str, str | None]]:
    """Each entry by the names of its elements, None for a withheld one. Raises IndexFault for what is no whole XML."""
    for entry in walk(source):
        yield {child.tag: None if child.get(NIL) else child.text or "" for child in entry}


def walk(source: BinaryIO, **how: Any) -> Iterator[Any]:
    """Each entry as an element, forgotten afterwards."""
    try:
        steps = etree.iterparse(source, events=("end",), tag=ENTRY, **how, **SAFE)
        for _event, entry in steps:
            yield entry
            forget(entry)
    except etree.XMLSyntaxError as fault:
        raise IndexFault("schema") from fault


def forget(entry: Any) -> None:
    entry.clear()
    while entry.getprevious() is not None:
        del entry.getparent()[0]


def note(checked: Checked, values: Mapping[str, str | None]) -> None:
    checked.documents += 1
    checked.folios = number(values, "Pagina_Fin")
    created, entered = values["Fecha_Creacion_Documento"], values["Fecha_Incorporacion_Expediente"]
    if created is None or entered is None:
        return
    here = datetime.datetime.fromisoformat(entered)
    follows = checked.last_entered is None or here >= checked.last_entered
    if not follows or here < datetime.datetime.fromisoformat(created):
        checked.untimely += 1
    checked.last_entered = here


def number(values: Mapping[str, str | None], name: str) -> int:
    return int(values[name] or 0)


def is_next(checked: Checked, values: Mapping[str, str | None]) -> bool:
    return number(values, "Orden_Documento_Expediente") == checked.documents + 1


def goes_on(checked: Checked, values: Mapping[str, str | None]) -> bool:
    first, last = number(values, "Pagina_Inicio"), number(values, "Pagina_Fin")
    return first == checked.folios + 1 and last >= first


def fits_function(_checked: Checked, values: Mapping[str, str | None]) -> bool:
    digest, function = values["Valor_Huella"], values["Funcion_Resumen"]
    if digest is None or function is None:
        return digest is function
    return len(digest) == LENGTHS[function]


def is_withheld_whole(_checked: Checked, values: Mapping[str, str | None]) -> bool:
    """Either all of an entry is told or only that it is there."""
    told = {name for name in ELEMENTS if values[name] is not None}
    return told in (set(ELEMENTS), ALWAYS_TOLD)


#: What the schema cannot say, by the code of its fault.
RULES: Mapping[str, Callable[[Checked, Mapping[str, str | None]], bool]] = {
    "order": is_next,
    "pages": goes_on,
    "digest_function": fits_function,
    "half_withheld": is_withheld_whole,
}
