// The WebAssembly module: one instance, and what happens when it traps.
//
// A trap (a fault in the module, memory that ran out) leaves an instance in a state that nobody knows. It is thrown away: the call
// that trapped throws `internal`, and the next call runs in a fresh instance, in which every object is made anew from the arguments
// that it was made of.

import { Desk } from "./desk.js";
import { PaysigError, setStatuses } from "./errors.js";

/** The module's memory ends at 4 GiB. */
const MAX_BODY = 1 << 30;

let compiled;
let exports;
let desk;

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
    const made = new WebAssembly.Instance(compiled, {}).exports;
    desk = new Desk(made);
    exports = made;
  }
  return exports;
}

/**
 * Asks the module in JSON. `attached`: bytes, or a letter: a message of `plain` and options. Gives the JSON of the answer and the bytes
 * behind it; throws a PaysigError if that is the answer.
 */
export function call(question, attached) {
  sized(attached instanceof Uint8Array ? attached : attached?.message.body);
  try {
    live();
    return desk.call(question, attached);
  } catch (error) {
    throw failure(error);
  }
}

function sized(body) {
  if (body?.byteLength > MAX_BODY) throw new PaysigError({ status: "too_large", field: "body", message: "the body is larger than 1 GiB" });
}

/** What to throw: a refusal as it is; whatever else there is was a trap. */
function failure(error) {
  if (error instanceof PaysigError) {
    desk.wipe();
    return error;
  }
  exports = undefined;
  return new PaysigError({ status: "internal", message: "the module trapped and was started anew" }, { cause: error });
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

  /** Asks the module about this object in JSON; see `call`. */
  call(question, attached) {
    this.#here();
    return call({ ...question, handle: this.#handle }, attached);
  }

  /** Asks about this object and a letter without JSON; `op` names a function of the module, and `read` takes the answer in. */
  ask(op, letter, read) {
    this.#here();
    sized(letter.message.body);
    try {
      return desk.ask(exports[op], this.#handle, letter, read);
    } catch (error) {
      throw failure(error);
    }
  }

  #here() {
    if (this.#home === live()) return;
    if (this.#lasting) {
      throw new PaysigError({ status: "store_unavailable", message: "what this object remembered was lost in a trap of the module" });
    }
    this.#make(call);
  }
}
