<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Native;

/** What a signature covers. Nothing else of the message may be trusted. */
final readonly class Coverage implements \Stringable
{
    /**
     * @param list<string> $headers lower-case names
     * @param string|list<string> $body "all", "none", or the members that are covered
     */
    public function __construct(
        public bool $method,
        public bool $path,
        public bool $query,
        public array $headers,
        public string|array $body,
    ) {
    }

    /** @internal */
    public static function fromJson(string $json): self
    {
        return new self(...\json_decode($json, true, flags: \JSON_THROW_ON_ERROR));
    }

    /** What is covered and what is not, in words for people, a line each. */
    public function __toString(): string
    {
        return self::inWords($this, '');
    }

    /** @internal What is known of an authentic message, in words. */
    public static function inWords(self $covered, string $signedJson): string
    {
        $json = \json_encode($covered, \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE);
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_in_words(...[
                $json, \strlen($json), $signedJson, \strlen($signedJson),
                $native->out, $native->outSize, $native->lengthPointer, $native->errorPointer,
            ]);
        } while ($native->grown($status));
        $native->check($status);
        return $native->text();
    }
}
