<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\ConfigurationException;
use Paysig\Status;

/** What a replay guard says of a message; a fresh one must be committed or released. */
final readonly class ReplayClaim
{
    private const MAX_KEY = 512;
    /** Bound of seconds, exclusive, so that the milliseconds are an int: 34,000 years. */
    private const END_OF_TIME = 1 << 40;

    /** @param string $lease which attempt; one that ran out and passed to another process no longer counts */
    public function __construct(public ReplayState $state, public string $replayKey, public string $lease = '')
    {
    }

    /** @internal */
    public static function checkKey(string $replayKey): void
    {
        if ($replayKey === '' || \strlen($replayKey) > self::MAX_KEY) {
            throw new ConfigurationException(
                'a replay key has 1 to ' . self::MAX_KEY . ' bytes',
                Status::InvalidOption,
                field: 'replay_key',
            );
        }
    }

    /** @internal A guard that remembers for no time, or until a time that is no int, would let every repetition through. */
    public static function checkTimes(int $retention, int $lease): void
    {
        foreach (['retention' => $retention, 'lease' => $lease] as $field => $seconds) {
            if ($seconds < 1 || $seconds >= self::END_OF_TIME) {
                $text = "$field must be a number of seconds from 1 to " . (self::END_OF_TIME - 1);
                throw new ConfigurationException($text, Status::InvalidOption, field: $field);
            }
        }
    }
}
