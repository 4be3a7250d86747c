// The check of smile-identity-core 1.3.0: PARTNER API_KEY(base64 of DER) TIME SEC_KEY. Prints what it says of this one and of another.
"use strict";
const { Signature } = require("smile-identity-core-old");
const [partner, der, time, secKey] = process.argv.slice(2);
const pem = `-----BEGIN PUBLIC KEY-----\n${der.match(/.{1,64}/g).join("\n")}\n-----END PUBLIC KEY-----\n`;
const signature = new Signature(partner, Buffer.from(pem).toString("base64"));
const confirm = (at) => {
  try {
    return signature.confirm_sec_key(at, secKey);
  } catch (error) {
    return false;
  }
};
console.log(JSON.stringify([confirm(time), confirm(String(Number(time) + 1))]));
