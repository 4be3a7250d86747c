<?php

declare(strict_types=1);

namespace Paysig;

/** The next step of a token session. It holds a token or a secret: do not log it. */
final readonly class TokenStep
{
    /**
     * @param ?\DateTimeImmutable $until Wait: when to ask again at the latest; Fetch: when your time to fetch runs out
     * @param list<array{string, string}> $headers Authorize: to add to your request; Fetch: of the request to send
     * @param string $method Fetch: "POST"
     * @param string $target Fetch: path and query
     * @param string $body Fetch: form or JSON
     */
    public function __construct(
        public TokenAction $action,
        public ?\DateTimeImmutable $until = null,
        #[\SensitiveParameter] public array $headers = [],
        public string $method = '',
        public string $target = '',
        #[\SensitiveParameter] public string $body = '',
    ) {
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return ['action' => $this->action, 'until' => $this->until];
    }
}
