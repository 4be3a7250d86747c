<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Handle;
use Paysig\Native\Native;
use Paysig\Native\Packed;
use Paysig\Native\Pairs;
use Paysig\Native\Ring;
use Paysig\Native\Wire;

/** Judges messages of one flow against a ring of keys. Immutable: make it once and share it. */
final readonly class Verifier
{
    /** @internal Replay key, coverage and signed JSON. */
    public const WANT = 7;
    private const WANT_PACKED = "\x07";

    private Handle $handle;

    /**
     * @param string|Scheme $scheme an id of the catalogue, or a scheme of your own
     * @param array<mixed> $keys credentials by name (['secret' => ...]), or a list of such arrays or of Key objects
     * @param ?int $tolerance seconds that a message may be old, instead of the recipe's
     * @param ?string $expectedKeyId the only key id to accept
     * @param ?int $maxBody bytes
     * @param list<string> $variants named departures of the recipe
     * @param list<string> $algorithms the only ones that a sender may name, where the scheme lets it name one
     * @throws Exception\ConfigurationException
     */
    public function __construct(
        string|Scheme $scheme,
        #[\SensitiveParameter] array $keys,
        Flow $flow = Flow::Webhook,
        ?int $tolerance = null,
        ?string $expectedKeyId = null,
        ?int $maxBody = null,
        array $variants = [],
        array $algorithms = [],
    ) {
        $native = Native::get();
        $scheme = Scheme::of($scheme);
        $ring = Ring::of($keys);
        $options = Pairs::ofOptions([
            'variant' => $variants,
            'tolerance' => $tolerance,
            'expected_key_id' => $expectedKeyId,
            'max_body' => $maxBody,
            'algorithm' => $algorithms,
        ]);
        $place = $native->place('paysig_verifier');
        $native->check($native->ffi->paysig_verifier_new(
            $scheme->handle->pointer,
            $flow->value,
            $ring->pointer,
            $options->bytes,
            \strlen($options->bytes),
            $options->lengths,
            $options->count,
            $place,
            $native->errorPointer,
        ));
        $this->handle = new Handle($place[0], 'paysig_verifier_free');
    }

    /**
     * Judges one message.
     *
     * @param string $url path and query as on the request line; schemes that sign the URL need the whole public one, from your
     *     configuration and never from the Host header
     * @param array<mixed> $headers by name (a value or a list of values), or a list of [name, value]
     * @param string $body the bytes as they came, before any parsing
     * @param \DateTimeInterface|int|null $now a time, or milliseconds since 1970; null: the system's clock
     * @param ?string $target path and query as on the request line, where they are not those of the URL
     * @throws Exception\VerificationException if it is not authentic; its verdict says why
     * @throws Exception\PaysigException
     */
    public function verify(
        string $method,
        string $url,
        array $headers,
        string $body,
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
    ): Verified {
        $native = $this->handle->native;
        $packed = Packed::message(self::WANT_PACKED, $method, $url, $headers, $now, $target);
        do {
            $status = $native->ffi->paysig_verify_packed(
                $this->handle->pointer,
                $packed,
                \strlen($packed),
                $body,
                \strlen($body),
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->errorPointer,
            );
        } while ($status !== 0 && $native->grown($status));
        if ($status === 0) {
            return Verified::unpack($native);
        }
        $needed = $status === Status::NeedsKey->value ? Verified::unpackNeeded($native) : [];
        throw $native->failure($status, ...$needed);
    }

    /**
     * Judges a message whose body comes in pieces. Everything else must be known; the parameters are those of verify(). Schemes that
     * look into the body (JSON members, form fields, JWS) or read it more than once answer `unsupported`.
     *
     * @param array<mixed> $headers
     * @param ?int $bodyLength the Content-Length, so that the result has a replay key; null: not announced
     * @throws Exception\VerificationException if that is clear from the head already
     * @throws Exception\PaysigException
     */
    public function stream(
        string $method,
        string $url,
        array $headers,
        ?int $bodyLength = null,
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
    ): VerifyStream {
        $native = Native::get();
        $place = $native->place('paysig_stream');
        $native->check($native->ffi->paysig_stream_verify(...[
            $this->handle->pointer, ...Wire::head($method, $url, $headers, $target), $bodyLength ?? Wire::LENGTH_UNKNOWN,
            Wire::now($now), $place, $native->errorPointer,
        ]));
        return new VerifyStream(new Handle($place[0], 'paysig_stream_free'));
    }

    /**
     * How many seconds replay keys must be remembered, for a replay guard: as long as a message can be accepted at all, or where no
     * time is signed what the recipe names, else a week.
     */
    public function retention(): int
    {
        return Native::get()->ffi->paysig_verifier_retention($this->handle->pointer);
    }

    /**
     * The same verifier over other keys; cheap, since what the recipe says is shared.
     *
     * @param array<mixed> $keys as for the constructor
     */
    public function withKeys(#[\SensitiveParameter] array $keys): self
    {
        $native = Native::get();
        $ring = Ring::of($keys);
        $place = $native->place('paysig_verifier');
        $native->check($native->ffi->paysig_verifier_with_keys(
            $this->handle->pointer,
            $ring->pointer,
            $place,
            $native->errorPointer,
        ));
        $other = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $other->handle = new Handle($place[0], 'paysig_verifier_free');
        return $other;
    }
}
