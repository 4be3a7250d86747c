// Next's route handlers, and whatever else takes a Request and gives a Response.

import { incoming } from "./message.js";
import { Receiver, Refused, isSuccess } from "./receive.js";

/**
 * A route handler that is called only with authentic deliveries: `export const POST = withVerified(verifier, (request, verified) => ...)`.
 * Providers that check an endpoint before they send are answered, and the handler never sees that. Some check with a GET
 * (Ingenico, Braintree): `export const GET = POST` as well.
 * The request's body can still be read.
 */
export function withVerified(verifier, handler, options) {
  const receiver = new Receiver(verifier, options);
  return async function paysig(request, context) {
    let delivery;
    try {
      const message = await incoming(request, receiver).catch((error) => {
        throw receiver.refusal(error);
      });
      delivery = await receiver.judge(message);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return new Response(error.body, { status: error.status, headers: error.headers });
    }
    let success = false;
    try {
      const answer = await handler(request, delivery.verified, context);
      // By its status alone: a Response may be of another realm, and what is no answer tells the provider of no success.
      success = isSuccess(answer?.status);
      return answer;
    } finally {
      await receiver.end(delivery.lease, success);
    }
  };
}
