// What is in the package, and that every entry of it loads.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire, register } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = dirname(createRequire(import.meta.url).resolve("paysig/package.json"));

test("the package holds the module, every entry and its types, and nothing else", () => {
  const top = readdirSync(root).sort();
  assert.deepEqual(top, ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "lib", "package.json"]);
  const lib = readdirSync(join(root, "lib"));
  assert.deepEqual(lib.filter((name) => !/\.(d\.ts|js|wasm)$/.test(name)), []);
  const about = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.deepEqual(Object.keys(about.dependencies ?? {}), []);
  const walk = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(walk));
  for (const path of walk(about.exports)) assert.ok(readFileSync(join(root, path)).length > 0, path);
});

test("the module imports nothing", () => {
  const module = new WebAssembly.Module(readFileSync(join(root, "lib/paysig.wasm")));
  assert.deepEqual(WebAssembly.Module.imports(module), []);
});

test("types and values name the same things", async () => {
  const paysig = await import("paysig");
  const types = readFileSync(join(root, "lib/index.d.ts"), "utf8");
  const declared = [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map((m) => m[1]);
  assert.deepEqual([...new Set(declared)].sort(), Object.keys(paysig).sort());
});

test("the browser's entry fetches the module from beside itself", async (t) => {
  const server = createServer((req, res) => {
    const name = req.url.slice(1);
    res.setHeader("content-type", name.endsWith(".wasm") ? "application/wasm" : "text/javascript");
    res.end(readFileSync(join(root, "lib", name)));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  // Node imports no http: URLs; the file is the same but for where it says it lies.
  const source = readFileSync(join(root, "lib/browser.js"), "utf8");
  const here = JSON.stringify(`http://127.0.0.1:${server.address().port}/browser.js`);
  const inline = source.replaceAll("import.meta.url", here).replaceAll('"./', `"${new URL("lib/", `file://${root}/`)}`).replace(/new URL\("[^"]*paysig\.wasm"/, 'new URL("./paysig.wasm"');
  const { schemes } = await import(`data:text/javascript,${encodeURIComponent(inline)}`);
  assert.ok(schemes().includes("stripe"));
});

test("the edge entry takes the compiled module from its bundler", async () => {
  const hooks = `
    import { readFileSync } from "node:fs";
    import { fileURLToPath } from "node:url";
    export async function load(url, context, next) {
      if (!url.endsWith(".wasm")) return next(url, context);
      const bytes = readFileSync(fileURLToPath(url)).toString("base64");
      return { format: "module", shortCircuit: true, source: "export default new WebAssembly.Module(Uint8Array.from(atob('" + bytes + "'), (c) => c.charCodeAt(0)))" };
    }`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
  const { Signer } = await import(join(root, "lib/edge.js"));
  const signed = await new Signer("github", { flow: "webhook", credentials: { secret: "s" } }).sign({ method: "POST", url: "/", body: "{}" });
  assert.equal(signed.headers.length, 1);
});
