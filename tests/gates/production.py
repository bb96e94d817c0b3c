"""`python -m tests.gates.production ROLE`: `check --deploy` of a production in order, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).resolve().parents[2]
#: All that production must be told. No database is asked.
TOLD = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.production",
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "custodia.example",
    "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/none",
    "MALWARE_SCANNER": "none",
}


def make_key(home: Path) -> None:
    """The signing key, as set-up leaves it."""
    (home / "keys").mkdir(mode=0o700)
    file = home / "keys" / "custodia-ed25519.pem"
    file.touch(mode=0o600)
    key = Ed25519PrivateKey.generate()
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def main(role: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        make_key(Path(folder))
        environment = {**os.environ, **TOLD, "SITE_ROLE": role, "CUSTODIA_HOME": folder}
        command = [sys.executable, "manage.py", "check", "--deploy"]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
