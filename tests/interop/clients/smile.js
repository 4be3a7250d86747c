// One call of smile-identity-core 3: PORT PARTNER API_KEY.
"use strict";
const { Utilities } = require("smile-identity-core");
const [port, partner, apiKey] = process.argv.slice(2);
const utilities = new Utilities(partner, apiKey, `https://localhost:${port}/v1`);
utilities
  .get_job_status("u-1", "j-1", { return_history: false, return_images: false })
  .then(() => console.log(JSON.stringify("answered")))
  .catch((error) => {
    if (error.code && error.code !== "ERR_BAD_REQUEST") throw error;
    console.log(JSON.stringify("refused"));
  });
