<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\ConfigurationException;
use Paysig\Status;

/** Over the extension curl: https only, verified, without redirects. */
final readonly class CurlKeyFetcher implements KeyFetcher
{
    private \SensitiveParameterValue $options;

    /**
     * @param int $timeout milliseconds for the whole fetch
     * @param array<int, mixed> $options CURLOPT_... of yours (a proxy, CURLOPT_CAINFO)
     */
    public function __construct(private int $timeout = 5000, #[\SensitiveParameter] array $options = [])
    {
        // A proxy's password may be among them.
        $this->options = new \SensitiveParameterValue($options);
    }

    public function fetch(string $url, int $maxBytes): string
    {
        $document = '';
        $curl = \curl_init();
        self::set($curl, [
            \CURLOPT_URL => $url,
            \CURLOPT_PROTOCOLS => \CURLPROTO_HTTPS,
            \CURLOPT_FOLLOWLOCATION => false,
            \CURLOPT_TIMEOUT_MS => $this->timeout,
            \CURLOPT_NOSIGNAL => true,
            \CURLOPT_WRITEFUNCTION => static function (\CurlHandle $curl, string $piece) use (&$document, $maxBytes): int {
                $document .= $piece;
                return \strlen($document) > $maxBytes ? -1 : \strlen($piece);
            },
        ] + $this->options->getValue());
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

    /** @param array<int, mixed> $options */
    private static function set(\CurlHandle $curl, #[\SensitiveParameter] array $options): void
    {
        try {
            \curl_setopt_array($curl, $options);
        } catch (\TypeError | \ValueError $wrong) {
            // Its trace has all options.
            throw new ConfigurationException($wrong->getMessage(), Status::InvalidOption, field: 'options');
        }
    }
}
