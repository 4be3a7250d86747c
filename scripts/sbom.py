#!/usr/bin/env python3
"""Writes a software bill of materials of the C library, the command line and the Python wheel: CycloneDX 1.5, JSON.

scripts/sbom.py [DIRECTORY]   default: target/sbom

From `cargo metadata --locked` and the checksums of Cargo.lock: what is linked on this platform, without what only tests and builds use.
The same tree gives the same bytes: there is no time and no random number in it.
"""

import json
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


def bill(root: str, metadata: dict, checksums: dict) -> dict:
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

    def linked(node: str) -> list[str]:
        normal = [d["pkg"] for d in nodes[node]["deps"] if any(kind["kind"] is None for kind in d["dep_kinds"])]
        # Macros run in the compiler and are not linked.
        return [d for d in normal if not any("proc-macro" in target["kind"] for target in packages[d]["targets"])]

    start = next(identity for identity, package in packages.items() if package["name"] == root and package["source"] is None)
    found, waiting = set(), [start]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(linked(node))

    def reference(node: str) -> str:
        return f"{packages[node]['name']}@{packages[node]['version']}"

    ordered = sorted(found, key=reference)
    kind = "application" if root == "paysig-cli" else "library"
    made = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(packages[start], checksums, kind)},
        "components": [component(packages[node], checksums) for node in ordered if node != start],
        "dependencies": [{"ref": reference(node), "dependsOn": sorted(map(reference, linked(node)))} for node in ordered],
    }
    content = json.dumps(made, sort_keys=True)
    return {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}", **made}


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "sbom"
    out.mkdir(parents=True, exist_ok=True)
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(p["name"], p["version"]): p["checksum"] for p in lock if "checksum" in p}
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host()]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    for name in SHIPPED:
        text = json.dumps(bill(name, metadata, checksums), indent=2, ensure_ascii=False) + "\n"
        (out / f"{name}.cdx.json").write_text(text)


if __name__ == "__main__":
    main()
