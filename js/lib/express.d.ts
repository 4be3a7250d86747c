import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReceiverOptions, Verified, Verifier } from "paysig";

declare module "node:http" {
  interface IncomingMessage {
    /** The verified delivery, behind `verifyWebhook`. */
    paysig?: Verified;
  }
}

/**
 * Middleware that lets only authentic deliveries through. Mount it before express.json(), or after express.raw(): it needs the bytes as
 * they were received. The handler finds the result in `req.paysig` and the raw bytes, a Buffer, in `req.body`.
 * Providers that check an endpoint before they send are answered, and the handler never sees that. Some check with a GET
 * (Ingenico, Braintree): mount it with `app.all` or `app.get` as well.
 */
export function verifyWebhook(
  verifier: Verifier,
  options?: ReceiverOptions,
): (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;
