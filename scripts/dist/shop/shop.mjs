// Signs a deposit, verifies it, and sees a tampered one refused.
import { PaysigError, Signer, Verifier } from "paysig";

const keys = { login: "shop-login", secret: "api-signature" };
const message = { method: "POST", url: "/v3/deposits", body: '{"amount":"1.50"}' };
const { headers } = await new Signer("directa24-deposits", { credentials: keys }).sign(message);
const verifier = new Verifier("directa24-deposits", { flow: "request", keys });
await verifier.verify({ ...message, headers });
try {
  await verifier.verify({ ...message, headers, body: '{"amount":"9.50"}' });
} catch (error) {
  if (!(error instanceof PaysigError) || error.verdict !== "signature_mismatch") throw error;
  console.log("signs and verifies with", import.meta.resolve("paysig"));
}
