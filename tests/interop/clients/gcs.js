// Calls of the Ingenico / Worldline SDK for Node: FAMILY PORT KEY_ID SECRET. Prints the names of the calls that reached the server.
"use strict";
const [family, port, apiKeyId, secretApiKey] = process.argv.slice(2);
const module_ = require(family === "connect" ? "connect-sdk-nodejs" : "onlinepayments-sdk-nodejs");
const sdk = module_.init({ host: "127.0.0.1", scheme: "http", port: Number(port), apiKeyId, secretApiKey, integrator: "paysig interop" });
const payment = { order: { amountOfMoney: { amount: 1050, currencyCode: "EUR" }, references: { merchantReference: "café €" } } };
const connect = {
  get: () => sdk.v1.tokens.get("9991", "123", null),
  "get-with-query": () => sdk.v1.products.find("9991", { countryCode: "NL", currencyCode: "EUR", amount: 1000 }),
  post: () => sdk.v1.payments.create("9991", payment, null),
  "post-without-body": () => sdk.v1.payments.cancel("9991", "1", null),
  idempotence: () => sdk.v1.payments.create("9991", payment, { idempotence: { key: "idem-1" } }),
  "extra-header": () => sdk.v1.payments.create("9991", payment, { extraHeaders: [{ key: "X-GCS-Note", value: "1" }] }),
  "encoded-query": () => sdk.v1.products.find("9991", { countryCode: "NL", currencyCode: "EUR", locale: "a%2Cb%20c" }),
};
const direct = {
  get: () => sdk.tokens.getToken("9991", "123", null),
  "get-with-query": () => sdk.products.getPaymentProducts("9991", { countryCode: "NL", currencyCode: "EUR", amount: 1000 }),
  post: () => sdk.payments.createPayment("9991", payment, null),
  "post-without-body": () => sdk.payments.cancelPayment("9991", "1", {}, null),
  idempotence: () => sdk.payments.createPayment("9991", payment, { idempotence: { key: "idem-1" } }),
  "extra-header": () => sdk.payments.createPayment("9991", payment, { extraHeaders: [{ key: "X-GCS-Note", value: "1" }] }),
  "encoded-query": () => sdk.products.getPaymentProducts("9991", { countryCode: "NL", currencyCode: "EUR", locale: "a%2Cb%20c" }),
};
(async () => {
  const names = [];
  for (const [name, call] of Object.entries(family === "connect" ? connect : direct)) {
    try {
      await call();
    } catch (error) {
      if (error.code) throw error; // Not even a connection.
    }
    names.push(name);
  }
  console.log(JSON.stringify(names));
})();
