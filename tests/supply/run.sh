#!/usr/bin/env bash
# Where the code comes from: rules for crates, the promises of SECURITY.md, a bill of materials.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-supply
rm -rf "$work"
mkdir -p "$work"
tests/supply/check.py
tests/supply/promises.py

scripts/sbom.py "$work/sbom"
scripts/sbom.py "$work/again"
diff -r "$work/sbom" "$work/again"
python3 - "$work/sbom" <<'PYTHON'
import json, pathlib, sys
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    bill = json.loads(file.read_text())
    known = {bill["metadata"]["component"]["bom-ref"], *(c["bom-ref"] for c in bill["components"])}
    assert bill["bomFormat"] == "CycloneDX" and len(known) > 20, file
    assert known == {d["ref"] for d in bill["dependencies"]} and all(known.issuperset(d["dependsOn"]) for d in bill["dependencies"]), file
    # Everything that is not ours has its licence and its checksum.
    assert all("licenses" in c and ("hashes" in c or c["name"].startswith("paysig")) for c in bill["components"]), file
PYTHON
