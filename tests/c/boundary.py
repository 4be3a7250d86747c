#!/usr/bin/env python3
"""Every extern "C" function of ffi/src runs its body in call(), quiet() or free(), or only returns a constant."""
import pathlib
import re
import sys

CONSTANT = {"paysig_abi_version", "paysig_version"}
# Of the WebAssembly module alone, where a panic traps and nothing unwinds; ffi/src/wasm.rs is not compiled elsewhere.
TRAPS = {"paysig_alloc", "paysig_dealloc"}
found, wrong = [], []
for path in sorted(pathlib.Path("ffi/src").glob("*.rs")):
    text = path.read_text()
    for match in re.finditer(r'extern "C" fn (\w+)', text):
        name = match.group(1)
        found.append(name)
        body = text[match.start() : text.find("\n}\n", match.start())]
        if name not in CONSTANT | TRAPS and not re.search(r"\b(call|quiet|free)\(", body):
            wrong.append(f"{path}: {name} does not go through the boundary")
if len(found) < 30:
    wrong.append(f"only {len(found)} functions found: has their spelling changed?")
print("\n".join(wrong))
sys.exit(bool(wrong))
