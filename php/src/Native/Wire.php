<?php

declare(strict_types=1);

namespace Paysig\Native;

use FFI\CData;

/**
 * Between PHP values and what the C ABI takes and gives.
 *
 * @internal
 */
final class Wire
{
    /** The system's clock, and that there is no clock. */
    public const NOW_SYSTEM = \PHP_INT_MIN;
    public const TIME_NONE = \PHP_INT_MAX;

    /** UINT64_MAX, of which PHP sees the bits. */
    public const LENGTH_UNKNOWN = -1;

    /** Milliseconds since 1970; null is the system's clock. */
    public static function now(\DateTimeInterface|int|null $now): int
    {
        return $now === null ? self::NOW_SYSTEM : self::time($now);
    }

    /** Milliseconds since 1970; null is no time. */
    public static function time(\DateTimeInterface|int|null $time): int
    {
        return match (true) {
            $time === null => self::TIME_NONE,
            \is_int($time) => $time,
            default => $time->getTimestamp() * 1000 + (int) $time->format('v'),
        };
    }

    public static function date(int $milliseconds): \DateTimeImmutable
    {
        if ($milliseconds % 1000 === 0) {
            // A third of the time of reading text.
            static $epoch = new \DateTimeImmutable('@0');
            return $epoch->setTimestamp(\intdiv($milliseconds, 1000));
        }
        $thousandths = ($milliseconds % 1000 + 1000) % 1000;
        $seconds = \intdiv($milliseconds - $thousandths, 1000);
        return (new \DateTimeImmutable("@$seconds"))->modify("+$thousandths milliseconds");
    }

    /**
     * Target and URL of a call: a whole URL is both, anything else is a target only; a target given beside a URL stands.
     *
     * @return array{string, string}
     */
    public static function targetAndUrl(string $url, ?string $target): array
    {
        $authority = $url === '' || $url[0] === '/' ? false : \strpos($url, '://');
        if ($authority === false) {
            return [$target ?? $url, $target === null ? '' : $url];
        }
        if ($target === null) {
            $start = $authority + 3 + \strcspn($url, '/?#', $authority + 3);
            $target = \substr($url, $start, \strcspn($url, '#', $start));
            if ($target === '' || $target[0] === '?') {
                $target = '/' . $target;
            }
        }
        return [$target, $url];
    }

    /**
     * The twelve arguments of a message.
     *
     * @param array<mixed> $headers
     * @return list<string|int>
     */
    public static function message(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        string $body,
        ?string $target,
    ): array {
        return [...self::head($method, $url, $headers, $target), $body, \strlen($body)];
    }

    /**
     * The ten arguments of a message without its body.
     *
     * @param array<mixed> $headers
     * @return list<string|int>
     */
    public static function head(string $method, string $url, #[\SensitiveParameter] array $headers, ?string $target): array
    {
        [$target, $url] = self::targetAndUrl($url, $target);
        $pairs = Pairs::ofHeaders($headers);
        return [
            $method, \strlen($method), $target, \strlen($target), $url, \strlen($url),
            $pairs->bytes, \strlen($pairs->bytes), $pairs->lengths, $pairs->count,
        ];
    }

    public static function piece(#[\SensitiveParameter] string $out, CData $span): string
    {
        return \substr($out, $span->offset, $span->length);
    }

    /**
     * Lines "Name: value\r\n" as [name, value].
     *
     * @return list<array{string, string}>
     */
    public static function headers(#[\SensitiveParameter] string $lines): array
    {
        $headers = [];
        foreach (\explode("\r\n", $lines, -1) as $line) {
            $headers[] = \explode(': ', $line, 2);
        }
        return $headers;
    }
}
