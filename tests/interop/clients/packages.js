// SDKs of npm: JSON of questions by name in, JSON of answers out. An SDK judges what paysig signed (`good`), the same with another
// body (`changed`), and hands out what it signs itself (`made`).
"use strict";
const crypto = require("crypto");
const path = require("path");
const questions = JSON.parse(process.argv[2]);

async function taken(call) {
  try {
    return (await call()) !== false;
  } catch (error) {
    return false;
  }
}

const judged = async (call, body) => ({ good: await taken(() => call(body)), changed: await taken(() => call(body.replace("evt_1", "evt_2"))) });
const lower = (headers) => Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));

// The HMACs that an SDK without a signing function computes for its own comparison.
async function macOf(call) {
  const prototype = crypto.Hmac.prototype;
  const { digest } = prototype;
  let last;
  prototype.digest = function (encoding) {
    last = digest.call(this);
    return encoding ? last.toString(encoding) : last;
  };
  await call();
  prototype.digest = digest;
  return last;
}

function zoom({ keys, body, headers }) {
  const { AwsLambdaReceiver } = require("@zoom/rivet/chatbot");
  console.debug = () => {};
  const receiver = new AwsLambdaReceiver({ webhooksSecretToken: keys.secret });
  return receiver.start()({ body, headers: lower(headers), isBase64Encoded: false }, {});
}

const parts = {
  github: async ({ keys, body, headers }) => {
    // An ES module: NODE_PATH does not lead to it.
    const { sign, verify } = await import(path.join(process.env.NODE_PATH, "@octokit/webhooks-methods/dist-node/index.js"));
    const signature = lower(headers)["x-hub-signature-256"];
    return { ...(await judged((text) => verify(keys.secret, text, signature), body)), made: [["X-Hub-Signature-256", await sign(keys.secret, body)]] };
  },
  shopify: async ({ keys, body, headers }) => {
    require("@shopify/shopify-api/adapters/node");
    const { shopifyApi, ApiVersion, LogSeverity } = require("@shopify/shopify-api");
    const { createSHA256HMAC } = require("@shopify/shopify-api/runtime");
    const sdk = shopifyApi({
      apiKey: "k", apiSecretKey: keys.secret, hostName: "app.example.com", apiVersion: Object.values(ApiVersion)[0], isEmbeddedApp: false,
      logger: { level: LogSeverity.Error, log: () => {} },
    });
    const rawRequest = { method: "POST", url: "/hook", headers: lower(headers) };
    const call = async (rawBody) => (await sdk.webhooks.validate({ rawBody, rawRequest, rawResponse: {} })).valid;
    return { ...(await judged(call, body)), made: [["X-Shopify-Hmac-Sha256", await createSHA256HMAC(keys.secret, body)]] };
  },
  zoom: async (question) => {
    const call = async (body) => (await zoom({ ...question, body })).statusCode === 200;
    const mac = await macOf(() => call(question.body));
    const stamp = lower(question.headers)["x-zm-request-timestamp"];
    return { ...(await judged(call, question.body)), made: [["X-Zm-Request-Timestamp", stamp], ["X-Zm-Signature", "v0=" + mac.toString("hex")]] };
  },
  "zoom-handshake": async (question) => JSON.parse((await zoom(question)).body),
  opennode: async ({ keys, id, hashed_order }) => {
    const { OpenNodeClient } = require("opennode");
    const sdk = new OpenNodeClient(keys.api_key, "dev");
    const mac = await macOf(() => sdk.verifySignature({ id, hashed_order }));
    return { good: sdk.verifySignature({ id, hashed_order }), changed: sdk.verifySignature({ id: id + "x", hashed_order }), made: mac.toString("hex") };
  },
  alipay: ({ private: privateKey, public: alipayPublicKey, fields }) => {
    const { AlipaySdk } = require("alipay-sdk");
    const sdk = new AlipaySdk({ appId: "2021000000000001", privateKey: privateKey.trim(), keyType: "PKCS8", alipayPublicKey });
    const made = sdk.pageExecute("alipay.trade.page.pay", "GET", { bizContent: { out_trade_no: "evt_1", total_amount: "1.00", subject: "caf\u00e9 100% & more" } });
    return { good: sdk.checkNotifySignV2(fields), changed: sdk.checkNotifySignV2({ ...fields, trade_no: "2" }), made };
  },
  bitpay: ({ key, text, signature }) => {
    const { KeyUtils } = require("bitpay-sdk");
    const sdk = new KeyUtils();
    const pair = sdk.load_keypair(Buffer.from(key, "hex"));
    const holds = (message) => signature && pair.verify(crypto.createHash("sha256").update(message).digest(), Buffer.from(signature, "hex"));
    return { made: sdk.sign(text, pair), identity: sdk.getPublicKeyFromPrivateKey(Buffer.from(key, "hex")), good: holds(text), changed: holds(text + " ") };
  },
  "request-signing": ({ private: privateKeyPem, public: publicKeyPem, method, path: requestPath, body, nonce }) => {
    const folder = path.dirname(require.resolve("gocardless-nodejs/webhooks"));
    const { ApiRequestSignatureHelper: Helper } = require(folder + "/apiRequestSigning.js");
    const digest = body ? Helper.getSha256Digest(body) : undefined;
    const helper = new Helper({
      httpMethod: method,
      host: "https://api.gocardless.com",
      requestPath,
      contentDigest: digest,
      contentLength: body.length,
      contentType: "application/json",
      nonce,
      apiRequestSigningOptions: { privateKeyPem, publicKeyPem, publicKeyId: "PK1", testMode: false },
    });
    const headers = [
      ["Gc-Signature-Input", helper.getGcSignatureInput()],
      ["Gc-Signature", helper.getGcSignature()],
    ];
    return { headers: digest ? [["Content-Digest", Helper.getSha256DigestHeader(digest)], ...headers] : headers };
  },
  // What the SDK would send: its HTTP client is replaced.
  nuvei: ({ method, keys }) =>
    new Promise((done) => {
      require("request").post = (options) => done(options.json);
      const sdk = require("nuvei");
      sdk.initiate("merchant", "site", keys.secret, "int");
      sdk.setClientRequestValidation(false);
      const order = {
        amount: "10.50", currency: "EUR", clientUniqueId: "u1", relatedTransactionId: "t1", authCode: "A1", comment: "c",
        urlDetails: { notificationUrl: "https://n.example" }, sessionToken: "s",
      };
      if (method === "getSessionToken") sdk[method](() => {});
      else sdk[method](order, () => {});
    }),
};

(async () => {
  const answers = {};
  for (const [name, question] of Object.entries(questions)) answers[name] = await parts[name](question);
  console.log(JSON.stringify(answers));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
