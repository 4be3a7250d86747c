<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\PaysigException;
use Paysig\Status;

/**
 * How replay guards say that they cannot remember.
 *
 * @internal
 */
final class StoreFailure
{
    public static function because(string $message, ?\Throwable $previous = null): PaysigException
    {
        $status = Status::StoreUnavailable;
        return new PaysigException($status->label() . ": $message", $status, $status->httpStatus(), previous: $previous);
    }

    public static function full(?\Throwable $previous = null): PaysigException
    {
        return self::because('the replay store is full of messages that must be remembered', $previous);
    }

    /** The handler took too long, and another one was let in. */
    public static function leaseLost(): PaysigException
    {
        return self::because('the lease ran out before the handler was done; the message may be handled again');
    }
}
