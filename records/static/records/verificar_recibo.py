"""Comprueba un recibo de Custodia sin el sistema que lo expidió.

    pip install cryptography rfc8785
    python verificar_recibo.py recibo.json [archivo] [--llave HUELLA]

Dice si la firma es de la llave que el recibo nombra y si el archivo es el radicado. Con --llave exige además que
la llave tenga esa huella: la que publica la entidad. Termina en 0 si todo coincide, en 1 si no, en 2 si falta algo.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names come once: one that comes twice could be read in two ways."""
    if len({name for name, _value in pairs}) != len(pairs):
        raise ValueError("un nombre aparece dos veces")
    return dict(pairs)


def fingerprint(public_key: str) -> str:
    return hashlib.sha256(base64.b64decode(public_key, validate=True)).hexdigest()


def fault_of(proof: dict[str, Any], keys: dict[str, str]) -> str:
    """Why the signature of a receipt does not hold; empty when it does."""
    if not proof["signature"]:
        return "no tiene firma: es anterior a que los recibos se firmaran"
    public = keys.get(proof["key"], "")
    if fingerprint(public)[:16] != proof["key"]:
        return "la llave no es la que el recibo nombra"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
    try:
        key.verify(base64.b64decode(proof["signature"], validate=True), rfc8785.dumps(proof["receipt"]))
    except InvalidSignature:
        return "la firma no corresponde a los datos"
    return ""


def check(proof: dict[str, Any], file: Path | None, expected: str) -> list[str]:
    """One sentence for each thing that does not hold."""
    keys, facts = proof["public_keys"], proof["receipt"]
    pieces = facts.get("receipts", [proof])
    faults = [f"lote: {fault}" for fault in [fault_of(proof, keys)] if fault and "receipts" in facts]
    faults += [f"{one['receipt']['radicado']}: {fault}" for one in pieces if (fault := fault_of(one, keys))]
    if expected and fingerprint(keys[proof["key"]]) != expected:
        faults.append("la huella de la llave no es la esperada")
    if file:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest not in {one["receipt"]["sha256"] for one in pieces}:
            faults.append("el archivo no es el radicado")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description="Comprueba un recibo de Custodia.")
    parser.add_argument("recibo", type=Path)
    parser.add_argument("archivo", type=Path, nargs="?")
    parser.add_argument("--llave", default="", help="huella SHA-256 de la llave pública, en hexadecimal")
    given = parser.parse_args()
    expected = "".join(given.llave.lower().split())
    try:
        proof = json.loads(given.recibo.read_text(encoding="utf-8"), object_pairs_hook=once)
        faults = check(proof, given.archivo, expected)
        used = fingerprint(proof["public_keys"][proof["key"]]) if proof["key"] else ""
    except OSError as fault:
        sys.stderr.write(f"No se pudo leer: {fault}\n")
        return 2
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        sys.stdout.write(f"NO COINCIDE. El recibo no está completo o fue cambiado: {fault}\n")
        return 1
    sys.stdout.write("".join(f"NO COINCIDE. {fault}\n" for fault in faults) or "Coincide.\n")
    if used and not expected:
        sys.stdout.write(f"Compare esta huella de la llave con la que publica la entidad: {used}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
