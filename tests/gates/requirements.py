"""`make requirements`: compiles the hashed requirement files from pyproject.toml.

The files name no index, no place and no trusted host: whoever installs uses their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--resolver=backtracking",
    "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--no-emit-options",
    "--constraint=requirements/held.in",
)  # fmt: skip
FILES = {
    "requirements/base.txt": (),
    # Held to the versions of the base: what is tested is what is installed.
    "requirements/dev.txt": ("--constraint=requirements/base.txt", "--extra=dev"),
}


def main() -> int:
    environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make requirements"}
    for file, flags in FILES.items():
        command = [sys.executable, "-m", "piptools", "compile", *FLAGS, *flags, "-o", file, "pyproject.toml"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
