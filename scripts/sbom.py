#!/usr/bin/env python3
"""Writes a software bill of materials of the C library, the command line and the Python wheel: CycloneDX 1.5, JSON.

scripts/sbom.py [DIRECTORY]   default: target/sbom

From `cargo metadata --locked` and the checksums of Cargo.lock: what is linked on this platform, without what only tests and builds use.
Of other platforms scripts/dist/inventory.py writes it, into what is released.
The same tree gives the same bytes: there is no time and no random number in it.
"""

import json
import os
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("paysig", "paysig-ffi", "paysig-cli", "paysig-python")


def host() -> str:
    lines = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout.splitlines()
    return next(line.removeprefix("host: ") for line in lines if line.startswith("host: "))


def component(package: dict, checksums: dict, kind: str = "library") -> dict:
    name, version = package["name"], package["version"]
    made = {"type": kind, "bom-ref": f"{name}@{version}", "name": name, "version": version, "purl": f"pkg:cargo/{name}@{version}"}
    if package["description"]:
        made["description"] = " ".join(package["description"].split())
    if package["license"]:
        made["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if checksum := checksums.get((name, version)):
        made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return made


def read(target: str) -> tuple[dict, dict]:
    """Cargo's metadata for a target, and the checksums of Cargo.lock."""
    command = [os.environ.get("CARGO", "cargo"), "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    return metadata, {(p["name"], p["version"]): p["checksum"] for p in lock if "checksum" in p}


def linked(root: str, metadata: dict) -> tuple[dict, dict[str, list[dict]]]:
    """A package of the workspace, and what is linked into it: each by its id, with the packages that it needs itself."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

    def needs(node: str) -> list[str]:
        normal = [d["pkg"] for d in nodes[node]["deps"] if any(kind["kind"] is None for kind in d["dep_kinds"])]
        # Macros run in the compiler and are not linked.
        return [d for d in normal if not any("proc-macro" in target["kind"] for target in packages[d]["targets"])]

    start = next(identity for identity, package in packages.items() if package["name"] == root and package["source"] is None)
    found, waiting = {}, [start]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = needs(node)
            waiting.extend(found[node])
    return packages[start], {node: [packages[d] for d in needed] for node, needed in found.items()}


def bill(root: str, metadata: dict, checksums: dict) -> dict:
    start, found = linked(root, metadata)
    packages = {package["id"]: package for package in metadata["packages"]}

    def reference(package: dict) -> str:
        return f"{package['name']}@{package['version']}"

    ordered = sorted((packages[node] for node in found), key=reference)
    kind = "application" if root == "paysig-cli" else "library"
    made = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(start, checksums, kind)},
        "components": [component(package, checksums) for package in ordered if package is not start],
        "dependencies": [{"ref": reference(p), "dependsOn": sorted(map(reference, found[p["id"]]))} for p in ordered],
    }
    content = json.dumps(made, sort_keys=True)
    return {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}", **made}


def text(made: dict) -> str:
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "sbom"
    out.mkdir(parents=True, exist_ok=True)
    metadata, checksums = read(host())
    for name in SHIPPED:
        (out / f"{name}.cdx.json").write_text(text(bill(name, metadata, checksums)))


if __name__ == "__main__":
    main()
