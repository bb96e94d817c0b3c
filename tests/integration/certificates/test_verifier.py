"""The verifier as an outsider runs it: one file, any Python from 3.9 on, and exit codes that a script can rely on."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from records.certificates import verify
from records.certificates.issue import Issued
from tests.integration.certificates.tampering import apart, changed, flipped, together

pytestmark = pytest.mark.beyond(12)
FILE = Path(verify.__file__)
OLDEST = (3, 9)
OTHERS = [f"python3.{minor}" for minor in range(9, 16)]
#: Public key, message and signature of RFC 8032 §7.1, tests 1 to 3.
VECTORS = """
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a||e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c|72|92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025|af82|6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
"""
#: What came after the oldest Python it must run with.
NEWER = frozenset({"bit_count", "file_digest", "batched", "pairwise"})


def run(python: str, *words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """The verifier alone: no folder of ours in its path, nothing of the environment."""
    lonely = folder / "verify.py"
    shutil.copy(FILE, lonely)
    command = [python, "-I", str(lonely), *map(str, words)]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=120, check=False)


def test_its_syntax_and_names_are_of_the_oldest_python() -> None:
    tree = ast.parse(FILE.read_text("utf-8"), feature_version=OLDEST)
    imported = {name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in [node.module]}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= set(sys.stdlib_module_names) | {"collections.abc", "__future__"}
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & NEWER
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not [word for call in calls for word in call.keywords if word.arg in ("strict", "kw_only", "slots")]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Match)]
    unions = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp)]
    assert not [node for node in unions if "None" in ast.dump(node.value)], "a union that runs needs Python 3.10"


def test_exit_codes_and_words(issued: tuple[Path, Issued], tmp_path: Path) -> None:
    path, told = issued
    good = run(sys.executable, path, folder=tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    assert "Todo coincide." in good.stdout
    assert "SIN COMPROBAR" in good.stdout
    fingerprint = good.stdout.split()[-1]
    assert fingerprint[:16] == told.key
    assert run(sys.executable, path, "--key", fingerprint, folder=tmp_path).returncode == 0
    other = run(sys.executable, path, "--key", "0" * 64, folder=tmp_path)
    assert (other.returncode, "huella esperada" in other.stdout) == (1, True)
    bad = tmp_path / "malo.zip"
    bad.write_bytes(together(changed(apart(path.read_bytes()), "certificado.pdf", flipped)))
    named = run(sys.executable, bad, folder=tmp_path)
    assert named.returncode == 1
    assert "MAL           certificado.pdf: no es la que se expidió" in named.stdout
    assert "NO COINCIDE: 1 hallazgo." in named.stdout


def test_what_it_cannot_do_is_said_in_spanish(issued: tuple[Path, Issued], tmp_path: Path) -> None:
    path = issued[0]
    absent = run(sys.executable, tmp_path / "no-hay.zip", folder=tmp_path)
    assert (absent.returncode, "No se encontró el archivo" in absent.stderr) == (2, True)
    folder = run(sys.executable, tmp_path, folder=tmp_path)
    assert (folder.returncode, "No se pudo leer" in folder.stderr) == (2, True)
    for given in ([], [path, path], [path, "--key"], [path, "--key", ""], [path, "--key="], [path, "--llave", "x"]):
        refused = run(sys.executable, *given, folder=tmp_path)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "python3 verify.py certificado.zip [--key HUELLA]" in refused.stderr
        assert not {"usage", "error", "Traceback"} & set(refused.stderr.replace(":", " ").split())
    helped = run(sys.executable, "--help", folder=tmp_path)
    assert (helped.returncode, "Comprueba un certificado" in helped.stdout) == (0, True)
    for given in ([path, "--key=" + "0" * 64], ["--key", "0" * 64, path]):
        other = run(sys.executable, *given, folder=tmp_path)
        assert (other.returncode, "huella esperada" in other.stdout) == (1, True)


def test_its_moments_are_written_as_people_write_them(issued: tuple[Path, Issued], tmp_path: Path) -> None:
    first = run(sys.executable, issued[0], folder=tmp_path).stdout.splitlines()[0]
    assert re.search(r" el \d\d/\d\d/\d{4} \d\d:\d\d:\d\d UTC$", first)


def others() -> list[str]:
    """Other Pythons of this machine that start: on the path, or kept side by side with the one that runs this."""
    named = [found for name in OTHERS if (found := shutil.which(name))]
    beside = [str(file) for file in Path(sys.base_prefix).resolve().parent.glob("3.*/bin/python3")]
    return [one for one in [*named, *beside] if starts(one)]


def starts(python: str) -> bool:
    asked = [python, "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 9))"]
    return subprocess.run(asked, env={}, capture_output=True, timeout=60, check=False).returncode == 0


def test_other_pythons(issued: tuple[Path, Issued], tmp_path: Path) -> None:
    found = others()
    if not found:
        pytest.skip("this machine has no Python but the one that runs the tests")
    for python in found:
        done = run(python, issued[0], folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), python


def test_vectors_of_ed25519() -> None:
    """RFC 8032 §7.1, tests 1 to 3."""
    vectors = [line.split("|") for line in VECTORS.split()]
    for public, message, signature in vectors:
        given = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
        assert verify.signed_by(*given)
        assert not verify.signed_by(given[0], given[1] + b"x", given[2])
        s = int.from_bytes(given[2][32:], "little") + verify.Q
        assert not verify.signed_by(given[0], given[1], given[2][:32] + s.to_bytes(32, "little")), "another spelling"
    assert not verify.signed_by((2**255 - 1).to_bytes(32, "little"), b"", b"\0" * 64)
