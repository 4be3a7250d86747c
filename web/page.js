// The page: reads the form, asks the engine, shows what it says. No rule of signing or verifying is here.

import { PaysigError, Scheme, Signer, Verifier, catalogue, diagnose, explain, readMessage } from "./paysig/browser.js";
import { showCatalogue } from "./catalogue.js";
import { byId, h } from "./dom.js";
import { authentic, coverage, diagnosis, refused, stringToSign, unexplained, weaknesses } from "./result.js";

const OWN = "own-recipe";
const form = byId("form");
const schemes = new Map(catalogue().map((about) => [about.id, about]));
/** The bytes of an opened file; the text field shows them as text. */
let opened = null;

// The rule.

/** The chosen scheme, what is known about it, or why there is none. */
function chosen() {
  const id = byId("scheme").value;
  if (id === "") throw mistake("Choose a scheme.");
  if (id !== OWN) return { scheme: id, about: schemes.get(id) };
  const scheme = Scheme.fromToml(byId("recipe").value);
  return { scheme, about: scheme.about };
}

function mistake(reason) {
  return Object.assign(new Error(reason), { verdict: null, reason });
}

const WHO = { request: "request, to them", webhook: "webhook, to you", response: "response, to you" };

function showRule() {
  byId("recipe-box").hidden = byId("scheme").value !== OWN;
  let about = { flows: {}, credentials: [] };
  let problem = null;
  try {
    about = chosen().about;
  } catch (error) {
    problem = byId("scheme").value === "" || byId("recipe").value.trim() === "" ? null : error;
  }
  const before = byId("flow").value;
  const flows = Object.keys(about.flows);
  byId("flow").replaceChildren(...flows.map((flow) => h("option", { value: flow }, WHO[flow])));
  byId("flow").value = flows.includes(before) ? before : flows.includes("webhook") ? "webhook" : (flows[0] ?? "");
  showCredentials(about.credentials);
  showVariants(about);
  if (problem) show(refused(problem));
}

function showVariants(about) {
  const names = about.flows[byId("flow").value]?.variants ?? [];
  byId("variants").hidden = names.length === 0;
  const boxes = names.map((name) => h("label", { class: "choice" }, h("input", { type: "checkbox", name: "variant", value: name }), name));
  byId("variants").replaceChildren(h("legend", {}, "Variants"), ...boxes);
}

let shownCredentials = "";

function showCredentials(list) {
  // Fields that somebody is filling in stay where they are.
  const same = JSON.stringify(list);
  if (same === shownCredentials) return;
  shownCredentials = same;
  const kept = credentials();
  const fields = list.map(({ name, public: open, optional, about }) => {
    const id = `credential-${name}`;
    // A text area, since keys in PEM have lines.
    const input = h("textarea", {
      id, rows: "1", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "data-credential": name,
      class: open ? undefined : "masked", "aria-describedby": about ? `${id}-hint` : undefined,
    });
    input.value = kept[name] ?? "";
    const toggle = h("button", { type: "button", class: "link", "aria-pressed": "false", "aria-label": `Show ${name}`, on: {
      click: () => {
        const shown = !input.classList.toggle("masked");
        toggle.textContent = shown ? "Hide" : "Show";
        toggle.setAttribute("aria-pressed", String(shown));
      },
    } }, "Show");
    return h(
      "div",
      { class: "credential" },
      h("div", { class: "head" }, h("label", { for: id }, name, optional ? " (optional)" : ""), open ? null : toggle),
      input,
      about ? h("p", { class: "hint", id: `${id}-hint` }, about) : null,
    );
  });
  byId("credentials").replaceChildren(...(fields.length ? fields : [h("p", { class: "hint" }, "Choose a scheme first.")]));
}

function credentials() {
  const all = {};
  for (const input of byId("credentials").querySelectorAll("[data-credential]")) {
    if (input.value !== "") all[input.dataset.credential] = input.value;
  }
  return all;
}

// The message.

