// Schemes: the catalogue, and recipes of the caller's own.

import { call } from "./engine.js";
import { wrong } from "./errors.js";
import { kind, only, optionalText, text } from "./values.js";

/** How one provider product authenticates messages: an id of the catalogue, or a recipe of your own. */
export class Scheme {
  #choice;
  #about;

  /** By its id: `new Scheme("stripe")`. */
  constructor(id) {
    this.#choice = id instanceof Recipe ? { recipe: id.text, file: id.file } : { scheme: text("scheme", id) };
    this.#about = call({ op: "scheme", ...this.#choice }).json;
  }

  /** From the text of a recipe; `file` names the text in errors. */
  static fromToml(recipe, options) {
    const { file } = only(["file"], options);
    return new Scheme(new Recipe(text("recipe", recipe), optionalText("file", file)));
  }

  /** `directa24-deposits` */
  get id() {
    return this.#about.id;
  }

  /** The name that people know. */
  get name() {
    return this.#about.name;
  }

  /** The flows that it has, of `request`, `webhook` and `response`. */
  get flows() {
    return Object.keys(this.#about.flows);
  }

  /** Everything that is known about it, in words: per flow the algorithm, what is signed, what is not covered, the tolerance. */
  get about() {
    return structuredClone(this.#about);
  }

  /** What is weak about the scheme itself, with the recipe's reason where it acknowledges it. */
  lint() {
    return call({ op: "lint", ...this.#choice }).json.lints;
  }

  /** For the module. */
  static choice(value) {
    if (typeof value === "string") return { scheme: value };
    if (value instanceof Scheme) return value.#choice;
    throw wrong("scheme", `scheme must be an id or a Scheme, not ${kind(value)}`);
  }
}

class Recipe {
  constructor(text, file) {
    this.text = text;
    this.file = file;
  }
}

/** A scheme of the catalogue by its id. */
export function scheme(id) {
  return new Scheme(id);
}

/** The ids of the catalogue, sorted. */
export function schemes() {
  return call({ op: "ids" }).json.ids;
}

/** Every scheme of the catalogue in words; slower, since each recipe is read. */
export function catalogue() {
  return call({ op: "catalogue" }).json.schemes;
}
