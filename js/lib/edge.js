// Edge workers, which compile nothing themselves: the bundler hands over the compiled module.

import module from "./paysig.wasm";
import { provide } from "./engine.js";

provide(module);

export * from "./index.js";
