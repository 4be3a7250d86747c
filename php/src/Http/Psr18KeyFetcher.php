<?php

declare(strict_types=1);

namespace Paysig\Http;

use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;

/** Over your PSR-18 client. Configure it with a timeout of a few seconds and without redirects (Symfony's follows them by default). */
final readonly class Psr18KeyFetcher implements KeyFetcher
{
    public function __construct(private ClientInterface $client, private RequestFactoryInterface $requests)
    {
    }

    public function fetch(string $url, int $maxBytes): string
    {
        $response = $this->client->sendRequest($this->requests->createRequest('GET', $url));
        $status = $response->getStatusCode();
        if ($status !== 200) {
            throw new \RuntimeException("the key's address answered $status");
        }
        $body = $response->getBody();
        if ($body->isSeekable()) {
            $body->rewind();
        }
        $document = '';
        while (!$body->eof()) {
            $document .= $body->read($maxBytes + 1);
            if (\strlen($document) > $maxBytes) {
                throw new \RuntimeException("the key's document is larger than $maxBytes bytes");
            }
        }
        return $document;
    }
}
