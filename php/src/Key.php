<?php

declare(strict_types=1);

namespace Paysig;

/**
 * A key of a verifier's ring and when it is valid, both ends included; null leaves an end open. Its credentials come out of
 * credentials() alone: no dump, export, JSON or array cast shows them, and it cannot be serialized.
 */
final readonly class Key implements \JsonSerializable
{
    private \SensitiveParameterValue $credentials;

    /** @param array<string, string> $credentials by name, as the scheme asks for them: ['login' => ..., 'secret' => ...] */
    public function __construct(
        #[\SensitiveParameter] array $credentials,
        public \DateTimeInterface|int|null $notBefore = null,
        public \DateTimeInterface|int|null $notAfter = null,
    ) {
        $this->credentials = new \SensitiveParameterValue($credentials);
    }

    /**
     * By name, in clear: do not log them.
     *
     * @return array<string, string>
     */
    public function credentials(): array
    {
        return $this->credentials->getValue();
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        $redacted = \array_fill_keys(\array_keys($this->credentials()), '*');
        return ['credentials' => $redacted, 'notBefore' => $this->notBefore, 'notAfter' => $this->notAfter];
    }

    /** @return array<string, mixed> what a dump shows */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }

    public function __serialize(): array
    {
        throw new \LogicException('a key holds secrets and cannot be serialized; make it anew');
    }
}
