<?php

declare(strict_types=1);

namespace Paysig\Http;

/** Over the extension curl: https only, verified, without redirects. */
final readonly class CurlKeyFetcher implements KeyFetcher
{
    /**
     * @param int $timeout milliseconds for the whole fetch
     * @param array<int, mixed> $options CURLOPT_... of yours (a proxy, CURLOPT_CAINFO)
     */
    public function __construct(private int $timeout = 5000, private array $options = [])
    {
    }

    public function fetch(string $url, int $maxBytes): string
    {
        $document = '';
        $curl = \curl_init();
        \curl_setopt_array($curl, [
            \CURLOPT_URL => $url,
            \CURLOPT_PROTOCOLS => \CURLPROTO_HTTPS,
            \CURLOPT_FOLLOWLOCATION => false,
            \CURLOPT_TIMEOUT_MS => $this->timeout,
            \CURLOPT_NOSIGNAL => true,
            \CURLOPT_WRITEFUNCTION => static function (\CurlHandle $curl, string $piece) use (&$document, $maxBytes): int {
                $document .= $piece;
                return \strlen($document) > $maxBytes ? -1 : \strlen($piece);
            },
        ] + $this->options);
        $done = \curl_exec($curl);
        $status = \curl_getinfo($curl, \CURLINFO_RESPONSE_CODE);
        if (\strlen($document) > $maxBytes) {
            throw new \RuntimeException("the key's document is larger than $maxBytes bytes");
        }
        if ($done === false) {
            throw new \RuntimeException("the key's address cannot be read: " . \curl_error($curl));
        }
        return $status === 200 ? $document : throw new \RuntimeException("the key's address answered $status");
    }
}
