// Bodies that come in pieces, in constant memory.

import { Answer } from "./desk.js";
import { Kept } from "./engine.js";
import { wrong } from "./errors.js";
import { isRequest, plainHead } from "./message.js";
import { Signed } from "./signer.js";
import { bodyBytes } from "./values.js";
import { Verified } from "./verifier.js";

/** A body on its way into the module. */
class BodyStream {
  #kept;
  #failure;

  constructor(kept) {
    this.#kept = kept;
  }

  /** The next piece of the body: bytes or text. */
  update(piece) {
    this.#tried((kept) => kept.call({ op: "stream_update" }, bodyBytes("piece", piece)));
    return this;
  }

  /** The body is complete: what `sign` or `verify` would have given. Works once. */
  finish() {
    const answer = this.#tried((kept) => kept.call({ op: "stream_finish" }));
    this.#kept = undefined;
    return this.result(answer);
  }

  /** Takes every piece of a ReadableStream, or of another iterable that may be asynchronous, and finishes. */
  async finishWith(source) {
    for await (const piece of pieces(source)) this.update(piece);
    return this.finish();
  }

  /** A TransformStream that hands on every piece as it is, so that the body can be put aside meanwhile; then call `finish`. */
  tap() {
    return new TransformStream({
      transform: (piece, controller) => {
        this.update(piece);
        controller.enqueue(piece);
      },
    });
  }

  /** After a failure there is nothing to finish: a piece is missing. */
  #tried(run) {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#kept === undefined) throw wrong("stream", "this stream is finished");
    try {
      return run(this.#kept);
    } catch (error) {
      this.#failure = error;
      this.#kept = undefined;
      throw error;
    }
  }
}

/** Not every browser lets a ReadableStream be iterated. */
async function* pieces(source) {
  if (typeof source?.getReader !== "function") {
    yield* source;
    return;
  }
  const reader = source.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Of a source that has ended there is nothing to cancel.
    reader.cancel().catch(() => {});
  }
}

/** Signs a message whose body comes in pieces. */
export class SignStream extends BodyStream {
  #head;

  constructor(kept, head) {
    super(kept);
    this.#head = head;
  }

  result({ bytes }) {
    return new Signed(new Answer(bytes), this.#head);
  }
}

/** Verifies a message whose body comes in pieces. Nothing of the body may be acted on before `finish` gave its answer. */
export class VerifyStream extends BodyStream {
  result({ bytes }) {
    return new Verified(new Answer(bytes), new Uint8Array());
  }
}

/** A message without its body, as the module takes it. */
export function headOf(message) {
  if (isRequest(message)) throw wrong("message", "a stream takes the parts of a Request: { method, url, headers }, and its body as pieces");
  const head = plainHead(message);
  if (bodyBytes("body", message.body).byteLength) throw wrong("body", "the body of a stream is given to it in pieces, not with the message");
  return head;
}

/** An object that takes pieces, made by a signer or verifier of the module. */
export function opened(parent, question, letter) {
  return new Kept(question, { lasting: true, ask: (asked) => parent.call(asked, letter) });
}
