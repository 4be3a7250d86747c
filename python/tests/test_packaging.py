"""The installed distribution."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import paysig

ROOT = Path(__file__).parents[2]


def test_the_wheel_is_what_is_tested():
    assert "site-packages" in Path(paysig.__file__).parts
    distribution = importlib.metadata.distribution("paysig")
    tags = re.findall(r"^Tag: (.*)$", distribution.read_text("WHEEL") or "", re.MULTILINE)
    assert {tag.rsplit("-", 1)[0] for tag in tags} == {"cp310-abi3"}
    assert {tag.rsplit("-", 1)[1] for tag in tags} == {"manylinux2014_x86_64", "manylinux_2_17_x86_64"}


def test_the_version_is_the_projects():
    version = re.search(r'^\[workspace\.package\]\nversion = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert paysig.__version__ == version[1] == importlib.metadata.version("paysig")


def test_what_the_wheel_holds():
    files = {str(f) for f in importlib.metadata.files("paysig") or []}
    for name in ("paysig/py.typed", "paysig/_paysig.pyi", "paysig/_paysig.abi3.so"):
        assert name in files
    assert any("LICENSE-MIT" in f for f in files)
    assert not [f for f in files if "test" in f or f.endswith((".rs", ".toml"))]
    metadata = importlib.metadata.metadata("paysig")
    assert not [r for r in metadata.get_all("Requires-Dist") or [] if "extra ==" not in r]


def test_importing_it_needs_nothing_else():
    """The frameworks are loaded only by the modules that are named after them."""
    code = "import sys, paysig, paysig.asgi, paysig.wsgi; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"httpx", "requests", "flask", "django", "fastapi", "starlette"} & set(loaded)


def test_processes_may_fork():
    signer = paysig.Signer("stripe", "webhook", credentials={"secret": "s"})
    nonces = []
    maker = paysig.Signer("standard-webhooks", "webhook", credentials={"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    for _ in range(2):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                signer.sign("POST", "/", [], b"x")
                os.write(write, (maker.sign("POST", "/", [], b"x").used.nonce or "").encode())
            finally:
                os._exit(0)
        os.close(write)
        nonces.append(os.read(read, 100))
        os.close(read)
        assert os.waitpid(child, 0)[1] == 0
    assert len(set(nonces)) == 2
