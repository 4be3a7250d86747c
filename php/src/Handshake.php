<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Native;
use Paysig\Native\Wire;

/** What to answer to an endpoint check, with HTTP status 200: by it a provider finds out whether an endpoint is yours. */
final readonly class Handshake
{
    /**
     * @param string $contentType of the answer: send it. The body may repeat what a stranger sent, and must not be read as HTML
     * @param string $body of the answer, bytes
     * @param bool $verified whether the check was signed and is authentic. In any case, do nothing but answer
     */
    public function __construct(
        public string $contentType,
        public string $body,
        public bool $verified,
    ) {
    }

    /** @internal The answer of the call; null if the message is no endpoint check. */
    public static function read(Native $native): ?self
    {
        $answer = $native->answer;
        $present = $answer->present;
        $handshake = null;
        if (($present & 1) !== 0) {
            $out = $native->output();
            $handshake = new self(Wire::piece($out, $answer->content_type), Wire::piece($out, $answer->body), ($present & 2) !== 0);
        }
        $native->give();
        return $handshake;
    }
}
