// The page in headless Chromium, as people use it. PAYSIG_PAGE: the folder that web/build.sh wrote; PAYSIG_CLI: the command line; PAYSIG_PREFIX: both, installed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".wasm": "application/wasm" };
const SECRET = "whsec_secret_that_must_stay_here";
const shots = process.env.PAYSIG_SHOTS;
const folder = process.env.PAYSIG_PAGE;
let address;
let browser;
let server;

before(async () => {
  // Under a path: nothing in the page may be absolute.
  server = createServer((req, res) => {
    const path = join(folder, normalize(new URL(req.url, "http://x").pathname).replace(/^\/under\//, "/").replace(/\/$/, "/index.html"));
    if (!req.url.startsWith("/under/") || !existsSync(path)) return res.writeHead(404).end();
    res.writeHead(200, { "content-type": TYPES[extname(path)] }).end(readFileSync(path));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  address = `http://127.0.0.1:${server.address().port}/under/`;
  browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  if (shots) mkdirSync(shots, { recursive: true });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A page that is ready, with everything it asked for and complained about. */
async function open({ width = 1280, height = 900, dark = false, at = address } = {}) {
  const page = await browser.newPage();
  page.asked = [];
  page.complaints = [];
  page.on("request", (request) => page.asked.push({ url: request.url(), method: request.method(), data: request.postData() ?? "" }));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && page.complaints.push(message.text()));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  page.origin = at;
  await page.goto(at);
  await page.waitForSelector("html[data-ready]");
  return page;
}

async function finish(page, name) {
  if (shots && name) {
    const { width } = page.viewport();
    await page.screenshot({ path: join(shots, `${name}.png`), clip: { x: 0, y: 0, width, height: width < 500 ? 2600 : 1500 }, captureBeyondViewport: true });
  }
  assert.deepEqual(page.complaints, []);
  for (const { url, method, data } of page.asked) {
    assert.ok(url.startsWith(page.origin), `a request to ${url}`);
    assert.equal(method, "GET");
    assert.ok(!`${url}${data}`.includes(SECRET));
  }
  await page.close();
}

const outcome = (page) => page.$eval("#outcome", (element) => element.innerText);
async function check(page) {
  await page.click("#run");
  await page.waitForFunction(() => document.activeElement?.id === "result" && !document.querySelector("#outcome[aria-busy]"));
  return outcome(page);
}

/** A violation-free page, by axe's rules of WCAG 2.2 AA and its best practices. */
async function accessible(page) {
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join("; ")}`), []);
}

async function fits(page) {
  const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= view, `the page is ${wide} px wide in ${view} px`);
}

test("an authentic webhook: verdict, coloured string to sign, what is not covered", async () => {
  const page = await open();
  await accessible(page);
  await page.click("#example");
  await page.waitForFunction(() => document.querySelector("#message").value !== "");
  const text = await check(page);
  assert.match(text, /Authentic/);
  assert.match(text, /timestamp[\s\S]*literal[\s\S]*body/i);
  assert.match(text, /Not covered[\s\S]*method[\s\S]*path[\s\S]*query[\s\S]*headers/);
  const colours = await page.$$eval("#outcome pre mark", (marks) => marks.map((mark) => getComputedStyle(mark).backgroundColor));
  assert.ok(new Set(colours).size >= 2 && colours.length >= 3, String(colours));
  const signed = await page.$eval("#outcome pre", (pre) => pre.textContent);
  assert.match(signed, /^\d{10}\.\{"id":"evt_1"/);
  await accessible(page);
  await finish(page, "authentic");
});

test("a body that was parsed and written again: the diagnosis names it and its fix; the secret stays", async () => {
  const page = await open();
  await page.click("#example");
  await page.waitForFunction(() => document.querySelector("#message").value !== "");
  await page.$eval("#message", (field) => {
    field.value = field.value.replace(/\{.*\}$/s, (json) => JSON.stringify(JSON.parse(json), null, 2));
    field.dispatchEvent(new Event("input"));
  });
  const text = await check(page);
  assert.match(text, /Refused: signature mismatch/);
  assert.match(text, /Diagnosis[\s\S]*body-json/);
  const masked = await page.$eval("#credential-secret", (field) => getComputedStyle(field).webkitTextSecurity);
  assert.equal(masked, "disc");
  await accessible(page);

  await page.$eval("#credential-secret", (field, secret) => (field.value = secret), SECRET);
  await page.$eval("#message", (field) => (field.value = field.value.replace("2000", "2001")));
  const none = await check(page);
  assert.match(none, /ruled out/);
  assert.doesNotMatch(none, new RegExp(SECRET));
  await finish(page, "mismatch");
});

test("a recipe of one's own and a curl command", async () => {
  const page = await open();
  await page.select("#scheme", "own-recipe");
  await page.type("#recipe", 'id = "mine"\nname = "Mine"\n[credentials]\nkey_id = { public = true }\nsecret = {}\n[request]\nalgorithm = "hmac-sha256"\nkey_id = { credential = "key_id" }\nkey = { credential = "secret" }\nencoding = "hex"\nmessage = [{ method = true }, "\\n", { path = "raw" }, "\\n", { body = "raw" }]\nfield = [{ header = "X-Key", value = [{ key_id = true }] }, { header = "X-Sig", value = [{ signature = true }] }]\n');
  await page.waitForSelector("#credential-key_id");
  await page.type("#credential-key_id", "shop");
  await page.type("#credential-secret", SECRET);
  await page.type("#message", "curl https://api.example/pay -d '{\"a\":1}'");
  const unsigned = await check(page);
  assert.match(unsigned, /Not signed/);
  assert.match(unsigned, /Weak in this recipe[\s\S]*no-replay-protection/);
  assert.match(unsigned, /POST↵\n\/pay↵\n\{"a":1\}/);

  const signature = await page.evaluate(async (secret) => {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode('POST\n/pay\n{"a":1}'));
    return [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }, SECRET);
  await page.type("#message", " -H 'X-Key: shop'");
  assert.match(await check(page), /X-Key is already set/);
  await page.type("#message", ` -H 'X-Sig: ${signature}'`);
  assert.match(await check(page), /Authentic[\s\S]*shop/);

  await page.$eval("#recipe", (field) => {
    field.value = field.value.replace("algorithm", "algoritm");
    field.dispatchEvent(new Event("input"));
  });
  assert.match(await outcome(page), /does not load[\s\S]*recipe:7.*algoritm/);
  await finish(page, "recipe");
});

test("with the keyboard alone", async () => {
  const page = await open();
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  const tabTo = async (id) => {
    for (let steps = 0; steps < 40; steps += 1) {
      if ((await focused()) === id) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${id} is not reached with Tab`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the result");
  await tabTo("message");
  const style = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(style, "solid", "the focus is seen");
  await tabTo("example");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#message").value !== "");
  await tabTo("scheme");
  assert.equal(await page.$eval("#scheme", (field) => field.value), "stripe");
  await tabTo("credential-secret");
  await page.keyboard.down("Control");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Control");
  await page.waitForFunction(() => document.activeElement?.id === "result");
  assert.match(await outcome(page), /Authentic/);
  assert.equal(await page.$eval("#result", (element) => element.getAttribute("aria-live")), "polite");
  await finish(page);
});

test("on a phone nothing is cut off, light and dark", async () => {
  for (const dark of [false, true]) {
    const page = await open({ width: 360, height: 740, dark });
    await fits(page);
    await page.click("#example");
    await page.waitForFunction(() => document.querySelector("#message").value !== "");
    assert.match(await check(page), /Authentic/);
    await page.$$eval("details", (all) => all.forEach((one) => (one.open = true)));
    await fits(page);
    await accessible(page);
    await finish(page, `phone-${dark ? "dark" : "light"}`);
  }
});

test("in the dark", async () => {
  const page = await open({ dark: true });
  const [paper, ink] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
  const light = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0);
  assert.ok(light(paper) < 150 && light(ink) > 600);
  await page.click("#example");
  await page.waitForFunction(() => document.querySelector("#message").value !== "");
  await page.$eval("#message", (field) => (field.value += "\n"));
  await page.$eval("#message", (field) => field.dispatchEvent(new Event("input")));
  assert.match(await check(page), /Diagnosis/);
  await accessible(page);
  await finish(page, "dark");
});

/** What `paysig serve` says when it has started, with these arguments. */
async function serve(t, cli, ...more) {
  const child = spawn(cli, ["serve", "stripe", "--flow", "webhook", "--credential", "secret=env:PAGE_SECRET", "--json", ...more], {
    env: { ...process.env, PAGE_SECRET: SECRET },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill());
  let text = "";
  await new Promise((done, failed) => {
    child.once("exit", (code) => failed(new Error(`paysig serve ended with ${code}`)));
    // The address, and the page's if there is one, come in one write or in two that follow at once.
    child.stdout.on("data", (data) => {
      text += data;
      setTimeout(done, 300);
    });
  });
  return Object.assign({}, ...text.trim().split("\n").map((line) => JSON.parse(line)));
}

test("paysig serve shows the same page, to this machine only", async (t) => {
  // As a package installs it: bin/paysig and share/paysig/page.
  const { page: at } = await serve(t, join(process.env.PAYSIG_PREFIX, "bin", "paysig"));
  assert.match(at, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  const page = await open({ at });
  await page.click("#example");
  await page.waitForFunction(() => document.querySelector("#message").value !== "");
  assert.match(await check(page), /Authentic/);
  await finish(page);
  assert.equal((await fetch(at, { headers: { Origin: "https://evil.example" } })).status, 403);
  assert.notEqual((await fetch(new URL("/", at))).status, 200);
});

test("paysig serve shows the page that is named, and none where none is wanted", async (t) => {
  const installed = join(process.env.PAYSIG_PREFIX, "bin", "paysig");
  assert.equal((await serve(t, installed, "--no-page")).page, undefined);
  assert.equal((await serve(t, process.env.PAYSIG_CLI)).page, undefined);
  const { page: at } = await serve(t, process.env.PAYSIG_CLI, "--page", folder);
  assert.match(await (await fetch(at)).text(), /<html/);
});

test("mistakes are said in words", async () => {
  const page = await open();
  assert.match(await check(page), /Choose a scheme/);
  await page.select("#scheme", "stripe");
  assert.match(await check(page), /Paste a message/);
  await page.type("#message", "curl -d @secret.json https://x.example/");
  assert.match(await check(page), /only the command line can read/);
  await page.$eval("#message", (field) => (field.value = "POST /hook HTTP/1.1\n\n{}"));
  assert.match(await check(page), /secret/);
  await page.type("#credential-secret", SECRET);
  await page.$eval("#now", (field) => (field.value = "yesterday"));
  assert.match(await check(page), /is not a time/);
  await finish(page);
});

test("the catalogue holds every rule and is filtered", async () => {
  const page = await open();
  const all = await page.$$eval("#rows tr", (rows) => rows.length);
  assert.ok(all > 60, String(all));
  await page.type("#filter", "stripe webhook");
  const shown = await page.$$eval("#rows tr:not([hidden])", (rows) => rows.map((row) => row.innerText));
  assert.equal(shown.length, 1);
  assert.match(shown[0], /HMAC with sha256[\s\S]*tolerance 300 s/);
  assert.match(await page.$eval("#count", (element) => element.textContent), new RegExp(`^1 of ${all}`));
  await finish(page, "catalogue");
});
