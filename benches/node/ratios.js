// What a whole call of paysig costs in Node beside the bare HMAC of the ready string, and beside the genuine SDK: ratios. `make bench`
// runs it beside an installed package.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createRequire } from "node:module";
import { Signer, Verifier } from "paysig";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";

const require = createRequire(import.meta.url);
const connect = require("connect-sdk-nodejs/lib/utils/authentication.js");
const smile = require("smile-identity-core");
// Its package exports the whole SDK only.
const direct = await import(new URL("node_modules/onlinepayments-sdk-nodejs/lib/esm/src/utils/authentication.js", import.meta.url));

const ROUNDS = 41;
const BODY = '{"id":"evt_1","object":"event","amount":1999,"currency":"eur","data":{"a":[1,2,3]},"text":"some text"}';

async function timed(call, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) await call();
  return Number(process.hrtime.bigint() - start) / calls;
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const median = (numbers) => sorted(numbers)[numbers.length >> 1];

/** One line for each pair: both in turn, many short rounds, the median of the rounds' ratios. */
async function compare(name, ours, others) {
  for (const [other, call] of Object.entries(others)) {
    await timed(ours, 2000);
    await timed(call, 2000);
    const calls = Math.max(20, Math.floor(2e6 / Math.max(await timed(ours, 200), await timed(call, 200))));
    const mine = [], theirs = [], ratios = [];
    for (let i = 0; i < ROUNDS; i++) {
      mine.push(await timed(ours, calls));
      theirs.push(await timed(call, calls));
      ratios.push(mine[i] / theirs[i]);
    }
    const order = sorted(ratios), rank = Math.floor(ROUNDS / 10);
    const spread = `${order[rank].toFixed(2)} to ${order[ROUNDS - 1 - rank].toFixed(2)}`;
    console.log(`| ${name} | ${other} | ${median(mine).toFixed(0)} | ${median(theirs).toFixed(0)} | **${median(ratios).toFixed(2)}** | ${spread} |`);
  }
}

/** A signed message, its verifier, its headers by name in small letters, and the string that was signed. */
async function signed(id, flow, keys, signer, message) {
  const { headers } = await signer.sign(message);
  const wire = { ...message, headers: [...message.headers, ...headers] };
  const named = Object.fromEntries(wire.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const verifier = new Verifier(id, { flow, keys });
  return { wire, named, verifier, text: (await verifier.explain(wire)).stringToSign };
}

function ours(good) {
  if (!good) throw new Error("another string was signed");
}

async function ingenico() {
  const keys = { key_id: "5e45c937b9db33ae", secret: "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg=" };
  const path = "/v1/9991/tokens/123456789";
  const extra = [0, 1, 2].map((i) => [`X-GCS-Header${i}`, "value of the header"]);
  const message = { method: "POST", url: path, headers: [["Content-Type", "application/json"], ...extra], body: BODY };
  const signer = new Signer("ingenico-v1hmac", { credentials: keys });
  const { wire, named, verifier, text } = await signed("ingenico-v1hmac", "request", keys, signer, message);
  const signature = named.authorization.slice(named.authorization.lastIndexOf(":") + 1);
  const lines = extra.map(([key, value]) => ({ key, value }));
  const genuine = { "connect-sdk": new connect.V1HMACAuthenticator(keys.key_id, keys.secret),
    "onlinepayments-sdk": new direct.V1HmacAuthenticator({ apiKeyId: keys.key_id, secretApiKey: keys.secret }) };
  const sdks = {};
  for (const [name, sdk] of Object.entries(genuine)) {
    sdks[name] = () => sdk.getAuthorization("POST", "application/json", named.date, lines, path);
    ours((await sdks[name]()) === named.authorization);
  }
  const bare = () => createHmac("sha256", keys.secret).update(text).digest("base64");
  await compare("ingenico, 3 headers, sign", () => signer.sign(message), { "createHmac + base64": bare, ...sdks });
  await compare("ingenico, 3 headers, verify", () => verifier.verify(wire), {
    "createHmac + base64": () => ours(timingSafeEqual(Buffer.from(signature), Buffer.from(bare()))),
  });
}

async function webhooks() {
  const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
  const keys = { secret };
  const message = { method: "POST", url: "/", headers: [], body: BODY };
  const of = async (id) => signed(id, "webhook", keys, new Signer(id, { flow: "webhook", credentials: keys }), message);

  const charged = await of("stripe");
  const line = charged.named["stripe-signature"];
  const stripe = new Stripe("sk_test_1");
  await compare("stripe, verify", () => charged.verifier.verify(charged.wire), {
    "createHmac + hex": () => ours(timingSafeEqual(Buffer.from(line.split("v1=")[1]), Buffer.from(createHmac("sha256", secret).update(charged.text).digest("hex")))),
    stripe: () => stripe.webhooks.constructEvent(BODY, line, secret),
  });

  const standard = await of("standard-webhooks");
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = standard.named["webhook-signature"].slice("v1,".length);
  const reference = new StandardWebhook(secret), hosted = new SvixWebhook(secret);
  await compare("standard-webhooks, verify", () => standard.verifier.verify(standard.wire), {
    "createHmac + base64": () => ours(timingSafeEqual(Buffer.from(signature), Buffer.from(createHmac("sha256", key).update(standard.text).digest("base64")))),
    standardwebhooks: () => reference.verify(BODY, standard.named),
    svix: () => hosted.verify(BODY, standard.named),
  });
}

async function smileId() {
  const keys = { partner_id: "085", api_key: "a-secret-of-some-length" };
  const signer = new Signer("smile-signature", { credentials: keys });
  const genuine = new smile.Signature(keys.partner_id, keys.api_key);
  const message = { method: "POST", url: "/v1/services", headers: [["Content-Type", "application/json"]], body: '{"partner_params":{"job_id":"1"}}' };
  await compare("smile-signature, sign and place in the body", () => signer.sign(message), {
    "smile-identity-core, signature alone": () => genuine.generate_signature(),
  });
}

console.log("| Node | beside | paysig, ns | other, ns | ratio | 10 to 90 % |");
console.log("|---|---|--:|--:|--:|--:|");
await ingenico();
await webhooks();
await smileId();
