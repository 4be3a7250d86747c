// The webhook helper of the Ingenico / Worldline SDK for Node: FAMILY JSON.
"use strict";
const [family, text] = process.argv.slice(2);
const { keys, headers, body } = JSON.parse(text);
const sdk = require(family === "connect" ? "connect-sdk-nodejs" : "onlinepayments-sdk-nodejs");
const store = sdk.webhooks.inMemorySecretKeyStore;
store.storeSecretKey(keys.key_id, keys.secret);
const helper = family === "connect" ? sdk.webhooks.v1.init(store) : sdk.webhooks.init(store);
const named = Object.fromEntries(headers);
const lookup = { ...named, ...Object.fromEntries(headers.map(([n, v]) => [n.toLowerCase(), v])) };
(async () => {
  const good = await helper.unmarshal(Buffer.from(body), lookup);
  let changed = "accepted";
  try {
    await helper.unmarshal(Buffer.from(body + " "), lookup);
  } catch (error) {
    changed = "refused";
  }
  console.log(JSON.stringify({ good: good.id, changed }));
})();
