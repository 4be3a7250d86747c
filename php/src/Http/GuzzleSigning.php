<?php

declare(strict_types=1);

namespace Paysig\Http;

use GuzzleHttp\Psr7\Utils;
use Paysig\Signer;
use Psr\Http\Message\RequestInterface;

/**
 * Signs what a Guzzle client sends: `$stack->push(new GuzzleSigning($signer), 'paysig')`. Push it last, so that it sees the
 * request as it leaves. A request that follows a redirect is not signed, since it may go to somebody else.
 */
final class GuzzleSigning
{
    public function __construct(private readonly Signer $signer)
    {
    }

    public function __invoke(callable $handler): callable
    {
        return function (RequestInterface $request, array $options) use ($handler) {
            if (($options['__redirect_count'] ?? 0) === 0) {
                $request = Psr7::sign($this->signer, $request, Utils::streamFor(...));
            }
            return $handler($request, $options);
        };
    }
}
