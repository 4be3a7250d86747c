// The WebAssembly module: one instance, and what happens when it traps.
//
// A trap (a fault in the module, memory that ran out) leaves an instance in a state that nobody knows. It is thrown away: the call
// that trapped throws `internal`, and the next call runs in a fresh instance, in which every object is made anew from the arguments
// that it was made of.

import { PaysigError, setStatuses } from "./errors.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The module's memory ends at 4 GiB. */
const MAX_BODY = 1 << 30;

let compiled;
let exports;

/** Hands over the compiled module; the entry for each runtime does this. */
export function provide(module) {
  if (!(module instanceof WebAssembly.Module)) throw new TypeError("provide takes a WebAssembly.Module");
  compiled = module;
  exports = undefined;
  setStatuses(call({ op: "statuses" }).json.statuses);
}

function live() {
  if (exports === undefined) {
    if (compiled === undefined) throw new TypeError("paysig has no WebAssembly module yet: import it from \"paysig\"");
    exports = new WebAssembly.Instance(compiled, {}).exports;
  }
  return exports;
}

/** Asks the module. Gives the JSON of the answer and the bytes behind it; throws a PaysigError if that is the answer. */
export function call(question, body) {
  if (body?.byteLength > MAX_BODY) throw new PaysigError({ status: "too_large", field: "body", message: "the body is larger than 1 GiB" });
  const { json, bytes } = trapped(() => exchange(live(), encoder.encode(JSON.stringify(question)), body));
  if (json.error) throw new PaysigError(json.error);
  return { json, bytes };
}

function trapped(run) {
  try {
    return run();
  } catch (cause) {
    exports = undefined;
    throw new PaysigError({ status: "internal", message: "the module trapped and was started anew" }, { cause });
  }
}

function exchange(module, head, body) {
  const length = body?.byteLength ?? 0;
  const at = module.paysig_room(head.length + length) >>> 0;
  // Looked up after each call: memory that grows is another buffer.
  const input = new Uint8Array(module.memory.buffer, at, head.length + length);
  input.set(head);
  if (length) input.set(body, head.length);
  const size = module.paysig_call(head.length) >>> 0;
  const answer = new Uint8Array(module.memory.buffer, module.paysig_answer() >>> 0, size);
  const json = new DataView(answer.buffer, answer.byteOffset).getUint32(0, true);
  return { json: JSON.parse(decoder.decode(answer.subarray(4, 4 + json))), bytes: answer.slice(4 + json) };
}

const dropped = new FinalizationRegistry(({ handle, home }) => {
  if (home === exports) call({ op: "free", handle });
});

/** An object inside the module, made of a question. */
export class Kept {
  #question;
  #lasting;
  #handle;
  #home;
  /** What the module said of it. */
  about;

  /** `lasting`: it holds a state that must not be lost; it is not made anew after a trap. `ask`: who is asked to make it. */
  constructor(question, { lasting = false, ask = call } = {}) {
    this.#question = question;
    this.#lasting = lasting;
    this.#make(ask);
  }

  #make(ask) {
    const { json } = ask(this.#question);
    this.about = json;
    this.#handle = json.handle;
    this.#home = exports;
    dropped.register(this, { handle: json.handle, home: exports });
  }

  /** Asks the module about this object. */
  call(question, body) {
    if (this.#home !== live()) {
      if (this.#lasting) {
        throw new PaysigError({ status: "store_unavailable", message: "what this object remembered was lost in a trap of the module" });
      }
      this.#make(call);
    }
    return call({ ...question, handle: this.#handle }, body);
  }
}
