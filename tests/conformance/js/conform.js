// The conformance program of the JavaScript binding: one JSON object a line in, one out, in order.

import { readSync, writeSync } from "node:fs";
import { PaysigError, Scheme, Signer, TokenSession, Verifier, diagnose, explain } from "../../../js/lib/node.js";

const LINE = new Set([
  "id", "op", "scheme", "recipe", "flow", "variants", "credentials", "keys", "other_keys", "message", "wire_encoding", "now",
  "tolerance_seconds", "nonce", "timestamp_text", "payload", "expires_in", "padding_hex",
]);
const MESSAGE = new Set(["method", "target", "url", "headers", "body", "body_base64", "status"]);
const KEY = new Set(["credentials", "not_before", "not_after"]);
// Stands for a nonce that the line does not give; one that the message carries takes precedence.
const NOT_GIVEN = "not-given";
const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/;

function wrong(message) {
  return new PaysigError({ status: "invalid_option", message });
}

/** An object that has no other members than these. */
function known(value, names) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("not an object");
  for (const name of Object.keys(value)) if (!names.has(name)) throw wrong(`unknown member ${JSON.stringify(name)}`);
  return value;
}

function time(text) {
  const match = typeof text === "string" ? RFC3339.exec(text) : null;
  if (match === null) throw wrong("not an RFC 3339 time");
  const zone = (match[3] ?? "Z").replace(/^(...)(\d\d)$/, "$1:$2");
  const millis = Date.parse(`${match[1]}.${(match[2] ?? ".0").slice(1, 4).padEnd(3, "0")}${zone}`);
  // Date.parse lets the 30th of February pass.
  if (Number.isNaN(millis) || !new Date(Date.parse(`${match[1]}Z`)).toISOString().startsWith(match[1])) {
    throw wrong("not an RFC 3339 time");
  }
  return millis;
}

const optional = (value, read) => (value === undefined || value === null ? undefined : read(value));

function base64(text) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw wrong("body_base64 is not base64");
  return bytes;
}

function hex(text) {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw wrong("padding_hex is not hex");
  return Buffer.from(text, "hex");
}

