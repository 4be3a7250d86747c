// The result: verdict, diagnosis, string to sign, coverage.

import { h } from "./dom.js";

const decoder = new TextDecoder();

/** What the verdicts mean, in a few words; the sentence below it is the engine's. */
function headline({ verdict, status }) {
  if (status === "invalid_recipe") return ["bad", "The recipe does not load"];
  if (verdict === null) return ["note", "This cannot be judged yet"];
  if (verdict === "missing_signature") return ["note", "Not signed"];
  return ["bad", `Refused: ${verdict.replaceAll("_", " ")}`];
}

export function authentic(verified) {
  const facts = [
    ["Key id", verified.keyId],
    ["Signed at", verified.timestamp?.toISOString()],
    ["Replay key", verified.replayKey],
    ["Signed fields", verified.signedJson],
  ].filter(([, value]) => value);
  return h(
    "div",
    { class: "verdict good" },
    h("strong", {}, "Authentic"),
    "The signature matches, and the message is within its time.",
    h("dl", {}, facts.map(([name, value]) => [h("dt", {}, name), h("dd", { class: "bytes" }, value)])),
  );
}

export function refused(error) {
  const [tone, text] = headline(error);
  return h(
    "div",
    { class: `verdict ${tone}` },
    h("strong", {}, text),
    h("span", {}, `${sentence(error.reason ?? error.message)} `),
    error.status ? h("code", {}, error.field ? `${error.status} (${error.field})` : error.status) : null,
  );
}

function sentence(text) {
  // A place in a recipe is not a sentence's first word.
  if (/^\S+:\d+:/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

export function diagnosis(found) {
  // Of another verdict the sentence above says everything.
  if (found.verdict !== "signature_mismatch" && found.findings.length === 0) return [];
  const findings = found.findings.map((finding) =>
    h(
      "div",
      { class: "finding" },
      h("p", { class: "cause" }, sentence(finding.cause)),
      h("p", {}, sentence(finding.fix)),
      Object.keys(finding.remedies).length
        ? h(
            "details",
            {},
            h("summary", {}, "How, by framework"),
            h("dl", {}, Object.entries(finding.remedies).map(([name, text]) => [h("dt", {}, name), h("dd", {}, text)])),
          )
        : null,
      h("code", { class: "id" }, finding.ids.join(" + ")),
    ),
  );
  const tried = Object.entries(found.ruledOut);
  const ruledOut = tried.length
    ? h(
        "details",
        {},
        h("summary", {}, `What was ruled out: ${found.hypotheses} hypotheses`),
        h("dl", {}, tried.map(([what, count]) => [h("dt", {}, what), h("dd", {}, String(count))])),
      )
    : null;
  const none = h("p", {}, found.exhausted ? "No cause was found before the budget ended." : "No known mistake explains it: the key is another one, or the message is not the one that was signed.");
  const [likeliest, ...others] = findings;
  const more = others.length ? h("details", {}, h("summary", {}, `${others.length} other ${others.length === 1 ? "explanation matches" : "explanations match"} as well`), others) : null;
  return [h("h3", {}, "Diagnosis"), likeliest ?? none, more, ruledOut];
}

/** What is weak about a recipe of one's own. */
export function weaknesses(lints) {
  const open = lints.filter((lint) => lint.acknowledged === null);
  if (open.length === 0) return [];
  const rows = open.map((lint) => [h("dt", {}, `${lint.flow}, line ${lint.line}`), h("dd", {}, sentence(lint.message), " ", h("code", {}, lint.id))]);
  return [h("h3", {}, "Weak in this recipe"), h("dl", {}, rows)];
}

/** Why there is no string to sign. */
export function unexplained(error) {
  return [h("h3", {}, "String to sign"), h("p", { class: "empty" }, `It cannot be made of this message: ${sentence(error.reason)}`)];
}

/** Bytes as text in which nothing is invisible. */
function visible(bytes) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(plain);
    plain = "";
  };
  for (const c of decoder.decode(bytes)) {
    const sign = c === "\n" ? "↵\n" : c === "\r" ? "␍" : c === "\t" ? "⇥\t" : /\p{Cc}|\p{Cf}/u.test(c) ? `\\u{${c.codePointAt(0).toString(16)}}` : null;
    if (sign === null) {
      plain += c;
      continue;
    }
    flush();
    nodes.push(h("span", { class: "unseen" }, sign));
  }
  flush();
  return nodes;
}

const EXCERPT = 160;

export function stringToSign({ stringToSign: bytes, parts, nested }) {
  return [
    h("h3", {}, `String to sign, ${bytes.length} bytes`),
    bytes.length ? origin(bytes, parts, "String to sign") : h("p", { class: "empty" }, "This scheme signs nothing: it sends a credential."),
    nested.map((one) => [h("h4", {}, `${one.part}: what went into ${one.step}, ${one.bytes.length} bytes`), origin(one.bytes, one.parts, `Input of ${one.step}`)]),
  ];
}

/** Bytes coloured by their origin, and a table of it. */
function origin(bytes, parts, label) {
  const names = [...new Set(parts.map((p) => p.part))];
  const colour = (part) => `p${names.indexOf(part) % 8}`;
  const pre = h("pre", { tabindex: "0", role: "region", "aria-label": label });
  const marks = [];
  let at = 0;
  for (const { part, start, end } of parts) {
    if (start > at) pre.append(...visible(bytes.subarray(at, start)));
    const mark = h("mark", { class: colour(part), title: `${part}, bytes ${start} to ${end}` }, visible(bytes.subarray(start, end)));
    marks.push(mark);
    pre.append(mark);
    at = end;
  }
  pre.append(...visible(bytes.subarray(at)));
  const rows = parts.map(({ part, start, end }, index) => {
    const cut = end - start > EXCERPT;
    const point = (on) => () => marks[index].classList.toggle("here", on);
    return h(
      "tr",
      { on: { mouseenter: point(true), mouseleave: point(false) } },
      h("td", {}, h("span", { class: `swatch ${colour(part)}`, "aria-hidden": "true" }), part),
      h("td", {}, `${start}–${end}`),
      h("td", { class: "bytes" }, visible(bytes.subarray(start, cut ? start + EXCERPT : end)), cut ? " …" : null),
    );
  });
  return [
    pre,
    h(
      "table",
      { class: "parts" },
      h("thead", {}, h("tr", {}, ["Part", "Bytes", "Text"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows),
    ),
    h("details", {}, h("summary", {}, "The same in hex"), h("pre", { class: "hex", tabindex: "0", role: "region", "aria-label": `${label} in hex` }, hex(bytes))),
  ];
}

function hex(bytes) {
  const rows = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    rows.push(`${at.toString(16).padStart(6, "0")}  ${digits.padEnd(47)}  ${ascii}`);
  }
  return rows.join("\n");
}

/** What the signature of this message covers and what it leaves open. */
export function coverage({ covered, open }) {
  const list = (items) => (items.length ? h("ul", {}, items.map((item) => h("li", {}, item))) : h("p", { class: "empty" }, "nothing"));
  return [
    h("h3", {}, "Coverage"),
    h(
      "div",
      { class: "two" },
      h("div", { class: "closed" }, h("h4", {}, "Signed"), list(covered)),
      h("div", { class: "open" }, h("h4", {}, "Not covered"), list(open)),
    ),
    h("p", { class: "hint" }, "What is not covered may have been changed on the way without anybody noticing."),
  ];
}
