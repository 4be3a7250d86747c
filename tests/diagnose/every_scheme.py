"""Cases of every scheme: a message of its vectors that verifies, and what happens to such messages, their keys and clocks.

The recipes are read as data, to know where a signature stands and how it is written; nothing is computed by their rules.
"""
import base64
import copy
import datetime
import json
import pathlib
import re
import tomllib

import writers

ROOT = pathlib.Path(__file__).parent.parent.parent
RAW = {"body": "raw"}


def recipe(path):
    """Recipes are TOML 1.1, Python reads 1.0: inline tables on one line, without a comma at their end."""
    depth, out = 0, ""
    for token in re.findall(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#[^\n]*|\n|[^"\'#\n{}]+|[{}]', path.read_text()):
        depth += (token == "{") - (token == "}")
        if token == "}":
            out = re.sub(r",\s*$", "", out)
        out += " " if depth and token == "\n" else "" if token.startswith("#") else token
    return tomllib.loads(out)


def flow_of(recipe, name):
    """A flow with what it inherits."""
    flow = recipe[name]
    return flow_of(recipe, flow["like"]) | flow if "like" in flow else flow


def listed(value):
    return value if isinstance(value, list) else [value]


def signature_headers(flow):
    """Names of the headers that hold a signature."""
    return {n.lower() for f in flow.get("field", []) if "header" in f and '"signature": true' in json.dumps(f) for n in [f["header"], *listed(f.get("or", []))]}


def lines(name):
    path = ROOT / "tests/vectors" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def kind_of_key(text):
    """Which family a public key belongs to, by its size; None for anything else."""
    found = re.search(r"-----BEGIN PUBLIC KEY-----\s+(.*?)\s+-----END", text, re.S)
    return len(found.group(1)) // 40 if found else None


class Scheme:
    """One flow of one scheme with a message that verifies."""

    def __init__(self, recipe, name, vector):
        self.recipe, self.name, self.vector = recipe, name, vector
        self.flow = flow_of(recipe, name)
        self.headers = signature_headers(self.flow)
        message = listed(self.flow.get("message", []))
        claims = self.flow.get("jws", {}).get("claims", {}).values() if self.flow["algorithm"] == "jws" else []
        self.claimed_body = any(RAW.items() <= c.items() for c in claims)
        self.whole_body = RAW in message or self.claimed_body
        self.credentials = vector.get("credentials") or vector["keys"][0]["credentials"]
        self.body = vector["message"].get("body") or ""

    def case(self, kind, cls, expected, change=lambda message: None, credentials=None, **more):
        message = copy.deepcopy(self.vector["message"])
        change(message)
        case = {
            "id": f"{self.recipe['id']}/{self.name}/every/{cls}/{'+'.join(expected) or kind}", "kind": kind, "class": cls, "op": "diagnose",
            "scheme": self.recipe["id"], "flow": self.name, "credentials": credentials or self.credentials, "message": message,
        }
        for name in ("now", "variants", "wire_encoding", "tolerance_seconds"):
            if name in self.vector:
                case[name] = self.vector[name]
        case |= more
        if kind == "mistake":
            case["findings_any_of"] = [[e] for e in expected]
        return case

    def secret(self):
        """The name of the credential that is the MAC's key as text."""
        key = self.flow.get("key")
        name = key.get("credential") if isinstance(key, dict) and set(key) == {"credential"} else None
        algorithm = json.dumps(self.flow["algorithm"])
        return name if name and ("hmac" in algorithm or "jws" in algorithm) else None


def keys(s):
    name = s.secret()
    if not name:
        return
    secret = s.credentials[name]
    for given, found in [
        (secret + "\n", "key-trailing-newline"), (f'"{secret}"', "key-surrounding-quotes"), (f" {secret}", "key-surrounding-blanks"),
        (f"API_SECRET={secret}", "key-with-variable-name"), (base64.b64encode(secret.encode()).decode(), "key-base64-encoded"),
    ]:
        yield s.case("mistake", "every-key", [found], credentials=s.credentials | {name: given})
    wrong = s.credentials | {name: "another key of the same account"}
    yield s.case("mistake", "every-key", ["other-known-key"], credentials=wrong, other_keys=[s.credentials])
    yield s.case("control", "every-random-key", [], credentials=wrong)


def public_keys(s, everybody):
    """The public key of somebody else, with and without the right one among the user's other keys."""
    name = (s.flow.get("verify_key") or {}).get("credential")
    text = s.credentials.get(name, "")
    kind = kind_of_key(text)
    other = next((t for t in everybody if kind and kind_of_key(t) == kind and t != text), None)
    if other:
        wrong = s.credentials | {name: other}
        yield s.case("mistake", "every-public-key", ["other-known-key"], credentials=wrong, other_keys=[s.credentials])
        yield s.case("control", "every-random-key", [], credentials=wrong)


def bodies(s):
    if not s.whole_body or not s.body:
        return

    def body(text):
        def change(message):
            if isinstance(text, bytes):
                message["body_base64"] = base64.b64encode(text).decode()
                del message["body"]
            else:
                message["body"] = text
        return change

    yield s.case("mistake", "every-body", ["body-trailing-newline-added"], body(s.body + "\n"))
    yield s.case("mistake", "every-body", ["body-bom-added"], body("\ufeff" + s.body))
    try:
        tree = writers.parse(s.body)
    except ValueError:
        return
    if not isinstance(tree, dict) or writers.dump(tree) != s.body:
        return
    yield s.case("mistake", "every-body", ["body-json-spaced"], body(writers.spaced(tree))) if writers.spaced(tree) != s.body else None
    if not s.body.isascii():
        yield s.case("mistake", "every-body", ["body-unicode-escaped"], body(writers.dump(tree, unicode="lower")))
        yield s.case("mistake", "every-body", ["body-charset-differs"], body(s.body.encode("latin-1"))) if not re.search("[^\0-\xff]", s.body) else None
    changed = re.sub(r'[A-Za-z0-9](?="[,}])|\d(?=[,}])', lambda m: "78"[m[0] == "7"] if m[0].isdigit() else "xy"[m[0] == "x"], s.body, count=1)
    if changed != s.body and s.claimed_body:
        # The token itself is right, which is told, and no more than that.
        yield s.case("mistake", "every-tampered-body", ["requirement-not-met"], body(changed), alone=True)
    elif changed != s.body:
        yield s.case("control", "every-tampered-body", [], body(changed))


def times(s):
    if "timestamp" not in s.vector["expect"] or "timestamp" not in s.flow:
        return
    now = datetime.datetime.fromisoformat(s.vector["now"])
    days = datetime.timedelta(days=3)
    stamp = lambda t: t.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    late = ["timestamp-too-old", "token-expired"]
    yield s.case("mistake", "every-time", late, now=stamp(now + days))
    if s.flow["algorithm"] != "jws":
        yield s.case("mistake", "every-time", ["timestamp-in-future"], now=stamp(now - days))


def signatures(s):
    def without(message):
        message["headers"] = [h for h in message["headers"] if h[0].lower() not in s.headers]

    def again(old, new):
        def change(message):
            message["headers"] = [[n, v.replace(old, new)] if n.lower() in s.headers else [n, v] for n, v in message["headers"]]
        return change

    values = [v for n, v in s.vector["message"]["headers"] if n.lower() in s.headers]
    if len(values) != 1:
        return
    yield s.case("mistake", "every-signature", ["signature-missing"], without)
    encoding, text = s.flow.get("encoding"), values[0]
    digest = r"(?<![0-9A-Za-z])(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])"
    if encoding == "hex" and len(found := re.findall(digest, text)) == 1:
        raw = bytes.fromhex(found[0])
        yield s.case("mistake", "every-signature", ["upper-case-hex"], again(found[0], found[0].upper()))
        yield s.case("mistake", "every-signature", ["base64-instead-of-hex"], again(found[0], base64.b64encode(raw).decode()))
    if encoding == "base64" and len(found := re.findall(r"[0-9A-Za-z+/]{26,}={0,2}", text)) == 1:
        try:
            raw = base64.b64decode(found[0], validate=True)
        except ValueError:
            return
        if len(raw) >= 20:
            yield s.case("mistake", "every-signature", ["hex-instead-of-base64"], again(found[0], raw.hex()))
            if found[0].endswith("="):
                yield s.case("mistake", "every-signature", ["base64-padding-removed"], again(found[0], found[0].rstrip("=")))


def addresses(s):
    url = s.vector["message"].get("url")
    if not url or '"url": true' not in json.dumps(s.flow) or not url.startswith("https://"):
        return

    def put(text):
        def change(message):
            message["url"] = text
        return change

    yield s.case("mistake", "every-url", ["url-scheme-differs"], put(url.replace("https:", "http:")))
    host = url.split("/")[2]
    if ":" not in host:
        yield s.case("mistake", "every-url", ["url-port-differs"], put(url.replace(host, host + ":8080")))


def cases():
    recipes = [recipe(path) for path in sorted((ROOT / "schemes").glob("*.toml"))]
    vectors = {r["id"]: [v for v in lines(r["id"]) if v["op"] == "verify" and v["expect"].get("status") == "ok"] for r in recipes}
    everybody = sorted({t for vs in vectors.values() for v in vs for t in v.get("credentials", {}).values() if kind_of_key(t)})
    for one in recipes:
        for name in ("request", "webhook", "response"):
            # One with a body, whose credentials stand alone, if there is one.
            here = [v for v in vectors[one["id"]] if v["flow"] == name]
            here.sort(key=lambda v: ("keys" in v, bool(v.get("variants")), not v["message"].get("body")))
            if not here:
                continue
            s = Scheme(one, name, here[0])
            yield s.case("valid", "every-valid", [])
            for some in (keys(s), public_keys(s, everybody), bodies(s), times(s), signatures(s), addresses(s)):
                yield from (case for case in some if case)
