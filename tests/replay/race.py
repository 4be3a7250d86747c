#!/usr/bin/env python3
"""Processes of different languages share one replay store: they race for the same messages, and exactly one wins each.

race.py PORT COMMAND...   each COMMAND is a program with arguments in one word: "node racer.js"

A racer is called with PORT PREFIX MESSAGES LAP. Before each lap of so many messages, numbered from 0, it prints "ready" and waits for a
line, so that none runs away; then it begins each, commits what it gets, and prints the numbers of these in one line. After the last lap it
waits for a line, begins all messages again, and also the message "held", and prints how many are done and the state of "held".
"""

import subprocess
import sys
import time

MESSAGES = 10_000
LAP = 250
PREFIX = "paysig:replay:race:"


class Racer:
    def __init__(self, port: str, command: str) -> None:
        self.name = command.rsplit("/", 1)[-1]
        arguments = [*command.split(), port, PREFIX, str(MESSAGES), str(LAP)]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.won: list[int] = []

    def tell(self) -> None:
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        line = self.process.stdout.readline()
        assert line.endswith("\n"), f"{self.name} ended"
        return line.strip()


def main() -> None:
    port, *commands = sys.argv[1:]
    racers = [Racer(port, command) for command in commands]
    seconds = 0.0
    for _ in range(0, MESSAGES, LAP):
        assert all([racer.answer() == "ready" for racer in racers])
        start = time.monotonic()
        for racer in racers:
            racer.tell()
        for racer in racers:
            racer.won += map(int, racer.answer().split())
        seconds += time.monotonic() - start
    assert sorted(sum((racer.won for racer in racers), [])) == list(range(MESSAGES)), "a message was won twice or by nobody"

    # What one language handled is done for all, and its lease holds for all: the first that asks gets it.
    for racer, expected in zip(racers, ["fresh", *["in_progress"] * len(racers)], strict=False):
        racer.tell()
        done, state = racer.answer().split()
        assert int(done) == MESSAGES, f"{racer.name} finds {done} done"
        assert state == expected, f"{racer.name} finds {state}"
        assert racer.process.wait() == 0, racer.name

    for racer in racers:
        print(f"{len(racer.won):6} {racer.name}")
        assert racer.won, "it won nothing: that was no race"
    print(f"{MESSAGES} messages, each won once, in {seconds:.1f} s")


main()
