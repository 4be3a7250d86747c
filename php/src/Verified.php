<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Native;
use Paysig\Native\Wire;

/** An authentic message. */
final readonly class Verified implements \Stringable
{
    /**
     * @param ?string $keyId the id of the key that matched, where the scheme has one
     * @param int $keyIndex which key of the ring matched, counted from 0
     * @param int $items how many separately signed items the message holds: 1 unless it is a batch
     * @param ?\DateTimeImmutable $timestamp when it was signed, where the scheme signs a time
     * @param Coverage $covered what the signature covers
     * @param string $replayKey lower-case hex of 32 bytes: two deliveries of one message have the same
     * @param ?string $signedJson the fields that were signed by name, or a JWT's payload: JSON, numbers spelled as they were sent
     */
    public function __construct(
        public ?string $keyId,
        public int $keyIndex,
        public int $items,
        public ?\DateTimeImmutable $timestamp,
        public Coverage $covered,
        public string $replayKey,
        public ?string $signedJson,
    ) {
    }

    /** What is covered, what is not, and the signed fields where there are some, in words for people, a line each. */
    public function __toString(): string
    {
        return Coverage::inWords($this->covered, $this->signedJson ?? '');
    }

    /** @internal What paysig_verify_packed answered. */
    public static function unpack(string $answer): self
    {
        // present, key index, items, timestamp, key id, replay key, coverage, signed JSON
        $texts = \explode("\xff", $answer, 8);
        $present = (int) $texts[0];
        return new self(
            $present & 2 ? $texts[4] : null,
            (int) $texts[1],
            (int) $texts[2],
            $present & 1 ? Wire::date((int) $texts[3]) : null,
            Native::coverage($texts[6]),
            $texts[5],
            $present & 16 ? $texts[7] : null,
        );
    }

    /**
     * @internal Of the same, where a key has to be fetched.
     *
     * @return array{string, ?string} its id and URL
     */
    public static function unpackNeeded(string $answer): array
    {
        [$present, $id, $url] = \explode("\xff", $answer, 3);
        return [$id, (int) $present & 64 ? $url : null];
    }

    /** @internal The answer of the call. */
    public static function read(Native $native): self
    {
        $out = $native->output();
        $result = $native->verified;
        $present = $result->present;
        $verified = new self(
            $present & 2 ? Wire::piece($out, $result->key_id) : null,
            $result->key_index,
            $result->items,
            $present & 1 ? Wire::date($result->timestamp_ms) : null,
            Coverage::fromJson(Wire::piece($out, $result->covered)),
            Wire::piece($out, $result->replay_key),
            $present & 16 ? Wire::piece($out, $result->signed_json) : null,
        );
        $native->give();
        return $verified;
    }
}
