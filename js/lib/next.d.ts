import type { ReceiverOptions, Verified, Verifier } from "paysig";

/**
 * A route handler that is called only with authentic deliveries: `export const POST = withVerified(verifier, (request, verified) => ...)`.
 * Providers that check an endpoint before they send are answered, and the handler never sees that. Some check with a GET
 * (Ingenico, Braintree): `export const GET = POST` as well.
 *
 * The request's body can still be read. The delivery counts as handled if the handler answers 2xx,
 * whatever class its Response is of, and as failed if it answers nothing.
 */
export function withVerified<R extends Request = Request, C = unknown>(
  verifier: Verifier,
  handler: (request: R, verified: Verified, context: C) => Response | Promise<Response>,
  options?: ReceiverOptions,
): (request: R, context?: C) => Promise<Response>;
