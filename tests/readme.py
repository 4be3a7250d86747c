#!/usr/bin/env python3
"""Executes the snippets of a Markdown file, so that no document promises what does not work.

    tests/readme.py FILE ...

    ```sh        run by bash -eu, in one shell per document
    ```console   `$ command` lines and what they print; `...` in a line stands for anything, a line `...` for any lines;
                 assignments are there for the commands after them
    ```toml      a recipe that must load; it is kept as ID.toml for the commands after it
    ```rust      compiled and run by `cargo test --doc`
    ```text, ```json: not executed
    any other    run by tests/readme.d/LANGUAGE.sh FILE; without such a file it is an error
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
# Parts of the tests of their own; running them here as well would take the time twice, or never end.
ELSEWHERE = {"make demo", "make test", "make"}
NOT_EXECUTED = {"text", "json", "rust"}


def snippets(path):
    """Language, text and line number of every fenced block."""
    language = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            fence = re.match(r"^```(\S*)\s*$", line)
            if fence and language is None:
                language, start, lines = fence[1], number, []
            elif fence:
                yield language, "".join(lines), start
                language = None
            elif language is not None:
                lines.append(line)


def run(command, text=None, where=None):
    """Exit code and both outputs as one text."""
    environment = dict(os.environ, PATH=os.path.join(TARGET, "debug") + os.pathsep + os.environ["PATH"])
    environment["NO_COLOR"] = "1"
    done = subprocess.run(
        command, input=text, text=True, cwd=where or ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.returncode, done.stdout


def matches(expected, printed):
    """Whether the output is the expected one; `...` stands for anything."""
    pattern = ""
    for line in expected.rstrip("\n").split("\n"):
        pattern += r"(?:.*\n)*?" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


def console(text):
    """Commands and the output expected of each. A command that ends in a backslash goes on in the next line."""
    command, expected, going_on = None, "", False
    for line in text.splitlines():
        if going_on:
            command += "\n" + line
        elif line.startswith("$ "):
            if command:
                yield command, expected
            command, expected = line[2:], ""
        else:
            expected += line + "\n"
        going_on = command is not None and not expected and line.endswith("\\")
    if command:
        yield command, expected


def check(language, text, where, assignments):
    """A complaint, or nothing."""
    if language in NOT_EXECUTED:
        return None
    if language == "sh":
        commands = "".join(line + "\n" for line in text.splitlines() if line.strip() not in ELSEWHERE)
        code, printed = run(["bash", "-euo", "pipefail"], commands, where)
        return f"exit code {code}\n{printed}" if code else None
    if language == "console":
        for command, expected in console(text):
            if re.match(r"(export )?[A-Z_0-9]+=", command):
                assignments.append(command)
            _, printed = run(["bash", "-uo", "pipefail"], "\n".join([*assignments, command]), where)
            if not matches(expected, printed):
                return f"$ {command}\nprints\n{printed}instead of\n{expected}"
        return None
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, f"snippet.{language}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if language == "toml":
            code, printed = run(["paysig", "try", path])
            named = re.search(r'^id = "([a-z0-9-]+)"', text, re.M)
            if named and where:
                shutil.copy(path, os.path.join(where, named[1] + ".toml"))
            return printed if code else None
        runner = os.path.join(HERE, "readme.d", f"{language}.sh")
        if not os.path.exists(runner):
            return f"nothing executes {language or 'a block without a language'}"
        code, printed = run([runner, path])
        return f"exit code {code}\n{printed}" if code else None


def main():
    failed = count = 0
    for path in sys.argv[1:]:
        # Files that one snippet makes are there for the next.
        assignments = []
        with tempfile.TemporaryDirectory() as directory:
            for language, text, line in snippets(path):
                count += 1
                complaint = check(language, text, directory, assignments)
                if complaint:
                    failed += 1
                    print(f"{path}:{line}: {complaint}")
    print(f"{count - failed} of {count} snippets work")
    sys.exit(1 if failed or not count else 0)


if __name__ == "__main__":
    main()
