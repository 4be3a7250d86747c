<?php

declare(strict_types=1);

namespace Paysig;

/**
 * The next step of a token session. The token or the secret that it holds comes out of headers() and body() alone: no dump, export,
 * JSON or array cast shows them, and it cannot be serialized.
 */
final readonly class TokenStep implements \JsonSerializable
{
    private \SensitiveParameterValue $headers;
    private \SensitiveParameterValue $body;

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
        #[\SensitiveParameter] array $headers = [],
        public string $method = '',
        public string $target = '',
        #[\SensitiveParameter] string $body = '',
    ) {
        $this->headers = new \SensitiveParameterValue($headers);
        $this->body = new \SensitiveParameterValue($body);
    }

    /**
     * Authorize: to add to your request, as [name, value]; Fetch: of the request to send. Do not log them.
     *
     * @return list<array{string, string}>
     */
    public function headers(): array
    {
        return $this->headers->getValue();
    }

    /** Fetch: form or JSON. Do not log it. */
    public function body(): string
    {
        return $this->body->getValue();
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return ['action' => $this->action, 'until' => $this->until, 'method' => $this->method, 'target' => $this->target];
    }

    /** @return array<string, mixed> what a dump shows */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }

    public function __serialize(): array
    {
        throw new \LogicException('a step holds a token or a secret and cannot be serialized; keep what TokenSession::save() gives');
    }
}
