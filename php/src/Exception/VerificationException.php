<?php

declare(strict_types=1);

namespace Paysig\Exception;

use Paysig\Verdict;

/** The message is not authentic, or cannot be judged. */
final class VerificationException extends PaysigException
{
    /**
     * @param Verdict $verdict why
     * @param ?string $neededKeyId with Verdict::NeedsKey: the id of the key to fetch
     * @param ?string $neededKeyUrl with Verdict::NeedsKey: where to get it, if the recipe allows exactly this address
     */
    public function __construct(
        string $message,
        public readonly Verdict $verdict,
        int $httpStatus,
        string $field = '',
        public readonly ?string $neededKeyId = null,
        public readonly ?string $neededKeyUrl = null,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, $verdict->status(), $httpStatus, $field, $previous);
    }
}
