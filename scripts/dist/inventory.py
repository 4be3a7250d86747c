#!/usr/bin/env python3
"""What a binary for a target is made of: its software bill of materials and the licences of what is linked into it.

    scripts/dist/inventory.py PACKAGE TARGET SBOM-FILE LICENSES-FILE

What is linked, and the bill, are those of scripts/sbom.py. A crate without a licence file is named with its SPDX expression.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import sbom  # noqa: E402  # beside this directory

TEXTS = ("license", "licence", "copying", "notice", "copyright")


def licences(package: str, metadata: dict) -> str:
    """One text a crate; equal texts are given once."""
    packages = {p["id"]: p for p in metadata["packages"]}
    texts = {}
    for p in sorted((packages[i] for i in sbom.linked(package, metadata)[1]), key=lambda p: (p["name"], p["version"])):
        if p["source"] is None:
            continue
        name = f"{p['name']} {p['version']} ({p['license'] or 'see below'})"
        files = [f for f in sorted(Path(p["manifest_path"]).parent.iterdir()) if f.is_file() and f.name.lower().startswith(TEXTS)]
        for file in files:
            texts.setdefault(file.read_text(encoding="utf-8", errors="replace").strip(), []).append(name)
        if not files:
            texts.setdefault(f"{p['license']}: the crate carries no text; {p['repository']}", []).append(name)
    rule = "-" * 100
    return "\n".join(
        [
            "What may be linked into this binary, beside paysig itself (MIT OR Apache-2.0) and the crates below: the Rust standard",
            "library (MIT OR Apache-2.0, https://github.com/rust-lang/rust/blob/master/COPYRIGHT), libunwind of LLVM (Apache-2.0 WITH",
            "LLVM-exception, https://llvm.org/LICENSE.txt), and in static programs musl (MIT, https://musl.libc.org).\n",
            *("\n".join([rule, *names, "", text, ""]) for text, names in texts.items()),
        ]
    )


def main() -> None:
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    package, target, bill, texts = sys.argv[1:]
    metadata, checksums = sbom.read(target)
    Path(bill).write_text(sbom.text(sbom.bill(package, metadata, checksums)), encoding="utf-8")
    Path(texts).write_text(licences(package, metadata), encoding="utf-8")


if __name__ == "__main__":
    main()
