<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Native;
use Paysig\Native\Wire;

/**
 * What signing adds to a message, and everything that it used. What is null was not needed, or stays as it is. Where a scheme sends the
 * secret itself (http-basic, http-bearer), it is in here: do not log it. Dumps and JSON name the headers and leave out what they say.
 */
final readonly class Signed implements \JsonSerializable
{
    /** Of paysig_signed: two uint32_t and eight spans of two size_t. */
    private const STRUCT_SIZE = 136;

    /**
     * @param list<array{string, string}> $headers to add, as [name, value]
     * @param ?string $target path and query to send instead of yours
     * @param ?string $url the URL to send to instead of yours, where you gave a whole one
     * @param ?string $body the body to send instead of yours
     * @param ?string $bodyMembers the JSON members that were added, as a JSON object
     * @param ?string $timestamp the time text as signed
     * @param ?string $nonce message id, nonce or idempotency key as signed
     * @param ?string $keyId as sent
     */
    public function __construct(
        #[\SensitiveParameter] public array $headers,
        public ?string $target = null,
        public ?string $url = null,
        public ?string $body = null,
        public ?string $bodyMembers = null,
        public ?string $timestamp = null,
        public ?string $nonce = null,
        public ?string $keyId = null,
    ) {
    }

    /**
     * The headers by name, as most clients take them.
     *
     * @return array<string, string>
     */
    public function headerMap(): array
    {
        return \array_column($this->headers, 1, 0);
    }

    /**
     * The headers as lines, as CURLOPT_HTTPHEADER takes them.
     *
     * @return list<string>
     */
    public function headerLines(): array
    {
        return \array_map(static fn (array $header): string => $header[0] . ': ' . $header[1], $this->headers);
    }

    /** The value of a header, its name in any case; null if signing adds none of this name. */
    public function header(string $name): ?string
    {
        foreach ($this->headers as [$one, $value]) {
            if (\strcasecmp($one, $name) === 0) {
                return $value;
            }
        }
        return null;
    }

    /** @return array<string, mixed> */
    public function __debugInfo(): array
    {
        return [
            'headers' => \array_column($this->headers, 0),
            'target' => $this->target !== null,
            'url' => $this->url !== null,
            'body' => $this->body !== null,
            'timestamp' => $this->timestamp,
            'nonce' => $this->nonce,
            'keyId' => $this->keyId,
        ];
    }

    /** @return array<string, mixed> what a dump shows */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }

    /** @internal What paysig_sign_packed answered. */
    public static function unpack(#[\SensitiveParameter] string $answer): self
    {
        // present, number of lines, timestamp, nonce, key id, body members, URL, lines and body
        $texts = \explode("\xff", $answer, 8);
        $present = (int) $texts[0];
        // What follows the last line is the body.
        $lines = \explode("\n", $texts[7], (int) $texts[1] + 1);
        $body = \array_pop($lines);
        $target = $present & 2 ? \array_pop($lines) : null;
        return new self(
            \array_chunk($lines, 2),
            $target,
            $present & 4 ? $texts[6] : null,
            $present & 8 ? $body : null,
            $present & 16 ? $texts[5] : null,
            $present & 32 ? $texts[2] : null,
            $present & 64 ? $texts[3] : null,
            $present & 128 ? $texts[4] : null,
        );
    }

    /** @internal The answer of the call. */
    public static function read(Native $native): self
    {
        $out = $native->output();
        // All numbers at once: reading them one by one through FFI takes longer than signing.
        $n = \unpack('x4/Lpresent/Q16', \FFI::string($native->signedPointer, self::STRUCT_SIZE));
        $native->give();
        $present = $n['present'];
        return new self(
            $present & 1 ? Wire::headers(\substr($out, $n[1], $n[2])) : [],
            $present & 2 ? \substr($out, $n[3], $n[4]) : null,
            $present & 4 ? \substr($out, $n[5], $n[6]) : null,
            $present & 8 ? \substr($out, $n[7], $n[8]) : null,
            $present & 16 ? \substr($out, $n[9], $n[10]) : null,
            $present & 32 ? \substr($out, $n[11], $n[12]) : null,
            $present & 64 ? \substr($out, $n[13], $n[14]) : null,
            $present & 128 ? \substr($out, $n[15], $n[16]) : null,
        );
    }
}
