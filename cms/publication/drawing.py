"""What the Banco draws: a map of departments and bars by phase, as places and lengths for a template of SVG.

The map is ours: one square for each department and one for Bogotá, roughly where it lies, so that a small department
is as easy to read and to touch as a large one. Beside each drawing stands a table that says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cms.publication import vocabulary

#: Department → letters of its square, column and row of the grid.
TILES: Mapping[str, tuple[str, int, int]] = {
    "San Andrés, Providencia y Santa Catalina": ("SAP", 0, 0),
    "La Guajira": ("LAG", 5, 0),
    "Atlántico": ("ATL", 3, 1),
    "Magdalena": ("MAG", 4, 1),
    "Cesar": ("CES", 5, 1),
    "Sucre": ("SUC", 2, 2),
    "Bolívar": ("BOL", 3, 2),
    "Norte de Santander": ("NSA", 5, 2),
    "Santander": ("SAN", 4, 2),
    "Córdoba": ("COR", 1, 2),
    "Chocó": ("CHO", 1, 3),
    "Antioquia": ("ANT", 2, 3),
    "Caldas": ("CAL", 3, 3),
    "Boyacá": ("BOY", 4, 3),
    "Arauca": ("ARA", 5, 3),
    "Risaralda": ("RIS", 2, 4),
    "Cundinamarca": ("CUN", 3, 4),
    "Bogotá, D.C.": ("BOG", 4, 4),
    "Casanare": ("CAS", 5, 4),
    "Vichada": ("VID", 6, 4),
    "Valle del Cauca": ("VAC", 1, 5),
    "Quindío": ("QUI", 2, 5),
    "Tolima": ("TOL", 3, 5),
    "Meta": ("MET", 4, 5),
    "Guaviare": ("GUV", 5, 5),
    "Guainía": ("GUA", 6, 5),
    "Cauca": ("CAU", 1, 6),
    "Huila": ("HUI", 2, 6),
    "Caquetá": ("CAQ", 3, 6),
    "Vaupés": ("VAU", 5, 6),
    "Nariño": ("NAR", 1, 7),
    "Putumayo": ("PUT", 2, 7),
    "Amazonas": ("AMA", 4, 7),
}
#: Other spellings that a project may carry.
SPELLED = {"Bogotá": "Bogotá, D.C.", "Bogotá D.C.": "Bogotá, D.C.", "San Andrés": next(iter(TILES))}
SIDE, GAP = 46, 4
STEP = SIDE + GAP
WIDTH, HEIGHT = 7 * STEP - GAP, 8 * STEP - GAP
#: Depths of colour: how many of the greatest number make each.
DEPTHS = 4


@dataclass(frozen=True)
class Tile:
    """A square of the map, in the drawing's own units. `depth` from 0, none, to 4, the most."""

    name: str
    letters: str
    x: int
    y: int
    count: int
    depth: int
    url: str

    @property
    def middle(self) -> int:
        return self.x + SIDE // 2


def tiles(places: Mapping[str, int]) -> list[Tile]:
    """A square for each of the 33, with its number of projects and the address of their list."""
    counts = spelled(places)
    most = max((counts.get(name, 0) for name in TILES), default=0)
    return [tile(name, counts.get(name, 0), most, asked_as(name, places)) for name in TILES]


def tile(name: str, count: int, most: int, asked: str) -> Tile:
    letters, column, row = TILES[name]
    depth = -(-count * DEPTHS // most) if count else 0
    return Tile(name, letters, column * STEP, row * STEP, count, depth, f"/banco/?{urlencode({'departamento': asked})}")


def spelled(places: Mapping[str, int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, count in places.items():
        counts[SPELLED.get(name, name)] = counts.get(SPELLED.get(name, name), 0) + count
    return counts


def asked_as(name: str, places: Mapping[str, int]) -> str:
    """The spelling that projects of this department carry."""
    return next((told for told in places if SPELLED.get(told, told) == name), name)


def bars(phases: Mapping[str, int]) -> list[dict[str, Any]]:
    """The four phases in their order, each with its number and its length from 0 to 100."""
    most = max(phases.values(), default=0)
    return [
        {
            "code": code,
            "label": label,
            "count": phases.get(code, 0),
            "length": round(100 * phases.get(code, 0) / most, 2) if most else 0,
        }
        for code, label in vocabulary.PHASES.items()
    ]


def drawn(places: Mapping[str, int], phases: Mapping[str, int]) -> dict[str, Any]:
    """All that the template of the drawings takes."""
    return {
        "tiles": tiles(places),
        "bars": bars(phases),
        "width": WIDTH,
        "height": HEIGHT,
        "side": SIDE,
        "places": sorted(places.items(), key=lambda pair: (-pair[1], pair[0])),
    }
