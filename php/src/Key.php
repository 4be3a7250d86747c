<?php

declare(strict_types=1);

namespace Paysig;

/** A key of a verifier's ring and when it is valid, both ends included; null leaves an end open. */
final readonly class Key
{
    /** @param array<string, string> $credentials by name, as the scheme asks for them: ['login' => ..., 'secret' => ...] */
    public function __construct(
        #[\SensitiveParameter] public array $credentials,
        public \DateTimeInterface|int|null $notBefore = null,
        public \DateTimeInterface|int|null $notAfter = null,
    ) {
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        $redacted = \array_fill_keys(\array_keys($this->credentials), '*');
        return ['credentials' => $redacted, 'notBefore' => $this->notBefore, 'notAfter' => $this->notAfter];
    }
}
