#!/usr/bin/env python3
"""Every test that SECURITY.md names exists: `path: name` is a file of the project and a word in it."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    text = (ROOT / "SECURITY.md").read_text()
    named = re.findall(r"`([\w./-]+): ([^`]+)`", text)
    missing = 0
    for path, name in named:
        file = ROOT / path
        if not file.is_file() or name not in file.read_text():
            print(f"SECURITY.md names {path}: {name}, which does not exist")
            missing += 1
    for line in text.splitlines():
        if line.startswith("| ") and line.count("|") == 3 and not re.search(r"`[\w./-]+: ", line) and line != "| promise | kept by |":
            print(f"SECURITY.md promises without a test: {line}")
            missing += 1
    print(f"{len(named)} tests are named in SECURITY.md, {missing} faults")
    return missing > 0 or len(named) < 30


if __name__ == "__main__":
    sys.exit(main())
