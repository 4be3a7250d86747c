<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\PaysigException;
use Psr\Http\Client\RequestExceptionInterface;
use Psr\Http\Message\RequestInterface;

/** A request could not be signed and was not sent; the previous exception says why. */
final class SigningFailed extends \RuntimeException implements RequestExceptionInterface
{
    public function __construct(private readonly RequestInterface $request, PaysigException $why)
    {
        parent::__construct($why->getMessage(), $why->getCode(), $why);
    }

    public function getRequest(): RequestInterface
    {
        return $this->request;
    }
}
