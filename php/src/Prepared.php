<?php

declare(strict_types=1);

namespace Paysig;

/** What a key that lives elsewhere has to sign. */
final readonly class Prepared
{
    /**
     * @param string $stringToSign all the bytes, not their digest
     * @param string $algorithm as recipes write it: "hmac-sha256", "rsa-sha256", "jws ES512"
     */
    public function __construct(public string $stringToSign, public string $algorithm)
    {
    }
}
