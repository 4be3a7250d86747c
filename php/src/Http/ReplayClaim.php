<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\ConfigurationException;
use Paysig\Exception\PaysigException;
use Paysig\Status;

/** What a replay guard says of a message; a fresh one must be committed or released. */
final readonly class ReplayClaim
{
    private const MAX_KEY = 512;

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

    /** @internal A store did not do its work. */
    public static function unavailable(string $message, ?\Throwable $previous = null): PaysigException
    {
        $status = Status::StoreUnavailable;
        return new PaysigException($status->label() . ": $message", $status, $status->httpStatus(), previous: $previous);
    }

    /** @internal */
    public static function full(?\Throwable $previous = null): PaysigException
    {
        return self::unavailable('the replay store is full of messages that must be remembered', $previous);
    }

    /** @internal The handler took too long, and another one was let in. */
    public static function lost(): PaysigException
    {
        return self::unavailable('the lease ran out before the handler was done; the message may be handled again');
    }
}
