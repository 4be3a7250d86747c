#!/usr/bin/env python3
"""Licences, bans, duplicates and sources of every crate in the workspace, as deny.toml states them; and the oldest compiler.

From `cargo metadata --locked`: a Cargo.lock that does not fit the manifests fails, too.
"""

import json
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def licence_allowed(expression: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression can be met: OR needs one side, AND both."""
    tokens = expression.replace("/", " OR ").replace("(", " ( ").replace(")", " ) ").split()

    def either() -> bool:
        good = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            good = both() or good
        return good

    def both() -> bool:
        good = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            good = one() and good
        return good

    def one() -> bool:
        token = tokens.pop(0)
        if token == "(":
            good = either()
            tokens.pop(0)
            return good
        if tokens[:1] == ["WITH"]:
            token = f"{token} {tokens.pop(0)} {tokens.pop(0)}"
        return token in allowed

    return either() and not tokens


def release(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in version.split("."))[:2]


def main() -> int:
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    faults = []

    allowed = set(rules["licenses"]["allow"])
    banned = {entry["crate"] for entry in rules["bans"]["deny"]}
    skipped = {entry["crate"] for entry in rules["bans"]["skip"]}
    registries = {f"registry+{url}" for url in rules["sources"]["allow-registry"]}
    oldest = release(manifest["workspace"]["package"]["rust-version"])
    versions = defaultdict(set)
    for package in packages:
        name = f"{package['name']} {package['version']}"
        versions[package["name"]].add(package["version"])
        if package["name"] in banned:
            faults.append(f"{name} is banned")
        if not package["license"] or not licence_allowed(package["license"], allowed):
            faults.append(f"{name} has the licence {package['license']}")
        if package["source"] is not None and package["source"] not in registries:
            faults.append(f"{name} comes from {package['source']}")
        if package["rust_version"] and release(package["rust_version"]) > oldest:
            faults.append(f"{name} needs Rust {package['rust_version']}, newer than rust-version of Cargo.toml")
        for dependency in package["dependencies"]:
            # crates.io takes no package that needs a path alone.
            inside = dependency.get("path") and (package["publish"] == [] or dependency["kind"] == "dev")
            if package["source"] is None and dependency["req"] == "*" and not inside:
                faults.append(f"{name} takes any version of {dependency['name']}")
    for name, found in sorted(versions.items()):
        if len(found) > 1 and name not in skipped:
            faults.append(f"{name} is there in {len(found)} versions: {', '.join(sorted(found))}")
        if name in skipped and len(found) < 2:
            faults.append(f"{name} is no duplicate any more: take it out of skip in deny.toml")
    for entry in rules["advisories"]["ignore"]:
        if len(entry.get("reason", "")) < 40:
            faults.append(f"{entry['id']} is ignored without a reason")
    # Checksums: what is locked is what is built.
    for package in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]:
        if "source" in package and "checksum" not in package:
            faults.append(f"{package['name']} has no checksum in Cargo.lock")

    for fault in faults:
        print(fault)
    print(f"{len(packages)} crates, {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
