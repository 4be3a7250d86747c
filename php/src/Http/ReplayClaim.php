<?php

declare(strict_types=1);

namespace Paysig\Http;

/** What a replay guard says of a message; a fresh one must be committed or released. */
final readonly class ReplayClaim
{
    /** @param string $lease which attempt; one that ran out and passed to another process no longer counts */
    public function __construct(public ReplayState $state, public string $replayKey, public string $lease = '')
    {
    }
}
