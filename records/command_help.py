"""What argparse and Django say by themselves, in Spanish: headings, common options and faults of usage."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import DjangoHelpFormatter

SECTIONS = {"options": "opciones", "positional arguments": "argumentos"}
#: Help of the options that Django gives every command, by what they set.
HELPS = {
    "help": "muestra esta ayuda y termina",
    "version": "muestra la versión de Django y termina",
    "verbosity": "cuánto se cuenta: 0 lo menos, 1 lo normal, 2 más, 3 todo",
    "settings": "módulo de configuración, p. ej. cms.settings.production",
    "pythonpath": "carpeta que se agrega a las de Python",
    "traceback": "muestra de dónde viene un fallo",
    "no_color": "sin colores",
    "force_color": "con colores siempre",
    "skip_checks": "sin las comprobaciones previas",
}
#: Faults of usage: how argparse begins or shapes them, and how they are told.
FAULTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        (r"the following arguments are required: (.*)", r"faltan: \1"),
        (r"one of the arguments (.*) is required", r"falta uno de: \1"),
        (r"unrecognized arguments: (.*)", r"no se conoce: \1"),
        (r"ambiguous option: (.*) could match (.*)", r"«\1» puede ser cualquiera de: \2"),
        (r"argument (.*?): expected one argument", r"\1 espera un valor"),
        (r"argument (.*?): expected at least one argument", r"\1 espera al menos un valor"),
        (r"argument (.*?): expected (\d+) arguments?", r"\1 espera \2 valores"),
        (r"argument (.*?): not allowed with argument (.*)", r"\1 no va con \2"),
        (r"argument (.*?): ignored explicit argument (.*)", r"\1 no lleva valor (se dio \2)"),
        (r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", r"\1 no admite \2; elija entre \3"),
        (r"argument (.*?): invalid \w+ value: (.*)", r"\1 no admite \2"),
        (r"argument (.*?): (.*)", r"\1: \2"),
    )
)


def in_spanish(fault: str) -> str:
    """A fault of usage as argparse tells it, in Spanish; as it is when it is none of those known."""
    for pattern, told in FAULTS:
        if pattern.fullmatch(fault):
            return pattern.sub(told, fault)
    return fault


class SpanishFormatter(DjangoHelpFormatter):
    """The help of a command, every word of it in Spanish."""

    def add_usage(self, usage: str | None, actions: Any, *groups: Any, **given: Any) -> None:
        super().add_usage(usage, actions, *groups, **{**given, "prefix": "uso: "})

    def start_section(self, heading: str | None) -> None:
        super().start_section(SECTIONS.get(heading or "", heading))

    def add_arguments(self, actions: Iterable[argparse.Action]) -> None:
        listed = list(actions)
        for action in listed:
            action.help = HELPS.get(action.dest, action.help)
        super().add_arguments(listed)


def told_in_spanish(parser: argparse.ArgumentParser, program_fault: Callable[[str], Any]) -> Callable[[str], Any]:
    """What ends a command at a fault of usage: on a terminal in Spanish, elsewhere as Django does."""

    def fault(message: str) -> None:
        if not getattr(parser, "called_from_command_line", False):
            program_fault(in_spanish(message))
        parser.print_usage(sys.stderr)
        parser.exit(2, f"{parser.prog}: {in_spanish(message)}\n")

    return fault
