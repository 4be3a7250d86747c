<?php

declare(strict_types=1);

namespace Paysig\Native;

/**
 * A call as one text, as paysig_sign_packed takes it: each piece after its length, an unsigned LEB128. Every argument of a foreign
 * call and every look into a struct costs; one text costs less than what it replaces.
 *
 * @internal
 */
final class Packed
{
    /** The numbers below 128. */
    private const SIZES = [
        "\x00", "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07", "\x08", "\x09", "\x0a", "\x0b", "\x0c", "\x0d", "\x0e", "\x0f",
        "\x10", "\x11", "\x12", "\x13", "\x14", "\x15", "\x16", "\x17", "\x18", "\x19", "\x1a", "\x1b", "\x1c", "\x1d", "\x1e", "\x1f",
        "\x20", "\x21", "\x22", "\x23", "\x24", "\x25", "\x26", "\x27", "\x28", "\x29", "\x2a", "\x2b", "\x2c", "\x2d", "\x2e", "\x2f",
        "\x30", "\x31", "\x32", "\x33", "\x34", "\x35", "\x36", "\x37", "\x38", "\x39", "\x3a", "\x3b", "\x3c", "\x3d", "\x3e", "\x3f",
        "\x40", "\x41", "\x42", "\x43", "\x44", "\x45", "\x46", "\x47", "\x48", "\x49", "\x4a", "\x4b", "\x4c", "\x4d", "\x4e", "\x4f",
        "\x50", "\x51", "\x52", "\x53", "\x54", "\x55", "\x56", "\x57", "\x58", "\x59", "\x5a", "\x5b", "\x5c", "\x5d", "\x5e", "\x5f",
        "\x60", "\x61", "\x62", "\x63", "\x64", "\x65", "\x66", "\x67", "\x68", "\x69", "\x6a", "\x6b", "\x6c", "\x6d", "\x6e", "\x6f",
        "\x70", "\x71", "\x72", "\x73", "\x74", "\x75", "\x76", "\x77", "\x78", "\x79", "\x7a", "\x7b", "\x7c", "\x7d", "\x7e", "\x7f",
    ];

    /**
     * @param string $want what verifying shall report, as a number; signing has none
     * @param array<mixed> $headers by name (one value or a list of values), or a list of [name, value]
     */
    public static function message(
        string $want,
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        \DateTimeInterface|int|null $now,
        ?string $target,
    ): string {
        if ($target !== null || ($url[0] ?? '/') !== '/') {
            [$target, $url] = Wire::targetAndUrl($url, $target);
        } else {
            [$target, $url] = [$url, ''];
        }
        $sizes = self::SIZES;
        $time = $now === null ? "\0" : "\x08" . \pack('q', Wire::time($now));
        $a = $sizes[\strlen($method)] ?? self::number(\strlen($method));
        $b = $sizes[\strlen($target)] ?? self::number(\strlen($target));
        $c = $sizes[\strlen($url)] ?? self::number(\strlen($url));
        if ($headers === []) {
            return "$want$time$a$method$b$target$c$url\0";
        }
        $count = \count($headers);
        $lines = '';
        try {
            if (\array_is_list($headers)) {
                foreach ($headers as $header) {
                    if (!\is_array($header) || \count($header) !== 2) {
                        throw new \TypeError();
                    }
                    $name = $header[0] ?? null;
                    $value = $header[1] ?? null;
                    $size = $sizes[\strlen($name)] ?? self::number(\strlen($name));
                    $length = $sizes[\strlen($value)] ?? self::number(\strlen($value));
                    $lines .= "$size$name$length$value";
                }
            } else {
                foreach ($headers as $name => $values) {
                    $name = (string) $name;
                    $size = $sizes[\strlen($name)] ?? self::number(\strlen($name));
                    if (!\is_array($values)) {
                        $length = $sizes[\strlen($values)] ?? self::number(\strlen($values));
                        $lines .= "$size$name$length$values";
                        continue;
                    }
                    $count += \count($values) - 1;
                    foreach ($values as $value) {
                        $length = $sizes[\strlen($value)] ?? self::number(\strlen($value));
                        $lines .= "$size$name$length$value";
                    }
                }
            }
        } catch (\TypeError $notText) {
            // strlen() takes strings alone. Pairs says which one is none.
            Pairs::ofHeaders($headers);
            throw $notText;
        }
        $count = $sizes[$count] ?? self::number($count);
        return "$want$time$a$method$b$target$c$url$count$lines";
    }

    /**
     * What stands after a message that is to be signed.
     *
     * @param list<string> $options name, value, name, value ...
     */
    public static function options(array $options): string
    {
        $packed = '';
        foreach ($options as $text) {
            $packed .= self::number(\strlen($text)) . $text;
        }
        return $packed;
    }

    private static function number(int $number): string
    {
        $text = '';
        for (; $number > 127; $number >>= 7) {
            $text .= \chr($number & 127 | 128);
        }
        return $text . \chr($number);
    }
}
