// Node, Bun, Deno: the module lies beside this file.

import { readFileSync } from "node:fs";
import { provide } from "./engine.js";

provide(new WebAssembly.Module(readFileSync(new URL("./paysig.wasm", import.meta.url))));

export * from "./index.js";
