"""House rules that no kept linter knows: each a row of a table, each tells file and line.

Product code is cms/, records/ and search/ without migrations; the places rule reads every tracked text file.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("cms", "records", "search")
MOST_LINES = 450
#: Who checks a certificate gets one file and nothing else: it cannot be divided.
ALONE = {Path("records/certificates/verify.py"): 640}
MOST_FUNCTION_LINES = 60
#: guardian's and Django's own answers about objects disagree with each other; records.permissions decides (D3).
BANNED_CALLS = frozenset(
    {"has_perm", "has_perms", "has_module_perms", "get_objects_for_user", "get_perms", "ObjectPermissionChecker"}
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
#: A linter's rule switched off on a line, with nothing but its code after it.
SILENCED = re.compile(r"#\s*noqa(:\s*[A-Z]+\d+([,\s]+[A-Z]+\d+)*)?\s*$")
REGISTRY = re.compile(r"https?://[^\s\"'<>]*\b(pypi|pythonhosted|npmjs|crates|maven|golang|debian)\b", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|mnt/\w+)/\w")
TEXTS = frozenset(
    {".py", ".md", ".toml", ".txt", ".sh", ".html", ".json", ".yml", ".yaml", ".cfg", ".csv", ".js", ".css", ""}
)

Finding = tuple[int, str]


def banned_calls(tree: ast.AST, _text: str) -> Iterator[Finding]:
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in BANNED_CALLS:
            yield getattr(node, "lineno", 1), f"{name}: records.permissions alone decides who may (D3)"


def long_file(file: Path, text: str) -> Iterator[Finding]:
    most = ALONE.get(file, MOST_LINES)
    if text.count("\n") > most:
        yield 1, f"{text.count(chr(10))} lines; at most {most}"


def long_code(tree: ast.AST, _text: str) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {length} lines; at most {MOST_FUNCTION_LINES}"


def unfinished(_tree: ast.AST, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, "unfinished work"


def silenced_without_reason(_tree: ast.AST, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if SILENCED.search(line):
            yield number, "a silenced rule gives its reason after its code"


PRODUCT_RULES: tuple[Callable[[ast.AST, str], Iterator[Finding]], ...] = (
    banned_calls,
    long_code,
    unfinished,
    silenced_without_reason,
)


def places(text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if REGISTRY.search(line):
            yield number, "address of a package registry"
        if MACHINE.search(line):
            yield number, "path of one machine"


def tracked() -> list[Path]:
    """Files git knows or would add; every file, where there is no repository (a source archive)."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return [file.relative_to(ROOT) for file in ROOT.rglob("*") if ".venv" not in file.parts and file.is_file()]
    return [Path(name) for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def findings(file: Path) -> Iterator[tuple[int, str]]:
    if file.suffix not in TEXTS:
        return
    try:
        text = (ROOT / file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    if file != Path(__file__).resolve().relative_to(ROOT):
        yield from places(text)
    if file.suffix == ".py" and file.parts[0] in ROOMS and "migrations" not in file.parts:
        tree = ast.parse(text)
        yield from long_file(file, text)
        for rule in PRODUCT_RULES:
            yield from rule(tree, text)


def main() -> int:
    found = [f"{file}:{line}: {what}" for file in tracked() for line, what in findings(file)]
    print("\n".join(found) or "house rules hold")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
