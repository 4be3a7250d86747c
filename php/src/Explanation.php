<?php

declare(strict_types=1);

namespace Paysig;

/** The string to sign, byte by byte. Secrets inside it are asterisks; no expected signature is ever shown. */
final readonly class Explanation
{
    /**
     * @param string $stringToSign bytes, not always UTF-8
     * @param list<array{part: string, start: int, end: int}> $parts where the bytes come from
     * @param list<array{part: string, step: string, bytes: string, parts: list<array{part: string, start: int, end: int}>}> $nested the
     *     inputs of digests inside: which part came of it, by which step
     * @param Coverage $covered what a signature of this message covers
     */
    public function __construct(
        public string $stringToSign,
        public array $parts,
        public array $nested,
        public Coverage $covered,
    ) {
    }

    /** @internal */
    public static function fromJson(string $json): self
    {
        $members = \json_decode($json, true, flags: \JSON_THROW_ON_ERROR);
        $nested = [];
        foreach ($members['nested'] as $one) {
            $nested[] = ['part' => $one['part'], 'step' => $one['step'], 'bytes' => self::bytes($one), 'parts' => $one['parts']];
        }
        return new self(self::bytes($members), $members['parts'], $nested, new Coverage(...$members['covered']));
    }

    /** @param array<string, mixed> $members */
    private static function bytes(array $members): string
    {
        return $members['string_to_sign'] ?? (string) \base64_decode($members['string_to_sign_base64'], true);
    }

    /** One line a part: offsets, origin and bytes; then what is covered and what is not. */
    public function __toString(): string
    {
        $lines = '';
        foreach ($this->parts as ['part' => $part, 'start' => $start, 'end' => $end]) {
            $bytes = \substr($this->stringToSign, $start, $end - $start);
            $lines .= \sprintf("%6d..%-6d %-14s %s\n", $start, $end, $part, \addcslashes($bytes, "\0..\37\177..\377\\"));
        }
        return $lines . $this->covered . "\n";
    }
}
