#!/usr/bin/env python3
"""Asks a conformance program about every case that generate.py wrote, and reports by class how much was found.

    tests/diagnose/report.py FILE PROGRAM [ARGUMENT ...]

`tried` is the mean and the greatest number of hypotheses, where the program tells it. Fails below 97 % found or 95 % right first, and at the first finding about a control or a valid message.
"""
import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import time

PROGRAMS = len(os.sched_getaffinity(0))
ASKED = ("id", "op", "scheme", "flow", "variants", "credentials", "other_keys", "message", "wire_encoding", "now", "tolerance_seconds")


def ids(finding):
    return frozenset(finding.get("ids", [finding["id"]]))


def ask(questions):
    done = subprocess.run(sys.argv[2:], input="".join(questions), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def main():
    cases = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
    questions = [json.dumps({k: c[k] for k in ASKED if k in c}) + "\n" for c in cases]
    begin = time.monotonic()
    # Dealt like cards: what takes long stands together.
    hands = [questions[n::PROGRAMS] for n in range(PROGRAMS)]
    with concurrent.futures.ThreadPoolExecutor(PROGRAMS) as pool:
        answered = list(pool.map(ask, hands))
    answers = [line for round in itertools.zip_longest(*answered) for line in round if line is not None]
    seconds = time.monotonic() - begin
    if len(answers) != len(cases):
        sys.exit(f"{len(cases)} questions, {len(answers)} answers")
    classes = collections.defaultdict(collections.Counter)
    wrong = []
    for case, line in zip(cases, answers):
        answer = json.loads(line)
        row = classes[case["class"]]
        row["cases"] += 1
        if tried := re.match(r"(\d+) hypotheses", answer.get("detail", "")):
            row["tried"] += int(tried[1])
            row["most"] = max(row["most"], int(tried[1]))
        if answer["status"] != "ok":
            wrong.append(f"{case['id']}: {answer}")
            continue
        told = [ids(f) for f in answer["findings"]]
        if case["kind"] == "valid" and answer["verdict"] != "ok":
            wrong.append(f"{case['id']}: valid, but {answer['verdict']}")
        if case["kind"] != "mistake":
            row["false"] += bool(told)
            if told:
                wrong.append(f"{case['id']}: {case['kind']}, but {[sorted(t) for t in told]}")
            continue
        wanted = [frozenset(s) for s in case["findings_any_of"]]
        row["mistakes"] += 1
        row["found"] += any(t in wanted for t in told)
        row["first"] += bool(told) and (told[0] in wanted or case.get("not_first", False) and any(t in wanted for t in told))
        if case.get("alone") and told != wanted:
            row["false"] += 1
        if not any(t in wanted for t in told) or told[0] not in wanted or case.get("alone") and told != wanted:
            wrong.append(f"{case['id']}: {[sorted(t) for t in told]}, want {case['findings_any_of']} ({answer['verdict']})")
    total = collections.Counter()
    print(f"{'class':24}{'cases':>7}{'found':>7}{'first':>7}{'false':>7}{'tried':>9}{'most':>9}")
    for name, row in sorted(classes.items()):
        total.update(row)
        mistakes = row["mistakes"]
        print(f"{name:24}{row['cases']:7}{row['found'] if mistakes else '-':>7}{row['first'] if mistakes else '-':>7}{row['false'] if row['cases'] > mistakes or row['false'] else '-':>7}{row['tried'] // row['cases']:9}{row['most']:9}")
    found, first = total["found"] / total["mistakes"], total["first"] / total["mistakes"]
    print(f"{total['cases']} cases in {seconds:.1f} s: {found:.1%} found, {first:.1%} right first, {total['false']} false")
    for text in wrong:
        print("  " + text, file=sys.stderr)
    if found < 0.97 or first < 0.95 or total["false"] or any("valid, but" in w or "'status'" in w for w in wrong):
        sys.exit(1)


if __name__ == "__main__":
    main()
