// Browsers: the module is fetched from beside this file.

import { provide } from "./engine.js";

provide(await WebAssembly.compileStreaming(fetch(new URL("./paysig.wasm", import.meta.url))));

export * from "./index.js";
