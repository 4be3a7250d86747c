<?php

declare(strict_types=1);

namespace Paysig;

/** What a key that lives elsewhere has to sign. Some schemes put a secret into it: do not log it. Dumps and JSON leave it out. */
final readonly class Prepared implements \JsonSerializable
{
    /**
     * @param string $stringToSign all the bytes, not their digest
     * @param string $algorithm as recipes write it: "hmac-sha256", "rsa-sha256", "jws ES512"
     */
    public function __construct(#[\SensitiveParameter] public string $stringToSign, public string $algorithm)
    {
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return ['length' => \strlen($this->stringToSign), 'algorithm' => $this->algorithm];
    }

    /** @return array<string, mixed> what a dump shows */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}