function message(flow) {
  const text = byId("message").value;
  if (opened === null && text.trim() === "") throw mistake("Paste a message.");
  const { status, ...read } = readMessage(opened ?? text);
  if (status !== undefined) {
    const [method, target] = byId("answers").value.trim().split(/\s+/);
    if (!target) throw mistake("This is a response: give the request line it answers, below the credentials.");
    Object.assign(read, { method, target });
  } else if (flow === "response") {
    throw mistake("The direction is “response”, but this is a request.");
  }
  const base = byId("url").value.trim().replace(/\/+$/, "");
  if (base) {
    if (!/^https?:\/\/[^/]+$/.test(base)) throw mistake("The public URL is an origin such as https://shop.example; the path comes from the message.");
    read.url = base + read.target;
  }
  return read;
}

function time() {
  const text = byId("now").value.trim();
  if (text === "" || text === "now") return undefined;
  const millis = Date.parse(text);
  if (Number.isNaN(millis)) throw mistake(`“${text}” is not a time such as 2026-01-02T03:04:05Z.`);
  return millis;
}

// The result.

function show(...nodes) {
  byId("outcome").replaceChildren(...nodes.flat(Infinity).filter(Boolean));
}

async function run() {
  const { scheme } = chosen();
  const flow = byId("flow").value;
  const given = {
    scheme,
    flow,
    keys: credentials(),
    variants: [...form.querySelectorAll("[name=variant]:checked")].map((box) => box.value),
    message: message(flow),
    now: time(),
  };
  const nodes = [];
  try {
    const verifier = new Verifier(scheme, { flow, keys: given.keys, variants: given.variants });
    nodes.push(authentic(await verifier.verify(given.message, { now: given.now })));
  } catch (error) {
    nodes.push(refused(error));
    if (error.verdict && !["missing_signature", "needs_key", "unverifiable"].includes(error.verdict)) nodes.push(...diagnosis(await diagnose(given)));
  }
  try {
    const explained = await explain(given);
    nodes.push(stringToSign(explained), coverage(explained.coveredInWords));
  } catch (error) {
    if (!(error instanceof PaysigError)) throw error;
    nodes.push(unexplained(error));
  }
  show(nodes, scheme instanceof Scheme ? weaknesses(scheme.lint()) : []);
}

async function submit() {
  byId("outcome").setAttribute("aria-busy", "true");
  // A diagnosis takes a moment: first what stands there is shown to be old.
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  try {
    await run();
  } catch (error) {
    show(refused(error));
  }
  byId("outcome").removeAttribute("aria-busy");
  byId("result").focus({ preventScroll: matchMedia("(min-width: 56rem)").matches });
}

// An example that was made a moment ago, so that it is within its time.
async function example() {
  byId("scheme").value = "stripe";
  showRule();
  const secret = "whsec_example";
  const body = '{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"amount":2000,"currency":"eur"}}}';
  const signed = await new Signer("stripe", { flow: "webhook", credentials: { secret } }).sign({ method: "POST", url: "/hooks/stripe", body });
  const lines = ["POST /hooks/stripe HTTP/1.1", "Host: shop.example", "Content-Type: application/json", ...signed.headers.map((pair) => pair.join(": ")), "", body];
  byId("message").value = lines.join("\n");
  forget();
  byId("credential-secret").value = secret;
}

/** The text field counts again. */
function forget() {
  opened = null;
  byId("file").value = "";
  byId("file-name").textContent = "";
}

byId("scheme").append(
  h("option", { value: OWN }, "A recipe of your own"),
  ...[...schemes.values()].map(({ id, name }) => h("option", { value: id }, `${name} (${id})`)),
);
byId("scheme").addEventListener("change", showRule);
byId("recipe").addEventListener("input", showRule);
byId("flow").addEventListener("change", () => {
  try {
    showVariants(chosen().about);
  } catch {
    // Nothing is chosen, or the recipe is said to be wrong already.
  }
});
byId("example").addEventListener("click", example);
byId("message").addEventListener("input", forget);
byId("file").addEventListener("change", async () => {
  const [file] = byId("file").files;
  if (!file) return;
  opened = new Uint8Array(await file.arrayBuffer());
  byId("message").value = new TextDecoder().decode(opened);
  byId("file-name").textContent = `${file.name}, ${opened.length} bytes, exactly`;
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
showRule();
showCatalogue([...schemes.values()]);
document.documentElement.dataset.ready = "true";
