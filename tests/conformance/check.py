#!/usr/bin/env python3
"""Runs the vectors through a binding's conformance program and compares its answers with what they must be.

    tests/conformance/check.py BINDING [FILE ...]        compare with `expect`
    tests/conformance/check.py BINDING --compare OTHER   compare the answers of two bindings, `detail` left out

Exit code 0 if everything agrees. Answers `unsupported` to an op named with --lacks are counted, not failures.
"""

import argparse
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# Members of a vector that are not part of the question.
REMARKS = {"expect", "source", "note", "explained_by", "matched_by_researched_variant"}
# Statuses 1 to 18.
VERDICTS = {
    "signature_mismatch", "timestamp_too_old", "timestamp_too_new", "missing_signature", "malformed_signature",
    "missing_field", "malformed_field", "duplicate_field", "unknown_key", "key_expired", "key_not_yet_valid",
    "unsupported_version", "unsupported_algorithm", "content_rejected", "too_large", "needs_key", "unverifiable", "replayed",
}  # fmt: skip


class Case:
    """A line to send, and what must come back."""

    def __init__(self, name, line, expect, message=None):
        self.name, self.line, self.expect, self.message = name, line, expect, message or {}
        try:
            self.op = json.loads(line).get("op")
        except (ValueError, AttributeError):
            self.op = None


def load(paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                where = f"{os.path.basename(path)}:{number}"
                try:
                    entry = json.loads(text)
                except ValueError as error:
                    sys.exit(f"{where}: {error}")
                if "line" in entry:  # raw text, of protocol.jsonl
                    yield Case(f"{where} {entry['name']}", entry["line"], entry["expect"])
                    continue
                question = {k: v for k, v in entry.items() if k not in REMARKS}
                line = json.dumps(question, ensure_ascii=False)
                yield Case(f"{where} {entry['id']}", line, entry["expect"], entry["message"])


def ask(binding, cases):
    """All answers, parsed; numbers keep their spelling."""
    questions = "".join(case.line + "\n" for case in cases).encode()
    command = [os.path.join(HERE, "run"), binding]
    done = subprocess.run(command, input=questions, stdout=subprocess.PIPE, cwd=ROOT)
    lines = done.stdout.decode("utf-8", "replace").removesuffix("\n").split("\n")
    if done.returncode != 0 or len(lines) != len(cases):
        sys.exit(f"{binding}: exit code {done.returncode}, {len(lines)} answers to {len(cases)} questions")
    answers = []
    for case, line in zip(cases, lines):
        try:
            answers.append(json.loads(line, parse_float=str, parse_int=spelled))
        except ValueError:
            sys.exit(f"{case.name}: the answer is not JSON: {line[:200]}")
    return answers


def spelled(text):
    """Small numbers as numbers, others as spelled."""
    return int(text) if str(int(text)) == text else text


def differences(case, answer):
    """What in the answer is not as expected."""
    expect = dict(case.expect)
    status = answer.get("status")
    if expect.pop("rejected", False):
        if status not in VERDICTS:
            yield f"status {status}, want a verdict"
    else:
        wanted = expect.pop("status", "ok")
        if status != wanted:
            yield f"status {status}, want {wanted} ({answer.get('detail', 'no detail')})"
            return
    for remark in REMARKS:
        if expect.pop(remark, None) is not None and case.op == "diagnose" and "findings_any_of" not in expect:
            if not answer.get("findings"):
                yield "no finding"
    headers = [(n.lower(), v) for n, v in answer.get("headers", []) + case.message.get("headers", [])]
    for name, value in expect.pop("headers", []):
        if (name.lower(), value) not in headers:
            yield f"header {name} {[v for n, v in headers if n == name.lower()]}, want {value}"
    for name, value in expect.pop("body_members", {}).items():
        got = answer.get("body_members", {}).get(name)
        if got != value:
            yield f"body member {name} {got!r}, want {value!r}"
    wanted = expect.pop("findings_any_of", None)
    if wanted is not None:
        found = [frozenset(f.get("ids", [f.get("id")])) for f in answer.get("findings", [])]
        if not any(frozenset([ids] if isinstance(ids, str) else ids) in found for ids in wanted):
            yield f"findings {[sorted(f) for f in found]}, want one of {wanted}"
    for name, value in expect.items():
        if answer.get(name) != value:
            yield f"{name} {answer.get(name)!r}, want {value!r}"


def without_detail(answer):
    return {k: v for k, v in answer.items() if k != "detail"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binding")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--compare", metavar="OTHER", help="compare with the answers of this binding")
    parser.add_argument("--lacks", metavar="OP", action="append", default=[], help="an op that the binding may answer `unsupported`")
    args = parser.parse_args()
    paths = args.files or sorted(glob.glob(os.path.join(ROOT, "tests", "vectors", "*.jsonl")))
    paths = paths if args.files else paths + [os.path.join(HERE, "protocol.jsonl")]
    cases = list(load(paths))
    if not cases:
        sys.exit("there are no vectors")
    answers = ask(args.binding, cases)
    others = ask(args.compare, cases) if args.compare else [None] * len(cases)
    failed = lacking = 0
    for case, answer, other in zip(cases, answers, others):
        if case.op in args.lacks and answer.get("status") == "unsupported":
            lacking += 1
            continue
        if other is None:
            wrong = list(differences(case, answer))
        else:
            same = without_detail(answer) == without_detail(other)
            wrong = [] if same else [f"{without_detail(answer)}\n    {args.compare}: {without_detail(other)}"]
        for difference in wrong:
            print(f"{case.name}: {difference}")
        failed += bool(wrong)
    what = f"as {args.compare}" if args.compare else "as expected"
    note = f", {lacking} of an op that it lacks" if lacking else ""
    print(f"{args.binding}: {len(cases) - failed - lacking} of {len(cases)} answers {what}{note}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
