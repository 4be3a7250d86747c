<?php

declare(strict_types=1);

namespace Paysig;

/** The string to sign, byte by byte. Secrets inside it are asterisks; no expected signature is ever shown. */
final readonly class Explanation
{
    /**
     * @param string $stringToSign bytes, not always UTF-8
     * @param list<array{part: string, start: int, end: int}> $parts where the bytes come from
     */
    public function __construct(public string $stringToSign, public array $parts)
    {
    }

    /** @internal */
    public static function fromJson(string $json): self
    {
        $members = \json_decode($json, true, flags: \JSON_THROW_ON_ERROR);
        $text = $members['string_to_sign'] ?? (string) \base64_decode($members['string_to_sign_base64'], true);
        return new self($text, $members['parts']);
    }

    /** One line a part: offsets, origin and bytes. */
    public function __toString(): string
    {
        $lines = '';
        foreach ($this->parts as ['part' => $part, 'start' => $start, 'end' => $end]) {
            $bytes = \substr($this->stringToSign, $start, $end - $start);
            $lines .= \sprintf("%6d..%-6d %-14s %s\n", $start, $end, $part, \addcslashes($bytes, "\0..\37\177..\377\\"));
        }
        return $lines;
    }
}
