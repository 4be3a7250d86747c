// What every runtime has.

export { provide } from "./engine.js";
export { PaysigError, statuses } from "./errors.js";
export { Explanation, diagnose, explain } from "./explain.js";
export { KeySource } from "./keysource.js";
export { readMessage } from "./read.js";
export { MemoryReplayGuard } from "./replay.js";
export { Scheme, catalogue, scheme, schemes } from "./scheme.js";
export { Signed, Signer } from "./signer.js";
export { SignStream, VerifyStream } from "./stream.js";
export { TokenSession, tokenFetch } from "./token.js";
export { Verified, Verifier } from "./verifier.js";
