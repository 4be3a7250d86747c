"""The snippets of README.md run, in order, in one program."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_readme(capsys):
    snippets = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(snippets) == 7
    program: dict[str, object] = {}
    for snippet in snippets:
        exec(compile(snippet, str(README), "exec"), program)
    assert "body" in capsys.readouterr().out
