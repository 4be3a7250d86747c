<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\PaysigException;
use Paysig\Signer;
use Paysig\Status;
use Psr\Http\Message\MessageInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\StreamInterface;

/**
 * Between PSR-7 messages and ours.
 *
 * @internal
 */
final class Psr7
{
    /**
     * The header lines in order, as [name, value].
     *
     * @return list<array{string, string}>
     */
    public static function headers(MessageInterface $message): array
    {
        $headers = [];
        foreach ($message->getHeaders() as $name => $values) {
            foreach ($values as $value) {
                $headers[] = [(string) $name, $value];
            }
        }
        return $headers;
    }

    /**
     * The request as it has to be sent: what was signed is what is sent.
     *
     * @param callable(string): StreamInterface $stream
     */
    public static function sign(Signer $signer, RequestInterface $request, callable $stream): RequestInterface
    {
        $body = (string) $request->getBody();
        $signed = $signer->sign(
            $request->getMethod(),
            (string) $request->getUri()->withFragment(''),
            self::headers($request),
            $body,
            target: $request->getRequestTarget(),
        );
        if ($signed->target !== null) {
            [$path, $query] = \explode('?', $signed->target, 2) + [1 => ''];
            $request = $request->withUri($request->getUri()->withPath($path)->withQuery($query), true);
            if ($request->getRequestTarget() !== $signed->target) {
                throw new PaysigException(
                    'the HTTP library spells the signed target differently: percent-encode path and query',
                    Status::InvalidMessage,
                );
            }
        }
        foreach ($signed->headers as [$name, $value]) {
            $request = $request->withHeader($name, $value);
        }
        if ($signed->body !== null && $request->hasHeader('Content-Length')) {
            $request = $request->withHeader('Content-Length', (string) \strlen($signed->body));
        }
        // The old stream was read to its end, and some cannot be rewound; some factories leave the new one at its end.
        $new = $stream($signed->body ?? $body);
        $new->rewind();
        return $request->withBody($new);
    }
}
