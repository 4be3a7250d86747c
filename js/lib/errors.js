// The one error class.

const table = new Map();

/** From the module, so that the list exists once. */
export function setStatuses(rows) {
  for (const [name, code, http, verdict] of rows) table.set(name, { name, code, http, verdict });
}

/** All statuses: name, fixed code, the HTTP status to answer with, whether it is a verdict on a message. */
export function statuses() {
  return [...table.values()].map((row) => ({ ...row }));
}

/** Why a call did not succeed. Holds no secret, no expected signature and nothing of the body. */
export class PaysigError extends Error {
  constructor({ status, field, message, key_id, key_url }, options) {
    super(`${status}${field ? ` (${field})` : ""}: ${message}`, options);
    this.name = "PaysigError";
    this.status = status;
    this.field = field ?? null;
    this.reason = message;
    this.keyId = key_id ?? null;
    this.keyUrl = key_url ?? null;
  }

  /** The fixed number of the status. */
  get code() {
    return table.get(this.status)?.code ?? 255;
  }

  /** The verdict on the message, or null if the call itself was wrong: configuration, arguments. */
  get verdict() {
    return table.get(this.status)?.verdict ? this.status : null;
  }

  /** The HTTP status to answer with. */
  get http() {
    return table.get(this.status)?.http ?? 500;
  }
}

/** A mistake in an argument. */
export function wrong(field, message) {
  return new PaysigError({ status: "invalid_option", field, message });
}

/** A name that is not known, of `what`. To ignore it might be to ignore a restriction. */
export function unknown(what, name, known) {
  return wrong(name, `there is no ${what} ${name} here; known: ${known.join(", ")}`);
}
