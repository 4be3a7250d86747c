"""A provider on loopback, the conformance program, and counting: what every part of the interop test uses."""
import contextlib
import hmac
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAYSIG = os.environ["PAYSIG"]
passed = failed = 0


def check(name, got, wanted):
    """Counts one expectation; says what differs."""
    global passed, failed
    if got == wanted:
        passed += 1
    else:
        failed += 1
        print("FAILED %s: wanted %r, got %r" % (name, wanted, got))


class Serve:
    """`paysig serve`; `verdicts` holds what it found, one status a request."""

    def __init__(self, scheme, credentials, *options, flow="request", respond=None, status=None):
        self.verdicts, self.lines, self.folder = [], [], tempfile.TemporaryDirectory()
        ready = os.path.join(self.folder.name, "ready")
        keys = os.path.join(self.folder.name, "keys.json")
        pathlib.Path(keys).write_text(json.dumps(credentials))
        line = [PAYSIG, "serve", scheme, "--flow", flow, "--credentials-file", keys, "--port", "0", "--ready-file", ready, *options]
        if respond is not None:
            line += ["--respond", respond]
        if status is not None:
            line += ["--respond-status", str(status)]
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()
        end = time.monotonic() + 30
        while not (os.path.exists(ready) and pathlib.Path(ready).read_text().strip()):
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit("paysig serve did not start: " + " ".join(line))
            time.sleep(0.02)
        self.address = pathlib.Path(ready).read_text().strip()
        self.port = int(self.address.rsplit(":", 1)[1])

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            words = line.split()
            # METHOD TARGET HTTP-STATUS VERDICT ...
            if len(words) >= 4 and words[2].isdigit():
                self.verdicts.append(words[3])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()

    def after(self, count):
        """The verdicts, when so many requests have come; fewer if they do not come."""
        end = time.monotonic() + 10
        while len(self.verdicts) < count and time.monotonic() < end:
            time.sleep(0.01)
        return self.verdicts


class Conform:
    """`paysig conform`: one question, one answer."""

    def __init__(self):
        self.process = subprocess.Popen([PAYSIG, "conform"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **line):
        self.process.stdin.write(json.dumps({"id": "1", **line}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def sign(self, scheme, credentials, message, now, flow="webhook", **more):
        answer = self.ask(op="sign", scheme=scheme, flow=flow, credentials=credentials, message=message, now=now, **more)
        assert answer["status"] == "ok", answer
        return answer

    def verify(self, scheme, credentials, message, now, flow="webhook", **more):
        return self.ask(op="verify", scheme=scheme, flow=flow, credentials=credentials, message=message, now=now, **more)["status"]


def client(program, *arguments, env=None):
    """Runs another program that plays a client; its answer is one JSON value."""
    done = subprocess.run([*program, *map(str, arguments)], capture_output=True, text=True, timeout=120, env={**os.environ, **(env or {})})
    if done.returncode != 0:
        print("FAILED client %s: %s" % (arguments, done.stderr[-2000:]))
        global failed
        failed += 1
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


BODY = '{"id":"evt_1","object":"event","type":"x","note":"caf\u00e9 \u20ac","data":{"object":{}}}'


def post(body=BODY, headers=(), url=None, kind="application/json"):
    """A webhook's message, as the conformance program takes it."""
    made = {"method": "POST", "target": "/hook", "headers": [["Content-Type", kind], *map(list, headers)], "body": body}
    return {**made, "url": url} if url else made


def refused(call):
    """Whether a call refuses, by an exception or a falsehood."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # some SDKs print what they think
            return call() in (False, None)
    except Exception:
        return True


def mac_of(call):
    """The HMAC that an SDK without a signing function computes for its own comparison, in hexadecimal."""
    seen = []
    original = hmac.HMAC.digest

    def digest(self):
        seen.append(original(self))
        return seen[-1]

    with mock.patch.object(hmac.HMAC, "digest", digest), mock.patch.object(hmac.HMAC, "hexdigest", lambda self: digest(self).hex()):
        call()
    return seen[-1].hex()


def both_ways(conform, scheme, keys, accepts, makes, message=None, verify=None):
    """Signatures in headers: the SDK takes ours and refuses a changed body; we take the SDK's and refuse a changed body.

    `accepts(body, headers)` is the SDK's judgement, `makes(body, headers)` the headers that it makes; `verify` is the key ring where
    it is not the one that signs.
    """
    message = message or post()
    body, now = message["body"], now_text()
    made = message["headers"] + conform.sign(scheme, keys, message, now)["headers"]
    named = dict(map(tuple, made))
    check(scheme + ": the SDK accepts ours", refused(lambda: accepts(body, named)), False)
    check(scheme + ": the SDK refuses it changed", refused(lambda: accepts(body.replace("evt_1", "evt_2"), named)), True)
    theirs = {**message, "headers": message["headers"] + [list(h) for h in makes(body, named)]}
    check(scheme + ": we accept the SDK's", conform.verify(scheme, verify or keys, theirs, now_text()), "ok")
    changed = conform.verify(scheme, verify or keys, {**theirs, "body": body.replace("evt_1", "evt_2")}, now_text())
    check(scheme + ": we refuse it changed", changed, "signature_mismatch")


def finish():
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


def now_text(at=None):
    at = time.time() if at is None else at
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(int(at)))