/** Text if it is text, else base64. */
function content(name, bytes) {
  try {
    return { [name]: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { [`${name}_base64`]: Buffer.from(bytes).toString("base64") };
  }
}

/** A question, read strictly. */
class Line {
  constructor(line) {
    this.line = known(line, LINE);
    this.m = known(line.message ?? {}, MESSAGE);
    if (![undefined, null, "utf-8", "latin-1"].includes(line.wire_encoding)) throw wrong("wire_encoding is not known");
    this.flow = line.flow ?? "request";
    this.variants = line.variants ?? [];
  }

  scheme() {
    const { scheme, recipe } = this.line;
    if ((scheme === undefined) === (recipe === undefined)) throw wrong("give either scheme or recipe");
    return scheme === undefined ? Scheme.fromToml(recipe) : new Scheme(scheme);
  }

  message() {
    const { m } = this;
    if (m.body !== undefined && m.body_base64 !== undefined) throw wrong("body and body_base64 exclude each other");
    return {
      method: m.method ?? "",
      url: m.url,
      target: m.target ?? "",
      headers: m.headers ?? [],
      body: m.body_base64 === undefined ? (m.body ?? "") : base64(m.body_base64),
      wireEncoding: this.line.wire_encoding ?? "utf-8",
    };
  }

  credentials() {
    const { credentials, keys } = this.line;
    if (keys !== undefined) throw wrong(credentials === undefined ? "this op takes credentials, not keys" : "credentials and keys exclude each other");
    return credentials ?? {};
  }

  keys() {
    const { keys, credentials } = this.line;
    if (keys === undefined) return { credentials: this.credentials() };
    if (credentials !== undefined) throw wrong("credentials and keys exclude each other");
    return keys.map((key) => ({
      credentials: known(key, KEY).credentials,
      notBefore: optional(key.not_before, time),
      notAfter: optional(key.not_after, time),
    }));
  }

  now() {
    return optional(this.line.now, time) ?? null;
  }

  /** What signing uses. This program never invents a nonce. */
  options() {
    const { line } = this;
    return {
      now: this.now(),
      nonce: line.nonce ?? (this.needsNonce() ? NOT_GIVEN : undefined),
      timestampText: line.timestamp_text,
      payload: line.payload,
      expiresIn: line.expires_in,
      padding: optional(line.padding_hex, hex),
    };
  }

  needsNonce() {
    try {
      return this.signer().needsNonce;
    } catch {
      return false;
    }
  }

  signer() {
    const { flow, variants } = this;
    return new Signer(this.scheme(), { flow, variants, credentials: this.credentials() });
  }
}

/** JSON text that is written as it stands, on one line: numbers keep their spelling. */
class RawJson {
  constructor(text) {
    this.text = text.replace(/[\n\r\t]/g, " ");
  }
}

async function sign(line) {
  const signer = line.signer();
  const [message, options] = [line.message(), line.options()];
  const signed = await signer.sign(message, options);
  if (signed.used.nonce === NOT_GIVEN) throw wrong("this scheme needs a nonce");
  const explained = await signer.explain(message, options);
  return {
    headers: signed.headers,
    ...content("string_to_sign", explained.stringToSign),
    ...(signed.newTarget === null ? {} : { target: signed.newTarget }),
    ...(signed.newBody === null ? {} : content("body", signed.newBody)),
    ...(signed.bodyMembers === null ? {} : { body_members: new RawJson(signed.bodyMembers) }),
  };
}

async function verify(line) {
  const { flow, variants } = line;
  const verifier = new Verifier(line.scheme(), { flow, variants, keys: line.keys(), tolerance: line.line.tolerance_seconds });
  const verified = await verifier.verify(line.message(), { now: line.now() });
  return {
    covered: verified.covered,
    replay_key: verified.replayKey,
    ...(verified.keyId === null ? {} : { key_id: verified.keyId }),
    ...(verified.timestamp === null ? {} : { timestamp: verified.timestamp.toISOString() }),
    ...(verified.signedJson === null ? {} : { signed_json: new RawJson(verified.signedJson) }),
  };
}

function judged(line) {
  return { scheme: line.scheme(), flow: line.flow, variants: line.variants, keys: line.keys(), message: line.message() };
}

async function explained(line) {
  const found = await explain({ ...judged(line), ...line.options() });
  if (line.line.nonce === undefined && Buffer.from(found.stringToSign).includes(NOT_GIVEN)) throw wrong("this scheme needs a nonce");
  return { ...content("string_to_sign", found.stringToSign), parts: found.parts };
}

async function diagnosed(line) {
  const { other_keys: otherKeys, tolerance_seconds: tolerance } = line.line;
  const found = await diagnose({ ...judged(line), now: line.now(), otherKeys, tolerance });
  const findings = found.findings.map(({ ids, cause, fix }) => ({ id: ids[0], ...(ids.length > 1 ? { ids } : {}), cause, fix }));
  return { verdict: found.verdict, findings };
}

async function tokenRequest(line) {
  const session = new TokenSession(line.scheme(), { credentials: line.credentials() });
  if (line.now() === null) throw wrong("token_request needs now");
  const { method, target, headers, body } = session.next({ now: line.now() });
  return { method, target, headers, ...content("body", body) };
}

const OPS = { sign, verify, explain: explained, diagnose: diagnosed, token_request: tokenRequest };

async function answer(text) {
  let question;
  let found;
  try {
    try {
      question = JSON.parse(text);
    } catch {
      throw wrong("not JSON");
    }
    const line = new Line(known(question, LINE));
    if (!Object.hasOwn(OPS, question.op)) throw wrong("op is not known");
    found = { status: "ok", ...(await OPS[question.op](line)) };
  } catch (error) {
    if (!(error instanceof PaysigError)) throw error;
    found = { status: error.status, detail: error.message };
  }
  return { id: question?.id ?? null, ...found };
}

function dumps(found) {
  const members = Object.entries(found).map(([name, value]) => `${JSON.stringify(name)}:${value instanceof RawJson ? value.text : JSON.stringify(value)}`);
  return `{${members.join(",")}}\n`;
}

/** Lines end at line feeds and nowhere else. */
function* lines() {
  let rest = Buffer.alloc(0);
  const chunk = Buffer.alloc(65536);
  for (;;) {
    let size;
    try {
      size = readSync(0, chunk);
    } catch (error) {
      if (error.code === "EOF") size = 0;
      else if (error.code === "EAGAIN") continue;
      else throw error;
    }
    if (size === 0) break;
    rest = Buffer.concat([rest, chunk.subarray(0, size)]);
    let end;
    while ((end = rest.indexOf(10)) >= 0) {
      yield rest.subarray(0, end).toString();
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length) yield rest.toString();
}

for (const line of lines()) {
  if (line.trim()) writeSync(1, dumps(await answer(line)));
}
