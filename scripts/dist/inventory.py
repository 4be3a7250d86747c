#!/usr/bin/env python3
"""What a binary is made of: its software bill of materials (CycloneDX, JSON) and the licences of what is linked into it.

    scripts/dist/inventory.py PACKAGE TARGET SBOM-FILE LICENSES-FILE

Walks the normal dependencies of a workspace package as cargo resolves them for a target; what only runs while building (build
dependencies, procedural macros) is not inside. A crate without a licence file is named with its SPDX expression.
"""

import json
import os
import pathlib
import subprocess
import sys

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot5
from packageurl import PackageURL

TEXTS = ("license", "licence", "copying", "notice", "copyright")


def resolved(package, target):
    """The package, and what is linked into it: (id -> metadata, id -> ids of its dependencies)."""
    command = [os.environ.get("CARGO", "cargo"), "metadata", "--format-version=1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {p["id"]: p for p in metadata["packages"]}
    nodes = {n["id"]: n for n in metadata["resolve"]["nodes"]}
    (root,) = (i for i in metadata["workspace_members"] if packages[i]["name"] == package)
    edges, todo = {}, [root]
    while todo:
        here = todo.pop()
        if here in edges:
            continue
        edges[here] = sorted(
            d["pkg"]
            for d in nodes[here]["deps"]
            if any(k["kind"] is None for k in d["dep_kinds"]) and "proc-macro" not in packages[d["pkg"]]["targets"][0]["kind"]
        )
        todo += edges[here]
    return root, packages, edges


def bill(root, packages, edges):
    """The CycloneDX document. It is the same whenever and wherever it is made from the same sources."""
    bom = Bom()
    licences = LicenseFactory()
    components = {}
    for i in edges:
        p = packages[i]
        ours = p["source"] is None
        component = Component(
            name=p["name"],
            version=p["version"],
            type=ComponentType.LIBRARY,
            bom_ref=f"{p['name']}@{p['version']}",
            purl=PackageURL("cargo", None, p["name"], p["version"]) if not ours else None,
            licenses=[licences.make_from_string(p["license"].replace("/", " OR "))] if p["license"] else (),
            description=p["description"],
        )
        components[i] = component
        if i != root:
            bom.components.add(component)
    bom.metadata.component = components[root]
    bom.metadata.tools.components.add(this_component())
    for i, needed in edges.items():
        bom.register_dependency(components[i], [components[n] for n in needed])
    document = json.loads(JsonV1Dot5(bom).output_as_string())
    del document["serialNumber"]
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def licences(root, packages, edges):
    """One text a crate; equal texts are given once."""
    texts = {}
    for i in sorted(edges, key=lambda i: packages[i]["name"]):
        p = packages[i]
        if p["source"] is None:
            continue
        name = f"{p['name']} {p['version']} ({p['license'] or 'see below'})"
        files = [f for f in sorted(pathlib.Path(p["manifest_path"]).parent.iterdir()) if f.is_file() and f.name.lower().startswith(TEXTS)]
        for file in files:
            texts.setdefault(file.read_text(encoding="utf-8", errors="replace").strip(), []).append(name)
        if not files:
            texts.setdefault(f"{p['license']}: the crate carries no text; {p['repository']}", []).append(name)
    yield "What may be linked into this binary, beside paysig itself (MIT OR Apache-2.0) and the crates below: the Rust standard"
    yield "library (MIT OR Apache-2.0, https://github.com/rust-lang/rust/blob/master/COPYRIGHT), libunwind of LLVM (Apache-2.0 WITH"
    yield "LLVM-exception, https://llvm.org/LICENSE.txt), and in static programs musl (MIT, https://musl.libc.org).\n"
    for text, names in texts.items():
        yield "-" * 100
        yield "\n".join(names) + "\n"
        yield text + "\n"


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    package, target, sbom, texts = sys.argv[1:]
    found = resolved(package, target)
    pathlib.Path(sbom).write_text(bill(*found), encoding="utf-8")
    pathlib.Path(texts).write_text("\n".join(licences(*found)), encoding="utf-8")


if __name__ == "__main__":
    main()
