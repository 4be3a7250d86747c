<?php

declare(strict_types=1);

namespace Paysig\Http;

/**
 * Remembers the messages that were handled, in a store that all your processes share: RedisReplayGuard, or one of yours over a
 * database. What begin() throws is answered 503, so that the provider tries again.
 */
interface ReplayGuard
{
    /**
     * Takes the message for handling, atomically, with a lease that runs out, for a process that dies.
     *
     * @param string $replayKey Verified::$replayKey
     */
    public function begin(string $replayKey): ReplayClaim;

    /** The message was handled. Keep this as long as Verifier::retention() says, or as the provider repeats messages. */
    public function commit(ReplayClaim $claim): void;

    /** Handling failed: the next delivery is fresh. */
    public function release(ReplayClaim $claim): void;
}
