<?php

declare(strict_types=1);

namespace Paysig;

/** What a signature covers. Nothing else of the message may be trusted. */
final readonly class Coverage
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
}
