<?php

declare(strict_types=1);

namespace Paysig\Exception;

use Paysig\Status;

/**
 * Anything that goes wrong in paysig. Thrown as itself for messages that cannot be signed, token endpoints that refuse and
 * replay stores that do not answer; the other causes have classes of their own. Texts hold no secret.
 */
class PaysigException extends \RuntimeException
{
    /**
     * @param ?Status $status what happened; null if the library does not come so far or is newer than this package
     * @param int $httpStatus what middleware answers
     * @param string $field what is at fault, if one thing is: "X-Date", "json:amount.value"
     */
    public function __construct(
        string $message,
        public readonly ?Status $status = null,
        public readonly int $httpStatus = 500,
        public readonly string $field = '',
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, $status->value ?? 0, $previous);
    }
}
