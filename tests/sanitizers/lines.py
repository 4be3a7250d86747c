#!/usr/bin/env python3
"""One conformance question of each kind, for a tool under which all of them would take an hour: of every algorithm that a
recipe names the first that signs and the first that verifies, and of every other operation the first."""
import json
import pathlib
import re
import sys

sys.path.insert(0, "tests/conformance")
from check import load

seen = set()
for case in load(sorted(pathlib.Path("tests/vectors").glob("*.jsonl"))):
    recipe = pathlib.Path("schemes", f"{json.loads(case.line).get('scheme')}.toml")
    if not recipe.exists():
        continue
    algorithm = re.search(r"^algorithm = (.*)", recipe.read_text(encoding="utf-8"), re.M)
    kind = (case.op, algorithm[1] if case.op in ("sign", "verify") and algorithm else None)
    if kind not in seen:
        seen.add(kind)
        print(case.line)
